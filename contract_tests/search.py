"""Schemathesis' own phases, searching on from where the corpus ends; our judge decides on each answer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import schemathesis
from schemathesis.engine import events, from_schema

from contract_tests.exchange import Received
from contract_tests.generation import from_prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_tests.generation import GeneratedCase
    from contract_tests.judge import Judge
    from openapi import Operation

_judges: dict[int, tuple[Judge, threading.Lock]] = {}


@schemathesis.check
def signoff(_: schemathesis.CheckContext, response: schemathesis.Response, case: GeneratedCase) -> None:
    """Schemathesis' check that asks the judge of the run; named as `CHECK_NAME` says.

    Raises:
        AssertionError: the answer breaks the contract, so that Schemathesis shrinks the request.
    """
    found = _judges.get(id(case.operation.schema))
    if found is None:  # a run of somebody else's in the same process
        return
    judge, lock = found
    subject = _subject(judge, case)
    if subject is None:
        return
    fields = tuple((name, value) for name, values in response.headers.items() for value in values)
    received = Received(response.status_code, fields, response.content, response.elapsed)
    with lock:
        exchange = judge.exchange(
            from_prepared(response.request, {}),
            received,
            subject=subject,
            intent="search",
            label="generated request",
        )
        failures = judge.judge(exchange)
    if failures:
        raise AssertionError(f"{failures[0].check.id}: {failures[0].fault.message}")


def search(
    schema: schemathesis.BaseSchema, judge: Judge, on_phase: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Run Schemathesis' phases: examples, coverage, fuzzing, stateful.

    Args:
        schema: set up by `generation.schema_for`.
        judge: decides on each answer and keeps the evidence.
        on_phase: told the name of each phase as it starts.

    Returns:
        What went wrong on our side of the wire, one sentence each.
    """
    errors: list[str] = []
    _judges[id(schema)] = (judge, threading.Lock())
    try:
        for event in from_schema(schema).execute():
            if isinstance(event, events.PhaseStarted) and event.phase.is_enabled:
                on_phase(event.phase.name.value)
            elif isinstance(event, events.NonFatalError):
                errors.append(f"{event.label}: {event.info.title}: {event.info.message}")
            elif isinstance(event, events.FatalError):
                errors.append(f"the search stopped: {event.exception}")
    finally:
        del _judges[id(schema)]
    return errors


def _subject(judge: Judge, case: GeneratedCase) -> Operation | None:
    """The contract's operation that a case was made for."""
    definition = case.operation
    method = str(definition.method).upper()
    for operation in judge.contract.operations:
        if operation.method == method and operation.path == definition.path:
            return operation
    return None
