"""Are patterns the regular expressions that JSON Schema means (ECMA-262)?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import regress

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Subject, hint, rule, warning
from signoff.review.words import nearest, with_article

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANCHORS = re.compile(r"(?<!\\)(?:\\\\)*\\[AZz]")
_DELIMITED = re.compile(r"/\^?.*\$?/[dgimsuvy]*", re.DOTALL)


def _patterns(subject: Subject) -> Iterator[tuple[str, str]]:
    """Each pattern with its pointer; in 2.0 parameters have some as well."""
    for node in subject.of("schema", "parameter", "header"):
        pattern = node.value.get("pattern")
        if isinstance(pattern, str):
            yield pattern, f"{node.pointer}/pattern"
        for name in as_object(node.value.get("patternProperties")):
            yield name, f"{node.pointer}/patternProperties/{escape(name)}"


@rule(
    rationale="A pattern that is no regular expression of ECMA-262 is refused, or judges nothing.",
    source="JSON Schema Validation 2020-12, section 6.3.3; ECMA-262, section 22.2",
)
def pattern_invalid(subject: Subject) -> Faults:
    """Patterns that cannot be read with or without the Unicode flag."""
    for pattern, place in _patterns(subject):
        reason = _unreadable(pattern)
        if reason:
            message = f"the pattern {_short(pattern)} is no regular expression of ECMA-262: {reason}"
            yield Fault(place, message, "Write it as JavaScript would read it, without flags or delimiters.")


def _unreadable(pattern: str) -> str:
    """Why a pattern cannot be read; empty where it can."""
    try:
        regress.Regex(pattern, "u")
    except regress.RegressError as error:
        reason = str(error)
    else:
        return ""
    if r"\p{" in pattern or r"\P{" in pattern:
        return reason[:1].lower() + reason[1:]  # only the Unicode flag gives these a meaning
    try:
        regress.Regex(pattern)
    except regress.RegressError as error:
        return str(error)[:1].lower() + str(error)[1:]
    return ""


@warning(
    rationale="What other dialects read as anchors or delimiters stands for plain characters in ECMA-262.",
    source="ECMA-262, section 22.2 and annex B.1.2",
)
def pattern_of_another_dialect(subject: Subject) -> Faults:
    r"""`\A` and `\Z`, and patterns between slashes."""
    for pattern, place in _patterns(subject):
        if _unreadable(pattern):
            continue
        if _ANCHORS.search(pattern):
            message = rf"the pattern {_short(pattern)} has \A or \Z, which are plain letters in ECMA-262"
            yield Fault(place, message, "Write ^ and $.")
        elif len(pattern) > 2 and _DELIMITED.fullmatch(pattern) and ("^" in pattern[:2] or "$/" in pattern):
            message = f"the pattern {_short(pattern)} stands between slashes, which count as characters"
            yield Fault(place, message, "Leave the slashes and the flags out.")


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= 60 else f"{pattern[:57]}…"


_TYPES = ("string", "number", "integer", "boolean", "array", "object")
_FORMATS = {
    "string": (
        *("date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4"),
        *("ipv6", "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer"),
        *("relative-json-pointer", "regex", "byte", "binary", "password", "base64url", "char", "commonmark"),
        *("html", "media-range", "decimal", "decimal128", "http-date", "sf-string", "sf-token"),
        *("sf-binary", "int64", "uint64"),
    ),
    "number": ("float", "double", "double-int", "decimal", "decimal128", "int32", "int64", "sf-decimal"),
    "integer": (
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "double-int"),
        *("sf-integer", "unixtime"),
    ),
    "boolean": ("sf-boolean",),
}
_REGISTERED = {name for names in _FORMATS.values() for name in names}
_WELL_KNOWN = {"date-time": "string", "date": "string", "uuid": "string", "email": "string", "uri": "string"}
_WELL_KNOWN |= {"int32": "integer", "float": "number", "double": "number", "ipv4": "string", "ipv6": "string"}


@warning(
    rationale="A format of another type judges nothing, and generators differ in what they make of it.",
    source="OpenAPI Format Registry; JSON Schema Validation 2020-12, section 7",
)
def format_of_another_type(subject: Subject) -> Faults:
    """Well-known formats beside a type that they do not judge."""
    for node in subject.of("schema"):
        named, kind = node.value.get("format"), node.value.get("type")
        at_home = _WELL_KNOWN.get(str(named))
        if kind not in _TYPES or at_home is None or named in _FORMATS.get(str(kind), ()):
            continue
        if not (at_home == "number" and kind == "integer"):
            message = f"the format `{named}` has no effect on {with_article(str(kind))}"
            yield Fault(f"{node.pointer}/format", message, f"It is one of the type {at_home}.")


@warning(
    rationale="A format one slip away from a registered one is ignored, and values go unchecked.",
    source="OpenAPI Format Registry; JSON Schema Validation 2020-12, section 7",
)
def format_misspelt(subject: Subject) -> Faults:
    """Formats that are no registered one, but nearly."""
    for node in subject.of("schema"):
        named = node.value.get("format")
        if isinstance(named, str) and named not in _REGISTERED and (meant := _slip(named)):
            message = f"no registry lists the format `{named}`; `{meant}` it does"
            yield Fault(f"{node.pointer}/format", message, f"Write `{meant}`.")


def _slip(named: str) -> str | None:
    """The registered format that is meant; short names and numbered ones are left to their owners."""
    if named.startswith("x-") or named in _TYPES:
        return None
    meant = nearest(named, [name for name in _REGISTERED if not name.startswith("sf-")])
    is_plain = meant is not None and meant.replace("-", "") == named.lower().replace("_", "").replace("-", "")
    return meant if is_plain or (meant and len(named) > 5 and not named[-1].isdecimal()) else None


@hint(
    rationale="A format that no registry lists is read by no tool but your own.",
    source="OpenAPI Format Registry; JSON Schema Validation 2020-12, section 7",
)
def format_unknown(subject: Subject) -> Faults:
    """Formats that are not registered."""
    for node in subject.of("schema"):
        named = node.value.get("format")
        if isinstance(named, str) and named not in _REGISTERED and not _slip(named):
            message = f"no registry lists the format `{named}`"
            yield Fault(f"{node.pointer}/format", message, "Say it in words too.")
