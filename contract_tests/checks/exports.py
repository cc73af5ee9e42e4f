"""Checks of an export: a safe file name and valid JSON content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.conformance import Fault, check
from signoff.contract.json_value import JsonSyntaxError, parse_text

from .export_body import (
    export_of,
    exports_files,
    is_export,
    is_json,
    place_of,
    table,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance import Exchange

_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\\"]")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@check(
    source="RFC 6266, section 4.3",
    rationale="A file name from a server must not escape the download directory.",
    applies=is_export,
    concerns=exports_files,
)
def filename_safe(exchange: Exchange) -> Iterator[Fault]:
    """`filename` has no path separator, quote, control character, leading dot or device name."""
    name = (export_of(exchange) or {}).get("filename")
    if not isinstance(name, str):
        return
    is_unsafe = _UNSAFE_NAME.search(name) or name.startswith(".") or _DEVICE.match(name) or not name.strip()
    if is_unsafe or len(name.encode("utf-8", "replace")) > 255:
        yield Fault(
            "`filename` is not a safe file name", "a plain file name", repr(name[:100]), place_of(exchange)
        )


@check(
    source="the reports contract",
    rationale="Clients parse the content.",
    applies=is_json,
    concerns=exports_files,
)
def json_content_parses(exchange: Exchange) -> Iterator[Fault]:
    """If `format` is json, `content` is valid JSON."""
    try:
        parse_text(text_of(exchange))
    except JsonSyntaxError as error:
        yield Fault(
            f"`content` is not valid JSON: {error}",
            "one JSON value",
            text_of(exchange)[:200],
            place_of(exchange),
        )


@check(
    source="the reports contract",
    rationale="Clients build a table from the rows and columns.",
    applies=lambda exchange: is_json(exchange) and table(text_of(exchange)) is not None,
    concerns=exports_files,
)
def json_rows_match_columns(exchange: Exchange) -> Iterator[Fault]:
    """Each row has exactly the declared columns, and measures are numbers or null."""
    columns, rows = table(text_of(exchange)) or ([], [])
    if not columns and not rows:
        yield Fault(
            "`content` has no `columns` and `rows`",
            "`columns` and `rows`",
            text_of(exchange)[:200],
            place_of(exchange),
        )
        return
    names = [str(column.get("name")) for column in columns]
    if not all(isinstance(column.get("name"), str) and column["name"] for column in columns) or len(
        set(names)
    ) < len(names):
        yield Fault(
            "column names are missing or duplicated",
            "a unique name per column",
            ", ".join(names),
            place_of(exchange),
        )
        return
    for number, row in enumerate(rows, 1):
        if set(row) != set(names):
            odd = ", ".join(sorted(set(row) ^ set(names)))
            yield Fault(
                f"the properties of row {number} do not match the columns: {odd}",
                ", ".join(names),
                ", ".join(row),
                place_of(exchange),
            )
            return
        for column in columns:
            value = row[str(column.get("name"))]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if column.get("kind") == "measure" and value is not None and not is_number:
                message = f"row {number}: the measure {column.get('name')} is not a number"
                yield Fault(message, "a number or null", repr(value)[:100], place_of(exchange))
                return
