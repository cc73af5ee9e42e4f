"""Compares the journal with what a test expects of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.contract.callbacks import callbacks_of, webhook_names
from signoff.contract.conformance_rules import values_of
from signoff.contract.expressions import Expression, ExpressionCostError, ExpressionError, NoResultError
from signoff.contract.json_value import JsonSyntaxError, as_list, as_object, parse
from signoff.contract.limits import EXPRESSION
from signoff.contract.paths import PathTable
from signoff.contract.requests import RequestReader
from signoff.mock.rules.conditions import check_expression
from signoff.mock.rules.targets import RuleError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signoff.contract import Contract, JsonObject, JsonValue, Operation
    from signoff.contract.expressions import Variables
    from signoff.contract.requests import ParsedRequest
    from signoff.mock.journal_entry import Body, Entry

_MOST_SHOWN = 100
_MAX_SECONDS = 5.0


class Operations:
    """Finds operations by what a client calls them: operationId, or method and path template.

    A callback is `OPERATION/CALLBACK`, and a webhook has its name.

    Attributes:
        limit: on the steps of an expression.
    """

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self.limit = next((each.limits.of(EXPRESSION) for each in contracts), EXPRESSION)
        self._ids: dict[str, set[str]] = {}
        self._deliveries: set[str] = set()  # callbacks and webhooks, as the journal names them
        self._readers: dict[str, RequestReader] = {}
        self._paths: PathTable[str] = PathTable()
        self._bases = {operation.base_path for each in contracts for operation in each.operations}
        for contract in contracts:
            for operation in contract.operations:
                for name in _names(operation):
                    self._ids.setdefault(name, set()).add(operation.id)
                key = f"{operation.method} {operation.base_path}{operation.path}"
                self._readers[key] = RequestReader(operation, contract.schemas)
                self._paths.add(operation.method, operation.base_path + operation.path, key)
                self._deliveries |= {
                    f"{operation.id}/{each.name}" for each in callbacks_of(contract, operation)
                }
            self._deliveries |= set(webhook_names(contract))
        for name in self._deliveries:
            self._ids.setdefault(name, set()).add(name)

    def ids(self, name: str) -> frozenset[str]:
        """The ids of the operations with that name; empty if there is none."""
        return frozenset(self._ids.get(name, ()))

    def are_deliveries(self, ids: frozenset[str]) -> bool:
        """Whether ids are those of callbacks or webhooks, which the mock sends itself."""
        return bool(ids) and ids <= self._deliveries

    def paths(self, path: str) -> frozenset[str]:
        """What a path can mean: with or without a base path."""
        return frozenset((path, *(base + path for base in self._bases)))

    def suggestion(self, name: str) -> str:
        """A hint for a name that no operation has; starts with a space."""
        close = [each for each in self._deliveries if each.endswith(f"/{name}")]
        close = close or get_close_matches(name, self._ids, 1)
        return f" Did you mean {close[0]}?" if close else ""

    def values(self, entry: Entry) -> Variables:
        """The variables `request` and `response` of an expression about an entry."""
        headers = dict(entry.request_headers)
        parameters: Mapping[tuple[str, str], JsonValue] = {}
        body = _json_of(headers.get("content-type", ""), entry.request_body)
        parsed = self._parsed(entry)
        if parsed is not None:
            parameters = parsed.parameters
            body = parsed.body if body is None else body
        response_headers = dict(entry.response_headers)
        return values_of(
            method=entry.method,
            path=entry.path,
            parameters=parameters,
            request_headers=headers,
            request_body=body,
            is_valid=not self.violations(entry),
            status=entry.status,
            response_headers=response_headers,
            response_body=_json_of(response_headers.get("content-type", ""), entry.response_body),
            received_at=entry.time.isoformat(),
            elapsed_ms=entry.duration_ms,
        )

    def violations(self, entry: Entry) -> list[str]:
        """What is invalid in a request, whatever the response to it was."""
        if entry.why == "validation":
            return list(entry.notes) or ["invalid"]
        parsed = None if entry.request_body.is_truncated else self._parsed(entry)
        faults = parsed.faults if parsed is not None else ()
        return [f"{fault.location} {fault.place}".strip() + " is invalid" for fault in faults]

    def _parsed(self, entry: Entry) -> ParsedRequest | None:
        found = self._paths.match(entry.method, entry.path)
        if not found:
            return None
        headers = dict(entry.request_headers)
        return self._readers[found[0]].read(found[1], entry.query, headers, entry.request_body.data)


def _names(operation: Operation) -> list[str]:
    return [operation.id, operation.label, f"{operation.method} {operation.base_path}{operation.path}"]


def _json_of(media_type: str, body: Body) -> JsonValue:
    """A JSON body as a value; other bodies as text; None for an empty one."""
    if not body.data:
        return None
    if media_types.is_json(media_type) and not body.is_truncated:
        try:
            return parse(body.data)
        except (JsonSyntaxError, UnicodeDecodeError, RecursionError):
            return body.data.decode("utf-8", "replace")
    return body.data.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Expectation:
    """One expectation, compiled.

    Attributes:
        stated: as in the request.
        operations: the ids of its operations; empty for any.
        paths: its paths, with and without a base path; empty for any.
        condition: its `when`; None without one.
        mistake: why nothing can match it; empty if something can.
    """

    stated: JsonObject
    operations: frozenset[str]
    paths: frozenset[str]
    condition: Expression | None
    mistake: str

    @classmethod
    def compile(cls, stated: JsonObject, operations: Operations) -> _Expectation:
        name = str(stated.get("operation", ""))
        found = operations.ids(name)
        mistake = "" if found or not name else f"no operation is called {name}.{operations.suggestion(name)}"
        condition = None
        if "when" in stated:
            try:
                condition = Expression.compiled(stated["when"], ("request", "response"), operations.limit)
                check_expression(condition, (), "/when")
            except ExpressionError as error:
                mistake = f"`when`: {error}"
            except RuleError as error:
                mistake = f"`when`: {error}. {error.suggestion}".rstrip()
        paths = operations.paths(str(stated["path"])) if "path" in stated else frozenset[str]()
        return cls(stated, found, paths, condition, mistake)

    @property
    def looks_inside(self) -> bool:
        """Whether the content of an entry decides, not only its operation, path and status."""
        return self.condition is not None or "body" in self.stated

    def is_about(self, entry: Entry) -> bool:
        """Whether an entry matches apart from its content."""
        stated = self.stated
        status = stated.get("status", entry.status)
        text = status if isinstance(status, str) else f"{status:g}"
        return (
            (not self.operations or entry.operation in self.operations)
            and str(stated.get("method", entry.method)).upper() == entry.method
            and (not self.paths or entry.path in self.paths)
            and text in (str(entry.status), f"{entry.status // 100}XX")
        )

    def matches(self, values: Mapping[str, JsonValue]) -> bool | None:
        """Whether the content of an entry matches; None if `when` is neither true nor false."""
        if "body" in self.stated and not _contains(
            as_object(values["request"]).get("body"), self.stated["body"]
        ):
            return False
        return self.condition is None or self.condition.holds(values)

    def lack(self, values: Mapping[str, JsonValue]) -> str:
        """Why `when` has no value for an entry."""
        try:
            if self.condition is not None:
                self.condition.result(values)
        except NoResultError as error:
            return f"`when` has no value for a request: {error}"
        return "`when` is neither true nor false for a request"

    def failure(self, count: int) -> str:
        """What is wrong with the number of matching requests; empty if it is as expected."""
        exact, most = self._number("times"), self._number("atMost")
        least = self._number("atLeast")
        if least is None:
            least = 1 if exact is None and most is None else 0
        if exact is not None and count != exact:
            wanted = _times(exact)
        elif count < least:
            wanted = f"at least {_times(least)}"
        elif most is not None and count > most:
            wanted = f"at most {_times(most)}"
        else:
            return ""
        return f"{self._label} was called {_times(count)}, expected {wanted}"

    def _number(self, name: str) -> int | None:
        value = self.stated.get(name)
        return int(value) if isinstance(value, int | float) else None

    @property
    def _label(self) -> str:
        stated = self.stated
        parts = [str(stated[name]) for name in ("operation", "method", "path") if name in stated]
        if "status" in stated:
            parts.append(f"with status {stated['status']}")
        if self.looks_inside:
            parts.append("with the expected content")
        return " ".join(parts) or "any operation"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _contains(value: JsonValue, part: JsonValue) -> bool:
    """Whether a value has all of a part: objects may have more members, lists have equal length."""
    if isinstance(part, dict):
        return isinstance(value, dict) and all(
            name in value and _contains(value[name], inner) for name, inner in part.items()
        )
    if isinstance(part, list):
        return (
            isinstance(value, list)
            and len(value) == len(part)
            and all(_contains(held, inner) for held, inner in zip(value, part, strict=True))
        )
    return value == part and isinstance(value, bool) is isinstance(part, bool)


def verify(
    entries: Sequence[Entry], stated: JsonObject, operations: Operations, *, is_complete: bool
) -> JsonObject:
    """Compare the requests of an application with expectations.

    The preflights of a browser don't count, and what the mock sends only for an expectation that names it.

    Args:
        entries: the entries of the session.
        stated: the body of a request to verify.
        operations: the operations of the served documents.
        is_complete: whether the journal dropped no other entries of the session.
    """
    verification = _Verification(entries, operations)
    for index, expectation in enumerate(as_list(stated.get("expectations"))):
        verification.check(index, _Expectation.compile(as_object(expectation), operations))
    if stated.get("valid"):
        verification.check_validity()
    if stated.get("exhaustive"):
        verification.check_completeness()
    if not (stated.get("expectations") or stated.get("valid") or stated.get("exhaustive")):
        verification.fail("nothing to verify: give `expectations`, `valid` or `exhaustive`", [])
    if not is_complete:
        verification.check_knowledge(stated)
    failures = verification.failures
    return {"passed": not failures, "counts": verification.counts, "failures": failures}


def _is_of_application(entry: Entry) -> bool:
    """Whether the application itself sent a request (Fetch standard, section 4.8: preflights)."""
    is_preflight = entry.method == "OPTIONS" and any(
        name == "access-control-request-method" for name, _ in entry.request_headers
    )
    return entry.kind == "request" and not is_preflight


class _TruncatedError(Exception):
    """An entry does not have the whole body that decides."""


class _Verification:
    """Collects the failures of one verification."""

    def __init__(self, entries: Sequence[Entry], operations: Operations) -> None:
        self.failures: list[JsonValue] = []
        self.counts: list[JsonValue] = []
        self._entries = [entry for entry in entries if _is_of_application(entry)]
        self._sent = [entry for entry in entries if entry.kind == "webhook"]
        self._operations = operations
        self._expected: set[int] = set()
        self._rejected: set[int] = set()  # of expectations that state a status
        self._values: dict[int, dict[str, JsonValue]] = {}
        self._undecided: list[Mapping[str, JsonValue]] = []  # of a request without a value of `when`
        self._deadline = time.monotonic() + _MAX_SECONDS

    def check(self, index: int, expectation: _Expectation) -> None:
        """Count the entries that match an expectation."""
        self._undecided = []
        is_sent = self._operations.are_deliveries(expectation.operations)
        entries = self._sent if is_sent else self._entries
        about = [] if expectation.mistake else [each for each in entries if expectation.is_about(each)]
        if is_sent and "status" not in expectation.stated:  # those without a response may not even be sent
            about = [each for each in about if each.status]
        try:
            found = [entry for entry in about if self._matches(expectation, entry)]
        except ExpressionCostError as error:
            found, message = [], f"`when`: {error} for a request"
        except _TruncatedError as error:
            found, message = [], f"the content can't be compared: {error}"
        except TimeoutError:
            found, message = [], f"the verification took longer than {_MAX_SECONDS:g} s"
        else:
            message = expectation.mistake or expectation.failure(len(found))
            if message and self._undecided:
                message += f"; {expectation.lack(self._undecided[0])}"
        self.counts.append(len(found))
        ids = {entry.id for entry in found}
        self._expected |= ids
        if "status" in expectation.stated:
            self._rejected |= ids
        if message:
            self.fail(message, found or about, index)

    def _matches(self, expectation: _Expectation, entry: Entry) -> bool:
        if not expectation.looks_inside:
            return True
        if time.monotonic() > self._deadline:
            raise TimeoutError
        if entry.request_body.is_truncated or (expectation.condition and entry.response_body.is_truncated):
            raise _TruncatedError(f"a body of entry {entry.id} is longer than what the journal keeps")
        if entry.id not in self._values:
            self._values[entry.id] = self._operations.values(entry)
        found = expectation.matches(self._values[entry.id])
        if found is None:
            self._undecided = [self._values[entry.id]]
        return found is True

    @property
    def _others(self) -> list[Entry]:
        return [entry for entry in self._entries if entry.id not in self._expected]

    def check_validity(self) -> None:
        """Fail if a request failed validation, unless an expectation with its status matches it."""
        for entry in self._entries:
            found = [] if entry.id in self._rejected else self._operations.violations(entry)
            if found and len(self.failures) < _MOST_SHOWN:
                self.fail(f"{_label(entry)} failed validation: {'; '.join(found)}", [entry])

    def check_completeness(self) -> None:
        """Fail if there is a request that no expectation matches."""
        names = list(dict.fromkeys(map(_label, self._others)))
        if names:
            more = f" and {len(names) - 10} more" if len(names) > 10 else ""
            self.fail(f"unexpected requests: {', '.join(names[:10])}{more}", self._others)

    def check_knowledge(self, stated: JsonObject) -> None:
        """Fail if something can't be known, because entries of the session were dropped."""
        expectations = [as_object(each) for each in as_list(stated.get("expectations"))]
        limited = [each for each in expectations if {"times", "atMost"} & each.keys()]
        if limited or stated.get("valid") or stated.get("exhaustive"):
            self.fail(
                "the journal dropped older entries of this session, so limits can't be verified: use `since`,"
                " clear the journal between tests, or raise --journal-size",
                [],
            )

    def fail(self, message: str, entries: Sequence[Entry], index: int | None = None) -> None:
        """Note that something is not as expected."""
        found: JsonObject = {"message": message, "entries": [entry.id for entry in entries[-_MOST_SHOWN:]]}
        self.failures.append(found if index is None else {**found, "expectation": index})


def _label(entry: Entry) -> str:
    return entry.operation or f"{entry.method} {entry.path}"
