"""Bodies that say much, and bodies that say something else: what it takes to see a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract import Contract, MediaType, Operation
    from signoff.contract.json_value import JsonObject, JsonValue

_SIMPLE: Mapping[str, JsonValue] = {"string": "Signoff", "integer": 1, "number": 1.5, "boolean": True}


def fuller_body(contract: Contract, operation: Operation, bodies: Sequence[JsonValue]) -> JsonValue:
    """A body with every member that is easy to make up; None where none is more than the plain ones."""
    offer = operation.json_body
    plain = max((body for body in bodies if isinstance(body, dict)), key=len, default=None)
    if offer is None or plain is None:
        return None
    full = dict(plain)
    for name, member in _properties(contract, offer).items():
        for value in () if name in full else _simple_values(member):
            longer = {**full, name: value}
            full = longer if _is_valid(offer, longer) else full
    return full if full != bodies[0] else None


def another_body(
    contract: Contract, operation: Operation, bodies: Sequence[JsonValue], read: Mapping[str, JsonValue]
) -> JsonValue:
    """A body that would change something of what was read; the first plain one where there is none."""
    for body in bodies:
        members = body.items() if isinstance(body, dict) else ()
        if any(name in read and read[name] != value for name, value in members):
            return body
    offer, base = operation.json_body, next((body for body in bodies if isinstance(body, dict)), None)
    if offer is None or base is None:
        return next(iter(bodies), None)
    for name, member in _properties(contract, offer).items():
        for value in _others(member, read.get(name)):
            if _is_valid(offer, {**base, name: value}):
                return {**base, name: value}
    return base


def _properties(contract: Contract, offer: MediaType) -> dict[str, JsonObject]:
    schema = contract.schemas.resolved(offer.schema.raw) if offer.schema else {}
    found = schema.get("properties")
    members = found.items() if isinstance(found, dict) else ()
    return {name: contract.schemas.resolved(member) for name, member in members if isinstance(member, dict)}


def _simple_values(member: JsonObject) -> list[JsonValue]:
    """A value of a member that any server can take; nothing where there is none."""
    if member.get("readOnly") is True:
        return []
    for keyword in ("example", "default", "const"):
        if keyword in member:
            return [member[keyword]]
    for keyword in ("examples", "enum"):
        if isinstance(options := member.get(keyword), list):
            return options[:1]
    if "format" in member or "pattern" in member:
        return []
    simple = _SIMPLE.get(str(member.get("type")))
    return [] if simple is None else [simple]


def _others(member: JsonObject, value: JsonValue) -> Iterator[JsonValue]:
    """Values of a member other than the one that was read."""
    if value is None or member.get("readOnly") is True:
        return
    options = member.get("enum")
    if isinstance(options, list):
        yield from (option for option in options if option != value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1)
    elif isinstance(value, str) and "format" not in member:
        yield f"{value} again"


def _is_valid(offer: MediaType, value: JsonValue) -> bool:
    return offer.schema is None or offer.schema.is_valid(value, Direction.REQUEST)
