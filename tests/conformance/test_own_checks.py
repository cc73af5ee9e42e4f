"""Checks of a user's own: named by module, file or folder, for one run and no other."""

import pytest
from click.testing import CliRunner

import signoff
from signoff.cli import main
from signoff.conformance import Options, load_checks, run
from signoff.conformance.checks import KIT
from signoff.contract import SetupError
from signoff.contract.requirements import clauses

CHECK = """
from signoff.conformance import Fault, check

@check(
    "no-server-header",
    source="our style guide",
    rationale="It names the software.",
    applies=lambda exchange: exchange.status == {status},
    not_covered="no response was a {status}",
)
def no_server_header(exchange):
    \"\"\"No response has a Server field.\"\"\"
    if exchange.received.header("server"):
        yield Fault("a Server field", "none", exchange.received.header("server"))
"""


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(CHECK.format(status=200))
    return str(file)


def verdict(contract, origin, **options):
    return run(f"{origin}/api", contract, options=Options(no_fuzzing=True, **options))


def test_a_check_joins_the_run_that_names_it_and_no_other(contract, mock_origin, own):
    catalogue = load_checks([own])
    assert "no-server-header" in catalogue.checks
    assert "no-server-header" not in KIT.checks
    with_it = verdict(contract, mock_origin, checks=catalogue).evidence
    without = verdict(contract, mock_origin).evidence
    clause = f"{contract.operations[0].id}/rules/no-server-header"
    assert clause in with_it.clauses
    assert clause not in without.clauses


def test_a_check_that_never_applied_reports_its_own_reason(contract, mock_origin, tmp_path):
    (tmp_path / "own.py").write_text(CHECK.format(status=299))
    found = verdict(contract, mock_origin, checks=load_checks([str(tmp_path / "own.py")])).evidence.clauses
    assert found[f"{contract.operations[0].id}/rules/no-server-header"].reason == "no response was a 299"


def test_the_command_lists_it(own):
    result = CliRunner().invoke(main, ["test", "--list-checks", "--checks", own])
    assert result.exit_code == 0
    assert "  no-server-header (error)\n    No response has a Server field.\n" in result.output
    assert "[our style guide]" in result.output


def test_a_package_with_relative_imports_is_searched_whole(tmp_path):
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "words.py").write_text("RATIONALE = 'It matters.'\n")
    (folder / "first.py").write_text(CHECK.format(status=200) + "\nfrom .words import RATIONALE\n")
    assert "no-server-header" in load_checks([str(folder)]).checks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\n", "the module has no checks"),
        ("import no_such_module\n", "ModuleNotFoundError"),
        (CHECK.format(status=200).replace("no-server-header", "json-valid"), "duplicate check id"),
    ],
)
def test_what_cannot_be_used_is_one_plain_error(tmp_path, text, words):
    file = tmp_path / "bad.py"
    file.write_text(text)
    with pytest.raises(SetupError, match=words):
        load_checks([str(file)])
    result = CliRunner().invoke(main, ["test", "--list-checks", "--checks", str(file)])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


SURVEY = """
openapi: 3.1.0
info: {title: Survey, version: "1"}
paths:
  /survey/responses/latest:
    get:
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses:
        "200": {description: The latest response.}
        "404": {description: None yet.}
"""


def test_a_path_with_responses_in_it_does_not_hide_a_status_that_was_not_seen(tmp_path):
    file = tmp_path / "survey.yaml"
    file.write_text(SURVEY)
    contract = signoff.load(file)
    assert {clause.status for clause in clauses(contract) if clause.kind == "status"} == {"200", "404"}

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    found = run(app, contract, options=Options(no_fuzzing=True, require="documented-statuses"))
    assert [sentence for sentence in found.shortfalls if "/404 was not covered" in sentence]
    assert not found.passed


@pytest.mark.parametrize("text", ["raise RuntimeError('no luck')", "def broken(:", "exit(3)"])
def test_a_module_that_cannot_be_imported_is_a_set_up_error(tmp_path, text):
    (tmp_path / "broken_checks.py").write_text(text)
    with pytest.raises(SetupError, match=r"cannot import the checks module"):
        load_checks([str(tmp_path / "broken_checks.py")])


@pytest.mark.parametrize(
    ("arguments", "body", "said"),
    [
        ("", "raise ValueError('no luck')", "raised ValueError: no luck"),
        ("", "raise SystemExit(0)", "raised SystemExit: 0"),
        ("", "yield 1\n    raise SystemExit(0)", "raised SystemExit: 0"),
        ("", "return None", "raised TypeError"),
        ("", "return [3]", "must yield Fault objects, not int"),
        (", applies=lambda exchange: exit(0)", "return []", "raised SystemExit: 0"),
        (", concerns=lambda contract: True", "return []", "raised TypeError"),
        (", severity='bad'", "return []", "must be a signoff.conformance.Severity"),
    ],
)
def test_a_check_that_fails_is_a_set_up_error_and_no_verdict(mock_origin, tmp_path, arguments, body, said):
    (tmp_path / "broken.py").write_text(
        "from signoff.conformance import check\n\n"
        f"@check('always-broken', source='here', rationale='None.'{arguments})\n"
        f"def always_broken(exchange):\n    {body}\n"
    )
    command = ["test", f"{mock_origin}/api", "--no-fuzzing", "--checks", str(tmp_path / "broken.py")]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2, result.output
    assert "always-broken" in result.stderr
    assert said in result.stderr
