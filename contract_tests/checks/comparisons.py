"""Checks that compare several exports of one report."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from signoff.conformance import Fault, relation

from .export_body import FORMULA, exports_files, rows_of_csv, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.conformance import Exchange, Found
    from signoff.contract.json_value import JsonValue

_SKEW = timedelta(seconds=60)


def is_known(exchange: Exchange) -> bool:
    """Whether the request is for a report from the data file."""
    return exchange.intent in ("existing", "forbidden", "missing") and exchange.request is not None


@relation(
    source="the reports contract",
    rationale="A retry must get the same content.",
    concerns=exports_files,
    not_covered="no report was exported twice: add an existing value to the data file",
)
def export_repeatable(exchanges: Sequence[Exchange]) -> Found:
    """The same request gets the same content while `as_of` is unchanged."""
    seen: dict[tuple[str, str, bytes], Exchange] = {}
    compared: Exchange | None = None
    for exchange in exchanges:
        body = exchange.json_object
        if not is_known(exchange) or body is None or "content" not in body:
            continue
        sent = exchange.sent
        first = seen.setdefault((sent.method, sent.url, sent.body), exchange)
        before = first.json_object or {}
        if first is exchange or exchange.status != first.status or _moment(exchange) != _moment(first):
            continue
        compared = compared or exchange
        if before["content"] != body["content"]:
            message = "the same request gets different content with the same `as_of`"
            fault = Fault(
                message, str(before["content"])[:120], str(body["content"])[:120], exchange.subject.pointer
            )
            return exchange, [(exchange, fault)]
    return compared, []


@relation(
    source="the reports contract",
    rationale="The format must not change the data.",
    concerns=exports_files,
    not_covered="no report was exported in both formats: add an existing value to the data file",
)
def formats_agree(exchanges: Sequence[Exchange]) -> Found:
    """The CSV and JSON exports of a report have the same columns and rows if `as_of` is the same."""
    pairs: dict[str, dict[str, Exchange]] = defaultdict(dict)
    for exchange in exchanges:
        body = exchange.json_object or {}
        if is_known(exchange) and exchange.status == 200 and isinstance(body.get("content"), str):
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
        return None  # reported by `csv_quoting`
    parsed = table(str((as_json.json_object or {}).get("content")))
    if not lines or parsed is None or not parsed[0]:
        return None
    names = [str(column.get("name")) for column in parsed[0]]
    pointer = as_json.subject.pointer
    if lines[0] != names:
        return Fault("CSV and JSON have different columns", ", ".join(lines[0]), ", ".join(names), pointer)
    if len(lines) - 1 != len(parsed[1]):
        expected, actual = f"{len(lines) - 1} rows, as in CSV", f"{len(parsed[1])} rows"
        return Fault("CSV and JSON have different numbers of rows", expected, actual, pointer)
    for number, (line, row) in enumerate(zip(lines[1:], parsed[1], strict=True), 1):
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
    source="the meaning of `as_of`",
    rationale="A client that caches the newest response would cache the wrong one.",
    concerns=exports_files,
    not_covered="no report was exported twice with `as_of`",
)
def time_moves_forward(exchanges: Sequence[Exchange]) -> Found:
    """`as_of` of a report does not decrease between responses (1 minute of clock skew allowed)."""
    seen: dict[tuple[str, str], datetime] = defaultdict(lambda: datetime.min.replace(tzinfo=UTC))
    compared = None
    for exchange in exchanges:
        body = exchange.json_object or {}
        found = _time(body.get("as_of"))
        if found is None or exchange.intent != "existing":
            continue
        key = (exchange.sent.method, exchange.identity)
        if key in seen:
            compared = compared or exchange
            if found < seen[key] - _SKEW:
                message = "`as_of` is earlier than in a previous response"
                fault = Fault(message, f"{seen[key].isoformat()} or later", str(body["as_of"]))
                return exchange, [(exchange, fault)]
        seen[key] = max(seen[key], found)
    return compared, []


def _time(value: JsonValue) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None
