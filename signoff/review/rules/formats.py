"""Are formats those of the registries, and beside the type that they judge?"""

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
    rationale="A format of another type judges nothing, and generators differ in what they make of it.",
    source="OpenAPI Format Registry; JSON Schema Validation 2020-12, section 7",
)
def format_type_mismatch(subject: Subject) -> Faults:
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
def misspelled_format(subject: Subject) -> Faults:
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
def unknown_format(subject: Subject) -> Faults:
    """Formats that are not registered."""
    for node in subject.of("schema"):
        named = node.value.get("format")
        if isinstance(named, str) and named not in _REGISTERED and not _slip(named):
            message = f"no registry lists the format `{named}`"
            yield Fault(f"{node.pointer}/format", message, "Say it in words too.")
