"""Patience with a target that does not answer, but not without end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.conformance.exchange import TransportFault
from signoff.contract import SetupError

if TYPE_CHECKING:
    from signoff.conformance.exchange import Exchange
    from signoff.contract import Operation

# So many requests in a row may be waited for in vain before an operation is left alone.
_IN_A_ROW = 3
# So many in all before the whole run is.
IN_ALL = 12


@dataclass(slots=True)
class Patience:
    """How often a target was waited for in vain.

    Attributes:
        silent: the ids of the operations that are left alone because they do not answer.
        cut_short: why not all of it was sent, one sentence each.
        given_up: whether nothing more should be sent at all.
        waited: how many requests were waited for in vain.
    """

    silent: set[str] = field(default_factory=set)
    cut_short: list[str] = field(default_factory=list)
    given_up: bool = False
    waited: int = 0
    _has_answers: bool = False
    _waited: dict[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many more requests may be waited for in vain."""
        return IN_ALL - self.waited

    def give_up(self, reason: str) -> None:
        """Nothing more is to be sent."""
        self.given_up = True
        self.cut_short.append(reason)

    def count(self, exchange: Exchange) -> None:
        """Take note of how a request was answered.

        Raises:
            SetupError: the target takes requests and answers none.
        """
        operation = exchange.subject
        self._has_answers = self._has_answers or exchange.status != 0
        if exchange.received.fault_kind is not TransportFault.TIMEOUT:
            self._waited[operation.id] = 0
            return
        self.waited += 1
        in_a_row = self._waited[operation.id] = self._waited.get(operation.id, 0) + 1
        if in_a_row >= _IN_A_ROW:
            self._leave_alone(operation, exchange)
        if self.waited >= IN_ALL:
            self.give_up(f"{self.waited} requests were not answered, so the rest was not sent")

    def _leave_alone(self, operation: Operation, exchange: Exchange) -> None:
        if not self._has_answers:
            raise SetupError(
                f"no request to {exchange.sent.url} was answered: {exchange.received.fault}",
                suggestion="Is the server up and the URL right? --request-timeout says how long to wait.",
            )
        self.silent.add(operation.id)
        self.cut_short.append(
            f"{operation.label}: {_IN_A_ROW} requests in a row were not answered, so the rest was not sent"
        )
