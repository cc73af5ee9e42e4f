"""What a request says comes back: the id in its path, and members of its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.mock.generate.names import words_of

if TYPE_CHECKING:
    from signoff.contract import Operation
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest


def echo_of(operation: Operation, parsed: ParsedRequest) -> JsonObject:
    """The members that an answer should repeat, by name.

    The last path parameter stands for the `id` of what is answered: `/pets/{petId}` for `id` and `petId`.
    """
    said: JsonObject = dict(parsed.body) if isinstance(parsed.body, dict) else {}
    path = [parameter.name for parameter in operation.parameters if parameter.location == "path"]
    for name in path:
        value = parsed.parameters.get(("path", name))
        if value is not None:
            said[name] = value
            if name == path[-1] and words_of(name)[-1:] == ("id",):
                said["id"] = value
    return said


def repeat(value: JsonValue, said: JsonObject) -> JsonValue:
    """`value` with the members that the request says, where both are of one type."""
    if not isinstance(value, dict):
        return value
    return {
        name: said[name] if name in said and type(said[name]) is type(item) else item
        for name, item in value.items()
    }
