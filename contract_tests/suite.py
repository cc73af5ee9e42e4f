"""One run: the corpus, then the search, then the verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contract_tests.client import Client
from contract_tests.evidence import Evidence
from contract_tests.fixed_requests import FixedRequests
from contract_tests.gaps import explain_own_gaps
from contract_tests.generation import schema_for
from contract_tests.judge import Judge
from contract_tests.known_values import credentials_of, secrets_of
from contract_tests.preparation import prepared
from contract_tests.requirement import shortfalls
from contract_tests.search import search
from contract_tests.selection import Selection
from contract_tests.target import reachable, wait_until_listening
from contract_tests.target_data import TargetData
from openapi import SetUpError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contract_tests.exchange import Exchange, Fields
    from contract_tests.selection import Requirement
    from openapi import Contract

_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to run.

    Attributes:
        seed: what the random search follows from; the corpus needs none.
        max_examples: the most requests that the search makes up for one operation.
        corpus_only: leave the search out.
        headers: header fields for every request, over those of the data file.
        timeout_s: how long to wait for one answer, in seconds.
        selection: which checks to make.
        require: what must have been shown for a pass.
        max_response_time_s: how long an answer may take, in seconds; None for as long as it likes.
    """

    seed: int = 0
    max_examples: int = 50
    corpus_only: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 10.0
    selection: Selection = field(default_factory=Selection)
    require: Requirement = "nothing-violated"
    max_response_time_s: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a run.

    Attributes:
        target: as the user named it.
        errors: what went wrong on our side of the wire while searching.
        elapsed_s: how long the run took, in seconds.
        credentials: the header fields that the user gave for every request; reports keep their values out.
    """

    target: str
    contract: Contract
    options: Options
    evidence: Evidence
    errors: tuple[str, ...]
    elapsed_s: float
    credentials: Fields = ()

    @property
    def passed(self) -> bool:
        """Whether nothing broke the contract, and all was shown that had to be."""
        return not self.evidence.errors and not self.shortfalls

    @property
    def shortfalls(self) -> list[str]:
        """What the run should have shown and did not, one sentence each."""
        return shortfalls(self.evidence, self.options.require)

    @property
    def complete(self) -> bool:
        """Whether everything was sent that was meant to be; a partial run may have missed something."""
        return not self.errors


def run(
    target: str,
    contract: Contract,
    data: TargetData | None = None,
    options: Options | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Verdict:
    """Test a target against a contract.

    Args:
        target: a base URL, or `module:app`.
        contract: what the target claims to keep.
        data: what exists there.
        options: how to run.
        progress: told in a few words what is being done.

    Raises:
        SetUpError: the target cannot be reached, or does not answer as this API at all.
    """
    started = time.perf_counter()
    options = options or Options()
    data = data or TargetData()
    if not contract.operations:
        raise SetUpError(f"{contract.source_name} has no operations to test")
    with reachable(target, contract) as base_url:
        in_process = "://" not in target
        wait_until_listening(base_url, patience_s=_PATIENCE_S if in_process else 0.0)
        is_timed = options.max_response_time_s is not None
        evidence = Evidence(contract, replace(options.selection, is_timed=is_timed))
        errors: list[str] = []
        with (
            Client(timeout_s=options.timeout_s) as client,
            prepared(data, client, base_url, errors) as known,
        ):
            data = known.acting_with(options.headers)
            judge = Judge(
                contract,
                urlsplit(base_url).path,
                evidence,
                secrets_of(data),
                bound_s=options.max_response_time_s,
            )
            progress("corpus")
            fixed = FixedRequests(contract, base_url, data, judge, client)
            data = fixed.send_all()
            refuse_hopeless(fixed.exchanges, base_url, contract.base_path)
            for exchange in fixed.exchanges:
                judge.judge(exchange)
            judge.relate(fixed.exchanges)
            if not options.corpus_only:
                schema = schema_for(
                    contract, base_url, data, seed=options.seed, max_examples=options.max_examples
                )
                errors += search(schema, judge, progress)
    evidence.explain_gaps()
    explain_own_gaps(evidence, fixed.exchanges, data)
    elapsed_s = time.perf_counter() - started
    credentials = credentials_of(data)
    return Verdict(target, contract, options, evidence, tuple(errors), elapsed_s, credentials)


def refuse_hopeless(exchanges: list[Exchange], base_url: str, base_path: str) -> None:
    """Tell a target that is not this API at all from one that breaks its contract.

    Raises:
        SetUpError: every request was redirected, unauthorised, unknown, or could not be answered.
    """
    # An odd method is often refused below the application, which says nothing of it.
    plain = [exchange for exchange in exchanges if exchange.intent != "method"] or exchanges
    statuses = {exchange.status for exchange in plain}
    meant = [exchange for exchange in exchanges if exchange.intent in ("positive", "existing")] or exchanges
    first = exchanges[0].received
    if statuses == {0}:
        raise SetUpError(f"no request to {base_url} was answered: {first.fault}")
    if all(300 <= status < 400 for status in statuses):
        where = first.header("location") or "elsewhere"
        raise SetUpError(
            f"every request to {base_url} is redirected to {where}",
            mend="Is a login needed? Give credentials with -H 'Authorization: …', or test the final URL.",
        )
    if {exchange.status for exchange in meant} == {401}:
        raise SetUpError(
            f"every request to {base_url} is answered 401",
            mend="Give credentials with -H 'Authorization: …', or as `people` in the data file.",
        )
    if statuses == {404}:
        raise SetUpError(
            f"{base_url} answers none of the contract's operations: every request is answered 404",
            mend=f"Does the URL end in the right base path? The contract's is {base_path or '/'}.",
        )
    if statuses <= {502, 503, 504}:
        raise SetUpError(f"{base_url} is not ready: every request is answered {min(statuses)}")
