"""Secrets stay out of what the mock says about invalid values: its log, its journal and its errors."""

import json
import logging

import httpx2
import pytest

from signoff.mock import create_app
from signoff.mock.control.control import Control
from signoff.mock.redaction import safe_message
from tests.conftest import running

PIN = {"type": "object", "properties": {"client_secret": {"pattern": "^[0-9]+$"}, "n": {"maximum": 5}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Login", "version": "1"},
    "paths": {
        "/sessions": {
            "post": {
                "operationId": "signIn",
                "parameters": [
                    {"name": "apiKey", "in": "query", "schema": {"type": "string", "maxLength": 3}},
                    {"name": "X-Auth-Token", "in": "header", "schema": {"type": "integer"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "properties": {
                                    "passwords": {
                                        "type": "array",
                                        "items": {"type": "string", "minLength": 9},
                                    },
                                    "form": {"oneOf": [PIN, {"type": "string"}]},
                                }
                            }
                        }
                    }
                },
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {"schema": {"properties": {"token": {"minLength": 40}}}}
                        },
                    }
                },
            }
        }
    },
}
LONG = "zq" * 400


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"json": {"passwords": ["swordfish-zq", "zq"]}}, "[redacted] is shorter than 9 characters"),
        ({"json": {"form": {"client_secret": "zq", "n": 1}}}, '"client_secret": "[redacted]"'),
        ({"json": {"form": {"client_secret": LONG, "n": [LONG]}}}, "the value does not match the schema"),
        ({"params": {"apiKey": "zqzq"}, "json": {}}, "[redacted] is longer than 3 characters"),
        ({"headers": {"X-Auth-Token": "zq"}, "json": {}}, '[redacted] is not of type "integer"'),
        ({"json": {"passwords": []}}, "[redacted] is shorter than 40 characters"),  # a handler's response
    ],
)
def test_invalid_secrets_are_not_quoted(tmp_path, caplog, sent, reason):
    caplog.set_level(logging.INFO)
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(DOCUMENT))
    handlers = {"signIn": lambda body: {"token": "zq"}}
    with running(create_app(document, control=Control(), handlers=handlers)) as origin:
        found = httpx2.post(f"{origin}/sessions", **sent)
        entries = httpx2.get(f"{origin}/__signoff/journal").json()["entries"]
    notes, query = entries[0]["notes"], entries[0]["request"]["query"]
    assert reason in found.text.replace('\\"', '"')
    assert reason in notes[0]
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("signoff")]
    assert logged
    for text in (found.text, *notes, query, *logged, entries[0]["response"]["body"]):
        assert "zq" not in text


def test_a_message_without_secrets_stays_as_it_is():
    assert safe_message('"a" is too short', "name") == '"a" is too short'
    assert safe_message('{"a": "b"} is not valid', "form") == '{"a": "b"} is not valid'
    assert safe_message("[x] is odd", "form") == "[x] is odd"
