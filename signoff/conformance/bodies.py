"""Valid and invalid JSON bodies, derived from the examples and schemas of a document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from signoff.conformance.values import boundary_values, sample
from signoff.contract import Direction
from signoff.contract.json_value import as_object
from signoff.contract.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.conformance.generation import GeneratedCase
    from signoff.contract import Contract, MediaType, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import SchemaSet

    Path = tuple[str | int, ...]

_T = TypeVar("_T")
_DEEPEST = 5
_MOST_PLACES = 60
_MOST_BODIES = 24
_LEFT_OUT = object()


def valid_bodies(contract: Contract, operation: Operation, drawn: GeneratedCase) -> list[JsonValue]:
    """Valid JSON bodies: the examples, one body for each enum value, and a minimal one.

    Args:
        contract: for the schemas.
        operation: the operation with the body.
        drawn: a generated case, for operations without an example.

    Returns:
        Distinct valid bodies; empty if the operation has no JSON body.
    """
    offer = operation.json_body
    if offer is None:
        return []
    examples = [example.value for example in offer.examples]
    if not examples and drawn.media_type:
        examples = [json.loads(json.dumps(drawn.body))]
    found: list[JsonValue] = []
    for value in [*examples, *_variations(contract, offer, examples[0] if examples else {})]:
        if not any(_same(value, known) for known in found) and accepts(offer, value):
            found.append(value)
    return found[:_MOST_BODIES]


def bodies_near_limits(
    contract: Contract, offer: MediaType, base: JsonValue, *, is_valid: bool
) -> Iterator[tuple[str, JsonValue]]:
    """Bodies near the limits of the schema, each with the changed place; places take turns.

    Args:
        contract: for the schemas.
        offer: the media type with the schema.
        base: a valid body, in which one place is changed.
        is_valid: whether to yield valid bodies, or bodies with one error.
    """
    return round_robin(
        _changed(contract.schemas, offer, base, path, schema, is_valid=is_valid)
        for path, schema in _places(contract.schemas, offer, base)
    )


def _variations(contract: Contract, offer: MediaType, example: JsonValue) -> Iterator[JsonValue]:
    base = example if isinstance(example, dict) else {}
    schema = offer.schema.view.flat if offer.schema else {}
    for name, member in as_object(schema.get("properties")).items():
        options = contract.schemas.view(member).flat.get("enum")
        for option in options if isinstance(options, list) else ():
            yield {**base, name: option}
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    yield {name: value for name, value in base.items() if name in needed}


def _places(schemas: SchemaSet, offer: MediaType, base: JsonValue) -> Iterator[tuple[Path, JsonValue]]:
    """The places of a body that its schema defines, outermost first, including those not in `base`."""
    waiting: list[tuple[Path, JsonValue, JsonValue]] = [((), offer.schema.raw if offer.schema else {}, base)]
    for _ in range(_MOST_PLACES):
        if not waiting:
            return
        path, raw, value = waiting.pop(0)
        yield path, raw
        if len(path) >= _DEEPEST:
            continue
        schema = schemas.view(raw).flat
        if isinstance(value, dict):
            for name, member in as_object(schema.get("properties")).items():
                held = value[name] if name in value else sample(schemas, member)
                waiting.append(((*path, name), member, held))
        elif isinstance(value, list) and value and isinstance(schema.get("items"), dict):
            waiting.append(((*path, 0), schema["items"], value[0]))


def _changed(
    schemas: SchemaSet, offer: MediaType, base: JsonValue, path: Path, raw: JsonValue, *, is_valid: bool
) -> Iterator[tuple[str, JsonValue]]:
    """Valid or invalid variants of `base` with one changed place."""
    seen: list[JsonValue] = []
    for value in (
        *((_LEFT_OUT,) if path else ()),
        *_with_extra_property(schemas, raw),
        *boundary_values(schemas, raw),
    ):
        try:
            body = _with(schemas, offer, base, path, value)
        except LookupError:
            continue
        if any(_same(body, known) for known in seen) or accepts(offer, body) is not is_valid:
            continue
        seen.append(body)
        yield join(path) or "/", body


def _with_extra_property(schemas: SchemaSet, raw: JsonValue) -> Iterator[JsonValue]:
    """An object with an additional property, if the schema forbids those."""
    schema = schemas.view(raw).flat
    if schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False:
        held = sample(schemas, raw)
        yield {**(held if isinstance(held, dict) else {}), "signoff_extra": 1}


def _with(schemas: SchemaSet, offer: MediaType, base: JsonValue, path: Path, value: object) -> JsonValue:
    """`base` with a value at a place, or without that place. Raises LookupError: there is no such place."""
    if not path:
        return value  # type: ignore[return-value]
    copied: JsonValue = json.loads(json.dumps(base))
    at: JsonValue = copied
    raw: JsonValue = offer.schema.raw if offer.schema else {}
    for part in path[:-1]:
        schema = schemas.view(raw).flat
        if isinstance(at, dict) and isinstance(part, str):
            raw = as_object(schema.get("properties")).get(part)
            at = at.setdefault(part, sample(schemas, raw))
        elif isinstance(at, list) and isinstance(part, int):
            raw = schema.get("items")
            at = at[part]
        else:
            raise LookupError(part)  # noqa: TRY004 - the place is what is missing
    _put(at, path[-1], value)
    return copied


def _put(owner: JsonValue, name: str | int, value: object) -> None:
    if isinstance(owner, dict) and isinstance(name, str):
        if value is _LEFT_OUT:
            del owner[name]
        else:
            owner[name] = value  # type: ignore[assignment]
    elif isinstance(owner, list) and isinstance(name, int) and value is not _LEFT_OUT:
        owner[name] = value  # type: ignore[call-overload]
    else:
        raise LookupError(name)


def round_robin(sources: Iterable[Iterator[_T]]) -> Iterator[_T]:
    """One item of each source in turn, so that a limit applies to all of them equally."""
    waiting = list(sources)
    while waiting:
        for source in list(waiting):
            try:
                yield next(source)
            except StopIteration:
                waiting.remove(source)


def _same(left: JsonValue, right: JsonValue) -> bool:
    """Equality that distinguishes true from 1."""
    return left == right and json.dumps(left) == json.dumps(right)


def accepts(offer: MediaType, value: JsonValue) -> bool:
    """Whether a value is a valid body."""
    return offer.schema is None or offer.schema.is_valid(value, Direction.REQUEST)
