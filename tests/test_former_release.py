"""Files and programs made for the previous release work with this one.

That release wrote the reports and the baseline in `tests/former` from the document, data and server there.
"""

import contextlib
import dataclasses
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

import signoff
from signoff import aliases
from signoff.conformance import Options, TargetData
from signoff.conformance.known_values import Step, User
from signoff.conformance.report import json_report
from signoff.review import Subject
from signoff.review import report as review_report
from tests.conftest import running
from tests.former import consumer
from tests.former.server import app
from tests.test_aliases import notices, run

FORMER = Path(__file__).parent / "former"
READ = "notice: JSON reports of the previous release work only in this one. "
READ += "`signoff migrate` updates them."
WRITTEN = "notice: The format `json-1` will be removed in the next release. `json` has the new names."
SHARDS = ("test-1.json", "test-2.json")


@pytest.fixture(scope="module")
def origin():
    with running(app) as found:
        yield found


@pytest.fixture
def project(tmp_path):
    """A project of the previous release."""
    for file in ("pyproject.toml", "pets.yaml", "pets-before.yaml", "pets.data.yaml", "known.yaml", *SHARDS):
        shutil.copy(FORMER / file, tmp_path)
    return tmp_path


def loaded(path):
    return json.loads(path.read_text())


def named(result):
    """The names that notices are about, once for each notice."""
    return sorted(line.split("`")[1] for line in notices(result))


def assert_valid(report, schema):
    faults = jsonschema_rs.Draft202012Validator(schema).iter_errors(report)
    assert [(fault.instance_path, fault.message) for fault in faults] == []


FORMER_NAMES = ["act-as", "corpus-only", "head-like-get", "made-up-credentials-refused", "may-not-call"]
FORMER_NAMES += ["may-not-see", "people", "request-refused", "set-up", "tear-down", "trace-off"]
OF_THE_REVIEW = [
    "error-responses-missing",
    "example-breaks-schema",
    "operation-without-words",
    "review",
    "waivers",
]


def test_the_project_works_with_one_notice_for_each_name(project, origin):
    result = run(project, "test", f"{origin}/api", "--report", "json-1=test.json")
    assert result.exit_code == 0, result.output
    found = loaded(project / "test.json")
    assert found["settings"]["corpus_only"] is True
    assert {item["reason"] for item in found["accepted"]} == {"Known since March."}
    assert [item["check"] for item in found["accepted"]] == ["request-refused", "head-like-get"]
    assert named(result) == sorted([*FORMER_NAMES, *OF_THE_REVIEW, "json-1"])


def test_the_review_of_the_project_reads_its_former_configuration(project):
    result = run(
        project, "review", "--base", "pets-before.yaml", "--all-findings", "--report", "json=review.json"
    )
    assert result.exit_code == 1
    found = loaded(project / "review.json")
    assert found["fail_on"] == ["breaking", "needs-review"]
    assert [one["finding"]["rule"] for one in found["suppressed"]] == ["invalid-example"]
    assert "missing-description" not in {finding["rule"] for finding in found["findings"]}
    assert ("missing-error-response", "info") in {
        (finding["rule"], finding["severity"]) for finding in found["findings"]
    }
    assert len(notices(result)) == len(set(notices(result)))
    assert set(OF_THE_REVIEW) <= set(named(result))


@pytest.mark.parametrize("shard", [1, 2])
def test_a_program_reads_the_report_of_a_test_run(project, origin, shard):
    """It reads the same from the report of this release as from that of the previous one."""
    (project / "known.yaml").write_text("format_version: 2\naccepted: []\n")
    words = ["--shard", f"{shard}/2", "--report", "json-1=new.json", "--report", "json=current.json"]
    run(project, "test", f"{origin}/api", *words)
    new = loaded(project / "new.json")
    assert consumer.of_test_run(new) == consumer.of_test_run(loaded(FORMER / f"test-{shard}.json"))
    assert_valid(new, loaded(FORMER / "report.schema.json"))
    current = loaded(project / "current.json")
    assert_valid(current, loaded(json_report.schema_file()))
    with pytest.raises(AssertionError):
        consumer.of_test_run(current)  # and sees by the version that the names are others


def test_a_program_reads_the_report_of_a_review(project):
    words = ["--report", "json-1=new.json", "--report", "json=current.json"]
    result = run(project, "review", "--base", "pets-before.yaml", "--all-findings", *words)
    new, current = loaded(project / "new.json"), loaded(project / "current.json")
    assert consumer.of_review(new) == consumer.of_review(loaded(FORMER / "review.json"))
    assert new["changes"][1]["counterexample"].keys() >= {
        "size"
    }  # a member of the API is not a member of a report
    assert_valid(new, loaded(FORMER / "review.schema.json"))
    assert_valid(current, loaded(review_report.schema_file()))
    assert notices(result).count(WRITTEN) == 1
    assert not re.search(r'"(mend|waived)"|"review"|refused', (project / "current.json").read_text())


def test_code_scanning_learns_the_former_ids_of_rules(project):
    run(project, "review", "--base", "pets-before.yaml", "--all-findings", "--report", "sarif=review.sarif")
    rules = loaded(project / "review.sarif")["runs"][0]["tool"]["driver"]["rules"]
    former = {rule["id"]: rule.get("deprecatedIds") for rule in rules}
    assert former["invalid-example"] == ["example-breaks-schema"]
    assert former["request-property-rejected"] == ["request-property-refused"]
    assert former["request-maximum-lowered"] is None


def test_reports_of_the_previous_release_are_merged_with_one_notice(project):
    result = run(project, "--no-config", "merge", *SHARDS, "--report", "json=whole.json")
    assert notices(result) == [READ]
    whole = loaded(project / "whole.json")
    assert_valid(whole, loaded(json_report.schema_file()))
    assert {clause["state"] for clause in whole["clauses"]} == {"verified", "violated", "not covered"}
    assert [failure["check"] for failure in whole["failures"]] == ["request-rejected", "head-matches-get"]
    assert whole["settings"]["no_fuzzing"] is True
    assert whole["failures"][0]["exchange"]["response"]["body"]["size"] == 17


def test_a_former_baseline_accepts_failures_of_former_reports(project):
    result = run(project, "--no-config", "merge", *SHARDS, "--baseline", "known.yaml")
    assert result.exit_code == 0
    assert READ in notices(result)
    assert named(result) == ["head-like-get", "request-refused", "signoff migrate"]


def test_migrate_turns_all_files_into_the_new_form(project, origin):
    before = {
        file: (project / file).read_text() for file in ("pyproject.toml", "pets.data.yaml", "known.yaml")
    }
    shutil.copy(FORMER / "review.json", project)
    assert run(project, "migrate").exit_code == 0
    result = run(project, "migrate", *SHARDS, "review.json")
    assert result.stdout.splitlines()[0].endswith("test-1.json: format_version 1 -> 2")
    assert result.stdout.endswith("3 old names replaced.\n")
    for file, text in before.items():
        after = (project / file).read_text()
        assert re.findall(r"#.*", after) == re.findall(r"#.*", text)
        assert after.count("\n") == text.count("\n")
    assert tomllib.loads((project / "pyproject.toml").read_text())["tool"]["signoff"]["test"] == {
        "no-fuzzing": True,
        "check": ["head-matches-get", "request-rejected", "invalid-credentials-rejected", "trace-disabled"],
        "skip": ["trace-disabled"],
        "baseline": "known.yaml",
    }
    assert yaml.safe_load((project / "pets.data.yaml").read_text()).keys() == {
        *("users", "default-user", "setup", "teardown"),
    }
    assert_valid(loaded(project / "test-1.json"), loaded(json_report.schema_file()))
    assert_valid(loaded(project / "review.json"), loaded(review_report.schema_file()))
    for words in (("test", f"{origin}/api"), ("review",), ("merge", *SHARDS, "--baseline", "known.yaml")):
        assert notices(run(project, *words)) == []
    again = run(project, "migrate", "--check", *before, *SHARDS, "review.json")
    assert (again.exit_code, again.stdout) == (0, "0 old names found.\n")


def test_migrate_keeps_every_value_of_a_report(project):
    """Back in the former form it is the very report."""
    for file in (*SHARDS, "review.json"):
        shutil.copy(FORMER / file, project)
        run(project, "migrate", file)
        assert aliases.former_report(loaded(project / file)) == loaded(FORMER / file)


@pytest.mark.parametrize("text", ["[1]", "{}", '{"format_version": 1, "signoff"', "[" * 100_000])
def test_migrate_leaves_other_json_alone(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    run(tmp_path, "migrate", "a.json")
    assert (tmp_path / "a.json").read_text() == text


@pytest.mark.parametrize(
    "content", ['"a"', "3", '{"format_version": 1}', '{"format_version": 3}', "[" * 100_000]
)
def test_what_is_not_a_report_of_either_release_is_an_error(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    result = run(tmp_path, "merge", "a.json")
    assert result.exit_code == 2
    assert "a.json is not" in result.stderr


def test_a_member_of_the_api_is_never_renamed():
    value = {"body": {"size": 1}, "findings": [{"suggestion": "x"}], "suppressed": "needs-review"}
    report = {
        "format_version": 2,
        "verdict": "needs-review",
        "changes": [{"id": "x", "counterexample": value}],
    }
    former = aliases.former_report(report)
    assert former["verdict"] == "review"
    assert former["changes"][0]["counterexample"] == value


def every_alias():
    """Each table of aliases, with a command that has all its former names twice."""
    checks, rules = ",".join(aliases.CHECKS), "\n".join(f'{name} = "off"' for name in aliases.RULES)
    waivers = "\n".join(f'[[review.waivers]]\nrule = "{name}"\nreason = "r"' for name in aliases.RULES)
    yield "checks", aliases.CHECKS, "", ["test", "--list-checks", "--skip", checks, f"--skip={checks}"]
    settings = f"corpus-only = true\n[review.rules]\n{rules}\n{waivers}\n[test]\ncorpus-only = true\n"
    yield "rules", [*aliases.RULES, "corpus-only", "waivers"], settings, ["review", "--list-rules"]
    yield "levels", aliases.LEVELS, "", ["review", "--fail-on", "review", "--fail-on=review", "--list-rules"]


@pytest.mark.parametrize(
    ("table", "settings", "words"), [row[1:] for row in every_alias()], ids=["checks", "rules", "levels"]
)
def test_each_alias_has_one_notice(tmp_path, table, settings, words):
    (tmp_path / "signoff.toml").write_text(settings)
    result = run(tmp_path, *words)
    assert result.exit_code == 0, result.output
    assert named(result) == sorted(table)


TEXT = "x"
PUBLIC = [
    (lambda: Options(corpus_only=True), "corpus_only", "no_fuzzing", True),
    (lambda: dataclasses.replace(Options(), corpus_only=True), "corpus_only", "no_fuzzing", True),
    (lambda: signoff.SignoffError("m", mend=TEXT), "mend", "suggestion", TEXT),
    (lambda: signoff.DataError("m", mend=TEXT), "mend", "suggestion", TEXT),
    (lambda: TargetData(people={"a": User("a")}), "people", "users", {"a": User("a")}),
    (lambda: TargetData(acting=TEXT), "acting", "default_user", TEXT),
    (lambda: TargetData(set_up=(1,)), "set_up", "setup", (1,)),
    (lambda: TargetData(tear_down=(1,)), "tear_down", "teardown", (1,)),
    (lambda: User("a", may_not_see={"b": None}), "may_not_see", "denied_resources", {"b": None}),
    (lambda: User("a", may_not_call=frozenset("b")), "may_not_call", "denied_operations", frozenset("b")),
    (lambda: Step("GET", "/", person=TEXT), "person", "user", TEXT),
]


@pytest.mark.parametrize(("make", "former", "name", "value"), PUBLIC)
def test_former_arguments_and_attributes_work_with_one_warning(make, former, name, value):
    with pytest.warns(aliases.FormerNameWarning) as caught:
        made = make()
    assert [str(warning.message) for warning in caught] == [f"`{former}` is now `{name}`."]
    assert Path(caught[0].filename).name in ("test_former_release.py", "dataclasses.py")
    assert getattr(made, name) == value
    with pytest.warns(aliases.FormerNameWarning) as caught:
        assert getattr(made, former) == value
    assert [warning.filename for warning in caught] == [__file__]


def test_every_former_python_name_leads_to_a_name_in_force():
    kinds = {"Options": Options, "SignoffError": signoff.SignoffError, "Step": Step, "User": User}
    kinds |= {"TargetData": TargetData, "Subject": Subject, "signoff": signoff}
    assert kinds.keys() == aliases.PYTHON.keys()
    for kind, table in aliases.PYTHON.items():
        names = {*dir(kinds[kind]), *getattr(kinds[kind], "__all__", ())}
        if dataclasses.is_dataclass(kinds[kind]):
            names |= {field.name for field in dataclasses.fields(kinds[kind])}
        assert set(table.values()) - {"suggestion"} <= names


def test_a_former_exception_is_the_new_one_with_one_warning():
    code = "from signoff import SetUpError, SetupError\nassert SetUpError is SetupError"
    words = [sys.executable, "-W", "always", "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stderr.count("FormerNameWarning: `SetUpError` is now `SetupError`.") == 1


def test_unknown_arguments_are_errors_as_ever():
    with pytest.raises(TypeError, match="corpus"):
        Options(corpus=True)
    with contextlib.suppress(AttributeError):
        pytest.fail(str(signoff.SetDownError))


@pytest.mark.parametrize(
    ("argument", "option", "notice"),
    [
        (", corpus_only=True", [], "test_api.py:3: FormerNameWarning: `corpus_only` is now `no_fuzzing`."),
        ("", ["--signoff-corpus-only"], "`corpus-only` is now `no-fuzzing`. Use `--signoff-no-fuzzing`."),
    ],
)
def test_former_options_of_the_pytest_plugin_have_one_warning(tmp_path, origin, argument, option, notice):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    document = str(FORMER / "pets.yaml")
    (tmp_path / "test_api.py").write_text(
        "from signoff.conformance import signoff_contract\n\n"
        f"test_api = signoff_contract('{origin}/api', document={document!r}{argument})\n"
    )
    words = [sys.executable, "-m", "pytest", "-q", "--collect-only", *option]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    output = done.stdout + done.stderr
    assert output.count("FormerNameWarning: ") == 1
    assert notice in output
