"""Pairs an example of a request body with the response example of the same name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signoff.contract import Direction

if TYPE_CHECKING:
    from signoff.contract import Example, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.requests import ParsedRequest
    from signoff.mock.choice import Choice


class Partners:
    """The names of an operation's request examples by their values."""

    def __init__(self, operation: Operation) -> None:
        body = operation.request_body
        examples = [
            example for offer in (body.content if body else ()) for example in reversed(offer.examples)
        ]
        self._names = {_key(example.value): example.name for example in examples}
        self._values = [example.value for example in examples]

    def of(self, choice: Choice, parsed: ParsedRequest) -> Example | None:
        """The response example of a request that equals a request example; None for other requests."""
        if choice.offer is None or parsed.body not in self._values:
            return None
        name, schema = self._names.get(_key(parsed.body)), choice.offer.schema
        found = next((example for example in choice.offer.examples if example.name == name), None)
        is_sound = found is None or schema is None or schema.is_valid(found.value, Direction.RESPONSE)
        return found if is_sound else None


def _key(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)
