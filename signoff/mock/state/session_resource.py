"""What one operation does with its resource in a session: the entities that it shows, and what it writes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from signoff.mock.state.preconditions import Preconditions
from signoff.mock.state.session_world import SessionWorld
from signoff.mock.state.store import UNTOUCHED
from signoff.mock.state.writing import Writer

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject
    from signoff.contract.requests import ParsedRequest
    from signoff.contract.resources import Resource, Use
    from signoff.mock.choice import Choice
    from signoff.mock.exchange import Request
    from signoff.mock.resource_plan import ResourcePlan
    from signoff.mock.state.store import Transaction
    from signoff.mock.state.writing import Written
    from signoff.mock.world import Parents, World

_READS = ("list", "read")


@dataclass(frozen=True, slots=True)
class SessionResource:
    """One operation on a resource, with state.

    Attributes:
        preconditions: the conditions that its requests may have.
    """

    preconditions: Preconditions
    _use: Use
    _writer: Writer | None
    _seed: int
    _base_path: str

    @classmethod
    def of(cls, resource: Resource, use: Use, seed: int, base_path: str) -> SessionResource:
        """Compile an operation on a resource."""
        is_search = use.role == "action" and not use.id_parameter  # `POST /orders/search`
        writer = None if is_search or use.role in _READS else Writer(resource, use)
        return cls(Preconditions(use.operation), use, writer, seed, base_path)

    def apply(
        self,
        plan: ResourcePlan,
        transaction: Transaction,
        request: Request,
        parsed: ParsedRequest,
        example: JsonObject | None,
    ) -> tuple[World, Written | None]:
        """The entities that the request sees, and what it wrote; None if it only reads.

        Args:
            plan: makes the bodies of the operation.
            transaction: the session's state, and where to put changes.
            request: the request.
            parsed: its values.
            example: the item of the response example that the document pairs with this request.

        Raises:
            ProblemError: the write can't be done.
        """
        state = transaction.state
        if self._writer is None and state.version == UNTOUCHED and state.initial is None:
            return plan.base, None
        world = SessionWorld(plan.base, transaction, self._seed, self._base_path)
        if self._writer is None:
            return world, None

        def implied_id(parents: Parents) -> str:
            return plan.implied_id(parsed, world, parents)

        return world, self._writer.write(world, parsed, request.headers, implied_id, example)

    def choice_after(self, written: Written, choice: Choice) -> Choice:
        """The documented response to a write: 201 if it created something, else another one."""
        responses = [each for each in self._use.operation.responses if each.status in ("200", "201", "204")]
        if len(responses) < 2 or (choice.status == 201) == written.is_new:
            return choice
        fitting = [each for each in responses if (each.status == "201") == written.is_new]
        best = next((each for each in fitting if bool(each.content) == bool(choice.response.content)), None)
        found = best or next(iter(fitting), None)
        if found is None:
            return choice
        return replace(choice, response=found, status=int(found.status), offer=None)
