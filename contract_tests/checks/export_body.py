"""An export's body: an envelope with `format`, `content`, `content_type` and `filename`.

Its content is CSV (RFC 4180), or JSON with `columns` and `rows`. Read here; judged by `exports` and
`csv_content`.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signoff.conformance import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue

MEMBERS = frozenset({"format", "content", "content_type", "filename"})
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def exports_files(contract: Contract, operation: Operation) -> bool:
    """Whether a success of the operation is described as an export."""
    for response in operation.responses:
        for offer in response.content:
            raw = contract.schemas.resolved(offer.schema.raw) if offer.schema else {}
            properties = raw.get("properties")
            if isinstance(properties, dict) and properties.keys() >= MEMBERS:
                return True
    return False


def export_of(exchange: Exchange) -> dict[str, JsonValue] | None:
    """The export that a success carries; None where it carries something else."""
    body = exchange.json_object
    return body if body is not None and body.keys() >= MEMBERS and exchange.status < 300 else None


def is_export(exchange: Exchange) -> bool:
    """Whether the response carries an export."""
    return export_of(exchange) is not None


def is_csv(exchange: Exchange) -> bool:
    """Whether the response carries an export that says it is CSV."""
    body = export_of(exchange) or {}
    return body.get("format") == "csv" and isinstance(body.get("content"), str)


def is_json(exchange: Exchange) -> bool:
    """Whether the response carries an export that says it is JSON."""
    body = export_of(exchange) or {}
    return body.get("format") == "json" and isinstance(body.get("content"), str)


def text_of(exchange: Exchange) -> str:
    """The content of the export, as text."""
    return str((export_of(exchange) or {}).get("content", ""))


def rows_of_csv(text: str) -> list[list[str]]:
    """The rows of a CSV text, strictly. Raises csv.Error."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def csv_rows(exchange: Exchange) -> list[list[str]] | None:
    """The rows of the export's CSV; None where it does not parse."""
    try:
        return rows_of_csv(text_of(exchange))
    except csv.Error:
        return None


def table(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    """The columns and rows of an export's JSON; two empty lists where it has none, None if no JSON."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    columns = value.get("columns") if isinstance(value, dict) else None
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(columns, list) or not isinstance(rows, list):
        return [], []
    if not all(isinstance(item, dict) for item in [*columns, *rows]):
        return [], []
    return columns, rows


def place_of(exchange: Exchange) -> str:
    """Where the document describes the response."""
    return exchange.media_type.pointer if exchange.media_type else exchange.subject.pointer
