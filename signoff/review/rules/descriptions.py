"""Descriptions that state something else than the schema they describe."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, JsonValue, as_list, as_object
from signoff.review.composition import common_kinds
from signoff.review.known_fields import known
from signoff.review.rules.registry import Fault, Faults, Subject, warning

if TYPE_CHECKING:
    from collections.abc import Iterator


_mismatch = partial(warning, source="the API's own descriptions")
_FIX = "Correct the description or the schema."
_QUOTED = re.compile(
    r"[`'\"\u2018\u2019\u201c\u201d]([^`'\"\u2018\u2019\u201c\u201d\n]{1,60})[`'\"\u2018\u2019\u201c\u201d]"
)
_CURRENTLY = re.compile(
    r"\b(?:currently|for now|at present|so far)\b:?\s+(?:only\s+)?(?:always\s+)?([^\s,;.()]+)", re.IGNORECASE
)
_ONLY = re.compile(
    r"\b(?:only|always)\s+([^\s,;.()]+)(?=\s*(?:[.;)]|$|is\s+(?:supported|allowed|accepted)))", re.IGNORECASE
)
_DEFAULT = re.compile(
    r"\bdefault(?:s\s+to|\s+(?:value\s+)?is|\s+value\s*[:=]|\s*[:=])\s*([`'\"\u2018\u201c]?)([^\s`'\"\u2019\u201d,;()]+)(?:[`'\"\u2019\u201d])?(\s+\w+)?",
    re.IGNORECASE,
)
_ONE_OF = re.compile(
    r"\b(?:one of|(?:allowed|possible|valid|supported|accepted) values(?: are| is)?)\b:?\s*([^.;\n]{3,300})",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"\s*(?:%|percent|ms|millis\w*|s\b|secs?|seconds?|m\b|mins?|minutes?|h\b|hours?|days?|weeks?|months?|years?"
    r"|[kmg]i?b|bytes?|utc|am|pm)\b",
    re.IGNORECASE,
)
_MORE = r"(?:at most|no more than|not more than|up to|max(?:imum)?(?:\s+(?:of|length|size|is))*\s*:?)\s+"
_LESS = r"(?:at least|no fewer than|no less than|min(?:imum)?(?:\s+(?:of|length|size|is))*\s*:?)\s+"
_N = r"(\d[\d,_]*)"
_CHARACTERS, _ITEMS = r"\s*(?:characters?|chars?)\b", r"\s*(?:items?|elements?|entries)\b"
_BETWEEN, _NO_OTHER_UNIT = r"\b(?:between|from)\s+", r"(?!\d|%|\.\d|\s*\w*(?:char|item|byte))"
_IS, _END = r"(?:\s+value)?(?:\s+is|\s*[:=])?\s+", r"(?=\s*(?:[.,;)](?!\d)|$))"
_TO = r"\s*(?:-|\u2013|to|and)\s*"
_LIMITS = tuple(
    (keyword, re.compile(pattern, re.IGNORECASE))
    for keyword, pattern in (
        ("maxLength", _MORE + _N + _CHARACTERS),
        ("minLength", _LESS + _N + _CHARACTERS),
        ("maxItems", _MORE + _N + _ITEMS),
        ("minItems", _LESS + _N + _ITEMS),
        ("maxLength", rf"\b\d+{_TO}{_N}{_CHARACTERS}"),
        ("minLength", rf"\b{_N}{_TO}\d+{_CHARACTERS}"),
        ("maximum", rf"{_BETWEEN}\d+\s+(?:and|to)\s+{_N}{_NO_OTHER_UNIT}"),
        ("minimum", rf"{_BETWEEN}{_N}\s+(?:and|to)\s+\d+{_NO_OTHER_UNIT}"),
        ("maximum", rf"\bmax(?:imum)?{_IS}{_N}{_END}"),
        ("minimum", rf"\bmin(?:imum)?{_IS}{_N}{_END}"),
    )
)
_DEPRECATED = re.compile(
    r"^\W*deprecated\b(?!\s+\w+\s+are)|\bthis\s+(?:field|property|parameter|operation|endpoint|method|header|attribute|api)"
    r"\s+(?:is|has\s+been)\s+(?:now\s+)?deprecated\b",
    re.IGNORECASE,
)
_OPTIONAL = re.compile(r"^\W*optional(?:ly)?\s*[.:,)\]]|\(optional\)|\bthis \w+ is optional\b", re.IGNORECASE)
_REQUIRED = re.compile(
    r"^\W*required\s*[.:)\]]|\(required\)|\bthis \w+ is required\s*(?:\.|$)", re.IGNORECASE
)
_NULL = re.compile(
    r"\b(?:may|can|might) be [`']?null\b[`']?(?! and)|\b[`']?null[`']? (?:if|when|unless)\b", re.IGNORECASE
)
_NEVER_NULL = re.compile(
    r"\bnever [`']?null\b|\b(?:can(?:not|'t| not)|must not|may not) be [`']?null\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Described:
    """A schema with a description, and all of its parts."""

    text: str
    pointer: str
    schema: JsonObject
    parts: tuple[JsonObject, ...]

    def value_of(self, keyword: str) -> JsonValue:
        """The value of a keyword in the outermost part that has it."""
        return next((part[keyword] for part in self.parts if keyword in part), None)

    @property
    def enum(self) -> list[str]:
        """The enum values that are strings."""
        return [value for value in as_list(self.value_of("enum")) if isinstance(value, str)]


def _described(subject: Subject) -> Iterator[_Described]:
    """Schemas, parameters and headers that have a description."""
    schemas = subject.contract.schemas
    for pointer, schema in subject.schemas.items():
        if isinstance(text := schema.get("description"), str):
            yield _Described(text, pointer, schema, schemas.view(schema).parts)
    for node in subject.of("parameter", "header"):
        text = node.value.get("description")
        schema = as_object(node.value.get("schema")) if "schema" in node.value else node.value
        if isinstance(text, str) and schema:
            yield _Described(text, node.pointer, schema, schemas.view(schema).parts)


def _word(text: str) -> str:
    return text.strip("`'\"\u2018\u2019\u201c\u201d*_.,:;!").lower()


@_mismatch(
    rationale="If the description lists other values than the enum, readers can't know which ones work."
)
def description_mismatch_enum(subject: Subject) -> Faults:
    """Descriptions that mention only one of several values, or list values that are not in the enum."""
    for held in _described(subject):
        members = {value.lower(): value for value in held.enum}
        if len(members) < 2:
            continue
        for found in (*_CURRENTLY.finditer(held.text), *_ONLY.finditer(held.text)):
            rest = held.text[found.end() : found.end() + 80].partition(".")[0]
            others = [name for name in members if name != _word(found[1])]
            if _word(found[1]) in members and not any(_mentions(rest, name) for name in others):
                shown = ", ".join(members.values())
                message = f"Description says {found[0]!r}, but the enum allows {shown[:80]}"
                yield Fault(f"{held.pointer}/description", message, _FIX)
                break
        yield from _lists(held, members)


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _lists(held: _Described, members: dict[str, str]) -> Faults:
    """Lists of values in the text; a list counts only if most of it are enum values."""
    for found in _ONE_OF.finditer(held.text):
        named = [name.strip().lower() for name in _QUOTED.findall(found[1])]
        extra = [name for name in named if name not in members]
        if len(named) < 2 or len(extra) * 2 >= len(named):
            continue
        missing = [members[name] for name in members if name not in named and not _mentions(held.text, name)]
        if extra:
            message = f"Description lists {extra[0]!r}, which is not in the enum"
            yield Fault(f"{held.pointer}/description", message, _FIX)
        elif missing and "e.g" not in held.text and "such as" not in held.text:
            message = f"Description lists the enum values except {missing[0]!r}"
            yield Fault(f"{held.pointer}/description", message, _FIX)


@_mismatch(rationale="Clients that omit the value must know which default applies.")
def description_mismatch_default(subject: Subject) -> Faults:
    """Descriptions with another default than the schema, or one that is not in the enum."""
    for held in _described(subject):
        for found in _DEFAULT.finditer(held.text):
            described = found[2].rstrip(".:")
            if (found[3] and _UNITS.match(found[3])) or _UNITS.match(described.lstrip("0123456789.")):
                continue
            default = held.value_of("default")
            if _differs(described, default, held, is_quoted=bool(found[1])):
                actual = "it is not in the enum" if default is None else f"the schema has {_shown(default)}"
                message = f"Description says the default is {described!r}, but {actual}"
                yield Fault(f"{held.pointer}/description", message, _FIX)
                break


def _differs(described: str, default: JsonValue, held: _Described, *, is_quoted: bool) -> bool:
    members = {value.lower() for value in held.enum}
    if default is None:
        return is_quoted and bool(members) and described.lower() not in {*members, "null", "none"}
    if isinstance(default, bool):
        return described.lower() in ("true", "false") and (described.lower() == "true") is not default
    if isinstance(default, int | float):
        number = described.replace(",", "")
        return bool(re.fullmatch(r"-?\d+(\.\d+)?", number)) and float(number) != float(default)
    if isinstance(default, str):
        return described.lower() not in re.split(r"[,\s]+", default.lower()) and (
            described.lower() in members or (is_quoted and " " not in default)
        )
    return False


def _shown(value: JsonValue) -> str:
    return repr(value) if isinstance(value, str) else json.dumps(value)


@_mismatch(
    rationale="Clients that follow the description send values that are rejected, or avoid valid ones."
)
def description_mismatch_bound(subject: Subject) -> Faults:
    """Descriptions with other limits than the schema."""
    for held in _described(subject):
        for keyword, pattern in _LIMITS:
            bound = held.value_of(keyword)
            found = pattern.search(held.text)
            numbers = [int(re.sub(r"\D", "", number)) for number in re.findall(_N, found[0])] if found else []
            is_range = numbers == sorted(numbers)  # "between 1 and 0" is not a range
            if found and is_range and isinstance(bound, int | float) and not isinstance(bound, bool):
                limit = int(re.sub(r"\D", "", found[1]))
                if limit != bound:
                    message = f"Description says {found[0].strip()!r}, but `{keyword}` is {bound}"
                    yield Fault(f"{held.pointer}/description", message, _FIX)


@_mismatch(rationale="Clients that don't expect null fail on the first one.")
def description_mismatch_null(subject: Subject) -> Faults:
    """Descriptions that mention null where the schema does not allow it, and the other way round."""
    for pointer, schema in subject.schemas.items():
        text = schema.get("description")
        among = subject.contract.schemas.view(schema).parts if isinstance(text, str) else []
        if not isinstance(text, str) or not any("type" in part for part in among):
            continue
        allows = "null" in common_kinds(among)
        if not allows and _NULL.search(text) and not _NEVER_NULL.search(text):
            message = "Description mentions null, but the schema does not allow it"
            fix = "Allow null (`type: [string, 'null']`; `nullable: true` in 3.0) or correct the description."
            yield Fault(f"{pointer}/description", message, fix)
        elif allows and schema.get("type") != "null" and _NEVER_NULL.search(text) and not _NULL.search(text):
            message = "Description says the value is never null, but the schema allows null"
            yield Fault(f"{pointer}/description", message, _FIX)


@_mismatch(rationale="Clients need to know what they can omit.")
def description_mismatch_required(subject: Subject) -> Faults:
    """Descriptions that call required values optional, or optional values required."""
    for node in subject.of("parameter"):
        text = node.value.get("description")
        if isinstance(text, str):
            is_required = node.value.get("required") is True
            yield from _necessity(text, node.pointer, "parameter", is_required=is_required)
    for name, inner, place, schema in subject.properties():
        text = inner.get("description")
        is_composed = "allOf" in schema or place.split("/")[-4:-3] == ["allOf"]
        if isinstance(text, str) and not is_composed:
            is_required = name in as_list(schema.get("required"))
            yield from _necessity(text, place, "property", is_required=is_required)


def _necessity(text: str, pointer: str, what: str, *, is_required: bool) -> Faults:
    found = _OPTIONAL.search(text) if is_required else _REQUIRED.search(text)
    described, actual = ("optional", "required") if is_required else ("required", "optional")
    if found:
        message = f"Description says {described}, but the {what} is {actual}"
        yield Fault(f"{pointer}/description", message, _FIX)


@warning(
    rationale="Tools only warn about what is marked `deprecated: true`.",
    source="OpenAPI 3.1, sections 4.8.10 and 4.8.12 (deprecated)",
)
def description_mismatch_deprecated(subject: Subject) -> Faults:
    """What the description calls deprecated, without `deprecated: true`."""
    for kind in ("operation", "parameter", "schema", "header"):
        for node in subject.of(kind) if "deprecated" in known(kind, subject.version) else ():
            texts = {name: node.value.get(name) for name in ("summary", "description")}
            found = [
                name for name, text in texts.items() if isinstance(text, str) and _DEPRECATED.search(text)
            ]
            field = found[0] if found else None
            inner = as_object(node.value.get("schema")).get("deprecated") is True
            if field and node.value.get("deprecated") is not True and not inner:
                message = f"{field.capitalize()} says this is deprecated, but `deprecated` is not set"
                yield Fault(f"{node.pointer}/{field}", message, "Add `deprecated: true`.")
