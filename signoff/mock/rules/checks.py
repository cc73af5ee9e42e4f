"""What can be checked of a rule's response without a request: whether the document allows it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from signoff.contract import Direction, media_types
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape, split
from signoff.contract.schema_view import ALTERNATIVES
from signoff.mock.choice import inventory, preferred, success, suggestion
from signoff.mock.exchange import to_json
from signoff.mock.handler_responses import header_violations
from signoff.mock.rules.targets import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract import JsonObject, JsonValue, Operation, Response
    from signoff.contract.schema_view import View
    from signoff.contract.schemas import Schema, SchemaSet
    from signoff.mock.rules.reply import Reply
    from signoff.mock.rules.templates import Template

_HINT = "Change it, or say that it is meant to be wrong: `invalid: true`."
_EMPTY = (204, 205)
_MOST_SCHEMAS = 1000  # that are compared with a patch
_DEEPEST_PATCH = 50  # of properties and alternatives
_DEEPEST_LIST = 2  # objects around the list of a body
# Bodies are validated for as many operations as this number of bytes allows; what is left is for requests.
_MOST_BYTES = 4 * 1024 * 1024


class Checks:
    """Checks the responses of one rule against its operations; equal parts of them once.

    Args:
        operations: the operations that the rule is for.
        written: the rule.
    """

    def __init__(self, operations: Sequence[Operation], written: Mapping[str, Any]) -> None:
        self._operations = operations
        self._validates = len(to_json(dict(written))) * len(operations) <= _MOST_BYTES
        self._done: set[tuple[object, ...]] = set()

    def check(self, reply: Reply, at: str) -> None:
        """Check a response.

        Raises:
            RuleError: the document does not allow it for an operation, or it has no effect for any.
        """
        parts = (reply.status, reply.example, reply.items, id(reply.body), id(reply.merge), id(reply.headers))
        if parts in self._done:
            return
        self._done.add(parts)
        for operation in self._operations:
            _check_example(reply, operation, at)
            if self._validates:
                _check_headers(reply, operation, at)
            _check_status(reply, operation, at)
            if reply.body is not None and self._validates:
                _check_body(reply.status, reply.body, operation, at)
            if reply.merge is not None:
                _check_merge(reply.status, reply.merge, operation, at)
        if reply.items is not None and not any(_can_be_list(reply, each) for each in self._operations):
            label = self._operations[0].label
            raise RuleError(
                f"`items` needs a list, and {label} responds without one",
                f"{at}/items",
                "Remove `items`, or use it for an operation that returns a list.",
            )
        if reply.merge is not None and all(_is_empty(reply.status, each) for each in self._operations):
            label = self._operations[0].label
            raise RuleError(f"`merge` needs a JSON body, and {label} responds without a body", f"{at}/merge")


def _response(status: int | None, operation: Operation) -> tuple[int, Response | None]:
    """The status of a response, and the documented response that it is."""
    found = status or success(operation).status
    return found, operation.response_for(found)


def _is_empty(status: int | None, operation: Operation) -> bool:
    return _response(status, operation)[0] in _EMPTY


def _can_be_list(reply: Reply, operation: Operation) -> bool:
    """Whether the body of a response can be a list, or have a list of objects."""
    _, response = _response(reply.status, operation)
    schemas = [offer.schema for offer in response.content] if response is not None else []
    return any(
        schema is None or not schema.view.kinds or "array" in schema.view.kinds or _has_list(schema)
        for schema in schemas
    )


def _has_list(schema: Schema) -> bool:
    waiting = [(schema.view, _DEEPEST_LIST)]
    while waiting:
        view, depth = waiting.pop()
        owned = chain.from_iterable(view.properties.values()) if depth else ()
        for property_view in map(schema.schemas.view, owned):
            stated = [part["items"] for part in property_view.every if "items" in part]
            kinds, items = property_view.kinds, stated or [{}]
            if ("array" in kinds or (stated and not kinds)) and all(
                _can_be_object(schema, each) for each in items
            ):
                return True
            waiting.append((property_view, depth - 1))
    return False


def _can_be_object(schema: Schema, raw: object) -> bool:
    kinds = schema.schemas.view(raw).kinds if isinstance(raw, dict) else ()
    return not kinds or "object" in kinds


def _check_example(reply: Reply, operation: Operation, at: str) -> None:
    if reply.example is None:
        return
    wanted = reply.preference
    if preferred(operation, wanted) is None:
        text = suggestion(operation, wanted).strip() or f"Available {inventory(operation)}."
        raise RuleError(f"{operation.label} has no response {wanted}", f"{at}/example", text)


def _check_status(reply: Reply, operation: Operation, at: str) -> None:
    if reply.status is None and reply.body is None:
        return
    status, response = _response(reply.status, operation)
    if response is None and status < 400 and operation.responses:
        known = ", ".join(each.status for each in operation.responses)
        raise RuleError(
            f"the document has no status {status} for {operation.label}, so the rule can never match it",
            f"{at}/status",
            f"Documented: {known}. {_HINT}",
        )


def _check_headers(reply: Reply, operation: Operation, at: str) -> None:
    _, response = _response(reply.status, operation)
    values = {name.lower(): (name, value) for name, value in reply.headers}
    for header in response.headers if response is not None else ():
        name, value = values.get(header.name.lower(), ("", None))
        if value is None or not value.is_plain:
            continue
        for message in header_violations(header, [str(value.filled({}))]):
            raise RuleError(
                f"the header {name} does not match the schema of {operation.label}: {message}",
                f"{at}/headers/{escape(name)}",
                _HINT,
            )


def _check_body(stated: int | None, body: Template, operation: Operation, at: str) -> None:
    status, response = _response(stated, operation)
    if response is None or not body.is_plain:
        return
    if not response.content and body.value is not None:
        text = f"the document defines no body for {status} of {operation.label}"
        raise RuleError(text, f"{at}/body", _HINT)
    offers = [offer for offer in response.content if media_types.is_json(offer.name)]
    schemas = [offer.schema for offer in offers or response.content]
    value = body.filled({})
    if schemas and None not in schemas:
        faults = [schema.violations(value, Direction.RESPONSE) for schema in schemas if schema is not None]
        if all(faults):
            first = faults[0][0]
            where = f"the body at {first.pointer}" if first.pointer else "the body"
            text = f"{where} does not match the schema of {operation.label}: {first.message}"
            raise RuleError(text, f"{at}/body", _HINT)


def _check_merge(stated: int | None, patch: Template, operation: Operation, at: str) -> None:
    status, response = _response(stated, operation)
    if response is None or status in _EMPTY:
        return
    offers = [offer for offer in response.content if media_types.is_json(offer.name) or "*" in offer.name]
    if not offers:
        names = ", ".join(offer.name for offer in response.content) or "no body"
        raise RuleError(
            f"`merge` needs a JSON body, and the document defines {names} for {status} of {operation.label}",
            f"{at}/merge",
            "Use `body` or `file`.",
        )
    conflicts = [_conflict(patch.value, offer.schema) for offer in offers]
    if all(conflicts):
        [first, *_] = [each for each in conflicts if each is not None]
        where = f"the body at {first.pointer}" if first.pointer else "the body"
        text = f"{where} never matches the schema of {operation.label} with this patch: {first.message}"
        raise RuleError(text, f"{at}/merge{first.pointer}", _HINT)


class _Conflict(NamedTuple):
    """Why no body with a merge patch matches a schema, and where."""

    pointer: str
    message: str


def _conflict(patch: JsonValue, schema: Schema | None) -> _Conflict | None:
    """Why no body with the patch matches; None if one may, or if that takes long to find out."""
    return _Patching(schema.schemas).conflict("", patch, schema.view) if schema is not None else None


class _Patching:
    """Looks for what a patch changes that no body of a schema may have."""

    def __init__(self, schemas: SchemaSet) -> None:
        self._schemas = schemas
        self._left = _MOST_SCHEMAS

    def conflict(self, pointer: str, patch: JsonValue, view: View, depth: int = 0) -> _Conflict | None:
        """Why a value with the patch never matches a schema."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST_PATCH:
            return None
        message = _mismatch(patch, view)
        if message:
            return _Conflict(pointer, message)
        for name, item in as_object(patch).items():
            found = self._of_property(f"{pointer}/{escape(name)}", item, view, depth + 1)
            if found is not None:
                return found
        for raw in _alternatives(view):
            conflicts = [self.conflict(pointer, patch, self._schemas.view(each), depth + 1) for each in raw]
            if all(conflicts):
                return _combined([each for each in conflicts if each is not None])
        return None

    def _of_property(self, place: str, item: JsonValue, view: View, depth: int) -> _Conflict | None:
        name = split(place)[-1]
        if item is None:
            is_required = any(name in as_list(part.get("required")) for part in view.parts)
            return _Conflict(place, "null removes it, and it is required") if is_required else None
        if _forbids(view, name):
            return _Conflict(place, "the schema has no such property")
        owners = [as_object(part.get("properties")) for part in view.parts]
        found = (
            self.conflict(place, item, self._schemas.view(owner[name]), depth)
            for owner in owners
            if name in owner
        )
        return next(filter(None, found), None)


def _combined(conflicts: Sequence[_Conflict]) -> _Conflict:
    """The conflict with all of several alternatives: where the patch goes wrong last, and what each needs."""
    place = max((each.pointer for each in conflicts), key=len)
    messages = [each.message for each in conflicts if each.pointer == place]
    needed = dict.fromkeys(each.removeprefix(_MUST) for each in messages if each.startswith(_MUST))
    return _Conflict(place, _MUST + " or ".join(list(needed)[:_SHOWN]) if needed else messages[0])


def _alternatives(view: View) -> Iterator[list[JsonObject]]:
    """Lists of schemas of which each value matches at least one."""
    for part in view.parts:
        for keyword in ALTERNATIVES:
            if part.get(keyword):
                yield [each if isinstance(each, dict) else {} for each in as_list(part[keyword])]
        if "if" in part and "then" in part and "else" in part:
            yield [as_object(part["then"]), as_object(part["else"])]


def _mismatch(value: JsonValue, view: View) -> str:
    """Why a value of a patch, whatever it is merged with, does not match a schema; empty if it may."""
    if isinstance(value, str) and "${" in value:
        return ""
    kinds = _KINDS[type(value)]
    for part in view.parts:
        stated = part.get("type")
        known = [stated] if isinstance(stated, str) else as_list(stated)
        if known and not kinds.intersection(map(str, known)):
            return f"{_MUST}{' or '.join(map(str, known))}"
        allowed = [part["const"]] if "const" in part else as_list(part.get("enum"))
        is_whole = not isinstance(value, dict | list)  # the values of others are not known
        if allowed and not any(each == value if is_whole else type(each) is type(value) for each in allowed):
            return f"{_MUST}{' or '.join(to_json(each).decode() for each in allowed[:_SHOWN])}"
    return ""


_MUST = "must be "
_SHOWN = 10
_KINDS: Mapping[type, frozenset[str]] = {
    dict: frozenset({"object"}),
    list: frozenset({"array"}),
    str: frozenset({"string"}),
    bool: frozenset({"boolean"}),
    int: frozenset({"integer", "number"}),
    float: frozenset({"integer", "number"}),
    type(None): frozenset({"null"}),
}


def _forbids(view: View, name: str) -> bool:
    """Whether a schema allows no property of that name."""
    return any(
        part.get("additionalProperties") is False
        and name not in as_object(part.get("properties"))
        and not part.get("patternProperties")
        for part in view.parts
    )
