"""The table itself: ids are well formed, every check it names exists, and no entry is without effect."""

import asyncio
import re

import pytest

from examples.report_server.app import create_app
from signoff.conformance import load_checks
from tests.conftest import FORBIDDEN, KNOWN, MISSING, ROOT, export_path
from tests.faults.catalogue import FAULTS, VARIANTS
from tests.faults.sample import IS_WHOLE
from tests.faults.wrapper import plant

JSON = "application/json"
OWN = load_checks([str(ROOT / "contract_tests" / "checks")])
ODD_IDS = (
    *(f"{{{KNOWN}}}", f"urn:uuid:{KNOWN}", f"{KNOWN}0", "<b>signoff<b>", "' OR '1'='1"),
    *("x" * 300, "x" * 3000),
)
METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "POST")
STEP = 1 if IS_WHOLE else 6
# These change when an answer comes, and not what it says.
TIMELY = ("slow", "unhurried", "pauses-once")
ODD_BODIES = (
    *(b"null", b'{"format": null}', b'{"format": "CSV"}', b'{"format": " csv"}', b'{"format": ["csv"]}'),
    *(
        b'{"format": 12345.678}',
        b"[" * 300 + b"]" * 300,
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b"{'a': 1}",
    ),
    *(b'{"a": 1,}', b'{"a": "' + b"x" * 200_000 + b'"}', '{"a": "caf\u00e9"}'.encode(), b'{"a": 1}'),
    *(b'{"format": {}}', b'{"format": true}', b'{"format": ""}', b'"text"', b'{"', b"{} {}", b"1"),
    b"\xef\xbb\xbf{}",
)
FIELDS = [
    *((b"accept", accept) for accept in (b"text/html", b"image/png", b"*/*")),
    *((b"accept-language", b"tlh"), (b"x-long", b"x" * 3000)),
]
MEDIA_TYPES = (
    *("application/x-www-form-urlencoded", "application/xml", "application/octet-stream"),
    *("Application/Json", f"{JSON};charset=UTF-8"),
)
REQUESTS = [
    *(("POST", KNOWN, JSON, body) for body in (b"{}", b'{"format": "csv"}', b'{"format": "json"}')),
    *(("POST", KNOWN, JSON, body) for body in (b'{"format": "xml"}', b"[]", b"{", b"{}")),
    *(("POST", KNOWN, media_type, b"{}") for media_type in ("text/plain", f"{JSON}; charset=utf-8")),
    *(("POST", report_id, JSON, b"{}") for report_id in (FORBIDDEN, FORBIDDEN.upper(), MISSING)),
    *(("POST", report_id, JSON, b"{}") for report_id in (KNOWN.upper(), KNOWN.replace("-", ""), "none")),
    *(("POST", f"018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f1{end}", JSON, b"{}") for end in (0, 1)),
    ("GET", KNOWN, JSON, b""),
    ("POST", KNOWN, "", b"{}"),
    *(
        (method, KNOWN, JSON, b"")
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "POST")
    ),
    *(("POST", KNOWN, JSON, body) for body in ODD_BODIES),
    *(("POST", report_id, JSON, b"{}") for report_id in ODD_IDS),
    *(("POST", KNOWN, media_type, b"{}") for media_type in MEDIA_TYPES),
    ("POST", KNOWN, JSON, b"{}", b"format=json"),
    *(("POST", KNOWN, JSON, b"{}", b"", field) for field in FIELDS),
    *[("POST", KNOWN, JSON, b"{}")] * 70,
]


async def _untouched(request, call):
    return await call(request)


async def _answer(app, method, report_id, media_type, *rest):
    """What goes over the wire for a request: the status, the header fields, the octets."""
    body, query, *more = (*rest, b"") if len(rest) == 1 else rest
    messages = []
    path = export_path(report_id)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [
            *([(b"content-type", media_type.encode())] if media_type else []),
            (b"accept-encoding", b"gzip"),
            *more,
        ],
    }

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        messages.append(message)

    await app(scope, receive, send)
    start, *parts = messages
    return start["status"], start["headers"], b"".join(message["body"] for message in parts)


def answers(edit):
    app = plant(create_app(), edit)

    async def ask():
        return [await _answer(app, *request) for request in REQUESTS]

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def untouched():
    return answers(_untouched)


def test_the_server_without_a_fault_answers_alike_every_time(untouched):
    assert answers(_untouched) == untouched
    assert {status for status, _, _ in untouched} == {200, 400, 403, 404, 405, 415, 422}


@pytest.mark.parametrize(
    "entry",
    [entry for entry in [*FAULTS, *VARIANTS] if entry.id not in TIMELY][::STEP],
    ids=lambda entry: entry.id,
)
def test_every_entry_changes_an_answer(untouched, entry):
    assert answers(entry.edit) != untouched


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_a_fault_names_checks_that_exist(contract, fault):
    own = {rule.id for rules in contract.rules.values() for rule in rules}
    assert fault.caught_by
    assert set(fault.caught_by) <= {*(entry.id for entry in OWN.entries), *own}


def test_ids_are_kebab_case_and_sentences_differ():
    entries = [*FAULTS, *VARIANTS]
    assert [e.id for e in entries if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", e.id)] == []
    assert len({entry.id for entry in entries}) == len(entries)
    assert len({fault.breaks for fault in FAULTS}) == len(FAULTS)
    assert len({variant.what for variant in VARIANTS}) == len(VARIANTS)
