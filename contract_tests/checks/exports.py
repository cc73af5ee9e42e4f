"""Exports: an envelope that carries a file as text. Only for bodies that are described as one.

An export has `format`, `content`, `content_type` and `filename`; its content is CSV (RFC 4180) or
JSON with `columns` and `rows`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from contract_tests.checks.registry import Fault, check
from openapi import json_value, media_types
from openapi.json_value import JsonSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_tests.exchange import Exchange
    from openapi import Contract, Operation
    from openapi.json_value import JsonValue

MEMBERS = frozenset({"format", "content", "content_type", "filename"})
_MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f/\\\"]")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def exports_files(contract: Contract, operation: Operation) -> bool:
    """Whether a success of the operation is described as an export."""
    for response in operation.responses:
        for offer in response.content:
            raw = contract.schemas.resolved(offer.schema.raw) if offer.schema else {}
            properties = raw.get("properties")
            if isinstance(properties, dict) and properties.keys() >= MEMBERS:
                return True
    return False


def _export(exchange: Exchange) -> dict[str, JsonValue] | None:
    body = exchange.json_object
    return body if body is not None and body.keys() >= MEMBERS and exchange.status < 300 else None


def _is_export(exchange: Exchange) -> bool:
    return _export(exchange) is not None


def _is_csv(exchange: Exchange) -> bool:
    body = _export(exchange) or {}
    return body.get("format") == "csv" and isinstance(body.get("content"), str)


def _is_json(exchange: Exchange) -> bool:
    body = _export(exchange) or {}
    return body.get("format") == "json" and isinstance(body.get("content"), str)


def _text(exchange: Exchange) -> str:
    return str((_export(exchange) or {}).get("content", ""))


def rows_of_csv(text: str) -> list[list[str]]:
    """The rows of a CSV text, strictly. Raises csv.Error."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@check(
    "export-format-as-asked",
    source="the reports contract",
    rationale="A client that asks for JSON cannot use CSV.",
    applies=lambda exchange: (
        _is_export(exchange) and exchange.request is not None and not exchange.request.faults
    ),
    concerns=exports_files,
)
def export_format_as_asked(exchange: Exchange) -> Iterator[Fault]:
    """The answer's `format` is the one asked for, `csv` when none was."""
    asked = exchange.request.body if exchange.request else None
    wanted = asked.get("format", "csv") if isinstance(asked, dict) else "csv"
    found = (_export(exchange) or {}).get("format")
    if found != wanted:
        yield Fault("the format is not the one asked for", repr(wanted), repr(found), _place(exchange))


@check(
    "export-content-type-matches",
    source="the reports contract; RFC 7111",
    rationale="A client saves and opens the file by it.",
    applies=_is_export,
    concerns=exports_files,
)
def export_content_type_matches(exchange: Exchange) -> Iterator[Fault]:
    """`content_type` is `text/csv` for csv and `application/json` for json, parameters aside."""
    body = _export(exchange) or {}
    wanted = _MEDIA_TYPES.get(str(body.get("format")))
    if wanted and media_types.essence(str(body.get("content_type"))) != wanted:
        yield Fault(
            "`content_type` and `format` disagree", wanted, repr(body.get("content_type")), _place(exchange)
        )


@check(
    "export-filename-extension",
    source="the reports contract",
    rationale="The extension decides which program opens the file.",
    applies=_is_export,
    concerns=exports_files,
)
def export_filename_extension(exchange: Exchange) -> Iterator[Fault]:
    """`filename` ends as the format says."""
    body = _export(exchange) or {}
    wanted = f".{body.get('format')}"
    if body.get("format") in _MEDIA_TYPES and not str(body.get("filename")).endswith(wanted):
        yield Fault(
            "`filename` and `format` disagree", f"…{wanted}", repr(body.get("filename")), _place(exchange)
        )


@check(
    "filename-safe",
    source="RFC 6266, section 4.3",
    rationale="A file name from a server must not lead out of the folder it is saved in.",
    applies=_is_export,
    concerns=exports_files,
)
def filename_safe(exchange: Exchange) -> Iterator[Fault]:
    """No path separator, control character, quote, leading dot or device name; at most 255 octets."""
    name = (_export(exchange) or {}).get("filename")
    if not isinstance(name, str):
        return
    is_unsafe = _UNSAFE_NAME.search(name) or name.startswith(".") or _DEVICE.match(name) or not name.strip()
    if is_unsafe or len(name.encode("utf-8", "replace")) > 255:
        yield Fault(
            "`filename` is not safe to save under", "a plain file name", repr(name[:100]), _place(exchange)
        )


@check(
    "csv-utf8",
    source="RFC 7111, section 3",
    rationale="A lone surrogate or a NUL cannot be saved as UTF-8 text.",
    applies=_is_csv,
    concerns=exports_files,
)
def csv_utf8(exchange: Exchange) -> Iterator[Fault]:
    """The content can be written as UTF-8 and has no NUL."""
    text = _text(exchange)
    try:
        text.encode()
    except UnicodeEncodeError:
        yield Fault(
            "the CSV cannot be written as UTF-8", "whole characters", "a lone surrogate", _place(exchange)
        )
    if "\0" in text:
        yield Fault("the CSV has a NUL character", "text", "NUL", _place(exchange))


@check(
    "csv-quoting",
    source="RFC 4180, sections 2.6 and 2.7",
    rationale="One bare quote shifts every later column.",
    applies=_is_csv,
    concerns=exports_files,
)
def csv_quoting(exchange: Exchange) -> Iterator[Fault]:
    """The content parses strictly as CSV, and quotes stand only around a field or doubled inside."""
    text = _text(exchange)
    try:
        rows_of_csv(text)
    except csv.Error as error:
        yield Fault(f"the CSV does not parse: {error}", "RFC 4180", text[:200], _place(exchange))
        return
    if found := _bare_quote(text):
        yield Fault(
            "a quote inside an unquoted field",
            "the field quoted, its quotes doubled",
            found,
            _place(exchange),
        )


def _bare_quote(text: str) -> str:
    """An unquoted field that holds a quote, empty when there is none."""
    outside = re.sub(r'(^|[,\r\n])"(?:[^"]|"")*"(?=[,\r\n]|$)', r"\1", text)
    line = next((line for line in re.split(r"[\r\n]", outside) if '"' in line), "")
    return line[:120]


@check(
    "csv-header",
    source="RFC 4180, section 2.3",
    rationale="Programs find columns by their names.",
    applies=_is_csv,
    concerns=exports_files,
)
def csv_header(exchange: Exchange) -> Iterator[Fault]:
    """The first row has distinct, non-empty names, which are no values."""
    rows = _rows(exchange)
    if rows is None:
        return
    header = rows[0] if rows else []
    if not header or not all(header) or len(set(header)) < len(header):
        yield Fault(
            "the CSV has no header of distinct names", "a name a column", repr(header)[:200], _place(exchange)
        )
    elif any(_NUMBER.fullmatch(name) for name in header):
        yield Fault(
            "the first row of the CSV holds values", "a name a column", repr(header)[:200], _place(exchange)
        )


@check(
    "csv-even-rows",
    source="RFC 4180, section 2.4",
    rationale="A short row is a lost value.",
    applies=_is_csv,
    concerns=exports_files,
)
def csv_even_rows(exchange: Exchange) -> Iterator[Fault]:
    """Every row has as many fields as the header."""
    rows = _rows(exchange) or []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            actual = f"row {number} has {len(row)}: {row!r}"[:200]
            yield Fault(
                "a row of another length than the header", f"{len(rows[0])} fields", actual, _place(exchange)
            )
            return


@check(
    "csv-line-ends",
    source="RFC 4180, section 2.1",
    rationale="Readers that split by the first kind of line end glue the other lines together.",
    applies=_is_csv,
    concerns=exports_files,
)
def csv_line_ends(exchange: Exchange) -> Iterator[Fault]:
    """Rows end in one kind of line end throughout: CRLF by the RFC, LF in wide use."""
    outside = re.sub(r'"(?:[^"]|"")*"', "", _text(exchange))
    kinds = set(re.findall(r"\r\n|\n|\r", outside))
    if len(kinds) > 1:
        yield Fault(
            "the CSV mixes line ends", "one kind", " and ".join(sorted(map(repr, kinds))), _place(exchange)
        )


@check(
    "csv-no-formula",
    source="OWASP, CSV injection",
    rationale="A spreadsheet runs a cell that looks like a formula.",
    applies=_is_csv,
    concerns=exports_files,
)
def csv_no_formula(exchange: Exchange) -> Iterator[Fault]:
    """No cell begins with `=`, `+`, `-`, `@`, tab or CR, plain numbers aside."""
    for row in _rows(exchange) or []:
        for cell in row:
            if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
                guarded = repr("'" + cell)[:100]
                yield Fault(
                    "a cell that a spreadsheet would run", guarded, repr(cell)[:100], _place(exchange)
                )
                return


@check(
    "json-content-parses",
    source="the reports contract",
    rationale="The client parses it.",
    applies=_is_json,
    concerns=exports_files,
)
def json_content_parses(exchange: Exchange) -> Iterator[Fault]:
    """With format json, `content` is JSON."""
    try:
        json_value.parse_text(_text(exchange))
    except JsonSyntaxError as error:
        yield Fault(
            f"`content` is not JSON: {error}", "one JSON value", _text(exchange)[:200], _place(exchange)
        )


@check(
    "json-rows-match-columns",
    source="the reports contract",
    rationale="A table needs each row to have each column.",
    applies=lambda exchange: _is_json(exchange) and table(_text(exchange)) is not None,
    concerns=exports_files,
)
def json_rows_match_columns(exchange: Exchange) -> Iterator[Fault]:
    """Each row has exactly the declared columns; measures are numbers or null."""
    columns, rows = table(_text(exchange)) or ([], [])
    if not columns and not rows:
        yield Fault("`content` has no `columns` and `rows`", "both", _text(exchange)[:200], _place(exchange))
        return
    names = [str(column.get("name")) for column in columns]
    for number, row in enumerate(rows, 1):
        if set(row) != set(names):
            odd = ", ".join(sorted(set(row) ^ set(names)))
            yield Fault(
                f"row {number} and the columns differ: {odd}",
                ", ".join(names),
                ", ".join(row),
                _place(exchange),
            )
            return
        for column in columns:
            value = row[str(column.get("name"))]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if column.get("kind") == "measure" and value is not None and not is_number:
                message = f"row {number}: the measure {column.get('name')} is no number"
                yield Fault(message, "a number or null", repr(value)[:100], _place(exchange))
                return


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


def _rows(exchange: Exchange) -> list[list[str]] | None:
    try:
        return rows_of_csv(_text(exchange))
    except csv.Error:
        return None


def _place(exchange: Exchange) -> str:
    return exchange.media_type.pointer if exchange.media_type else exchange.subject.pointer
