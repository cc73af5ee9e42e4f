"""From a verdict to what its reports say: redacted, located, bounded, fingerprinted."""

from __future__ import annotations

import codecs
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from signoff.conformance.curl import curl
from signoff.conformance.report.excerpt import excerpt
from signoff.conformance.report.model import (
    Body,
    ClauseEntry,
    ExchangeEntry,
    FailureEntry,
    OperationEntry,
    OperationName,
    Place,
    Report,
)
from signoff.conformance.report.redaction import Redactor
from signoff.contract.requirements import rule_id
from signoff.reporting.place import relative
from signoff.reporting.plain_text import plain

if TYPE_CHECKING:
    from signoff.conformance.checks import Failure
    from signoff.conformance.evidence import ClauseEvidence
    from signoff.conformance.exchange import Exchange, Fields, Received
    from signoff.conformance.options import Options
    from signoff.conformance.verdict import Verdict
    from signoff.contract import Location, Operation
    from signoff.contract.json_value import JsonObject, JsonValue

SHOWN_CHARACTERS = 4000
# A character has four octets at most; what is read beyond them is for secrets that taking out makes room.
_READ_OCTETS = 16 * SHOWN_CHARACTERS


def report_of(verdict: Verdict) -> Report:
    """What the reports of a verdict say; made right after the run, so that it knows when that began."""
    return _Reporter(verdict).report()


def _version() -> str:
    try:
        return version("signoff")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


class _Reporter:
    """Makes the entries of one report; what many clauses share is made once."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.contract = verdict.contract
        self._failures: dict[int, FailureEntry] = {}
        self._exchanges: dict[int, ExchangeEntry] = {}
        self._files: dict[str, tuple[str, str]] = {}

    @cached_property
    def redactor(self) -> Redactor:
        evidence = self.verdict.evidence
        shown = [found.exchange for found in evidence.clauses.values() if found.exchange]
        shown += [failure.exchange for failure in evidence.failures.values()]
        sent = {exchange.sent.headers for exchange in shown}
        return Redactor(self.verdict.credentials, self.contract.security_schemes, sent)

    def text(self, text: str) -> str:
        return plain(self.redactor.text(text))

    def fields(self, fields: Fields) -> Fields:
        return tuple((plain(name), plain(value)) for name, value in fields)

    def report(self) -> Report:
        verdict, evidence, text = self.verdict, self.verdict.evidence, self.text
        return Report(
            version=_version(),
            started_at=datetime.now(UTC) - timedelta(seconds=verdict.elapsed_s),
            elapsed_s=verdict.elapsed_s,
            title=text(self.contract.title),
            document=text(self.contract.source_name),
            target=text(verdict.target),
            seed=verdict.options.seed,
            requests=evidence.requests,
            statuses=dict(sorted(evidence.statuses.items())),
            passed=verdict.passed,
            document_digest=_digest(self.contract.document),
            settings=_settings(verdict.options),
            shard=str(verdict.options.shard or ""),
            outline=tuple(self.name(operation) for operation in self.contract.operations),
            operations=self.operations(),
            failures=tuple(self.failure(failure) for failure in evidence.errors),
            warnings=tuple(self.failure(failure) for failure in evidence.warnings),
            errors=tuple(text(error) for error in verdict.errors),
            cut_short=tuple(text(reason) for reason in verdict.cut_short),
            notes=tuple(text(note) for note in verdict.notes),
            shortfalls=tuple(text(sentence) for sentence in verdict.shortfalls),
        )

    def name(self, operation: Operation) -> OperationName:
        return OperationName(operation.id, plain(operation.label), self.text(operation.summary))

    def operations(self) -> tuple[OperationEntry, ...]:
        clauses: dict[str, list[ClauseEntry]] = {}
        for found in self.verdict.evidence.clauses.values():
            clauses.setdefault(found.clause.operation, []).append(self.clause(found))
        names = [self.name(operation) for operation in self.contract.operations if operation.id in clauses]
        return tuple(
            OperationEntry(name.id, name.label, name.summary, tuple(clauses[name.id])) for name in names
        )

    def clause(self, found: ClauseEvidence) -> ClauseEntry:
        clause = found.clause
        return ClauseEntry(
            clause.id,
            clause.operation,
            clause.kind,
            self.text(clause.title),
            found.state,
            self.text(found.reason),
            self.place(self.contract.locate(clause.pointer)),
            self.exchange(found.exchange) if found.exchange else None,
            self.failure(found.failure) if found.failure else None,
        )

    def failure(self, failure: Failure) -> FailureEntry:
        if id(failure) not in self._failures:
            self._failures[id(failure)] = self._failure(failure)
        return self._failures[id(failure)]

    def _failure(self, failure: Failure) -> FailureEntry:
        check, fault, subject = failure.check, failure.fault, failure.exchange.subject
        text = self.text
        found = self.contract.locate(fault.pointer or subject.pointer)
        lines = excerpt(self.contract, found)
        return FailureEntry(
            check=check.id,
            family=check.family,
            severity=check.severity.value,
            rationale=check.rationale,
            source=check.source,
            clause=rule_id(subject, check.id),
            operation=subject.id,
            operation_label=plain(subject.label),
            message=text(fault.message),
            expected=text(fault.expected),
            actual=text(fault.actual),
            place=self.place(found),
            excerpt=tuple(type(line)(line.number, text(line.text), line.is_named) for line in lines),
            exchange=self.exchange(failure.exchange),
            fingerprint=_fingerprint(failure, found),
        )

    def exchange(self, exchange: Exchange) -> ExchangeEntry:
        if id(exchange) not in self._exchanges:
            self._exchanges[id(exchange)] = self._exchange(exchange)
        return self._exchanges[id(exchange)]

    def _exchange(self, exchange: Exchange) -> ExchangeEntry:
        sent = self.redactor.sent(exchange.sent)
        received = self.redactor.received(_bounded(exchange.received))
        answer = _body(received.body, len(exchange.received.body))
        return ExchangeEntry(
            label=self.text(exchange.label),
            method=plain(sent.method),
            url=plain(sent.url),
            request_headers=self.fields(sent.headers),
            request_body=_body(sent.body, len(exchange.sent.body)),
            status=received.status,
            reason=_phrase(received.status),
            response_headers=self.fields(received.headers),
            response_body=replace(answer, text=self.redactor.text(answer.text)),
            elapsed_s=received.elapsed_s,
            fault=plain(received.fault),
            curl=plain(curl(sent)),
        )

    def place(self, found: Location) -> Place:
        if found.file not in self._files:
            file = self.text(found.file)
            self._files[found.file] = (file, relative(file))
        file, path = self._files[found.file]
        return Place(file, path, found.line, found.column, plain(found.pointer))


def _bounded(received: Received) -> Received:
    return replace(received, body=received.body[:_READ_OCTETS])


def _body(octets: bytes, size: int) -> Body:
    """What can be shown of a body; octets that are no text are escaped as Python escapes them."""
    head = octets[: 4 * SHOWN_CHARACTERS]
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=len(octets) == len(head))
    except UnicodeDecodeError:
        text = head.decode("ascii", "backslashreplace")
    text = plain(text)
    return Body(text[:SHOWN_CHARACTERS], size, len(text) > SHOWN_CHARACTERS or len(octets) > len(head))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _digest(document: JsonObject) -> str:
    """Made of what the document says, not of how it is laid out."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _settings(options: Options) -> dict[str, JsonValue]:
    """What decides which requests a run sends, and what it makes of the answers."""
    return {
        "seed": options.seed,
        "max_examples": options.max_examples,
        "corpus_only": options.corpus_only,
        "check": [*sorted(options.selection.only)],
        "skip": [*sorted(options.selection.skipped)],
        "require": options.require,
        "max_response_time_s": options.max_response_time_s,
    }


def _fingerprint(failure: Failure, place: Location) -> str:
    """Made of names only, of no line number nor value, so that edits elsewhere do not change it."""
    head = failure.fault.message.partition(":")[0]
    parts = [failure.check.id, failure.exchange.subject.id, Path(place.file).name, place.pointer, head]
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
