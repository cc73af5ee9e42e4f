"""How far a run is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells while it goes on.

    Attributes:
        phase: what is being done, in a word or two.
        requests: how many answers have been judged or are waiting for it.
        failures: how many failures are known.
    """

    phase: str
    requests: int = 0
    failures: int = 0
