"""Why clauses were not exercised, where the reason is who asked or what the data file leaves out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from signoff.conformance.evidence import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.conformance.evidence import Evidence
    from signoff.conformance.exchange import Exchange
    from signoff.conformance.known_values import TargetData

_OWN_RULES = {
    "auth-enforced": "no request without credentials was answered 401, 403 or with success",
    "object-authorization": "nobody is known who may not see a value: name one in the data file,"
    " as `may-not-see` of one of its `people`",
    "function-authorization": "nobody is known who may not call it: name it in the data file,"
    " under `may-not-call` of one of its `people`",
    "secrets-not-echoed": "no credentials were sent: give them with -H, or as `people` in the data file",
    "link-leads-somewhere": "no answer carried what a documented link needs",
    "created-is-found": "nothing could be created and read again by its id",
    "updated-is-kept": "nothing could be created, changed and read again by its id",
    "deleted-is-gone": "nothing could be created, deleted and asked for again by its id",
}


def explain_own_gaps(evidence: Evidence, exchanges: Iterable[Exchange], data: TargetData) -> None:
    """Give better reasons than the general ones to clauses that were not exercised."""
    operations = {operation.id: operation for operation in evidence.contract.operations}
    refused = _refused(exchanges)
    for found in evidence.clauses.values():
        if found.state is not State.NOT_EXERCISED:
            continue
        operation = operations[found.clause.operation]
        rule = found.clause.id.rpartition("/")[2] if found.clause.kind == "rule" else ""
        if skip := data.of(operation).skip:
            found.reason = f"left out by the data file: {skip}"
        elif operation.id in refused:
            found.reason = (
                "every request was answered 401: give credentials with -H, or as `people` in the data file"
            )
        elif rule in _OWN_RULES:
            found.reason = _OWN_RULES[rule]


def _refused(exchanges: Iterable[Exchange]) -> set[str]:
    """The ids of the operations of which every plain request was answered 401."""
    statuses: dict[str, set[int]] = defaultdict(set)
    for exchange in exchanges:
        if exchange.intent in ("positive", "existing", "forbidden", "missing"):
            statuses[exchange.subject.id].add(exchange.status)
    return {operation for operation, seen in statuses.items() if seen == {401}}
