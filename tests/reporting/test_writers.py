"""Each writer shows each kind of report: one table for test runs and reviews."""

import re
import sys
from dataclasses import replace

import click
import pytest

from signoff.conformance.report import FORMATS as FORMATS_OF_RUNS
from signoff.conformance.report import report_of
from signoff.reporting.formats import WRITERS, html, terminal
from signoff.reporting.model import Acceptance, Item, Level, OperationEntry, Place, State
from signoff.reporting.request import FORMER_JSON, publish
from signoff.review.report import FORMATS as FORMATS_OF_REVIEWS
from tests.conformance.reported import hostile_contract, hostile_verdict, partial
from tests.review.report.outcomes import BREAKING, HOSTILE, SOUND, reported

ALL = {**WRITERS, "terminal": terminal.render}
# What each format writes for characters that mean something in it.
ENTITIES = {"&#91;": "[", "&#93;": "]", "&lt;": "<", "&gt;": ">", "&#39;": "'", "&#34;": '"', "&amp;": "&"}
KNOWN = Acceptance("known until the next release", "2030-01-31")


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    return hostile_verdict(hostile_contract(tmp_path_factory.mktemp("formats")))


@pytest.fixture(scope="module", params=["run", "partial run", "review", "hostile review"])
def report(request, verdict):
    match request.param:
        case "run":
            return report_of(verdict)
        case "partial run":
            return report_of(partial(verdict))
        case "review":
            return reported(BREAKING)
    return reported(HOSTILE)


def shown(name, report):
    text = click.unstyle(ALL[name](report))
    for entity, character in ENTITIES.items():
        text = text.replace(entity, character)
    return text


@pytest.mark.parametrize("name", ALL)
def test_every_item_is_shown(name, report):
    text = shown(name, report)
    told = {item.id for item in report.items if item.level is not Level.COMPATIBLE}
    assert told
    assert all(found in text for found in told)


@pytest.mark.parametrize("name", ALL)
def test_the_same_report_is_written_the_same(name, report):
    assert ALL[name](report) == ALL[name](replace(report))


@pytest.mark.parametrize("name", ALL)
def test_what_is_accepted_is_shown_with_its_reason(name, report):
    accepted = replace(report.items[0], fails=False, acceptance=KNOWN)
    held = replace(report, items=report.items[1:], accepted=(accepted,))
    assert KNOWN.reason in shown(name, held)
    assert KNOWN.expires in shown(name, held)


@pytest.mark.parametrize("name", sorted(ALL.keys() - {"gitlab"}))
def test_remarks_on_the_whole_are_shown(name, report):
    """Of these, JUnit has a place only for what was required or is missing."""
    held = replace(report, shortfalls=("this was required",), errors=("that was in the way",), notes=("nb",))
    text = shown(name, held)
    assert "this was required" in text
    assert "that was in the way" in text
    assert name == "junit" or "nb" in text


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", ["run", "review"])
def test_an_item_without_anything_but_its_message(name, kind, verdict):
    base = report_of(verdict) if kind == "run" else reported(SOUND)
    item = Item(
        id="some-rule", level=Level.WARNING, message="take care", place=Place("a.yaml"), fingerprint="f"
    )
    text = shown(name, replace(base, items=(item,), operations=()))
    assert "some-rule" in text
    assert "take care" in text


@pytest.mark.parametrize("name", ALL)
def test_failures_look_alike_whatever_found_them(name, verdict):
    """No writer asks whether a report is of a run or of a review: the same item is shown alike in both."""
    item = Item(
        id="a", level=Level.ERROR, message="bad", place=Place("b.yaml", 3, 1), fingerprint="f", fails=True
    )
    run = replace(report_of(verdict), items=(item,), operations=(), passed=False)
    texts = [shown(name, held) for held in (run, replace(reported(SOUND), items=(item,), passed=False))]
    lines = [{line for line in re.split(r"\n", text) if "bad" in line} for text in texts]
    assert lines[0] == lines[1] != set()


def test_kinds_differ_in_json_and_the_changelog_only():
    assert FORMATS_OF_RUNS.keys() - WRITERS.keys() == {"json", FORMER_JSON}
    assert FORMATS_OF_REVIEWS.keys() - WRITERS.keys() == {"json", "changelog", FORMER_JSON}


def test_people_read_standard_error_where_a_format_has_standard_output(report, tmp_path, capsys):
    publish(report, [("markdown", "-"), ("junit", str(tmp_path / "x.xml"))], WRITERS)
    found = capsys.readouterr()
    assert found.out == WRITERS["markdown"](report)
    assert found.err == click.unstyle(terminal.render(report, [str(tmp_path / "x.xml")]))
    assert (tmp_path / "x.xml").read_text() == WRITERS["junit"](report)
    publish(report, [], WRITERS)
    assert capsys.readouterr().out == click.unstyle(terminal.render(report))


def test_markdown_keeps_to_its_room(report):
    many = tuple(replace(report.items[0], fingerprint=str(number)) for number in range(2000))
    held = replace(report, items=many, shortfalls=tuple(f"{number} {'long ' * 50}" for number in range(5000)))
    text = WRITERS["markdown"](held)
    assert len(text) < held.markdown_room * 1.2
    assert len(re.findall(r"\d+ more; see the other reports", text)) >= 2


def test_the_page_names_every_operation_that_a_change_concerns():
    assert "POST /a, POST /b" in WRITERS["html"](reported(BREAKING))


# A run with many operations


OPERATIONS = [f"GET /things/{name}" for name in ("red", "green", "blue", "white", "black", "grey")]


@pytest.fixture(scope="module")
def large_run(verdict):
    """The same failure in six operations, in one of them twice, and another failure with a long message."""
    report = report_of(verdict)
    failure = next(item for item in report.failures if item.exchange)
    exchange = replace(failure.exchange, curl=f"curl {'x' * 200} --data-raw '{'long ' * 40}'")
    same = [
        replace(failure, message="no header", subject=name, fingerprint=str(number), exchange=exchange)
        for number, name in enumerate([*OPERATIONS, OPERATIONS[1]])
    ]
    other = replace(failure, message="other words " * 20, subject=OPERATIONS[0], fingerprint="other")
    other = replace(other, exchange=exchange)
    clause = report.clauses[0]
    gaps = tuple(
        replace(clause, state=State.NOT_COVERED, title=f"title {number}", reason=f"reason {max(number, 3)}")
        for number in range(16)
    )
    entries = tuple(OperationEntry(name, name, "", gaps) for name in OPERATIONS)
    return replace(report, items=(*same, other), operations=entries, accepted=())


def test_the_page_of_a_large_run_stays_below_a_megabyte(large_run):
    """188 operations with 46 requirements each and 360 failures, as of a real API."""
    same = [
        replace(large_run.items[0], subject=f"GET /things/{number}", fingerprint=f"same {number}")
        for number in range(360)
    ]
    first, *_ = large_run.clauses
    entries = []
    for number in range(188):
        states = [State.VERIFIED, State.NOT_COVERED] * 23
        clauses = [
            replace(first, state=state, title=f"requirement {number}-{index}: name must match", reason="")
            for index, state in enumerate(states)
        ]
        entries.append(OperationEntry(f"op{number}", f"GET /things/{number}", "", tuple(clauses)))
    text = html.render(replace(large_run, items=tuple(same), operations=tuple(entries)))
    assert len(text) < 1_000_000
    assert all(f"requirement {number}-{index}: name" in text for number in range(188) for index in range(46))
    assert all(f"GET /things/{number}" in text for number in range(360))
    assert "shown for the first 3; the JSON report has all" in text
    assert "The JSON report has the place and the command of each requirement" in text


def test_the_terminal_shows_a_repeated_failure_once(large_run):
    text = click.unstyle(terminal.render(large_run))
    assert "Failures (8, 2 different)" in text
    assert text.count("no header") == 1
    black, white, blue, green = (OPERATIONS[number] for number in (4, 3, 2, 1))
    assert f"   operation  {OPERATIONS[0]}\n   also in    {green} (2), {blue}, {white} and 2 more\n" in text
    assert black not in text.partition("Coverage")[0]


def test_the_terminal_counts_what_is_not_covered(large_run):
    text = click.unstyle(terminal.render(large_run))
    coverage = text.partition("Coverage\n")[2].splitlines()
    assert coverage[:6] == [f"  · {name:<17}  16 not covered" for name in OPERATIONS]
    assert coverage[7:9] == ["Not covered (96)", "     24  reason 3"]
    assert coverage[18] == "         3 more reasons. --verbose lists each requirement."
    assert "title 15" not in text
    everything = click.unstyle(terminal.render(large_run, verbose=True))
    assert everything.count("title 15") == 6
    assert "more reasons" not in everything


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_s_lines_fit_but_for_commands(large_run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    lines = click.unstyle(terminal.render(large_run)).splitlines()
    long = [line for line in lines if len(line) > columns]
    assert long == [
        f"   reproduce  {item.exchange.curl}" for item in (large_run.items[0], large_run.items[-1])
    ]
    assert max(len(line) for line in lines if line not in long) > columns - 20
    assert not any(line.endswith("GET") for line in lines)


def test_the_terminal_says_a_suggestion_once_for_findings_in_a_row():
    item = reported(BREAKING).items[-1]
    fixes = ["Rename it.", "Rename it.", "Remove it.", "Rename it."]
    items = [
        replace(item, message=f"m{number}", suggestion=fix, fingerprint=str(number))
        for number, fix in enumerate(fixes)
    ]
    text = click.unstyle(terminal.render(replace(reported(BREAKING), items=tuple(items))))
    assert re.findall(r"m\d|Re\w+ it\.", text) == [
        "m0",
        "Rename it.",
        "m1",
        "m2",
        "Remove it.",
        "m3",
        "Rename it.",
    ]
    other = replace(items[1], id="another-rule")
    text = click.unstyle(terminal.render(replace(reported(BREAKING), items=(items[0], other))))
    assert text.count("Rename it.") == 2


def test_a_page_groups_the_failures_that_are_the_same(large_run):
    text = html.render(large_run)
    assert text.count("no header") == 1
    assert "7 failures in 6 operations" in text
    titles = re.findall(r'<h4><span class="number">(\d)\.</span> (.*?)</h4>', text)
    assert titles == [(str(number), name) for number, name in enumerate([*OPERATIONS, OPERATIONS[1]], 1)]
    assert len(re.findall(r'<details class="item error" id="failures-\d" open>', text)) == 2


def test_a_page_folds_long_groups_and_says_a_shared_suggestion_once():
    def found(rule, number, level=Level.WARNING, suggestion="Repair it."):
        item = reported(BREAKING).items[-1]
        name = f"{rule}-{number}"
        return replace(item, id=rule, level=level, message=name, suggestion=suggestion, fingerprint=name)

    items = [
        *(found("many", number) for number in range(11)),
        *(found("few", number) for number in range(10)),
        *(found("wrong", number, Level.ERROR) for number in range(11)),
        *(found("mixed", number, suggestion=f"Try {number}.") for number in range(2)),
    ]
    text = html.render(replace(reported(BREAKING), items=tuple(items)))
    groups = re.findall(r'<details class="operation"( open)?>\n<summary><h3>([a-z]+)</h3>', text)
    assert set(groups) == {("", "many"), (" open", "few"), (" open", "wrong"), (" open", "mixed")}
    assert text.count("Repair it.") == 3
    assert text.count("Try 1.") == 1
    assert 'id="unfold"' in text
