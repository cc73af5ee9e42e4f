"""Judging recorded traffic: the same clauses, checks and reports, and nothing is sent."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signoff.conformance.evidence import Evidence
from signoff.conformance.har import read_har
from signoff.conformance.judge import Judge
from signoff.conformance.options import Options
from signoff.conformance.verdict import Verdict
from signoff.contract import SetupError
from signoff.contract.paths import operations_table
from signoff.reporting.model import State

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from signoff.conformance.exchange import Received, Sent
    from signoff.contract import Contract, Operation

_PORTS = {"http": 80, "https": 443}
_MOST_ORIGINS = 5


def judge_recording(
    path: str | Path, contract: Contract, base_url: str = "", options: Options | None = None
) -> Verdict:
    """Judge the traffic that a HAR file holds.

    Entries of other servers and of other paths are left out and counted, as are those that show no whole
    exchange. Answers are judged one by one: what was sent between two of them is not known.

    Args:
        path: the file.
        contract: what the traffic claims to keep.
        base_url: where the API was reached; found from the document's servers without one.
        options: which checks to make, and what must be shown.

    Raises:
        DataError: the file is no HAR file.
        SetupError: none of its traffic is of this API, or it cannot be told which is.
    """
    started = time.perf_counter()
    recording = read_har(path)
    left_out = recording.left_out
    if not recording.exchanges:
        raise SetupError(
            f"{path} holds no exchange that can be judged: {_counted(left_out) or 'it is empty'}"
        )
    base = _base_of([sent for sent, _ in recording.exchanges], contract, base_url, str(path))
    options = replace(options or Options(), corpus_only=True)
    bound_s = options.max_response_time_s
    evidence = Evidence(contract, replace(options.selection, is_timed=bound_s is not None), options.checks)
    judge = Judge(contract, base.path, evidence, bound_s=bound_s)
    subjects = _Subjects(contract, base)
    for sent, received in recording.exchanges:
        _judge(judge, subjects, sent, received, left_out)
    if not evidence.requests:
        raise SetupError(
            f"none of the requests in {path} is one of the contract's: {_counted(left_out)}",
            suggestion=f"Requests under {base} were looked at; --base-url says where the API was reached.",
        )
    evidence.explain_gaps()
    for found in evidence.clauses.values():
        if found.state is State.NOT_COVERED:
            found.reason = "no recorded exchange shows this"
    total = left_out.total()
    words = "1 recorded entry was" if total == 1 else f"{total} recorded entries were"
    notes = (f"{words} left out: {_counted(left_out)}",) if total else ()
    elapsed_s = time.perf_counter() - started
    return Verdict(str(path), contract, options, evidence, (), elapsed_s, notes=notes)


def _judge(judge: Judge, subjects: _Subjects, sent: Sent, received: Received, left_out: Counter[str]) -> None:
    if not subjects.base.covers(sent.url):
        left_out[f"not under {subjects.base}"] += 1
        return
    subject = subjects.of(sent)
    if subject is None:
        left_out["of no path of the document"] += 1
        return
    label = f"recorded {sent.method} {sent.path}"
    judge.judge(judge.exchange(sent, received, subject=subject, intent="search", label=label))


@dataclass(frozen=True, slots=True)
class _Base:
    """Where an API is: its origin, empty for any, and its path without a closing slash."""

    origin: str
    path: str

    def covers(self, url: str) -> bool:
        """Whether a request went there."""
        path = urlsplit(url).path
        is_below = path == self.path or path.startswith(f"{self.path}/")
        return is_below and self.origin in ("", _origin(url))

    def __str__(self) -> str:
        return f"{self.origin}{self.path or '/'}"


class _Subjects:
    """Which operation a request is about."""

    def __init__(self, contract: Contract, base: _Base) -> None:
        self.base = base
        self._table = operations_table(contract)

    def of(self, sent: Sent) -> Operation | None:
        """The operation; for another method on a path of the document, one of that path's."""
        path = sent.path.removeprefix(self.base.path)
        methods = [sent.method, *self._table.methods(path)]
        matches = (self._table.match(method, path) for method in methods)
        return next((match[0] for match in matches if match), None)


def _base_of(sent: list[Sent], contract: Contract, base_url: str, file: str) -> _Base:
    """Where the API was reached.

    Raises:
        SetupError: the document does not say, and several servers answered.
    """
    if base_url:
        if urlsplit(base_url).scheme not in _PORTS or not urlsplit(base_url).hostname:
            raise SetupError(
                f"--base-url {base_url!r} is no http(s) URL",
                suggestion="Say it as in http://127.0.0.1:4010/api.",
            )
        return _Base(_origin(base_url), urlsplit(base_url).path.rstrip("/"))
    anywhere = _Base("", contract.base_path)
    subjects = _Subjects(contract, anywhere)
    reached = {
        _origin(request.url): None
        for request in sent
        if anywhere.covers(request.url) and subjects.of(request)
    }
    documented = [origin for origin in reached if origin in _documented_origins(contract)]
    origins = documented or list(reached)
    if len(origins) > 1:
        shown = ", ".join(origins[:_MOST_ORIGINS])
        raise SetupError(
            f"several servers in {file} answered paths of the document: {shown}",
            suggestion="Say with --base-url which of them is the API's.",
        )
    return _Base(origins[0] if origins else "", contract.base_path)


def _documented_origins(contract: Contract) -> set[str]:
    servers = contract.document.get("servers")
    urls = (
        [server.get("url") for server in servers if isinstance(server, dict)]
        if isinstance(servers, list)
        else []
    )
    return {_origin(url) for url in urls if isinstance(url, str) and "://" in url and "{" not in url}


def _origin(url: str) -> str:
    """Scheme, host and port in one spelling (RFC 6454, section 6.2)."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    shown = f":{port}" if port and port != _PORTS.get(parts.scheme) else ""
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{shown}"


def _counted(left_out: Counter[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in left_out.most_common())
