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


def refuse_hopeless(
    exchanges: Sequence[Exchange], base_url: str, base_path: str, *, is_whole: bool = True
) -> None:
    """Refuse a target that answers everything alike in a way that no API does.

    Args:
        exchanges: the fixed requests as far as they were sent.
        base_url: where.
        base_path: where the contract would have it.
        is_whole: whether all operations of the contract were asked for.

    Raises:
        SetupError: every request was redirected, unauthorised, unknown, or could not be answered.
    """
    if not exchanges:
        return
    # An odd method is often refused below the application, and an answer to HEAD has no content to break
    # off in: neither says anything of the API.
    plain = [
        exchange for exchange in exchanges if exchange.intent != "method" and exchange.sent.method != "HEAD"
    ] or exchanges
    statuses = {exchange.status for exchange in plain}
    if statuses == {0}:
        fault = exchanges[0].received.fault
        raise SetupError(f"no request to {base_url} was answered: {fault}", suggestion=_suggestion(fault))
    statuses.discard(0)  # an answer that broke off is a failure of an API that is there
    if all(300 <= status < 400 for status in statuses):
        first = next(exchange.received for exchange in plain if exchange.status)
        where = first.header("location") or "elsewhere"
        raise SetupError(
            f"every request to {base_url} is redirected to {where}",
            suggestion="If it redirects to a login, pass -H 'Authorization: …'; else use the final URL.",
        )
    # Who sends nonsense is refused as such before anybody asks who it is.
    meant = [exchange for exchange in exchanges if exchange.intent in ("positive", "existing")] or exchanges
    if {exchange.status for exchange in meant} == {401}:
        raise SetupError(
            f"every request to {base_url} is answered 401",
            suggestion="Give credentials with -H 'Authorization: …', or as `users` in the data file.",
        )
    # Where only one operation is asked for, it may be missing while the others are there.
    operations = {exchange.subject.id for exchange in plain}
    if statuses == {404} and (len(operations) > 1 or is_whole):
        raise SetupError(
            f"{base_url} answers none of the contract's operations: every request is answered 404",
            suggestion=f"Does the URL end in the right base path? The contract's is {base_path or '/'}.",
        )
    if statuses <= {502, 503, 504}:
        raise SetupError(f"{base_url} is not ready: every request is answered {min(statuses)}")


def _suggestion(fault: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in fault:
        return "Name the authority of its certificate with --cacert FILE, or do not check it: --insecure."
    if "SSL" in fault or "TLS" in fault:
        return "Does the server speak TLS on this port? Perhaps the URL should begin with http://."
    if "illegal" in fault or "without sending a response" in fault:
        return "Does the server speak HTTP on this port? Perhaps the URL should begin with https://."
    return "Is this the right address, and is the server healthy?"
