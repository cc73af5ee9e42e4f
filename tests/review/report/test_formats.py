"""Every format of the report of a review."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import jsonschema
import pytest
import xmlschema
from markdown_it import MarkdownIt

from signoff.contract.errors import SetupError
from signoff.reporting.formats import github, gitlab, html, junit, markdown, sarif, terminal
from signoff.reporting.model import Severity
from signoff.review.change import ChangeVerdict
from signoff.review.outcome import Gate
from signoff.review.report import FORMATS, render_json, schema_file
from tests.review.report.outcomes import (
    BREAKING,
    HOSTILE,
    NASTY,
    OUTCOMES,
    SAME,
    SCRIPT,
    SMALL_MATTERS,
    SOUND,
    change,
    finding,
    place,
    reported,
)

SCHEMA = json.loads(schema_file().read_text())
JUNIT = Path(__file__).parents[2] / "conformance" / "junit.xsd"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]")


@pytest.fixture(params=OUTCOMES)
def report(request):
    return reported(OUTCOMES[request.param])


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\n")


# The gate


@pytest.mark.parametrize(
    ("fail_on", "outcome", "passes"),
    [
        ([], BREAKING, False),
        ([], SOUND, True),
        ([], SMALL_MATTERS, True),
        (["warning"], SMALL_MATTERS, False),
        (["info"], SMALL_MATTERS, False),
        (["breaking"], SMALL_MATTERS, True),
        (["never"], BREAKING, True),
        (["breaking"], replace(BREAKING, changes=(change(ChangeVerdict.REVIEW),)), True),
        (["needs-review"], replace(BREAKING, changes=(change(ChangeVerdict.REVIEW),)), False),
        (["needs-review"], replace(BREAKING, changes=(change(ChangeVerdict.BREAKING),)), False),
        (["needs-review", "warning"], replace(SMALL_MATTERS, base=BREAKING.base), False),
        (["needs-review,error"], replace(BREAKING, changes=(change(ChangeVerdict.COMPATIBLE),)), False),
        (["needs-review"], replace(BREAKING, changes=(change(ChangeVerdict.COMPATIBLE),)), True),
    ],
)
def test_what_fails(fail_on, outcome, passes):
    assert reported(outcome, *fail_on).passed is passes


@pytest.mark.parametrize("texts", [["worse"], ["never", "error"], ["never,breaking"], [""]])
def test_an_invalid_gate(texts):
    with pytest.raises(SetupError, match="--fail-on"):
        Gate.of(texts)


# JSON


def test_json_matches_its_schema(report):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(render_json(report).encode()))


@pytest.mark.parametrize(
    "break_it",
    [
        lambda found: found.pop("passed"),
        lambda found: found.update(verdict=None),
        lambda found: found.update(base=None),
        lambda found: found["changes"][0].update(verdict="bad"),
        lambda found: found["findings"][0].pop("location"),
    ],
)
def test_the_schema_rejects_an_invalid_review(break_it):
    found = json.loads(render_json(reported(BREAKING)))
    break_it(found)
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(found))


def test_json_has_changes_and_findings():
    found = json.loads(render_json(reported(BREAKING)))
    assert (found["verdict"], found["passed"], found["fail_on"]) == ("breaking", False, ["breaking", "error"])
    assert found["base"] == {
        "source": "main:openapi.yaml", "commit": "0123456789", "title": "Shop", "version": "1.0.0"
    }  # fmt: skip
    first, gone, *_ = found["changes"]
    assert first["counterexample"] == {"format": "csv", "n": [1, None]}
    assert first["before"] == {
        "file": "main:openapi.yaml", "line": 9, "column": 3, "pointer": "/paths/~1things/get"
    }  # fmt: skip
    assert (gone["after"], "counterexample" in gone) == (None, False)
    assert found["findings"][0]["fingerprint"] == BREAKING.findings[0].fingerprint
    assert found["suppressed"][0]["reason"] == "Fixed in April."
    assert (found["version"]["needed"], found["version"]["enough"]) == ("major", False)


def test_json_has_the_exact_counterexample():
    found = json.loads(render_json(reported(HOSTILE)))
    assert found["changes"][0]["counterexample"] == {NASTY: NASTY}


@pytest.mark.parametrize(
    ("outcome", "verdict"), [(SOUND, None), (SAME, "compatible"), (BREAKING, "breaking")]
)
def test_the_verdict_is_null_without_a_base(outcome, verdict):
    assert json.loads(render_json(reported(outcome)))["verdict"] == verdict


# JUnit


def test_junit_matches_the_schema_of_ci_systems(report):
    xmlschema.XMLSchema(JUNIT).validate(junit.render(report))


@pytest.mark.parametrize("fail_on", ["breaking", "needs-review", "error", "warning", "info", "never"])
def test_junit_fails_what_the_gate_stops(report, fail_on):
    gated = reported(report.outcome, fail_on)
    root = ET.fromstring(junit.render(gated))
    assert (int(root.get("failures")) == 0) is gated.passed
    for element in [root, *root]:
        assert int(element.get("failures")) == len(element.findall(".//failure"))
        assert int(element.get("tests")) == len(element.findall(".//testcase")) > 0


# SARIF


def test_sarif_results_point_at_the_document(repository):
    run = json.loads(sarif.render(reported(BREAKING)))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == len(BREAKING.changes) + len(BREAKING.findings) + len(BREAKING.suppressed)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"] == {"uri": "openapi.yaml", "uriBaseId": "%SRCROOT%"}
        assert physical["region"]["startLine"] in (7, 1)
        assert re.fullmatch("[0-9a-f]{16}(:[0-9]+)?", result["partialFingerprints"]["signoff/v1"])
    assert [result["level"] for result in run["results"]] == [
        "error", "error", "warning", "note", "error", "warning", "note", "error"
    ]  # fmt: skip
    assert run["results"][-1]["suppressions"][0]["justification"] == "Fixed in April."
    assert run["results"][0]["relatedLocations"][0]["message"]["text"] == "before"


def test_sarif_is_ascii_json(report):
    log = json.loads(sarif.render(report).encode("ascii"))
    assert log["version"] == "2.1.0"


# GitHub and GitLab


def test_github_commands_are_one_line_each(report, repository):
    lines = github.render(report).splitlines()
    shown = [one for one in report.outcome.changes if one.verdict is not ChangeVerdict.COMPATIBLE]
    whole = len(report.notes) + bool(report.outcome.suppressed) + 1
    assert len(lines) == len(shown) + len(report.outcome.findings) + whole
    for line in lines:
        assert re.fullmatch(r"::(error|warning|notice) [^:]*::.*", line), line


def test_github_annotates_the_document(repository):
    first, gone, *_ = github.render(reported(BREAKING)).splitlines()
    assert first.startswith("::error file=openapi.yaml,line=7,col=3,title=breaking%3A request-enum-narrowed")
    assert gone.startswith("::error file=openapi.yaml,line=1,col=1,")


def test_gitlab_issues_have_what_gitlab_asks_for(report):
    issues = json.loads(gitlab.render(report))
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
    shown = [one for one in report.outcome.changes if one.verdict is not ChangeVerdict.COMPATIBLE]
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert len(issues) == len(shown) + len(report.outcome.findings) + len(report.outcome.suppressed)


# Markdown


def tokens(text):
    return [
        inner
        for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
        for inner in [token, *(token.children or [])]
    ]


def test_markdown_begins_with_the_verdict_and_keeps_its_order():
    text = markdown.render(reported(BREAKING))
    assert text.startswith("## ❌ Breaking changes: Shop 1.0.0 → 1.1.0\n")
    places = [
        text.index(word)
        for word in (
            "require version 2.0.0",
            ">Breaking changes<",
            "need review<",
            ">Compatible changes<",
            "Findings",
            "Suppressed",
        )
    ]
    assert places == sorted(places)
    assert "`main:openapi.yaml (0123456789)`" in text
    assert markdown.render(reported(SOUND)).startswith("## ✅ Shop 1.1.0\n")


def test_nothing_in_markdown_is_markup_but_its_own(report):
    found = tokens(markdown.render(report))
    assert {token.type for token in found} & {
        "link_open",
        "image",
        "fence",
        "code_block",
        "em_open",
        "table_open",
    } == set()
    own = "".join(token.content for token in found if token.type.startswith("html"))
    assert set(re.findall("</?[a-z0-9]+", own)) <= {
        "<details", "</details", "<summary", "</summary", "<strong", "</strong", "<code", "</code"
    }  # fmt: skip
    assert own.count("<details") == own.count("</details")


def test_markdown_keeps_to_the_length_of_a_comment():
    many = tuple(finding(message=f"{number} {'long ' * 150}") for number in range(2000))
    text = markdown.render(reported(replace(BREAKING, findings=many, changes=BREAKING.changes * 50)))
    assert len(text) < 65_536
    assert re.search(r"\n\d{4} more; see the other reports", text)
    assert text.count("<details") == text.count("</details>")


# HTML


class Page(HTMLParser):
    """The elements of a page, and that each is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_all_ours_and_fetches_nothing(report):
    text = html.render(report)
    page = Page(text)
    assert page.open == []
    tags = [tag for tag, _ in page.elements]
    assert set(tags) & {"img", "iframe", "object", "a"} == set()
    assert tags.count("script") == bool(report.items)
    assert [attributes["id"] for tag, attributes in page.elements if attributes.get("type") == "search"] == (
        ["search"] if report.items else []
    )
    addresses = [attributes.get(name) for _, attributes in page.elements for name in ("src", "href")]
    assert {address for address in addresses if address} == {"data:,"}
    assert SCRIPT not in text
    assert "default-src &#39;none&#39;" in text


def test_the_page_names_both_revisions():
    text = html.render(reported(BREAKING))
    assert "main:openapi.yaml (0123456789)" in text
    assert "Shop 1.1.0" in text
    assert "The API has not changed" in html.render(reported(SAME))


def test_the_page_groups_findings_by_rule_and_lists_a_repeated_one_once():
    repeated = replace(
        finding(), also_at=tuple(place(line=n, pointer=f"/paths/~1a{n}/get") for n in range(7))
    )
    other = replace(finding(Severity.WARNING), rule="unused-tag", location=place(pointer="/tags/0"))
    text = html.render(reported(replace(SOUND, findings=(repeated, finding(message="Other"), other))))
    page = Page(text)
    shown = [attributes["class"] for tag, attributes in page.elements if tag == "li"]
    assert shown == ["clause error", "clause error", "clause warning"]
    assert re.findall(r"<h3>([a-z-]+)</h3> <span[^>]*>([^<]*)", text) == [
        ("example-valid", "2 findings in 8 operations"),
        ("unused-tag", "1 place"),
    ]
    assert "GET /things, GET /a0, GET /a1" in text
    assert [one["id"] for tag, one in page.elements if tag == "input"] == [
        "search", "show-all", "show-error", "show-warning"
    ]  # fmt: skip


# The terminal


def test_the_terminal_begins_with_the_verdict():
    lines = click.unstyle(terminal.render(reported(BREAKING))).splitlines()
    assert lines[0] == (
        "FAIL  Shop 1.0.0 → 1.1.0: 2 breaking changes in 3 operations,"
        " 1 needs review in 1 operation, 1 compatible change;"
        " 1 error, 1 warning, 1 info; 1 suppressed"
    )
    assert lines[1].strip() == "openapi.yaml against main:openapi.yaml (0123456789)"
    assert lines[-1] == lines[0]
    assert (
        click.unstyle(terminal.render(reported(SOUND)))
        == "PASS  Shop 1.1.0: no findings\n      openapi.yaml\n"
    )


def test_two_titles_are_both_shown():
    renamed = replace(BREAKING, base=replace(BREAKING.base, title="Store"))
    assert "FAIL  Store 1.0.0 → Shop 1.1.0: 2 breaking" in click.unstyle(terminal.render(reported(renamed)))


# All of them


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_passes_control_characters_on(name):
    text = FORMATS[name](reported(HOSTILE))
    assert not CONTROL.search(text)
    text.encode()


def test_the_terminal_passes_none_but_its_own():
    assert not CONTROL.search(click.unstyle(terminal.render(reported(HOSTILE))))


@pytest.mark.parametrize("name", [*FORMATS, "terminal"])
@pytest.mark.parametrize("outcome", [BREAKING, SAME], ids=["breaking", "same"])
def test_every_format_names_what_was_compared(name, outcome, repository):
    text = (FORMATS | {"terminal": terminal.render})[name](reported(outcome))
    if name in ("gitlab", "changelog"):  # which have no place for it
        assert name == "changelog" or ("request-enum-narrowed" in text) is bool(outcome.changes)
        return
    shown = text.replace("&#58;", ":").replace("%3A", ":")
    assert "main:openapi.yaml" in shown
    assert "openapi.yaml" in shown.replace("main:openapi.yaml", "")


def test_equal_findings_have_different_fingerprints():
    alike = tuple(
        replace(finding(), location=place(pointer=f"/tags/{number}", line=number + 1)) for number in range(3)
    )
    assert len({one.fingerprint for one in alike}) == 1
    report = reported(replace(SOUND, findings=alike))
    prints = [issue["fingerprint"] for issue in json.loads(gitlab.render(report))]
    results = json.loads(sarif.render(report))["runs"][0]["results"]
    assert prints == [result["partialFingerprints"]["signoff/v1"] for result in results]
    assert prints == [alike[0].fingerprint, f"{alike[0].fingerprint}:2", f"{alike[0].fingerprint}:3"]


def test_fingerprints_of_changes_outlive_other_edits():
    before, after = (
        reported(replace(BREAKING, changes=(change(after=place(line=line)),))) for line in (7, 70)
    )
    prints = [json.loads(gitlab.render(one))[0]["fingerprint"] for one in (before, after)]
    assert prints[0] == prints[1]
    other = json.loads(gitlab.render(reported(replace(BREAKING, changes=(change(reason="other"),)))))
    assert other[0]["fingerprint"] != prints[0]
