"""Sending the corpus, with patience for a target that does not answer, but not without end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contract_tests.client import TIMED_OUT
from openapi import SetUpError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contract_tests.client import Client
    from contract_tests.corpus import Planned
    from contract_tests.exchange import Exchange
    from contract_tests.judge import Judge
    from contract_tests.limits import Deadline, Pace

# So many requests in a row may be waited for in vain before an operation is left alone.
_PATIENCE = 3
# So many in all before the whole run is.
PATIENCE_IN_ALL = 12


@dataclass(slots=True)
class CorpusRun:
    """The corpus as far as it was sent.

    Attributes:
        exchanges: in the order sent; not yet judged.
        silent: the ids of the operations that were left alone because they do not answer.
        cut_short: why not all of it was sent, one sentence each.
        given_up: whether nothing more should be sent at all.
        waited: how many requests were waited for in vain.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    cut_short: list[str] = field(default_factory=list)
    given_up: bool = False
    waited: int = 0
    _waited: dict[str, int] = field(default_factory=dict)

    def send(
        self,
        planned: Iterable[Planned],
        client: Client,
        judge: Judge,
        pace: Pace,
        deadline: Deadline,
        on_answer: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Send what is planned, in order; the caller may interrupt it and use what there is.

        Raises:
            SetUpError: the target takes requests and answers none.
        """
        for request in planned:
            if deadline.has_passed:
                self.cut_short.append(deadline.reason)
                self.given_up = True
            if self.given_up:
                return
            if request.subject.id in self.silent:
                continue
            pace.wait()
            received = client.send(request.sent)
            self.exchanges.append(
                judge.exchange(
                    request.sent,
                    received,
                    subject=request.subject,
                    intent=request.intent,
                    label=request.label,
                    expected=request.expected,
                )
            )
            on_answer(len(self.exchanges))
            self._keep_patience(self.exchanges[-1])

    def _keep_patience(self, exchange: Exchange) -> None:
        operation, fault = exchange.subject, exchange.received.fault
        if not fault.startswith(TIMED_OUT):
            self._waited[operation.id] = 0
            return
        waited = self._waited[operation.id] = self._waited.get(operation.id, 0) + 1
        self.waited += 1
        if waited >= _PATIENCE and not any(sent.status for sent in self.exchanges):
            raise SetUpError(
                f"no request to {exchange.sent.url} was answered: {fault}",
                mend="Is the server up and the URL right? --request-timeout says how long to wait.",
            )
        if waited >= _PATIENCE:
            self.silent.add(operation.id)
            self.cut_short.append(
                f"{operation.label}: {waited} requests in a row were not answered, so the rest was not sent"
            )
        if self.waited >= PATIENCE_IN_ALL:
            self.given_up = True
            self.cut_short.append(f"{self.waited} requests were not answered, so the rest was not sent")
