"""Each format says the same of a run, in the form that its readers know."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import jsonschema
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import signoff
from examples.report_server.app import create_app
from signoff.conformance import Options, load_data, run
from signoff.conformance.cases.maker import with_body
from signoff.conformance.checks import KIT
from signoff.conformance.report import FORMATS, json_report, report_of
from signoff.conformance.report.from_verdict import excerpt
from signoff.reporting.formats import github, gitlab, junit, markdown, sarif, terminal
from signoff.reporting.markdown import plain
from signoff.reporting.model import State
from tests.conformance.reported import hostile_report, partial
from tests.conftest import DATA_FILE, running
from tests.faults.catalogue import FAULTS
from tests.faults.wrapper import plant

HERE = Path(__file__).parent
QUICK = Options(no_fuzzing=True)
SCHEMA = json.loads(json_report.schema_file().read_text())


def verdict_on(app, contract):
    with running(app) as origin:
        return run(f"{origin}/api", contract, load_data(DATA_FILE), QUICK)


@pytest.fixture(scope="module")
def passed(contract):
    return verdict_on(create_app(), contract)


@pytest.fixture(scope="module")
def failed(contract):
    edit = next(fault.edit for fault in FAULTS if fault.id == "numbered-type")
    return verdict_on(plant(create_app(), edit), contract)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return hostile_report(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module", params=["pass", "fail", "partial pass", "partial fail", "hostile"])
def report(request, passed, failed, hostile):
    if request.param == "hostile":
        return hostile
    verdict = failed if request.param.endswith("fail") else passed
    return report_of(partial(verdict) if request.param.startswith("partial") else verdict)


@pytest.fixture(scope="module")
def broken(failed):
    return report_of(failed)


# JSON


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_json_keeps_to_its_schema(report):
    found = json.loads(json_report.render(report))
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(found)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda found: found.pop("complete"),
        lambda found: found.update(verdict="pass"),
        lambda found: found["clauses"][0].update(state="maybe"),
        lambda found: found["failures"][0].update(severity="warning"),
        lambda found: found["failures"][0].pop("curl"),
        lambda found: next(c for c in found["clauses"] if c["state"] == "violated").update(failure=None),
        lambda found: next(c for c in found["clauses"] if c["state"] == "not covered").update(reason=None),
    ],
)
def test_the_schema_refuses_what_is_no_report(broken, break_it):
    found = json.loads(json_report.render(broken))
    break_it(found)
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(found))


def test_json_says_what_happened(failed):
    found = json.loads(json_report.render(report_of(partial(failed))))
    assert (found["verdict"], found["complete"]) == ("fail", False)
    assert found["requests"] == failed.evidence.requests == sum(found["statuses"].values())
    failure = found["failures"][0]
    assert failure["check"] in KIT.checks
    assert failure["location"]["file"].endswith("reports.yaml")
    assert failure["exchange"]["response"]["body"]["text"].startswith("{")
    assert any(line["line"] == failure["location"]["line"] for line in failure["excerpt"])
    violated = [clause for clause in found["clauses"] if clause["state"] == "violated"]
    assert {clause["failure"] for clause in violated} <= {one["fingerprint"] for one in found["failures"]}


# JUnit


def test_junit_keeps_to_the_structure_that_ci_systems_know(report):
    xmlschema.XMLSchema(HERE / "junit.xsd").validate(junit.render(report))


def test_junit_counts_what_it_holds(report):
    root = ET.fromstring(junit.render(report))
    for element in [root, *root]:
        for attribute, what in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
            if attribute in element.attrib:
                assert int(element.get(attribute)) == len(element.findall(f".//{what}")), what
    assert (int(root.get("failures")) > 0) is not report.passed
    assert bool(root.findall(f".//testcase[@name='{junit.PARTIAL}']/skipped")) is not report.is_complete


def test_junit_shows_failures_that_no_clause_shows(broken):
    stray = replace(broken.failures[0], clause="nobody/rules/knows")
    root = ET.fromstring(junit.render(replace(broken, operations=(), items=(stray,))))
    assert [case.get("classname") for case in root.iter("testcase")] == ["nobody/rules/knows"]
    assert root.get("failures") == "1"


# SARIF


def test_sarif_names_the_checks_and_their_sources(report):
    driver = json.loads(sarif.render(report))["runs"][0]["tool"]["driver"]
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert rules.keys() == {entry.id for entry in KIT.entries}
    assert rules["problem-type-uri"]["helpUri"] == "https://www.rfc-editor.org/rfc/rfc9457#section-3.1.1"
    assert "helpUri" not in rules["expected-status"]
    assert all(rule["shortDescription"]["text"] for rule in rules.values())


def test_sarif_results_point_at_the_document(contract, failed, monkeypatch):
    monkeypatch.chdir(Path(contract.source_name).parent)
    run_ = json.loads(sarif.render(report_of(failed)))["runs"][0]
    assert run_["results"]
    for result in run_["results"]:
        assert run_["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"] == {"uri": "reports.yaml", "uriBaseId": "%SRCROOT%"}
        assert physical["region"]["startLine"] > 0
        context = physical["contextRegion"]
        assert context["startLine"] <= physical["region"]["startLine"] <= context["endLine"]
        assert re.fullmatch("[0-9a-f]{32}", result["partialFingerprints"]["signoff/v1"])
        assert 200 <= result["webResponse"]["statusCode"] < 600


def test_sarif_says_whether_the_run_is_whole(report):
    invocation = json.loads(sarif.render(report))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is report.is_complete
    assert len(invocation["toolExecutionNotifications"]) == len(report.errors)


def test_a_document_elsewhere_has_a_whole_address(broken, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    place = replace(broken.failures[0].place, path="")
    run_ = json.loads(sarif.render(replace(broken, items=(replace(broken.failures[0], place=place),))))
    uri = run_["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("file:///")


def test_fingerprints_survive_edits_elsewhere_and_tell_failures_apart(tmp_path):
    before = hostile_report(tmp_path)
    after = hostile_report(tmp_path, prefix="# one\n# more\n# comment\n")
    prints = [failure.fingerprint for failure in before.failures]
    assert prints == [failure.fingerprint for failure in after.failures]
    assert [f.place.line + 3 for f in before.failures] == [f.place.line for f in after.failures]
    assert len(set(prints)) == len(prints) > 1


# GitHub and GitLab


def unescaped(text):
    return (
        text.replace("%0A", "\n")
        .replace("%0D", "\r")
        .replace("%3A", ":")
        .replace("%2C", ",")
        .replace("%25", "%")
    )


HARD = st.sampled_from("%:,\r\n0ADC25x") | st.characters()
COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:\n]*)(?:,[a-z]+=[^,:\n]*)*)::(.*)")


def test_github_commands_are_one_line_each(report):
    *lines, verdict = github.render(report).splitlines()
    found = [COMMAND.fullmatch(line) for line in [*lines, verdict]]
    assert all(found)
    kinds = [match[1] for match in found]
    assert kinds.count("error") == len(report.failures)
    assert kinds.count("notice") == 1
    assert ("partial run" in "".join(lines)) is not report.is_complete
    assert ("FAIL" if report.failures else "PASS") in verdict


@given(st.text(HARD), st.text(HARD))
def test_github_escapes_can_be_undone(title, message):
    command = github.command("error", {"title": title}, message)
    assert len(command.split("\n")) == len(command.split("\r")) == 1
    properties, shown = re.fullmatch(r"::error title=([^:,]*)::(.*)", command, re.DOTALL).groups()
    assert (unescaped(properties), unescaped(shown)) == (title, message)


def test_gitlab_issues_have_what_gitlab_asks_for(report):
    issues = json.loads(gitlab.render(report))
    assert len(issues) == len(report.failures) + len(report.warnings)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
        assert issue["location"]["path"]


# Markdown


def tokens(text):
    return MarkdownIt("gfm-like", {"linkify": False, "html": True}).enable("table").parse(text)


def test_markdown_begins_with_the_verdict_and_counts(report):
    text = markdown.render(report)
    first = text.splitlines()[0]
    assert first.startswith("## PASS" if report.passed else "## FAIL")
    assert ("(partial)" in first) is not report.is_complete
    for operation in report.operations:
        assert f"| {' | '.join(str(operation.count(state)) for state in State)} |" in text


def test_nothing_in_markdown_is_markup_but_its_own(report):
    found = tokens(markdown.render(report))
    counted = [token.type for token in found]
    gaps = min(report.count(State.NOT_COVERED), 1)
    assert counted.count("heading_open") == 1 + bool(report.failures) + bool(report.warnings)
    assert counted.count("table_open") == 1 + gaps
    assert counted.count("fence") == len(report.failures) + len(report.warnings)
    inline = [child for token in found for child in token.children or ()]
    assert {child.type for child in inline} <= {
        "text",
        "code_inline",
        "html_inline",
        "softbreak",
        "strong_open",
        "strong_close",
        "text_special",
    }
    tags = {child.content for child in inline if child.type == "html_inline"}
    tags |= {
        tag for token in found if token.type == "html_block" for tag in re.findall("<[^>]*>", token.content)
    }
    assert tags <= {
        f"<{slash}{name}>" for slash in ("", "/") for name in ("code", "details", "summary", "strong")
    }


def test_markdown_cells_hold_what_they_should(hostile):
    cells, cell = [], None
    for token in tokens(markdown.render(hostile)):
        if token.type == "td_open":
            cell = ""
        elif token.type == "inline" and cell is not None:
            cell += "".join(child.content for child in token.children if child.type != "html_inline")
        elif token.type == "td_close":
            cells.append(cell)
            cell = None
    for operation in hostile.operations:
        at = cells.index(operation.label)
        assert cells[at + 1 : at + 4] == [str(operation.count(state)) for state in State]
    gaps = [clause for clause in hostile.clauses if clause.state is State.NOT_COVERED]
    assert cells[-2 * len(gaps) :] == [text for clause in gaps for text in (clause.id, clause.reason)]


# The terminal


def test_the_terminal_says_when_a_run_is_partial(passed):
    *_, partly, last, _ = terminal.render(report_of(partial(passed))).splitlines()
    assert "This run is partial" in partly
    assert "PASS" in last
    assert "(partial)" in last
    assert "partial" not in terminal.render(report_of(passed)).lower()


def test_requirements_fit_the_width_and_share_their_reason(report):
    operation = report.operations[0]
    gap = replace(operation.clauses[0], state=State.NOT_COVERED, title="long " * 50, reason="no value " * 30)
    other = replace(gap, title="short", reason="another")
    shown = replace(report, operations=(replace(operation, clauses=(gap, gap, other)),))
    text = click.unstyle(terminal.render(shown, verbose=True))
    rows = text.partition("Coverage\n")[2].split("\n\n")[0].splitlines()[1:]
    assert max(map(len, rows)) == 100
    assert [row[:21].strip() for row in rows] == [
        *["· not covered    lo"] * 2, "└", "", "", "", "· not covered    sh", "└"
    ]  # fmt: skip


def test_the_run_ends_with_the_verdict_and_what_to_do_next(report):
    def ending(found, files=()):
        return click.unstyle(terminal.render(found, files)).splitlines()[-2:]

    counts = {state: report.count(state) for state in State}
    shown = ", ".join(f"{number} {state.value}" for state, number in counts.items() if number)
    word = f"{'PASS' if report.passed else 'FAIL'}{'' if report.is_complete else ' (partial)'}"
    assert ending(report)[0].startswith(f"{word}  {shown}, ")
    assert ending(report)[0].endswith(f" s (seed {report.seed})")
    assert ending(report, ["a.html", "b.xml"])[1] == "      Reports: a.html, b.xml"
    operation = report.operations[0]
    gap = replace(operation.clauses[0], state=State.NOT_COVERED, reason="nothing came")
    open_ = replace(gap, reason="no 404: add a value")
    for clauses, hint in (
        ((gap,), "To see all requests and responses, use --report html=report.html."),
        ((gap, gap, open_), "To cover 1 more, add a value."),
        ((open_, replace(gap, reason="none: wait"), open_), "To cover 2 more, add a value."),
    ):
        found = replace(report, operations=(replace(operation, clauses=clauses),))
        assert ending(found)[1] == f"      {hint}"


def test_the_ending_of_a_run_fits_the_width(report):
    many = replace(report, requests=10**30, seed=10**30, elapsed_s=10.0**20, shard="1/20")
    files = [f"folder-{number}/report-{number}.html" for number in range(10)]
    lines = click.unstyle(terminal.render(many, files)).splitlines()
    *_, start = (index for index, line in enumerate(lines) if line.startswith(("PASS", "FAIL")))
    assert max(map(len, lines[start:])) <= 100
    text = " ".join(line.strip() for line in lines[start:])
    assert f"{10**30} requests in" in text
    assert all(file in text for file in files)


def test_counts_of_zero_are_left_out(passed):
    shown = report_of(passed)
    assert "violated" not in shown.counts
    assert "accepted" not in shown.counts


# All of them


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_passes_control_characters_on(hostile, name):
    text = FORMATS[name](hostile)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", text)
    text.encode()


def test_the_terminal_passes_none_but_its_own(hostile):
    bare = re.sub(r"\x1b\[\d*m", "", terminal.render(hostile))
    assert "\x1b" not in bare
    assert "\\x1b[31mred" in bare


@given(st.text())
def test_plain_text_can_always_be_encoded(text):
    shown = plain(text)
    shown.encode()
    assert plain(shown) == shown


def test_large_bodies_are_bounded(contract):
    async def endless(scope, receive, send):
        if scope["type"] == "http":
            await send(
                {"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"text/plain")]}
            )
            await send({"type": "http.response.body", "body": b"\xff<b>" * 50_000})

    report = report_of(verdict_on(endless, contract))
    for name, render in FORMATS.items():
        assert len(render(report)) < 400_000, name
    body = report.failures[0].exchange.response.body
    assert (body.size, body.shortened, len(body.text)) == (200_000, True, 4000)


def test_an_excerpt_of_a_document_in_one_line_shows_the_place(tmp_path):
    path = tmp_path / "line.json"
    document = {"openapi": "3.1.0", "info": {"title": "x" * 2000, "version": "1"}, "paths": {}}
    document["paths"]["/a"] = {"get": {"responses": {"200": {"description": "there"}}}}
    path.write_text(json.dumps(document))
    contract = signoff.load(path)
    pointer = "/paths/~1a/get/responses/200"
    (line,) = excerpt(contract, contract.locate(pointer))
    assert '"200": {"description": "there"}' in line.text
    assert len(line.text) <= 202


@pytest.mark.parametrize(
    ("body", "label"), [(None, "no body"), ({"a": 1}, 'body {"a": 1}'), ("x" * 99, f'body "{"x" * 59}')]
)
def test_a_label_states_the_body_of_a_request(body, label):
    assert with_body(body) == label
