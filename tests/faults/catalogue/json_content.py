"""The JSON of an export."""

from __future__ import annotations

import json

from tests.faults.catalogue.entry import fault
from tests.faults.edits import (
    content,
    json_edit,
    plus_one,
    without_row,
)

fault("broken-content", "the JSON content does not parse", "json-content-parses")(
    content("json", lambda text: text[:-1])
)
fault("unnamed-column", "a row has a column that is not declared", "json-rows-match-columns")(
    json_edit(lambda value: value | {"rows": [row | {"extra": 1} for row in value["rows"]]})
)
fault("measures-as-text", "measures are strings", "json-rows-match-columns")(
    json_edit(
        lambda value: (
            value
            | {"rows": [{k: v if v is None else str(v) for k, v in row.items()} for row in value["rows"]]}
        )
    )
)
fault("json-drops-a-row", "JSON has a row less than CSV", "formats-agree")(json_edit(without_row))
fault("json-drifts", "a measure differs between JSON and CSV", "formats-agree")(
    json_edit(lambda value: value | {"rows": [plus_one(row) for row in value["rows"]]})
)
for _id, _what, _change, _checks in (
    ("rows-as-lists", "rows are lists", lambda v: v | {"rows": [list(r.values()) for r in v["rows"]]}, ["json-rows-match-columns"]),
    ("no-columns", "the JSON content has no columns", lambda v: {"rows": v["rows"]}, ["json-rows-match-columns"]),
    ("rows-only", "the JSON content is its rows", lambda v: v["rows"], ["json-rows-match-columns"]),
    ("null-rows", "rows are null", lambda v: v | {"rows": None}, ["json-rows-match-columns"]),
    ("missing-cell", "a row lacks a column", lambda v: v | {"rows": [*v["rows"][:-1], dict(list(v["rows"][-1].items())[1:])]}, ["json-rows-match-columns"]),
    ("same-columns", "two columns of the JSON content have one name", lambda v: v | {"columns": [*v["columns"], v["columns"][0]]}, ["json-rows-match-columns"]),
    ("measures-first", "measures come before dimensions", lambda v: v | {"columns": v["columns"][::-1]}, ["export-dimensions-first"]),
    ("double-content", "the JSON content is encoded twice", json.dumps, ["json-rows-match-columns"]),
    ("one-row-more", "JSON has a row more than CSV", lambda v: v | {"rows": [*v["rows"], v["rows"][0]]}, ["formats-agree"]),
):  # fmt: skip
    fault(_id, _what, *_checks)(json_edit(_change))
for _id, _what, _change in (
    ("nan-in-content", "the JSON content has a NaN", lambda t: t[:-1].rstrip() + ',"x":NaN}'),
    ("comma-in-content", "the JSON content has a comma too many", lambda t: t[:-1].rstrip() + ",}"),
    ("lines-of-json", "the JSON content is a line a row", lambda _: '{"a": 1}\n{"a": 2}\n'),
    ("python-content", "the JSON content is Python", lambda t: repr(json.loads(t))),
    ("csv-for-json", "the JSON content is CSV", lambda _: '"a"\n"1"\n'),
    ("nothing-in-content", "the JSON content is empty", lambda _: ""),
    (
        "same-name-in-content",
        "a member of the JSON content occurs twice",
        lambda t: t[:-1].rstrip() + ',"rows":[]}',
    ),
):
    fault(_id, _what, "json-content-parses")(content("json", _change))
