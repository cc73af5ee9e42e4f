"""`signoff init`: what it writes, and that a fresh project works."""

import contextlib
import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from signoff.cli import main
from signoff.conformance import load_data
from signoff.contract import load
from signoff.init.command import write_project
from signoff.init.targets import render
from signoff.project import find
from tests import processes
from tests.conftest import DOCUMENTS, PUBLISHED

ROOT = Path(__file__).parent.parent
OWN_FILES = [
    "mock_server/handlers.py",
    "contract_tests/test_contract.py",
    "fixtures/targets.yaml",
    ".github/workflows/api.yml",
    "pyproject.toml",
]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def init(folder, *words):
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["init", *map(str, words)], catch_exceptions=False)


def files_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def run(folder, *command):
    return processes.run(command, cwd=folder, env=ENVIRONMENT)


@contextlib.contextmanager
def mocked(folder):
    """A bare `signoff mock` in a project, and its origin; the project's base URL is changed to it."""
    command = ["signoff", "mock", "--port", "0", "--quiet"]
    with processes.Process(command, cwd=folder, env=ENVIRONMENT) as process:
        origin = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        file = folder / "pyproject.toml"
        file.write_text(file.read_text().replace("http://127.0.0.1:4010", origin))
        yield origin


# A fresh project works


@pytest.mark.parametrize("document", [None, DOCUMENTS / "museum.yaml"], ids=["starter", "museum"])
def test_the_next_commands_work_in_a_fresh_project(tmp_path, document):
    result = init(tmp_path, *(["--document", document] if document else []))
    assert result.exit_code == 0
    assert [line.split("  ")[1] for line in result.output.splitlines()[-3:]] == [
        "signoff mock", "signoff test", "pytest contract_tests",
    ]  # fmt: skip
    with mocked(tmp_path):
        tested = run(tmp_path, "signoff", "test", "--no-fuzzing")
        assert tested.returncode == 0, tested.stdout + tested.stderr
        assert "PASS" in tested.stdout
        if document:
            return  # the rest is the same for any document
        plugin = ("-p", "signoff.conformance.pytest_plugin", "-p", "no:cacheprovider", "-q")
        by_pytest = run(tmp_path, "pytest", *plugin, "contract_tests", "--signoff-no-fuzzing")
        assert by_pytest.returncode == 0, by_pytest.stdout + by_pytest.stderr
        assert re.search(r"^\d+ passed", by_pytest.stdout, re.MULTILINE)
    reviewed = run(tmp_path, "signoff", "review")
    assert "PASS" in reviewed.stdout


def test_the_commented_handler_works_without_its_marks(tmp_path):
    init(tmp_path)
    file = tmp_path / "mock_server" / "handlers.py"
    commented = file.read_text()
    compile(commented, "handlers.py", "exec")
    file.write_text(re.sub(r"(?m)^# (?=def |    )", "", commented))
    assert "\ndef list_books():\n" in file.read_text()
    with mocked(tmp_path) as origin:
        tested = run(tmp_path, "signoff", "test", "--no-fuzzing")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert origin in tested.stdout


# What it writes


def test_every_file_is_reported(tmp_path):
    result = init(tmp_path, "shop", "--document", DOCUMENTS / "museum.yaml")
    written = ["openapi/museum.yaml", *OWN_FILES]
    assert set(files_in(tmp_path / "shop")) == set(written)
    lines = result.output.splitlines()
    assert lines[0] == "Created in shop:"
    assert [line.strip() for line in lines[1 : len(written) + 1]] == written
    assert lines[len(written) + 1] == "Next in shop:"


def test_nothing_that_exists_is_changed(tmp_path):
    init(tmp_path)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            file.write_text(f"{file.read_text()}# mine\n")
    (tmp_path / "mock_server" / "handlers.py").unlink()
    before = files_in(tmp_path)
    result = init(tmp_path)
    after = files_in(tmp_path)
    assert {**after, **before} == after
    assert set(after) - set(before) == {"mock_server/handlers.py"}
    written, _, left = result.output.partition("Already existed, unchanged:")
    assert "handlers.py" in written
    assert all(name in left for name in before)


def test_an_existing_pyproject_is_left_and_signoff_toml_written(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    result = init(tmp_path)
    assert (tmp_path / "pyproject.toml").read_text() == '[project]\nname = "shop"\n'
    assert "Already existed, unchanged:\n  pyproject.toml\n" in result.output
    assert find(tmp_path).file == tmp_path / "signoff.toml"
    (tmp_path / "signoff.toml").unlink()
    init(tmp_path, "other")
    fresh = tomllib.loads((tmp_path / "other" / "pyproject.toml").read_text())["tool"]["signoff"]
    init(tmp_path)
    assert tomllib.loads((tmp_path / "signoff.toml").read_text()) == fresh


def test_a_project_that_is_configured_keeps_its_document(tmp_path):
    (tmp_path / "api").mkdir()
    text = (DOCUMENTS / "museum.yaml").read_text()
    (tmp_path / "api" / "museum.yaml").write_text(text)
    (tmp_path / "pyproject.toml").write_text('[tool.signoff]\ndocument = "api/museum.yaml"\n')
    result = init(tmp_path)
    assert "signoff.toml" not in files_in(tmp_path)
    assert "  pyproject.toml" in result.output.partition("Already existed")[2]
    assert "eventId" in (tmp_path / "fixtures" / "targets.yaml").read_text()


def test_files_that_the_document_refers_to_come_along(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the document refers to the folder beside its own
    written = write_project(
        tmp_path, str(DOCUMENTS / "petstore-separate-2.0" / "spec" / "swagger.yaml")
    ).written
    assert written[:5] == (
        "openapi/spec/swagger.yaml", "openapi/spec/parameters.yaml", "openapi/spec/Pet.yaml",
        "openapi/common/Error.yaml", "openapi/spec/NewPet.yaml",
    )  # fmt: skip
    [document] = find(tmp_path).documents
    assert len(load(document).files) == 5


def test_a_document_that_is_in_place_is_used_where_it_is(tmp_path):
    (tmp_path / "openapi" / "v1").mkdir(parents=True)
    place = tmp_path / "openapi" / "v1" / "museum.yaml"
    place.write_text((DOCUMENTS / "museum.yaml").read_text())
    outcome = write_project(tmp_path, str(place))
    assert outcome.left == ("openapi/v1/museum.yaml",)
    assert find(tmp_path).documents == (str(place),)


def test_a_bad_document_writes_nothing(tmp_path):
    for name, text, words in [("none.yaml", None, "does not exist"), ("bad.yaml", "[]", "bad.yaml")]:
        if text:
            (tmp_path / name).write_text(text)
        result = init(tmp_path, "new", "--document", name)
        assert result.exit_code == 2
        assert words in result.stderr
        assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("link", ["openapi", ".github"])
def test_a_link_out_of_the_folder_writes_nothing(tmp_path, link):
    folder, elsewhere = tmp_path / "shop", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / link).symlink_to(elsewhere)
    result = init(tmp_path, "shop")
    assert result.exit_code == 2
    assert "is a link to outside" in result.stderr
    assert [path.name for path in folder.rglob("*")] == [link]
    assert not list(elsewhere.iterdir())


def test_a_folder_that_is_a_file_is_a_plain_error(tmp_path):
    (tmp_path / "file").write_text("")
    result = init(tmp_path, "file")
    assert result.exit_code == 2
    assert result.stderr.startswith("signoff: ")
    assert "cannot write" in result.stderr


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_every_published_document_makes_a_project(tmp_path, path):
    write_project(tmp_path, str(path))
    load_data(tmp_path / "fixtures" / "targets.yaml")
    compile((tmp_path / "mock_server" / "handlers.py").read_text(), "handlers.py", "exec")
    assert yaml.safe_load((tmp_path / ".github" / "workflows" / "api.yml").read_text())["jobs"]
    assert find(tmp_path).document.is_file()


# The data file


HOSTILE = """
openapi: 3.1.0
info: {title: x, version: '1'}
security: [{key: []}, {both: []}]
paths:
  "/a/{id}/b\\nvalues: [1]/{other}":
    get:
      operationId: one
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}, example: "1\\n2: 3"}
        - {name: other, in: path, required: true, schema: {enum: [a, b]}}
        - {name: tenant_id, in: query, required: true, schema: {type: string}}
        - {name: limit, in: query, required: true, schema: {type: integer}}
      responses: {'200': {description: x}}
  "/c/{id}":
    get:
      operationId: two
      security: [{key: [], bearer: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: x}}
  /open: {get: {security: [{}, {key: []}], responses: {'200': {description: x}}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: "X-'Key'#1"}
    both: {type: http, scheme: basic}
    bearer: {type: oauth2, flows: {}}
"""


def test_what_the_document_says_is_quoted(tmp_path):
    (tmp_path / "api.yaml").write_text(HOSTILE)
    text = render(load(tmp_path / "api.yaml"))
    assert yaml.safe_load(text) == {
        "headers": {"X-'Key'#1": "change-me", "Authorization": "Bearer change-me"},
        "values": {"query.tenant_id": {"existing": [], "missing": []}},
        "operations": {
            "one": {"values": {"id": {"existing": [], "missing": []}}},
            "two": {"values": {"id": {"existing": [], "missing": []}}},
        },
    }


def test_what_is_commented_out_works_without_the_comments(tmp_path, monkeypatch):
    (tmp_path / "api.yaml").write_text(HOSTILE)
    keys = re.compile(r"^# (?=users:|setup:|  )", re.MULTILINE)
    (tmp_path / "data.yaml").write_text(keys.sub("", render(load(tmp_path / "api.yaml"))))
    for name in ("PASSWORD", "OWNER_CREDENTIALS", "OTHER_CREDENTIALS"):
        monkeypatch.setenv(name, f"the {name}")
    data = load_data(tmp_path / "data.yaml")
    assert [(step.path, step.body) for step in data.setup] == [
        ("/login", {"user": "me", "password": "the PASSWORD"})
    ]
    assert list(data.users) == ["owner", "other"]


def test_a_document_that_needs_nothing_has_an_empty_data_file(tmp_path):
    paths = "{/a: {get: {responses: {'200': {description: x}}}}}"
    (tmp_path / "api.yaml").write_text(f"openapi: 3.1.0\ninfo: {{title: x, version: '1'}}\npaths: {paths}\n")
    assert yaml.safe_load(render(load(tmp_path / "api.yaml"))) == {"values": {}}
