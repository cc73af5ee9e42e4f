"""Which status comes, and what is found."""

from __future__ import annotations

import re

from tests.faults.catalogue.entry import fault
from tests.faults.edits import (
    KNOWN,
    answers,
    asked_format,
    asks,
    is_known,
    problem,
    with_status,
)

fault("fails-on-json", "format json makes the server fail", "server-error-never")(
    answers(lambda r: is_known(r) and asked_format(r) == "json", 500, problem(500))
)
fault("fails-on-broken-json", "a broken body makes the server fail", "server-error-never")(
    answers(lambda r: r.is_export and r.asked is None and r.body, 500, problem(500))
)
fault("fails-on-odd-id", "an id that is not a UUID makes the server fail", "server-error-never")(
    answers(lambda r: r.is_export and not re.fullmatch(r"[0-9a-fA-F-]{36}", r.report_id), 500, problem(500))
)
fault("fails-on-unknown", "an unknown report makes the server fail", "server-error-never")(
    answers(lambda r: r.is_export and r.report_id.endswith("0404"), 500, problem(500))
)
fault("created-for-ok", "an export is answered 201", "status-documented")(
    lambda request, call: with_status(request, call, 200, 201)
)
fault("redirects-exports", "an export is answered with a redirect", "status-documented", "expected-status")(
    answers(is_known, 302, b"", None)
)
fault("forgets-a-report", "a report that exists is not found", "expected-status")(
    asks(is_known, path=lambda r: r.path.replace(r.report_id, "00000000-0000-4000-8000-000000000000"))
)
fault("shows-forbidden", "the forbidden report is exported", "expected-status")(
    asks(lambda r: r.report_id.lower().endswith("9fff"), path=lambda r: r.path.replace(r.report_id, KNOWN))
)
fault(
    "shows-forbidden-in-capitals",
    "the forbidden report is exported when its id is in capitals",
    "expected-status",
)(asks(lambda r: r.report_id.endswith("9FFF"), path=lambda r: r.path.replace(r.report_id, KNOWN)))
fault("hides-forbidden", "the forbidden report is answered 404", "expected-status")(
    asks(
        lambda r: r.report_id.lower().endswith("9fff"),
        path=lambda r: r.path.replace(r.report_id, "00000000-0000-4000-8000-000000000000"),
    )
)
fault("finds-everything", "an unknown report is exported", "expected-status")(
    asks(lambda r: r.report_id.endswith("0404"), path=lambda r: r.path.replace(r.report_id, KNOWN))
)
fault("case-matters", "an id in capitals is unknown", "uuid-case")(
    asks(
        lambda r: r.is_export and r.report_id != r.report_id.lower(),
        path=lambda r: r.path.replace(r.report_id, "00000000-0000-4000-8000-000000000000"),
    )
)


def _later(count, edit):
    """An edit that begins after so many requests."""
    seen = 0

    async def later(request, call):
        nonlocal seen
        seen += 1
        return await (edit(request, call) if seen > count else call(request))

    return later


fault("forgets-in-the-end", "a report that existed is gone after many requests", "expected-status")(
    _later(100, answers(is_known, 404, problem(404)))
)
fault("tires", "the server fails after many requests", "server-error-never")(
    _later(100, answers(is_known, 500, problem(500)))
)
fault("says-nothing-new", "an export is answered 204 without content", "status-documented")(
    answers(is_known, 204, b"", None)
)
fault("accepts-for-later", "an export is answered 202", "status-documented")(
    lambda request, call: with_status(request, call, 200, 202)
)
fault("errors-as-success", "not found is answered 200", "expected-status", "response-schema")(
    lambda request, call: with_status(request, call, 404, 200)
)
fault("gone-for-missing", "an unknown report is answered 410", "expected-status")(
    lambda request, call: with_status(request, call, 404, 410)
)
fault("asks-to-pay", "an export is answered 402", "expected-status")(answers(is_known, 402, problem(402)))
fault("conflicts", "an export is answered 409", "expected-status")(answers(is_known, 409, problem(409)))


@fault("gets-destroy", "after a GET the report is gone", "expected-status", "repeatable")
async def _gets_destroy(request, call, gone=[]):  # noqa: B006 - the memory of this server
    if request.method == "GET":
        gone.append(request.report_id)
    if request.is_export and request.report_id in gone:
        return await answers(lambda _: True, 404, problem(404))(request, call)
    return await call(request)
