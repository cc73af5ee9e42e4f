"""Comparing our judge with openapi-core on every exchange of a run (`--cross-check`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.conformance.checks.conformance import response_headers, response_schema
from signoff.conformance.complaint import CannotJudgeError
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.checks import Check
    from signoff.conformance.complaint import Complaint, Kind
    from signoff.conformance.exchange import Exchange
    from signoff.conformance.second_opinion import SecondOpinion

_MOST_LISTED = 20
_ON_RESPONSES: tuple[tuple[Check, Kind], ...] = ((response_schema, "schema"), (response_headers, "header"))


@dataclass(slots=True)
class CrossCheck:
    """What both said of the exchanges so far."""

    opinion: SecondOpinion
    compared: int = 0
    disagreements: Counter[str] = field(default_factory=Counter)
    not_judged: Counter[str] = field(default_factory=Counter)

    def compare(self, exchange: Exchange) -> None:
        """Compare both on a request and on its response."""
        if exchange.operation is None or exchange.received.fault:
            return
        for compare in (self._requests, self._responses):
            try:
                for sentence in compare(exchange):
                    self.disagreements[sentence] += 1
            except CannotJudgeError as reason:
                self.not_judged[str(reason)] += 1

    def _requests(self, exchange: Exchange) -> Iterator[str]:
        faults = exchange.request.faults if exchange.request else ()
        if any(fault.arguable for fault in faults):
            return
        complaints = self.opinion.of_request(exchange)
        self.compared += 1
        if bool(complaints) != bool(faults):
            ours = f"{faults[0].location} {faults[0].place}: {faults[0].detail}" if faults else ""
            yield _sentence("request", exchange, ours, complaints)

    def _responses(self, exchange: Exchange) -> Iterator[str]:
        # Undocumented statuses and media types have no schema to compare by.
        if exchange.response is None or (exchange.received.body and exchange.media_type is None):
            return
        complaints = self.opinion.of_response(exchange)
        self.compared += 1
        for check, kind in _ON_RESPONSES:
            ours = [fault.message for fault in check.find(exchange)] if check.applies(exchange) else []
            theirs = [complaint for complaint in complaints if complaint.kind == kind]
            is_judged = kind == "header" or check.applies(exchange)
            if is_judged and bool(ours) != bool(theirs):
                yield _sentence("response", exchange, ours[0] if ours else "", theirs)

    def notes(self) -> Iterator[str]:
        """The result, one sentence each."""
        disagreed = counted(self.disagreements.total(), "disagreement")
        yield f"cross-check: openapi-core judged {counted(self.compared, 'message')}: {disagreed}"
        for sentence, count in self.disagreements.most_common(_MOST_LISTED):
            yield f"cross-check: {sentence}{f' ({count} times)' if count > 1 else ''}"
        if (rest := len(self.disagreements) - _MOST_LISTED) > 0:
            yield f"cross-check: {counted(rest, 'more disagreement')}"
        for reason, count in self.not_judged.most_common(_MOST_LISTED):
            yield f"cross-check: openapi-core cannot judge {count}: {reason}"
        if (rest := len(self.not_judged) - _MOST_LISTED) > 0:
            yield f"cross-check: {counted(rest, 'more reason')} why openapi-core cannot judge"


def _sentence(side: str, exchange: Exchange, ours: str, theirs: list[Complaint]) -> str:
    status = f" ({exchange.status})" if side == "response" else ""
    other = theirs[0].text if theirs else "valid"
    return f"{side} of {exchange.subject.label}{status}: Signoff: {ours or 'valid'}; openapi-core: {other}"
