"""Media types, media ranges and content negotiation (RFC 9110 sections 8.3 and 12.5.1, RFC 6839)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from signoff.contract.short_text_cache import keep_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Named(Protocol):
    """Anything with a media type or media range as its name."""

    @property
    def name(self) -> str:
        """The media type, such as `application/json; charset=utf-8`."""


T = TypeVar("T", bound=Named)
_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
# A quoted text that is never closed ends with the list: else each quote in it is tried.
_ENTRY = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)+')
# These say how a body is written, not what it is.
_OF_TRANSFER = frozenset(("charset", "boundary", "q"))


def essence(media_type: str) -> str:
    """`type/subtype` in lower case, without parameters."""
    return media_type.partition(";")[0].strip().lower()


def parameters(media_type: str) -> dict[str, str]:
    """The parameters of a media type, names in lower case, quotes removed."""
    return {name.lower(): _unquoted(value.strip()) for name, value in _PARAMETER.findall(media_type)}


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if is_quoted else value.strip('"')


@dataclass(frozen=True, slots=True)
class Offer:
    """A media type or media range alone, for `match` and `negotiate`."""

    name: str


def split_list(names: str) -> list[str]:
    """The entries of a list of media types separated by commas."""
    return [name.strip() for name in _ENTRY.findall(names) if name.strip()]


def is_media_type(text: str) -> bool:
    """Whether `text` is a media type."""
    kind, slash, subtype = essence(text).partition("/")
    is_plain = not any(c in " \t,/" for c in kind + subtype) and text.isprintable()
    return bool(kind and slash and subtype) and is_plain


MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
JSON_LINES = frozenset(
    f"application/{name}" for name in ("jsonl", "x-jsonlines", "ndjson", "x-ndjson", "json-lines")
)


EVENT_STREAM = "text/event-stream"
JSON_SEQUENCE = "application/json-seq"
YAML = frozenset(("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"))


def is_stream(media_type: str) -> bool:
    """Whether bodies of this type are sequences that need not end: events, JSON Lines, JSON sequences."""
    return essence(media_type) in (EVENT_STREAM, JSON_SEQUENCE, *JSON_LINES)


def whole_items(media_type: str, body: bytes) -> bytes:
    """The whole items at the beginning of a sequence that was not read to its end."""
    if essence(media_type) == JSON_SEQUENCE:
        return body.rpartition(b"\x1e")[0]
    if essence(media_type) == EVENT_STREAM:
        ends = [body.rfind(blank) + len(blank) for blank in (b"\n\n", b"\r\n\r\n", b"\r\r") if blank in body]
        return body[: max(ends, default=0)]
    return body[: body.rfind(b"\n") + 1]


def is_json(media_type: str) -> bool:
    """Whether bodies of this type are JSON: `application/json`, `text/json` or `+json`."""
    name = essence(media_type)
    return name in ("application/json", "text/json") or name.endswith("+json")


def is_xml(media_type: str) -> bool:
    """Whether bodies of this type are XML: `application/xml`, `text/xml` or `+xml` (RFC 7303)."""
    name = essence(media_type)
    return name in ("application/xml", "text/xml") or name.endswith("+xml")


def is_form(media_type: str) -> bool:
    """Whether bodies of this type are forms."""
    return essence(media_type) in (URLENCODED, MULTIPART)


def is_writable(media_type: str) -> bool:
    """Whether objects and lists can be written in this type (`body_writer`)."""
    name = essence(media_type)
    return is_json(name) or is_form(name) or is_xml(name) or name in (JSON_SEQUENCE, *JSON_LINES)


def is_problem(media_type: str) -> bool:
    """Whether bodies of this type are Problem Details in JSON (RFC 9457)."""
    return essence(media_type) == "application/problem+json"


def covers(media_range: str, media_type: str) -> bool:
    """Whether `media_type` falls under `media_range` (`*/*`, `text/*`, `text/csv`), parameters aside."""
    wide, narrow = essence(media_range), essence(media_type)
    return wide in ("*/*", "*", narrow) or (wide.endswith("/*") and narrow.startswith(wide[:-1]))


def match(content_type: str, content: Sequence[T]) -> T | None:
    """The most specific entry of `content` that matches `content_type`; None without one.

    An exact type is more specific than a range. Of entries with parameters, one that has another value
    doesn't match, and the one with the most equal parameters and the fewest missing ones is used.
    """
    found: T | None = None
    best: tuple[int, int, int] | None = None
    for entry in content:
        rank = _rank(entry.name, content_type)
        if rank is not None and (best is None or rank > best):
            found, best = entry, rank
    return found


def _rank(documented: str, content_type: str) -> tuple[int, int, int] | None:
    """How specifically an entry matches a media type; None if it doesn't."""
    if not covers(documented, content_type):
        return None
    sent = parameters(content_type) if ";" in documented else {}
    stated = [(name, value) for name, value in parameters(documented).items() if name not in _OF_TRANSFER]
    known = [(sent[name], value) for name, value in stated if name in sent]
    if any(mine.lower() != theirs.lower() for mine, theirs in known):
        return None
    return -essence(documented).count("*"), len(known), len(known) - len(stated)


@dataclass(frozen=True, slots=True)
class _Range:
    name: str
    quality: float
    options: tuple[tuple[str, str], ...] = ()

    def precision(self, media_type: str) -> int:
        """How precisely the range names `media_type`; -1 where it names another.

        Parameters count where both sides have them: `text/html;level=1` is not `text/html;level=2`.
        """
        if not covers(self.name, media_type):
            return -1
        own = parameters(media_type) if self.options else {}
        shared = [
            (own[name], value) for name, value in self.options if name in own and name not in _OF_TRANSFER
        ]
        if any(mine.lower() != theirs.lower() for mine, theirs in shared):
            return -1
        return 2 - self.name.count("*") + len(shared)


@keep_short(512)
@lru_cache(1)  # of the long ones, the one that is read now: for each offer of a response
def _ranges(accept: str) -> dict[str, list[tuple[int, _Range]]]:
    """The ranges with their places, by name: a long list may have thousands of ranges."""
    found: dict[str, list[tuple[int, _Range]]] = {}
    for place, part in enumerate(dict.fromkeys(split_list(accept))):
        options = parameters(part) if ";" in part else {}
        try:
            quality = min(max(float(options.pop("q", "1")), 0.0), 1.0)
        except ValueError:
            quality = 1.0
        name = essence(part)
        found.setdefault(name, []).append((place, _Range(name, quality, tuple(options.items()))))
    return found


def quality(accept: str, media_type: str) -> float:
    """The quality of `media_type`, from 0 (not acceptable) to 1; the most specific range decides."""
    return _welcome(accept, media_type)[0]


def _welcome(accept: str, media_type: str) -> tuple[float, int, int]:
    """The quality of `media_type`, then how specific and how early its range is."""
    ranges, name = _ranges(accept), essence(media_type)
    names = dict.fromkeys((name, f"{name.partition('/')[0]}/*", "*/*", "*"))
    found = [
        (part.precision(media_type), part.quality, -place)
        for each in names
        for place, part in ranges.get(each, ())
    ]
    precision, weight, place = max(found, default=(-1, 0.0, 0))
    return (weight, precision, place) if precision >= 0 else (0.0, 0, 0)


def wanted_in(accept: str | None, media_range: str) -> list[str]:
    """The media types of `media_range` that `accept` names, preferred ones first."""
    known = [entry for name, ranges in _ranges(accept or "").items() if "*" not in name for entry in ranges]
    ranges = [part for _, part in sorted(known, key=lambda entry: (-entry[1].quality, entry[0]))]
    return [
        part.name
        for part in ranges
        if part.quality > 0 and covers(media_range, part.name) and is_media_type(part.name)
    ]


def negotiate(accept: str | None, offered: Iterable[T]) -> T | None:
    """The offer that matches `accept` best; None without one.

    Among offers of the same quality, the most specific and earliest range wins, then the earliest offer.
    Without Accept, everything is acceptable (RFC 9110 section 12.5.1).
    """
    offers = list(offered)
    if not accept or not accept.strip():
        return offers[0] if offers else None
    best = max(offers, key=lambda offer: _welcome(accept, offer.name), default=None)
    return best if best is not None and _welcome(accept, best.name)[0] > 0 else None
