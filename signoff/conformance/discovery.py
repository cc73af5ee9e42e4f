"""Discovers ids that the data file does not have, from responses of the target.

Sources are documented links, Location, and the convention that responses of `POST /pets` and `GET /pets`
contain ids for `/pets/{petId}`. Only operations whose responses may contain a missing id are called, once
each and in document order, so that the same server yields the same ids.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urljoin, urlsplit

from signoff.conformance.base_requests import REJECTED, path_names, path_schemas
from signoff.conformance.known_values import prefix_of
from signoff.contract import Direction
from signoff.contract.coercion import coerce
from signoff.contract.envelopes import list_in, objects_in, within
from signoff.contract.links import Message, Occurrence, evaluate, links_of
from signoff.contract.resource_ids import id_among
from signoff.contract.resource_roles import name_of
from signoff.contract.resources import infer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from signoff.conformance.base_requests import BaseRequests
    from signoff.conformance.exchange import Exchange, Intent, Sent
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.paths import PathTable


class Send(Protocol):
    """Sends a request, judges the response and gives both."""

    def __call__(
        self, subject: Operation, sent: Sent, label: str, *, intent: Intent = "positive"
    ) -> Exchange:
        """`subject` is the operation that the request is about."""


_ROUNDS = 5
_MAX_VALUE = 200


def discover(
    explorer: Explorer, bases: BaseRequests, send: Send, chosen: Collection[str] | None = None
) -> TargetData:
    """The data, completed with the path parameter values that could be discovered.

    Args:
        explorer: has the known values; they are never replaced.
        bases: creates the requests.
        send: sends a request and checks the response.
        chosen: the ids of the operations to discover values for; None for all.
    """
    contract = explorer.contract
    if chosen is not None:
        explorer.limit_to(operation for operation in contract.operations if operation.id in chosen)
    pending = sorted(
        (operation for operation in contract.operations if explorer.may_have_ids(operation)),
        # Resources that the run creates may be changed. Lists elsewhere may show what can no longer be read.
        key=lambda operation: (operation.method != "POST", explorer.is_elsewhere(operation)),
    )
    for _ in range(_ROUNDS):
        ready = [operation for operation in pending if explorer.can_call(operation)]
        for operation in ready:
            if explorer.is_useful(operation):
                explorer.learn(_succeeding(operation, bases, explorer.data, send))
        pending = [operation for operation in pending if operation not in ready]
        if not ready:
            break
    return explorer.data


def _succeeding(operation: Operation, bases: BaseRequests, data: TargetData, send: Send) -> Exchange:
    """The base request, with the next candidate for its body while it is rejected."""
    label = "base request, sent to discover ids"
    untried = bases.untried(operation, data)
    for body in untried:
        exchange = send(
            operation, bases.make(operation, data, body=body), label, intent=bases.intent(operation, body)
        )
        if exchange.is_success:
            bases.settle(operation, body)
        if exchange.status not in REJECTED or body is untried[-1]:
            return exchange
    return send(operation, bases.make(operation, data), label)


@dataclass(slots=True)
class Explorer:
    """Collects the discovered values.

    Attributes:
        data: the known and discovered values.
        table: the operations by path, relative to the contract's base path.
        needed_prefixes: what to discover, as the path template up to each parameter; None for everything.
    """

    contract: Contract
    data: TargetData
    table: PathTable[Operation]
    needed_prefixes: set[str] | None = None

    def may_have_ids(self, operation: Operation) -> bool:
        """Whether the operation may be called and its responses may contain a missing id."""
        is_called = operation.method in ("GET", "POST") and not self.data.of(operation).skip
        return is_called and self.is_useful(operation)

    def can_call(self, operation: Operation) -> bool:
        """Whether all path parameters have a known value."""
        return not any(self._is_unknown(operation, name) for name in path_names(operation))

    def is_useful(self, operation: Operation) -> bool:
        """Whether responses of the operation may contain a value that is still unknown."""
        return any(self._is_unknown(target, name) for target, name in self._targets_of(operation))

    def limit_to(self, operations: Iterable[Operation]) -> None:
        """Discover only values for these operations and for the operations that reveal them."""
        needed = {prefix for operation in operations for prefix in _prefixes(operation)}
        more = True
        while more:
            sources = (
                operation
                for operation in self.contract.operations
                if any(prefix_of(target.path, name) in needed for target, name in self._targets_of(operation))
            )
            added = {prefix for operation in sources for prefix in _prefixes(operation)} - needed
            needed |= added
            more = bool(added)
        self.needed_prefixes = needed

    def is_elsewhere(self, operation: Operation) -> bool:
        """Whether all items that a response may have are those of other paths."""
        return not self._linked_or_below(operation) and bool(self._elsewhere(operation))

    def _targets_of(self, operation: Operation) -> list[tuple[Operation, str]]:
        """The operations for which a response may contain a path parameter, with the parameter's name."""
        return [*self._linked_or_below(operation), *self._elsewhere(operation)]

    def _linked_or_below(self, operation: Operation) -> list[tuple[Operation, str]]:
        linked = [
            (link.target, name)
            for response in operation.responses
            for link in links_of(self.contract, response)
            for place, name in link.parameters
            if place == "path"
        ]
        return [*linked, *self._below(operation)]

    def learn(self, exchange: Exchange) -> None:
        """Remember the ids in a response."""
        own = [values for _, values in self.created(exchange)]
        for target, values in self.reported(exchange):
            self._remember(target, values, is_own=any(values.items() <= known.items() for known in own))

    def reported(self, exchange: Exchange) -> list[tuple[Operation, dict[str, str]]]:
        """The operations that a response has path values for, with the values; most reliable first."""
        if not 200 <= exchange.status < 300 or exchange.operation is None:
            return []
        return [*self.linked(exchange), *self._located(exchange), *self._listed(exchange)]

    def created(self, exchange: Exchange) -> list[tuple[Operation, dict[str, str]]]:
        """The operations on what a request has created, each with all its path values.

        A status other than 201 shows a creation only where the document has no 201, and the response is
        one object.
        """
        operation, value = exchange.operation, exchange.json[0]
        if operation is None or exchange.sent.method not in ("POST", "PUT"):
            return []
        documents_201 = any(response.status == "201" for response in operation.responses)
        outer = {name: unquote(text) for name, text in exchange.path_values.items()}
        found = list(self._located(exchange)) if exchange.status == 201 else []
        if operation.path.rstrip("/").endswith("}"):
            is_new = exchange.status == 201
            own = [other for other in self.contract.operations if other.path == operation.path]
            return [(other, outer) for other in own] if is_new else found
        is_new = exchange.status == 201 or (not documents_201 and exchange.status in (200, 202))
        if operation.method == "POST" and is_new and isinstance(value, dict) and list_in(value) is None:
            found += self._listed(exchange)
        return [(target, {**outer, **values}) for target, values in found]

    def _is_unknown(self, operation: Operation, name: str) -> bool:
        is_needed = self.needed_prefixes is None or prefix_of(operation.path, name) in self.needed_prefixes
        return is_needed and not self.data.known(name, operation).existing

    def _remember(self, target: Operation, values: Mapping[str, str], *, is_own: bool = False) -> None:
        """Remember path values of an operation if they match its schemas and do not contradict known ones."""
        known = {name: self.data.known(name, target).existing for name in values}
        if any(have and values[name] not in have[:1] for name, have in known.items()):
            return
        if all(_is_fit(target, name, value) for name, value in values.items()):
            new = {prefix_of(target.path, name): value for name, value in values.items() if not known[name]}
            created = self.data.created | (set(new) if is_own else set())
            self.data = replace(self.data, learned={**self.data.learned, **new}, created=created)

    def linked(self, exchange: Exchange) -> Iterator[tuple[Operation, dict[str, str]]]:
        """The targets of documented links that the response has values for."""
        if exchange.response is None:
            return
        occurrence = _occurrence(exchange)
        for link in links_of(self.contract, exchange.response):
            values = {}
            for (place, name), expression in link.parameters.items():
                try:
                    value = evaluate(expression, occurrence)
                except LookupError:
                    break
                if place == "path" and _is_scalar(value):
                    values[name] = str(value)
            else:
                yield link.target, values

    def _located(self, exchange: Exchange) -> Iterator[tuple[Operation, dict[str, str]]]:
        location = exchange.received.header("location")
        operation = exchange.operation
        if location is None or operation is None:
            return
        try:
            path = urlsplit(urljoin(exchange.sent.url, location)).path
        except ValueError:
            return
        base = urlsplit(exchange.sent.url).path.partition(operation.path.partition("{")[0])[0]
        for values, texts in self.table.find(path.removeprefix(base)):
            for target, names in values.values():
                yield target, {names[key]: unquote(text) for key, text in texts.items() if key in names}

    def _listed(self, exchange: Exchange) -> Iterator[tuple[Operation, dict[str, str]]]:
        operation, body = exchange.operation, exchange.json[0]
        if operation is None:
            return
        found = infer(self.contract).use_of(operation)
        held = found[1].response if found is not None else None
        documented = within(body, held.path) if held is not None else None
        for target, name in (*self._below(operation), *self._elsewhere(operation)):
            kind = name_of(prefix_of(target.path, name))
            for part in objects_in(body if documented is None else documented, kind):
                if member := self._id_member(part, target, name, kind):
                    yield target, {name: str(part[member])}
                    break

    def _id_member(self, item: Mapping[str, JsonValue], target: Operation, name: str, kind: str) -> str:
        """The member of an item that is the value of a path parameter; empty if it has none."""
        members = [key for key, value in item.items() if _is_scalar(value)]
        found = infer(self.contract).use_of(target)
        stated = found[0].id_member if found is not None and found[1].id_parameter == name else ""
        is_meant = stated in members and _is_fit(target, name, str(item[stated]))
        return stated if is_meant else id_among(members, name, kind)

    def _below(self, operation: Operation) -> Iterator[tuple[Operation, str]]:
        """The operations below a path and an id, with the parameter that has the id."""
        start = operation.path.rstrip("/") + "/"
        for other in self.contract.operations:
            segment = other.path.removeprefix(start).partition("/")[0]
            is_below = other.path.startswith(start) and other.base_path == operation.base_path
            if is_below and segment.startswith("{") and segment.endswith("}") and segment.count("{") == 1:
                yield other, segment[1:-1]

    def _elsewhere(self, operation: Operation) -> list[tuple[Operation, str]]:
        """The operations on the items of a list, or on a new item, that are not below its path."""
        found = infer(self.contract).use_of(operation)
        items = [
            (use.operation, use.id_parameter)
            for use in (found[0].uses if found is not None and found[1].role == "list" else ())
            if use.id_parameter and not use.parents
        ]
        for lifecycle in infer(self.contract).created_by(operation):
            items += [(other, lifecycle.parameter) for other in lifecycle.on_item]
        below = operation.path.rstrip("/") + "/"
        return [(other, name) for other, name in items if not other.path.startswith(below)]


def _prefixes(operation: Operation) -> list[str]:
    return [prefix_of(operation.path, name) for name in path_names(operation)]


def _is_fit(operation: Operation, name: str, text: str) -> bool:
    """Whether a text is a valid value of a path parameter."""
    if not 0 < len(text) <= _MAX_VALUE or text in (".", ".."):
        return False
    return name in path_names(operation) and all(
        schema.is_valid(coerce(text, schema.view.kinds), Direction.REQUEST)
        for schema in path_schemas(operation, name)
    )


def _occurrence(exchange: Exchange) -> Occurrence:
    sent, received, operation = exchange.sent, exchange.received, exchange.operation
    values = exchange.request.parameters if exchange.request and operation else {}
    return Occurrence(
        method=sent.method,
        url=sent.url,
        status=received.status,
        path_values={name: str(value) for (place, name), value in values.items() if place == "path"},
        request=Message({name.lower(): text for name, text in sent.headers}, sent.body),
        response=Message({name.lower(): text for name, text in received.headers}, received.body),
    )


def _is_scalar(value: JsonValue) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
