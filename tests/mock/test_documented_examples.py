"""Examples in files of their own, serialized ones, and those that are not used."""

import httpx2
import pytest
import yaml
from click.testing import CliRunner

import signoff
from signoff.cli import main
from signoff.mock import create_app
from signoff.mock.unused_examples import unused_examples
from tests.conftest import running
from tests.mock.test_app import answering, mocking

ROW = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def written(folder, paths, openapi="3.1.0"):
    folder.mkdir(exist_ok=True)
    document = {"openapi": openapi, "info": {"title": "t", "version": "1"}, "paths": paths}
    file = folder / "doc.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return file


def external(media_type, address, schema):
    return answering(media_type, schema, examples={"it": {"externalValue": address}})


@pytest.mark.parametrize(
    ("media_type", "address", "data", "schema"),
    [
        ("application/json", "row.json", b'{"n":5}', ROW),
        ("application/json", "./data/my%20row.json", b'{"n":5}', ROW),
        ("image/png", "data/dot.png", b"\x89PNG\r\n\x00\xff", {"type": "string", "format": "binary"}),
        ("text/csv", "rows.csv", "n\r\n5\u20ac".encode(), {"type": "string"}),
        ("application/xml", "row.xml", b"<?xml version='1.0'?><row n='5'/>", ROW),
    ],
)
def test_an_external_example_is_the_file_beside_the_document(tmp_path, media_type, address, data, schema):
    file = written(tmp_path / "api", external(media_type, address, schema))
    target = tmp_path / "api" / address.replace("%20", " ")
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)
    contract = signoff.load(file)
    assert contract.warnings == ()
    assert str(target.resolve()) in contract.files
    with running(create_app(contract)) as origin:
        response = httpx2.get(f"{origin}/a")
        named = httpx2.get(f"{origin}/a", headers={"Prefer": "example=it"})
    assert response.content == named.content == data
    assert response.headers["content-type"] == media_type


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("../secret.json", "outside the document's folder"),
        ("/etc/hostname", "outside the document's folder"),
        ("file:///etc/hostname", "outside the document's folder"),
        ("data/../../secret.json", "outside the document's folder"),
        ("link.json", "outside the document's folder"),
        ("missing.json", "does not exist"),
    ],
)
def test_a_file_elsewhere_is_not_read(tmp_path, address, reason):
    (tmp_path / "secret.json").write_text('{"n": 1}')
    file = written(tmp_path / "api", external("application/json", address, ROW))
    (tmp_path / "api" / "link.json").symlink_to(tmp_path / "secret.json")
    contract = signoff.load(file)
    assert len(contract.warnings) == 1
    assert reason in contract.warnings[0]
    assert contract.operations[0].responses[0].content[0].examples == ()


def test_a_remote_example_is_for_readers(tmp_path):
    address = "https://example.com/row.json"
    assert signoff.load(written(tmp_path, external("application/json", address, ROW))).warnings == ()


@pytest.mark.parametrize(
    ("media_type", "serialized", "sent"),
    [
        ("application/json", '{ "n": 5 }', '{"n":5}'),
        ("application/xml", "<row><n>5</n></row>", "<row><n>5</n></row>"),
        ("application/x-www-form-urlencoded", "n=5&x=%20", "n=5&x=%20"),
        ("application/jsonl", '{"n":5}\n{"n":6}\n', '{"n":5}\n{"n":6}\n'),
        ("text/event-stream", ": hello\n\ndata: 5\n\n", ": hello\n\ndata: 5\n\n"),
    ],
)
def test_a_serialized_example_is_sent_as_it_is(tmp_path, media_type, serialized, sent):
    paths = answering(media_type, {}, examples={"it": {"serializedValue": serialized}})
    with mocking(tmp_path, paths, openapi="3.2.0") as client:
        assert client.get("/a").text == sent


def test_the_data_value_comes_before_the_serialized_one(tmp_path):
    both = {"it": {"dataValue": {"n": 1}, "serializedValue": '{"n": 2}'}}
    with mocking(tmp_path, answering("application/json", ROW, examples=both), openapi="3.2.0") as client:
        assert client.get("/a").json() == {"n": 1}


def test_examples_that_are_not_used_are_named_with_their_place(tmp_path):
    examples = {"bad": {"value": {"n": "5"}}, "good": {"value": {"n": 6}}, "text": {"value": '{"n": 7}'}}
    file = written(tmp_path, answering("application/json", ROW, examples=examples))
    (warning,) = unused_examples(signoff.load(file))
    assert warning.startswith(f"{file}:")
    assert "/examples/bad/value)" in warning
    assert warning.endswith('the mock does not use it: "5" is not of type "integer" (at /n)')


def test_many_are_counted(tmp_path):
    examples = {f"e{number}": {"value": number} for number in range(50)}
    found = unused_examples(
        signoff.load(written(tmp_path, answering("application/json", ROW, examples=examples)))
    )
    assert len(found) == 21
    assert found[-1] == "30 more examples do not match their schemas"


@pytest.mark.parametrize("arguments", [[], ["--dynamic"]])
def test_the_command_warns_at_startup_unless_examples_are_not_used_anyway(tmp_path, monkeypatch, arguments):
    file = written(tmp_path, answering("application/json", ROW, example={"n": "x"}))
    monkeypatch.setattr("signoff.mock.command.serve", lambda _app, listener, *_: listener.close())
    result = CliRunner().invoke(main, ["mock", str(file), "--port", "0", *arguments])
    assert result.exit_code == 0
    assert ("warning: " in result.output) is not bool(arguments)
    assert ("the mock does not use it" in result.output) is not bool(arguments)
