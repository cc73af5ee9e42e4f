"""Which clauses of the document an exchange speaks to: those it shows kept, those a failure breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import requirements as c
from signoff.contract.facets import values_at
from signoff.contract.schemas import Direction, SchemaSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.conformance.checks import Failure
    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, MediaType, Operation
    from signoff.contract.facets import Facet
    from signoff.contract.json_value import JsonValue
    from signoff.contract.requests import Fault

# Failures of these families break the clauses on the answer's status and body as well as their own.
_ANSWER_FAMILIES = {"conformance", "problem_details"}


class ClauseMatching:
    """Matches the exchanges of one contract; what a schema demands is worked out once."""

    def __init__(self, contract: Contract) -> None:
        offers = [o for op in contract.operations for r in op.responses for o in r.content]
        self._of_answers = {offer.pointer: c.body_facets(offer) for offer in offers}
        self._of_requests = {
            owner: facets for operation in contract.operations for owner, facets in _request_facets(operation)
        }
        self._conditions = SchemaSet(contract.bundle)
        for facet in (facet for facets in self._of_answers.values() for facet in facets):
            if facet.keyword == "if":
                self._conditions.add(facet.pointer, contract.schemas.at(facet.pointer))

    def kept(self, exchange: Exchange, is_open: Callable[[str], bool]) -> Iterator[str]:
        """The clauses that a faultless exchange verifies; `is_open` tells which still matter."""
        operation, response = exchange.operation, exchange.response
        if operation is None:
            return
        yield from self._refused(exchange, operation)
        yield from _taken(exchange, operation)
        if exchange.intent in ("unauthenticated", "made-up") and exchange.status in (401, 403):
            yield from (c.security_id(operation, names) for names in operation.security if names)
        if response is None:
            return
        yield c.status_id(operation, response)
        for header in response.headers:
            if exchange.received.header(header.name.lower()) is not None:
                yield c.header_id(operation, response, header.name)
        offer = exchange.media_type
        if offer is not None and exchange.received.body:
            own = c.media_type_id(operation, response, offer)
            yield own
            yield from self._shown(exchange, offer, own, is_open)

    def broken(self, failure: Failure) -> Iterator[str]:
        """The clauses, besides the check's own, that a failure breaks."""
        exchange = failure.exchange
        operation, response = exchange.operation, exchange.response
        if operation is None:
            return
        if failure.check.id == "auth-enforced":
            yield from (c.security_id(operation, names) for names in operation.security if names)
        elif failure.check.id in ("request-refused", "unsupported-media-415") and exchange.request:
            yield from self._constraints(operation, exchange.request.faults[0])
        elif failure.check.family in _ANSWER_FAMILIES and response is not None:
            yield c.status_id(operation, response)
            if exchange.media_type is not None:
                own = c.media_type_id(operation, response, exchange.media_type)
                yield own
                facets = self._of_answers.get(exchange.media_type.pointer, ())
                yield from (c.member_id(own, facet) for facet in facets if _is_broken(facet, failure))

    def _refused(self, exchange: Exchange, operation: Operation) -> Iterator[str]:
        """The constraints that a refusal shows to be kept."""
        faults = exchange.request.faults if exchange.request else ()
        if not 400 <= exchange.status < 500:
            return
        for fault in faults:
            found = self._constraints(operation, fault)
            # Of faults in several places, nobody knows over which one the request was refused.
            yield from found if len({fault.place for fault in faults}) == 1 else found[:1]

    def _constraints(self, operation: Operation, fault: Fault) -> list[str]:
        """The clauses of the part of the request that is at fault, the part's own first."""
        if fault.kind == "parameter":
            own = c.parameter_id(operation, fault.location, fault.place)
        else:
            own = c.body_id(operation)
        if fault.contract_pointer.endswith("/required") and fault.kind in ("parameter", "body_missing"):
            return [own, f"{own}/required"]
        path = () if fault.kind == "parameter" else _path(fault.place)
        facets = self._of_requests.get(own, ())
        return [own, *(c.constraint_id(own, f) for f in facets if _speaks_of(f, path, fault))]

    def _shown(
        self, exchange: Exchange, offer: MediaType, own: str, is_open: Callable[[str], bool]
    ) -> Iterator[str]:
        """The members, options, conditions and examples that a body shows."""
        value = exchange.json[0]
        facets = self._of_answers.get(offer.pointer, ())
        for facet in facets:
            clause_id = c.member_id(own, facet)
            if is_open(clause_id) and self._shows(facet, value):
                yield clause_id
        options = {facet.path[0] for facet in facets if facet.keyword == "enum" and len(facet.path) == 1}
        for example in offer.examples:
            if example.name and _is_like(value, example.value, options | {"status"}):
                yield c.example_id(own, example.name)

    def _shows(self, facet: Facet, value: JsonValue) -> bool:
        found = values_at(value, facet.path)
        if facet.keyword == "if":
            condition = self._conditions.validator(Direction.RESPONSE)
            return any(condition.is_valid({facet.pointer: part}) for part in found)
        return bool(found) if facet.keyword == "required" else facet.value in found


def _request_facets(operation: Operation) -> Iterator[tuple[str, tuple[Facet, ...]]]:
    for parameter in operation.parameters:
        own = c.parameter_id(operation, parameter.location, parameter.name)
        yield own, c.request_facets(parameter.schema)
    offer = operation.json_body
    if offer is not None:
        yield c.body_id(operation), c.request_facets(offer.schema)


def _taken(exchange: Exchange, operation: Operation) -> Iterator[str]:
    """The examples of the request's body that the exchange shows to be taken."""
    request, offer = exchange.request, operation.json_body
    if offer is None or request is None or request.faults or not 200 <= exchange.status < 300:
        return
    for example in offer.examples:
        if example.name and example.value == request.body:
            yield c.example_id(c.body_id(operation), example.name)


def _is_like(value: JsonValue, example: JsonValue, telling: set[str]) -> bool:
    """Whether an answer shows what an example does: its members, those that tell kinds apart alike."""
    if not isinstance(value, dict) or not isinstance(example, dict):
        return type(value) is type(example)
    return example.keys() <= value.keys() and all(
        value[name] == example[name] for name in telling & example.keys()
    )


def _path(pointer: str) -> tuple[str, ...]:
    return tuple("*" if part.isdecimal() else part for part in pointer.split("/")[1:])


def _speaks_of(facet: Facet, path: tuple[str, ...], fault: Fault) -> bool:
    """Whether a constraint is the one that a request breaks."""
    if facet.keyword == "required":
        is_there = facet.pointer.rpartition("/")[0] == fault.contract_pointer
        return is_there and bool(fault.missing) and facet.path == (*path, fault.missing)
    return facet.pointer == fault.contract_pointer and facet.path == path


def _is_broken(facet: Facet, failure: Failure) -> bool:
    """Whether a failure of the schema breaks a required member or what follows from a condition."""
    violation, pointer = failure.fault.violation, failure.fault.pointer
    if facet.keyword == "if":
        return pointer.startswith((f"{facet.pointer[:-2]}then/", f"{facet.pointer[:-2]}else/"))
    if facet.keyword != "required" or facet.pointer.rpartition("/")[0] != pointer:
        return False
    if violation is None or not violation.missing:
        return False
    return facet.path == (*_path(violation.pointer), violation.missing)
