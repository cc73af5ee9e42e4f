"""What several answers together must keep: no single answer shows it."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING

from signoff.conformance.checks.export_body import FORMULA, exports_files, rows_of_csv, table
from signoff.conformance.checks.registry import Fault, Severity, relation
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue

    Found = tuple[Exchange | None, list[tuple[Exchange, Fault]]]

_TIME_MEMBERS = ("as_of", "generated_at", "timestamp", "time", "date")


def _groups(
    exchanges: Sequence[Exchange], key: Callable[[Exchange], Hashable | None]
) -> list[list[Exchange]]:
    found: dict[Hashable, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        if (of := key(exchange)) is not None:
            found[of].append(exchange)
    return [group for group in found.values() if len(group) > 1]


def _is_known(exchange: Exchange) -> bool:
    """Whether the request named a value whose fate is known, and named it well."""
    return exchange.intent in ("existing", "forbidden", "missing") and exchange.request is not None


def _asked(exchange: Exchange) -> str:
    return repr(exchange.request.body) if exchange.request else ""


def _has_uuid(contract: Contract, operation: Operation) -> bool:
    return any(
        parameter.location == "path"
        and parameter.schema is not None
        and contract.schemas.resolved(parameter.schema.raw).get("format") == "uuid"
        for parameter in operation.parameters
    )


@relation(
    "uuid-case",
    source="RFC 9562, section 4",
    rationale="A UUID is the same in either letter case.",
    concerns=_has_uuid,
)
def uuid_case(exchanges: Sequence[Exchange]) -> Found:
    """A UUID in upper case means what it means in lower case."""
    known = [exchange for exchange in exchanges if _is_known(exchange)]
    groups = [
        group
        for group in _groups(known, lambda exchange: (exchange.identity, _asked(exchange)))
        if len({exchange.sent.path for exchange in group}) > 1
    ]
    faults = []
    for first, *others in groups:
        for other in others:
            if other.status != first.status:
                message = "the letter case of a UUID changes the answer"
                faults.append(
                    (other, Fault(message, str(first.status), str(other.status), other.subject.pointer))
                )
                break
    return (groups[0][-1] if groups else None), faults


@relation(
    "repeatable",
    source="the contract: the same request has the same answer",
    rationale="A client retries; the second answer must not surprise it.",
)
def repeatable(exchanges: Sequence[Exchange]) -> Found:
    """The same request twice has the same status, and the same body while the data is of the same time."""
    known = [exchange for exchange in exchanges if _is_known(exchange)]
    groups = _groups(known, lambda exchange: (exchange.sent.method, exchange.sent.url, exchange.sent.body))
    faults = []
    for first, *others in groups:
        for other in others:
            if fault := _differs(first, other):
                faults.append((other, fault))
                break
    return (groups[0][-1] if groups else None), faults


def _differs(first: Exchange, other: Exchange) -> Fault | None:
    pointer = other.subject.pointer
    if first.status != other.status:
        message = "the same request has another status the second time"
        return Fault(message, str(first.status), str(other.status), pointer)
    left, right = first.json_object, other.json_object
    if left is None or right is None:
        return None
    if left.keys() != right.keys():
        message = "the same request has another shape the second time"
        return Fault(message, ", ".join(left), ", ".join(right), pointer)
    moments = [name for name in _TIME_MEMBERS if name in left]
    if not moments or any(left[name] != right[name] for name in moments) or "content" not in left:
        return None
    if left["content"] != right["content"]:
        message = "the same request over the same data has other content the second time"
        return Fault(message, str(left["content"])[:120], str(right["content"])[:120], pointer)
    return None


@relation(
    "formats-agree",
    source="the reports contract",
    rationale="The format is a choice of syntax, not of data.",
    concerns=exports_files,
)
def formats_agree(exchanges: Sequence[Exchange]) -> Found:
    """The CSV and the JSON of the same report, of the same time, have the same columns and rows."""
    pairs: dict[str, dict[str, Exchange]] = defaultdict(dict)
    for exchange in exchanges:
        body = exchange.json_object or {}
        if _is_known(exchange) and exchange.status == 200 and isinstance(body.get("content"), str):
            pairs[exchange.identity].setdefault(str(body.get("format")), exchange)
    compared: Exchange | None = None
    faults = []
    for pair in pairs.values():
        if {"csv", "json"} <= pair.keys() and _moment(pair["csv"]) == _moment(pair["json"]):
            compared = compared or pair["json"]
            if fault := _disagree(pair["csv"], pair["json"]):
                faults.append((pair["json"], fault))
    return compared, faults


def _moment(exchange: Exchange) -> JsonValue:
    return (exchange.json_object or {}).get("as_of")


def _disagree(as_csv: Exchange, as_json: Exchange) -> Fault | None:
    try:
        lines = rows_of_csv(str((as_csv.json_object or {}).get("content")))
    except csv.Error:
        return None  # another check says so
    held = table(str((as_json.json_object or {}).get("content")))
    if not lines or held is None or not held[0]:
        return None
    names = [str(column.get("name")) for column in held[0]]
    pointer = as_json.subject.pointer
    if lines[0] != names:
        return Fault("CSV and JSON have other columns", ", ".join(lines[0]), ", ".join(names), pointer)
    if len(lines) - 1 != len(held[1]):
        expected, actual = f"{len(lines) - 1} rows, as in CSV", f"{len(held[1])} rows"
        return Fault("CSV and JSON have another number of rows", expected, actual, pointer)
    for number, (line, row) in enumerate(zip(lines[1:], held[1], strict=True), 1):
        for name, cell in zip(names, line, strict=False):
            if not _same(cell, row.get(name)):
                message = f"CSV and JSON differ in row {number}, column {name}"
                return Fault(message, repr(cell)[:100], repr(row.get(name))[:100], pointer)
    return None


def _same(cell: str, value: JsonValue) -> bool:
    plain = cell[1:] if cell.startswith("'") and cell[1:].startswith((*FORMULA, "\n")) else cell
    if value is None:
        return plain == ""
    if isinstance(value, bool):
        return plain.lower() == str(value).lower()
    if isinstance(value, int | float):
        try:
            return float(plain) == float(value)
        except ValueError:
            return False
    return value in (plain, cell)


@relation(
    "problem-title-stable",
    source="RFC 9457, section 3.1.3",
    severity=Severity.WARNING,
    rationale="The title names the kind of problem, not the occurrence.",
)
def problem_title_stable(exchanges: Sequence[Exchange]) -> Found:
    """Problems of one `type` have one `title`."""
    titles: dict[str, tuple[str, Exchange]] = {}
    seen: Exchange | None = None
    faults = []
    for exchange in exchanges:
        body = exchange.json_object or {}
        kind, title = body.get("type"), body.get("title")
        is_problem = exchange.status >= 400 and media_types.is_problem(exchange.content_type)
        if not is_problem or not isinstance(kind, str) or kind == "about:blank" or not isinstance(title, str):
            continue
        seen = seen or exchange
        known = titles.setdefault(kind, (title, exchange))[0]
        if known != title:
            faults.append((exchange, Fault(f"another title for {kind}", repr(known), repr(title))))
    return seen, faults[:1]
