"""Compares the journal with what a test expects of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from signoff.contract import DocumentError, media_types
from signoff.contract.conformance_rules import rules_of, values_of
from signoff.contract.json_value import JsonSyntaxError, as_object, parse
from signoff.contract.paths import PathTable
from signoff.contract.pointer import Location
from signoff.contract.requests import RequestReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signoff.contract import Contract, JsonObject, JsonValue, Operation
    from signoff.contract.conformance_rules import Rule
    from signoff.mock.journal import Body, Entry

_MOST_IDS = 100
_MAX_SECONDS = 5.0


class Operations:
    """Finds operations by what a client calls them: operationId, or method and path template."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self._ids: dict[str, set[str]] = {}
        self._readers: dict[str, RequestReader] = {}
        self._paths: PathTable[str] = PathTable()
        for contract in contracts:
            for operation in contract.operations:
                for name in _names(operation):
                    self._ids.setdefault(name, set()).add(operation.id)
                key = f"{operation.method} {operation.base_path}{operation.path}"
                self._readers[key] = RequestReader(operation, contract.schemas)
                self._paths.add(operation.method, operation.base_path + operation.path, key)

    def ids(self, name: str) -> frozenset[str]:
        """The ids of the operations with that name; empty if there is none."""
        return frozenset(self._ids.get(name, ()))

    def suggestion(self, name: str) -> str:
        """A hint for a name that no operation has; starts with a space."""
        close = get_close_matches(name, self._ids, 1)
        return f" Did you mean {close[0]}?" if close else ""

    def values(self, entry: Entry) -> dict[str, JsonValue]:
        """The variables `request` and `response` of an expression about an entry."""
        headers = dict(entry.request_headers)
        found = self._paths.match(entry.method, entry.path)
        parameters: Mapping[tuple[str, str], JsonValue] = {}
        body = _json_of(headers.get("content-type", ""), entry.request_body)
        if found:
            reader = self._readers[found[0]]
            parsed = reader.read(found[1], entry.query, headers, entry.request_body.data)
            parameters = parsed.parameters
            body = parsed.body if body is None else body
        response_headers = dict(entry.response_headers)
        return values_of(
            method=entry.method,
            path=entry.path,
            parameters=parameters,
            request_headers=headers,
            request_body=body,
            is_valid=entry.why != "validation",
            status=entry.status,
            response_headers=response_headers,
            response_body=_json_of(response_headers.get("content-type", ""), entry.response_body),
            received_at=entry.time.isoformat(),
            elapsed_ms=entry.duration_ms,
        )


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
    """One expectation, compiled."""

    stated: JsonObject
    operations: frozenset[str]
    condition: Rule | None
    mistake: str

    @classmethod
    def compile(cls, stated: JsonObject, operations: Operations) -> _Expectation:
        name = str(stated.get("operation", ""))
        found = operations.ids(name)
        mistake = "" if found or not name else f"no operation is called {name}.{operations.suggestion(name)}"
        condition = None
        if "when" in stated:
            entry: JsonObject = {"id": "expectation", "rule": stated["when"], "message": "not met"}
            try:
                condition = rules_of([entry], "", lambda _: Location("when"))[0]
            except DocumentError as error:
                mistake = (
                    f"`when` is {error.message}" if "invalid" in error.message else f"`when`: {error.message}"
                )
        return cls(stated, found, condition, mistake)

    def is_about(self, entry: Entry) -> bool:
        """Whether an entry may match, without its body and condition."""
        stated = self.stated
        status = str(stated.get("status", "")).replace("X", "")
        return (
            (not self.operations or entry.operation in self.operations)
            and str(stated.get("method", entry.method)).upper() == entry.method
            and stated.get("path", entry.path) == entry.path
            and str(entry.status).startswith(status)
        )

    def matches(self, values: Mapping[str, JsonValue]) -> bool:
        """Whether the values of an entry match."""
        if "body" in self.stated:
            sent = as_object(values["request"]).get("body")
            if not _contains(sent, self.stated["body"]):
                return False
        return self.condition is None or self.condition.holds(values) is True

    @property
    def label(self) -> str:
        """What is expected, for messages."""
        stated = self.stated
        parts = [str(stated[name]) for name in ("operation", "method", "path") if name in stated]
        if "status" in stated:
            parts.append(f"with status {stated['status']}")
        if "body" in stated or "when" in stated:
            parts.append("with the expected content")
        return " ".join(parts) or "a request"

    def failure(self, count: int) -> str:
        """What is wrong with the number of matching requests; empty if it is as expected."""
        exact, most = self.stated.get("times"), self.stated.get("atMost")
        least = self.stated.get("atLeast", 1 if exact is None and most is None else 0)
        assert isinstance(least, int)  # noqa: S101 - by the schema of the request
        if exact is not None and count != exact:
            wanted = _times(exact)
        elif count < least:
            wanted = f"at least {_times(least)}"
        elif isinstance(most, int) and count > most:
            wanted = f"at most {_times(most)}"
        else:
            return ""
        return f"{self.label} was called {_times(count)}, expected {wanted}"


def _times(count: JsonValue) -> str:
    return {0: "0 times", 1: "once"}.get(count, f"{count} times") if isinstance(count, int) else str(count)


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


def verify(entries: Sequence[Entry], stated: JsonObject, operations: Operations) -> JsonObject:
    """Compare entries with expectations.

    Args:
        entries: the entries of the session.
        stated: the body of a request to verify.
        operations: the operations of the served documents.
    """
    deadline = time.monotonic() + _MAX_SECONDS
    listed = stated.get("expectations")
    expected = [
        _Expectation.compile(as_object(each), operations)
        for each in (listed if isinstance(listed, list) else [])
    ]
    failures: list[JsonValue] = []
    counts: list[JsonValue] = []
    known: set[int] = set()
    values: dict[int, dict[str, JsonValue]] = {}
    for index, expectation in enumerate(expected):
        if expectation.mistake:
            counts.append(0)
            failures.append(_failure(expectation.mistake, [], index))
            continue
        about = [entry for entry in entries if expectation.is_about(entry)]
        found = about
        if expectation.condition is not None or "body" in expectation.stated:
            found = []
            for entry in about:
                if time.monotonic() > deadline:
                    failures.append(
                        _failure(f"the verification took longer than {_MAX_SECONDS:g} s", [], index)
                    )
                    break
                if entry.id not in values:
                    values[entry.id] = operations.values(entry)
                if expectation.matches(values[entry.id]):
                    found.append(entry)
        counts.append(len(found))
        known |= {entry.id for entry in found}
        message = expectation.failure(len(found))
        if message:
            failures.append(_failure(message, found or about, index))
    others = [entry for entry in entries if entry.id not in known]
    failures += _unexpected(others, stated)
    return {"passed": not failures, "counts": counts, "failures": failures}


def _unexpected(others: Sequence[Entry], stated: JsonObject) -> list[JsonValue]:
    """The failures by requests that no expectation matches."""
    found: list[JsonValue] = []
    if stated.get("valid"):
        invalid = [entry for entry in others if entry.why == "validation"]
        found += [
            _failure(f"{_label(entry)} failed validation: {'; '.join(entry.notes)}", [entry])
            for entry in invalid[:_MOST_IDS]
        ]
    if stated.get("exhaustive") and others:
        names = ", ".join(dict.fromkeys(_label(entry) for entry in others[:10]))
        found.append(_failure(f"unexpected requests: {names}{', …' if len(others) > 10 else ''}", others))
    return found


def _label(entry: Entry) -> str:
    return entry.operation or f"{entry.method} {entry.path}"


def _failure(message: str, entries: Sequence[Entry], index: int | None = None) -> JsonObject:
    found: JsonObject = {"message": message, "entries": [entry.id for entry in entries[-_MOST_IDS:]]}
    return found if index is None else {**found, "expectation": index}
