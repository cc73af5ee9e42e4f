"""Odd requests: what makes a server fail, what it takes although it must not, what it refuses."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

from tests.faults.catalogue.entry import fault
from tests.faults.edits import KNOWN, answers, asked_format, asks, problem

JSON_FIELDS = [(b"content-type", b"application/json")]


def fails(fault_id, when_said, when):
    """A fault that makes the server fail."""
    fault(fault_id, f"{when_said} makes the server fail", "server-error-never")(
        answers(lambda r: r.is_export and when(r), 500, problem(500))
    )


def takes(fault_id, what, when, body=b"{}"):
    """A fault that makes the server take a body that it must refuse."""
    fault(fault_id, f"{what} is taken", "request-rejected")(
        asks(lambda r: r.is_export and when(r), body=lambda _: body)
    )


def member(request):
    return request.asked.get("format", ...) if isinstance(request.asked, dict) else ...


fails("fails-on-much", "a large body", lambda r: len(r.body) > 100_000)
fails("fails-on-depth", "a deeply nested body", lambda r: r.body.count(b"[") > 150)
fails("fails-on-unicode", "a letter beyond ASCII", lambda r: any(octet > 127 for octet in r.body))
fails("fails-on-long-ids", "a long id", lambda r: len(r.report_id) > 200)
fails("fails-on-nothing", "an empty body", lambda r: not r.body)
fails("fails-on-null", "a body of null", lambda r: r.body == b"null")
fails("fails-on-lists", "a body that is a list", lambda r: isinstance(r.asked, list))
fails("fails-on-numbers", "a format that is a number", lambda r: isinstance(member(r), float))
fails("fails-on-null-format", "a format of null", lambda r: member(r) is None)
fails("fails-on-list-format", "a format that is a list", lambda r: isinstance(member(r), list))
fails("fails-on-surrogates", "half a character", lambda r: b"\\ud800" in r.body)
fails("fails-on-nul", "a NUL character", lambda r: b"\\u0000" in r.body)
fails(
    "fails-on-forms", "a body that is said to be a form", lambda r: b"x-www-form" in r.field(b"content-type")
)
fails("fails-on-pictures", "asking for a picture", lambda r: b"image/png" in r.field(b"accept"))
fails("fails-on-queries", "a query", lambda r: r.query)
fails("fails-without-type", "a body without Content-Type", lambda r: r.body and not r.field(b"content-type"))
fails("fails-on-languages", "a language that is unknown", lambda r: b"tlh" in r.field(b"accept-language"))
fails(
    "fails-on-more",
    "a member that is unknown",
    lambda r: isinstance(r.asked, dict) and r.asked.keys() - {"format"},
)

takes("takes-null", "a format of null", lambda r: member(r) is None)
takes("takes-capitals", "a format in capitals", lambda r: member(r) in ("CSV", "JSON"))
takes("takes-spaces", "a format with a space in front", lambda r: member(r) in (" csv", " json"))
takes("takes-a-list", "a list of formats", lambda r: isinstance(member(r), list))
takes("takes-numbers", "a number as the format", lambda r: isinstance(member(r), float))
takes("takes-an-object", "an object as the format", lambda r: isinstance(member(r), dict))
takes("takes-true", "true as the format", lambda r: member(r) is True)
takes("takes-no-name", "an empty format", lambda r: member(r) == "")
takes("takes-nothing", "an empty body", lambda r: not r.body and r.field(b"content-type"))
takes("takes-null-bodies", "a body of null", lambda r: r.body == b"null")
takes("takes-text-bodies", "a body that is a text", lambda r: isinstance(r.asked, str))
takes(
    "takes-cut-json", "JSON that is cut off", lambda r: r.body.startswith(b'{"') and not r.body.endswith(b"}")
)
takes("takes-single-quotes", "JSON in single quotes", lambda r: r.body.startswith(b"{'"))
takes("takes-commas", "JSON with a comma too many", lambda r: r.body.endswith(b",}"))
takes("takes-tails", "what follows the JSON", lambda r: r.body in (b"{} {}", b"{}}"))

for _kind in ("x-www-form-urlencoded", "xml", "octet-stream"):
    fault(
        f"takes-{_kind}", f"a body that is said to be application/{_kind} is taken", "unsupported-media-415"
    )(
        asks(
            lambda r, kind=_kind: r.is_export and r.field(b"content-type") == f"application/{kind}".encode(),
            fields=lambda _: JSON_FIELDS,
        )
    )
for _name, _pattern in (("braced", r"\{.{36}\}"), ("urn", r"urn:uuid:.{36}"), ("long", r"[0-9a-f-]{36}0")):
    fault(f"takes-{_name}-ids", f"an id in {_name} form is taken", "request-rejected")(
        asks(
            lambda r, pattern=_pattern: re.fullmatch(pattern, r.report_id),
            path=lambda r: r.path.replace(r.report_id, KNOWN),
        )
    )


@fault("reads-the-query", "the format is read from the query", "export-format-as-asked")
async def _reads_the_query(request, call):
    found = parse_qs(request.query.decode("ascii", "replace")).get("format")
    if not found or not isinstance(request.asked, dict):
        return await call(request)
    return await asks(lambda _: True, body=lambda _: json.dumps({"format": found[0]}).encode())(request, call)


fault("refuses-capital-types", "Application/Json is refused", "request-accepted")(
    answers(lambda r: r.field(b"content-type") == b"Application/Json", 415, problem(415))
)
fault("refuses-capital-ids", "an id in capitals is refused", "request-accepted", "expected-status")(
    answers(lambda r: r.is_export and re.search("[A-F]", r.report_id), 400, problem(400))
)
fault("refuses-csv", "format csv is refused where it is named", "request-accepted")(
    answers(lambda r: r.is_export and member(r) == "csv", 422, problem(422))
)
fault("accepts-nothing", "an Accept of */* cannot be met", "not-acceptable")(
    answers(lambda r: r.field(b"accept") == b"*/*", 406, problem(406))
)
fault("is-busy-with-nonsense", "broken JSON is answered 503", "server-error-never")(
    answers(lambda r: r.is_export and r.body and r.asked is None, 503, problem(503))
)
fault(
    "takes-problems-for-success",
    "a format that is not offered is answered 200",
    "response-schema",
    "request-rejected",
)(answers(lambda r: asked_format(r) not in (None, "csv", "json"), 200, problem(422), "application/json"))
