"""Login flows: tokens of the user who logs in, and the user at `/me`."""

import base64
import hmac
import json

import httpx2
import pytest
import yaml

import signoff
from signoff.generate.tokens import KEY, signed, subject_of
from signoff.mock import create_app
from signoff.mock.settings import Settings
from tests.conftest import running

TEXT = {"type": "string"}
EMAIL = {"type": "string", "format": "email"}


def record(**members):
    return {"type": "object", "required": list(members), "properties": members}


def answer(schema, status="200", **more):
    return {status: {"description": "d", "content": {"application/json": {"schema": schema, **more}}}}


def taking(schema, media_type="application/json"):
    return {"content": {media_type: {"schema": schema}}}


CREDENTIALS = record(email=EMAIL, password=TEXT)
USER = record(id={"type": "integer", "readOnly": True}, email=EMAIL, name=TEXT)
TICKET = record(accessToken={"type": "string", "format": "jwt"}, expiresIn={"type": "integer"})
BEARER = {"security": [{"bearer": []}]}
PATHS = {
    "/auth/login": {"post": {"requestBody": taking(CREDENTIALS), "responses": answer(TICKET)}},
    "/me": {"get": {**BEARER, "responses": answer(USER)}},
    "/users": {
        "get": {"responses": answer({"type": "array", "items": USER})},
        "post": {"requestBody": taking(USER), "responses": answer(USER, "201")},
    },
    "/users/{userId}": {
        "parameters": [
            {"name": "userId", "in": "path", "required": True, "schema": {"type": "integer"}},
        ],
        "get": {"responses": answer(USER)},
    },
}


def app_of(tmp_path, paths, **settings):
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": schemes},
    }
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return create_app(signoff.load(file), Settings(**settings))


def asking(tmp_path, paths, *, requests, **settings):
    """The bodies of the responses to requests in turn."""
    with running(app_of(tmp_path, paths, **settings)) as origin, httpx2.Client(base_url=origin) as client:
        found = [client.request(method, path, **more) for method, path, more in requests]
    assert [response.status_code // 100 for response in found] == [2] * len(found)
    return [response.json() for response in found]


def bearer(token):
    return {"headers": {"authorization": f"Bearer {token}"}}


def claims_of(token):
    """The claims of a token with a valid signature, read as RFC 7515 has it."""
    head, claims, signature = token.split(".")
    expected = hmac.digest(KEY, f"{head}.{claims}".encode(), "sha256")
    assert base64.urlsafe_b64decode(f"{signature}=") == expected
    assert json.loads(base64.urlsafe_b64decode(f"{head}==")) == {"alg": "HS256", "typ": "JWT"}
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))


def login(email):
    return ("POST", "/auth/login", {"json": {"email": email, "password": "secret"}})


@pytest.mark.parametrize("settings", [{}, {"stateless": True}, {"auth": False}, {"dynamic": True, "seed": 7}])
def test_the_user_of_a_token_is_the_one_at_me(tmp_path, settings):
    users = ["mira.okafor@example.com", "jo@example.org"]
    tickets = asking(tmp_path, PATHS, requests=[login(user) for user in users], **settings)
    tokens = [ticket["accessToken"] for ticket in tickets]
    assert [claims_of(token)["sub"] for token in tokens] == users
    shown = asking(tmp_path, PATHS, requests=[("GET", "/me", bearer(t)) for t in tokens], **settings)
    assert [user["email"] for user in shown] == users
    assert [user["name"] for user in shown] == ["Mira Okafor", "Jo"]


def test_the_same_login_gives_the_same_token(tmp_path):
    first, again = (asking(tmp_path, PATHS, requests=[login("a@example.com")]) for _ in range(2))
    assert first == again


def test_a_user_of_the_api_who_logs_in_is_shown_whole(tmp_path):
    listed = asking(tmp_path, PATHS, requests=[("GET", "/users", {})])[0][3]
    requests = [("GET", "/me", bearer(signed(listed["email"])))]
    assert asking(tmp_path, PATHS, requests=requests) == [listed]


def test_a_user_who_was_created_logs_in(tmp_path):
    sent = {"email": "new@example.com", "name": "Somebody New"}
    requests = [("POST", "/users", {"json": sent}), ("GET", "/me", bearer(signed("new@example.com")))]
    created, shown = asking(tmp_path, PATHS, requests=requests)
    assert shown == created
    assert shown["name"] == "Somebody New"


def test_an_enveloped_user_and_token_are_found(tmp_path):
    account = record(user=record(email=EMAIL, token=TEXT, username=TEXT))
    paths = {
        "/users/login": {
            "post": {"requestBody": taking(record(user=CREDENTIALS)), "responses": answer(account)}
        },
        "/user": {"get": {"operationId": "GetCurrentUser", **BEARER, "responses": answer(account)}},
    }
    sent = {"user": {"email": "ada@example.com", "password": "x"}}
    token = asking(tmp_path, paths, requests=[("POST", "/users/login", {"json": sent})])[0]["user"]["token"]
    assert claims_of(token)["sub"] == "ada@example.com"
    shown = asking(tmp_path, paths, requests=[("GET", "/user", bearer(token))])[0]["user"]
    assert (shown["email"], shown["username"]) == ("ada@example.com", "ada")


def test_a_form_of_oauth_and_a_refresh_token_have_a_user(tmp_path):
    grant = {"type": "object", "properties": dict.fromkeys(("grant_type", "username", "refresh_token"), TEXT)}
    token = record(
        access_token=TEXT, refresh_token=TEXT, token_type={"const": "bearer"}, next_page_token=TEXT
    )
    form = "application/x-www-form-urlencoded"
    paths = {"/oauth/token": {"post": {"requestBody": taking(grant, form), "responses": answer(token)}}}
    request = ("POST", "/oauth/token", {"data": {"grant_type": "password", "username": "kim"}})
    found = asking(tmp_path, paths, requests=[request])[0]
    assert subject_of(found["access_token"]) == subject_of(found["refresh_token"]) == "kim"
    assert found["token_type"] == "bearer"
    assert subject_of(found["next_page_token"]) is None
    data = {"grant_type": "refresh_token", "refresh_token": found["refresh_token"]}
    again = asking(tmp_path, paths, requests=[("POST", "/oauth/token", {"data": data})])[0]
    assert subject_of(again["access_token"]) == "kim"


def test_a_token_by_example_becomes_one_of_the_user_and_one_by_pattern_stays_valid(tmp_path):
    body, short = record(login=TEXT), {"type": "string", "maxLength": 8}
    example = {"token": "abc", "note": "kept"}
    paths = {
        "/sessions": {
            "post": {"requestBody": taking(body), "responses": answer(record(token=TEXT), example=example)}
        },
        "/token": {"post": {"requestBody": taking(body), "responses": answer(record(token=short))}},
    }
    requests = [("POST", path, {"json": {"login": "li"}}) for path in ("/sessions", "/token")]
    by_example, by_pattern = asking(tmp_path, paths, requests=requests)
    assert subject_of(by_example["token"]) == "li"
    assert by_example["note"] == "kept"
    assert len(by_pattern["token"]) <= 8


def test_basic_credentials_and_a_cookie_name_the_user(tmp_path):
    paths = {
        "/whoami": {"get": {"security": [{"basic": []}, {}], "responses": answer(record(username=TEXT))}}
    }
    cookie = {"headers": {"cookie": f"theme=dark; session={signed('zoe')}"}}
    requests = [("GET", "/whoami", {"auth": ("ida", "pw")}), ("GET", "/whoami", cookie)]
    assert asking(tmp_path, paths, requests=requests) == [{"username": "ida"}, {"username": "zoe"}]


def test_a_change_of_the_user_is_shown(tmp_path):
    change = {"type": "object", "properties": {"name": TEXT}}
    paths = PATHS | {
        "/me": {**PATHS["/me"], "patch": {**BEARER, "requestBody": taking(change), "responses": answer(USER)}}
    }
    me = bearer(signed("mira.okafor@example.com"))
    requests = [("PATCH", "/me", {**me, "json": {"name": "Mira B."}}), ("GET", "/me", me)]
    for shown in asking(tmp_path, paths, requests=requests):
        assert (shown["name"], shown["email"]) == ("Mira B.", "mira.okafor@example.com")


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", signed("kim")[:-2], f"{signed('kim')}x", "ä.b.c"])
def test_other_tokens_have_no_user(token):
    assert subject_of(token) is None


@pytest.mark.parametrize("path", ["/auth/logout", "/pages", "/users/{userId}/token-count", "/me/orders"])
def test_other_operations_stay_as_they_are(tmp_path, path):
    parameter = {"name": "userId", "in": "path", "required": True, "schema": TEXT}
    parameters = [parameter] if "{" in path else []
    responses = answer(record(nextToken=TEXT, email=EMAIL))
    paths = {path: {"parameters": parameters, "get": {"responses": responses}}}
    requests = [
        ("GET", path.replace("{userId}", "1"), more) for more in ({}, bearer(signed("kim@example.com")))
    ]
    first, second = asking(tmp_path, paths, requests=requests, auth=False)
    assert first == second
