"""Strings by format, pattern and length."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from signoff.generate.errors import CannotGenerateError
from signoff.generate.patterns import matching

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_WORDS = (
    *("amber", "harbor", "meadow", "river", "signal", "copper", "lantern", "orchard", "summit", "velvet"),
    *("willow", "canyon", "ember", "falcon", "granite", "horizon", "indigo", "juniper", "kestrel", "lagoon"),
    *("maple", "nimbus", "opal", "prairie", "quartz", "ridge", "saffron", "thicket", "umber", "violet"),
)


_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))
_MONTHS, _DAYS, _HOURS = _TWO_DIGITS[1:10], _TWO_DIGITS[1:29], _TWO_DIGITS[:24]


def _date(random: Random) -> str:
    return f"2026-{random.choice(_MONTHS)}-{random.choice(_DAYS)}"


def _time(random: Random) -> str:
    return f"{random.choice(_HOURS)}:{random.choice(_TWO_DIGITS)}:{random.choice(_TWO_DIGITS)}Z"


def _uuid(number: int) -> str:
    """The UUID of version 4 with the bits of a number: `UUID` takes three times as long."""
    text = f"{number & ~_UUID_FIXED | _UUID_VERSION_4:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_UUID_FIXED = 0xF000 << 64 | 0xC000 << 48
_UUID_VERSION_4 = 0x4000 << 64 | 0x8000 << 48
_LONGEST = 1_000_000
# Formats that others are written as: theirs allow more, but not less.
_ALIASES = {
    "idn-email": "email",
    "idn-hostname": "hostname",
    "iri": "uri",
    "iri-reference": "uri-reference",
    "url": "uri",
}
_FORMATS: dict[str, Callable[[Random], str]] = {
    "date-time": lambda random: f"{_date(random)}T{_time(random)}",
    "date": _date,
    "time": _time,
    "duration": lambda random: f"PT{random.randint(1, 90)}M",
    "email": lambda random: f"{random.choice(_WORDS)}@example.com",
    "hostname": lambda random: f"{random.choice(_WORDS)}.example.com",
    "ipv4": lambda random: f"192.0.2.{random.randint(1, 254)}",
    "ipv6": lambda random: f"2001:db8::{random.randint(1, 0xFFFF):x}",
    "uri": lambda random: f"https://{random.choice(_WORDS)}.example.com/{random.choice(_WORDS)}",
    "uri-reference": lambda random: f"/{random.choice(_WORDS)}/{random.choice(_WORDS)}",
    "uri-template": lambda random: f"/{random.choice(_WORDS)}/{{id}}",
    "uuid": lambda random: _uuid(random.getrandbits(128)),
    "json-pointer": lambda random: f"/{random.choice(_WORDS)}",
    "relative-json-pointer": lambda random: f"{random.randint(0, 3)}",
    "regex": lambda random: f"^{random.choice(_WORDS)}$",
    "byte": lambda random: base64.b64encode(random.choice(_WORDS).encode()).decode(),
    "binary": lambda random: random.choice(_WORDS),
    "password": lambda random: f"{random.choice(_WORDS)}-{random.randint(100, 999)}",
}
# Formats that the validators don't know, or that any text has.
_UNCHECKED = {"byte", "binary", "password"}
# Formats that any characters may be added to or cut from.
_FREE = {"password", "binary", "regex"}
# What a text of a format may begin with, whatever follows.
_PREFIXES = {"uri": "urn:x:", "json-pointer": "/", "uri-reference": "/", "uri-template": "/"}
# Short texts of formats that have such.
_SHORTEST = {
    "email": ("a@b.co", "i@b.de", "a@example.com"),
    "hostname": ("a", "db", "web", "a.example", "example.com"),
    "uri": ("a:b", "urn:a", "http://a.b", "https://a.example"),
    "uri-reference": ("", "/", "/a", "/a/b", "/a/b/c"),
    "uri-template": ("", "/", "/{id}"),
    "json-pointer": ("", "/a", "/a/b"),
    "byte": ("", "YQ==", "YWJj", "YWJjZA==", "YWJjZGVm"),
    "duration": ("P1D", "PT1H", "PT10M"),
    "ipv4": ("1.1.1.1", "10.0.0.1", "192.0.2.1"),
    "ipv6": ("::", "::1", "2001:db8::1"),
    "relative-json-pointer": ("0", "1#", "0/a"),
}


def string(
    random: Random, *, form: str, patterns: list[str], low: int, high: int | None, likely: list[str]
) -> str:
    """A string.

    Args:
        random: where chance comes from.
        form: the `format`, empty for none.
        patterns: the regular expressions that it must match.
        low: the least length in characters.
        high: the greatest length, or None.
        likely: what its name suggests.

    Raises:
        CannotGenerateError: it would be too long.
    """
    if low > _LONGEST:
        raise CannotGenerateError(f"a string of {low} characters is too long to generate")
    if high is not None and low > high:
        raise CannotGenerateError(f"a string cannot have at least {low} and at most {high} characters")
    stated, form = form, _ALIASES.get(form, form)
    made = [_FORMATS[form](random) for _ in range(3)] if form in _FORMATS else []
    if patterns:
        words = [random.choice(_WORDS), random.choice(_WORDS).title()]
        sized = [_of_length(form, text, low, high) for text in made]
        readable = [*made, *sized, *_SHORTEST.get(form, ())] if made else [*likely, *words]
        prefix = _PREFIXES.get(form, "")
        checked = stated if form in _FORMATS and form not in _UNCHECKED else ""
        return matching(random, patterns, low, high, readable, prefix=prefix, form=checked, samples=made)
    if made:
        fitting = (text for text in made if low <= len(text) and (high is None or len(text) <= high))
        return next(fitting, None) or _of_length(form, made[0], low, high)
    words = [random.choice(_WORDS), random.choice(_WORDS)]
    length = len(" ".join(words))
    while length < low:
        words.append(random.choice(_WORDS))
        length += 1 + len(words[-1])
    text = " ".join(words)
    return text if high is None else text[:high].rstrip().ljust(low, "a")


def is_sure(form: str) -> bool:
    """Whether a text of a format, or without one, can always be made if nothing else limits it."""
    return not form or form in _FORMATS


def _of_length(form: str, text: str, low: int, high: int | None) -> str:
    """A text of a format, longer or shorter than its usual form."""
    if high is not None and len(text) > high:
        short = [item for item in _SHORTEST.get(form, ()) if len(item) <= high]
        if not short:
            return text[:high] if form in _FREE else text
        return _of_length(form, max(short, key=len), low, None)
    missing = low - len(text)
    match form:
        case "email":
            local, _, domain = text.partition("@")
            filled = min(missing, 64 - len(local))  # RFC 5321, section 4.5.3.1.1
            return f"{local}{'a' * filled}@{_labels(missing - filled)}{domain}"
        case "hostname":
            return f"{_labels(missing) if missing > 40 else 'a' * missing}{text}"
        case "byte":
            return base64.b64encode(b"signoff" * (low // 8 + 1)).decode()[: -(-low // 4) * 4]
        case "uri" | "uri-reference" | "json-pointer" | "uri-template":
            return text + "a" * missing
        case "date-time" | "time":
            return text.replace("Z", f".{'0' * max(1, missing - 1)}Z")
        case _:
            return text + "a" * missing if form in _FREE else text


def _labels(length: int) -> str:
    """Leading labels of a host's name, each of at most 63 characters (RFC 1035, section 2.3.4)."""
    return "".join(f"{'a' * min(60, length - start - 1) or 'a'}." for start in range(0, length, 61))
