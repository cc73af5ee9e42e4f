"""Checks of the CSV in an export: RFC 4180 and formula injection."""

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
    """The CSV can be encoded as UTF-8 and has no NUL character."""
    text = text_of(exchange)
    try:
        text.encode()
    except UnicodeEncodeError:
        yield Fault(
            "the CSV cannot be encoded as UTF-8", "valid Unicode", "a lone surrogate", place_of(exchange)
        )
    if "\0" in text:
        yield Fault("the CSV has a NUL character", "no NUL character", "NUL", place_of(exchange))


@check(
    source="RFC 4180, sections 2.6 and 2.7",
    rationale="A single unescaped quote shifts all following columns.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_quoting(exchange: Exchange) -> Iterator[Fault]:
    """The CSV is strictly valid, with quotes only around a field or doubled inside it."""
    text = text_of(exchange)
    try:
        rows_of_csv(text)
    except csv.Error as error:
        yield Fault(f"the CSV is invalid: {error}", "valid CSV (RFC 4180)", text[:200], place_of(exchange))
        return
    if found := _bare_quote(text):
        yield Fault(
            "an unquoted field contains a quote",
            "a quoted field with doubled quotes",
            found,
            place_of(exchange),
        )


def _bare_quote(text: str) -> str:
    """A line with a quote in an unquoted field; empty if there is none."""
    outside = re.sub(r'(^|[,\r\n])"(?:[^"]|"")*"(?=[,\r\n]|$)', r"\1", text)
    line = next((line for line in re.split(r"[\r\n]", outside) if '"' in line), "")
    return line[:120]


@check(
    source="RFC 4180, section 2.3",
    rationale="Clients find columns by name.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_header(exchange: Exchange) -> Iterator[Fault]:
    """The first row has unique, non-empty column names."""
    rows = csv_rows(exchange)
    if rows is None:
        return
    header = rows[0] if rows else []
    if not header or not all(header) or len(set(header)) < len(header):
        yield Fault(
            "the CSV has no header row with unique names",
            "a unique name per column",
            repr(header)[:200],
            place_of(exchange),
        )
    elif any(_NUMBER.fullmatch(name) for name in header):
        yield Fault(
            "the first row of the CSV contains numbers",
            "a unique name per column",
            repr(header)[:200],
            place_of(exchange),
        )


@check(
    source="RFC 4180, section 2.4",
    rationale="A short row means a lost value.",
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
                "a row and the header have different numbers of fields",
                f"{len(rows[0])} fields",
                actual,
                place_of(exchange),
            )
            return


@check(
    source="RFC 4180, section 2.1",
    rationale="Parsers that detect the line ending from the first line merge the other lines.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_line_ends(exchange: Exchange) -> Iterator[Fault]:
    """All rows have the same line ending: CRLF (RFC 4180) or LF."""
    outside = re.sub(r'"(?:[^"]|"")*"', "", text_of(exchange))
    kinds = set(re.findall(r"\r\n|\n|\r", outside))
    if len(kinds) > 1:
        yield Fault(
            "the CSV mixes line endings",
            "one line ending",
            " and ".join(sorted(map(repr, kinds))),
            place_of(exchange),
        )


@check(
    source="OWASP, CSV injection",
    rationale="Spreadsheets evaluate cells that look like formulas.",
    applies=is_csv,
    concerns=exports_files,
)
def csv_no_formula(exchange: Exchange) -> Iterator[Fault]:
    """No cell starts with `=`, `+`, `-`, `@`, tab or CR, except numbers."""
    for row in csv_rows(exchange) or []:
        for cell in row:
            if cell.startswith(FORMULA) and not _NUMBER.fullmatch(cell):
                guarded = repr("'" + cell)[:100]
                yield Fault(
                    "a spreadsheet would evaluate a cell as a formula",
                    guarded,
                    repr(cell)[:100],
                    place_of(exchange),
                )
                return
