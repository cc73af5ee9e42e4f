"""The data file: what it may say, what is told of a bad one, and which of its values hold where."""

from pathlib import Path

import jsonschema_rs
import pytest

from signoff.conformance import load_data
from signoff.conformance.known_values import KnownValues, TargetData, credentials_of, secrets_of
from signoff.conformance.setup_teardown import with_captures
from signoff.conformance.target_data import SCHEMA_FILE
from signoff.contract import DataError
from signoff.contract.source import read
from tests.conformance import shop
from tests.conftest import DATA_FILE

FOLDER = Path(__file__).parent.parent / "servers"
FULL = """
values:
  thingId: {existing: [1, 2], forbidden: [3], missing: [4], disposable: [5]}
  query.cursor: {existing: [abc]}
headers: {X-Tenant: '5', Authorization: 'Bearer ${SHOP_TOKEN}'}
users:
  owner: {headers: {Authorization: 'Bearer ${SHOP_TOKEN}'}, query: {key: k-123456789}}
  stranger: {headers: {Cookie: session=stranger-session}, denied-resources: {thingId: existing, part: [9]}}
default-user: owner
operations:
  getThing: {expected: [200, 2XX], once: true, headers: {X-Only: here}}
  PUT /things/{thingId}: {bodies: [{name: a}, {}], values: {thingId: {existing: ['${made}']}}}
  dropThing: {skip: nothing may be dropped there}
setup:
  - request: post /things
    as: owner
    body: {name: '${SHOP_TOKEN}', nested: [{a: '$${kept}'}]}
    expected: [201]
    capture: {made: /id, where: {header: Location, kind: none}, gone: {pointer: '', kind: missing}}
teardown:
  - request: DELETE /things/${made}
"""


def data_of(tmp_path, text):
    path = tmp_path / "data.yaml"
    path.write_text(text)
    return load_data(path)


@pytest.fixture
def full(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", "token-from-outside")
    return data_of(tmp_path, FULL)


@pytest.fixture
def contract(tmp_path):
    return shop.load(tmp_path)


def test_everything_that_a_file_may_say(full):
    assert full.values["thingId"] == KnownValues(("1", "2"), ("3",), ("4",), ("5",))
    assert full.headers["Authorization"] == "Bearer token-from-outside"
    assert full.users["stranger"].denied_resources == {"thingId": None, "part": ("9",)}
    assert full.default_user == "owner"
    assert full.operations["getThing"].expected == (200, 2)
    assert full.operations["PUT /things/{thingId}"].bodies == ({"name": "a"}, {})
    step = full.setup[0]
    assert (step.method, step.path, step.user, step.expected) == ("POST", "/things", "owner", (201,))
    assert [(capture.name, capture.kind) for capture in step.captures] == [
        ("made", "existing"),
        ("where", None),
        ("gone", "missing"),
    ]
    assert full.teardown[0].path == "/things/${made}"


def test_captures_take_the_place_of_their_names(full, contract):
    filled = with_captures(full, {"made": "17", "where": "x", "gone": "99"})
    assert filled.known("thingId", contract.operation("changeThing")).existing == ("17",)
    assert filled.known("made").existing == ("17",)
    assert filled.known("gone").missing == ("99",)
    assert "where" not in filled.values


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("valeus: {}", "'valeus' was unexpected", 1),
        ("values:\n  a: {existing: x}", "is not of type", 2),
        ("users:\n  a:\n    name: x", "'name' was unexpected", 2),
        ("default-user: nobody", "`default-user` is 'nobody', which is not in `users`", 1),
        ("setup:\n  - request: GET /x\n    json: {}", "Keys: `request`, `as`, `headers`, `body`, `form`", 2),
        ("setup:\n  - request: PUT https://login.example/x", "not a whole URL", 2),
        (
            "setup:\n  - request: GET /x\n    capture: {b: token}",
            "A JSON Pointer into the body, such as `/id`",
            3,
        ),
        ("setup:\n  - body: {}", '"request" is a required property', 2),
        ("setup:\n  - request: fetch it", "does not match", 2),
        ("setup:\n  - request: GET /x\n    as: me", "`as` is 'me', which is not in", 3),
        ("setup:\n  - request: GET /x\n    capture: {a: id}", "is not valid under any", 3),
        ("headers:\n  A: ${SIGNOFF_NOT_SET}", "SIGNOFF_NOT_SET is not set", 2),
        (
            "setup:\n  - request: GET /${late}\n  - request: GET /x\n    capture: {late: /id}",
            "late is not set",
            2,
        ),
        ("operations:\n  a: {expected: [7]}", "is not valid under any", 2),
        ("operations:\n  a: {skip: ''}", "shorter than 1", 2),
        ("- a", "is not of type", 1),
    ],
)
def test_a_bad_file_is_told_with_its_place(tmp_path, text, words, line):
    with pytest.raises(DataError, match=words) as caught:
        data_of(tmp_path, text)
    assert caught.value.location.line == line
    assert len(str(caught.value).splitlines()) <= 2


def test_the_files_that_come_with_it_keep_the_schema():
    schema = read(SCHEMA_FILE).value
    validator = jsonschema_rs.Draft202012Validator(schema)
    for path in [DATA_FILE, *FOLDER.glob("*.data.yaml")]:
        assert validator.is_valid(read(path).value), path
        load_data(path)


def test_each_place_and_kind_takes_the_nearest_values(contract):
    data = TargetData(
        values={
            "thingId": KnownValues(existing=("1",), missing=("9",)),
            "query.thingId": KnownValues(existing=("q",)),
        },
        operations={},
        learned={"/things/{thingId}/parts/{part}": "wheel", "/things/{thingId}": "55"},
    )
    part, thing = contract.operation("getPart"), contract.operation("getThing")
    assert data.known("thingId", thing).existing == ("1",)  # the file before what was learned
    assert data.known("thingId", thing, "query").existing == ("q",)
    assert data.known("part", part) == KnownValues(existing=("wheel",), is_learned=True)
    assert data.known("part").existing == ()


def test_nothing_that_is_kept_is_deleted(contract):
    data = TargetData({"thingId": KnownValues(existing=("1",), missing=("9",), disposable=("5",))})
    assert data.path_value("thingId", contract.operation("getThing")) == "1"
    assert data.path_value("thingId", contract.operation("dropThing")) == "5"
    assert (
        TargetData({"thingId": KnownValues(("1",))}).path_value("thingId", contract.operation("dropThing"))
        is None
    )


def test_fields_of_the_person_and_of_the_command_are_laid_over(full):
    default_user = full.sent_as_default_user({"authorization": "Bearer given-on-the-line", "X-Trace": "1"})
    assert default_user.headers == {
        "X-Tenant": "5",
        "X-Trace": "1",
        "authorization": "Bearer given-on-the-line",
    }
    assert default_user.common["X-Trace"] == "1"


def test_secrets_are_credentials_of_some_length(full):
    data = full.sent_as_default_user({})
    assert secrets_of(data) == ("token-from-outside", "k-123456789", "stranger-session")
    assert ("key", "k-123456789") in credentials_of(data)
    basic = TargetData(headers={"Authorization": "Basic dXNlcjpwYXNzd29yZC0x"}).sent_as_default_user({})
    assert secrets_of(basic) == ("dXNlcjpwYXNzd29yZC0x", "password-1")


def test_the_schema_describes_every_member():
    schema = read(SCHEMA_FILE).value
    shapes = [schema, *(shape for shape in schema["$defs"].values() if "properties" in shape)]
    undescribed = [
        name
        for shape in shapes
        for name, member in shape["properties"].items()
        if "description" not in member and member.get("$ref") != "#/$defs/texts"
    ]
    assert undescribed == []
