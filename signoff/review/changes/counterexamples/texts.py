"""Strings and numbers at and near the bounds of schemas."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import rstr

from signoff.contract.patterns import longest, with_named_characters
from signoff.review.changes.sets.shape import as_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.review.changes.sets.shape import Shape

_LONGEST = 20_000
_LONGEST_COUNT = 6  # digits
_OPEN_REPEAT = 100  # how often rstr repeats what has no upper bound, at most
_SPREAD = 10
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_FORMATS = {
    "date": ("2026-01-31",),
    "date-time": ("2026-01-31T09:30:00Z",),
    "time": ("09:30:00Z",),
    "duration": ("P1D",),
    "email": ("a@example.com",),
    "idn-email": ("ä@example.com", "a@example.com"),
    "hostname": ("example.com",),
    "idn-hostname": ("exämple.com", "example.com"),
    "ipv4": ("192.0.2.1",),
    "ipv6": ("2001:db8::1",),
    "uri": ("https://example.com/", "urn:a:b"),
    "uri-reference": ("/a", "a b".replace(" ", "/"), "https://example.com/"),
    "iri": ("https://example.com/ä", "https://example.com/"),
    "iri-reference": ("/ä", "/a"),
    "uri-template": ("/{a}",),
    "uuid": ("018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9fff", "2489E9AD-2EE2-8E00-8EC9-32D5F69181C0"),
    "json-pointer": ("/a", ""),
    "relative-json-pointer": ("1/a", "0"),
    "regex": ("^a$",),
}
_PLAIN = ("a", "", "abc", "1", "A B", "ä", "-", "a\nb")


def strings(shape: Shape, other: Shape | None = None) -> Iterator[str]:
    """Strings that probably match `shape`, with boundary lengths of it and of `other`.

    The caller validates them.
    """
    patterns = shape.facets.get("pattern")
    formats = shape.facets.get("format")
    seeds = [text for name in (sorted(formats.value) if formats else ()) for text in _FORMATS.get(name, ())]
    for pattern in sorted(patterns.value) if patterns else ():
        seeds += drawn(pattern)
    seeds += _PLAIN
    yield from seeds
    for seed in dict.fromkeys(seeds):
        yield from at_bounds(seed, shape, other)


def at_bounds(seed: str, *shapes: Shape | None) -> Iterator[str]:
    """A text, shortened or extended to the boundary lengths of shapes."""
    for length in _lengths(*shapes):
        yield from _stretched(seed, length)


def drawn(pattern: str, times: int = 6) -> list[str]:
    """Strings that match a pattern, shorter ones first; deterministic."""
    least = _COUNT.sub(_narrowed, pattern)
    if not is_small(least):
        return []
    source = rstr.Rstr(Random(0))  # noqa: S311 - generated values, no secrets
    # With `[^…]` rstr chooses from an unordered set.
    spelt = with_named_characters(least)
    try:
        found = {source.xeger(spelt) for _ in range(times)}
    except (re.error, ValueError, OverflowError, RecursionError, KeyError, IndexError):
        return []
    return sorted(found, key=lambda text: (len(text), text))


def _narrowed(count: re.Match[str]) -> str:
    """A count such as `{1,5000}` near its lower end: long texts take long, and show nothing more."""
    least, most = count.groups()
    if most is None or len(least) > _LONGEST_COUNT:
        return count[0]
    nearest = int(least) + _SPREAD
    return f"{{{least},{min(int(most), nearest) if 0 < len(most) <= _LONGEST_COUNT else nearest}}}"


def is_small(pattern: str) -> bool:
    """Whether matches of a pattern are cheap to generate. Nested quantifiers multiply."""
    return longest(pattern, _OPEN_REPEAT) <= 10 * _LONGEST


def bounds(names: tuple[str, ...], *shapes: Shape | None) -> list[Any]:
    """The values of these bounds in the shapes."""
    return [s.facets[name].value for s in shapes if s for name in names if name in s.facets]


def _lengths(*shapes: Shape | None) -> list[int]:
    near = {bound + offset for bound in bounds(("minLength", "maxLength"), *shapes) for offset in (-1, 0, 1)}
    return sorted(length for length in near if 0 <= length <= _LONGEST)


def _stretched(seed: str, length: int) -> Iterator[str]:
    """The seed, shortened or with a repeated character, with that length."""
    if length <= len(seed):
        yield seed[:length]
        yield seed[len(seed) - length :]
        return
    places = dict.fromkeys([0, len(seed) - 1, len(seed) // 2, *range(min(len(seed), 12))])
    for place in places:
        if seed:
            yield seed[:place] + seed[place] * (length - len(seed) + 1) + seed[place + 1 :]
    if not seed:
        yield "a" * length


def numbers(shape: Shape, other: Shape | None = None) -> Iterator[int | float]:
    """Numbers that probably match `shape`: small ones, and the bounds of it and of `other`."""
    steps = [s.facets["multipleOf"].value for s in (shape, other) if s and "multipleOf" in s.facets]
    step = steps[0] if "multipleOf" in shape.facets else Fraction(1)
    ends = [bound for bound, _ in bounds(("minimum", "maximum"), shape, other)]
    near = [bound + offset * size for bound in ends for size in {step, *steps} for offset in (0, 1, -1)]
    small = [Fraction(n) * step for n in (1, 0, 2, 3, -1, 7, 10, 100, -100)]
    halves = [bound + Fraction(1, 2) for bound in [*ends, Fraction(0)]]
    multiples = [(bound // step + offset) * step for bound in ends for offset in (0, 1)]
    for number in dict.fromkeys([*small, *near, *multiples, *halves]):
        yield as_number(number)
