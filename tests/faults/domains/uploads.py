"""The store of uploads: parts of multipart forms, fields of URL-encoded ones."""

import re
from dataclasses import replace

from tests.faults.domains import edits as e
from tests.faults.domains.entry import Fault, Variant

DOMAIN = "uploads"
ADD, SEARCH = {"method": "POST", "path": "/files"}, {"method": "POST", "path": "/search"}
TITLE = {"method": "PUT", "path": "/files/*/title"}
FOUND = {"id": "f1", "title": "Notes", "size": 5}
FORM = b"application/x-www-form-urlencoded"


def part(name, test, value):
    """A multipart body whose part is replaced where its content is meant."""
    pattern = re.compile(rb'(name="%s"[^\r]*\r\n(?:[^\r]+\r\n)*\r\n)(.*?)(?=\r\n--)' % name, re.DOTALL)

    def change(body):
        return pattern.sub(lambda found: found[1] + (value if test(found[2]) else found[2]), body)

    return e.body_replaced(change)


def field(name, test, value):
    """A URL-encoded body whose field is replaced where its text is meant."""
    pattern = re.compile(rb"(^|&)(%s=)([^&]*)" % name)
    return e.body_replaced(
        lambda body: pattern.sub(lambda f: f[1] + f[2] + (value if test(f[3]) else f[3]), body)
    )


def is_outside(least, most):
    return lambda text: re.fullmatch(rb"-?\d+", text) is not None and not least <= int(text) <= most


def added(_, answer):
    """A file is added, whatever was sent."""
    return replace(answer.with_json(FOUND), status=201).with_field("location", "/files/f1")


def lacks(name):
    return lambda request: name not in request.body


def typed(request, media_type):
    kept = [f for f in request.fields if f[0].lower() != b"content-type"]
    return replace(request, fields=[*kept, (b"content-type", media_type)])


async def content_stays(request, call):
    if request.method == "DELETE":
        answer = await call(replace(request, method="GET"))
        return e.to_status(204)(request, answer) if answer.status == 200 else answer
    return await call(request)


def taken_if(test, **where):
    """An edit that adds a file although the form is not valid."""

    async def edit(request, call):
        answer = await call(request)
        is_meant = request.method == "POST" and request.path == "/files" and answer.status == 400
        is_form = request.field(b"content-type").startswith(b"multipart/form-data")
        return added(request, answer) if is_meant and is_form and test(request) else answer

    return edit


FAULTS = [
    Fault("no-file-needed", DOMAIN, "A form without its file is taken.", taken_if(lacks(b'name="file"')),
          ("request-rejected",)),
    Fault("no-title-needed", DOMAIN, "A form without its title is taken.", taken_if(lacks(b'name="title"')),
          ("request-rejected",)),
    Fault("long-titles-in-forms", DOMAIN, "A title of more than 40 characters is cut.",
          e.rewritten(part(b"title", lambda text: len(text) > 40, b"cut"), **ADD), ("request-rejected",)),
    Fault("empty-titles-in-forms", DOMAIN, "An empty title is taken.",
          e.rewritten(part(b"title", lambda text: not text, b"untitled"), **ADD), ("request-rejected",)),
    Fault("any-visibility", DOMAIN, "Any visibility is taken.",
          e.rewritten(part(b"visibility", lambda text: text not in (b"public", b"private"), b"public"), **ADD),
          ("request-rejected",)),
    Fault("visibility-in-capitals", DOMAIN, "A visibility is taken in capitals.",
          e.rewritten(part(b"visibility", lambda text: text in (b"PUBLIC", b"PRIVATE"), b"public"), **ADD),
          ("request-rejected",)),
    Fault("no-pages", DOMAIN, "A file of no pages, or of too many, is taken.",
          e.rewritten(part(b"pages", is_outside(1, 500), b"1"), **ADD), ("request-rejected",)),
    Fault("pages-as-words", DOMAIN, "Pages that are not a number crash it.",
          e.fails_if(lambda r: bool(re.search(rb'name="pages".*?\r\n\r\n[^\d\r-]', r.body, re.DOTALL)), **ADD),
          ("server-error-never",)),
    Fault("pages-beyond-2-63", DOMAIN, "Pages beyond 2^63 crash it.",
          e.fails_if(lambda r: bool(re.search(rb'name="pages".*?\r\n\r\n\d{19,}', r.body, re.DOTALL)), **ADD),
          ("server-error-never",)),
    Fault("forms-as-json", DOMAIN, "JSON is taken where a form belongs.",
          e.changed(added, **ADD, field="content-type: application/json"), ("unsupported-media-415",)),
    Fault("any-body-is-a-file", DOMAIN, "Plain text is taken where a form belongs.",
          e.changed(added, **ADD, field="content-type: text/plain"), ("unsupported-media-415",)),
    Fault("empty-search", DOMAIN, "A search for nothing is taken.",
          e.rewritten(field(b"q", lambda text: not text, b"a"), **SEARCH), ("request-rejected",)),
    Fault("no-search", DOMAIN, "A search without its text is taken.",
          e.rewritten(e.body_replaced(lambda body: body if b"q=" in body else b"q=a"), **SEARCH,
                    when=lambda r: r.field(b"content-type").startswith(FORM)), ("request-rejected",)),
    Fault("search-limit-is-clamped", DOMAIN, "A limit out of bounds is taken.",
          e.rewritten(field(b"limit", is_outside(1, 100), b"1"), **SEARCH), ("request-rejected",)),
    Fault("search-limit-as-words", DOMAIN, "A limit that is not a number is ignored.",
          e.rewritten(field(b"limit", lambda t: re.fullmatch(rb"-?\d+", t) is None, b"1"), **SEARCH),
          ("request-rejected",)),
    Fault("search-limit-fails", DOMAIN, "A limit that is not a number crashes it.",
          e.fails_if(lambda r: bool(re.search(rb"limit=[^&\d-]", r.body)), **SEARCH), ("server-error-never",)),
    Fault("search-order-in-capitals", DOMAIN, "An order is taken in capitals.",
          e.rewritten(field(b"order", lambda text: text in (b"TITLE", b"SIZE"), b"title"), **SEARCH),
          ("request-rejected",)),
    Fault("search-takes-json", DOMAIN, "JSON is taken where a form belongs.",
          e.changed(lambda r, a: replace(a.with_json([FOUND]), status=200), **SEARCH,
                  field="content-type: application/json"), ("unsupported-media-415",)),
    Fault("titles-only-as-json", DOMAIN, "The second documented type of a request is refused.",
          e.changed(e.to_status(415, {"error": "Send JSON."}), **TITLE, field="content-type: application/x-www"),
          ("request-accepted",)),
    Fault("titles-as-forms-fail", DOMAIN, "The second documented type of a request crashes it.",
          e.changed(e.to_status(500, {"error": "x"}), **TITLE, field="content-type: application/x-www"),
          ("server-error-never",)),
    Fault("titles-of-any-length", DOMAIN, "A title of more than 40 characters is taken as JSON.",
          e.rewritten(e.body_replaced(lambda body: re.sub(rb'("title": ?")([^"]{39})[^"]+', rb"\1\2", body)), **TITLE),
          ("request-rejected",)),
    Fault("size-as-text", DOMAIN, "A size is text.",
          e.changed(e.members(size="5"), method="GET", path="/files/*", status=2), ("response-schema",)),
    Fault("unknown-visibility", DOMAIN, "A file has a visibility that the document does not know.",
          e.changed(e.members(visibility="friends"), method="GET", path="/files/*", status=2), ("response-schema",)),
    Fault("content-as-text", DOMAIN, "Bytes are called text.",
          e.changed(e.fields(content_type="text/plain"), path="/files/*/content", status=2), ("media-type-documented",)),
    Fault("content-without-a-type", DOMAIN, "Bytes have no type.",
          e.changed(e.fields(content_type=None), path="/files/*/content", status=2), ("content-type-present",)),
    Fault("removed-stays", DOMAIN, "A removed file stays.", content_stays, ("deleted-is-gone",)),
    Fault("uploads-all-401", DOMAIN, "Every upload gets 401.",
          e.changed(e.to_status(401, www_authenticate="Basic"), **ADD), unproven=("addFile",)),
    Fault("searches-all-429", DOMAIN, "Every search gets 429.", e.changed(e.to_status(429), **SEARCH),
          unproven=("search",)),
    Fault("bad-titles-get-404", DOMAIN, "A bad title of a file that exists gets 404.",
          e.changed(e.to_status(404), status=400, **TITLE), ("existing-is-found",)),
]  # fmt: skip

VARIANTS = [
    Variant("forms-422", DOMAIN, "Bad forms get 422.", e.changed(lambda r, a: replace(a, status=422), status=400)),
    Variant("wrong-type-is-400", DOMAIN, "A body of another type gets 400.",
            e.changed(lambda r, a: replace(a, status=400), status=415)),
    Variant("content-can-be-saved", DOMAIN, "Content-Disposition.",
            e.changed(e.fields(content_disposition='attachment; filename="notes.bin"'), path="/files/*/content")),
    Variant("files-have-tags", DOMAIN, "A strong ETag.",
            e.changed(e.fields(etag='"a1"'), method="GET", path="/files/*", status=2)),
    Variant("search-sorts-fields", DOMAIN, "Members in another order, with more of them.",
            e.changed(lambda r, a: a.with_json([{"score": 1.5, **part} for part in a.json[::-1]]), **SEARCH, status=2)),
    Variant("nothing-found", DOMAIN, "A search finds nothing.", e.changed(lambda r, a: a.with_json([]), **SEARCH, status=2)),
]  # fmt: skip
