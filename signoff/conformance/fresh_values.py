"""Header values that every request needs a new one of, such as `Idempotency-Key`.

A server that remembers a key answers the second request with the response to the first, whatever it asks. So
these values are the one thing of a run that is random: the next run must not repeat them either.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from signoff.contract import Direction

if TYPE_CHECKING:
    from signoff.conformance.exchange import Sent
    from signoff.contract import Operation

_BY_NAME = ("idempotency-key", "x-idempotency-key", "idempotence-key")
# Stands in a planned request for the value that it gets when it is sent.
PLACEHOLDER = "f4e5b000-0000-4000-8000-5160ff000001"


def is_fresh(name: str) -> bool:
    """Whether a header of this name needs a new value each time."""
    return name.lower() in _BY_NAME


def fresh_names(operation: Operation) -> list[str]:
    """The documented headers of an operation that need a new value each time, by their names."""
    return [
        parameter.name
        for parameter in operation.parameters
        if parameter.location == "header"
        and is_fresh(parameter.name)
        and (parameter.schema is None or parameter.schema.is_valid(PLACEHOLDER, Direction.REQUEST))
    ]


def renewed(sent: Sent) -> Sent:
    """The request with a new value in place of each placeholder."""
    if not any(value == PLACEHOLDER for _, value in sent.headers):
        return sent
    return replace(
        sent,
        headers=tuple(
            (name, str(uuid4()) if value == PLACEHOLDER else value) for name, value in sent.headers
        ),
    )
