"""The JSON report, for programs and `signoff merge`. `report.schema.json` in this directory describes it.

JSON objects with the same members as a class of the model are converted from and to that class.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import jsonschema_rs

from signoff.aliases import REPORT_VERSION, current_report, former_report, notice
from signoff.conformance.checks import KIT
from signoff.conformance.report.model import RunReport, check_rules
from signoff.contract import DataError
from signoff.reporting.model import (
    Acceptance,
    Body,
    ClauseEntry,
    ExcerptLine,
    Exchange,
    Item,
    Level,
    OperationEntry,
    Place,
    Request,
    Response,
    State,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    _Value = TypeVar("_Value", bound=DataclassInstance)

_LARGEST = 512 * 1024 * 1024
_EXPECTED_FILES = "Pass files written by `signoff test --report json=FILE`."
# The members of a failure, and the attributes of an item with their values.
_ITEM = {"check": "id", "family": "family", "severity": "level", "clause": "clause", "operation": "operation"}
_ITEM |= {"operation_label": "subject"}
_ITEM |= {name: name for name in ("message", "expected", "actual", "rationale", "source", "fingerprint")}


def schema_file() -> Path:
    """The JSON Schema of the report."""
    return Path(__file__).with_name("report.schema.json")


def render(report: RunReport) -> str:
    """The report as JSON: verdict and run details, then requirements, failures, warnings and errors."""
    return _text(_content(report))


def render_former(report: RunReport) -> str:
    """The report as JSON in the form of the previous release."""
    return _text(former_report(_content(report)))


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _content(report: RunReport) -> dict[str, Any]:
    return {
        "format_version": REPORT_VERSION,
        "signoff": report.version,
        "verdict": report.verdict,
        "complete": report.is_complete,
        "partial": report.cut_short,
        "title": report.title,
        "document": report.document,
        "document_digest": report.document_digest,
        "target": report.target,
        "seed": report.seed,
        "settings": report.settings,
        "shard": report.shard or None,
        "operations": [
            {"id": name.id, "label": name.label, "summary": name.summary} for name in report.outline
        ],
        "requests": report.requests,
        "statuses": report.statuses,
        "started_at": report.started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "elapsed_s": round(report.elapsed_s, 3),
        "clauses": [_clause(clause) for clause in report.clauses],
        "failures": [_item(item) for item in report.failures],
        "accepted": [_item(item) for item in report.accepted],
        "warnings": [_item(item) for item in report.warnings],
        "errors": report.errors,
        "notes": report.notes,
        "setup_problem": report.setup_problem or None,
        "shortfalls": report.shortfalls,
    }


def _clause(clause: ClauseEntry) -> dict[str, Any]:
    return {
        "id": clause.id,
        "operation": clause.operation,
        "kind": clause.kind,
        "title": clause.title,
        "state": clause.state.value,
        "reason": clause.reason or None,
        "location": _location(clause.place),
        "evidence": _evidence(clause.exchange) if clause.exchange else None,
        "failure": clause.failure.fingerprint if clause.failure else None,
    }


def _location(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "path": place.path or None,
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
    }


def _evidence(exchange: Exchange) -> dict[str, Any]:
    return {
        "request": exchange.label,
        "status": exchange.response.status,
        "elapsed_s": round(exchange.elapsed_s, 6),
        "curl": exchange.curl,
    }


def _item(item: Item) -> dict[str, Any]:
    values = {member: getattr(item, name) for member, name in _ITEM.items()}
    found = values | {
        "severity": item.level.value,
        "location": _location(item.place),
        "excerpt": [{"line": line.line, "text": line.text} for line in item.excerpt],
    }
    if item.exchange:
        request, response = asdict(item.exchange.request), asdict(item.exchange.response)
        response["fault"] = response["fault"] or None
        found |= _evidence(item.exchange) | {"exchange": {"request": request, "response": response}}
    if item.second_opinion:
        found["second_opinion"] = item.second_opinion
    if item.acceptance:
        found |= {"reason": item.acceptance.reason, "expires": item.acceptance.expires or None}
    return found


def read(path: str | Path) -> RunReport:
    """Read a report that `--report json=FILE` wrote.

    Raises:
        DataError: the file cannot be read, or is not such a report.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _LARGEST:
            raise DataError(f"the report {path} is larger than {_LARGEST // 2**20} MiB")
        written = json.loads(file.read_bytes())
        content = current_report(written)
    except OSError as error:
        raise DataError(f"cannot read the report {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"the report {path} is not JSON: {str(error).splitlines()[0]}", suggestion=_EXPECTED_FILES
        ) from None
    schema = json.loads(schema_file().read_text(encoding="utf-8"))
    for fault in jsonschema_rs.Draft202012Validator(schema).iter_errors(content):
        place = "/".join(map(str, fault.instance_path))
        raise DataError(
            f"{path} is not a report of this version of Signoff: at /{place}: {fault.message[:200]}",
            suggestion=_EXPECTED_FILES,
        )
    if content is not written:
        notice("JSON reports of the previous release work only in this one. `signoff migrate` updates them.")
    return _report(content)


def _report(content: dict[str, Any]) -> RunReport:
    accepted = tuple(map(_item_of, content["accepted"]))
    items = tuple(_item_of(item) for item in (*content["failures"], *content["warnings"]))
    known = {item.fingerprint: item for item in (*accepted, *items)}
    clauses: dict[str, list[ClauseEntry]] = {}
    for item in content["clauses"]:
        clauses.setdefault(item["operation"], []).append(_clause_of(item, known))
    outline = tuple(_value(OperationEntry, item) for item in content["operations"])
    return _value(
        RunReport,
        content,
        version=content["signoff"],
        passed=content["verdict"] == "pass",
        started_at=datetime.fromisoformat(content["started_at"]),
        statuses={int(status): count for status, count in content["statuses"].items()},
        outline=outline,
        operations=tuple(
            replace(entry, clauses=tuple(clauses[entry.id])) for entry in outline if entry.id in clauses
        ),
        items=items,
        accepted=accepted,
        rules=check_rules(KIT),
        cut_short=tuple(content["partial"]),
        setup_problem=content.get("setup_problem") or "",
        **{name: tuple(content[name]) for name in ("errors", "notes", "shortfalls")},
    )


def _value(kind: type[_Value], content: dict[str, Any], **more: Any) -> _Value:  # noqa: ANN401 - any member
    """Build an instance from matching JSON members and `more`. Null becomes an empty string."""
    names = {field.name for field in fields(kind)} & content.keys() - more.keys()
    return kind(**{name: "" if content[name] is None else content[name] for name in names}, **more)


def _clause_of(content: dict[str, Any], items: dict[str, Item]) -> ClauseEntry:
    evidence = content["evidence"]
    return _value(
        ClauseEntry,
        content,
        state=State(content["state"]),
        place=_value(Place, content["location"]),
        exchange=_exchange_of(evidence, Request(), Response(evidence["status"])) if evidence else None,
        failure=items.get(content["failure"] or ""),
    )


def _exchange_of(evidence: dict[str, Any], request: Request, response: Response) -> Exchange:
    return Exchange(evidence["request"], request, response, evidence["elapsed_s"], evidence["curl"])


def _message_of(kind: type[_Value], content: dict[str, Any]) -> _Value:
    headers = tuple((name, value) for name, value in content["headers"])
    return _value(kind, content, headers=headers, body=_value(Body, content["body"]))


def _item_of(content: dict[str, Any]) -> Item:
    line, exchange = content["location"]["line"], content["exchange"]
    request = _message_of(Request, exchange["request"])
    response = _message_of(Response, exchange["response"])
    reason = content.get("reason")
    values = {name: content[member] for member, name in _ITEM.items()}
    return Item(
        **values | {"level": Level(content["severity"])},
        fails=content["severity"] == "error" and not reason,
        place=_value(Place, content["location"]),
        excerpt=tuple(
            _value(ExcerptLine, item, is_named=item["line"] == line) for item in content["excerpt"]
        ),
        exchange=_exchange_of(content, request, response),
        second_opinion=content.get("second_opinion", ""),
        acceptance=Acceptance(reason, content["expires"] or "") if reason else None,
    )
