"""The project's file: where it is found, what it gives to each command, and what is reported of a bad one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import signoff
from signoff import cli, project
from signoff.cli import main
from signoff.contract import DataError
from tests import processes
from tests.conftest import DOCUMENTS, running
from tests.servers import museum

ROOT = Path(__file__).parent.parent
MUSEUM = (DOCUMENTS / "museum.yaml").read_text()
REFERENCE_NOTE = "No document given and no project found: using the built-in example (saved reports API).\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty project folder, which is the working directory."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi" / "museum.yaml").write_text(MUSEUM)
    return tmp_path


def configure(text, name="signoff.toml"):
    Path(name).write_text(text)


def signoff_here(*words):
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def parameters(*words):
    """What a command would be called with."""
    words = [str(word) for word in words]
    at = next(index for index, word in enumerate(words) if word in cli.COMMANDS)
    with main.make_context("signoff", words[: at + 1]) as group:
        name, command, rest = main.resolve_command(group, words[at:])
        return command.make_context(name, rest, parent=group).params


# Where it is found


def test_pyproject_and_signoff_toml_say_the_same(folder):
    configure(
        '[tool.signoff]\ndocument = "openapi/museum.yaml"\n[tool.signoff.mock]\nport = 4020', "pyproject.toml"
    )
    of_pyproject = parameters("mock")
    (folder / "pyproject.toml").unlink()
    configure('document = "openapi/museum.yaml"\n[mock]\nport = 4020')
    assert parameters("mock") == of_pyproject
    assert (of_pyproject["documents"], of_pyproject["port"]) == (("openapi/museum.yaml",), 4020)


def test_the_nearest_folder_with_a_configuration_is_the_project(folder, monkeypatch):
    inner = folder / "service" / "src"
    inner.mkdir(parents=True)
    configure('document = "openapi/museum.yaml"')
    configure('[project]\nname = "service"', "service/pyproject.toml")
    monkeypatch.chdir(inner)
    assert project.find(inner).folder == folder
    assert parameters("mock")["documents"] == (str(folder / "openapi" / "museum.yaml"),)
    configure('[tool.signoff]\ndocument = "api.yaml"', folder / "service" / "pyproject.toml")
    assert parameters("mock")["documents"] == (str(folder / "service" / "api.yaml"),)


@pytest.mark.parametrize("words", [["--config", "other.toml", "mock"], ["mock", "--config", "other.toml"]])
def test_config_names_another_file(words):
    configure("[mock]\nport = 1")
    configure("[mock]\nport = 2", "other.toml")
    assert parameters(*words)["port"] == 2


@pytest.mark.parametrize("words", [["--no-config", "mock"], ["mock", "--no-config"]])
def test_no_config_reads_none(words):
    configure("[mock]\nport = 1")
    assert parameters(*words, "x.yaml")["port"] == 4010


def test_config_of_the_command_goes_before_that_of_the_group():
    for number in "12":
        configure(f"[mock]\nport = {number}", f"{number}.toml")
    assert parameters("--config", "1.toml", "mock", "--config", "2.toml")["port"] == 2


# What it gives


def test_the_command_line_goes_before_the_commands_table_and_that_before_the_top():
    configure("seed = 1\nmax-examples = 7\n[mock]\nseed = 2\n[test]\nworkers = 3")
    assert parameters("mock", "x.yaml")["seed"] == 2
    assert parameters("mock", "x.yaml", "--seed", "3")["seed"] == 3
    tested = parameters("test", "http://127.0.0.1:9", "x.yaml")
    assert (tested["seed"], tested["max_examples"], tested["workers"]) == (1, 7, 3)


def test_lists_switches_and_names_that_differ_from_the_options(folder):
    configure(
        'cors = false\nbase-path = ["/a", "/b"]\n[test]\nheader = "X-A: 1"\n'
        'report = ["json=r.json", "html=-"]'
    )
    mocked = parameters("mock", "x.yaml", "y.yaml")
    assert (mocked["cors"], mocked["base_paths"]) == (False, ("/a", "/b"))
    tested = parameters("test", "http://127.0.0.1:9")
    assert tested["headers"] == ("X-A: 1",)
    assert tested["reports"] == (f"json={folder}/r.json", "html=-")


def test_paths_are_relative_to_the_files_folder(folder, monkeypatch):
    (folder / "sub").mkdir()
    configure(
        'document = ["openapi/museum.yaml", "https://example.com/a.yaml", "main:api.yaml", "-"]\n'
        'handlers = "own/handlers.py"\n'
        '[test]\ndata = "data.yaml"\nhar = "x.har"\n[review]\nbase = "main"\n[docs]\noutput = "api.html"'
    )
    monkeypatch.chdir("sub")
    mocked = parameters("mock")
    assert mocked["documents"] == (
        str(folder / "openapi" / "museum.yaml"), "https://example.com/a.yaml", "main:api.yaml", "-",
    )  # fmt: skip
    assert mocked["handlers"] == str(folder / "own" / "handlers.py")
    assert parameters("review", "x.yaml")["base"] == "main"
    found = parameters("test", "x.har", "--config", "../signoff.toml", "../openapi/museum.yaml")
    assert (found["data"], found["har"]) == (str(folder / "data.yaml"), str(folder / "x.har"))


def test_a_dotted_module_is_named_from_the_projects_folder(folder, monkeypatch):
    (folder / "sub").mkdir()
    (folder / "own").mkdir()
    (folder / "own" / "handlers.py").write_text("def getMuseumHours():\n    return []\n")
    configure('document = "openapi/museum.yaml"\nhandlers = "own.handlers"')
    monkeypatch.chdir("sub")
    assert parameters("mock")["handlers"] == "own.handlers"
    assert str(folder) in sys.path


def test_every_option_that_is_a_path_is_resolved():
    """An option with a path that project.py does not know of would be relative to the working directory."""
    for name in cli.COMMANDS:
        command = main.get_command(click.Context(main), name)
        for parameter in command.params:
            if isinstance(parameter.type, click.Path) and isinstance(parameter, click.Option):
                key = parameter.opts[-1].removeprefix("--")
                found = project.Project(Path("/project")).resolved(key, "file")
                assert key == "config" or found == "/project/file", (name, key)


def test_what_describes_the_projects_document_is_not_for_another_one(folder):
    configure('document = "openapi/museum.yaml"\n[test]\ndata = "data.yaml"\nbase-url = "http://127.0.0.1:9"')
    own = str(folder / "data.yaml")
    for words, data in [
        ((), own),
        (("http://127.0.0.1:8", "openapi/museum.yaml"), own),
        (("http://127.0.0.1:8", folder / "openapi" / "museum.yaml"), own),
        (("http://127.0.0.1:8", "main:openapi/museum.yaml"), own),
        (("http://127.0.0.1:8", "other.yaml"), None),
        (("--har", "x.har", "other.yaml"), None),
        (("--har", "x.har", "openapi/museum.yaml"), own),
    ]:
        found = parameters("test", *words)
        assert found["data"] == data, words
        assert found["base_url"] == (data and "http://127.0.0.1:9")


# What is reported of a bad one


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dokument = 'x'", ["unknown key `dokument`", "Did you mean `document`?"]),
        ("base_url = 'x'", ["unknown key `base_url`", "Did you mean `base-url`?"]),
        ("[mokc]\nport = 1", ["unknown key `mokc`", "Did you mean `mock`?"]),
        ("[mock]\nports = 1", ["unknown key `ports` in `mock`", "Did you mean `port`?"]),
        ("[mock]\nworkers = 1", ["unknown key `workers` in `mock`"]),
        ("[mock]\nconfig = 'x'", ["unknown key `config` in `mock`"]),
        ("[tool.signoff.mock]\nport = 1", ["unknown key `tool`", "Leave out `tool.signoff`"]),
        ("mock = 3", ["`mock` must be a table"]),
        ("[mock]\nport = 'many'", ["`mock.port` must be an integer"]),
        ("[mock]\nport = 70000", ["`mock.port` is invalid", "0<=x<=65535"]),
        ("[mock]\nport = true", ["`mock.port` must be an integer"]),
        ("[mock]\nport = [1]", ["`mock.port` must be an integer"]),
        ("quiet = 'yes'", ["`quiet` must be true or false"]),
        ("max-body = '1'", ["`max-body` must be a number"]),
        ("locale = 1", ["`locale` must be a string"]),
        ("base-path = [1]", ["`base-path` must be a string or a list of them"]),
        ("document = 1", ["`document` must be a string or a list of strings"]),
        ("log-format = 'xml'", ["`log-format` is invalid", "'text', 'json'"]),
        ("port = ", ["not TOML"]),
    ],
)
def test_a_bad_file_is_reported_with_its_key(text, words):
    configure(text)
    result = signoff_here("mock", "openapi/museum.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("signoff: signoff.toml: ")
    assert len(result.stderr.splitlines()) <= 2
    for word in words:
        assert word in result.stderr


def test_a_key_of_pyproject_is_named_in_full():
    configure("[tool.signoff.mock]\nport = 'x'", "pyproject.toml")
    assert "pyproject.toml: `tool.signoff.mock.port` must be" in signoff_here("mock").stderr
    configure("[tool.signoff.mock]\nprt = 1", "pyproject.toml")
    assert "pyproject.toml: unknown key `prt` in `tool.signoff.mock`" in signoff_here("mock").stderr


def test_a_key_for_another_command_is_no_error():
    configure("workers = 2\n[test]\nseed = 3")
    assert parameters("mock", "x.yaml")["seed"] == 0


def test_the_keys_of_a_project_do_not_cost_the_import_of_other_commands(folder):
    configure(
        'document = "openapi/museum.yaml"\ndata = "d.yaml"\nprofile = "all"\nbase-url = "x"\nchecks = "c.py"'
    )
    code = (
        "import sys\nfrom signoff.cli import main\nmain(['docs', '-o', 'a.md'], standalone_mode=False)\n"
        "assert 'signoff.conformance' not in sys.modules"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_a_bad_file_does_not_hide_the_help():
    configure("port =")
    assert signoff_here("mock", "--help").exit_code == 0


def test_config_and_no_config_contradict_each_other():
    result = signoff_here("mock", "--config", "x.toml", "--no-config")
    assert result.exit_code == 2
    assert "can't be combined" in result.stderr


def test_a_project_without_a_document_names_the_key():
    configure("[tool.signoff.review]\nprofile = 'all'", "pyproject.toml")
    result = signoff_here("review")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "missing DOCUMENT" in result.stderr
    assert "set `tool.signoff.document` in pyproject.toml" in result.stderr
    for words in (["review", "--list-rules"], ["test", "--list-checks"]):
        assert signoff_here(*words).exit_code == 0


def test_one_document_for_a_command_that_takes_one():
    configure("document = ['openapi/museum.yaml', 'b.yaml']")
    result = signoff_here("docs", "-o", "-")
    assert result.exit_code == 2
    assert f"Use one of {Path.cwd()}/openapi/museum.yaml, {Path.cwd()}/b.yaml." in result.stderr
    configure("document = ['openapi/museum.yaml']")
    assert signoff_here("docs", "-o", "-").exit_code == 0


# The commands do the project's work


def test_bare_commands_do_the_projects_work():
    with running(museum.create_app()) as origin:
        shutil.copy(Path(museum.__file__).with_name("museum.data.yaml"), "targets.yaml")
        configure(
            f'document = "openapi/museum.yaml"\ndata = "targets.yaml"\nbase-url = "{origin}{museum.BASE}"\n'
            '[test]\nno-fuzzing = true\nreport = "json=report.json"\n[docs]\noutput = "api.md"\n'
            '[review]\nreport = "json=review.json"\n'
        )
        tested = signoff_here("test")
    assert tested.exit_code == 0, tested.output
    assert json.loads(Path("report.json").read_text())["verdict"] == "pass"
    assert signoff_here("review").exit_code in (0, 1)
    assert json.loads(Path("review.json").read_text())["document"]["source"] == "openapi/museum.yaml"
    assert signoff_here("docs").exit_code == 0
    assert "Redocly Museum API" in Path("api.md").read_text()
    configure('document = "openapi/museum.yaml"')
    assert signoff_here("docs").stderr == "Writing to api.html.\n"
    assert "Redocly Museum API" in Path("api.html").read_text()
    listed = signoff_here("test", "--list-requirements")
    assert listed.stdout.startswith("GET /museum-hours")


def test_the_review_takes_profile_and_suppressions_from_the_top_of_the_file():
    text = MUSEUM.replace("\ntags:\n", "\ntags:\n  - {name: Unused, description: None.}\n")
    Path("openapi/museum.yaml").write_text(text)
    configure('document = "openapi/museum.yaml"\nprofile = "all"')
    assert "suppressed" not in signoff_here("review").stdout
    for key in ("suppressions", "waivers", "review.suppressions"):
        configure(
            'document = "openapi/museum.yaml"\nprofile = "all"\n'
            f'[[{key}]]\nrule = "unused-tag"\nfile = "*museum.yaml"\nreason = "Soon."\n'
        )
        found = signoff_here("review").stdout
        assert "1 suppressed" in found, key


# Outside any project


def test_outside_a_project_commands_use_the_reference_project():
    result = signoff_here("review")
    assert result.exit_code == 0
    assert result.stderr == REFERENCE_NOTE
    assert result.stdout.startswith("PASS  Saved reports export 1.0.0: no findings\n")
    assert parameters("test")["data"] == signoff.reference_project().text("data")


def test_a_document_outside_a_project_gets_nothing_of_the_reference_project():
    result = signoff_here("review", "openapi/museum.yaml")
    assert result.stderr == ""
    assert parameters("test", "http://127.0.0.1:9", "openapi/museum.yaml")["data"] is None


def test_the_reference_project_is_the_checkout():
    found = signoff.reference_project()
    assert found.is_reference
    assert found.document == ROOT / "openapi" / "reports.yaml"
    assert signoff_here("test", "--list-requirements", "--no-config").stderr == REFERENCE_NOTE


def test_a_project_that_names_no_document_has_none():
    with pytest.raises(DataError, match="`document` is missing"):
        _ = project.Project(Path.cwd()).document


def test_the_pytest_plugin_uses_the_project_of_the_test_file(folder):
    (folder / "contract_tests").mkdir()
    (folder / "contract_tests" / "test_contract.py").write_text(
        "from signoff.conformance import signoff_contract\ntest_api = signoff_contract(no_fuzzing=True)\n"
    )
    shutil.copy(Path(museum.__file__).with_name("museum.data.yaml"), "targets.yaml")
    with running(museum.create_app()) as origin:
        configure(
            f'document = "openapi/museum.yaml"\ndata = "targets.yaml"\nbase-url = "{origin}{museum.BASE}"'
        )
        result = processes.run(
            ["pytest", "-q", "-p", "no:cacheprovider", "-p", "signoff.conformance.pytest_plugin"],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout


def test_a_byte_order_mark_is_read_over():
    Path("signoff.toml").write_bytes(b'\xef\xbb\xbfdocument = "openapi/museum.yaml"\n')
    assert project.find(Path()).documents == (str(Path.cwd() / "openapi" / "museum.yaml"),)


def test_deep_nesting_is_a_plain_error():
    configure(f"document = {'[' * 100_000}")
    result = signoff_here("review")
    assert result.exit_code == 2
    assert result.stderr == "signoff: signoff.toml: the nesting is too deep\n"


def test_the_hint_for_a_missing_document_fits_the_path_that_it_shows(folder, monkeypatch):
    configure('document = "nowhere.yaml"')
    hint = "Check the path; it is relative to the current directory."
    assert signoff_here("review").stderr == f"signoff: nowhere.yaml does not exist\n{hint}\n"
    monkeypatch.chdir(folder / "openapi")
    found = signoff_here("review")
    assert found.exit_code == 2
    assert found.stderr == f"signoff: {folder / 'nowhere.yaml'} does not exist\nCheck the path.\n"
