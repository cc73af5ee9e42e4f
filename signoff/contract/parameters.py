"""From the text of a parameter to its value: styles, `explode` and types (OpenAPI 3.1, section 4.8.12).

Each parameter is compiled once into a reader; a reader is given the raw, still percent-encoded text
of its place and gives the value, or `ABSENT`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, unquote_plus

from signoff.contract import forms, json_value, media_types
from signoff.contract.coercion import coerce, retyped
from signoff.contract.contract import Parameter
from signoff.contract.schemas import Direction

if TYPE_CHECKING:
    from signoff.contract.contract import Header
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

    Decode = Callable[[str], str]


class _Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

# The raw values of each name, in the order they were sent.
RawValues = Mapping[str, Sequence[str]]
Reader = Callable[[RawValues], "JsonValue | _Absent"]

_REPEATABLE = ("form", "spaceDelimited", "pipeDelimited", "cookie")


def compile_reader(parameter: Parameter, schemas: SchemaSet) -> Reader:
    """The reader of one parameter.

    The reader raises ValueError when the text cannot stand for the parameter at all.
    """
    decode = _decoder(parameter)
    name = parameter.name.lower() if parameter.location == "header" else parameter.name
    if parameter.location == "querystring" and parameter.media_type is not None:
        return _whole_query_reader(parameter, parameter.media_type, schemas)
    if parameter.media_type is not None:
        is_json = media_types.is_json(parameter.media_type)
        return _text_reader(
            name, lambda text: json_value.parse_text(decode(text)) if is_json else decode(text)
        )
    raw = parameter.schema.raw if parameter.schema else {}
    view = schemas.view(raw)
    kinds = view.kinds
    if parameter.style == "deepObject":
        return _deep_reader(name, raw, schemas, decode)
    if "object" in kinds and not kinds & {"string", "array"}:
        members = {key: schemas.view(held[0]).kinds for key, held in view.properties.items()}
        return _object_reader(parameter, name, members, decode)
    if "array" in kinds and "string" not in kinds:
        items = schemas.view(view.outline.get("items"))
        return _array_reader(parameter, name, items.kinds, decode)
    return _text_reader(name, lambda text: coerce(decode(_unwrap(parameter, text)), kinds))


def read_header(header: Header, texts: Sequence[str]) -> JsonValue:
    """The value of a response's header: style `simple`, the only one that headers have.

    Args:
        header: how it is described; it has a schema.
        texts: the values of its fields.

    Raises:
        ValueError: the text cannot stand for a value.
    """
    schema = header.schema
    as_parameter = Parameter(
        name=header.name,
        location="header",
        required=header.required,
        schema=schema,
        style="simple",
        explode=header.explode,
        media_type=header.media_type,
        examples=(),
        pointer=header.pointer,
    )
    if schema is None:
        return ", ".join(texts)
    kinds = schema.view.kinds
    is_list = bool(kinds & {"array", "object"}) and "string" not in kinds
    value = compile_reader(as_parameter, schema.schemas)(
        {header.name.lower(): [", ".join(texts) if is_list else texts[0]]}
    )
    if isinstance(value, _Absent):
        return None
    is_text = header.media_type is None or not media_types.is_json(header.media_type)
    return retyped(value, schema, Direction.RESPONSE) if is_text else value


def _decoder(parameter: Parameter) -> Decode:
    """How the text of a value is decoded.

    Cookies of the style `form` are percent-encoded as a query is; those of 3.2's style `cookie` are not.
    """
    if parameter.location == "query":
        return unquote_plus
    is_encoded = parameter.location == "path" or (
        parameter.location == "cookie" and parameter.style != "cookie"
    )
    return unquote if is_encoded else str


def _unwrap(parameter: Parameter, text: str) -> str:
    """Take off what the `label` and `matrix` styles put in front of a value."""
    if parameter.style == "label":
        return text.removeprefix(".")
    if parameter.style == "matrix":
        return text.removeprefix(";").removeprefix(parameter.name).removeprefix("=")
    return text


def _text_reader(name: str, value_of: Callable[[str], JsonValue]) -> Reader:
    """For what is written as one text."""

    def read(values: RawValues) -> JsonValue | _Absent:
        found = values.get(name)
        return value_of(found[0]) if found else ABSENT

    return read


def _whole_query_reader(parameter: Parameter, media_type: str, schemas: SchemaSet) -> Reader:
    """For the query as one value (OpenAPI 3.2, section 4.12.4)."""
    raw = parameter.schema.raw if parameter.schema else {}

    def value_of(text: str) -> JsonValue:
        if media_types.essence(media_type) == media_types.URLENCODED:
            return forms.read(text.encode(), media_type, raw, schemas)
        return json_value.parse_text(unquote(text)) if media_types.is_json(media_type) else unquote(text)

    return _text_reader("", value_of)


def _array_reader(parameter: Parameter, name: str, kinds: frozenset[str], decode: Decode) -> Reader:
    separator = forms.SEPARATORS.get(parameter.style, ",")

    def repeated(values: RawValues) -> JsonValue | _Absent:
        found = values.get(name)
        return [coerce(decode(item), kinds) for item in found] if found else ABSENT

    if parameter.explode and parameter.location in ("query", "cookie") and parameter.style in _REPEATABLE:
        return repeated
    return _text_reader(
        name, lambda text: [coerce(part, kinds) for part in _parts(parameter, text, separator, decode)]
    )


def _parts(parameter: Parameter, text: str, separator: str, decode: Decode) -> list[str]:
    """The decoded texts of a list that is written as one text."""
    if parameter.style == "matrix" and parameter.explode:
        return [decode(_unwrap(parameter, part)) for part in text.split(";")[1:]]
    if parameter.style == "label" and parameter.explode:
        return [decode(part) for part in text.removeprefix(".").split(".")]
    text = _unwrap(parameter, text)
    # The separator may itself be percent-encoded (%20, %7C, and by many clients %2C); but where there are
    # plain commas, an encoded one is part of a value.
    if separator == "," and "," in text:
        parts = [decode(part) for part in text.split(separator)]
    else:
        text = decode(text)
        parts = text.split(separator) if text else []
    return [part.strip() for part in parts] if parameter.location == "header" else parts


def _deep_reader(name: str, raw: JsonObject, schemas: SchemaSet, decode: Decode) -> Reader:
    kinds = schemas.view(raw).kinds

    def read(values: RawValues) -> JsonValue | _Absent:
        pairs = ((key, decode(text)) for key, texts in values.items() for text in texts)
        found = forms.read_deep_object(pairs, name, raw, schemas)
        if found is not None:
            return found
        plain = values.get(name)  # where the schema admits more than objects
        return coerce(decode(plain[0]), kinds) if plain else ABSENT

    return read


def _object_reader(
    parameter: Parameter, name: str, kinds: dict[str, frozenset[str]], decode: Decode
) -> Reader:
    def member(key: str, text: str) -> tuple[str, JsonValue]:
        return decode(key), coerce(decode(text), kinds.get(decode(key), frozenset()))

    def exploded_form(values: RawValues) -> JsonValue | _Absent:
        found = dict(member(key, items[0]) for key, items in values.items() if decode(key) in kinds)
        return found or ABSENT

    def delimited(text: str) -> JsonValue:
        if parameter.explode:
            separator = {"matrix": ";", "label": "."}.get(parameter.style, ",")
            pairs = [part.partition("=") for part in text.strip(separator).split(separator)]
            return dict(member(key, value) for key, _, value in pairs)
        parts = _unwrap(parameter, text).split(forms.SEPARATORS.get(parameter.style, ","))
        if len(parts) % 2:
            raise ValueError("has a name without a value")
        return dict(member(parts[i], parts[i + 1]) for i in range(0, len(parts), 2))

    if parameter.style == "form" and parameter.explode:
        return exploded_form
    return _text_reader(name, delimited)


def split_query(query: str) -> dict[str, list[str]]:
    """The raw values of each name of a query string; names are decoded, values are not."""
    found: dict[str, list[str]] = {}
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            found.setdefault(unquote_plus(name), []).append(value)
    return found


def split_cookies(header: str) -> dict[str, list[str]]:
    """The values of each name of a Cookie header (RFC 6265 section 4.2.1)."""
    found: dict[str, list[str]] = {}
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            found.setdefault(name, []).append(value)
    return found
