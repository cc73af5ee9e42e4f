"""The data file against the contract: every name in it must exist, and filters become operations."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from signoff.conformance.effects import SAFE_METHODS
from signoff.conformance.known_values import NOTHING_SPECIAL, OperationData, TargetData
from signoff.conformance.operation_filters import did_you_mean, is_filter, nearest, parse_filter
from signoff.contract import DataError, SetupError
from signoff.contract.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signoff.contract import Contract, Location, Operation


def checked(contract: Contract, data: TargetData) -> TargetData:
    """The data with the settings of each operation by its id.

    Raises:
        DataError: an operation or a parameter is not in the document.
    """
    names = _Names(contract, data)
    for key, entry in data.operations.items():
        names.parameters(entry.values, names.operations(key, ["operations"]), ["operations", key, "values"])
    users = {}
    for user in data.users.values():
        place = ["users", user.name]
        names.parameters(user.denied_resources, contract.operations, [*place, "denied-resources"])
        denied = [
            names.operations(key, [*place, "denied-operations"]) for key in sorted(user.denied_operations)
        ]
        ids = frozenset(operation.id for found in denied for operation in found)
        users[user.name] = replace(user, denied_operations=ids)
    names.parameters(data.values, contract.operations, ["values"])
    operations = {
        operation.id: entry
        for operation in contract.operations
        if (entry := _settings(operation, data.operations)) is not NOTHING_SPECIAL
    }
    return replace(data, operations=operations, users=users)


def leaving_out(contract: Contract, data: TargetData, left_out: Mapping[str, str]) -> TargetData:
    """The data with a reason to skip each operation that is left out.

    What --include leaves out and is safe may still be called, to learn what exists.
    """
    skipped = {
        operation.id: replace(data.of(operation), skip=reason)
        for operation in contract.operations
        if (reason := left_out.get(operation.id, ""))
        and not (reason.endswith("--include") and operation.method in SAFE_METHODS)
    }
    return replace(data, operations={**data.operations, **skipped})


def _settings(operation: Operation, entries: Mapping[str, OperationData]) -> OperationData:
    """The settings of an operation: its own, then those of each filter that takes it, in order."""
    own = [entries[key] for key in (operation.id, operation.label) if key in entries]
    by_filter = [
        entry
        for key, entry in entries.items()
        if key not in (operation.id, operation.label)
        and is_filter(key)
        and parse_filter(key).matches(operation)
    ]
    return reduce(_over, [*own[:1], *by_filter], NOTHING_SPECIAL)


def _over(first: OperationData, second: OperationData) -> OperationData:
    """The settings of the first, completed by the second."""
    if first is NOTHING_SPECIAL:
        return second
    return OperationData(
        values={**second.values, **first.values},
        headers={**second.headers, **first.headers},
        bodies=first.bodies or second.bodies,
        expected=first.expected or second.expected,
        once=first.once or second.once,
        safe=first.safe or second.safe,
        skip=first.skip or second.skip,
        is_disposable=first.is_disposable or second.is_disposable,
    )


class _Names:
    """The names of a contract, and the errors about others."""

    def __init__(self, contract: Contract, data: TargetData) -> None:
        self._contract = contract
        self._data = data

    def operations(self, key: str, place: list[str]) -> list[Operation]:
        """The operations that a key names."""
        every = self._contract.operations
        found = [operation for operation in every if key in (operation.id, operation.label)]
        if found:
            return found
        if not is_filter(key):
            known = [*(op.id for op in every), *(op.label for op in every)]
            raise self._unknown("operation", key, did_you_mean(key, known), place)
        try:
            one = parse_filter(key)
        except SetupError as error:
            raise DataError(
                error.message, suggestion=error.suggestion, location=self._at(place, key)
            ) from None
        found = [operation for operation in every if one.matches(operation)]
        if not found:
            raise DataError(
                f"`{key}` matches no operation",
                suggestion=nearest(self._contract, one),
                location=self._at(place, key),
            )
        return found

    def parameters(self, keys: Iterable[str], operations: Iterable[Operation], place: list[str]) -> None:
        """Check the names of parameters."""
        parameters = [parameter for operation in operations for parameter in operation.parameters]
        plain = {parameter.name for parameter in parameters}
        known = plain | {f"{parameter.location}.{parameter.name}" for parameter in parameters}
        for key in keys:
            if key not in known:
                raise self._unknown("parameter", key, did_you_mean(key, plain), place)

    def _unknown(self, kind: str, key: str, suggestion: str, place: list[str]) -> DataError:
        return DataError(f"unknown {kind} {key!r}", suggestion=suggestion, location=self._at(place, key))

    def _at(self, place: list[str], key: str) -> Location | None:
        return self._data.locate(join(place) if place[-1] == "denied-operations" else join([*place, key]))
