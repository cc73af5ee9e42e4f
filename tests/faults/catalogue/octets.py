"""JSON to the letter, and the octets around it."""

from __future__ import annotations

import json

from tests.faults.catalogue.entry import fault
from tests.faults.edits import (
    cut_short,
    fields,
    octets,
)

fault("byte-order-mark", "JSON starts with a byte order mark", "json-valid")(
    octets(200, lambda b: b"\xef\xbb\xbf" + b)
)
fault("trailing-octets", "something follows the JSON", "json-valid")(octets(200, lambda b: b + b"\n;"))
fault("double-member", "a member occurs twice", "json-valid")(
    octets(200, lambda b: b[:-1] + b',"format":"csv"}')
)
fault("not-a-number", "a NaN stands in the JSON", "json-valid")(octets(200, lambda b: b[:-1] + b',"x":NaN}'))
fault("no-utf-8", "the JSON is not UTF-8", "json-valid")(octets(200, lambda b: b[:-1] + b',"x":"\xff"}'))
fault("empty-export", "an export is empty", "body-present")(octets(200, lambda _: b""))
fault("cut-short", "an export ends before its announced length", "complete-response")(cut_short)
for _id, _what, _change in (
    ("infinite", "an Infinity stands in the JSON", lambda b: b[:-1] + b',"x":Infinity}'),
    ("listed", "an export is in a list", lambda b: b"[" + b + b"]"),
    ("encoded-twice", "the JSON is encoded twice", lambda b: json.dumps(b.decode()).encode()),
    ("said-twice", "the JSON comes twice", lambda b: b + b),
    ("comma-too-many", "the JSON has a comma too many", lambda b: b[:-1] + b",}"),
    ("commented", "the JSON has a comment", lambda b: b"// an export\n" + b),
    ("half", "the JSON breaks off", lambda b: b[: len(b) // 2]),
    ("single-quoted", "the JSON has single quotes", lambda b: b.replace(b'"as_of"', b"'as_of'")),
    ("utf-16", "the JSON is UTF-16", lambda b: b.decode().encode("utf-16")),
    ("guarded", "the JSON has a guard in front", lambda b: b")]}',\n" + b),
    ("nothing-but-null", "an export is null", lambda _: b"null"),
    ("raw-break", "a line break stands raw in a string", lambda b: b[:-1] + b',"x":"a\nb"}'),
    ("leading-zero", "a number has a zero in front", lambda b: b[:-1] + b',"x":007}'),
):
    _checks = ["response-schema", "json-valid"]
    fault(_id, _what, *_checks)(octets(200, _change))

fault("no-gzip", "an answer is said to be gzip, but is not", "complete-response")(
    fields({200}, content_encoding="gzip")
)
fault("other-octets-after", "an error has something after its JSON", "json-valid")(
    octets(404, lambda b: b + b"\0")
)
fault("marked-errors", "an error starts with a byte order mark", "json-valid")(
    octets(422, lambda b: b"\xef\xbb\xbf" + b)
)
