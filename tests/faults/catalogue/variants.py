"""Correct servers that a strict reader might accuse."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace

from tests.faults.catalogue.entry import variant
from tests.faults.edits import (
    as_about_blank,
    content,
    emptied,
    fields_added,
    fields_changed,
    json_changed,
    members,
    octets_changed,
    restated,
)

variant("400-for-422", "a body of the wrong shape is answered 400")(
    lambda request, call: restated(request, call, 422, 400)
)
variant("422-for-400", "a malformed request is answered 422")(
    lambda request, call: restated(request, call, 400, 422)
)
variant("404-for-odd-ids", "an id that is no UUID is answered 404")(
    lambda request, call: restated(request, call, 400, 404)
)
variant("extra-members", "answers have more members")(
    lambda request, call: json_changed(request, call, lambda value: {"trace": "a1", **value, "x-more": [1]})
)
variant("other-order", "members come in another order")(
    lambda request, call: json_changed(request, call, lambda value: dict(reversed(value.items())))
)
variant("other-types", "problem types are other URIs")(
    lambda request, call: json_changed(
        request,
        call,
        lambda value: value | ({"type": f"urn:problem:{value['code']}"} if "code" in value else {}),
    )
)
variant("minimal-problems", "problems have a title and a status only")(
    lambda request, call: json_changed(
        request,
        call,
        lambda value: {k: v for k, v in value.items() if "title" not in value or k in ("title", "status")},
    )
)
variant("about-blank", "problems have no type of their own, and the status phrase for a title")(
    lambda request, call: json_changed(request, call, as_about_blank)
)
variant("nulls-left-out", "members that would be null are left out")(
    lambda request, call: json_changed(
        request, call, lambda value: {k: v for k, v in value.items() if v is not None}
    )
)
variant("null-members", "absent members of problems are null")(
    lambda request, call: json_changed(
        request,
        call,
        lambda value: value | ({"detail": None, "retry_after_seconds": None} if "title" in value else {}),
    )
)
variant("offsets", "times have fractions and an offset")(members(200, as_of="2026-01-14T08:00:00.250+02:00"))
variant("spaced-json", "JSON is indented")(
    lambda request, call: octets_changed(
        request, call, lambda body: json.dumps(json.loads(body), indent=2).encode()
    )
)
variant("escaped-json", "JSON is ASCII with escapes")(
    lambda request, call: octets_changed(request, call, lambda body: json.dumps(json.loads(body)).encode())
)
variant("charset", "media types have a charset")(
    lambda request, call: fields_changed(
        request, call, lambda n, v: (n, v + b"; charset=utf-8") if n == b"content-type" else (n, v)
    )
)
variant("capital-fields", "field names are in capitals")(
    lambda request, call: fields_changed(request, call, lambda n, v: (n.upper(), v))
)
variant("closing", "every connection is closed")(
    lambda request, call: fields_added(request, call, (b"connection", b"close"))
)
variant("empty-405", "a 405 has no content")(lambda request, call: emptied(request, call, 405))
variant("bare-content-type", "CSV is text/csv without a charset")(
    members(200, content_type=lambda old: old.partition(";")[0])
)
variant("crlf", "CSV lines end in CRLF")(content("csv", lambda text: re.sub(r'(?<=")\n', "\r\n", text)))
variant("waits", "a refusal says when to come back")(
    lambda request, call: fields_added(request, call, (b"retry-after", b"30"), {415})
)


@variant("gzip", "answers are compressed where the client accepts that")
async def _gzipped(request, call):
    answer = await call(request)
    accepts = any(name == b"accept-encoding" and b"gzip" in value for name, value in request.fields)
    if not accepts or not answer.body:
        return answer
    return replace(answer.with_field("content-encoding", "gzip"), body=gzip.compress(answer.body))


@variant("chunked", "answers are sent in chunks, without a length")
async def _chunked(request, call):
    answer = await call(request)
    return replace(answer.with_field("content-length", None), keep_length=True)
