"""Which requests are sent to see who is let in."""

import base64

import pytest

from signoff.conformance.base_requests import BaseRequests
from signoff.conformance.credentials import carriers, rejectable
from signoff.conformance.generation import schema_for
from signoff.conformance.known_values import KnownValues, OperationData, TargetData, User
from signoff.conformance.options import Options
from tests.conformance import shop

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
KNOWN = {"thingId": KnownValues(existing=("1", "2", "3"), missing=("9",))}
ANN = User("ann", {"Authorization": f"Bearer {JWT}"})


def refused(tmp_path, security, data=None, operation="getThing"):
    """The requests to one operation as `intent, label, fields or query of interest`."""
    contract = shop.load(tmp_path, security=security)
    data = (data or TargetData()).sent_as_default_user({})
    schema = schema_for(contract, shop.ORIGIN, data, Options())
    bases = BaseRequests(contract, schema, shop.ORIGIN)
    return [entry for entry in rejectable(contract, bases, data) if entry.subject.id == operation]


def authorization(entry):
    return {name.lower(): value for name, value in entry.sent.headers}.get("authorization")


@pytest.mark.parametrize(
    "security",
    [
        [],
        [{}],
        [{"token": []}, {}],
        [{"certificate": []}],
        [{"token": []}, {"certificate": []}],
        [{"nope": []}],
    ],
    ids=str,
)
def test_what_anybody_may_call_is_not_tried(tmp_path, security):
    assert [entry.intent for entry in refused(tmp_path, security) if entry.intent != "anonymous"] == []


@pytest.mark.parametrize("security", [[{}], [{"token": []}, {}]], ids=str)
def test_what_anybody_may_call_is_called_without_credentials(tmp_path, security):
    (entry,) = refused(tmp_path, security, TargetData(KNOWN, users={"ann": ANN}, default_user="ann"))
    assert (entry.intent, authorization(entry)) == ("anonymous", None)


def test_users_are_tried_where_the_document_has_no_security(tmp_path):
    bob = User("bob", {"Authorization": "Bearer of-bob-123"}, denied_operations=frozenset({"getThing"}))
    eve = User("eve", {"Authorization": "Bearer of-eve-123"})
    users = {"ann": ANN, "bob": bob, "eve": eve}
    entries = refused(tmp_path, [], TargetData(KNOWN, users=users, default_user="ann"))
    assert [(entry.intent, authorization(entry)) for entry in entries] == [
        ("denied-operation", "Bearer of-bob-123"),
        ("as-user", "Bearer of-eve-123"),
    ]


def test_without_credentials_of_the_run_absent_and_malformed_ones_are_tried(tmp_path):
    entries = refused(tmp_path, [{"token": []}])
    assert {entry.intent for entry in entries} == {"unauthenticated"}
    sent = [authorization(entry) for entry in entries]
    assert sent[:2] == [None, "Bearer"]
    assert sent[2].startswith("Signoff ")
    assert sent[3] == "Bearer !not-credentials!"
    assert len(sent) == 4


def test_tokens_are_forged_once_people_are_named(tmp_path):
    entries = refused(tmp_path, [{"token": []}], TargetData(users={"ann": ANN}, default_user="ann"))
    assert {entry.intent for entry in entries} == {"unauthenticated"}
    sent = [authorization(entry) for entry in entries]
    assert f"Bearer {JWT}" not in sent
    assert f"Signoff {JWT}" in sent
    assert len(set(sent)) == len(sent)
    unsigned = next(text for text in sent if text and text.endswith("."))
    header = unsigned.removeprefix("Bearer ").partition(".")[0]
    assert b'"none"' in base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))
    assert any(text and text.startswith(f"Bearer {JWT.rpartition('.')[0]}.A") for text in sent)


def test_made_up_credentials_are_only_a_warning_where_nobody_is_named(tmp_path):
    entries = refused(tmp_path, [{"token": []}], TargetData(headers={"Authorization": f"Bearer {JWT}"}))
    assert {entry.intent for entry in entries} == {"unauthenticated", "generated-credentials"}


def test_the_right_user_with_a_wrong_password(tmp_path):
    person = User("ann", {"Authorization": "Basic " + base64.b64encode(b"ann:secret").decode()})
    entries = refused(tmp_path, [{"user": []}], TargetData(users={"ann": person}, default_user="ann"))
    pairs = [
        base64.b64decode(authorization(entry)[6:]) for entry in entries if "wrong password" in entry.label
    ]
    assert pairs == [b"ann:secret-not", b"ann:"]


def test_keys_in_the_query_and_in_cookies(tmp_path):
    person = User("ann", {"Cookie": "theme=dark; session=s-12345678"}, {"key": "k-12345678"})
    data = TargetData(users={"ann": person}, default_user="ann")
    by_query = refused(tmp_path, [{"queryKey": []}], data)
    assert all("k-12345678" not in entry.sent.url for entry in by_query)
    assert [entry.sent.url.partition("?")[2] for entry in by_query][:2] == ["", "key="]
    by_cookie = refused(tmp_path, [{"cookieKey": []}], data)
    assert all("s-12345678" not in str(entry.sent.headers) for entry in by_cookie)


def test_of_several_that_are_needed_together_each_is_left_out_once(tmp_path):
    person = User("ann", {"Authorization": f"Bearer {JWT}", "X-Shop": "k-12345678"})
    entries = refused(
        tmp_path, [{"token": [], "key": []}], TargetData(users={"ann": person}, default_user="ann")
    )
    partly = [
        dict(entry.sent.headers) for entry in entries if entry.label.startswith("all credentials except")
    ]
    assert [("Authorization" in fields, "X-Shop" in fields) for fields in partly] == [
        (False, True),
        (True, False),
    ]


def test_somebody_else_asks_for_what_is_not_theirs(tmp_path):
    bob = User("bob", {"Authorization": "Bearer of-bob"}, denied_resources={"thingId": None})
    data = TargetData(KNOWN, users={"ann": ANN, "bob": bob}, default_user="ann")
    entries = [e for e in refused(tmp_path, [{"token": []}], data) if e.intent.startswith("other-user")]
    assert [(e.intent, e.sent.url.rpartition("/")[2], e.expected) for e in entries] == [
        ("other-user", "1", (404,)),
        ("other-user", "2", (404,)),
        ("other-user-missing", "9", ()),
    ]
    assert {authorization(entry) for entry in entries} == {"Bearer of-bob"}
    undocumented = [
        e for e in refused(tmp_path, [{"token": []}], data, "dropThing") if e.intent == "other-user"
    ]
    assert {entry.expected for entry in undocumented} == {(403, 404)}


def test_somebody_who_may_not_call_it(tmp_path):
    bob = User(
        "bob", {"Authorization": "Bearer of-bob"}, denied_operations=frozenset({"PUT /things/{thingId}"})
    )
    data = TargetData(KNOWN, users={"ann": ANN, "bob": bob}, default_user="ann")
    (entry,) = [
        e for e in refused(tmp_path, [{"token": []}], data, "changeThing") if e.intent == "denied-operation"
    ]
    assert authorization(entry) == "Bearer of-bob"
    assert entry.sent.body


def test_what_deletes_comes_last_and_what_is_skipped_never(tmp_path):
    contract = shop.load(tmp_path)
    data = TargetData(
        KNOWN, operations={"addThing": OperationData(skip="it costs money")}
    ).sent_as_default_user({})
    bases = BaseRequests(contract, schema_for(contract, shop.ORIGIN, data, Options()), shop.ORIGIN)
    order = list(dict.fromkeys(entry.subject.id for entry in rejectable(contract, bases, data)))
    assert order == ["listThings", "getThing", "getPart", "changeThing", "dropThing"]


def test_carriers(tmp_path):
    contract = shop.load(tmp_path, security=[{"single": []}, {"cookieKey": [], "user": []}])
    found = carriers(contract, contract.operation("getThing"))
    assert [[(c.place, c.name, c.scheme) for c in alternative] for alternative in found] == [
        [("header", "Authorization", "bearer")],
        [("cookie", "session", ""), ("header", "Authorization", "basic")],
    ]
