"""Descriptions that state something else than the schema they describe.

Only what is certain is reported: the sentence is about this very value, it has no condition and no exception,
and the rest of the text does not mention what the schema has. Descriptions say much about keys, items, other
fields, recommendations and rates; a false finding costs readers more than a missed one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, JsonValue, as_list, as_object
from signoff.contract.pointer import from_ref
from signoff.review.composition import common_kinds
from signoff.review.known_fields import known
from signoff.review.rules.registry import Fault, Faults, Subject, warning
from signoff.review.subject import value_at

if TYPE_CHECKING:
    from collections.abc import Iterator


_mismatch = partial(warning, source="the API's own descriptions")
_FIX = "Correct the description or the schema."
_MARKS = r"`'\"\u2018\u2019\u201c\u201d"
_QUOTED = re.compile(rf"[{_MARKS}]{{1,2}}([^{_MARKS}\n]{{1,60}})[{_MARKS}]{{1,2}}")
_WRAPPED = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?=[^\s*#|>\u2022-])")
_SENTENCE = re.compile(r"(?<!e\.g)(?<!i\.e)(?<=[.!?;])\s+|\n+")
# Words of a sentence that is not, or not always, about the bounds, the default or the values of this value.
_CONDITION = re.compile(
    r"\b(?:if|whether|when|whenever|unless|until|otherwise|except|depend\w*|for|with|without|while|where|either|older?|earlier"
    r"|versions?|models?|plans?|formerly|previously|e\.g|i\.e|for example|such as|etc|variants?|through)\b",
    re.IGNORECASE,
)
_OTHER_THINGS = re.compile(
    r"\b(?:keys?|values|pairs|each|every|per|any|all|both|recommend\w*|suggest\w*|prefer\w*|should|ideally|typical\w*"
    r"|usual\w*|default\w*|example|first|last|index\w*|display\w*|shown?|truncate\w*|truncation|return\w*|total|sum|combined|rate"
    r"|limit(?:ed)? to|lines?|words?|rows?|bytes?|of the|plus|including|excluding|exclusive|up to|or)\b",
    re.IGNORECASE,
)
_CURRENTLY = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bbe )(?<!\bwas )\b(?:currently|for now|at present|so far)\b:?\s+"
    r"(?:only\s+)?(?:always\s+)?([^\s,;.()]+)(?=\s*(?:[.;)]|$))",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\b(?:only|always)\s+([^\s,;.()]+)(?=\s*(?:[.;)]|$|is\s+(?:supported|allowed|accepted)))", re.IGNORECASE
)
_QUOTE, _UNQUOTE = r"[`'\"\u2018\u201c]", r"[`'\"\u2019\u201d]"
_DEFAULT = re.compile(
    rf"\bdefault(?:s\s+to|\s+(?:value\s+)?is|\s+value\s*[:=]|\s*[:=])\s*(?:({_QUOTE})([^`'\"\u2019\u201d\n]+){_UNQUOTE}"
    r"|(\d{1,3}(?:,\d{3})+|[^\s`'\"\u2018\u201c,;()]+))(?=\s*[.,;)]|\s+and\b|\s*$)",
    re.IGNORECASE,
)
_ONE_OF = re.compile(
    r"\b(?:one of|(?:allowed|possible|valid|supported|accepted) values(?: are| is)?)\b:?\s*([^.;\n]{3,300})",
    re.IGNORECASE,
)
_MOST = r"(?:at most|no more than|not more than|max(?:imum)?(?:\s+(?:of|length|size|is))*\s*:?)\s+"
_LEAST = r"(?:at least|no fewer than|no less than|min(?:imum)?(?:\s+(?:of|length|size|is))*\s*:?)\s+"
_N = r"(\d[\d,_]*)"
_CHARACTERS, _ITEMS = r"\s*(?:characters?|chars?)", r"\s*(?:items?|elements?|entries)"
_IS, _TO = r"(?:\s+value)?(?:\s+is|\s*[:=])?\s+", r"\s*(?:-|\u2013|to|and)\s*"
_END = r"(?:\s+(?:long|in length|allowed|inclusive|\(inclusive\)))?\s*(?:[.,;)]|$)"
# Type, the keywords of the numbers in the text, and the text.
_LIMITS = tuple(
    (kind, keywords, re.compile(rf"(?<![\w-]){pattern}{_END}", re.IGNORECASE))
    for kind, keywords, pattern in (
        ("string", ("maxLength",), _MOST + _N + _CHARACTERS),
        ("string", ("minLength",), _LEAST + _N + _CHARACTERS),
        ("array", ("maxItems",), _MOST + _N + _ITEMS),
        ("array", ("minItems",), _LEAST + _N + _ITEMS),
        ("string", ("minLength", "maxLength"), _N + _TO + _N + _CHARACTERS),
        ("number", ("minimum", "maximum"), rf"(?:between|from)\s+{_N}\s+(?:and|to)\s+{_N}"),
        ("number", ("maximum",), rf"max(?:imum)?{_IS}{_N}"),
        ("number", ("minimum",), rf"min(?:imum)?{_IS}{_N}"),
    )
)
_LIMIT_KEYWORDS = frozenset(keyword for _, keywords, _ in _LIMITS for keyword in keywords)
_DEPRECATED = re.compile(
    r"^\W*deprecated\b(?:\W*$|\s*[.:,;!\u2013\-\])*]|\s+(?:since|as of|in favou?r|and|use|by)\b)"
    r"|\bthis\s+(?:field|property|parameter|operation|endpoint|method|header|attribute|api)"
    r"\s+(?:is|has\s+been)\s+(?:now\s+)?deprecated\b(?!\s+(?:for|if|when|on)\b)",
    re.IGNORECASE,
)
_NECESSITY = re.compile(r"\b(?:optional(?:ly)?|required)\b", re.IGNORECASE)
_OPTIONAL = re.compile(r"^\W*optional(?:ly)?\s*[.:,)\]]|\(optional\)|\bthis \w+ is optional\b", re.IGNORECASE)
_REQUIRED = re.compile(
    r"^\W*required\s*[.:)\]](?!\s*(?:no|false)\b)|\(required\)|\bthis \w+ is required\s*(?:\.|$)",
    re.IGNORECASE,
)
_THIS = r"(?:(?:it|this|(?:this|the) (?:field|value|property|attribute))\s+)?"
_NULL = re.compile(
    rf"^\W*{_THIS}(?:may|can|might|could|will)\s+(?:also\s+)?be\s+[`'\"]?null\b[`'\"]?(?! and| by default)"
    r"|(?:^\W*|\bor\s+)[`'\"]?null\b[`'\"]?\s+(?:if|when|unless)\b",
    re.IGNORECASE,
)
_NEVER_NULL = re.compile(
    r"\bnever [`']?null\b(?![- ]terminated)"
    r"|(?<!\bor )\b(?:can(?:not|'t| not)|must not|may not) be [`']?null\b(?![- ]terminated)",
    re.IGNORECASE,
)
_KINDS = {"string": {"string", "null"}, "array": {"array", "null"}, "number": {"number", "integer", "null"}}


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
    def sentences(self) -> list[str]:
        """The sentences of the text that have no condition."""
        return [sentence for sentence in _sentences(self.text) if not _CONDITION.search(sentence)]

    @property
    def enum(self) -> list[str]:
        """The enum values that are strings."""
        return [value for value in as_list(self.value_of("enum")) if isinstance(value, str)]


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(_WRAPPED.sub(" ", text))


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
        for found in (m for text in held.sentences for of in (_CURRENTLY, _ONLY) for m in of.finditer(text)):
            others = [name for name in members if name != _word(found[1])]
            if _word(found[1]) in members and not any(_mentions(found.string, name) for name in others):
                shown = ", ".join(members.values())
                message = f"Description says {found[0]!r}, but the enum allows {shown[:80]}"
                yield Fault(f"{held.pointer}/description", message, _FIX)
                break
        yield from _lists(held, members)


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _lists(held: _Described, members: dict[str, str]) -> Faults:
    """Lists of values in the text; a list counts only if most of it are enum values."""
    for found in (match for sentence in held.sentences for match in _ONE_OF.finditer(sentence)):
        named = [name.strip().lower() for name in _QUOTED.findall(found[1])]
        extra = [name for name in named if name not in members]
        if len(named) < 2 or len(extra) * 2 >= len(named):
            continue
        missing = [members[name] for name in members if name not in named and not _mentions(held.text, name)]
        if extra:
            message = f"Description lists {extra[0]!r}, which is not in the enum"
            yield Fault(f"{held.pointer}/description", message, _FIX)
        elif missing:
            message = f"Description lists the enum values except {missing[0]!r}"
            yield Fault(f"{held.pointer}/description", message, _FIX)


@_mismatch(rationale="Clients that omit the value must know which default applies.")
def description_mismatch_default(subject: Subject) -> Faults:
    """Descriptions with another default than the schema, or one that is not in the enum."""
    for held in _described(subject):
        sentences = _sentences(held.text) if "default" in held.text.lower() else ()
        matches = [found for sentence in sentences for found in _DEFAULT.finditer(sentence)]
        stated = [(found, found[2] or found[3].rstrip(".:")) for found in matches]
        if len({described.lower() for _, described in stated}) != 1:
            continue
        found, described = stated[0]
        default = held.value_of("default")
        if not _CONDITION.search(found.string) and _differs(
            described, default, held, is_quoted=bool(found[1])
        ):
            actual = "it is not in the enum" if default is None else f"the schema has {_shown(default)}"
            message = f"Description says the default is {described!r}, but {actual}"
            yield Fault(f"{held.pointer}/description", message, _FIX)


def _differs(described: str, default: JsonValue, held: _Described, *, is_quoted: bool) -> bool:
    members = {value.lower() for value in held.enum}
    if default is None:
        is_value = is_quoted and bool(members) and " " not in described
        return is_value and described.lower() not in {*members, "null", "none"}
    if isinstance(default, bool):
        return described.lower() in ("true", "false") and (described.lower() == "true") is not default
    if isinstance(default, int | float):
        number = described.replace(",", "")
        is_other = bool(re.fullmatch(r"-?\d+(\.\d+)?", number)) and float(number) != float(default)
        return is_other and float(default) not in _numbers(held.text)
    if isinstance(default, str):
        return described.lower() not in re.split(r"[,\s]+", default.lower()) and (
            described.lower() in members or (is_quoted and " " not in f"{default}{described}")
        )
    return False


def _numbers(text: str) -> set[float]:
    """The numbers that a text mentions."""
    return {float(number.replace(",", "").replace("_", "")) for number in re.findall(rf"{_N}(?!\w)", text)}


def _shown(value: JsonValue) -> str:
    return repr(value) if isinstance(value, str) else json.dumps(value)


@_mismatch(
    rationale="Clients that follow the description send values that are rejected, or avoid valid ones."
)
def description_mismatch_bound(subject: Subject) -> Faults:
    """Descriptions with other limits than the schema."""
    for held in _described(subject):
        if not any(keyword in part for part in held.parts for keyword in _LIMIT_KEYWORDS):
            continue
        sentences = [sentence for sentence in held.sentences if not _OTHER_THINGS.search(sentence)]
        for kind, keywords, pattern in _LIMITS if sentences else ():
            found = next((match for sentence in sentences if (match := pattern.search(sentence))), None)
            if found and common_kinds(held.parts) <= _KINDS[kind]:
                yield from _bound_faults(held, found, keywords)


def _bound_faults(held: _Described, found: re.Match[str], keywords: tuple[str, ...]) -> Faults:
    """The limits that differ; of a range, one end has to agree, or it may be the range of something else."""
    limits = [float(re.sub(r"\D", "", number)) for number in found.groups()]
    bounds = [held.value_of(keyword) for keyword in keywords]
    agree = [limit == bound for limit, bound in zip(limits, bounds, strict=True)]
    if limits != sorted(limits) or (len(limits) > 1 and not any(agree)):
        return
    for keyword, bound, is_same in zip(keywords, bounds, agree, strict=True):
        is_number = isinstance(bound, int | float) and not isinstance(bound, bool)
        if not is_same and is_number and bound not in _numbers(held.text):
            message = f"Description says {found[0].strip(' .,;)')!r}, but `{keyword}` is {bound}"
            yield Fault(f"{held.pointer}/description", message, _FIX)


@_mismatch(rationale="Clients that don't expect null fail on the first one.")
def description_mismatch_null(subject: Subject) -> Faults:
    """Descriptions that mention null where the schema does not allow it, and the other way round."""
    for _, schema, pointer, _ in subject.properties():
        text = schema.get("description")
        among = subject.contract.schemas.view(schema).parts if "null" in str(text).lower() else ()
        if not isinstance(text, str) or not any("type" in part for part in among) or _is_form(pointer):
            continue
        # Another rule reports a `nullable` without effect.
        allows = "null" in common_kinds(among) or any(part.get("nullable") is True for part in among)
        is_mentioned = any(_NULL.search(sentence) for sentence in _sentences(text))
        is_excluded = _NEVER_NULL.search(text) is not None
        if not allows and is_mentioned and not is_excluded:
            message = "Description mentions null, but the schema does not allow it"
            fix = "Allow null (`type: [string, 'null']`; `nullable: true` in 3.0) or correct the description."
            yield Fault(f"{pointer}/description", message, fix)
        elif allows and schema.get("type") != "null" and is_excluded and not is_mentioned:
            message = "Description says the value is never null, but the schema allows null"
            yield Fault(f"{pointer}/description", message, _FIX)


def _is_form(pointer: str) -> bool:
    """Whether a schema is that of a form, which has no null: its descriptions mean that of the resource."""
    return "x-www-form-urlencoded" in pointer or "multipart~1form-data" in pointer


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
    if len(_NECESSITY.findall(text)) > 1:  # of parts of the value, or with a condition
        return
    pattern = _OPTIONAL if is_required else _REQUIRED
    found = any(pattern.search(sentence) for sentence in _sentences(text) if not _CONDITION.search(sentence))
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
    used = {
        from_ref(node.ref)
        for node in subject.of("schema")
        if node.ref and _is_deprecated(subject, node.pointer)
    }
    for kind in ("operation", "parameter", "schema", "header"):
        for node in subject.of(kind) if "deprecated" in known(kind, subject.version) else ():
            texts = {name: node.value.get(name) for name in ("summary", "description")}
            found = [
                name for name, text in texts.items() if isinstance(text, str) and _DEPRECATED.search(text)
            ]
            field = found[0] if found else None
            inner = as_object(node.value.get("schema")).get("deprecated") is True
            if field and not inner and node.pointer not in used and not _is_deprecated(subject, node.pointer):
                message = f"{field.capitalize()} says this is deprecated, but `deprecated` is not set"
                yield Fault(f"{node.pointer}/{field}", message, "Add `deprecated: true`.")


def _is_deprecated(subject: Subject, pointer: str) -> bool:
    """Whether an object is marked as deprecated, or the schema that it is a branch or the items of."""
    while as_object(value_at(subject.document, pointer)).get("deprecated") is not True:
        around = re.fullmatch(r"(.*)/(?:(?:anyOf|oneOf|allOf)/\d+|items)", pointer)
        if around is None:
            return False
        pointer = around[1]
    return True
