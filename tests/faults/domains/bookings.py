"""The hotel: what each check of Schemathesis is there to find, and correct answers that look like it.

`PEER` says which of its checks finds a fault; `test_schemathesis_catalogue` holds docs/test.md to it.
"""

import asyncio
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from tests.faults.domains import edits as e
from tests.faults.domains.entry import Fault, Variant

DOMAIN = "bookings"
HEALTH = {"path": "/health", "method": "GET"}
ROOMS = {"path": "/rooms", "method": "GET"}
QUOTE = {"path": "/quotes", "method": "POST"}
BOOK = {"path": "/bookings", "method": "POST"}
READ = {"path": "/bookings/*", "method": "GET", "status": 2}
CHANGE = {"path": "/bookings/*", "method": "PATCH"}
CANCEL = {"path": "/bookings/*", "method": "DELETE"}
USUAL = {"kind": "suite", "payment": {"company": "Hotel"}}
KINDS = ["standard", "deluxe", "suite"]
ONE = {"id": 7, "guest": "Guest", "kind": "suite", "nights": 2, "state": "confirmed"}


def header(name, value):
    """A request with a header field set."""

    def to(request):
        kept = [(key, old) for key, old in request.fields if key.lower() != name]
        return replace(request, fields=[*kept, (name, value)])

    return to


def without_header(name):
    return lambda request: not request.field(name)


def query(change):
    """A request with its query's pairs changed."""
    return e.query_replaced(lambda raw: urlencode(change(parse_qsl(raw.decode("latin-1")))).encode())


def without(name):
    return query(lambda pairs: [pair for pair in pairs if pair[0] != name])


def floors(change):
    """A request with its floors changed, all at once."""

    def to(pairs):
        kept = [pair for pair in pairs if pair[0] != "floors"]
        return kept + [
            ("floors", text) for text in change([text for name, text in pairs if name == "floors"])
        ]

    return query(to)


def is_number(text):
    return re.fullmatch(r"-?\d{1,19}", text) is not None


def has(test):
    """Whether the JSON of a request is an object with something."""

    def found(request):
        try:
            return isinstance(request.asked, dict) and test(request.asked)
        except TypeError:  # of a type that the test does not expect
            return False

    return found


def usual_if(test):
    """A request for a usual price instead of a wish with something in it."""
    is_meant = has(test)
    return lambda request: e.with_body(lambda _: USUAL)(request) if is_meant(request) else request


def accepted(answer_of, *, when, status=200, **where):
    """An edit that answers with a success."""
    to = e.to_status(status, answer_of)

    async def edit(request, call):
        answer = await call(request)
        return await e.changed(to, **where)(request, lambda _: _now(answer)) if when(request) else answer

    return edit


def rejected(when, **where):
    """An edit that answers 400."""
    return accepted({"error": "No."}, when=when, status=400, **where)


async def _now(answer):
    return answer


def once(status):
    """An edit that breaks the first answer."""
    seen = []

    async def edit(request, call):
        answer = await call(request)
        if request.path != "/quotes" or answer.status != 200 or seen:
            return answer
        seen.append(1)
        return e.to_status(status, {"error": "x"})(request, answer)

    return edit


def remembers(*, keeps):
    """An edit that keeps the answers for bookings: after DELETE, or after a null remark by failing."""
    known, gone, null = {}, set(), set()

    async def edit(request, call):
        answer = await call(request)
        if request.method == "GET" and answer.status == 200:
            known[request.path] = answer
        if request.method == "DELETE" and answer.status == 204:
            gone.add(request.path)
        if request.method == "PATCH" and answer.status == 200 and answer.json.get("remark", "") is None:
            null.add(request.path)
        if request.method == "GET" and keeps == "deleted" and request.path in gone:
            number = int(request.path.rpartition("/")[2])
            return known.get(request.path) or e.to_status(200, {**ONE, "id": number})(request, answer)
        if request.method == "DELETE" and keeps == "deleted-silently" and request.path in gone:
            return replace(answer, status=204, body=b"")
        if request.method == "GET" and keeps == "null" and request.path in null:
            return e.to_status(500, {"error": "x"})(request, answer)
        return answer

    return edit


async def deletes_nothing(request, call):
    if request.method != "DELETE":
        return await call(request)
    answer = await call(replace(request, method="GET"))
    return e.to_status(204)(request, answer) if answer.status == 200 else answer


async def is_never_stored(request, call):
    """What is created has another id than the one in the answer."""
    answer = await call(request)
    if request.method != "POST" or request.path != "/bookings" or answer.status != 201:
        return answer
    return answer.with_json({**answer.json, "id": answer.json["id"] + 1000})


async def slowly(request, call):
    """Only with one of the Accept fields, as a bench waits for each response."""
    if request.path == "/health" and request.field(b"accept") == b"application/json":
        await asyncio.sleep(2.1)
    return await call(request)


def as_ann(when):
    """An edit that takes requests for Ann's."""
    return e.rewritten(header(b"authorization", b"Bearer token-of-ann"), when=when)


def guarded(request):
    return request.path.startswith("/bookings")


def also(method, path):
    """An edit that answers 200 to a method that the document does not have."""

    async def edit(request, call):
        answer = await call(request)
        is_meant = request.method == method and re.fullmatch(path, request.path)
        return e.to_status(200, {})(request, answer) if is_meant and answer.status == 405 else answer

    return edit


def allowed(text, method="OPTIONS"):
    """An edit of the Allow field of the answers to a method."""

    async def edit(request, call):
        answer = await call(request)
        if request.path != "/bookings" or request.method != method:
            return answer
        return replace(answer.with_field("allow", text), status=204, body=b"")

    return edit


PEER = {
    "not_a_server_error": [
        Fault("unknown-coupon-fails", DOMAIN, "A member that the document leaves open crashes it.",
              e.fails_if(has(lambda b: set(b) - {"guest", "kind", "nights", "remark"}), **BOOK), ("server-error-never",)),
        Fault("unknown-kind-fails", DOMAIN, "The price of an unknown kind of room crashes it.",
              e.fails_if(has(lambda b: b.get("kind") not in KINDS), **BOOK), ("server-error-never",)),
        Fault("offset-zero-fails", DOMAIN, "An offset of zero crashes it.",
              e.fails_if(lambda r: b"offset=0" in r.query.split(b"&"), **ROOMS), ("server-error-never",)),
        Fault("offset-times-out", DOMAIN, "An offset above zero gets 504.",
              e.changed(lambda r, a: replace(a, status=504) if re.search(rb"offset=[1-9]", r.query) else a, **ROOMS),
              ("server-error-never",)),
        Fault("other-body-types-fail", DOMAIN, "A body that is not JSON crashes it.",
              e.fails_if(lambda r: not r.field(b"content-type").startswith(b"application/json"), **QUOTE),
              ("server-error-never",)),
        Fault("null-is-read-badly", DOMAIN, "A booking whose remark is set to null can't be read any more.",
              remembers(keeps="null"), ("server-error-never",)),
        Fault("first-price-fails", DOMAIN, "The first price fails, later ones don't.", once(500), ("server-error-never",)),
        Fault("lists-fail", DOMAIN, "A list in place of an object crashes it.",
              e.fails_if(lambda r: isinstance(r.asked, list), **QUOTE), ("server-error-never",)),
        Fault("bad-ids-fail", DOMAIN, "An id that is not a number crashes it.",
              e.fails_if(lambda r: not is_number(r.path.rpartition("/")[2]), path="/bookings/*", method="GET"),
              ("server-error-never",)),
        Fault("deep-wishes-fail", DOMAIN, "A member two levels down that is missing crashes it.",
              e.fails_if(has(lambda b: b.get("stay") == {"party": {}}), **QUOTE), ("server-error-never",)),
    ],
    "status_code_conformance": [
        Fault("booked-with-418", DOMAIN, "A new booking gets 418.",
              e.changed(lambda r, a: replace(a, status=418), status=201, **BOOK), ("status-documented",)),
        Fault("booked-later", DOMAIN, "A new booking gets 202.",
              e.changed(lambda r, a: replace(a, status=202), status=201, **BOOK), ("status-documented",)),
        Fault("cancelled-with-200", DOMAIN, "A cancelled booking gets 200.",
              e.changed(e.to_status(200, {}), status=204, **CANCEL), ("status-documented",)),
        Fault("rooms-move", DOMAIN, "The rooms have moved.",
              e.changed(e.to_status(302, location="/health"), status=200, **ROOMS), ("status-documented", "expected-status")),
    ],
    "content_type_conformance": [
        Fault("rooms-as-html", DOMAIN, "Rooms are called HTML.",
              e.changed(e.fields(content_type="text/html"), status=200, **ROOMS), ("media-type-documented",)),
        Fault("rooms-of-no-type", DOMAIN, "Rooms have no type.",
              e.changed(e.fields(content_type=None), status=200, **ROOMS), ("content-type-present",)),
        Fault("price-of-a-broken-type", DOMAIN, "A price has a type that is not one.",
              e.changed(e.fields(content_type="json"), status=200, **QUOTE),
              ("media-type-documented", "content-type-present")),
        Fault("terms-as-json", DOMAIN, "The text is called JSON.",
              e.changed(e.fields(content_type="application/json"), path="/terms"),
              ("media-type-documented", "json-valid")),
        Fault("errors-as-text", DOMAIN, "An error is called text.",
              e.changed(e.fields(content_type="text/plain"), status=400, **QUOTE), ("media-type-documented",)),
    ],
    "response_headers_conformance": [
        Fault("no-left", DOMAIN, "A required header is missing.",
              e.changed(e.fields(x_left=None), **HEALTH), ("response-headers",)),
        Fault("left-as-words", DOMAIN, "A header is text where it should be an integer.",
              e.changed(e.fields(x_left="many"), **HEALTH), ("response-headers",)),
        Fault("less-than-none-left", DOMAIN, "A header is below its minimum.",
              e.changed(e.fields(x_left="-1"), **HEALTH), ("response-headers",)),
        Fault("region-of-its-own", DOMAIN, "An optional header has a value that is not in its enumeration.",
              e.changed(e.fields(x_region="west"), **HEALTH), ("response-headers",)),
    ],
    "response_schema_conformance": [
        Fault("booking-without-state", DOMAIN, "A required member is missing.",
              e.changed(lambda r, a: a.with_json({k: v for k, v in a.json.items() if k != "state"}), **READ),
              ("response-schema",)),
        Fault("status-is-a-uuid", DOMAIN, "A constant is something else each time.",
              e.changed(e.members(status="6c7e0ed2"), **HEALTH), ("response-schema",)),
        Fault("health-is-a-random-key", DOMAIN, "Another object is answered.",
              e.changed(lambda r, a: a.with_json({"random": "key"}), **HEALTH), ("response-schema",)),
        Fault("rooms-as-an-object", DOMAIN, "An object in place of a list.",
              e.changed(lambda r, a: a.with_json({"rooms": a.json}), status=200, **ROOMS), ("response-schema",)),
        Fault("rooms-are-malformed", DOMAIN, "The JSON is not JSON.",
              e.changed(lambda r, a: replace(a, body=b"{malformed}"), status=200, **ROOMS),
              ("json-valid", "response-schema")),
        Fault("health-is-empty", DOMAIN, "The body is empty.",
              e.changed(lambda r, a: replace(a, body=b""), **HEALTH), ("body-present", "json-valid")),
        Fault("kind-of-its-own", DOMAIN, "A value outside the enumeration.",
              e.changed(e.members(kind="palace"), **READ), ("response-schema",)),
        Fault("inner-beds-are-narrow", DOMAIN, "A recursive member breaks its schema two levels down.",
              e.changed(e.octets(b'"width":90}]', b'"width":60}]'), status=200, **ROOMS), ("response-schema",)),
        Fault("no-beds", DOMAIN, "A list is too short.",
              e.changed(e.members(beds=[]), status=200, **ROOMS), ("response-schema",)),
        Fault("price-of-null", DOMAIN, "A number is null.",
              e.changed(e.members(total=None), status=200, **QUOTE), ("response-schema",)),
        Fault("nights-as-text", DOMAIN, "A created booking has text where it should have a number.",
              e.changed(e.members(nights="2"), status=201, **BOOK), ("response-schema",)),
        Fault("errors-without-text", DOMAIN, "An error breaks its schema.",
              e.changed(lambda r, a: a.with_json({"message": "No."}), status=400, **QUOTE), ("response-schema",)),
        Fault("news-of-no-code", DOMAIN, "The JSON in an event breaks its schema.",
              e.changed(e.octets(b'"code": 2', b'"code": "two"'), path="/news"), ("response-schema",)),
        Fault("news-of-no-kind", DOMAIN, "An event has a name that the document does not know.",
              e.changed(e.octets(b"event: room", b"event: weather"), path="/news"), ("response-schema",)),
        Fault("news-without-json", DOMAIN, "The data of an event is not JSON.",
              e.changed(e.octets(b'{"code": 2}', b"two"), path="/news"), ("response-schema",)),
    ],
    "negative_data_rejection": [
        Fault("no-nights-at-all", DOMAIN, "Zero nights are booked.",
              e.rewritten(e.clamped("nights", 1, 10**30), **BOOK), ("request-rejected",)),
        Fault("nights-without-end", DOMAIN, "More than 365 nights are booked.",
              e.rewritten(e.clamped("nights", -(10**30), 365), **BOOK), ("request-rejected",)),
        Fault("guests-of-one-letter", DOMAIN, "A name of one letter is taken.",
              e.rewritten(e.with_body(lambda b: {**b, "guest": f"{b['guest']}xx"[:100]} if isinstance(b.get("guest"), str)
                                  and len(b["guest"]) < 2 else b), **BOOK), ("request-rejected",)),
        Fault("kinds-in-capitals", DOMAIN, "A kind is taken in any case.",
              e.rewritten(e.respelled("kind", lambda t: t.lower() in KINDS, KINDS), **BOOK), ("request-rejected",)),
        Fault("broken-json-is-a-wish", DOMAIN, "JSON that cannot be read is replaced by a default.",
              accepted({"total": 1, "currency": "EUR"}, when=lambda r: r.asked is None, **QUOTE), ("request-rejected",)),
        Fault("no-wish-at-all", DOMAIN, "A missing body is replaced by a default.",
              accepted({"total": 1, "currency": "EUR"}, when=lambda r: not r.body, **QUOTE), ("request-rejected",)),
        Fault("wishes-are-open", DOMAIN, "A closed object takes other members.",
              e.rewritten(e.with_body(lambda b: {k: v for k, v in b.items() if k in ("kind", "payment", "extras", "stay")}),
                        **QUOTE), ("request-rejected",)),
        Fault("payment-of-any-shape", DOMAIN, "What matches no branch of a oneOf is taken.",
              e.rewritten(usual_if(lambda b: isinstance(b.get("payment"), dict) and not (
                  {"card"} == set(b["payment"]) or {"company"} == set(b["payment"]))), **QUOTE), ("request-rejected",)),
        Fault("cards-of-any-length", DOMAIN, "A branch's pattern is not looked at.",
              e.rewritten(usual_if(lambda b: set(b.get("payment") or {}) == {"card"}), **QUOTE), ("request-rejected",)),
        Fault("extras-of-any-value", DOMAIN, "The values of a map are not looked at.",
              e.rewritten(e.with_body(lambda b: {k: v for k, v in b.items() if k != "extras"}), **QUOTE),
              ("request-rejected",)),
        Fault("parties-are-not-looked-at", DOMAIN, "What is two levels down is not looked at.",
              e.rewritten(usual_if(lambda b: "party" in b["stay"] if b.get("stay") else False), **QUOTE), ("request-rejected",)),
        Fault("floors-of-any-height", DOMAIN, "The items of a query list are not held to their bounds.",
              e.rewritten(floors(lambda texts: [str(min(max(int(t), 1), 9)) if is_number(t) else t for t in texts]), **ROOMS),
              ("request-rejected",)),
        Fault("floors-of-any-number", DOMAIN, "A query list may be too long.",
              e.rewritten(floors(lambda texts: texts[:3]), **ROOMS), ("request-rejected",)),
        Fault("floors-many-times", DOMAIN, "A query list may repeat its items.",
              e.rewritten(floors(lambda texts: list(dict.fromkeys(texts))), **ROOMS), ("request-rejected",)),
        Fault("floors-as-words", DOMAIN, "The items of a query list may be words.",
              e.rewritten(floors(lambda texts: [t for t in texts if is_number(t)]), **ROOMS), ("request-rejected",)),
        Fault("offset-as-words", DOMAIN, "A query number may be a word.",
              e.rewritten(without("offset"), when=lambda r: re.search(rb"offset=[^\d-]", r.query) is not None, **ROOMS),
              ("request-rejected",)),
        Fault("free-as-anything", DOMAIN, "A boolean may be anything.", e.rewritten(without("free"), **ROOMS),
              ("request-rejected",)),
        Fault("hotels-of-any-name", DOMAIN, "A header is not held to its pattern.",
              e.rewritten(header(b"x-hotel", b"OSL"), when=lambda r: bool(r.field(b"x-hotel")), **ROOMS),
              ("request-rejected",)),
        Fault("ids-of-any-kind", DOMAIN, "An id that is not a number names a booking.",
              accepted(ONE, when=lambda r: not is_number(r.path.rpartition("/")[2]), path="/bookings/*", method="GET",
                       status=200), ("request-rejected",)),
        Fault("changes-of-nothing", DOMAIN, "A change without any member is taken.",
              e.rewritten(e.with_body(lambda b: b or {"nights": 3}), **CHANGE), ("request-rejected",)),
        Fault("remarks-of-any-length", DOMAIN, "A remark of more than 60 letters is cut.",
              e.rewritten(e.with_body(lambda b: {**b, "remark": b["remark"][:60]} if isinstance(b.get("remark"), str) else b),
                        **CHANGE), ("request-rejected",)),
    ],
    "positive_data_acceptance": [
        Fault("long-stays-rejected", DOMAIN, "365 nights are rejected.",
              rejected(has(lambda b: isinstance(b.get("nights"), int) and b["nights"] > 300), **BOOK), ("request-accepted",)),
        Fault("open-members-rejected", DOMAIN, "A member that the document leaves open is rejected.",
              rejected(has(lambda b: set(b) - {"guest", "kind", "nights", "remark"}), **BOOK), ("request-accepted",)),
        Fault("names-in-ascii-alone", DOMAIN, "Names outside ASCII are rejected.",
              rejected(has(lambda b: not str(b.get("guest")).isascii()), **BOOK), ("request-accepted",)),
        Fault("standard-is-sold-out", DOMAIN, "One member of an enumeration is rejected.",
              rejected(has(lambda b: b.get("kind") == "standard"), **QUOTE), ("request-accepted",)),
        Fault("invoices-rejected", DOMAIN, "One branch of a oneOf is rejected.",
              rejected(has(lambda b: "company" in str(b.get("payment"))), **QUOTE), ("request-accepted",)),
        Fault("null-remarks-rejected", DOMAIN, "null is rejected where the document has it.",
              rejected(has(lambda b: b.get("remark", "") is None), **CHANGE), ("request-accepted",),
              missed="a documented 400 to a later PATCH may be about the state that an earlier one left"),
        Fault("remarks-are-required", DOMAIN, "An optional member is required.",
              rejected(has(lambda b: "remark" not in b), **BOOK), ("request-accepted",)),
        Fault("two-floors-rejected", DOMAIN, "A list of several items is rejected.",
              rejected(lambda r: r.query.count(b"floors=") > 1, **ROOMS), ("request-accepted",)),
        Fault("rooms-always-incorrect", DOMAIN, "Every request is rejected.", rejected(lambda r: True, **ROOMS),
              ("request-accepted", "expected-status")),
    ],
    "missing_required_header": [
        Fault("no-hotel-needed", DOMAIN, "A required header may be left out.",
              e.rewritten(header(b"x-hotel", b"OSL"), when=without_header(b"x-hotel"), **ROOMS), ("request-rejected",)),
        Fault("hotel-is-a-default", DOMAIN, "Without a required header nothing is found, and that is a success.",
              accepted([], when=without_header(b"x-hotel"), **ROOMS), ("request-rejected",)),
    ],
    "unsupported_method": [
        Fault("rooms-take-put", DOMAIN, "PUT works though the document has none.", also("PUT", "/rooms"),
              ("method-not-allowed",)),
        Fault("bookings-can-be-patched", DOMAIN, "PATCH works on the collection.", also("PATCH", "/bookings"),
              ("method-not-allowed",)),
        Fault("health-can-be-deleted", DOMAIN, "DELETE works though the document has none.", also("DELETE", "/health"),
              ("method-not-allowed",), missed="DELETE is not tried where it could delete a whole collection"),
        Fault("quotes-can-be-traced", DOMAIN, "TRACE sends the request back.",
              e.changed(e.to_status(200, {"seen": "x"}), method="TRACE"), ("trace-disabled",)),
        Fault("no-allow", DOMAIN, "A 405 has no Allow field.",
              e.changed(e.fields(allow=None), status=405, path="/rooms"), ("method-not-allowed-allow",)),
    ],
    "allow_header_conformance": [
        Fault("allow-lacks-post", DOMAIN, "Allow lacks a documented method.", allowed("GET, OPTIONS"),
              ("options-allow",)),
        Fault("options-know-more", DOMAIN, "Allow has a method that the document does not have.",
              allowed("POST, DELETE, OPTIONS"), ("options-allow",),
              missed="a server may have more methods than one document describes"),
    ],
    "use_after_free": [
        Fault("cancelled-can-be-read", DOMAIN, "A cancelled booking can still be read.", remembers(keeps="deleted"),
              ("deleted-is-gone",)),
        Fault("cancelling-does-nothing", DOMAIN, "Cancelling deletes nothing.", deletes_nothing, ("deleted-is-gone",)),
        Fault("cancelled-again", DOMAIN, "A cancelled booking can be cancelled again.",
              remembers(keeps="deleted-silently"), ("deleted-is-gone",),
              missed="DELETE is idempotent: a second one may have the first one's status (RFC 9110, 9.2.2)"),
    ],
    "ensure_resource_availability": [
        Fault("booked-elsewhere", DOMAIN, "A new booking is not found under its id.", is_never_stored,
              ("created-is-found", "link-target-exists")),
        Fault("new-bookings-are-not-found", DOMAIN, "No new booking can be read.",
              e.changed(lambda r, a: e.to_status(404)(r, a) if (a.json or {}).get("id", 0) > 3 else a, **READ),
              ("created-is-found", "link-target-exists")),
    ],
    "ignored_auth": [
        Fault("nobody-is-ann", DOMAIN, "Requests without a token are Ann's.",
              as_ann(lambda r: guarded(r) and not r.field(b"authorization")),
              ("auth-enforced",)),
        Fault("every-token-is-anns", DOMAIN, "Any token is Ann's.",
              as_ann(lambda r: guarded(r) and r.field(b"authorization") not in (b"", b"Bearer token-of-ben")),
              ("invalid-credentials-rejected", "auth-enforced")),
        Fault("nobody-may-read", DOMAIN, "Reading needs no token.",
              as_ann(lambda r: guarded(r) and r.method == "GET" and not r.field(b"authorization")), ("auth-enforced",)),
        Fault("nobody-may-cancel", DOMAIN, "Cancelling needs no token.",
              as_ann(lambda r: r.method == "DELETE" and not r.field(b"authorization")), ("auth-enforced",)),
    ],
    "object_level_authorization": [
        Fault("anns-are-read-by-ben", DOMAIN, "Another guest's booking can be read.",
              as_ann(lambda r: guarded(r) and r.method == "GET" and r.field(b"authorization").endswith(b"ben")),
              ("object-authorization",)),
        Fault("ben-changes-anns", DOMAIN, "Another guest's booking can be changed.",
              as_ann(lambda r: r.method == "PATCH" and r.field(b"authorization").endswith(b"ben")),
              ("object-authorization",)),
    ],
    "max_response_time": [
        Fault("health-is-slow", DOMAIN, "Responses take longer than allowed.", slowly, ("response-time",)),
    ],
}  # fmt: skip
FAULTS = [
    *(fault for faults in PEER.values() for fault in faults),
    Fault(
        "hidden-from-others",
        DOMAIN,
        "Another guest's booking gets 404, where the document has a 403 for it.",
        e.changed(e.to_status(404), status=403),
        ("expected-status",),
    ),
]

VARIANTS = [
    Variant("terms-in-cp866", DOMAIN, "A text in another charset.",
            e.changed(lambda r, a: replace(a.with_field("content-type", "text/plain;charset=cp866"),
                                         body="Оплата".encode("cp866")), path="/terms", status=200)),
    Variant("rooms-by-another-case", DOMAIN, "A media type in capitals with a charset.",
            e.changed(e.fields(content_type="Application/JSON; charset=utf-8"), status=200, **ROOMS)),
    Variant("whole-numbers-as-fractions", DOMAIN, "An integer as 101.0.",
            e.changed(e.octets(b'"number":101', b'"number":101.0'), status=200, **ROOMS)),
    Variant("deeper-beds", DOMAIN, "A recursive member of four levels.",
            e.changed(e.members(beds=[{"width": 90, "parts": [{"width": 80, "parts": [{"width": 70, "parts": []}]}]}]),
                    status=200, **ROOMS)),
    Variant("rooms-without-any", DOMAIN, "An empty list.", e.changed(lambda r, a: a.with_json([]), status=200, **ROOMS)),
    Variant("remarks-are-null", DOMAIN, "An optional member is null.", e.changed(lambda r, a: a.with_json({"remark": None, **a.json}), **READ)),
    Variant("health-knows-more", DOMAIN, "A header and a member that the document does not name.",
            e.changed(lambda r, a: e.fields(x_more="1")(r, e.members(more=1)(r, a)), **HEALTH)),
    Variant("no-region", DOMAIN, "An optional header is left out.", e.changed(e.fields(x_region=None), **HEALTH)),
    Variant("options-are-answered", DOMAIN, "OPTIONS with all methods, HEAD and OPTIONS included.",
            allowed("POST, HEAD, OPTIONS")),
    Variant("news-with-comments", DOMAIN, "Events with comments and other line ends.",
            e.changed(lambda r, a: replace(a, body=b": hello\r\n\r\n" + a.body.replace(b"\n", b"\r\n")), path="/news",
                    status=200)),
]  # fmt: skip
