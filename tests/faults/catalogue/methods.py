"""Methods, header fields and what changes from one request to the next."""

from __future__ import annotations

import asyncio

from tests.faults.catalogue.entry import fault
from tests.faults.edits import (
    answers,
    asks,
    fields,
    fields_twice,
    problem,
    unsteady,
)

fault("no-allow", "a 405 does not say what is allowed", "method-not-allowed-allow")(fields({405}, allow=None))
fault("wrong-allow", "Allow leaves out POST", "method-not-allowed-allow")(fields({405}, allow="GET"))
fault("gets-exports", "GET is answered as if it were POST", "method-not-allowed")(
    asks(
        lambda r: r.method == "GET",
        method=lambda _: "POST",
        fields=lambda _: [(b"content-type", b"application/json")],
        body=lambda _: b"{}",
    )
)


fault("unsteady", "the same request has other content each time", "export-repeatable")(unsteady(1_000_000))
fault("alternating", "the same request has other content every other time", "export-repeatable")(unsteady(2))
fault(
    "open-to-all", "any origin may read answers with the user's credentials", "cors-not-wild-with-credentials"
)(fields({200, 403, 404}, access_control_allow_origin="*", access_control_allow_credentials="true"))


def _each_time(change):
    """A fault with a memory: exports change by how many there were."""
    count = 0

    async def edit(request, call):
        nonlocal count
        answer = await call(request)
        if answer.status != 200 or not isinstance(answer.json, dict):
            return answer
        count += 1
        return answer.with_json(change(answer.json, count))

    return edit


async def _slowly(request, call):
    if request.field(b"content-type").endswith(b";charset=UTF-8"):
        await asyncio.sleep(2.3)
    return await call(request)


fault("slow", "an answer takes more than two seconds", "response-time-limit")(_slowly)
fault("time-runs-back", "as_of goes back from one export to the next", "time-moves-forward")(
    _each_time(
        lambda value, count: value | {"as_of": f"{2025 - count // 12}-{12 - count % 12:02}-01T00:00:00Z"}
    )
)
fault("shape-shifts", "every other export lacks its freshness", "repeatable")(
    _each_time(
        lambda v, count: (
            {k: x for k, x in v.items() if k != "freshness_lag_ms" or count % 2}
            | ({"freshness_lag_ms": 1} if count % 2 else {})
        )
    )
)
for _method in ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"):
    fault(f"fails-on-{_method.lower()}", f"{_method} makes the server fail", "server-error-never")(
        answers(lambda r, method=_method: r.method == method, 500, problem(500) if _method != "HEAD" else b"")
    )
for _method in ("PUT", "PATCH", "DELETE"):
    fault(f"takes-{_method.lower()}", f"{_method} is answered with success", "method-not-allowed")(
        answers(lambda r, method=_method: r.method == method, 200, {"ok": True}, "application/json")
    )
fault("allows-what-it-refuses", "Allow lists the method that is refused", "method-not-allowed-allow")(
    fields({405}, allow="GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, TRACE")
)
fault("allows-nothing", "Allow is empty", "method-not-allowed-allow")(fields({405}, allow=""))
fault("bare-tag", "ETag is not quoted", "etag-form")(fields({200}, etag="abc"))
fault("two-waits-at-once", "Retry-After comes twice", "single-valued-fields")(
    lambda request, call: fields_twice(request, call, 404, b"retry-after", (b"5", b"30"))
)
fault("two-places", "Location comes twice", "single-valued-fields")(
    lambda request, call: fields_twice(request, call, 200, b"location", (b"/a", b"/b"))
)
fault("reflects", "an error page shows what was asked", "no-reflection")(
    answers(lambda r: "<b>" in r.path, 404, b"<p>no <b>signoff</b></p>", "text/html")
)
