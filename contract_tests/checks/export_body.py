"""Parses the body of an export: an object with `format`, `content`, `content_type` and `filename`.

`content` is CSV (RFC 4180), or JSON with `columns` and `rows`. The checks are in `exports` and `csv_content`.
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
    """Whether the operation has a response with the schema of an export."""
    for response in operation.responses:
        for offer in response.content:
            raw = contract.schemas.resolved(offer.schema.raw) if offer.schema else {}
            properties = raw.get("properties")
            if isinstance(properties, dict) and properties.keys() >= MEMBERS:
                return True
    return False


def export_of(exchange: Exchange) -> dict[str, JsonValue] | None:
    """The export in a successful response; None for other bodies."""
    body = exchange.json_object
    return body if body is not None and body.keys() >= MEMBERS and exchange.status < 300 else None


def is_export(exchange: Exchange) -> bool:
    """Whether the response is an export."""
    return export_of(exchange) is not None


def is_csv(exchange: Exchange) -> bool:
    """Whether the response is an export with format csv."""
    body = export_of(exchange) or {}
    return body.get("format") == "csv" and isinstance(body.get("content"), str)


def is_json(exchange: Exchange) -> bool:
    """Whether the response is an export with format json."""
    body = export_of(exchange) or {}
    return body.get("format") == "json" and isinstance(body.get("content"), str)


def text_of(exchange: Exchange) -> str:
    """The content of the export, as text."""
    return str((export_of(exchange) or {}).get("content", ""))


def rows_of_csv(text: str) -> list[list[str]]:
    """The rows of a CSV text, parsed strictly. Raises csv.Error."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def csv_rows(exchange: Exchange) -> list[list[str]] | None:
    """The rows of the exported CSV; None if it is invalid."""
    try:
        return rows_of_csv(text_of(exchange))
    except csv.Error:
        return None


def table(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    """The columns and rows of the exported JSON: two empty lists if there are none, None if it is invalid."""
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
    """JSON Pointer to the response in the document."""
    return exchange.media_type.pointer if exchange.media_type else exchange.subject.pointer
