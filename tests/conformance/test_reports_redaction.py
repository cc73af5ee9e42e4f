"""Secrets stand in no report, whatever the server does with them."""

import base64
import html
import itertools
import json
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import signoff
from signoff.conformance import Options, load_data, run
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.known_values import variables_of
from signoff.conformance.report import FORMATS, report_of
from signoff.conformance.report.redaction import Redactor
from signoff.conformance.steps import unexpected
from signoff.reporting.formats import terminal
from tests.conformance.reported import hostile_contract, hostile_report, hostile_verdict
from tests.conftest import running

GIVEN = "given-with-H-5f3a9c"
FROM_DATA = "from-the-data-file-77e1b2"
PASSWORD = "correct-horse-battery"
BASIC = base64.b64encode(f"somebody:{PASSWORD}".encode()).decode()
NOWHERE = [GIVEN, FROM_DATA, PASSWORD, BASIC, "server-made-session-id", "issued-by-the-server"]
WRITERS = {**FORMATS, "terminal": terminal.render}


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    folder = tmp_path_factory.mktemp("redaction")
    data = folder / "data.yaml"
    data.write_text("headers:\n  X-Team: ${SIGNOFF_TEST_TOKEN}\n  X-Our-Door: key-of-the-scheme\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGNOFF_TEST_TOKEN", FROM_DATA)
        known = load_data(data)
    headers = {
        "Authorization": f"Bearer {GIVEN}",
        "Proxy-Authorization": f"Basic {BASIC}",
        "Accept-Language": "de",
    }
    return hostile_verdict(hostile_contract(folder), headers, known)


def test_the_secrets_were_sent_and_came_back(verdict):
    exchange = verdict.evidence.errors[0].exchange
    sent = dict(exchange.sent.headers)
    assert sent["Authorization"] == f"Bearer {GIVEN}"
    assert sent["X-Team"] == FROM_DATA
    body = b"".join(failure.exchange.received.body for failure in verdict.evidence.errors).decode()
    assert all(secret in body or secret in (PASSWORD, "server-made-session-id") for secret in NOWHERE)


@pytest.mark.parametrize("name", WRITERS)
def test_no_secret_stands_in_any_format(verdict, name):
    text = WRITERS[name](report_of(verdict))
    for secret in [*NOWHERE, "key-of-the-scheme"]:
        assert secret not in text
        assert secret[:14] not in text
    assert name == "gitlab" or "[redacted]" in text or "&#91;redacted&#93;" in text


def test_harmless_fields_stay(verdict):
    assert "Accept-Language" in FORMATS["json"](report_of(verdict))
    assert '"de"' in FORMATS["json"](report_of(verdict))


def test_without_credentials_nothing_is_taken_out_but_what_servers_issue(tmp_path):
    report = hostile_report(tmp_path)
    exchange = report.failures[0].exchange
    assert "[redacted]" not in exchange.curl
    assert '"access_token": "[redacted]"' in exchange.response.body.text
    assert ("set-cookie", "[redacted]") in exchange.response.headers


def redactor(*credentials, schemes=None):
    return Redactor(credentials, schemes or {})


def test_secrets_with_one_beginning_leave_no_rest():
    tokens = ["eyJhbGciOiJIUzI1NiJ9.first", "eyJhbGciOiJIUzI1NiJ9.second-one"]
    found = redactor(("Authorization", f"Bearer {tokens[0]}"), ("X-Other", tokens[1]))
    assert found.text(f"{tokens[1]} {tokens[0]}") == "[redacted] [redacted]"


def test_a_secret_that_a_message_cut_short_is_found():
    secret = "0123456789abcdefghij"
    assert redactor(("X-Key", secret)).text(f"came: {secret[:15]}") == "came: [redacted]"


def test_names_of_the_schemes_are_secret_in_fields_and_queries():
    schemes = {"door": {"type": "apiKey", "in": "query", "name": "door"}}
    sent = Sent("GET", "http://x.example/a?door=open&page=2", (("Door", "open"),), b"")
    shown = redactor(schemes=schemes).sent(sent)
    assert shown.url == "http://x.example/a?door=[redacted]&page=2"
    assert shown.headers == (("Door", "[redacted]"),)


def test_passwords_in_urls():
    assert redactor().text("at https://me:hush@x.example/a") == "at https://[redacted]@x.example/a"


def test_short_values_of_ordinary_fields_do_not_blot_out_words():
    assert redactor(("X-Tenant", "api"), ("Accept", "application/json")).text("/api as application/json") == (
        "/api as application/json"
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=8), st.text(), st.text())
def test_no_value_survives_in_text_or_octets(secret, before, after):
    found = redactor(("X-Anything", secret))
    assert secret not in found.text(before + secret + after).replace("[redacted]", "")
    octets = f"{before}{secret}{after}".encode("utf-8", "replace")
    shown = found.received(Received(200, (("X-Echo", secret),), octets, 0.0)).body
    assert secret.encode() not in shown.replace(b"[redacted]", b"")


VARIABLES = {
    "IN_A_BODY": "voucher-ÄÖ/91+x?",
    "IN_A_PATH": "tenant~blue~4417",
    "IN_A_VALUE": "order-77-alpha-bravo",
    "IN_A_HEADER": "k3y/of+the=door",
    "IN_A_SETUP_BODY": "s3tup-only-0099",
}
ECHOING = {
    "openapi": "3.1.0",
    "info": {"title": "Echo", "version": "1"},
    "paths": {
        "/orders/{orderId}": {
            "parameters": [{"name": "orderId", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {
                "operationId": "change",
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {"200": {"description": "OK"}, "404": {"description": "Unknown"}},
            },
        }
    },
}
DATA = """
setup: [{request: 'POST /tenants/${IN_A_PATH}', body: {note: '${IN_A_SETUP_BODY}'}, expected: [500]}]
headers: {X-Door: '${IN_A_HEADER}'}
values: {orderId: {existing: ['${IN_A_VALUE}']}}
operations: {change: {bodies: [{deep: [{voucher: 'a ${IN_A_BODY}'}]}]}}
"""


def reflections(value):
    """A value as servers may send it back, each with what must not be found in a report."""
    data = value.encode()
    for start, end in (("", ""), ("x", ""), ("xy", "z")):
        whole = f"{start}{value}{end}".encode()
        yield base64.b64encode(whole).decode()
        yield base64.urlsafe_b64encode(whole).decode().rstrip("=")
    yield from (data.hex(), data.hex().upper(), quote(value, safe=""), quote(value, safe="").lower())
    yield from ("".join(f"%{byte:02X}" for byte in data), html.escape(value), json.dumps(value), value)


@pytest.fixture(scope="module")
def reflecting(tmp_path_factory):
    """The reports of a run against a target that sends back all variables in each form."""
    folder = tmp_path_factory.mktemp("reflections")
    (folder / "openapi.yaml").write_text(yaml.safe_dump(ECHOING))
    (folder / "data.yaml").write_text(DATA)
    turn = itertools.count()
    forms = [form for value in VARIABLES.values() for form in reflections(value)]

    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        number = next(turn)
        shown = "; ".join(forms) if number % 2 else "; ".join(reversed(forms))
        fields = [(b"content-type", b"text/plain"), (b"x-echo", quote(forms[number % len(forms)]).encode())]
        await send({"type": "http.response.start", "status": 500, "headers": fields})
        await send({"type": "http.response.body", "body": shown.encode()})

    with running(app) as origin, pytest.MonkeyPatch.context() as patch:
        for name, value in VARIABLES.items():
            patch.setenv(name, value)
        contract = signoff.load(folder / "openapi.yaml")
        verdict = run(origin, contract, load_data(folder / "data.yaml"), Options(no_fuzzing=True))
    return {name: write(report_of(verdict)) for name, write in WRITERS.items()}


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("name", WRITERS)
def test_no_variable_of_the_data_file_is_in_a_report(reflecting, name, variable):
    text = html.unescape(reflecting[name]).replace("\\\\/", "/")
    for form in reflections(VARIABLES[variable]):
        assert form[:-4] not in text, form
        assert form[4:12] not in text or len(form) < 14, form


@pytest.mark.parametrize("variable", VARIABLES)
def test_no_variable_is_in_a_message(tmp_path, monkeypatch, variable):
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "data.yaml").write_text(DATA)
    data = load_data(tmp_path / "data.yaml")
    secrets = (*data.secrets, *data.redacted)
    for form in reflections(VARIABLES[variable]):
        received = Received(409, (), f"got {form}".encode(), 0.0)
        shown = unexpected("setup", data.setup[0], received, secrets)
        assert form[:-4] not in shown
        assert VARIABLES["IN_A_PATH"] not in shown
        assert "setup request POST /tenants/[redacted] got 409: got" in shown


def test_short_variables_of_values_stay(monkeypatch, tmp_path):
    monkeypatch.setenv("SHORT", "api-42")
    (tmp_path / "data.yaml").write_text("values: {id: {existing: ['${SHORT}']}}\n")
    data = load_data(tmp_path / "data.yaml")
    assert Redactor(variables_of(data), {}).text("GET /things/api-42") == "GET /things/api-42"
