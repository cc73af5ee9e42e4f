"""Rule files: what is accepted, and the errors with file and line for what is not."""

import json
import os
import threading

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner

import signoff
from signoff.cli import main
from signoff.contract import DataError
from signoff.mock.routing import operation_key
from signoff.mock.rules.rule_file import load_rules
from signoff.mock.rules.schema_faults import schema_file
from signoff.mock.rules.targets import Targets
from tests.mock.rules.servers import ORDERS, orders, rule_book

WRONG = {
    "an unknown operation": ("operation: creatOrder\n      delay: 1", 3, "Did you mean createOrder?"),
    "an unknown path": ("path: /order\n      delay: 1", 3, "Did you mean /orders?"),
    "an unknown method of a path": ("path: /orders\n      method: PUT\n      delay: 1", 4, "GET, POST"),
    "an unknown tag": ("tag: order\n      delay: 1", 3, "Did you mean orders?"),
    "an undocumented success": ("operation: getOrder\n      respond: {status: 202}", 4, "Documented: 200."),
    "an impossible status": ("operation: getOrder\n      respond: {status: 199}", 4, "minimum of 200"),
    "an unknown example": ("operation: listOrders\n      respond: {example: emty}", 4, "example=empty"),
    "a body that does not match": (
        "operation: getOrder\n      respond: {body: {id: 1, state: lost}}",
        4,
        "at /state",
    ),
    "a body of a status without one": (
        "operation: deleteOrder\n      respond: {body: {}}",
        4,
        "no body for 204",
    ),
    "two ways to name an operation": (
        "operation: getOrder\n      path: /orders\n      delay: 1",
        3,
        "`operation` and `path` can't be combined",
    ),
    "two bodies": ("operation: getOrder\n      respond: {body: 1, file: x}", 4, "`body` and `file`"),
    "a mistyped field": ("operaton: getOrder\n      delay: 1", 3, "Did you mean `operation`?"),
    "nothing to do": ("operation: getOrder", 3, "has no `respond`, `delay` or `fault`"),
    "a condition that is not CEL": ("when: request.body.\n      delay: 1", 3, "invalid CEL"),
    "an unknown variable": ("when: response.status == 1\n      delay: 1", 3, "available: `request`"),
    "a template that is not CEL": (
        "operation: getOrder\n      respond: {merge: {note: '${1 +}'}}",
        4,
        "invalid CEL",
    ),
    "a delay that is too long": ("delay: 60001", 3, "longer than 60 s"),
    "an empty range": ("delay: {uniform: [9, 3]}", 3, "range"),
    "an unknown distribution": ("delay: {unifrom: [1, 3]}", 3, "invalid `delay`"),
    "an unknown fault": ("fault: explode", 3, "invalid `fault`"),
    "a file outside the folder": ("operation: getFile\n      respond: {file: ../x}", 4, "outside the folder"),
    "a missing file": ("operation: getFile\n      respond: {file: x.pdf}", 4, "can't be read"),
    "a file with a NUL": ('operation: getFile\n      respond: {file: "\\0"}', 4, "can't be read"),
    "a file with a long name": (
        f"operation: getFile\n      respond: {{file: {'x' * 300}}}",
        4,
        "can't be read",
    ),
    "a header of the server": ("respond: {headers: {Content-Length: '3'}}", 3, "can't be set"),
    "a sequence without responses": ("respond: {sequence: []}", 3, "`sequence` has no responses"),
    "a response after the last time": (
        "operation: createOrder\n      times: 1\n      respond: {sequence: [{status: 429}, {}]}",
        5,
        "`times: 1` sends 1 of them only",
    ),
    "more requests than there will be": ("delay: 1\n      after: 10000000", 4, "maximum of 1000000"),
    "a condition that is false": ("when: 'request.valid && false'\n      delay: 1", 3, "can never match"),
    "a condition that is a text": ("when: \"'GET'\"\n      delay: 1", 3, "can never match"),
    "a header in capitals": ("when: request.headers['X-Plan'] == 'a'\n      delay: 1", 3, "Use 'x-plan'."),
    "a header that is a number": (
        "when: request.headers['x-plan'] == 3\n      delay: 1",
        3,
        "Use `int(request.headers['x-plan'])`",
    ),
    "a method in small letters": (
        "when: request.method == 'post'\n      delay: 1",
        3,
        "Did you mean `POST`?",
    ),
    "a header in capitals in `has`": (
        "when: has(request.headers.Accept)\n      delay: 1",
        3,
        "Use 'accept'.",
    ),
    "a path without the base path": (
        "operation: createOrder\n      when: request.path == '/orders' && request.valid\n      delay: 1",
        4,
        "Did you mean `/v1/orders`?",
    ),
    "a list without such items": (
        "operation: createOrder\n      when: 3 in request.body.items\n      delay: 1",
        4,
        "an item of `request.body.items` is a string, never 3",
    ),
    "an unknown property of the body": (
        "operation: createOrder\n      when: request.body.itmes.size() > 1\n      delay: 1",
        4,
        "Did you mean `items`?",
    ),
    "a property of another type": (
        "tag: orders\n      when: request.valid && request.body.note == 3\n      delay: 1",
        4,
        "`request.body.note` is a string, never 3",
    ),
    "items of another type": (
        "operation: createOrder\n      when: request.body.items.exists(i, i == 3)\n      delay: 1",
        4,
        "`i` is a string, never 3",
    ),
    "an unknown parameter": (
        "operation: getOrder\n      when: request.parameters.path.ids == 3\n      delay: 1",
        4,
        "Did you mean `id`?",
    ),
    "a parameter of another type": (
        "operation: getOrder\n      when: request.parameters.path.id == '7'\n      delay: 1",
        4,
        "Remove the quotes.",
    ),
    "a template of an unknown property": (
        "operation: createOrder\n      respond: {merge: {note: '${request.body.nota}'}}",
        4,
        "Did you mean `note`?",
    ),
    "items of a response without a list": (
        "operation: getOrder\n      respond: {items: 5}",
        4,
        "`items` needs a list",
    ),
    "an example of another status": (
        "operation: createOrder\n      respond: {status: 429, example: usual}",
        4,
        "no response code=429, example=usual",
    ),
    "a patch that no alternative allows": (
        "operation: getOrder\n      respond: {merge: {payment: {by: cash}}}",
        4,
        'with this patch: must be "card" or "transfer"',
    ),
    "a patch of several alternatives": (
        "operation: getOrder\n      respond: {merge: {payment: {by: card, iban: x}}}",
        4,
        "at /payment/iban never matches",
    ),
    "a patch for a list": (
        "operation: listOrders\n      respond: {merge: {state: open}}",
        4,
        "with this patch: must be array",
    ),
    "a patch that does not match": (
        "tag: orders\n      respond: {merge: {state: lost}}",
        4,
        "with this patch: must be",
    ),
    "a patch that makes an object of a text": (
        "operation: getOrder\n      respond: {merge: {state: {a: 1}}}",
        4,
        "at /state never matches",
    ),
    "a patch without a required property": (
        "operation: getOrder\n      respond: {merge: {note: x, id: null}}",
        4,
        "at /id never matches",
    ),
    "a patch for a response without a body": (
        "operation: deleteOrder\n      respond: {merge: {a: 1}}",
        4,
        "responds without a body",
    ),
    "a header that does not match": (
        "operation: createOrder\n      respond: {status: 429, headers: {retry-after: soon}}",
        4,
        "the header retry-after does not match",
    ),
    "zero times": ("delay: 1\n      times: 0", 4, "minimum of 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_invalid_rule_is_an_error_with_its_line(tmp_path, name):
    rule, line, message = WRONG[name]
    with pytest.raises(DataError) as caught:
        rule_book(tmp_path, f"scenarios:\n  one:\n    - {rule}\n")
    assert message in str(caught.value)
    assert f"mock.yaml:{line}:" in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 2


def test_what_is_meant_to_be_wrong_is_accepted(tmp_path):
    book = rule_book(
        tmp_path,
        "rules:\n"
        "  - {operation: getOrder, times: 9, invalid: true, respond: {status: 202, body: {state: lost}}}\n"
        "  - {operation: deleteOrder, invalid: true, respond: {body: {}}}\n"
        "  - {operation: post /orders, times: 9, invalid: true, respond: {merge: {state: lost}}}\n"
        # What may match, by the request or another branch, is not an error.
        "  - {operation: listOrders, respond: {merge: '${request.parameters}'}}\n"
        "  - {operation: getOrder, times: 9, respond: {merge: {payment: {by: transfer, of: {iban: x}}}}}\n"
        "  - {path: '/orders/{id}', when: 'true', respond: {merge: {state: '${request.path}', more: [1]}}}\n"
        "  - {path: /files/a, respond: {merge: {a: null}}}\n"
        '  - {operation: createOrder, delay: 1, when: "!request.valid && request.body.note == 3"}\n'
        "  - {operation: createOrder, delay: 1, when: 'has(request.body.vip) && request.body.vip'}\n"
        "  - {operation: createOrder, delay: 1, when: \"request.body.note in ['a', 'b']\"}\n",
    )
    assert len(book.rules("")) == 10


@pytest.mark.parametrize(
    ("first", "second", "is_hidden"),
    [
        ("operation: getOrder", "path: '/orders/{id}'\n    method: get", True),
        ("tag: orders", "operation: listOrders", True),
        ("path: '/orders/{id}'", "path: /orders/7", True),
        ("path: /orders/7", "path: '/orders/{id}'", False),
        ("path: /orders/7", "path: /orders/8", False),
        ("operation: getOrder\n    times: 2", "operation: getOrder", False),
        ("operation: getOrder\n    when: request.valid", "operation: getOrder", False),
        ("operation: getOrder\n    when: 'true'", "operation: getOrder", True),
        ("operation: getOrder", "tag: orders", False),
    ],
)
def test_a_rule_below_one_that_takes_all_of_its_requests_can_never_match(tmp_path, first, second, is_hidden):
    text = f"rules:\n  - {first}\n    delay: 1\n  - {second}\n    delay: 2\n"
    if not is_hidden:
        assert len(rule_book(tmp_path, text).rules("")) == 2
        return
    with pytest.raises(DataError, match="can never match: rules/1 above"):
        rule_book(tmp_path, text)


def test_ids_are_unique_and_the_initial_scenario_exists(tmp_path):
    rule = "{id: a, delay: 1, times: 1}"
    with pytest.raises(DataError, match="duplicate rule id 'a'"):
        rule_book(tmp_path, f"rules: [{rule}, {rule}]")
    with pytest.raises(DataError, match="unknown scenario 'b'"):
        rule_book(tmp_path, "scenario: b\nscenarios: {c: []}")


def test_a_file_through_a_link_out_of_the_folder_is_not_read(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (folder / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    with pytest.raises(DataError, match="outside the folder"):
        rule_book(folder, "rules: [{operation: getFile, respond: {file: link.pdf}}]")


def test_the_command_says_where_an_invalid_rule_is_and_ends_with_2(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text("rules:\n  - {operation: nope, delay: 3}\n")
    found = CliRunner().invoke(main, ["mock", str(ORDERS), "--rules", str(file)])
    assert found.exit_code == 2
    assert "rules.yaml:2:" in found.output
    missing = CliRunner().invoke(main, ["mock", str(ORDERS), "--rules", str(tmp_path / "none.yaml")])
    assert (missing.exit_code, "none.yaml" in missing.output) == (2, True)


def test_the_configuration_names_the_file_in_the_table_of_the_mock_only(tmp_path, monkeypatch):
    """A top-level `rules` is a module of the review, and no rule file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signoff.mock.command.serve", lambda _app, listener, *_: listener.close())
    monkeypatch.setattr("signoff.mock.command.log_to", lambda **_: None)
    (tmp_path / "openapi.yaml").write_text(ORDERS.read_text())
    (tmp_path / "mock.yaml").write_text("rules: [{operation: nope, delay: 3}]")
    (tmp_path / "signoff.toml").write_text('document = "openapi.yaml"\n[mock]\nrules = "mock.yaml"\n')
    found = CliRunner().invoke(main, ["mock"])
    assert (found.exit_code, "no operation 'nope'" in found.output) == (2, True)
    (tmp_path / "signoff.toml").write_text('document = "openapi.yaml"\nrules = "mock.yaml"\n')
    found = CliRunner().invoke(main, ["mock", "--port", "0"])
    assert found.exit_code == 0
    other = tmp_path / "other.yaml"
    other.write_text(ORDERS.read_text())
    (tmp_path / "signoff.toml").write_text('document = "openapi.yaml"\n[mock]\nrules = "mock.yaml"\n')
    found = CliRunner().invoke(main, ["mock", str(other), "--port", "0"])
    assert found.exit_code == 0
    assert CliRunner().invoke(main, ["mock", "--port", "0"]).exit_code == 2


def test_the_schema_is_a_json_schema_and_in_the_package():
    schema = yaml.safe_load(schema_file().read_text())
    jsonschema_rs.meta.validate(schema)
    assert json.dumps(schema)


def test_a_one_off_rule_is_checked_like_one_of_a_file(tmp_path):
    book = rule_book(tmp_path, "rules: []")
    for rule, message in (
        ({"operation": "getOrder"}, "has no `respond`"),
        ({"operation": "getOrdr", "delay": 1}, "Did you mean getOrder"),
        ({"respond": {"status": "x"}}, "/respond/status"),
        ({"delay": 1, "when": "1 +"}, "invalid CEL"),
        ({"operation": "getFile", "respond": {"file": "mock.yaml"}}, "a one-off rule can't send a file"),
        ({"respond": {"body": "x" * 300_000}, "operation": "getOrder"}, "larger than 131072 bytes"),
        ({"respond": {"status": 429, "body": ["${1}"] * 1001}}, "more than 1000 expressions"),
        ({"x" * 50_000: 1}, "unknown field `xxx"),
        ({"respond": {"headers": {"X": "y" * 9000}}}, "longer than 8192 characters"),
    ):
        with pytest.raises(DataError, match="rule") as caught:
            book.put("", "mine", rule)
        assert message in str(caught.value)
        assert len(str(caught.value)) < 1000
    assert book.rules("") == []
    assert orders().operations


def test_a_pipe_is_not_read(tmp_path):
    """Opening one waits for a writer, so a reload would never end."""
    os.mkfifo(tmp_path / "x.pdf")
    errors = []

    def load():
        try:
            rule_book(tmp_path, "rules: [{operation: getFile, respond: {file: x.pdf}}]")
        except DataError as error:
            errors.append(str(error))

    loading = threading.Thread(target=load, daemon=True)
    loading.start()
    loading.join(20)
    assert not loading.is_alive()
    assert "not a regular file" in errors[0]


@pytest.mark.parametrize("name", ["get all things", "GET /things", "get /things"])
def test_an_operation_is_found_by_an_id_with_spaces_and_by_its_method_in_any_case(tmp_path, name):
    file = tmp_path / "openapi.yaml"
    responses = "responses: {'200': {description: ok}}"
    file.write_text(
        "{openapi: 3.1.0, info: {title: t, version: '1'}, paths: {/things: {get: "
        f"{{operationId: get all things, {responses}}}}}}}}}"
    )
    contract = signoff.load(file)
    assert list(Targets([contract]).of({"operation": name})) == [operation_key(contract.operations[0])]


@pytest.mark.parametrize(
    "body",
    [
        "{type: array}",
        "{}",
        "{type: object, properties: {data: {type: array, items: {type: object}}}}",
        "{type: object, properties: {data: {items: {type: object}}}}",
        "{type: object, properties: {data: {type: object, properties: {rows: {type: array}}}}}",
    ],
)
def test_items_are_accepted_where_a_body_may_have_a_list(tmp_path, body):
    file = tmp_path / "openapi.yaml"
    content = f"content: {{application/json: {{schema: {body}}}}}"
    responses = f"responses: {{'200': {{description: ok, {content}}}}}"
    file.write_text(
        f"{{openapi: 3.1.0, info: {{title: t, version: '1'}}, paths: {{/things: {{get: {{{responses}}}}}}}}}"
    )
    (tmp_path / "mock.yaml").write_text("rules: [{operation: GET /things, respond: {items: 2}}]")
    assert load_rules(tmp_path / "mock.yaml", [signoff.load(file)], 60)
