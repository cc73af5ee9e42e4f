"""The kit's checks for a Schemathesis suite that you already have.

    from signoff.conformance.schemathesis_checks import checks_for

    CHECKS = checks_for(signoff.load("openapi.yaml"), "http://127.0.0.1:8000")

    @schema.parametrize()
    def test_api(case):
        case.call_and_validate(checks=CHECKS)

Only checks of a single exchange are among them: what needs several responses, known values or credentials is
for `signoff test`. Each is registered with `schemathesis.check`, under its id with underscores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import schemathesis

from signoff.conformance.checks import KIT, Severity
from signoff.conformance.checks.conformance import checks_of
from signoff.conformance.evidence import Evidence
from signoff.conformance.exchange import Received
from signoff.conformance.generation import from_prepared
from signoff.conformance.judge import Judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.conformance.checks import Catalogue, Check
    from signoff.conformance.exchange import Exchange
    from signoff.conformance.generation import GeneratedCase
    from signoff.contract import Contract

    CheckFunction = Callable[[schemathesis.CheckContext, schemathesis.Response, GeneratedCase], bool | None]


def checks_for(contract: Contract, base_url: str = "", catalogue: Catalogue = KIT) -> list[CheckFunction]:
    """The checks as Schemathesis calls them; a warning of ours is none of its failures.

    Args:
        contract: what responses are held to; the document that the suite's schema was made from.
        base_url: where the target is reached, for the path that goes before the document's; the
            document's own base path where it is empty.
        catalogue: the kit's checks; with `load_checks`, a project's own as well.
    """
    exchanges = _Exchanges(contract, urlsplit(base_url).path if base_url else contract.base_path)
    own = [check for checks in checks_of(contract).values() for check in checks]
    return [
        _function(check, exchanges)
        for check in [*catalogue.checks.values(), *own]
        if check.severity is Severity.ERROR
    ]


class _Exchanges:
    """What the contract says of a response, worked out once for all checks."""

    def __init__(self, contract: Contract, base_path: str) -> None:
        self._contract = contract
        self._judge = Judge(contract, base_path, Evidence(contract))
        self._last: tuple[schemathesis.Response, Exchange | None] | None = None

    def of(self, response: schemathesis.Response, case: GeneratedCase) -> Exchange | None:
        """The exchange; None where the case is of no operation of the contract."""
        if self._last is None or self._last[0] is not response:
            self._last = (response, self._made(response, case))
        return self._last[1]

    def _made(self, response: schemathesis.Response, case: GeneratedCase) -> Exchange | None:
        path, method = case.operation.path, str(case.operation.method).upper()
        on_path = [operation for operation in self._contract.operations if operation.path == path]
        subject = next((op for op in on_path if op.method == method), next(iter(on_path), None))
        if subject is None:
            return None
        sent = from_prepared(response.request, {})
        return self._judge.exchange(sent, _as_received(response), subject=subject, intent="fuzzing")


def _function(check: Check, exchanges: _Exchanges) -> CheckFunction:
    def signoff_check(
        _: schemathesis.CheckContext, response: schemathesis.Response, case: GeneratedCase
    ) -> bool | None:
        exchange = exchanges.of(response, case)
        if exchange is None or not check.applies(exchange):
            return True
        for fault in check.find(exchange):
            raise AssertionError(
                f"{check.id}: {fault.message}\nexpected: {fault.expected}\nactual: {fault.actual}"
            )
        return None

    signoff_check.__name__ = check.id.replace("-", "_")
    signoff_check.__doc__ = check.find.__doc__
    return schemathesis.check(signoff_check)


def _as_received(response: schemathesis.Response) -> Received:
    """A response of Schemathesis as a value."""
    fields = tuple((name, value) for name, values in response.headers.items() for value in values)
    return Received(response.status_code, fields, response.content, response.elapsed)
