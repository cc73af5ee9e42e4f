"""JSON bodies derived from a contract: those that keep it in every way it shows, and those that break it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from openapi import Direction, media_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_tests.generation import GeneratedCase
    from openapi import Contract, MediaType, Operation
    from openapi.json_value import JsonObject, JsonValue

_WRONG_VALUES: tuple[JsonValue, ...] = ("signoff-no-such-value", 12345.678, [], {}, None, True)


def sound_bodies(contract: Contract, operation: Operation, drawn: GeneratedCase) -> list[JsonValue]:
    """The JSON bodies that the document shows: its examples, each enumerated value, the least one.

    Args:
        contract: for the schemas.
        operation: whose body it is.
        drawn: a generated case, for operations without an example.

    Returns:
        Distinct values that satisfy the schema; none where the operation takes no JSON.
    """
    described = operation.request_body
    offers = [offer for offer in described.content if media_types.is_json(offer.name)] if described else []
    if not offers:
        return []
    examples = [example.value for example in offers[0].examples]
    if not examples and drawn.media_type:
        examples = [json.loads(json.dumps(drawn.body))]
    found: list[JsonValue] = []
    for value in [*examples, *_variations(contract, offers[0], examples[0] if examples else {})]:
        if value not in found and _is_valid(offers[0], value):
            found.append(value)
    return found


def wrong_bodies(contract: Contract, offer: MediaType, base: JsonValue) -> Iterator[JsonValue]:
    """Bodies of the wrong shape: `base` with each member of another type, or a required member left out."""
    schema = _schema(contract, offer)
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(base, dict) or not isinstance(properties, dict):
        return
    spoilt: list[JsonObject] = [{**base, name: wrong} for name in properties for wrong in _WRONG_VALUES]
    spoilt += [
        {name: value for name, value in base.items() if name != left_out}
        for left_out in (required if isinstance(required, list) else ())
    ]
    yield from (value for value in spoilt if not _is_valid(offer, value))


def _variations(contract: Contract, offer: MediaType, example: JsonValue) -> Iterator[JsonValue]:
    base = example if isinstance(example, dict) else {}
    schema = _schema(contract, offer)
    properties, required = schema.get("properties"), schema.get("required")
    for name, member in properties.items() if isinstance(properties, dict) else ():
        options = contract.schemas.resolved(member).get("enum") if isinstance(member, dict) else None
        for option in options if isinstance(options, list) else ():
            yield {**base, name: option}
    needed = required if isinstance(required, list) else []
    yield {name: value for name, value in base.items() if name in needed}


def _schema(contract: Contract, offer: MediaType) -> JsonObject:
    return contract.schemas.resolved(offer.schema.raw) if offer.schema else {}


def _is_valid(offer: MediaType, value: JsonValue) -> bool:
    return offer.schema is None or offer.schema.is_valid(value, Direction.REQUEST)
