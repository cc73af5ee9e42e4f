"""What a run must have shown to pass, beside that nothing is violated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.evidence import State

if TYPE_CHECKING:
    from signoff.conformance.evidence import ClauseEvidence, Evidence
    from signoff.conformance.selection import Requirement


def shortfalls(evidence: Evidence, require: Requirement) -> list[str]:
    """The clauses that were to be exercised and were not, one sentence each.

    `documented-statuses` asks for each status that the document has by its number, `all` for every
    clause. Neither asks for 5xx, which no request should bring about.
    """
    return [
        f"--require {require}: {found.clause.id} was not exercised: {found.reason}"
        for found in evidence.clauses.values()
        if found.state is State.NOT_EXERCISED and _is_required(found, require)
    ]


def _is_required(found: ClauseEvidence, require: Requirement) -> bool:
    status = found.clause.id.partition("/responses/")[2].partition("/")[0]
    if require == "nothing-violated" or status.startswith("5"):
        return False
    return require == "all" or (found.clause.kind == "status" and status.isdecimal())
