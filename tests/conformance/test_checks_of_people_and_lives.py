"""The checks on who asks and on what is read again: each fires on what is wrong and only on that."""

import pytest

from signoff.conformance.checks import KIT, Severity
from tests.conformance import shop

SECRET = "tok-0123456789"


@pytest.fixture
def judge(tmp_path):
    return shop.judge_of(shop.load(tmp_path), secrets=(SECRET,))


def found(judge, *exchanges):
    for exchange in exchanges:
        judge.judge(exchange)
    judge.relate(exchanges)
    return {failure.check.id for failure in [*judge.evidence.errors, *judge.evidence.warnings]}


@pytest.mark.parametrize(
    ("status", "intent", "expected"),
    [
        (200, "unauthenticated", {"auth-enforced"}),
        (204, "unauthenticated", {"auth-enforced"}),
        (401, "unauthenticated", set()),
        (403, "unauthenticated", set()),
        (404, "unauthenticated", set()),
        (400, "unauthenticated", set()),
        (200, "generated-credentials", {"invalid-credentials-rejected"}),
        (401, "generated-credentials", set()),
        (200, "other-user", {"object-authorization"}),
        (403, "other-user", set()),
        (404, "other-user", set()),
        (200, "denied-operation", {"function-authorization"}),
        (403, "denied-operation", set()),
        (200, "as-user", set()),
        (403, "as-user", set()),
    ],
)
def test_who_asks(judge, status, intent, expected):
    challenge = (("WWW-Authenticate", "Bearer"),) if status == 401 else ()
    subject = "changeThing" if status == 204 else "getThing"
    method = "PUT" if status == 204 else "GET"
    body = {"name": "x"} if status == 200 else None
    asked = {"sent": {"name": "x"}} if method == "PUT" else {}
    one = shop.exchange(
        judge, subject, status, body, method=method, intent=intent, headers=challenge, **asked
    )
    assert found(judge, one) == expected


def test_only_a_telling_answer_is_evidence(judge):
    found(judge, shop.exchange(judge, "getThing", 404, intent="unauthenticated"))
    assert judge.evidence.clauses["getThing/rules/auth-enforced"].state.value == "not covered"
    found(judge, shop.exchange(judge, "getThing", 403, intent="unauthenticated"))
    judge.evidence.conclude()
    unproved = judge.evidence.clauses["getThing/rules/auth-enforced"]
    assert unproved.state.value == "not covered"
    assert "no valid request for the same resource and user succeeded" in unproved.reason
    found(judge, shop.exchange(judge, "getThing", 200, intent="existing"))
    judge.evidence.conclude()
    assert unproved.state.value == "verified"


@pytest.mark.parametrize(
    ("status", "intent", "fires"),
    [(401, "anonymous", True), (403, "anonymous", True), (200, "anonymous", False), (404, "anonymous", False),
     (401, "unauthenticated", False)],
)  # fmt: skip
def test_what_is_open_to_all_works_without_credentials(judge, status, intent, fires):
    challenge = (("WWW-Authenticate", "Bearer"),) if status == 401 else ()
    one = shop.exchange(judge, "listThings", status, path="/things", intent=intent, headers=challenge)
    assert ("open-without-credentials" in found(judge, one)) is fires


def test_public_operations_have_no_such_clauses(judge):
    rules = {
        clause.rpartition("/")[2] for clause in judge.evidence.clauses if clause.startswith("listThings/")
    }
    assert not rules & {
        "auth-enforced",
        "object-authorization",
        "function-authorization",
        "secrets-not-echoed",
    }


@pytest.mark.parametrize(
    ("status", "documented"), [(403, True), (401, False)], ids=["where 403 is all", "where nothing is said"]
)
def test_an_undocumented_403_is_ordinary_only_where_nothing_is_said(tmp_path, status, documented):
    responses = {"200": {"description": "All"}} | ({} if documented else {"401": {"description": "Who?"}})
    paths = {"/things": {"get": {"operationId": "listThings", "responses": responses}}}
    judge = shop.judge_of(shop.load(tmp_path, paths=paths))
    one = shop.exchange(judge, "listThings", 403, path="/things", intent="unauthenticated")
    assert ("status-documented" in found(judge, one)) is not documented


@pytest.mark.parametrize(
    ("answer", "headers", "fires"),
    [
        ({"name": f"Bearer {SECRET}"}, (), True),
        ({"name": "x"}, (("X-Debug", SECRET),), True),
        ({"name": "x"}, (("Set-Cookie", f"session={SECRET}"),), False),
        ({"name": SECRET[:8]}, (), False),
    ],
)
def test_secrets_not_echoed(judge, answer, headers, fires):
    one = shop.exchange(judge, "getThing", 200, answer, intent="positive", headers=headers)
    assert found(judge, one) == ({"secrets-not-echoed"} if fires else set())


@pytest.mark.parametrize(
    ("hidden", "missing", "fires"),
    [
        ((404, {"title": "Not found"}), (404, {"title": "Not found"}), False),
        ((404, {"title": "Not found", "detail": "1"}), (404, {"title": "Not found", "detail": "2"}), False),
        ((404, {"title": "Hidden"}), (404, {"title": "Not found"}), True),
        ((404, {"title": "Not found", "owner": "a"}), (404, {"title": "Not found"}), True),
    ],
)
def test_no_existence_oracle(judge, hidden, missing, fires):
    pair = [
        shop.exchange(judge, "getThing", *hidden, intent="other-user"),
        shop.exchange(judge, "getThing", *missing, intent="other-user-missing", path="/things/9"),
    ]
    assert ("no-existence-oracle" in found(judge, *pair)) is fires


def test_a_document_that_tells_them_apart_has_no_oracle(tmp_path):
    responses = {status: {"description": "x"} for status in ("200", "403", "404")}
    item = {**shop.DOCUMENT["paths"]["/things/{thingId}"]}
    item["get"] = {**item["get"], "responses": responses}
    judge = shop.judge_of(shop.load(tmp_path, paths={"/things/{thingId}": item}))
    pair = [
        shop.exchange(judge, "getThing", 403, intent="forbidden"),
        shop.exchange(judge, "getThing", 404, intent="missing", path="/things/9"),
    ]
    assert "no-existence-oracle" not in found(judge, *pair)


def written(judge, subject, answer, **more):
    status = {"addThing": 201, "changeThing": 204 if answer is None else 200, "dropThing": 204}[subject]
    method = {"addThing": "POST", "changeThing": "PUT", "dropThing": "DELETE"}[subject]
    path = "/things" if subject == "addThing" else "/things/1"
    return shop.exchange(judge, subject, status, answer, method=method, path=path, intent="positive", **more)


@pytest.mark.parametrize(
    ("status", "read", "fires"),
    [
        (404, None, True),
        (410, None, True),
        (200, {"id": 1, "name": "ball"}, False),
        (200, {"id": 1, "name": "bat"}, True),
        (200, {"id": 1}, False),
        (403, None, False),
    ],
)
def test_created_is_found(judge, status, read, fires):
    created = written(judge, "addThing", {"id": 1, "name": "ball"}, sent={"name": "ball"})
    one = shop.exchange(judge, "addThing", status, read, intent="created", follows=created)
    assert ("created-is-found" in found(judge, one)) is fires


@pytest.mark.parametrize(
    ("answer", "read", "fires"),
    [
        ({"name": "bat"}, {"name": "bat"}, False),
        ({"name": "bat"}, {"name": "ball"}, True),
        ({"name": "Bat"}, {"name": "Bat"}, False),  # the server spells it otherwise, and says so
        (None, {"name": "ball"}, True),
        (None, {"name": "bat"}, False),
        (None, {"name": "BAT"}, False),
    ],
)
def test_updated_is_kept(judge, answer, read, fires):
    created = written(judge, "addThing", {"id": 1, "name": "ball"}, sent={"name": "ball"})
    before = shop.exchange(judge, "addThing", 200, {"name": "ball"}, intent="created", follows=created)
    changed = written(judge, "changeThing", answer, sent={"name": "bat"}, follows=before)
    one = shop.exchange(judge, "changeThing", 200, read, intent="updated", follows=changed)
    assert ("updated-is-kept" in found(judge, one)) is fires


def test_members_that_the_server_keeps_are_no_lost_change(judge):
    created = written(judge, "addThing", {"id": 1}, sent={"name": "ball"})
    before = shop.exchange(
        judge, "addThing", 200, {"id": 1, "name": "ball"}, intent="created", follows=created
    )
    changed = written(judge, "changeThing", None, sent={"id": 99, "name": "bat"}, follows=before)
    read = {"id": 1, "name": "bat"}
    one = shop.exchange(judge, "changeThing", 200, read, intent="updated", follows=changed)
    assert found(judge, one) == {"undeclared-members"}  # the schema has no id


@pytest.mark.parametrize(("status", "fires"), [(200, True), (404, False), (410, False), (403, False)])
def test_deleted_is_gone(judge, status, fires):
    one = shop.exchange(
        judge, "dropThing", status, {"name": "x"} if status == 200 else None, intent="deleted"
    )
    assert ("deleted-is-gone" in found(judge, one)) is fires


@pytest.mark.parametrize(("status", "fires"), [(404, True), (200, False), (403, False)])
def test_link_target_exists(judge, status, fires):
    one = shop.exchange(judge, "addThing", status, {"name": "x"} if status == 200 else None, intent="linked")
    assert ("link-target-exists" in found(judge, one)) is fires


@pytest.mark.parametrize(("again", "fires"), [("x", False), ("y", True)])
def test_a_name_that_is_taken_now_is_no_fault_of_the_form(tmp_path, again, fires):
    responses = {"201": {"description": "Made"}, "400": {"description": "Taken"}}
    add = {**shop.DOCUMENT["paths"]["/things"]["post"], "responses": responses}
    judge = shop.judge_of(shop.load(tmp_path, paths={"/things": {"post": add}}))
    asked = {"method": "POST", "path": "/things", "intent": "positive"}
    first = shop.exchange(judge, "addThing", 201, sent={"name": "x"}, **asked)
    second = shop.exchange(judge, "addThing", 400, sent={"name": again}, **asked)
    assert ("request-accepted" in found(judge, first, second)) is fires


def test_each_of_these_checks_is_tried_here():
    families = {check.id for check in KIT.checks.values() if check.family in ("lifecycle", "security")}
    assert families == {
        "auth-enforced", "invalid-credentials-rejected", "object-authorization", "function-authorization",
        "secrets-not-echoed", "open-without-credentials", "created-is-found", "updated-is-kept",
        "deleted-is-gone", "link-target-exists",
    }  # fmt: skip
    assert KIT.checks["invalid-credentials-rejected"].severity is Severity.WARNING
