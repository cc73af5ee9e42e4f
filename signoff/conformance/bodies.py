"""JSON bodies derived from a contract: those that keep it in every way it shows, and those that break it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from signoff.conformance.values import sample, telling_values
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


def sound_bodies(contract: Contract, operation: Operation, drawn: GeneratedCase) -> list[JsonValue]:
    """The JSON bodies that the document shows: its examples, each enumerated value, the least one.

    Args:
        contract: for the schemas.
        operation: whose body it is.
        drawn: a generated case, for operations without an example.

    Returns:
        Distinct values that satisfy the schema; none where the operation takes no JSON.
    """
    offer = operation.json_body
    if offer is None:
        return []
    examples = [example.value for example in offer.examples]
    if not examples and drawn.media_type:
        examples = [json.loads(json.dumps(drawn.body))]
    found: list[JsonValue] = []
    for value in [*examples, *_variations(contract, offer, examples[0] if examples else {})]:
        if not any(_same(value, known) for known in found) and takes(offer, value):
            found.append(value)
    return found[:_MOST_BODIES]


def bodies_beside(
    contract: Contract, offer: MediaType, base: JsonValue, *, is_sound: bool
) -> Iterator[tuple[str, JsonValue]]:
    """Bodies on one side of the schema's lines, in turn of the places, each with that place.

    Args:
        contract: for the schemas.
        offer: whose schema it is.
        base: a sound body, of which one place is changed.
        is_sound: whether they keep the schema at one of its lines, or break it in one place.
    """
    return taking_turns(
        _spoilt(contract.schemas, offer, base, path, schema, is_sound=is_sound)
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
    """The places of a body that its schema describes, nearest first; also those that `base` leaves out."""
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


def _spoilt(
    schemas: SchemaSet, offer: MediaType, base: JsonValue, path: Path, raw: JsonValue, *, is_sound: bool
) -> Iterator[tuple[str, JsonValue]]:
    """`base` with one place changed, on the side of the line that is asked for."""
    seen: list[JsonValue] = []
    for value in (*((_LEFT_OUT,) if path else ()), *_more(schemas, raw), *telling_values(schemas, raw)):
        try:
            body = _with(schemas, offer, base, path, value)
        except LookupError:
            continue
        if any(_same(body, known) for known in seen) or takes(offer, body) is not is_sound:
            continue
        seen.append(body)
        yield join(path) or "/", body


def _more(schemas: SchemaSet, raw: JsonValue) -> Iterator[JsonValue]:
    """An object with a member that its schema does not name."""
    schema = schemas.view(raw).flat
    if schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False:
        held = sample(schemas, raw)
        yield {**(held if isinstance(held, dict) else {}), "signoff_extra": 1}


def _with(schemas: SchemaSet, offer: MediaType, base: JsonValue, path: Path, value: object) -> JsonValue:
    """`base` with a value at a place, or without that place. Raises LookupError: it cannot be reached."""
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


def taking_turns(sources: Iterable[Iterator[_T]]) -> Iterator[_T]:
    """One of each in turn, so that a cut is fair to every source."""
    waiting = list(sources)
    while waiting:
        for source in list(waiting):
            try:
                yield next(source)
            except StopIteration:
                waiting.remove(source)


def _same(left: JsonValue, right: JsonValue) -> bool:
    """Equality that tells true from 1."""
    return left == right and json.dumps(left) == json.dumps(right)


def takes(offer: MediaType, value: JsonValue) -> bool:
    """Whether a value is a body that the schema admits."""
    return offer.schema is None or offer.schema.is_valid(value, Direction.REQUEST)
