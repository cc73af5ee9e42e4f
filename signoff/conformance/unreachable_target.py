"""Distinguishing a target that is not this API, or does not respond, from one that breaks its contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.conformance.exchange import TransportFault
from signoff.contract import SetupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Operation

# After this many timeouts in a row, an operation gets no more requests.
_IN_A_ROW = 3
# After this many timeouts in total, the run stops.
IN_ALL = 12


@dataclass(slots=True)
class FailureBudget:
    """How many timeouts a run still accepts.

    Attributes:
        silent: the ids of the operations that get no more requests because they do not respond.
        cut_short: why requests were not sent, one sentence each.
        given_up: whether to stop sending.
        waited: the number of timeouts.
    """

    silent: set[str] = field(default_factory=set)
    cut_short: list[str] = field(default_factory=list)
    given_up: bool = False
    waited: int = 0
    _has_answers: bool = False
    _waited: dict[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """The number of timeouts that are left."""
        return IN_ALL - self.waited

    def give_up(self, reason: str) -> None:
        """Stop sending."""
        self.given_up = True
        self.cut_short.append(reason)

    def count(self, exchange: Exchange) -> None:
        """Count the result of a request.

        Raises:
            SetupError: the target accepts requests and never responds.
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
            self.give_up(f"{self.waited} requests got no response, so the rest was not sent")

    def _leave_alone(self, operation: Operation, exchange: Exchange) -> None:
        if not self._has_answers:
            raise SetupError(
                f"no response from {exchange.sent.url}: {exchange.received.fault}",
                suggestion="Check the server and the URL, or increase --request-timeout.",
            )
        self.silent.add(operation.id)
        self.cut_short.append(
            f"{operation.label}: {_IN_A_ROW} requests in a row got no response, so the rest was not sent"
        )


def reject_unreachable(
    exchanges: Sequence[Exchange], base_url: str, base_path: str, *, is_whole: bool = True
) -> None:
    """Reject a target whose responses are all the same and not those of the API.

    Args:
        exchanges: the deterministic cases that were sent.
        base_url: the URL of the target.
        base_path: the base path in the contract.
        is_whole: whether all operations of the contract are tested.

    Raises:
        SetupError: every request was redirected, unauthorized, not found, or failed.
    """
    if not exchanges:
        return
    # Ignore unusual methods, which servers often reject before the application, and HEAD, whose responses
    # have no content.
    plain = [
        exchange for exchange in exchanges if exchange.intent != "method" and exchange.sent.method != "HEAD"
    ] or exchanges
    statuses = {exchange.status for exchange in plain}
    if statuses == {0}:
        fault = exchanges[0].received.fault
        raise SetupError(f"no response from {base_url}: {fault}", suggestion=_suggestion(fault))
    statuses.discard(0)  # an incomplete response is a failure of the API
    if all(300 <= status < 400 for status in statuses):
        first = next(exchange.received for exchange in plain if exchange.status)
        where = first.header("location") or "another URL"
        raise SetupError(
            f"every request to {base_url} is redirected to {where}",
            suggestion="If it redirects to a login, pass -H 'Authorization: …'. Otherwise use the final URL.",
        )
    # Servers may reject invalid requests before they check credentials.
    meant = [
        exchange for exchange in exchanges if exchange.intent in ("positive", "candidate", "existing")
    ] or exchanges
    if {exchange.status for exchange in meant} == {401}:
        raise SetupError(
            f"every request to {base_url} gets a 401 response",
            suggestion="Pass valid credentials, such as -H 'Authorization: Bearer …' or -H 'X-API-Key: …',"
            " or log in with a data file (--data).",
        )
    # If only one operation is tested, the others may exist.
    operations = {exchange.subject.id for exchange in plain}
    if statuses == {404} and (len(operations) > 1 or is_whole):
        raise SetupError(
            f"{base_url} serves none of the document's operations: every request gets a 404 response",
            suggestion=f"Check the base path of the URL. The document's base path is {base_path or '/'}.",
        )
    if statuses <= {502, 503, 504}:
        raise SetupError(
            f"{base_url} is not ready: every request gets a {min(statuses)} response",
            suggestion="Wait until the server has started, or check its gateway.",
        )


def _suggestion(fault: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in fault:
        return "Pass the CA bundle with --cacert FILE, or skip certificate verification with --insecure."
    if "SSL" in fault or "TLS" in fault:
        return "Check that the server uses TLS on this port. Otherwise use an http:// URL."
    if "illegal" in fault or "without sending a response" in fault:
        return "Check that the server uses plain HTTP on this port. Otherwise use an https:// URL."
    return "Check the URL and that the server is healthy."
