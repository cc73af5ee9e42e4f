"""The CSV inside an export: RFC 4180, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from signoff.conformance import Fault, check

from .export_body import (
    FORMULA,
    csv_rows,
    exports_files,
    is_csv,
    place_of,
    rows_of_csv,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance import Exchange

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@check(
    source="RFC 7111, section 3",
    rationale="A lone surrogate or a NUL cannot be saved as UTF-8 text.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_utf8(exchange: Exchange) -> Iterator[Fault]:
    """The content can be written as UTF-8 and has no NUL."""
    text = text_of(exchange)
    try:
        text.encode()
    except UnicodeEncodeError:
        yield Fault(
            "the CSV cannot be written as UTF-8", "whole characters", "a lone surrogate", place_of(exchange)
        )
    if "\0" in text:
        yield Fault("the CSV has a NUL character", "text", "NUL", place_of(exchange))


@check(
    source="RFC 4180, sections 2.6 and 2.7",
    rationale="One bare quote shifts every later column.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_quoting(exchange: Exchange) -> Iterator[Fault]:
    """The content parses strictly as CSV, and quotes stand only around a field or doubled inside."""
    text = text_of(exchange)
    try:
        rows_of_csv(text)
    except csv.Error as error:
        yield Fault(f"the CSV does not parse: {error}", "RFC 4180", text[:200], place_of(exchange))
        return
    if found := _bare_quote(text):
        yield Fault(
            "a quote inside an unquoted field",
            "the field quoted, its quotes doubled",
            found,
            place_of(exchange),
        )


def _bare_quote(text: str) -> str:
    """An unquoted field that holds a quote, empty when there is none."""
    outside = re.sub(r'(^|[,\r\n])"(?:[^"]|"")*"(?=[,\r\n]|$)', r"\1", text)
    line = next((line for line in re.split(r"[\r\n]", outside) if '"' in line), "")
    return line[:120]


@check(
    source="RFC 4180, section 2.3",
    rationale="Programs find columns by their names.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_header(exchange: Exchange) -> Iterator[Fault]:
    """The first row has distinct, non-empty names, which are not values."""
    rows = csv_rows(exchange)
    if rows is None:
        return
    header = rows[0] if rows else []
    if not header or not all(header) or len(set(header)) < len(header):
        yield Fault(
            "the CSV has no header of distinct names",
            "a name a column",
            repr(header)[:200],
            place_of(exchange),
        )
    elif any(_NUMBER.fullmatch(name) for name in header):
        yield Fault(
            "the first row of the CSV holds values", "a name a column", repr(header)[:200], place_of(exchange)
        )


@check(
    source="RFC 4180, section 2.4",
    rationale="A short row is a lost value.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_even_rows(exchange: Exchange) -> Iterator[Fault]:
    """Every row has as many fields as the header."""
    rows = csv_rows(exchange) or []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            actual = f"row {number} has {len(row)}: {row!r}"[:200]
            yield Fault(
                "a row of another length than the header",
                f"{len(rows[0])} fields",
                actual,
                place_of(exchange),
            )
            return


@check(
    source="RFC 4180, section 2.1",
    rationale="Readers that split by the first kind of line end glue the other lines together.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_line_ends(exchange: Exchange) -> Iterator[Fault]:
    """Rows end in one kind of line end throughout: CRLF by the RFC, LF in wide use."""
    outside = re.sub(r'"(?:[^"]|"")*"', "", text_of(exchange))
    kinds = set(re.findall(r"\r\n|\n|\r", outside))
    if len(kinds) > 1:
        yield Fault(
            "the CSV mixes line ends", "one kind", " and ".join(sorted(map(repr, kinds))), place_of(exchange)
        )


@check(
    source="OWASP, CSV injection",
    rationale="A spreadsheet runs a cell that looks like a formula.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_no_formula(exchange: Exchange) -> Iterator[Fault]:
    """No cell begins with `=`, `+`, `-`, `@`, tab or CR, plain numbers aside."""
    for row in csv_rows(exchange) or []:
        for cell in row:
            if cell.startswith(FORMULA) and not _NUMBER.fullmatch(cell):
                guarded = repr("'" + cell)[:100]
                yield Fault(
                    "a cell that a spreadsheet would run", guarded, repr(cell)[:100], place_of(exchange)
                )
                return
