"""Conditional requests of a document that defines entity tags, and of one that does not."""

from pathlib import Path

import pytest

from signoff.contract import load
from signoff.mock.exchange import RawResponse
from signoff.mock.problems import ProblemError
from signoff.mock.state.preconditions import Preconditions, tag_of
from tests.conftest import DOCUMENTS

SHOP = Path(__file__).with_name("shop.yaml")
ENTITY = {"name": "Ada"}
TAG = tag_of(ENTITY)


def preconditions(method, path, document=SHOP):
    contract = load(document)
    return Preconditions(next(o for o in contract.operations if (o.method, o.path) == (method, path)))


PUT = ("PUT", "/customers/{customerId}")
PATCH = ("PATCH", "/customers/{customerId}")
GET = ("GET", "/customers/{customerId}")


@pytest.mark.parametrize(
    ("operation", "headers", "entity", "problem"),
    [
        (PUT, {}, ENTITY, None),
        (PUT, {"if-match": TAG}, ENTITY, None),
        (PUT, {"if-match": f'"other", {TAG}'}, ENTITY, None),
        (PUT, {"if-match": "*"}, ENTITY, None),
        (PUT, {"if-match": '"other"'}, ENTITY, "precondition_failed"),
        (PUT, {"if-match": f"W/{TAG}"}, ENTITY, "precondition_failed"),
        (PUT, {"if-match": "*"}, None, "precondition_failed"),
        (PUT, {"if-none-match": "*"}, None, None),
        (PUT, {"if-none-match": "*"}, ENTITY, "precondition_failed"),
        (PATCH, {}, ENTITY, "precondition_required"),
        (PATCH, {}, None, None),
        (PATCH, {"if-match": TAG}, ENTITY, None),
        (("DELETE", "/customers/{customerId}"), {"if-match": '"other"'}, ENTITY, None),
    ],
)
def test_conditions_of_writes(operation, headers, entity, problem):
    found = preconditions(*operation)
    if problem is None:
        found.check(headers, entity)
        return
    with pytest.raises(ProblemError) as caught:
        found.check(headers, entity)
    assert caught.value.name == problem


def response(*headers):
    return RawResponse(200, headers, b"{}", "generated")


def test_a_documented_tag_is_that_of_the_entity():
    found = preconditions(*GET).tagged(response((b"etag", b'"x"'), (b"a", b"b")), {}, ENTITY)
    assert found.headers == ((b"etag", TAG.encode()), (b"a", b"b"))
    assert tag_of({**ENTITY, "name": "Eve"}) != TAG
    of_body = preconditions(*GET).tagged(response((b"etag", b'"x"')), {}, None)
    assert of_body.headers[0][1] == tag_of(b"{}").encode()


@pytest.mark.parametrize("field", [TAG, f"W/{TAG}", f'"a", {TAG}', "*"])
def test_a_known_version_is_not_sent_again(field):
    found = preconditions(*GET).tagged(response((b"etag", b'"x"')), {"if-none-match": field}, ENTITY)
    assert (found.status, found.body, found.headers) == (304, b"", ((b"etag", TAG.encode()),))
    changed = preconditions(*GET).tagged(response(), {"if-none-match": '"other"'}, ENTITY)
    assert changed.status == 200


def test_nothing_changes_where_the_document_defines_no_tags():
    plain = preconditions("GET", "/special-events/{eventId}", DOCUMENTS / "museum.yaml")
    assert plain.deciding_headers == ()
    plain.check({"if-match": '"other"'}, ENTITY)
    assert plain.tagged(response(), {"if-none-match": "*"}, ENTITY) == response()
