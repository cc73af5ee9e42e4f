"""From a JSON report back to what it says, for merging and for other formats."""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jsonschema_rs

from signoff.conformance.evidence import State
from signoff.conformance.report import json_report
from signoff.conformance.report.model import (
    AcceptedEntry,
    Body,
    ClauseEntry,
    ExcerptLine,
    ExchangeEntry,
    FailureEntry,
    OperationEntry,
    OperationName,
    Place,
    Report,
)
from signoff.contract import DataError

_NOTHING = Body("", 0, is_shortened=False)
_LARGEST = 512 * 1024 * 1024


def read(path: str | Path) -> Report:
    """The report that a file of `--report json=FILE` holds.

    Raises:
        DataError: it cannot be read, or is no such report.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _LARGEST:
            raise DataError(f"the report {path} is larger than {_LARGEST} octets")
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise DataError(f"the report {path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"the report {path} is not JSON: {str(error).splitlines()[0]}") from None
    schema = json.loads(json_report.schema_file().read_text(encoding="utf-8"))
    for fault in jsonschema_rs.Draft202012Validator(schema).iter_errors(content):
        place = "/".join(map(str, fault.instance_path))
        raise DataError(
            f"{path} is no report of this version of Signoff: at /{place}: {fault.message[:200]}",
            mend="Give files that `signoff test --report json=FILE` wrote.",
        )
    return _report(content)


def _report(content: dict[str, Any]) -> Report:
    names = tuple(OperationName(item["id"], item["label"], item["summary"]) for item in content["operations"])
    accepted = tuple(
        AcceptedEntry(_failure(item), item["reason"], item["expires"] or "") for item in content["accepted"]
    )
    failures = tuple(map(_failure, content["failures"]))
    known = {failure.fingerprint: failure for failure in (*(entry.failure for entry in accepted), *failures)}
    clauses: dict[str, list[ClauseEntry]] = {}
    for item in content["clauses"]:
        clauses.setdefault(item["operation"], []).append(_clause(item, known))
    return Report(
        version=content["signoff"],
        started_at=datetime.fromisoformat(content["started_at"]),
        elapsed_s=content["elapsed_s"],
        title=content["title"],
        document=content["document"],
        target=content["target"],
        seed=content["seed"],
        requests=content["requests"],
        statuses={int(status): count for status, count in content["statuses"].items()},
        passed=content["verdict"] == "pass",
        document_digest=content["document_digest"],
        settings=content["settings"],
        shard=content["shard"] or "",
        outline=names,
        operations=tuple(
            OperationEntry(name.id, name.label, name.summary, tuple(clauses[name.id]))
            for name in names
            if name.id in clauses
        ),
        failures=failures,
        warnings=tuple(map(_failure, content["warnings"])),
        errors=tuple(content["errors"]),
        accepted=accepted,
        cut_short=tuple(content["partial"]),
        notes=tuple(content["notes"]),
        shortfalls=tuple(content["shortfalls"]),
    )


def _clause(item: dict[str, Any], failures: dict[str, FailureEntry]) -> ClauseEntry:
    return ClauseEntry(
        item["id"],
        item["operation"],
        item["kind"],
        item["title"],
        State(item["state"]),
        item["reason"] or "",
        _place(item["location"]),
        _shown(item["evidence"]) if item["evidence"] else None,
        failures.get(item["failure"] or ""),
    )


def _place(item: dict[str, Any]) -> Place:
    return Place(item["file"], item["path"] or "", item["line"], item["column"], item["pointer"])


def _shown(item: dict[str, Any]) -> ExchangeEntry:
    """The exchange that shows a clause, of which the report keeps what is shown."""
    return ExchangeEntry(
        label=item["request"],
        method="",
        url="",
        request_headers=(),
        request_body=_NOTHING,
        status=item["status"],
        reason=_phrase(item["status"]),
        response_headers=(),
        response_body=_NOTHING,
        elapsed_s=item["elapsed_s"],
        fault="",
        curl=item["curl"],
    )


def _failure(item: dict[str, Any]) -> FailureEntry:
    return FailureEntry(
        check=item["check"],
        family=item["family"],
        severity=item["severity"],
        rationale=item["rationale"],
        source=item["source"],
        clause=item["clause"],
        operation=item["operation"],
        operation_label=item["operation_label"],
        message=item["message"],
        expected=item["expected"],
        actual=item["actual"],
        place=_place(item["location"]),
        excerpt=tuple(
            ExcerptLine(line["line"], line["text"], line["line"] == item["location"]["line"])
            for line in item["excerpt"]
        ),
        exchange=_exchange(item),
        fingerprint=item["fingerprint"],
    )


def _exchange(item: dict[str, Any]) -> ExchangeEntry:
    request, response = item["exchange"]["request"], item["exchange"]["response"]
    return ExchangeEntry(
        label=item["request"],
        method=request["method"],
        url=request["url"],
        request_headers=tuple((name, value) for name, value in request["headers"]),
        request_body=_body(request["body"]),
        status=response["status"],
        reason=_phrase(response["status"]),
        response_headers=tuple((name, value) for name, value in response["headers"]),
        response_body=_body(response["body"]),
        elapsed_s=item["elapsed_s"],
        fault=response["fault"] or "",
        curl=item["curl"],
    )


def _body(item: dict[str, Any]) -> Body:
    return Body(item["text"], item["octets"], item["shortened"])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
