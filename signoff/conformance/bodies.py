"""Valid and invalid JSON bodies, derived from the examples and schemas of a document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from signoff.conformance.values import boundary_values, sample
from signoff.contract import Direction
from signoff.contract.json_value import as_object
from signoff.contract.pointer import join
from signoff.contract.schemas import is_known_format
from signoff.generate import CannotGenerateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract import Contract, MediaType
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import SchemaSet
    from signoff.generate import Generator

    Path = tuple[str | int, ...]

_T = TypeVar("_T")
_DEEPEST = 5
_MOST_PLACES = 60
_MOST_BODIES = 24
_MOST_BRANCHES = 6
_LEFT_OUT = object()
_TIMES = ("date", "date-time")


def candidates(
    contract: Contract, offer: MediaType, generator: Generator, drawn: Iterable[JsonValue] = ()
) -> list[JsonValue]:
    """Bodies that may succeed, the most likely first: examples, generated ones, the least one.

    Args:
        contract: for the schemas.
        offer: the media type of the body.
        generator: makes realistic values.
        drawn: further values, for where it makes none.

    Returns:
        Distinct values that match the schema, without read-only members.
    """
    values = [*(example.value for example in offer.examples), *generated(offer, generator), *drawn]
    return _distinct(contract, offer, [*values, _least(contract, offer, values[0] if values else {})])


def variations(contract: Contract, offer: MediaType, base: JsonValue) -> list[JsonValue]:
    """A sound body with each of its enumerated values, and the least one."""
    return _distinct(contract, offer, [*_options(contract, offer, base), _least(contract, offer, base)])


def _distinct(contract: Contract, offer: MediaType, values: Iterable[JsonValue]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for value in values:
        bare = without_read_only(contract.schemas, offer.schema.raw if offer.schema else {}, value)
        chosen = bare if accepts(offer, bare) else value
        if not any(_same(chosen, known) for known in found) and accepts(offer, chosen):
            found.append(chosen)
    return found[:_MOST_BODIES]


def generated(
    offer: MediaType, generator: Generator, direction: Direction = Direction.REQUEST
) -> list[JsonValue]:
    """A realistic body with as many members as there is room for; none where none can be made."""
    if offer.schema is None:
        return []
    try:
        return [generator.generate(offer.schema, direction, "request")]
    except CannotGenerateError:
        return []


def without_read_only(schemas: SchemaSet, raw: JsonValue, value: JsonValue, depth: int = 8) -> JsonValue:
    """A value without the members that only responses have (OpenAPI 3.1, section 4.8.24)."""
    if not depth:
        return value
    view = schemas.view(raw)
    if isinstance(value, list):
        items = view.flat.get("items")
        return [without_read_only(schemas, items, item, depth - 1) for item in value]
    if not isinstance(value, dict):
        return value
    known = view.properties
    return {
        name: without_read_only(schemas, known[name][0] if name in known else {}, held, depth - 1)
        for name, held in value.items()
        if not any(schemas.says(member, "readOnly") for member in known.get(name, ()))
    }


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
        _spoilt(contract.schemas, offer, base, place, is_valid=is_valid)
        for place in _places(contract.schemas, offer, base)
    )


def _options(contract: Contract, offer: MediaType, example: JsonValue) -> Iterator[JsonValue]:
    """An object with each enumerated value of each of its members."""
    base = example if isinstance(example, dict) else {}
    schema = offer.schema.view.flat if offer.schema else {}
    for name, member in as_object(schema.get("properties")).items():
        options = contract.schemas.view(member).flat.get("enum")
        for option in options if isinstance(options, list) else ():
            yield {**base, name: option}


def _least(contract: Contract, offer: MediaType, example: JsonValue) -> JsonValue:
    """The required members of an object; the simplest value of another kind."""
    schema = offer.schema.view.flat if offer.schema else {}
    if not isinstance(example, dict):
        return sample(contract.schemas, offer.schema.raw if offer.schema else {})
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return {name: value for name, value in example.items() if name in needed}


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of a body: the path to it, its schema, and the value that it has or would have."""

    path: Path
    schema: JsonValue
    value: JsonValue


def _places(schemas: SchemaSet, offer: MediaType, base: JsonValue) -> Iterator[_Place]:
    """The places of a body that its schema describes, nearest first; also those that `base` leaves out."""
    waiting = [_Place((), offer.schema.raw if offer.schema else {}, base)]
    for _ in range(_MOST_PLACES):
        if not waiting:
            return
        place = waiting.pop(0)
        path, raw, value = place.path, place.schema, place.value
        schema = schemas.view(raw).flat
        if schema.get("readOnly") is True or schemas.says(raw, "readOnly"):
            continue  # servers may reject it, or take any value and mind none
        yield place
        if len(path) >= _DEEPEST:
            continue
        if isinstance(value, dict):
            for name, member in as_object(schema.get("properties")).items():
                held = value[name] if name in value else sample(schemas, member)
                waiting.append(_Place((*path, name), member, held))
        elif isinstance(value, list) and value and isinstance(schema.get("items"), dict):
            waiting.append(_Place((*path, 0), schema["items"], value[0]))


def _spoilt(
    schemas: SchemaSet, offer: MediaType, base: JsonValue, place: _Place, *, is_valid: bool
) -> Iterator[tuple[str, JsonValue]]:
    """Valid or invalid variants of `base` with one changed place."""
    seen: list[JsonValue] = []
    path = place.path
    for value in _values(schemas, place, is_valid=is_valid):
        try:
            body = _with(schemas, offer, base, path, value)
        except LookupError:
            continue
        if any(_same(body, known) for known in seen) or accepts(offer, body) is not is_valid:
            continue
        seen.append(body)
        yield join(path) or "/", body


def _values(schemas: SchemaSet, place: _Place, *, is_valid: bool) -> Iterator[object]:
    """What to put at a place."""
    if place.path:
        yield _LEFT_OUT
    yield from _more(schemas, place)
    if is_valid:
        yield from _branches(schemas, place)
    form = schemas.view(place.schema).flat.get("format", "")
    if not is_valid:
        yield from boundary_values(schemas, place.schema)
    elif is_known_format(form) and form not in _TIMES:
        # Nobody knows whether a moment has to be over or yet to come, in an object neither.
        found = boundary_values(schemas, place.schema)
        yield from (value for value in found if not (isinstance(value, dict) and value))


def _branches(schemas: SchemaSet, place: _Place) -> Iterator[JsonValue]:
    """A value for each branch of a `oneOf` or `anyOf`."""
    schema = schemas.view(place.schema).flat
    for keyword in ("oneOf", "anyOf"):
        branches = schema.get(keyword)
        for branch in branches[:_MOST_BRANCHES] if isinstance(branches, list) else ():
            yield sample(schemas, branch)


def _more(schemas: SchemaSet, place: _Place) -> Iterator[JsonValue]:
    """An object with a member that its schema does not name."""
    schema = schemas.view(place.schema).flat
    others = schema.get("additionalProperties", schema.get("unevaluatedProperties"))
    if others is None:
        return
    held = place.value if isinstance(place.value, dict) else {}
    yield {**held, "signoff_extra": 1}
    if others is not False:
        yield {**held, "signoff_extra": "signoff"}
        yield {**held, "signoff_extra": sample(schemas, others)}


def _with(schemas: SchemaSet, offer: MediaType, base: JsonValue, path: Path, value: object) -> JsonValue:
    """`base` with a value at a place, or without it. Raises LookupError if the place does not exist."""
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
