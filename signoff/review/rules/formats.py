"""Formats that are unknown, misspelled, or do not fit the type."""

from __future__ import annotations

from signoff.review.rules.registry import Fault, Faults, Subject, hint, warning
from signoff.review.words import nearest, with_article

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
    rationale="A format for another type has no effect, and generators treat it differently.",
    source="OpenAPI Format Registry; JSON Schema Validation 2020-12, section 7",
)
def format_type_mismatch(subject: Subject) -> Faults:
    """Well-known formats of a type that they do not apply to."""
    for node in subject.of("schema"):
        named, kind = node.value.get("format"), node.value.get("type")
        expected = _WELL_KNOWN.get(str(named))
        if kind not in _TYPES or expected is None or named in _FORMATS.get(str(kind), ()):
            continue
        if not (expected == "number" and kind == "integer"):
            message = f"Format `{named}` has no effect on {with_article(str(kind))}"
            yield Fault(f"{node.pointer}/format", message, f"Use `type: {expected}` or remove the format.")


@warning(
    rationale="A misspelled format is ignored, so values are not checked.",
    source="OpenAPI Format Registry; JSON Schema Validation 2020-12, section 7",
)
def misspelled_format(subject: Subject) -> Faults:
    """Formats with a name close to a registered one."""
    for node in subject.of("schema"):
        named = node.value.get("format")
        if isinstance(named, str) and named not in _REGISTERED and (meant := _typo_of(named)):
            message = f"Unknown format `{named}`"
            yield Fault(f"{node.pointer}/format", message, f"Did you mean `{meant}`?")


def _typo_of(named: str) -> str | None:
    """The registered format that is probably meant; not for short and numbered names."""
    if named.startswith("x-") or named in _TYPES:
        return None
    meant = nearest(named, [name for name in _REGISTERED if not name.startswith("sf-")])
    is_plain = meant is not None and meant.replace("-", "") == named.lower().replace("_", "").replace("-", "")
    return meant if is_plain or (meant and len(named) > 5 and not named[-1].isdecimal()) else None


@hint(
    rationale="Other tools ignore a format that is not registered.",
    source="OpenAPI Format Registry; JSON Schema Validation 2020-12, section 7",
)
def unknown_format(subject: Subject) -> Faults:
    """Formats that are not registered."""
    for node in subject.of("schema"):
        named = node.value.get("format")
        if isinstance(named, str) and named not in _REGISTERED and not _typo_of(named):
            message = f"Format `{named}` is not registered"
            yield Fault(f"{node.pointer}/format", message, "Describe it in the `description` too.")
