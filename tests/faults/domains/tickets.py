"""The ticket shop: statuses that prove nothing, leaks, public operations, other people's orders."""

import json
import re
from dataclasses import replace

from tests.faults.domains import edits as e
from tests.faults.domains.entry import Fault, Variant

DOMAIN = "tickets"
OWNERS = {b"key-of-ben": b"key-of-ann"}


def as_ann(request):
    """Whoever asks is taken for Ann."""
    kept = [(name, OWNERS.get(value, value)) for name, value in request.fields]
    return replace(request, fields=kept)


def big(size):
    return lambda request: bool(re.search(rb"\d{%d,}" % size, request.body))


def needs_key(request, answer):
    is_known = request.field(b"x-key").startswith(b"key-of-")
    return answer if is_known else e.to_status(401, www_authenticate="Key")(request, answer)


def stays(request):
    """A DELETE that only looks."""
    return replace(request, method="GET")


async def cancelled_stays(request, call):
    if request.method != "DELETE":
        return await call(request)
    answer = await call(stays(request))
    return e.to_status(204)(request, answer) if answer.status == 200 else answer


async def new_order_is_lost(request, call):
    answer = await call(request)
    if request.method == "POST" and answer.status == 201:
        await call(replace(request, method="DELETE", path=f"/orders/{answer.json['id']}", body=b""))
    return answer


async def change_is_lost(request, call):
    if request.method != "PATCH":
        return await call(request)
    answer = await call(request)
    if answer.status == 200:
        await call(replace(request, body=b'{"seats": 1}'))
    return answer


ORDER = {"method": "POST", "path": "/orders"}
CHANGE = {"method": "PATCH", "path": "/orders/*"}


def answered(status, where):
    """Every response has this status."""
    return e.changed(e.to_status(status, www_authenticate="Key" if status == 401 else None), **where)


BAD_ORDER_STATUSES = (401, 403, 404, 409, 429, 503)
FAULTS = [
    *(
        Fault(
            f"orders-all-{status}",
            DOMAIN,
            f"Every order is answered with {status}, and none is checked.",
            answered(status, ORDER),
            unproven=("createOrder",),
        )
        for status in BAD_ORDER_STATUSES
    ),
    *(
        Fault(
            f"changes-all-{status}",
            DOMAIN,
            f"Every change of an order is answered with {status}.",
            answered(status, CHANGE),
            caught_by=("expected-status",),
            unproven=("changeOrder",),
        )
        for status in (401, 404, 409, 429)
    ),
    Fault("account-all-403", DOMAIN, "No account can be set.",
          e.changed(e.to_status(403), method="PUT", path="/account"), unproven=("setAccount",)),
    Fault("bad-changes-get-404", DOMAIN, "A bad body for an order that exists gets 404.",
          e.changed(e.to_status(404), status=400, **CHANGE), ("existing-is-found",)),
    Fault("leaks-password", DOMAIN, "The account shows its password, which is writeOnly.",
          e.changed(e.members(password="correct-horse"), method="GET", path="/account", status=2),
          ("write-only-hidden", "response-schema", "no-secrets-in-success")),
    Fault("leaks-password-when-set", DOMAIN, "A changed account is answered with its password.",
          e.changed(e.members(password="correct-horse"), method="PUT", path="/account", status=2),
          ("write-only-hidden", "response-schema", "no-secrets-in-success")),
    Fault("leaks-live-key", DOMAIN, "Events hold a payment provider's secret key.",
          e.changed(e.members(billing="sk_live_51HxQ2eZvKYlo2C0123456789abcd"), path="/events", status=2),
          ("no-secrets-in-success",)),
    Fault("leaks-aws-key", DOMAIN, "An order holds a cloud access key.",
          e.changed(e.members(upload="AKIAIOSFODNN7EXAMPLE"), path="/orders/*", method="GET", status=2),
          ("no-secrets-in-success",)),
    Fault("leaks-traceback-in-200", DOMAIN, "An order holds a stack trace.",
          e.changed(e.members(note='Traceback (most recent call last):\n  File "/srv/shop/app.py", line 7, in get'),
                  path="/orders/*", method="GET", status=2),
          ("no-secrets-in-success",)),
    Fault("leaks-sql-in-200", DOMAIN, "Events hold the statement that found them.",
          e.changed(e.members(debug="SELECT title, seats FROM events WHERE hidden = 0"), path="/events", status=2),
          ("no-secrets-in-success",)),
    Fault("echoes-key", DOMAIN, "The order holds the caller's key.",
          e.changed(lambda r, a: e.members(by=r.field(b"x-key").decode("latin-1"))(r, a),
                  path="/orders/*", method="GET", status=2), ("secrets-not-echoed",)),
    Fault("events-need-a-key", DOMAIN, "A public operation demands credentials.",
          e.changed(needs_key, path="/events"), ("open-without-credentials", "expected-status", "request-accepted")),
    Fault("health-needs-a-key", DOMAIN, "Nobody is told without a key that the shop is up.",
          e.changed(needs_key, path="/health"), ("open-without-credentials", "expected-status", "request-accepted")),
    Fault("venues-need-a-key", DOMAIN, "Optional credentials are demanded.",
          e.changed(needs_key, path="/venues"), ("open-without-credentials", "expected-status", "request-accepted")),
    Fault("strangers-read-orders", DOMAIN, "Anybody reads an order.",
          e.rewritten(lambda r: replace(r, fields=[(b"x-key", b"key-of-ann")]), method="GET", path="/orders/*",
                    when=lambda r: not r.field(b"x-key")), ("auth-enforced",)),
    Fault("any-key-reads-orders", DOMAIN, "Any key will do.",
          e.rewritten(lambda r: replace(r, fields=[(b"x-key", b"key-of-ann")]), method="GET", path="/orders/*",
                    when=lambda r: r.field(b"x-key") not in (b"", b"key-of-ann", b"key-of-ben")),
          ("auth-enforced", "invalid-credentials-rejected")),
    Fault("others-read-orders", DOMAIN, "Ben reads Ann's order.",
          e.rewritten(as_ann, method="GET", path="/orders/*"), ("object-authorization", "expected-status")),
    Fault("others-change-orders", DOMAIN, "Ben changes Ann's order.",
          e.rewritten(as_ann, **CHANGE), ("object-authorization", "expected-status")),
    Fault("no-challenge", DOMAIN, "A 401 names no scheme.",
          e.changed(e.fields(www_authenticate=None), status=401), ("unauthorized-challenge",)),
    Fault("ordered-on-the-phone", DOMAIN, "A channel that is likely, and not in the document, is taken.",
          e.rewritten(e.respelled("channel", lambda text: text == "mobile", ["web"]), **ORDER),
          ("request-rejected",)),
    Fault("channels-in-capitals", DOMAIN, "A channel is taken in capitals.",
          e.rewritten(e.respelled("channel", lambda text: text in ("WEB", "DESK"), ["web"]), **ORDER),
          ("request-rejected",)),
    Fault("channels-with-spaces", DOMAIN, "A channel is taken with spaces around it.",
          e.rewritten(e.respelled("channel", lambda text: text != text.strip(), ["web"]), **ORDER),
          ("request-rejected",)),
    Fault("sorts-by-anything", DOMAIN, "Any order is taken.",
          e.rewritten(e.query_replaced(lambda q: re.sub(rb"sort=[^&]*", b"sort=date", q)), path="/events"),
          ("request-rejected",)),
    Fault("eleven-seats", DOMAIN, "More seats than there may be.",
          e.rewritten(e.clamped("seats", -99, 10), **ORDER), ("request-rejected",)),
    Fault("no-seats", DOMAIN, "An order of no seats.", e.rewritten(e.clamped("seats", 1, 99), **ORDER),
          ("request-rejected",)),
    Fault("fails-beyond-2-53", DOMAIN, "Numbers beyond 2^53 crash it.", e.fails_if(big(16), **ORDER),
          ("server-error-never",)),
    Fault("fails-beyond-2-63", DOMAIN, "Numbers beyond 2^63 crash it.", e.fails_if(big(19), **CHANGE),
          ("server-error-never",)),
    Fault("fails-on-10-400", DOMAIN, "A number of 400 digits crashes it.", e.fails_if(big(300), **ORDER),
          ("server-error-never",)),
    Fault("limit-beyond-2-63-fails", DOMAIN, "A limit beyond 2^63 crashes it.",
          e.fails_if(lambda r: bool(re.search(rb"limit=\d{19,}", r.query)), path="/events"), ("server-error-never",)),
    Fault("extra-members-are-taken", DOMAIN, "A closed schema takes members that it does not have.",
          e.rewritten(e.with_body(lambda v: {k: n for k, n in v.items() if k == "seats"}), **CHANGE,
                    when=lambda r: isinstance(r.asked, dict) and "seats" in r.asked), ("request-rejected",)),
    Fault("csv-never-comes", DOMAIN, "The second documented media type fails.",
          e.changed(e.to_status(500, {"error": "x"}), path="/events", field="accept: text/csv"), ("server-error-never",)),
    Fault("csv-without-a-header", DOMAIN, "CSV does not have the header that its schema demands.",
          e.changed(e.octets(b"title,seats\n", b""), path="/events", field="accept: text/csv"), ("response-schema",)),
    Fault("csv-is-json", DOMAIN, "CSV is JSON under another name.",
          e.changed(lambda r, a: replace(a, body=json.dumps([1]).encode()), path="/events", field="accept: text/csv"),
          ("response-schema",)),
    Fault("cancelled-stays", DOMAIN, "A cancelled order stays.", cancelled_stays, ("deleted-is-gone",)),
    Fault("new-order-is-lost", DOMAIN, "A new order is not there.", new_order_is_lost,
          ("created-is-found", "location-resolves")),
    Fault("change-is-lost", DOMAIN, "A change of an order is not kept.", change_is_lost, ("updated-is-kept",)),
    Fault("no-location", DOMAIN, "A new order has no Location.", e.changed(e.fields(location=None), status=201),
          ("response-headers", "location-on-created")),
    Fault("location-to-nowhere", DOMAIN, "A new order is said to be elsewhere.",
          e.changed(e.fields(location="/orders/77777"), status=201), ("location-resolves",)),
    Fault("seats-as-text", DOMAIN, "Seats are text.", e.changed(e.members(seats="2"), path="/events"),
          ("response-schema",)),
    Fault("negative-seats", DOMAIN, "Fewer than no seats.", e.changed(e.members(seats=-1), path="/events"),
          ("response-schema",)),
    Fault("id-of-an-order-is-missing", DOMAIN, "An order has no id.",
          e.changed(lambda r, a: a.with_json({"event": "Tour", "seats": 2}), path="/orders/*", method="GET", status=2),
          ("response-schema",)),
    Fault("since-is-no-date", DOMAIN, "A date is none.", e.changed(e.members(since="15.1.2026"), path="/account", status=2),
          ("response-schema",)),
]  # fmt: skip


def problem_400(_, answer):
    return replace(answer, status=422) if answer.status == 400 else answer


async def throttled(request, call):
    """Each eleventh request is told to wait."""
    throttled.count = getattr(throttled, "count", 0) + 1
    if throttled.count % 11 == 0 and request.path == "/orders" and request.method == "POST":
        return e.to_status(429, retry_after="0")(
            request, await call(replace(request, method="GET", path="/health"))
        )
    return await call(request)


VARIANTS = [
    Variant("errors-are-422", DOMAIN, "Bad requests get 422.", e.changed(problem_400)),
    Variant("orders-of-others-say-why", DOMAIN, "A 403 has a body that the document does not have.",
            e.changed(e.to_status(403, {"error": "Not yours"}), status=403)),
    Variant("more-members", DOMAIN, "Members that the document does not have.",
            e.changed(e.members(currency="EUR"), path="/events")),
    Variant("json-with-charset", DOMAIN, "A charset in Content-Type.",
            e.changed(lambda r, a: a.with_field("content-type", "application/json; charset=UTF-8")
                    if a.json is not None else a, status=2)),
    Variant("accept-is-ignored", DOMAIN, "JSON, whatever is asked for.",
            e.rewritten(lambda r: replace(r, fields=[f for f in r.fields if f[0].lower() != b"accept"]), path="/events")),
    Variant("too-large-is-413", DOMAIN, "Large bodies get 413.",
            e.changed(e.to_status(413, {"error": "Too large"}), status=400, **ORDER, field="content-length: 000")),
    Variant("throttles", DOMAIN, "429 with Retry-After, as documented, now and then.", throttled),
    Variant("two-challenges", DOMAIN, "A 401 names two schemes.",
            e.changed(e.fields(www_authenticate='Key realm="shop", Bearer'), status=401)),
    Variant("location-is-absolute", DOMAIN, "Location is a whole URL.",
            e.changed(lambda r, a: a.with_field("location", f"http://{r.field(b'host').decode()}/orders/{a.json['id']}"),
                    status=201)),
    Variant("caching-fields", DOMAIN, "Cache-Control and Vary.",
            e.changed(e.fields(cache_control="no-store", vary="Accept, X-Key"))),
    Variant("errors-say-more", DOMAIN, "Errors name the member.",
            e.changed(e.members(field="/seats", code="range"), status=400)),
]  # fmt: skip
