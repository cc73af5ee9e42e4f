"""Credentials that die: logging in again, and what becomes of a run that cannot."""

import base64
import itertools
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import signoff
from signoff.conformance import Options, run
from signoff.conformance.exchange import Received, Sent, TransportFault
from signoff.conformance.oauth import TokenEndpoints
from signoff.conformance.report import FORMATS, report_of
from signoff.conformance.sessions import Sessions
from signoff.conformance.setup_teardown import prepared
from signoff.conformance.target_data import load_data
from signoff.contract import DataError, SetupError
from signoff.reporting.model import State
from tests.conftest import running

DOCUMENT = """\
openapi: 3.1.0
info: {title: Logbook, version: "1"}
security: [{login: []}]
paths:
  /entries:
    get:
      operationId: list_entries
      responses:
        "200":
          description: Entries
          content: {application/json: {schema: {type: array, items: {type: string}}}}
        "401": {$ref: '#/components/responses/Unauthenticated'}
    post:
      operationId: add_entry
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [text], properties: {text: {type: string, maxLength: 9}}}
      responses:
        "201": {description: Added}
        "400": {description: Invalid body}
        "401": {$ref: '#/components/responses/Unauthenticated'}
components:
  responses:
    Unauthenticated: {description: Not logged in, headers: {WWW-Authenticate: {schema: {type: string}}}}
  securitySchemes:
    login:
      type: oauth2
      flows:
        clientCredentials: {tokenUrl: TOKEN_URL, scopes: {}}
        password: {tokenUrl: TOKEN_URL, scopes: {}}
"""
BY_LOGIN = """\
users:
  ann:
    login:
      request: POST /sign-in
      body: {name: ann, password: '${ANN_PASSWORD}'}
      capture: {key: /key}
    headers: {Authorization: 'Bearer ${key}'}
"""
BY_SETUP = """\
setup:
  - request: POST /sign-in
    body: {name: ann, password: '${ANN_PASSWORD}'}
    capture: {key: {pointer: /key, kind: none}}
headers: {Authorization: 'Bearer ${key}'}
"""
BY_CLIENT_CREDENTIALS = """\
users:
  robot: {oauth2: {flow: client-credentials, client-id: 'a b', client-secret: '${ROBOT_SECRET}', scope: log}}
"""
BY_PASSWORD = """\
users:
  ann: {oauth2: {flow: password, username: ann, password: '${ANN_PASSWORD}', client-id: app}}
"""


class Logbook:
    """A server whose tokens die after a number of uses; they never repeat, unless `is_same`."""

    def __init__(self, uses=15, logins=10**6, is_same=False):
        self.uses, self.logins_left, self.is_same = uses, logins, is_same
        self.tokens, self.logins, self.numbers, self.dead = {}, 0, itertools.count(1), 0

    def app(self):
        routes = [
            Route("/entries", self.entries, methods=["GET", "POST"]),
            Route("/sign-in", self.sign_in, methods=["POST"]),
            Route("/token", self.token, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    def issued(self):
        self.logins += 1
        self.logins_left -= 1
        live = [token for token, uses in self.tokens.items() if uses]
        token = live[0] if self.is_same and live else f"token-number-{next(self.numbers):06}"
        self.tokens.setdefault(token, self.uses)
        return token

    async def sign_in(self, request):
        given = await request.json()
        if self.logins_left <= 0 or given.get("password") != "pass-of-ann":
            return JSONResponse({"error": "no login with " + str(given.get("password"))}, 403)
        return JSONResponse({"key": self.issued()})

    async def token(self, request):
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        basic = base64.b64encode(b"a+b:secret-of-robot").decode()
        by_client = (
            form == {"grant_type": "client_credentials", "scope": "log"}
            and request.headers.get("authorization") == f"Basic {basic}"
        )
        by_password = form == {
            "grant_type": "password", "username": "ann", "password": "pass-of-ann", "client_id": "app"
        }  # fmt: skip
        if not by_client and not by_password:
            return JSONResponse({"error": "invalid_client"}, 400)
        return JSONResponse({"access_token": self.issued(), "token_type": "bearer", "expires_in": 3600})

    async def entries(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.tokens.get(token):
            self.dead += token in self.tokens
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        self.tokens[token] -= 1
        if request.method in ("GET", "HEAD"):
            return JSONResponse(["first"])
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return Response(status_code=415)
        try:
            body = json.loads((await request.body()).decode("utf-8"))
        except (ValueError, RecursionError):
            return Response(status_code=400)
        text = body.get("text") if isinstance(body, dict) else None
        return Response(status_code=201 if isinstance(text, str) and len(text) <= 9 else 400)


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("ANN_PASSWORD", "pass-of-ann")
    monkeypatch.setenv("ROBOT_SECRET", "secret-of-robot")


@pytest.fixture
def contract(tmp_path):
    return contract_in(tmp_path)


def contract_in(folder, token_url="/token"):
    path = folder / "openapi.yaml"
    path.write_text(DOCUMENT.replace("TOKEN_URL", token_url))
    return signoff.load(path)


def data_in(folder, text):
    path = folder / "data.yaml"
    path.write_text(text)
    return load_data(path)


def verdict_of(server, contract, data, **options):
    with running(server.app()) as origin:
        return run(origin, contract, data, Options(max_examples=5, **options))


WAYS = {
    "a login": BY_LOGIN,
    "setup": BY_SETUP,
    "client credentials": BY_CLIENT_CREDENTIALS,
    "a password": BY_PASSWORD,
}


@pytest.mark.parametrize("no_fuzzing", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_a_correct_server_whose_tokens_die_passes(tmp_path, contract, way, no_fuzzing):
    server = Logbook()
    verdict = verdict_of(server, contract, data_in(tmp_path, WAYS[way]), no_fuzzing=no_fuzzing)
    assert [str(failure.fault.message) for failure in verdict.evidence.errors] == []
    assert (verdict.passed, verdict.complete, verdict.cut_short) == (True, True, ())
    assert server.dead <= 2 * server.logins  # the request and its probe
    assert 3 <= server.logins < verdict.evidence.requests / 5
    clauses = verdict.evidence.clauses
    for clause_id in ("add_entry/body/text/maxLength", "add_entry/body/text/required"):
        assert clauses[clause_id].state is State.VERIFIED


def test_a_server_that_issues_the_same_token_while_it_lives_passes(tmp_path, contract):
    verdict = verdict_of(Logbook(is_same=True), contract, data_in(tmp_path, BY_PASSWORD), no_fuzzing=True)
    assert verdict.evidence.errors == []
    assert verdict.complete


@pytest.mark.parametrize("no_fuzzing", [True, False])
def test_what_cannot_be_renewed_makes_the_run_partial_and_is_no_finding(tmp_path, contract, no_fuzzing):
    server = Logbook(uses=60 if not no_fuzzing else 20, logins=2)
    verdict = verdict_of(server, contract, data_in(tmp_path, BY_LOGIN), no_fuzzing=no_fuzzing)
    assert verdict.evidence.errors == []
    assert not verdict.complete
    (reason,) = verdict.cut_short
    assert "the credentials of ann stopped working after" in reason
    assert "could not be renewed: login of ann: request POST /sign-in got 403" in reason
    assert "pass-of-ann" not in reason


def test_a_given_token_that_dies_ends_the_run_and_is_no_finding(contract):
    server = Logbook(uses=20)
    headers = {"Authorization": f"Bearer {server.issued()}"}
    verdict = verdict_of(server, contract, None, headers=headers)
    assert verdict.evidence.errors == []
    (reason,) = verdict.cut_short
    assert reason.startswith("the credentials stopped working after 25 requests: to renew them, add")


def test_no_report_shows_a_password_or_a_token_of_a_later_login(tmp_path, contract):
    server = Logbook(uses=9)
    verdict = verdict_of(server, contract, data_in(tmp_path, BY_LOGIN), no_fuzzing=True)
    assert server.logins > 3
    report = report_of(verdict)
    for text in (write(report) for write in FORMATS.values()):
        assert "token-number" not in text
        assert "pass-of-ann" not in text


class Scripted:
    """Sends nothing; a function responds."""

    def __init__(self, respond):
        self.respond, self.asked, self.gone = respond, [], ""

    def send(self, sent):
        self.asked.append(sent)
        status, body, *fields = self.respond(sent)
        return Received(status, tuple(fields), json.dumps(body).encode(), 0.01)

    def count(self, part):
        return sum(part in sent.url for sent in self.asked)


def opened(data, client, **more):
    sessions = Sessions(data, client, "http://api.test", **more)
    context = prepared(data, client, "http://api.test", [], sessions)
    return sessions, context.__enter__()


def test_a_401_of_a_request_alone_is_no_reason_for_a_login(tmp_path):
    def respond(sent):
        return (200, {"key": "k-1"}) if "sign-in" in sent.url else (401 if "secret" in sent.url else 200, {})

    client = Scripted(respond)
    sessions, data = opened(data_in(tmp_path, BY_LOGIN), client)
    fields = tuple(data.users["ann"].headers.items())
    sessions.send(Sent("GET", "http://api.test/open", fields, b""))
    assert sessions.send(Sent("GET", "http://api.test/secret", fields, b"")).status == 401
    assert client.count("sign-in") == 1


def test_logins_stop_if_they_change_nothing(tmp_path):
    client = Scripted(lambda sent: (200, {"key": "k-1"}) if "sign-in" in sent.url else (401, {}))
    sessions, data = opened(data_in(tmp_path, BY_LOGIN), client)
    fields = tuple(data.users["ann"].headers.items())
    for _ in range(20):
        assert sessions.send(Sent("GET", "http://api.test/a", fields, b"")).status == 401
    assert client.count("sign-in") == 4


def test_requests_without_the_credentials_are_sent_as_they_are(tmp_path):
    client = Scripted(lambda sent: (200, {"key": "k-1"}) if "sign-in" in sent.url else (401, {}))
    sessions, _ = opened(data_in(tmp_path, BY_LOGIN), client)
    for fields in ((), (("Authorization", "Bearer k-2"),)):
        sent = Sent("GET", "http://api.test/a", fields, b"")
        assert sessions.send(sent).status == 401
        assert client.asked[-1] == sent
    assert client.count("sign-in") == 1


@pytest.mark.parametrize(
    ("refresh", "body"),
    [
        ("{every: 2.7}", {}),
        ("{expires-in: /ttl}", {"ttl": "3"}),
        ("{}", {"expires_in": 3}),
    ],
)
def test_credentials_are_renewed_before_they_expire(tmp_path, monkeypatch, refresh, body):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    keys = itertools.count(1)
    client = Scripted(
        lambda sent: (200, {"key": f"k-{next(keys)}", **body}) if "sign-in" in sent.url else (200, {})
    )
    sessions, data = opened(data_in(tmp_path, BY_LOGIN + f"    refresh: {refresh}\n"), client)
    sent = Sent("GET", "http://api.test/a", tuple(data.users["ann"].headers.items()), b"")
    for later, key in ((1.0, "k-1"), (2.0, "k-2"), (2.5, "k-2"), (0.5, "k-3")):
        now[0] += later
        sessions.send(sent)
        assert client.asked[-1].header("authorization") == f"Bearer {key}"


def test_users_have_captures_of_their_own_and_no_same_credentials(tmp_path):
    text = BY_LOGIN + BY_LOGIN.partition("\n")[2].replace("ann", "bob").replace("ANN", "ANN").replace(
        "    headers:", "    denied-operations: [add_entry]\n    headers:"
    )
    different = Scripted(lambda sent: (200, {"key": "k-" + json.loads(sent.body)["name"]}))
    _, data = opened(data_in(tmp_path, text.replace("BOB_", "ANN_")), different)
    assert [user.headers["Authorization"] for user in data.users.values()] == ["Bearer k-ann", "Bearer k-bob"]
    same = Scripted(lambda _: (200, {"key": "k-1"}))
    with pytest.raises(SetupError, match="the users ann and bob have the same credentials"):
        opened(data_in(tmp_path, text), same)


def test_a_cookie_session_with_a_csrf_token_is_captured_and_renewed(tmp_path):
    text = """\
users:
  ann:
    login:
      - request: GET /form
        capture: {csrf: {cookie: crumb}}
      - request: POST /form
        headers: {Cookie: 'crumb=${csrf}', X-Crumb: '${csrf}'}
        form: {user: ann}
        capture: {sid: {cookie: sid}}
    headers: {Cookie: 'sid=${sid}; crumb=${csrf}'}
    unsafe-headers: {X-Crumb: '${csrf}'}
"""
    number, live = itertools.count(1), set()

    def respond(sent):
        if sent.url.endswith("/form"):
            value = f"v{next(number)}"
            live.add(value)
            name = "crumb" if sent.method == "GET" else "sid"
            return 200, {}, ("Set-Cookie", f"{name}={value}; Path=/"), ("Set-Cookie", "theme=dark")
        session = (sent.header("cookie") or "").partition("sid=")[2].partition(";")[0]
        return (200 if session in live else 403), {}

    client = Scripted(respond)
    sessions, data = opened(data_in(tmp_path, text), client)
    user = data.users["ann"]
    assert (dict(user.headers), dict(user.unsafe_headers)) == (
        {"Cookie": "sid=v2; crumb=v1"},
        {"X-Crumb": "v1"},
    )
    assert client.asked[1].header("cookie") == "crumb=v1"
    get = Sent("GET", "http://api.test/a", (("Cookie", "sid=v2; crumb=v1"),), b"")
    assert sessions.send(get).status == 200
    live.clear()
    post = Sent(
        "POST", "http://api.test/a", (("Cookie", "lang=en; sid=v2; crumb=v1"), ("X-Crumb", "v1")), b"{}"
    )
    assert sessions.send(post).status == 200
    assert client.asked[-1].headers == (("Cookie", "lang=en; sid=v4; crumb=v3"), ("X-Crumb", "v3"))


@pytest.mark.parametrize("header", ["Cookie: 'sid=${sid}'", "Cookie: '${sid}'", "X-Sid: '${sid}'"])
def test_set_cookie_is_captured_for_any_field(tmp_path, header):
    text = f"""\
setup: [{{request: GET /form, capture: {{sid: {{header: Set-Cookie, kind: none}}}}}}]
headers: {{{header}}}
"""
    client = Scripted(lambda _: (200, {}, ("Set-Cookie", "sid=s3; HttpOnly")))
    _, data = opened(data_in(tmp_path, text), client)
    assert list(data.headers.values()) == ["s3" if header.startswith("X-") else "sid=s3"]


def test_headers_of_the_target_are_not_sent_to_a_token_endpoint_elsewhere(tmp_path):
    text = "headers: {X-Api-Key: key-of-target}\n" + BY_CLIENT_CREDENTIALS.replace(
        "flow:",
        "token-url: 'https://id.test/t', client-authentication: body, parameters: {audience: x}, flow:",
    )
    client = Scripted(lambda _: (200, {"access_token": "t-1"}))
    endpoints = TokenEndpoints(contract_in(tmp_path, "https://elsewhere.test/t"), "http://api.test", client)
    _, data = opened(data_in(tmp_path, text), client, token_url=endpoints.url)
    (sent,) = client.asked
    assert sent.url == "https://id.test/t"
    assert {name for name, _ in sent.headers} == {"Accept", "Content-Type"}
    assert parse_qs(sent.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["a b"],
        "client_secret": ["secret-of-robot"],
        "scope": ["log"],
        "audience": ["x"],
    }
    assert data.users["robot"].headers == {"Authorization": "Bearer t-1"}


@pytest.mark.parametrize("url", ["https://elsewhere.test/t", "https://api.test/t", "http://api.test:81/t"])
def test_no_credentials_go_to_a_token_url_of_the_document_on_another_host(tmp_path, url):
    client = Scripted(lambda _: (200, {"access_token": "t-1"}))
    endpoints = TokenEndpoints(contract_in(tmp_path, url), "http://api.test", client)
    with pytest.raises(SetupError, match=f"token URL {url} is not on the target's host") as caught:
        opened(data_in(tmp_path, BY_CLIENT_CREDENTIALS), client, token_url=endpoints.url)
    assert "Add `token-url`" in caught.value.suggestion
    assert client.asked == []


@pytest.mark.parametrize(
    ("endpoint", "problem"),
    [
        ("http://api.test/x/t", ""),
        ("https://elsewhere.test/t", "token endpoint https://elsewhere.test/t is not"),
    ],
)
def test_openid_connect_discovery_gives_the_token_endpoint(tmp_path, endpoint, problem):
    path = tmp_path / "openapi.yaml"
    oidc = "login: {type: openIdConnect, openIdConnectUrl: /.well-known/openid-configuration}"
    path.write_text(DOCUMENT.partition("    login:")[0] + f"    {oidc}\n")
    client = Scripted(
        lambda sent: (
            200,
            {"token_endpoint": endpoint} if "well-known" in sent.url else {"access_token": "t"},
        )
    )
    endpoints = TokenEndpoints(signoff.load(path), "http://api.test", client)
    data = data_in(tmp_path, BY_PASSWORD)
    if problem:
        with pytest.raises(SetupError, match=problem):
            opened(data, client, token_url=endpoints.url)
        assert client.count("elsewhere") == 0
        return
    opened(data, client, token_url=endpoints.url)
    assert [urlsplit(sent.url).path for sent in client.asked] == ["/.well-known/openid-configuration", "/x/t"]
    assert client.asked[0].headers == (("Accept", "application/json"),)


@pytest.mark.parametrize(
    "entry",
    [
        "{flow: implicit}",
        "{flow: client-credentials, client-id: a}",
        "{flow: password, username: a}",
        "{flow: password, username: a, password: b, tokenurl: c}",
    ],
)
def test_an_invalid_oauth2_entry_is_an_error_with_its_place(tmp_path, entry):
    with pytest.raises(DataError) as caught:
        data_in(tmp_path, f"users:\n  ann:\n    oauth2: {entry}\n")
    assert caught.value.location.line == 3


def test_a_failing_first_login_is_a_setup_error(tmp_path):
    client = Scripted(lambda _: (400, {"error": "pass-of-ann is wrong"}))
    with pytest.raises(
        SetupError, match=r"login of ann: request POST /sign-in got 400.*\[redacted\] is wrong"
    ):
        opened(data_in(tmp_path, BY_LOGIN), client)


def test_what_is_dead_for_another_user_is_not_sent(tmp_path):
    text = "users:\n  ann: {headers: {X-Key: key-of-ann}}\n  bob: {headers: {X-Key: key-of-bob}}\n"
    dead = set()
    client = Scripted(lambda sent: (401 if sent.header("x-key") in dead else 200, {}))
    sessions, _ = opened(data_in(tmp_path, text), client)
    of_ann, of_bob = (
        Sent("GET", "http://api.test/a", (("X-Key", f"key-of-{n}"),), b"") for n in ("ann", "bob")
    )
    assert sessions.send(of_bob).status == sessions.send(of_ann).status == 200
    dead.add("key-of-bob")
    assert sessions.send(of_bob).fault_kind is TransportFault.DEAD
    assert (sessions.gone, sessions.send(of_ann).status, len(sessions.cut_short)) == ("", 200, 1)
