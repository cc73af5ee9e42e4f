"""Spectral's functions: each yields the problems of one value.

Like Spectral's, a function ignores values of other types than its own: `pattern` checks strings only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

from signoff.contract.json_value import KINDS, as_list, as_object
from signoff.contract.pointer import from_ref
from signoff.review.spectral.errors import NotChecked, NotSupported
from signoff.review.spectral.filters import truthy as is_truthy
from signoff.review.spectral.patterns import matcher, matcher_of
from signoff.review.spectral.tree import UNDEFINED, Tree, Undefined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.contract.json_value import JsonObject, JsonValue

_LONGEST_VALUE = 80
_CASES = {
    "flat": "[a-z][a-z{d}]*",
    "camel": "[a-z][a-z{d}]*(?:[A-Z{d}](?:[a-z{d}]+|$))*",
    "pascal": "[A-Z][a-z{d}]*(?:[A-Z{d}](?:[a-z{d}]+|$))*",
    "kebab": "[a-z][a-z{d}]*(?:-[a-z{d}]+)*",
    "cobol": "[A-Z][A-Z{d}]*(?:-[A-Z{d}]+)*",
    "snake": "[a-z][a-z{d}]*(?:_[a-z{d}]+)*",
    "macro": "[A-Z][A-Z{d}]*(?:_[A-Z{d}]+)*",
}
_DIALECTS: dict[str, type[Any]] = {
    "draft4": jsonschema_rs.Draft4Validator,
    "draft6": jsonschema_rs.Draft6Validator,
    "draft7": jsonschema_rs.Draft7Validator,
    "draft2019-09": jsonschema_rs.Draft201909Validator,
    "draft2020-12": jsonschema_rs.Draft202012Validator,
}
_BY_ADDRESS = {"draft-04": "draft4", "draft-06": "draft6", "2019-09": "draft2019-09"} | {
    "2020-12": "draft2020-12"
}


class Problem(NamedTuple):
    """A problem of a value: what it must be, without the value's name, and where in it.

    Attributes:
        keys: the names and indices that lead from the value to the place.
        is_whole: whether the message is a whole sentence.
    """

    message: str
    keys: tuple[str | int, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """What a function checks.

    Attributes:
        value: UNDEFINED if the field is missing.
        options: the `functionOptions` of the rule.
        tree: the document.
    """

    value: JsonValue | Undefined
    options: JsonObject
    tree: Tree


@dataclass(frozen=True, slots=True)
class Function:
    """A function, and the JSON Schema of its options."""

    check: Callable[[Value], Iterator[Problem]]
    options: JsonObject


FUNCTIONS: dict[str, Function] = {}
_NAMES: JsonObject = {"type": "array", "items": {"type": "string"}, "minItems": 1}


def _function(
    name: str, options: JsonObject | None = None
) -> Callable[[Callable[[Value], Iterator[Problem]]], Callable[[Value], Iterator[Problem]]]:
    def register(check: Callable[[Value], Iterator[Problem]]) -> Callable[[Value], Iterator[Problem]]:
        FUNCTIONS[name] = Function(check, {"type": "object", **(options or {})})
        return check

    return register


def wrong_options(name: str, options: JsonValue) -> str:
    """What is wrong with the options of a function; empty if nothing is.

    Raises:
        NotSupported: a pattern or schema in them can't be used.
    """
    given = {} if options is None else options
    error = next(iter(jsonschema_rs.iter_errors(FUNCTIONS[name].options, given)), None)
    if error is not None:
        return str(error.message).splitlines()[0]
    if name == "pattern":
        for key in ("match", "notMatch"):
            matcher_of(str(as_object(given).get(key, "")))
    if name == "schema":
        _validator(json.dumps(given))
    return ""


@_function("truthy")
def _truthy(given: Value) -> Iterator[Problem]:
    if not is_truthy(given.value):
        yield Problem("must be truthy")


@_function("falsy")
def _falsy(given: Value) -> Iterator[Problem]:
    if is_truthy(given.value):
        yield Problem("must be falsy")


@_function("defined")
def _defined(given: Value) -> Iterator[Problem]:
    if given.value is UNDEFINED:
        yield Problem("must be defined")


@_function("undefined")
def _undefined(given: Value) -> Iterator[Problem]:
    if given.value is not UNDEFINED:
        yield Problem("must be undefined")


@_function(
    "pattern",
    {
        "properties": {"match": {"type": "string"}, "notMatch": {"type": "string"}},
        "anyOf": [{"required": ["match"]}, {"required": ["notMatch"]}],
    },
)
def _pattern(given: Value) -> Iterator[Problem]:
    match, unwanted = given.options.get("match"), given.options.get("notMatch")
    if isinstance(given.value, str):
        if isinstance(match, str) and not matcher_of(match)(given.value):
            yield Problem(f"must match the pattern `{match}`")
        if isinstance(unwanted, str) and matcher_of(unwanted)(given.value):
            yield Problem(f"must not match the pattern `{unwanted}`")


@_function(
    "casing",
    {
        "properties": {
            "type": {"enum": list(_CASES)},
            "disallowDigits": {"type": "boolean"},
            "separator": {
                "type": "object",
                "properties": {"char": {"type": "string", "maxLength": 1}},
                "required": ["char"],
            },
        },
        "required": ["type"],
    },
)
def _casing(given: Value) -> Iterator[Problem]:
    value, kind = given.value, str(given.options["type"])
    if not isinstance(value, str) or not value:
        return
    separator = as_object(given.options.get("separator"))
    character, leads = str(separator.get("char", "")), separator.get("allowLeading") is True
    if leads and value == character:
        return
    one = _CASES[kind].replace("{d}", "" if given.options.get("disallowDigits") is True else "0-9")
    if character:
        between = re.escape(character)
        one = f"{f'(?:{between})?' if leads else ''}{one}(?:{between}{one})*"
    if not matcher(f"^{one}$")(value):
        yield Problem(f"must be {kind} case")


@_function(
    "length",
    {
        "properties": {"min": {"type": "number"}, "max": {"type": "number"}},
        "anyOf": [{"required": ["min"]}, {"required": ["max"]}],
    },
)
def _length(given: Value) -> Iterator[Problem]:
    value = given.value
    if not isinstance(value, dict | list | str | int | float) or isinstance(value, bool):
        return
    found = value if isinstance(value, int | float) else len(value)
    least, most = given.options.get("min"), given.options.get("max")
    what = "value" if isinstance(value, int | float) else "length"
    if isinstance(least, int | float) and found < least:
        yield Problem(f"must have a {what} of at least {least}")
    if isinstance(most, int | float) and found > most:
        yield Problem(f"must have a {what} of at most {most}")


@_function("enumeration", {"properties": {"values": {"type": "array"}}, "required": ["values"]})
def _enumeration(given: Value) -> Iterator[Problem]:
    value, values = given.value, as_list(given.options["values"])
    if value is UNDEFINED or isinstance(value, dict | list):
        return
    if not any(type(value) is type(other) and value == other for other in values):
        yield Problem(f"must be one of {', '.join(map(shown, values))}")


@_function("alphabetical", {"properties": {"keyedBy": {"type": "string"}}})
def _alphabetical(given: Value) -> Iterator[Problem]:
    value, key = given.value, given.options.get("keyedBy")
    if not isinstance(value, dict | list) or len(value) < 2:
        return
    items: list[Any] = list(value)
    if key is not None:
        items = [given.tree.member(given.tree.followed(item, "")[0], key) for item in items]
    if not all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in items):
        yield Problem(f"must only have strings or numbers{f' as `{key}`' if key else ''}")
        return
    for number, (one, other) in enumerate(pairwise(items)):
        if _order(one) > _order(other):
            place = () if key else (number if isinstance(value, list) else str(one),)
            yield Problem(f"{shown(one)} must come after {shown(other)}", place, is_whole=True)
            return


def _order(item: Any) -> tuple[int, float, str, str]:  # noqa: ANN401 - a string or a number
    """Numbers by value, also in texts; then texts, without regard to case at first."""
    try:
        return 0, float(item), "", ""
    except OverflowError:  # an integer beyond floating-point numbers
        return 0, inf if item > 0 else -inf, "", ""
    except ValueError:
        return 1, 0.0, str(item).casefold(), str(item).swapcase()


@_function("xor", {"properties": {"properties": _NAMES}, "required": ["properties"]})
def _xor(given: Value) -> Iterator[Problem]:
    names = [str(name) for name in as_list(given.options["properties"])]
    if isinstance(given.value, dict) and sum(name in given.value for name in names) != 1:
        yield Problem(f"must have exactly one of {', '.join(f'`{name}`' for name in names)}")


@_function("or", {"properties": {"properties": _NAMES}, "required": ["properties"]})
def _or(given: Value) -> Iterator[Problem]:
    names = [str(name) for name in as_list(given.options["properties"])]
    if isinstance(given.value, dict) and not any(name in given.value for name in names):
        yield Problem(f"must have at least one of {', '.join(f'`{name}`' for name in names)}")


@_function("uniqueNames")  # of the rules for `spectral:oas` only
def _unique_names(given: Value) -> Iterator[Problem]:
    seen = set()
    for index, item in enumerate(given.value if isinstance(given.value, list) else ()):
        name = given.tree.member(given.tree.followed(item, "")[0], "name")
        if isinstance(name, str) and name in seen:
            yield Problem(f"the name {shown(name)} is not unique", (index,), is_whole=True)
        seen.add(name if isinstance(name, str) else "")


@_function("typedEnum")
def _typed_enum(given: Value) -> Iterator[Problem]:
    schema = as_object(given.value) if isinstance(given.value, dict) else {}
    kind, nullable = schema.get("type"), schema.get("nullable") is True or schema.get("x-nullable") is True
    kinds = kind if isinstance(kind, list) else [kind]
    if not all(held in KINDS for held in kinds):
        return
    for index, value in enumerate(as_list(schema.get("enum"))):
        if not (value is None and nullable) and not jsonschema_rs.is_valid({"type": kinds}, value):
            wanted = " or ".join(map(str, kinds))
            yield Problem(
                f"enum value {shown(value)} must be of type {wanted}", ("enum", index), is_whole=True
            )


@_function(
    "unreferencedReusableObject",
    {"properties": {"reusableObjectsLocation": {"type": "string"}}, "required": ["reusableObjectsLocation"]},
)
def _unreferenced(given: Value) -> Iterator[Problem]:
    if not isinstance(given.value, dict):
        return
    folder = from_ref(str(given.options["reusableObjectsLocation"]))
    used = _references(given.tree.document)
    for name in given.value:
        if f"{folder}/{name}" not in used:
            yield Problem(f"`{name}` is not used", (name,), is_whole=True)


def _references(root: JsonObject) -> set[str]:
    """The places that references in a document name, and what is around them; unescaped."""
    found: set[str] = set()
    waiting: list[JsonValue] = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            ref = value.get("$ref")
            if isinstance(ref, str) and ref.startswith("#"):
                parts = from_ref(ref).split("/")
                found |= {"/".join(parts[:end]) for end in range(2, len(parts) + 1)}
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return {place.replace("~1", "/").replace("~0", "~") for place in found}


@_function(
    "schema",
    {
        "properties": {
            "schema": {"type": ["object", "boolean"]},
            "allErrors": {"type": "boolean"},
            "dialect": {"enum": ["auto", *_DIALECTS]},
        },
        "required": ["schema"],
    },
)
def _schema(given: Value) -> Iterator[Problem]:
    if given.value is UNDEFINED:
        yield Problem("must exist")
        return
    validator = _validator(json.dumps(given.options))
    for error in validator.iter_errors(given.tree.inlined(given.value)):
        message = str(error.message).splitlines()[0]
        if "backtracking" in message:
            raise NotChecked("a pattern of the schema takes too many steps on a value")
        short = message if len(message) <= 200 else f"{message[:100]} … {message[-90:]}"
        yield Problem(short, tuple(error.instance_path), is_whole=True)
        if given.options.get("allErrors") is not True:
            return


@lru_cache(maxsize=256)
def _validator(options: str) -> Any:  # noqa: ANN401 - one of several classes
    """The validator for the options of `schema`, as JSON: references to other files are not followed."""
    held = json.loads(options)
    schema, dialect = held["schema"], held.get("dialect", "auto")
    if dialect == "auto":
        address = str(as_object(schema).get("$schema", "")) if isinstance(schema, dict) else ""
        dialect = next((name for part, name in _BY_ADDRESS.items() if part in address), "draft7")
    try:
        return _DIALECTS[dialect](
            schema,
            retriever=_never,
            pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000),
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        reason = str(getattr(error, "message", error)).splitlines()[0]
        if "registry" in reason:
            raise NotSupported("a schema that refers to another file") from None
        raise NotSupported(f"the schema ({reason[:200]})") from None


def _never(uri: str) -> None:
    raise ValueError(f"references to other files are not followed: {uri}")


def shown(value: object) -> str:
    """A value as shown in messages, shortened."""
    if value is UNDEFINED:
        return ""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = f"`{value}`" if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…`"
