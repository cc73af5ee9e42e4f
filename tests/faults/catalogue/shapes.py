"""The shape of exports."""

from __future__ import annotations

from tests.faults.catalogue.entry import fault
from tests.faults.edits import (
    answers,
    fields,
    is_known,
    json_changed,
    members,
    twice,
)

for _name in ("as_of", "content", "content_type", "filename", "format"):
    fault(f"leaves-out-{_name.replace('_', '-')}", f"an export has no {_name}", "response-schema")(
        members(200, **{_name: ...})
    )
fault("zoneless-as-of", "as_of has no zone", "response-schema")(members(200, as_of="2026-01-14T06:00:00"))
fault("no-such-day", "as_of is not a real date", "response-schema")(
    members(200, as_of="2026-02-30T06:00:00Z")
)
fault("negative-lag", "the freshness lag is negative", "response-schema")(members(200, freshness_lag_ms=-5))
fault("fractional-lag", "the freshness lag is not an integer", "response-schema")(
    members(200, freshness_lag_ms=0.5)
)
fault("content-as-object", "the content is not a string", "response-schema")(
    members(200, content={"rows": []})
)
fault("csv-said-json", "CSV is said to be application/json", "export-content-type-matches")(
    members(200, content_type=lambda old: "application/json" if old.startswith("text/csv") else old)
)
fault("no-extension", "the file name has no extension", "export-filename-extension")(
    members(200, filename="report")
)
fault("climbing-name", "the file name leads out of its folder", "filename-safe")(
    members(200, filename=lambda old: f"../{old}")
)
fault("quoting-name", "the file name has a quote", "filename-safe")(
    members(200, filename=lambda old: f'a"{old}')
)
fault("text-exports", "an export is sent as text/plain", "media-type-documented")(
    fields({200}, content_type="text/plain")
)
fault("untyped-exports", "an export has no Content-Type", "content-type-present")(
    fields({200}, content_type=None)
)
fault("latin-json", "JSON is said to be Latin-1", "content-type-present")(
    fields({200}, content_type="application/json; charset=iso-8859-1")
)
fault("two-types", "two Content-Type fields contradict", "single-valued-fields")(twice)
for _id, _what, _changes, _checks in (
    ("future-as-of", "as_of lies in the future", {"as_of": "2999-01-01T00:00:00Z"}, ["export-not-from-the-future"]),
    ("dated-as-of", "as_of is a date without a time", {"as_of": "2026-01-14"}, ["response-schema"]),
    ("numbered-as-of", "as_of is a number", {"as_of": 1768370400}, ["response-schema"]),
    ("spaced-as-of", "as_of has a space for the T", {"as_of": "2026-01-14 06:00:00Z"}, ["response-schema"]),
    ("spoken-as-of", "as_of is in words", {"as_of": "yesterday at noon"}, ["response-schema"]),
    ("null-as-of", "as_of is null", {"as_of": None}, ["response-schema"]),
    ("endless-lag", "the freshness lag does not fit int64", {"freshness_lag_ms": 2**70}, ["response-schema"]),
    ("lag-as-text", "the freshness lag is a string", {"freshness_lag_ms": "1500"}, ["response-schema"]),
    ("lag-as-truth", "the freshness lag is true", {"freshness_lag_ms": True}, ["response-schema"]),
    ("nameless-file", "the file name is empty", {"filename": ""}, ["response-schema"]),
    ("hidden-file", "the file name starts with a dot", {"filename": ".report.csv"}, ["response-schema"]),
    ("device-name", "the file is named for a device", {"filename": lambda old: "con." + old[-4:].strip(".")}, ["filename-safe"]),
    ("endless-name", "the file name is too long", {"filename": lambda old: "x" * 300 + old[-5:]}, ["response-schema"]),
    ("broken-name", "the file name has a line break", {"filename": lambda old: "a\nb" + old[-5:]}, ["response-schema"]),
    ("turned-name", "the file name turns its direction", {"filename": lambda old: "a\u202eb" + old[-5:]}, ["filename-safe"]),
    ("windows-path", "the file name is a path of Windows", {"filename": lambda old: f"C:\\{old}"}, ["response-schema"]),
    ("loud-extension", "the extension is in capitals", {"filename": lambda old: old.upper()}, ["export-filename-extension"]),
    ("text-extension", "the extension is .txt", {"filename": "report.txt"}, ["export-filename-extension"]),
    ("null-content", "the content is null", {"content": None}, ["response-schema"]),
    ("listed-content", "the content is a list of rows", {"content": [["a"]]}, ["response-schema"]),
    ("no-content-type", "the content type is empty", {"content_type": ""}, ["response-schema"]),
    ("plain-content-type", "the content type is text/plain", {"content_type": "text/plain"}, ["export-content-type-matches"]),
    ("excel-content-type", "the content type is that of Excel", {"content_type": "application/vnd.ms-excel"}, ["export-content-type-matches"]),
    ("loud-format", "the format is in capitals", {"format": str.upper}, ["response-schema"]),
    ("foreign-format", "the format is one that is not offered", {"format": "tsv"}, ["response-schema"]),
    ("null-format", "the format is null", {"format": None}, ["response-schema"]),
):  # fmt: skip
    fault(_id, _what, *_checks)(members(200, **_changes))

fault("wrapped", "an export is wrapped in `data`", "response-schema")(
    lambda request, call: json_changed(
        request, call, lambda value: {"data": value} if "content" in value else value
    )
)
fault("bare-csv", "an export is the CSV itself", "media-type-documented")(
    answers(is_known, 200, b'"a"\n"1"\n', "text/csv")
)
fault("html-exports", "an export is a page", "media-type-documented")(
    answers(is_known, 200, b"<table></table>", "text/html")
)
