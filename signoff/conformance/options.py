"""How a run is to go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.conformance.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.conformance.limits import Rate
    from signoff.conformance.selection import Requirement
    from signoff.conformance.shards import Shard


@dataclass(frozen=True, slots=True)
class Options:
    """How to run.

    Attributes:
        seed: what the random search follows from; the corpus needs none.
        max_examples: the most requests that the search makes up for one operation.
        corpus_only: leave the search out.
        headers: header fields for every request, over those of the data file.
        timeout_s: how long one exchange may take, in seconds.
        verify: whether certificates are checked, or the file of authorities to check them with.
        max_time_s: when to stop sending, in seconds from the start; None for no limit.
        rate: the most requests in a time; None for no limit.
        workers: how many threads the search sends from; the corpus is sent in order by one.
        shard: the part of the operations to test; None for all.
        only: the ids of the operations to test; None for all. The stateful search is left out then.
        selection: which checks to make.
        require: what must have been shown for a pass.
        max_response_time_s: how long an answer may take, in seconds; None for as long as it likes.
    """

    seed: int = 0
    max_examples: int = 50
    corpus_only: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 10.0
    verify: bool | str = True
    max_time_s: float | None = None
    rate: Rate | None = None
    workers: int = 1
    shard: Shard | None = None
    only: frozenset[str] | None = None
    selection: Selection = field(default_factory=Selection)
    require: Requirement = "nothing-violated"
    max_response_time_s: float | None = None
