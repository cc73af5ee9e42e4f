"""Which operations a rule is for."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from signoff.contract.conformance_rules import request_value
from signoff.contract.expressions import Variables
from signoff.contract.limits import RULE
from signoff.contract.paths import PathTable
from signoff.contract.requests import RequestReader
from signoff.mock.routing import operation_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from signoff.contract import Contract, Operation
    from signoff.mock.exchange import Request


class RuleError(ValueError):
    """A rule is invalid.

    Args:
        message: the problem.
        place: the pointer in the rule.
        suggestion: how to fix it.
    """

    def __init__(self, message: str, place: str = "", suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Target:
    """An operation that a rule is for.

    Attributes:
        operation: the operation.
        path: the only path that the rule is for, as it is sent; empty for each path of the operation.
    """

    operation: Operation
    path: str = ""

    @property
    def key(self) -> str:
        """The key of the operation: `METHOD /full/path`."""
        return operation_key(self.operation)


class Targets:
    """Finds the operations of rules, in several documents.

    Attributes:
        limit: on the steps of the expressions of rules for one request.
    """

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self.limit = next((each.limits.of(RULE) for each in contracts), RULE)
        self._all = {
            operation_key(each): (each, contract) for contract in contracts for each in contract.operations
        }
        self._table: PathTable[Operation] = PathTable()
        for operation, _ in self._all.values():
            self._table.add(operation.method, operation.base_path + operation.path, operation)
        self._readers: dict[str, RequestReader] = {}
        self._named: dict[tuple[str, str], Mapping[str, Target]] = {}

    def values(self, key: str, request: Request) -> Variables:
        """The variables of the expressions of a rule, for a request to an operation."""
        operation, contract = self._all[key]
        reader = self._readers.get(key)
        if reader is None:
            reader = self._readers[key] = RequestReader(operation, contract.schemas)
        parsed = reader.read(request.path_values, request.query, request.headers, request.body)
        value = request_value(
            method=operation.method,
            path=request.path,
            parameters=parsed.parameters,
            headers=request.headers,
            body=parsed.body,
            is_valid=not parsed.faults,
        )
        return Variables(request=value)

    def of(self, rule: Mapping[str, Any]) -> Mapping[str, Target]:
        """The operations that a rule is for, by key; all of them if it names none.

        Rules for the same ones share them, because a document may have thousands of operations.

        Raises:
            RuleError: the operation, path or tag does not exist.
        """
        if "path" in rule:
            return _by_key(self._at(rule["path"], rule.get("method", "").upper()))
        member = next((each for each in ("operation", "tag") if each in rule), "")
        name = rule.get(member, "")
        if (member, name) not in self._named:
            self._named[member, name] = _by_key(map(Target, self._called(member, name)))
        return self._named[member, name]

    def _called(self, member: str, name: str) -> list[Operation]:
        operations = [operation for operation, _ in self._all.values()]
        if member == "operation":
            method, space, path = name.partition(" ")
            label = f"{method.upper()}{space}{path}"  # an id may have a space, too
            found = [
                each
                for each in operations
                if name == each.id
                or name == operation_key(each)
                or label in (each.label, operation_key(each))
            ]
            known = [each.id for each in operations] + [each.label for each in operations]
        elif member == "tag":
            found = [each for each in operations if name in each.tags]
            known = [tag for each in operations for tag in each.tags]
        else:
            return operations
        if not found:
            raise _unknown(member, name, known)
        return found

    def _at(self, path: str, method: str) -> list[Target]:
        """The operations of a path template, or of the template that a path matches."""
        operations = [operation for operation, _ in self._all.values()]
        found = [Target(each) for each in operations if path in (each.path, each.base_path + each.path)]
        found = found or list(self._matching(path))
        if not found:
            raise _unknown("path", path, [each.path for each in operations])
        chosen = [each for each in found if method in ("", each.operation.method)]
        if not chosen:
            methods = ", ".join(each.operation.method for each in found)
            raise RuleError(f"{path} has no method {method} in the document", "/method", f"It has {methods}.")
        return chosen

    def _matching(self, path: str) -> Iterator[Target]:
        if "{" in path:
            return
        bases = dict.fromkeys(["", *(operation.base_path for operation, _ in self._all.values())])
        for base in bases:
            whole = base + path
            for method in self._table.methods(whole):
                match = self._table.match(method, whole)
                if match is not None:
                    yield Target(match[0], whole)


def _by_key(targets: Iterable[Target]) -> Mapping[str, Target]:
    return {target.key: target for target in targets}


def _unknown(member: str, name: str, known: Sequence[str]) -> RuleError:
    close = get_close_matches(name, list(dict.fromkeys(known)), 1)
    kind = "operation" if member == "operation" else member
    suggestion = (
        f"Did you mean {close[0]}?" if close else "Use an operationId, a path or a tag of the document."
    )
    return RuleError(
        f"the document has no {kind} {name!r}, so the rule can never match", f"/{member}", suggestion
    )
