"""The other domains: each fault is found, no correct variant is accused, and no entry is without effect.

A third of the entries, chosen by a hash of their ids, runs only with SIGNOFF_HELD_OUT set, as `.ci/run` does.
"""

import asyncio
import os

import httpx2
import pytest

from signoff.conformance.checks import KIT
from tests.conftest import ROOT, running
from tests.faults import catalogue, domains
from tests.faults.domains import FAULTS, SERVERS, VARIANTS, accused, found_by, is_held_out, verdict_on
from tests.faults.domains.edits import changed, to_status
from tests.faults.sample import IS_WHOLE, one_for_each_check
from tests.faults.wrapper import plant

HELD_OUT = bool(os.environ.get("SIGNOFF_HELD_OUT"))
ELSEWHERE = {check for fault in catalogue.FAULTS for check in fault.caught_by}


def chosen(entries, sample):
    """Of the entries for developing a sample, and with SIGNOFF_HELD_OUT set all others."""
    open_ones = [entry for entry in entries if not is_held_out(entry.id)]
    return [*sample(open_ones), *(entry for entry in entries if HELD_OUT and is_held_out(entry.id))]


def faults_of(entries):
    """One for each check that no fault of the reports API shows, and a missed and an unproven one."""
    rest = [[entry for entry in entries if entry.missed], [entry for entry in entries if entry.unproven]]
    sample = [*one_for_each_check(entries, ELSEWHERE), *(entry for some in rest for entry in some[:1])]
    return list({entry.id: entry for entry in sample}.values())


def some_of(entries):
    return entries[:: 1 if IS_WHOLE else 9]


@pytest.mark.parametrize("domain", SERVERS)
def test_the_server_itself_passes(domain):
    verdict = verdict_on(domain)
    assert accused(verdict) == []
    assert verdict.passed


@pytest.mark.parametrize("fault", chosen(FAULTS, faults_of), ids=lambda entry: entry.id)
def test_a_planted_fault_is_found(fault):
    verdict = verdict_on(fault.domain, fault.edit)
    assert bool(found_by(fault, verdict)) != bool(fault.missed), accused(verdict)


@pytest.mark.parametrize("variant", chosen(VARIANTS, some_of), ids=lambda entry: entry.id)
def test_a_correct_variant_is_not_accused(variant):
    verdict = verdict_on(variant.domain, variant.edit)
    assert accused(verdict) == [], [(failure.check.id, failure.fault) for failure in verdict.evidence.errors]


def test_an_operation_that_refuses_all_is_not_proven_by_its_refusals():
    """The measure itself: with the sound server, what `unproven` names is verified."""
    fault = next(entry for entry in FAULTS if entry.unproven == ("createOrder",))
    assert found_by(fault, verdict_on("tickets")) == []
    assert found_by(fault, verdict_on("tickets", changed(to_status(409), method="POST", path="/orders")))


def test_nothing_but_what_is_disposable_is_deleted():
    """Rows that exist and that the data file does not give away survive a run."""
    shop = SERVERS["tickets"]()
    order = {"event": "Tour", "seats": 2}
    shop.orders = {key: ("ann", {"id": key, **order}) for key in range(1, 301)}
    shop.next = 301
    with running(shop.app()) as origin:
        contract = domains.signoff.load(domains.FOLDER / "tickets.yaml")
        data = domains.load_data(domains.FOLDER / "tickets.data.yaml")
        domains.run(origin, contract, data, domains.Options(no_fuzzing=True))
    lost = {*range(1, 301)} - {2, 3} - shop.orders.keys()
    assert lost == set()


def test_the_bench_is_as_large_as_it_says():
    ids = [entry.id for entry in [*FAULTS, *VARIANTS]]
    assert len(set(ids)) == len(ids)
    assert len({fault.breaks for fault in FAULTS}) > 95
    assert len(FAULTS) >= 60
    assert len(VARIANTS) >= 25
    held_out = sum(map(is_held_out, ids))
    assert 0.25 < held_out / len(ids) < 0.42
    assert "SIGNOFF_HELD_OUT=1" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda entry: entry.id)
def test_a_fault_names_checks_that_exist(fault):
    known = {entry.id for entry in KIT.entries}
    assert fault.caught_by or fault.unproven
    assert set(fault.caught_by) <= known


ANN, JSON = {"X-Key": "key-of-ann"}, {"Content-Type": "application/json"}
BEN = {"X-Key": "key-of-ben"}
HUGE = "9" * 400
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def multipart(**parts):
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in parts.items()
    )
    return {
        "content": f"{body}--b--\r\n".encode(),
        "headers": {"Content-Type": "multipart/form-data; boundary=b"},
    }


def sent(method, path, body=None, **headers):
    content = body.encode() if isinstance(body, str) else b""
    return method, path, {"content": content, "headers": headers}


def orders(body, **headers):
    return sent("POST", "/orders", body, **ANN, **JSON, **headers)


GUEST, HOTEL = {"Authorization": "Bearer token-of-ann"}, {"X-Hotel": "OSL"}
ROOM_QUERIES = [
    *("?offset=0", "?offset=5", "?offset=x", "?free=maybe"),
    *(
        "?floors=1&floors=2",
        "?floors=0",
        "?floors=1&floors=1",
        "?floors=a",
        "?floors=1&floors=2&floors=3&floors=4",
    ),
]
WISHES = [
    '{{"kind": "{}", "payment": {}{}}}'.format(*parts)
    for parts in (
        ("suite", '{"card": "12345678"}', ""),
        ("standard", '{"company": "Inn"}', ""),
        ("suite", '{"card": "1"}', ""),
        ("suite", "{}", ""),
        ("suite", '{"card": "12345678"}', ', "more": 1'),
        ("suite", '{"card": "12345678"}', ', "extras": {"towels": "many"}'),
        ("suite", '{"card": "12345678"}', ', "stay": {"party": {}}'),
    )
]
BOOKINGS = [
    '{{"guest": "{}", "kind": "{}", "nights": {}{}}}'.format(*parts)
    for parts in (
        ("Ann", "suite", 2, ""),
        ("Ann", "suite", 2, ', "remark": "late"'),
        ("Ann", "suite", 2, ', "more": 1'),
        ("Ann", "suite", 0, ""),
        ("Ann", "suite", 366, ""),
        ("Ann", "suite", 365, ""),
        ("A", "suite", 2, ""),
        ("Änn", "suite", 2, ""),
        ("Ann", "SUITE", 2, ""),
    )
]
REQUESTS = {
    "tickets": [
        *(sent("GET", path) for path in ("/health", "/events", "/venues", "/account", "/orders/1")),
        *(sent("GET", "/orders/1", **{"X-Key": key}) for key in ("key-of-ann", "key-of-ben", "nobody")),
        sent("GET", "/events", Accept="text/csv"),
        *(sent("GET", f"/events?{query}") for query in ("limit=99999999999999999999", "sort=price")),
        sent("PUT", "/account", '{"email": "a@example.com"}', **ANN, **JSON),
        sent("GET", "/account", **ANN),
        *(orders(f'{{"event": "Tour", "seats": {n}}}') for n in (2, 11, 0, "9" * 17, "9" * 20, HUGE)),
        *(
            orders(f'{{"event": "Tour", "seats": 2, "channel": "{name}"}}')
            for name in ("web", "mobile", "WEB", " web", "web ")
        ),
        orders("{}", **{"Content-Length": "0002"}),
        *[orders('{"event": "Tour", "seats": 2}')] * 20,
        sent("GET", "/orders/4", **ANN),
        *(
            sent("PATCH", "/orders/1", body, **key, **JSON)
            for key in (ANN, BEN)
            for body in ('{"seats": 3}', '{"seats": 3, "x": 1}', "{}", '{"seats": %s}' % ("9" * 20))
        ),
        sent("GET", "/orders/1", **ANN),
        *(sent(method, "/orders/2", **ANN) for method in ("DELETE", "GET")),
    ],
    "uploads": [
        *(sent("GET", path) for path in ("/files/f1", "/files/f999", "/files/f1/content")),
        *(
            ("POST", "/files", multipart(**parts))
            for parts in (
                {"file": "a", "title": "A"},
                {"title": "A"},
                {"file": "a"},
                {"file": "a", "title": "t" * 41},
                {"file": "a", "title": ""},
                *(
                    {"file": "a", "title": "A", "visibility": text}
                    for text in ("public", "PUBLIC", "friends")
                ),
                *({"file": "a", "title": "A", "pages": text} for text in ("3", "0", "501", "many", "9" * 20)),
            )
        ),
        *(
            sent("POST", "/files", "{}", **{"Content-Type": kind})
            for kind in ("application/json", "text/plain")
        ),
        *(
            sent("POST", "/search", body, **FORM)
            for body in ("q=note", "q=", "limit=3", "q=a&limit=0", "q=a&limit=x", "q=a&order=TITLE", "q=zzz")
        ),
        sent("POST", "/search", '{"q": "note"}', **JSON),
        *(sent("PUT", "/files/f1/title", body, **FORM) for body in ("title=A", "title=")),
        *(sent("PUT", "/files/f1/title", f'{{"title": "{text}"}}', **JSON) for text in ("A", "", "t" * 41)),
        *(sent(method, "/files/f2") for method in ("DELETE", "GET")),
    ],
    "bookings": [
        *(sent("GET", path) for path in ("/health", "/terms", "/news", "/rooms")),
        *(sent("GET", f"/rooms{query}", **HOTEL) for query in ("", *ROOM_QUERIES)),
        sent("GET", "/rooms", **{"X-Hotel": "Oslo"}),
        *(
            sent(method, path, "{}")
            for path in ("/health", "/rooms", "/bookings", "/quotes")
            for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS")
        ),
        *(sent("POST", "/quotes", body, **JSON) for body in (*WISHES, "", "{", "[]")),
        sent("POST", "/quotes", WISHES[0], **{"Content-Type": "text/plain"}),
        *(sent("POST", "/bookings", body, **GUEST, **JSON) for body in BOOKINGS),
        *(sent("GET", f"/bookings/{name}", **GUEST) for name in (1, 4, 5, "abc")),
        *(
            sent(method, "/bookings/1", body, **key, **JSON)
            for method, body in (("GET", None), ("PATCH", '{"nights": 4}'))
            for key in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer token-of-ben"})
        ),
        *(
            sent("PATCH", "/bookings/1", body, **GUEST, **JSON)
            for body in ("{}", '{"remark": null}', '{"remark": "%s"}' % ("r" * 61))
        ),
        sent("GET", "/bookings/1", **GUEST),
        sent("DELETE", "/bookings/3"),
        *(sent(method, "/bookings/2", **GUEST) for method in ("GET", "DELETE", "GET", "DELETE")),
    ],
    "readings": [
        *(sent("GET", path) for path in ("/readings", "/readings/1", "/alarms", "/station", "/units")),
        sent("GET", "/readings", Accept="application/json"),
        sent("GET", "/readings?limit=0"),
        *(
            sent("POST", "/readings", f'{{"value": {value}, "unit": "celsius"}}', **JSON)
            for value in (1, 1001, "9" * 20, "-" + "9" * 20)
        ),
        *(
            sent("POST", "/readings", f'{{"value": 1, "unit": "{unit}"}}', **JSON)
            for unit in ("kelvin", "Celsius", "PERCENT")
        ),
    ],
}


def answers(domain, edit):
    app = plant(SERVERS[domain]().app(), edit)

    async def ask():
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://bench") as client:
            for method, path, rest in REQUESTS[domain]:
                got = await client.request(method, path, **rest)
                yield got.status_code, got.headers.multi_items(), got.content

    async def collected():
        return [answer async for answer in ask()]

    return asyncio.run(collected())


@pytest.fixture(scope="module")
def usual():
    return {domain: answers(domain, domains.untouched) for domain in SERVERS}


SEEN = [entry for entry in (*FAULTS, *VARIANTS) if "response-time" not in getattr(entry, "caught_by", ())]


@pytest.mark.parametrize("entry", SEEN[:: 1 if IS_WHOLE else 6], ids=lambda entry: entry.id)
def test_every_entry_changes_an_answer(usual, entry):
    assert answers(entry.domain, entry.edit) != usual[entry.domain]
