"""Judging exchanges: which checks each one fails, and which requirements it verifies or violates."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from signoff.conformance.checks import Failure, Proof, Severity
from signoff.conformance.checks.conformance import FAMILY, checks_of
from signoff.conformance.exchange import Exchange, Meanings
from signoff.contract import media_types
from signoff.contract import requirements as c
from signoff.contract.requirements import values_at
from signoff.contract.schemas import Direction, SchemaSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from signoff.conformance.checks import Check
    from signoff.conformance.evidence import Evidence
    from signoff.conformance.exchange import Intent, Received, Sent
    from signoff.contract import Contract, MediaType, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.requests import Fault
    from signoff.contract.requirements import Facet

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
# A varied path value may lead to another operation, whose response it then is.
_KNOWN = ("existing", "forbidden", "missing")
_BY_ADDRESS = ("boundary", "negative", "fuzzing")


class Judge:
    """Judges the exchanges of one run, and keeps the evidence."""

    def __init__(
        self,
        contract: Contract,
        base_url_path: str,
        evidence: Evidence,
        secrets: tuple[str, ...] = (),
        *,
        bound_s: float | None = None,
        may_issue: Callable[[Sent], bool] = lambda _: False,
    ) -> None:
        """Make it ready.

        Args:
            contract: what to judge by.
            base_url_path: the path before the document's paths.
            evidence: keeps what exchanges show.
            secrets: the credentials, which no response may contain.
            bound_s: the maximum response time; None for no limit.
            may_issue: whether a request logs in, so that its response may contain credentials.
        """
        self.contract = contract
        self.evidence = evidence
        self._secrets = secrets
        self._may_issue = may_issue
        self._succeeded: set[tuple[str, str, bytes]] = set()
        self._written: set[str] = set()
        self._changes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._changes_below: Counter[str] = Counter()
        self._bound_s = bound_s
        takes = evidence.selection.takes
        self._checks = [check for check in evidence.catalogue.checks.values() if takes(check)]
        relations = evidence.catalogue.relations.values()
        self._relations = [relation for relation in relations if takes(relation)]
        self._own = {
            operation: tuple(check for check in checks if takes(check))
            for operation, checks in checks_of(contract).items()
        }
        self._matching = ClauseMatching(contract)
        self.meanings = Meanings(contract, base_url_path)

    def exchange(
        self,
        sent: Sent,
        received: Received,
        *,
        subject: Operation,
        intent: Intent,
        label: str = "",
        expected: tuple[int, ...] = (),
        follows: Exchange | None = None,
    ) -> Exchange:
        """Put an exchange beside what the contract says of its request."""
        meaning = self.meanings.of(sent)
        if meaning.operation is not None and intent in _BY_ADDRESS:
            subject = meaning.operation
        return Exchange(
            sent=sent,
            received=received,
            intent=intent,
            label=label or intent,
            subject=subject,
            operation=meaning.operation,
            request=meaning.request,
            allowed=meaning.allowed,
            path_values=meaning.path_values,
            expected=expected,
            secrets=() if self._may_issue(sent) else self._secrets,
            follows=follows,
            bound_s=self._bound_s,
            changes=self._changes_of(sent) if intent in _KNOWN else 0,
            is_repeated=self._is_repeated(sent, received, intent),
        )

    def keep_secret(self, secrets: tuple[str, ...]) -> None:
        """No later response may contain these credentials either."""
        self._secrets = tuple(dict.fromkeys((*self._secrets, *secrets)))

    def _is_repeated(self, sent: Sent, received: Received, intent: Intent) -> bool:
        """Whether an earlier success may have used up what the request asks for.

        The same request did, or, for generated ones, another that writes the same thing.
        """
        if sent.method in _SAFE_METHODS:
            return False
        same = (sent.method, sent.url, sent.body)
        is_repeated = same in self._succeeded or (
            intent in ("fuzzing", "boundary") and sent.method != "POST" and sent.path in self._written
        )
        if 200 <= received.status < 300:
            self._succeeded.add(same)
            self._written.add(sent.path)
            self._changes[sent.path.rstrip("/")][sent.method] += 1
            self._changes_below.update(_above(sent.path))
        return is_repeated

    def _changes_of(self, sent: Sent) -> int:
        """How many requests of the run, other than this one, have changed what a request is about."""
        own = sent.path.rstrip("/")
        at = self._changes[own].total() - self._changes[own][sent.method]
        above = [self._changes[path] for path in _above(own) if path in self._changes]
        return at + self._changes_below[own] + sum(each.total() - each["POST"] for each in above)

    def judge(self, exchange: Exchange) -> list[Failure]:
        """Run every check on an exchange and keep what it shows.

        Returns:
            The failures that break the contract; warnings are only kept.
        """
        self.evidence.requests += 1
        self.evidence.statuses[exchange.status] += 1
        self.evidence.contrast.note(exchange)
        self.evidence.partly_judged.note(exchange)
        if self.evidence.cross_check:
            self.evidence.cross_check.compare(exchange)
        failures: list[Failure] = []
        is_throttled = exchange.received.is_throttled
        for check in (*self._checks, *self._own.get(exchange.subject.id, ())):
            if not check.applies(exchange) or (is_throttled and not _is_of_throttled(check)):
                continue
            clause_id = c.rule_id(exchange.subject, check.id)
            found = [Failure(check, fault, exchange) for fault in check.find(exchange)]
            for failure in found:
                self.evidence.violate([clause_id, *self._matching.broken(failure)], failure)
            if not found and not is_throttled:
                self.evidence.verify(clause_id, exchange, check.proof)
            failures += found
        errors = [failure for failure in failures if failure.check.severity is Severity.ERROR]
        if errors and exchange.status >= 400:
            for clause_id in self._matching.rejected(exchange):
                self.evidence.contrast.note_flawed(clause_id, exchange.status)
        if not errors and not exchange.received.fault:
            for clause_id, proof in self._matching.kept(exchange, self.evidence.is_open):
                self.evidence.verify(clause_id, exchange, proof)
        exchange.release()
        return errors

    def relate(self, exchanges: Sequence[Exchange]) -> None:
        """Run every relation on each operation's exchanges."""
        for operation in self.contract.operations:
            own = [
                exchange
                for exchange in exchanges
                if exchange.subject.id == operation.id and not exchange.received.is_throttled
            ]
            for relation in self._relations:
                if not relation.concerns(self.contract, operation):
                    continue
                compared, faults = relation.find(own)
                clause_id = c.rule_id(operation, relation.id)
                for exchange, fault in faults:
                    self.evidence.violate([clause_id], Failure(relation, fault, exchange))
                if compared is not None and not faults:
                    self.evidence.verify(clause_id, compared, relation.proof)
            for exchange in own:
                exchange.release()


# What holds for a response that only says that there are too many requests; the rest is about the request.
_OF_THROTTLED = {"conformance", "problem_details", "http_fields", FAMILY}


def _above(path: str) -> list[str]:
    """The paths that a path is below; the root is the empty one."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def _is_of_throttled(check: Check) -> bool:
    return check.family in _OF_THROTTLED and check.id != "status-documented"


# Failures of these families break the clauses on the response's status and body as well as their own.
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

    def kept(self, exchange: Exchange, is_open: Callable[[str], bool]) -> Iterator[tuple[str, Proof]]:
        """The clauses that a faultless exchange verifies, and how; `is_open` tells which still matter."""
        operation, response = exchange.operation, exchange.response
        if operation is None:
            return
        if exchange.received.is_throttled:
            if response is not None and response.status == str(exchange.status):
                ids = self._responded(exchange, operation, is_open)
                yield from ((clause_id, Proof.RESPONSE) for clause_id in ids)
            return
        if 400 <= exchange.status < 500:
            yield from ((clause_id, Proof.REJECTION) for clause_id in self.rejected(exchange))
        if exchange.intent in ("unauthenticated", "generated-credentials") and exchange.status in (401, 403):
            ids = (c.security_id(operation, names) for names in operation.security if names)
            yield from ((clause_id, Proof.DENIAL) for clause_id in ids)
        shown = [*_taken(exchange, operation), *self._responded(exchange, operation, is_open)]
        yield from ((clause_id, Proof.RESPONSE) for clause_id in shown)

    def _responded(
        self, exchange: Exchange, operation: Operation, is_open: Callable[[str], bool]
    ) -> Iterator[str]:
        """The clauses on the response that the exchange shows."""
        response = exchange.response
        if response is None:
            return
        yield c.status_id(operation, response)
        for header in response.headers:
            if exchange.received.header(header.name.lower()) is not None:
                yield c.header_id(operation, response, header.name)
        offer = exchange.media_type
        found = exchange.body[0]
        is_shown = found is not None and (found.values or not media_types.is_stream(exchange.content_type))
        if offer is not None and exchange.received.body and is_shown:
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
        elif failure.check.id in ("request-rejected", "unsupported-media-415") and exchange.request:
            yield from self._constraints(operation, exchange.request.faults[0])
        elif failure.check.family in _ANSWER_FAMILIES and response is not None:
            yield c.status_id(operation, response)
            if failure.fault.header:
                yield c.header_id(operation, response, failure.fault.header)
            elif exchange.media_type is not None:
                own = c.media_type_id(operation, response, exchange.media_type)
                yield own
                facets = self._of_answers.get(exchange.media_type.pointer, ())
                yield from (c.member_id(own, facet) for facet in facets if _is_broken(facet, failure))

    def rejected(self, exchange: Exchange) -> Iterator[str]:
        """The constraints that the request of a rejection breaks."""
        operation, faults = exchange.operation, exchange.request.faults if exchange.request else ()
        if operation is None:
            return
        for fault in faults:
            found = self._constraints(operation, fault)
            # Of faults in several places, nobody knows over which one the request was rejected.
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
        found = exchange.body[0]
        values = found.values if found else ()
        facets = self._of_answers.get(offer.pointer, ())
        for facet in facets:
            clause_id = c.member_id(own, facet)
            if is_open(clause_id) and any(self._shows(facet, value) for value in values):
                yield clause_id
        options = {facet.path[0] for facet in facets if facet.keyword == "enum" and len(facet.path) == 1}
        for example in offer.examples:
            if example.name and any(_is_like(value, example.value, options | {"status"}) for value in values):
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
    offer = operation.main_body
    if offer is not None:
        yield c.body_id(operation), c.main_body_facets(offer)


def _taken(exchange: Exchange, operation: Operation) -> Iterator[str]:
    """The examples of the request's body that the exchange shows to be taken."""
    request, offer = exchange.request, operation.main_body
    if offer is None or request is None or request.faults or not 200 <= exchange.status < 300:
        return
    for example in offer.examples:
        if example.name and example.value == request.body:
            yield c.example_id(c.body_id(operation), example.name)


def _is_like(value: JsonValue, example: JsonValue, telling: set[str]) -> bool:
    """Whether a response shows what an example does: its members, those that tell kinds apart alike."""
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
    # A parameter's fault has no path to an item; the place in the document is enough.
    return facet.pointer == fault.contract_pointer and (facet.path == path or fault.kind == "parameter")


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
