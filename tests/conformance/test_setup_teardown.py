"""Set-up requests feed the tests, and tear-down requests follow whatever happened."""

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from signoff.conformance import Options, run
from signoff.conformance.client import Client
from signoff.conformance.known_values import Capture, Step, TargetData, User
from signoff.conformance.setup_teardown import prepared
from signoff.contract import SetupError
from tests.conformance import shop
from tests.conftest import running

MADE = Capture("thingId", "/id", None, "existing")
CREATE = Step("POST", "/things", body={"name": "${who}"}, captures=(MADE,))
LOGIN = Step("POST", "/login", form={"user": "ann"}, captures=(Capture("who", "/token", None, None),))
DROP = Step("DELETE", "/things/${thingId}")


@pytest.fixture
def server():
    """A server that notes what it was asked, and its notes."""
    notes = []

    async def things(request):
        notes.append(
            (request.method, request.url.path, request.headers.get("authorization"), await request.body())
        )
        if request.method == "DELETE":
            return Response(status_code=404 if "gone" in request.url.path else 204)
        if "session" in request.url.path:
            response = Response()
            response.set_cookie("sid", "ab.12", path="/", httponly=True)
            response.set_cookie("csrf", "x", path="/admin")
            return response
        if "broken" in request.url.path:
            return JSONResponse({"error": "No."}, 500)
        return JSONResponse({"id": 17, "token": "t 1", "list": []}, 201, {"Location": "/things/a%20b/"})

    routes = [Route("/{path:path}", things, methods=["GET", "POST", "DELETE", "PUT"])]
    with running(Starlette(routes=routes)) as origin:
        yield origin, notes


@pytest.fixture
def client():
    with Client() as client:
        yield client


def test_what_is_captured_flows_into_later_steps_and_into_values(server, client):
    origin, notes = server
    people = {"ann": User("ann", headers={"Authorization": "Bearer ${who}"})}
    data = TargetData(users=people, default_user="ann", setup=(LOGIN, CREATE), teardown=(DROP,))
    problems = []
    with prepared(data, client, origin, problems) as known:
        assert known.known("thingId").existing == ("17",)
        assert known.users["ann"].headers == {"Authorization": "Bearer t 1"}
        assert "who" not in known.values
    assert notes == [
        ("POST", "/login", None, b"user=ann"),  # nobody yet: the credentials come from this very request
        ("POST", "/things", "Bearer t 1", b'{"name": "t 1"}'),
        ("DELETE", "/things/17", "Bearer t 1", b""),
    ]
    assert problems == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SetupError])
def test_tear_down_follows_every_end(server, client, error):
    origin, notes = server
    data = TargetData(setup=(LOGIN, CREATE), teardown=(DROP,))
    with pytest.raises(error), prepared(data, client, origin, []):
        raise error("halfway")
    assert notes[-1][:2] == ("DELETE", "/things/17")


def test_a_set_up_that_fails_ends_the_run_and_clears_away_what_was_made(server, client):
    origin, notes = server
    data = TargetData(
        setup=(LOGIN, CREATE, Step("POST", "/broken")), teardown=(DROP, Step("DELETE", "/x/${never}"))
    )
    message = r"setup request POST /broken got 500: {\"error\":\"No.\"}"
    with pytest.raises(SetupError, match=message), prepared(data, client, origin, []):
        pytest.fail("it must not begin")
    assert [note[:2] for note in notes if note[0] == "DELETE"] == [("DELETE", "/things/17")]


@pytest.mark.parametrize(
    ("capture", "words"),
    [
        (Capture("x", "/nothing", None, None), "no /nothing to capture"),
        (Capture("x", "/list", None, None), "no string or number at /list"),
        (Capture("x", None, "ETag", None), "no header ETag"),
    ],
)
def test_an_answer_that_lacks_what_to_capture_is_told(server, client, capture, words):
    data = TargetData(setup=(Step("POST", "/things", captures=(capture,)),))
    with pytest.raises(SetupError, match=words), prepared(data, client, server[0], []):
        pytest.fail("it must not begin")


def test_of_a_location_its_last_segment_is_captured_and_encoded_again(server, client):
    capture = Capture("thingId", None, "Location", "existing")
    data = TargetData(setup=(Step("POST", "/things", captures=(capture,)),), teardown=(DROP,))
    with prepared(data, client, server[0], []) as known:
        assert known.known("thingId").existing == ("a b",)
    assert server[1][-1][1] == "/things/a b"


def test_of_set_cookie_the_cookies_are_captured_as_they_are_sent_back(server, client):
    capture = Capture("session", None, "Set-Cookie", "existing")
    steps = (Step("POST", "/session", captures=(capture,)),)
    data = TargetData(headers={"Cookie": "${session}"}, setup=steps)
    with prepared(data, client, server[0], []) as known:
        assert known.headers == {"Cookie": "sid=ab.12; csrf=x"}


def test_a_tear_down_that_does_nothing_is_told_but_what_is_gone_is_done(server, client):
    problems = []
    steps = (Step("DELETE", "/gone"), Step("GET", "/broken"), Step("DELETE", "/gone", expected=(204,)))
    with prepared(TargetData(teardown=steps), client, server[0], problems):
        pass
    assert [problem.partition(" got ")[0] for problem in problems] == [
        "teardown request GET /broken",
        "teardown request DELETE /gone",
    ]


def test_what_was_made_is_cleared_away_when_the_time_is_up(server, tmp_path):
    origin, notes = server
    data = TargetData(setup=(LOGIN, CREATE), teardown=(DROP,))
    verdict = run(origin, shop.load(tmp_path), data, Options(max_time_s=0.001))
    assert [note[:2] for note in notes] == [
        ("POST", "/login"),
        ("POST", "/things"),
        ("DELETE", "/things/17"),
    ]
    assert verdict.cut_short == ("the time limit of 0.001 s was reached",)
    assert verdict.errors == ()


def test_what_was_made_is_cleared_away_after_an_interrupt(server, tmp_path):
    origin, notes = server

    def interrupt(progress):
        if progress.requests >= 5:
            raise KeyboardInterrupt

    data = TargetData(setup=(LOGIN, CREATE), teardown=(DROP,))
    verdict = run(origin, shop.load(tmp_path), data, Options(no_fuzzing=True), interrupt)
    assert notes[-1][:2] == ("DELETE", "/things/17")
    assert (verdict.cut_short, verdict.signal) == (("the run was interrupted",), 2)
    assert verdict.evidence.requests >= 5


def test_a_run_sends_both_and_is_not_complete_where_something_is_left(server, tmp_path):
    origin, notes = server
    data = TargetData(setup=(LOGIN, CREATE), teardown=(DROP, Step("GET", "/broken")))
    verdict = run(origin, shop.load(tmp_path), data, Options(no_fuzzing=True))
    assert [note[:2] for note in (notes[0], notes[1], notes[-2], notes[-1])] == [
        ("POST", "/login"),
        ("POST", "/things"),
        ("DELETE", "/things/17"),
        ("GET", "/broken"),
    ]
    assert not verdict.complete
    assert "teardown request GET /broken" in verdict.errors[0]
