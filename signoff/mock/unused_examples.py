"""Documented response examples that the mock does not use, because they don't match their schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import Direction, media_types
from signoff.mock.rendering import valid_example

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract import Contract, Example, Schema

_MOST = 20


def unused_examples(contract: Contract) -> list[str]:
    """One sentence with its location for each such example; of many, the first ones and the number."""
    found = [
        f"{contract.locate(example.pointer)}: the example does not match its schema, so the mock does not use"
        f" it: {_reason(example, schema)}"
        for example, schema in _judged(contract)
        if valid_example(example, schema) is None
    ]
    more = len(found) - _MOST
    return [*found[:_MOST], f"{more} more examples do not match their schemas"] if more > 0 else found


def _judged(contract: Contract) -> Iterator[tuple[Example, Schema]]:
    """The examples of JSON responses, each once, with their schemas."""
    responses = (response for operation in contract.operations for response in operation.responses)
    seen: set[str] = set()
    for offer in (offer for response in responses for offer in response.content):
        if offer.schema is not None and media_types.is_json(offer.name):
            for example in offer.examples:
                if example.pointer not in seen:
                    seen.add(example.pointer)
                    yield example, offer.schema


def _reason(example: Example, schema: Schema) -> str:
    violations = schema.violations(example.value, Direction.RESPONSE)
    if not violations:
        return "its writeOnly properties are missing"
    first = violations[0]
    return f"{first.message} (at {first.pointer})" if first.pointer else first.message
