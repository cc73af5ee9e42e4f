"""Secrets stand in no report, whatever the server does with them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.conformance import load_data
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.report import FORMATS, report_of
from signoff.conformance.report.redaction import Redactor
from signoff.reporting.formats import terminal
from tests.conformance.reported import hostile_contract, hostile_report, hostile_verdict

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
