"""Why a requirement was not covered, and what would cover it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.credentials import carriers
from signoff.conformance.effects import changes_what_exists, creates_by_name, path_names
from signoff.contract.body_reader import why_not_judged
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from signoff.conformance.contrast import Contrast
    from signoff.conformance.known_values import Kind, TargetData
    from signoff.contract import Contract, Operation
    from signoff.contract.requirements import Clause

_SHORT = {
    "example": "no response had all properties of the example",
    "condition": "no response met the condition",
    "value": "no response had this value",
    "required": "no response had the object of this property",
}


class Gaps:
    """Explains the gaps of one run."""

    def __init__(
        self,
        contract: Contract,
        contrast: Contrast,
        data: TargetData | None = None,
        withheld: Mapping[str, str] | None = None,
    ) -> None:
        self._contract = contract
        self._contrast = contrast
        self._data = data
        self._withheld = withheld or {}
        self._operations = {operation.id: operation for operation in contract.operations}
        self._obstacles = {operation.id: self._obstacle(operation) for operation in contract.operations}

    def reason(self, clause: Clause, *, is_seen: bool, of_check: str = "") -> str:
        """The reason for one requirement.

        Args:
            clause: the requirement.
            is_seen: whether the response that it is about was seen.
            of_check: for the requirement of a check, the check's own reason.
        """
        operation = self._operations[clause.operation]
        if self._data is not None and (skip := self._data.of(operation).skip):
            return skip if skip.startswith("left out by --") else f"skipped in the data file ({skip})"
        withheld = self._withheld.get(operation.id, "")
        if withheld and not self._contrast.valid.get(operation.id):
            return withheld
        if obstacle := self._obstacles[operation.id]:
            return obstacle
        if withheld and "path parameter" in clause.title:
            return withheld
        return (
            self._of_rejections(clause)
            or _why_not_judged(clause, operation)
            or of_check
            or self._in_vain(clause, operation)
            or _gap(clause, operation, is_seen=is_seen)
        )

    def _of_rejections(self, clause: Clause) -> str:
        """Why the rejections of invalid requests prove nothing; empty if there was none."""
        if beside := self._contrast.beside.get(clause.id):
            statuses = " and ".join(map(str, sorted(beside)))
            return f"only rejected with {statuses}, which does not show that this is checked"
        if clause.id in self._contrast.flawed:
            return "rejected, but the error response itself violates other requirements"
        if self._contrast.waits(clause.id):
            return "rejected, but no valid request for the same resource and user succeeded"
        return ""

    def _in_vain(self, clause: Clause, operation: Operation) -> str:
        """Why a rejection was not seen although the data file has a value for it; empty if it has none."""
        kinds: dict[str, Kind] = {"403": "forbidden", "404": "missing"}
        kind = kinds.get(clause.status)
        names = path_names(operation)[-1:]
        if kind is None or not names or self._data is None or clause.kind != "status":
            return ""
        values = self._data.known(names[0], operation).of(kind)
        return f"no {clause.status} response, not even to the {kind} {names[0]} {values[0]}" if values else ""

    def setup_problem(self, chosen: frozenset[str] | None) -> str:
        """What is wrong with the setup; empty if valid requests to most operations succeed.

        Credentials that were given and never accepted are wrong, however few operations need them.
        """
        tried = {
            operation_id: self._operations[operation_id]
            for operation_id in self._contrast.valid
            if (chosen is None or operation_id in chosen) and not self._is_spared(operation_id)
        }
        stuck = [operation for operation in tried.values() if self._obstacles[operation.id]]
        for operation in stuck:
            if set(self._contrast.valid[operation.id]) == {401} and self._has_credentials(operation):
                reason = self._obstacles[operation.id]
                return f"the credentials were not accepted. {operation.label}: {reason}"
        if not stuck or 2 * len(stuck) < len(tried):
            return ""
        first = stuck[0]
        return (
            f"no valid request succeeded for {len(stuck)} of {counted(len(tried), 'operation')},"
            f" so little was tested. {first.label}: {self._obstacles[first.id]}"
        )

    def _is_spared(self, operation_id: str) -> bool:
        """Whether an operation was only called with unused values, to protect existing data."""
        operation = self._operations[operation_id]
        names = path_names(operation)[-1:]
        if self._data is None or not names or not changes_what_exists(self._contract, operation):
            return False
        if not _is_about_resource(self._contrast.valid.get(operation_id)):
            return False
        known = self._data.known(names[0], operation)
        is_given = bool(known.disposable) if operation.method == "DELETE" else bool(known.existing)
        return not is_given or known.is_listed

    def _obstacle(self, operation: Operation) -> str:
        """Why no valid request to the operation succeeded, and the next step; empty if one did."""
        statuses = self._contrast.valid.get(operation.id)
        if not statuses or self._contrast.has_succeeded(operation):
            return ""
        (status, count), total = statuses.most_common(1)[0], statuses.total()
        if count < total:
            seen = ", ".join(f"{n} got {s or 'no response'}" for s, n in _ordered(statuses))
            lead = f"none of {total} valid requests succeeded ({seen})"
        elif total == 1:
            lead = f"the only valid request got {status or 'no response'}"
        else:
            lead = f"all {total} valid requests got {status or 'no response'}"
        step = self._next_step(operation, status)
        return f"{lead}: {step}" if step else lead

    def _next_step(self, operation: Operation, status: int) -> str:
        has_body, names = operation.request_body is not None, path_names(operation)
        match status:
            case 401:
                verb = "check" if self._has_credentials(operation) else "pass credentials with"
                step = f"{verb} {self._credentials(operation)}, or add `users` to the data file"
            case 403 if self._lacks_values(operation):
                step = self._value_to_name(operation)
            case 403:
                step = "use credentials that may call it"
            case 404 | 405:
                step = self._value_to_name(operation) if status == 404 and names else ""
                step = step or "check that the target's base URL is right"
            case 429:
                step = "the target limits requests: use --rate-limit"
            case 400 | 409 | 412 | 415 | 422 if has_body:
                step = f"add a body that succeeds under `operations.{operation.id}.bodies` in the data file"
            case 400 | 409 | 412 | 422 if operation.parameters:
                name = (names or [operation.parameters[0].name])[0]
                step = f"name a value that succeeds under `values.{name}.existing` in the data file"
            case _:
                step = ""
        return step

    def _lacks_values(self, operation: Operation) -> bool:
        """Whether requests had a path value that nothing may have, so that a 403 may hide that."""
        if self._data is None or self._is_spared(operation.id):
            return bool(path_names(operation))
        return not all(self._data.known(name, operation).existing for name in path_names(operation))

    def _value_to_name(self, operation: Operation) -> str:
        names = path_names(operation)
        if creates_by_name(operation):
            place = f"operations.{operation.id}.values.{names[-1]}.existing"
            return f"name a value that succeeds under `{place}` in the data file"
        if self._is_spared(operation.id):
            kinds = "disposable" if operation.method == "DELETE" else "disposable` or `existing"
            return f"name a value of {names[-1]} that may be changed, as `{kinds}`, in the data file"
        named = " and ".join(f"`values.{name}.existing`" for name in names)
        return f"name an existing value under {named} in the data file"

    def _has_credentials(self, operation: Operation) -> bool:
        """Whether the run has credentials for an operation, right or wrong."""
        if self._data is None:
            return False
        given = {name.lower() for name in (*self._data.headers, *self._data.query)}
        wanted = {carrier.name.lower() for each in carriers(self._contract, operation) for carrier in each}
        return bool(given & wanted)

    def _credentials(self, operation: Operation) -> str:
        """The option that passes the credentials of an operation."""
        first = next((carrier for each in carriers(self._contract, operation) for carrier in each), None)
        if first is None or first.scheme:
            return "-H 'Authorization: …'"
        if first.place == "header":
            return f"-H '{first.name}: …'"
        return "-H 'Cookie: …'" if first.place == "cookie" else f"the query parameter {first.name}"


def _is_about_resource(statuses: Counter[int] | None) -> bool:
    """Whether most requests were rejected for the resource: a 403 may hide that it is missing."""
    return statuses is not None and bool(statuses) and max(statuses, key=lambda s: statuses[s]) in (403, 404)


def _ordered(statuses: Counter[int]) -> list[tuple[int, int]]:
    return sorted(statuses.items(), key=lambda entry: (-entry[1], entry[0]))


def _why_not_judged(clause: Clause, operation: Operation) -> str:
    """Why a documented media type is not judged; empty for other requirements."""
    if clause.kind != "media_type":
        return ""
    offers = (offer for response in operation.responses for offer in response.content)
    offer = next((offer for offer in offers if offer.pointer == clause.pointer), None)
    return why_not_judged(offer.name, offer.schema) if offer else ""


def _gap(clause: Clause, operation: Operation, *, is_seen: bool) -> str:
    match clause.kind:
        case "header":
            return "no valid response with this status had the header, which is optional"
        case "parameter" | "body":
            return "no invalid value could be derived from the schema"
        case "constraint":
            return "no request with only this error could be generated"
        case "security":
            return "no request without these credentials got 401 or 403"
        case "required" | "condition" | "value" | "example":
            return _SHORT[clause.kind] if is_seen else _unseen(clause, operation)
    return _unseen(clause, operation)


def _unseen(clause: Clause, operation: Operation) -> str:
    status = clause.status
    if not status:
        return "no request with this example succeeded: add a valid body to the data file (--data)"
    if status[:1] == "5":
        return "no request caused a server error, as intended"
    names = [parameter.name for parameter in operation.parameters if parameter.location == "path"]
    if status in ("403", "404") and names:
        kind = "forbidden" if status == "403" else "missing"
        return f"no {status} response: add a {kind} value for {names[-1]} to the data file (--data)"
    if status == "403":
        return "no 403 response: add a user with `denied-operations` to the data file (--data)"
    if clause.kind == "media_type":
        return f"no valid response with status {status}"
    return f"no response with status {status}"
