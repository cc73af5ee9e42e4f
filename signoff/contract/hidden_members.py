"""Members of a value that are never sent in its direction: `readOnly` in requests, `writeOnly` in responses.

OpenAPI 3.0.4, section 4.7.24.2; JSON Schema 2020-12, section 9.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape, split
from signoff.contract.schemas import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema, SchemaSet

KEYWORDS = {Direction.REQUEST: "readOnly", Direction.RESPONSE: "writeOnly"}


def hidden_members(value: JsonValue, schema: Schema, direction: Direction) -> Iterator[str]:
    """The pointers of the members of a value that are hidden in a direction."""
    keyword = KEYWORDS[direction]
    schemas = schema.schemas
    if not schemas.marks(keyword):
        return
    pending: list[tuple[JsonValue, list[JsonValue], str]] = [(value, [schema.raw], "")]
    while pending:
        held, raws, at = pending.pop()
        for token, item, inner in _inner(held, raws, schemas):
            if isinstance(held, dict) and any(schemas.view(raw).flat.get(keyword) is True for raw in inner):
                yield f"{at}/{token}"
            elif isinstance(item, dict | list):
                pending.append((item, inner, f"{at}/{token}"))


def without_hidden(value: JsonValue, schema: Schema | None, direction: Direction) -> JsonValue:
    """The value without its hidden members; `value` itself if it has none."""
    places = list(hidden_members(value, schema, direction)) if schema is not None else []
    for place in places:
        value = _without(value, split(place))
    return value


def _without(value: JsonValue, tokens: list[str]) -> JsonValue:
    token, *rest = tokens
    if isinstance(value, dict):
        inner = {name: item for name, item in value.items() if name != token}
        return {**value, token: _without(value[token], rest)} if rest else inner
    if isinstance(value, list):
        index = int(token)
        return [*value[:index], _without(value[index], rest), *value[index + 1 :]]
    return value


def _inner(
    held: JsonValue, raws: Iterable[JsonValue], schemas: SchemaSet
) -> Iterator[tuple[str, JsonValue, list[JsonValue]]]:
    """The members or items of a value, each with its token and the schemas that describe it."""
    views = [schemas.view(raw) for raw in raws]
    if isinstance(held, dict):
        for name, item in held.items():
            found = [member for view in views for member in view.properties.get(name, ())]
            others = [view.outline.get("additionalProperties") for view in views]
            yield escape(name), item, _unique(found or [raw for raw in others if isinstance(raw, dict)])
    elif isinstance(held, list):
        first = [as_list(view.outline.get("prefixItems")) for view in views]
        rest = [view.outline.get("items") for view in views]
        for index, item in enumerate(held):
            pairs = zip(first, rest, strict=True)
            yield str(index), item, _unique(own[index] if index < len(own) else other for own, other in pairs)


def _unique(raws: Iterable[JsonValue]) -> list[JsonValue]:
    """Schemas, each object once: a tangle of references must not multiply them."""
    return list({id(raw): raw for raw in raws if as_object(raw)}.values())
