"""What a user demands: which checks, how much must be shown, and the lists of both."""

import json
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from click.testing import CliRunner

import signoff
from signoff.cli import main
from signoff.conformance import Options, load_data, run
from signoff.conformance.baseline import accept
from signoff.conformance.options import Selection, selection_of
from signoff.conformance.report import FORMATS, report_of
from signoff.conformance.report.json_report import schema_file
from signoff.contract import SetupError
from signoff.contract.requirements import clauses
from signoff.reporting.baseline import Entry
from signoff.reporting.formats import terminal
from tests.conftest import DATA_FILE, DOCUMENTS, PUBLISHED, ROOT

TODAY = date(2026, 5, 10)


def invoke(*arguments):
    return CliRunner().invoke(main, ["test", *arguments])


def test_list_checks_names_each_with_its_source():
    result = invoke("--list-checks")
    assert result.exit_code == 0
    assert "  method-not-allowed-allow (error)" in result.output
    assert "[RFC 9110, section 15.5.2]" in result.output


def test_list_requirements_names_each_with_its_place():
    result = invoke("--list-requirements", str(DOCUMENTS / "museum.yaml"))
    assert result.exit_code == 0
    assert "getMuseumHours/parameters/query/limit/maximum" in result.output
    assert "museum.yaml:639:9" in result.output


def test_list_requirements_of_the_packaged_document_has_its_own_rules():
    assert "rules/export-format-as-asked" in invoke("--list-requirements").output


def test_without_a_target_there_is_nothing_to_test():
    assert invoke().exit_code == 2


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_clause_ids_are_unique_and_have_a_line(path):
    contract = signoff.load(path, strict=False)
    found = clauses(contract)
    assert len({clause.id for clause in found}) == len(found)
    assert all(contract.locate(clause.pointer).line for clause in found[:500])


def test_clause_ids_outlive_an_edit_elsewhere(tmp_path):
    text = (DOCUMENTS / "museum.yaml").read_text()
    edited = tmp_path / "museum.yaml"
    edited.write_text(text.replace("maximum: 30", "maximum: 40").replace("info:\n", "x-more: 1\ninfo:\n"))
    before, after = (clauses(signoff.load(path)) for path in (DOCUMENTS / "museum.yaml", edited))
    assert [clause.id for clause in before] == [clause.id for clause in after]


def test_a_selection_takes_ids_and_families(contract):
    chosen = selection_of(contract, ("http-semantics", "export-format-as-asked"), ("trace-disabled",))
    assert chosen == Selection(
        frozenset({"http_semantics", "export-format-as-asked"}), frozenset({"trace-disabled"})
    )
    with pytest.raises(SetupError, match="unknown check or family 'htp-semantics'"):
        selection_of(contract, ("htp-semantics",), ())


def verdict_with(contract, origin, data=True, **options):
    known = load_data(DATA_FILE) if data else None
    return run(f"{origin}/api", contract, known, Options(no_fuzzing=True, **options))


def test_only_what_is_chosen_is_checked(contract, mock_origin):
    evidence = verdict_with(contract, mock_origin, selection=Selection(frozenset({"relations"}))).evidence
    chosen = [found.clause for found in evidence.clauses.values() if found.clause.kind == "rule"]
    rules = {clause.id.rpartition("/")[2] for clause in chosen}
    assert rules == {"uuid-case", "repeatable"}


def test_a_run_that_shows_too_little_fails_where_more_is_required(contract, mock_origin):
    assert verdict_with(contract, mock_origin, require="documented-statuses").passed
    blind = verdict_with(contract, mock_origin, data=False, require="documented-statuses")
    assert not blind.passed
    assert any("403 was not covered" in sentence for sentence in blind.shortfalls)
    _is_told(blind)
    assert not verdict_with(contract, mock_origin, require="all").passed


def _is_told(blind):
    """Every report says what was not shown, GitLab's aside, which has no place for it."""
    found = report_of(blind)
    for name in FORMATS.keys() - {"gitlab"}:
        assert "403 was not covered" in FORMATS[name](found), name
    assert "not covered: --require documented-statuses: " in terminal.render(found)
    assert json.loads(FORMATS["json"](found))["verdict"] == "fail"
    jsonschema.validate(json.loads(FORMATS["json"](found)), json.loads(schema_file().read_text()))
    case = ET.fromstring(FORMATS["junit"](found)).find(".//testcase[@classname='run']/failure")
    assert "403 was not covered" in case.text


def test_no_baseline_makes_up_for_what_was_not_shown(contract, mock_origin):
    verdict = verdict_with(contract, mock_origin, data=False, require="all", max_response_time_s=0.000001)
    found = report_of(verdict)
    accepted = accept(found, [Entry(entry.fingerprint, "known") for entry in found.failures], TODAY)
    assert accepted.failures == ()
    assert not accepted.passed
    shown = accept(
        replace(found, shortfalls=()), [Entry(f.fingerprint, "known") for f in found.failures], TODAY
    )
    assert shown.passed


def test_the_command_takes_demands(mock_origin, tmp_path):
    target, file = f"{mock_origin}/api", tmp_path / "r.json"
    few = ["--no-fuzzing", "--check", "times", "--max-response-time", "30", "--report", f"json={file}"]
    few += ["--checks", str(ROOT / "contract_tests" / "checks"), "--check", "time-moves-forward"]
    result = invoke(target, *few)
    assert result.exit_code == 0, result.output
    told = json.loads(file.read_text())
    assert {clause["id"].rpartition("/")[2] for clause in told["clauses"] if clause["kind"] == "rule"} == {
        "response-time",
        "time-moves-forward",
    }
    assert told["settings"]["check"] == ["time-moves-forward", "times"]
    more = invoke(target, *few, "--require", "all")
    assert more.exit_code == 1
    assert "not covered: --require all: " in more.output
    assert "did you mean times?" in invoke(target, "--check", "timed").output.lower()


def test_a_bound_on_time_fails_what_is_slower(contract, mock_origin):
    verdict = verdict_with(contract, mock_origin, max_response_time_s=0.000001)
    assert {failure.check.id for failure in verdict.evidence.errors} == {"response-time"}
