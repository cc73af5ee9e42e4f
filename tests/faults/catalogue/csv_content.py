"""The CSV of an export."""

from __future__ import annotations

import re

from tests.faults.catalogue.entry import fault
from tests.faults.edits import (
    content,
    rows,
)

fault("headless-csv", "CSV has no header", "csv-header", "formats-agree")(rows(lambda lines: lines[1:]))
fault("twin-columns", "two columns have one name", "csv-header")(
    rows(lambda lines: [re.sub(r'^"(\w+)","\w+"', r'"\1","\1"', lines[0]), *lines[1:]])
)
fault("short-row", "a row lacks its last field", "csv-even-rows")(
    rows(lambda lines: [*lines[:-1], lines[-1].rpartition(",")[0] + "\n"])
)
fault("bare-quotes", "quotes inside a cell are not doubled", "csv-quoting", "csv-even-rows")(
    content("csv", lambda text: text.replace('""', '"'))
)
fault("unguarded-formula", "a cell that looks like a formula is not guarded", "csv-no-formula")(
    content("csv", lambda text: text.replace("\"'=", '"=').replace("\"'@", '"@'))
)
fault("mixed-line-ends", "lines end in LF and in CRLF", "csv-line-ends")(
    rows(lambda lines: [lines[0].rstrip("\n") + "\r\n", *lines[1:]])
)
fault("nul-in-csv", "a cell has a NUL character", "csv-utf8")(
    content("csv", lambda text: text.replace('"\n', '\0"\n', 1))
)
for _id, _what, _change, _checks in (
    ("semicolons", "fields are parted by semicolons", lambda t: t.replace('","', '";"'), ["csv-quoting"]),
    ("tabs", "fields are parted by tabs", lambda t: t.replace('","', "\t").replace('"', ""), ["formats-agree"]),
    ("blank-line", "an empty line stands at the end", lambda t: t + "\n", ["csv-even-rows"]),
    ("empty-csv", "the CSV is empty", lambda _: "", ["csv-header"]),
    ("separator-line", "the first line names the separator", lambda t: "sep=,\n" + t, ["csv-even-rows"]),
    ("long-row", "the last row has a field too many", lambda t: t.rstrip("\n") + ',"1"\n', ["csv-even-rows"]),
    ("open-quote", "a quote is never closed", lambda t: t.rstrip("\n")[:-1], ["csv-quoting"]),
    ("marked-csv", "the CSV starts with a byte order mark", lambda t: "\ufeff" + t, ["csv-quoting", "formats-agree"]),
    ("nameless-column", "a column has no name", lambda t: re.sub(r'^"\w+"', '""', t), ["csv-header"]),
    ("spaced-fields", "spaces stand before the quotes", lambda t: t.replace('","', '", "'), ["csv-quoting"]),
    ("html-csv", "the CSV is a table of HTML", lambda _: "<table><tr><td>1</td></tr></table>", ["formats-agree"]),
):  # fmt: skip
    fault(_id, _what, *_checks)(content("csv", _change))

fault("other-columns", "CSV has other names of columns than JSON", "formats-agree")(
    rows(lambda lines: [lines[0].upper(), *lines[1:]])
)
fault("other-order-of-columns", "CSV has its columns turned round", "formats-agree")(
    rows(lambda lines: [",".join(reversed(lines[0].rstrip("\n").split(","))) + "\n", *lines[1:]])
)
fault("header-twice", "CSV has its header twice", "formats-agree")(rows(lambda lines: [lines[0], *lines]))
fault("csv-drops-a-row", "CSV lacks its last row", "formats-agree")(rows(lambda lines: lines[:-1]))
fault("csv-turns-rows", "CSV has its rows in another order", "formats-agree")(
    rows(lambda lines: [lines[0], *reversed(lines[1:])])
)
fault("cells-without-end", "CSV cells have a space at their end", "formats-agree")(
    rows(lambda lines: [lines[0], *(re.sub(r'^"([^"]*)"', r'"\1 "', line) for line in lines[1:])])
)
