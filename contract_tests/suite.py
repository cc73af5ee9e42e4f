"""One run: the corpus, then the search, then the verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contract_tests.client import TIMED_OUT, TOO_LARGE, Client
from contract_tests.corpus import plan
from contract_tests.corpus_run import PATIENCE_IN_ALL, CorpusRun
from contract_tests.evidence import Evidence
from contract_tests.exchange import Sent
from contract_tests.generation import schema_for
from contract_tests.hopeless import refuse_hopeless
from contract_tests.interruption import Interruption
from contract_tests.judge import Judge
from contract_tests.limits import Deadline, Pace
from contract_tests.options import Options
from contract_tests.progress import Progress
from contract_tests.search import search
from contract_tests.search_run import SearchRun
from contract_tests.shards import around, operations_of
from contract_tests.target import reachable, wait_until_listening
from contract_tests.target_data import TargetData
from contract_tests.verdict import Verdict
from openapi import SetUpError

if TYPE_CHECKING:
    from collections.abc import Callable

    from openapi import Contract

__all__ = ["Options", "Verdict", "run"]

_PATIENCE_S = 10.0


def run(
    target: Any,  # noqa: ANN401 - any ASGI or WSGI application
    contract: Contract,
    data: TargetData | None = None,
    options: Options | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Verdict:
    """Test a target against a contract.

    An interrupt (`KeyboardInterrupt`) ends the run early; the verdict then says so and holds what was found.

    Args:
        target: a base URL, `module:app`, or an ASGI or WSGI application.
        contract: what the target claims to keep.
        data: what exists there.
        options: how to run.
        progress: told how far the run is.

    Raises:
        SetUpError: the target cannot be reached, or does not answer as this API at all.
    """
    options = options or Options()
    data = data or TargetData()
    data = replace(data, headers={**data.headers, **options.headers})
    if not contract.operations:
        raise SetUpError(f"{contract.source_name} has no operations to test")
    deadline = Deadline(options.max_time_s)
    with reachable(target, contract) as base_url:
        is_in_process = not (isinstance(target, str) and "://" in target)
        wait_until_listening(base_url, patience_s=_PATIENCE_S if is_in_process else 0.0)
        return _Run(target, contract, data, options, base_url, deadline, progress).verdict()


@dataclass(slots=True)
class _Run:
    """What the steps of one run share."""

    target: Any
    contract: Contract
    data: TargetData
    options: Options
    base_url: str
    deadline: Deadline
    progress: Callable[[Progress], None]
    errors: list[str] = field(default_factory=list)
    cut_short: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)
    pace: Pace = field(init=False)
    evidence: Evidence = field(init=False)
    judge: Judge = field(init=False)
    phase: str = ""

    def __post_init__(self) -> None:
        self.pace = Pace(self.options.rate)
        self.evidence = Evidence(self.contract)
        chosen = chosen_operations(self.contract, self.options)
        if chosen is not None:
            clauses = self.evidence.clauses
            self.evidence.clauses = {
                clause_id: found for clause_id, found in clauses.items() if found.clause.operation in chosen
            }
        self.judge = Judge(self.contract, urlsplit(self.base_url).path, self.evidence)

    def verdict(self) -> Verdict:
        """Send, search and judge."""
        signal = 0
        try:
            self._send_and_search()
        except KeyboardInterrupt as interrupt:
            signal = interrupt.number if isinstance(interrupt, Interruption) else Interruption.KEYBOARD
            self.cut_short.append("the run was interrupted")
        finally:
            # Whatever set the target up for the run is to be torn down here.
            pass
        self.evidence.explain_gaps()
        return Verdict(
            target_name(self.target),
            self.contract,
            self.options,
            self.evidence,
            tuple(self.errors),
            time.perf_counter() - self.started,
            tuple(self.data.headers.items()),
            tuple(self.cut_short),
            signal=signal,
        )

    def _send_and_search(self) -> None:
        sent = self._corpus()
        if sent.given_up or self.options.corpus_only:
            return
        chosen = chosen_operations(self.contract, self.options)
        searched = {operation.id for operation in self.contract.operations} if chosen is None else chosen
        if reason := self._refuses_to_be_probed():
            self.cut_short.append(reason)
            return
        schema = schema_for(self.contract, self.base_url, self.data, self.options, searched - sent.silent)
        patience = PATIENCE_IN_ALL - sent.waited
        run = SearchRun(self.judge, self.pace, self.options.timeout_s, chosen, self._tell, patience)
        errors, cut_short = search(schema, run, self.deadline, self._begin)
        self.errors += errors
        self.cut_short += [cut_short] if cut_short else []

    def _refuses_to_be_probed(self) -> str:
        """Why Schemathesis cannot try the server out, which it does without bounds; empty where it can."""
        with Client(timeout_s=self.options.timeout_s, verify=self.options.verify) as client:
            received = client.send(Sent("GET", self.base_url, (), b""))
        fault = received.fault
        if fault.startswith((TIMED_OUT, TOO_LARGE)):
            return f"the search was left out: GET {self.base_url} has no answer that ends ({fault})"
        return ""

    def _corpus(self) -> CorpusRun:
        """Send the corpus and judge it."""
        self._begin("corpus")
        chosen = chosen_operations(self.contract, self.options)
        schema = schema_for(self.contract, self.base_url, self.data, self.options)
        planned = (
            request
            for request in plan(around(self.contract, chosen), schema, self.base_url, self.data)
            if chosen is None or request.subject.id in chosen
        )
        sending = CorpusRun()
        try:
            with Client(timeout_s=self.options.timeout_s, verify=self.options.verify) as client:
                sending.send(planned, client, self.judge, self.pace, self.deadline, self._tell)
            is_whole = self.options.only is None
            refuse_hopeless(sending.exchanges, self.base_url, self.contract.base_path, is_whole=is_whole)
        finally:  # an interrupted corpus is judged as far as it went
            for exchange in sending.exchanges:
                self.judge.judge(exchange)
            self.judge.relate(sending.exchanges)
            self.cut_short += sending.cut_short
        return sending

    def _begin(self, phase: str) -> None:
        self.phase = phase
        self._tell()

    def _tell(self, waiting: int = 0) -> None:
        self.progress(Progress(self.phase, self.evidence.requests + waiting, len(self.evidence.failures)))


def target_name(target: Any) -> str:  # noqa: ANN401 - any ASGI or WSGI application
    """How reports name a target."""
    if isinstance(target, str):
        return target
    name = getattr(target, "__qualname__", type(target).__qualname__)
    return f"{getattr(target, '__module__', type(target).__module__)}:{name}"


def chosen_operations(contract: Contract, options: Options) -> frozenset[str] | None:
    """The ids of the operations that a run is about; None for all."""
    if options.shard is not None:
        return operations_of(contract, options.shard)
    return options.only
