"""Converts a verdict to a report: redacts secrets, adds locations and fingerprints, limits sizes."""

from __future__ import annotations

import codecs
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from signoff.conformance.curl import curl, variables
from signoff.conformance.report.model import RunReport, check_rules
from signoff.conformance.report.redaction import Redactor
from signoff.contract import SignoffError
from signoff.contract.requirements import rule_id
from signoff.reporting import model
from signoff.reporting.markdown import plain
from signoff.reporting.model import (
    Body,
    ClauseEntry,
    ExcerptLine,
    Item,
    Level,
    OperationEntry,
    Place,
    signoff_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.checks import Failure
    from signoff.conformance.evidence import ClauseEvidence, Verdict
    from signoff.conformance.exchange import Exchange, Fields
    from signoff.conformance.options import Options
    from signoff.contract import Contract, Location
    from signoff.contract.json_value import JsonObject, JsonValue

_BEFORE, _AFTER = 4, 6
_WIDTH = 200


def excerpt(contract: Contract, place: Location) -> tuple[ExcerptLine, ...]:
    """The lines around a location in one of the contract's files. Empty if the line is unknown.

    Long lines are cut to a readable width around the column.
    """
    line = place.line
    source = next((source for source in contract.bundle.files if source.name == place.file), None)
    if source is None or line < 1:
        return ()
    try:
        lines = source.text.splitlines()
    except SignoffError:
        return ()
    first = max(1, line - _BEFORE)
    return tuple(
        ExcerptLine(number, _cut(text, place.column if number == line else 1), number == line)
        for number, text in enumerate(lines[first - 1 : line + _AFTER], first)
    )


def _cut(text: str, column: int) -> str:
    if len(text) <= _WIDTH:
        return text
    start = max(0, min(column - 1 - _WIDTH // 4, len(text) - _WIDTH))
    shown = text[start : start + _WIDTH]
    return ("…" if start else "") + shown + ("…" if start + _WIDTH < len(text) else "")


SHOWN_CHARACTERS = 4000
# A character has at most 4 bytes. More is read because redaction can shorten the text.
_READ_BYTES = 16 * SHOWN_CHARACTERS


def report_of(verdict: Verdict) -> RunReport:
    """The report of a verdict. Call it right after the run: the start time is computed from now."""
    return _Reporter(verdict).report()


class _Reporter:
    """Creates the entries of one report. Entries that several clauses share are created once."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.contract = verdict.contract
        self._items: dict[int, Item] = {}
        self._exchanges: dict[int, model.Exchange] = {}
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

    def report(self) -> RunReport:
        verdict, evidence, text = self.verdict, self.verdict.evidence, self.text
        outline = tuple(
            OperationEntry(operation.id, plain(operation.label), text(operation.summary))
            for operation in self.contract.operations
        )
        return RunReport(
            version=signoff_version(),
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
            outline=outline,
            operations=self.operations(outline),
            items=tuple(map(self.item, (*evidence.errors, *evidence.warnings))),
            rules=check_rules(verdict.options.checks),
            errors=tuple(map(text, verdict.errors)),
            cut_short=tuple(map(text, verdict.cut_short)),
            notes=(
                *map(text, (*verdict.notes, *evidence.notes)),
                *self.note_on_variables(),
            ),
            setup_problem=text(verdict.setup_problem),
            shortfalls=tuple(map(text, verdict.shortfalls)),
        )

    def note_on_variables(self) -> Iterator[str]:
        """What the shell variables in the commands of failures stand for."""
        failures = [failure.exchange for failure in self.verdict.evidence.failures.values()]
        found = (variables(self.redactor.sent(exchange.sent)) for exchange in failures)
        names = list(dict.fromkeys(name for each in found for name in each))
        if names:
            shown = " and ".join(names)
            yield f"the curl commands contain {shown} in place of credentials: set them in the shell first"

    def operations(self, outline: tuple[OperationEntry, ...]) -> tuple[OperationEntry, ...]:
        clauses: dict[str, list[ClauseEntry]] = {}
        for found in self.verdict.evidence.clauses.values():
            clauses.setdefault(found.clause.operation, []).append(self.clause(found))
        return tuple(
            replace(entry, clauses=tuple(clauses[entry.id])) for entry in outline if entry.id in clauses
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
            self.item(found.failure) if found.failure else None,
        )

    def item(self, failure: Failure) -> Item:
        if id(failure) not in self._items:
            self._items[id(failure)] = self._item(failure)
        return self._items[id(failure)]

    def _item(self, failure: Failure) -> Item:
        check, fault, subject = failure.check, failure.fault, failure.exchange.subject
        level = Level(check.severity.value)
        text = self.text
        found = self.contract.locate(fault.pointer or subject.pointer)
        lines = excerpt(self.contract, found)
        return Item(
            id=check.id,
            level=level,
            fails=level is Level.ERROR,
            family=check.family,
            rationale=check.rationale,
            source=check.source,
            clause=rule_id(subject, check.id),
            operation=subject.id,
            subject=plain(subject.label),
            message=text(fault.message),
            expected=text(fault.expected),
            actual=text(fault.actual),
            place=self.place(found),
            excerpt=tuple(replace(line, text=text(line.text)) for line in lines),
            exchange=self.exchange(failure.exchange),
            second_opinion=text(self.verdict.evidence.second_opinion.on(failure)),
            fingerprint=_fingerprint(failure, found),
        )

    def exchange(self, exchange: Exchange) -> model.Exchange:
        if id(exchange) not in self._exchanges:
            self._exchanges[id(exchange)] = self._exchange(exchange)
        return self._exchanges[id(exchange)]

    def _exchange(self, exchange: Exchange) -> model.Exchange:
        sent = self.redactor.sent(exchange.sent)
        received = exchange.received
        received = self.redactor.received(replace(received, body=received.body[:_READ_BYTES]))
        body = _body(received.body, len(exchange.received.body))
        return model.Exchange(
            self.text(exchange.label),
            model.Request(
                plain(sent.method),
                plain(sent.url),
                self.fields(sent.headers),
                _body(sent.body, len(exchange.sent.body)),
            ),
            model.Response(
                received.status,
                self.fields(received.headers),
                replace(body, text=self.redactor.text(body.text)),
                plain(received.fault),
            ),
            received.elapsed_s,
            plain(curl(sent)),
        )

    def place(self, found: Location) -> Place:
        if found.file not in self._files:
            file = self.text(found.file)
            self._files[found.file] = (file, model.relative(file))
        file, path = self._files[found.file]
        return Place(file, found.line, found.column, plain(found.pointer), path)


def _body(content: bytes, size: int) -> Body:
    """A body as text. Bytes that are not text are escaped as in Python."""
    head = content[: 4 * SHOWN_CHARACTERS]
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=len(content) == len(head))
    except UnicodeDecodeError:
        text = head.decode("ascii", "backslashreplace")
    text = plain(text)
    return Body(text[:SHOWN_CHARACTERS], size, len(text) > SHOWN_CHARACTERS or len(content) > len(head))


def _digest(document: JsonObject) -> str:
    """A hash of the parsed document, independent of its formatting."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _settings(options: Options) -> dict[str, JsonValue]:
    """The options that determine which requests are sent and how responses are checked."""
    return {
        "seed": options.seed,
        "max_examples": options.max_examples,
        "no_fuzzing": options.no_fuzzing,
        "check": [*sorted(options.selection.only)],
        "skip": [*sorted(options.selection.skipped)],
        "include": [*options.include],
        "exclude": [*options.exclude],
        "read_only": options.read_only,
        "require": options.require,
        "max_response_time_s": options.max_response_time_s,
    }


def _fingerprint(failure: Failure, place: Location) -> str:
    """A hash of names only, without line numbers and values, so that unrelated edits do not change it."""
    head = failure.fault.message.partition(":")[0]
    parts = [failure.check.id, failure.exchange.subject.id, Path(place.file).name, place.pointer, head]
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
