"""Which responses of a run were judged in part, because of a limit on what is read of one response."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.conformance.checks.leaks import SEARCHED_IN_PART, is_searched_in_part
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange


@dataclass(slots=True)
class PartlyJudged:
    """The responses so far, by the reason."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def note(self, exchange: Exchange) -> None:
        """Count a response that was judged in part."""
        for reason in _reasons(exchange):
            self.counts[reason] += 1
            self.examples.setdefault(reason, exchange.subject.label)

    def sentences(self) -> Iterator[str]:
        """One for each reason."""
        for reason, count in self.counts.items():
            verb = "was" if count == 1 else "were"
            shown = f"such as of {self.examples[reason]}"
            yield f"{counted(count, 'response')} {verb} judged in part, {shown}: {reason}"


def _reasons(exchange: Exchange) -> Iterator[str]:
    if exchange.received.left_out:
        yield exchange.received.left_out
    if exchange.content_type.startswith("text/csv") and (body := exchange.body[0]) and body.left_out:
        yield body.left_out
    if is_searched_in_part(exchange):
        yield SEARCHED_IN_PART
