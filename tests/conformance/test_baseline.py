"""Known failures accepted, with reasons and ends."""

import json
from dataclasses import replace
from datetime import date

import jsonschema
import pytest
import yaml

from signoff.conformance import Options, run
from signoff.conformance.baseline import accept, write_baseline
from signoff.conformance.report import FORMATS, report_of
from signoff.contract import DataError
from signoff.reporting.baseline import Entry, load_baseline, schema_file
from signoff.reporting.formats import terminal
from tests.conformance import things
from tests.conftest import running
from tests.test_command_line import assert_plain_error, signoff_here

TWICE = ", ".join([f"{{fingerprint: {'a' * 32}, reason: r}}"] * 2)
TODAY = date(2026, 5, 10)


@pytest.fixture(scope="module")
def origin():
    with running(things.nameless) as found:
        yield found


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return things.document(tmp_path_factory.mktemp("things"))


@pytest.fixture(scope="module")
def report(origin, tmp_path_factory):
    contract = things.contract(tmp_path_factory.mktemp("things"))
    return report_of(run(f"{origin}/api", contract, options=Options(no_fuzzing=True)))


def entries(report, **members):
    return [Entry(failure.fingerprint, "mended in June", **members) for failure in report.failures]


def test_known_failures_do_not_fail_a_run(report):
    assert not report.passed
    accepted = accept(report, entries(report), TODAY)
    assert accepted.passed
    assert accepted.failures == ()
    assert [replace(item, fails=True, acceptance=None) for item in accepted.accepted] == list(report.failures)
    assert accepted.notes == report.notes


def test_new_ones_still_do(report):
    found = accept(replace(report, items=(*report.items, *report.failures[:1])), [], TODAY)
    assert not found.passed
    other = replace(report.failures[0], fingerprint="f" * 32)
    found = accept(replace(report, items=(*report.items, other)), entries(report), TODAY)
    assert not found.passed
    assert found.failures == (other,)


def test_an_entry_holds_on_its_last_day_and_not_after(report):
    until = entries(report, expires=TODAY, check="response-schema", operation="GET /things/{id}")
    assert accept(report, until, TODAY).passed
    over = accept(report, until, date(2026, 5, 11))
    assert not over.passed
    assert "the baseline entry response-schema of GET /things/{id} expired on 2026-05-10" in over.notes[-1]


def test_entries_that_are_no_longer_seen_are_told(report):
    stale = [*entries(report), Entry("e" * 32, "old", operation="GET /things/{id}", check="x")]
    assert "did not occur. Remove it." in accept(report, stale, TODAY).notes[-1]
    cut = replace(report, cut_short=("interrupted",))
    assert accept(cut, stale, TODAY).notes == report.notes
    shard = replace(report, shard="1/2", operations=report.operations[:1])
    assert accept(shard, stale, TODAY).notes == report.notes


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_what_is_accepted(report, name):
    plain = FORMATS[name](accept(report, entries(report), TODAY))
    assert "mended in June" in plain
    assert "mended in June" not in FORMATS[name](report)


def test_the_terminal_shows_it_too(report):
    text = terminal.render(accept(report, entries(report, expires=date(2026, 6, 1)), TODAY))
    assert "accepted  mended in June, until 2026-06-01" in text
    assert f"{len(report.failures)} accepted" in text.splitlines()[-2]


@pytest.mark.parametrize("name", ["known.yaml", "known.json"])
def test_a_written_baseline_waits_for_its_reasons(report, tmp_path, name):
    file = tmp_path / name
    assert write_baseline(report, file) == len(report.failures)
    content = yaml.safe_load(file.read_text())
    jsonschema.validate(content, json.loads(schema_file().read_text()))
    with pytest.raises(DataError, match="the reason for response-schema of GET /things"):
        load_baseline(file)
    for item in content["accepted"]:
        item |= {"reason": "known", "expires": "2026-12-31"}
    file.write_text(json.dumps(content))
    known = load_baseline(file)
    assert accept(report, known, TODAY).passed
    assert write_baseline(accept(report, known, TODAY), file, known) == 0
    assert load_baseline(file) == known


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "invalid baseline"),
        ("format_version: 3\naccepted: []", "invalid baseline"),
        ("format_version: 1\naccepted: [{fingerprint: x, reason: y}]", "known.yaml:2"),
        (f"format_version: 1\naccepted: [{{fingerprint: {'a' * 32}}}]", "reason"),
        (f"format_version: 1\naccepted: [{{fingerprint: {'a' * 32}, reason: r, expires: soon}}]", "date"),
        (f"format_version: 1\naccepted: [{{fingerprint: {'a' * 32}, reason: ' '}}]", "the reason for"),
        (
            f"format_version: 1\naccepted: [{TWICE}]",
            "twice",
        ),
    ],
)
def test_bad_baselines(tmp_path, text, words):
    (tmp_path / "known.yaml").write_text(text)
    with pytest.raises(DataError, match=r"known\.yaml:") as caught:
        load_baseline(tmp_path / "known.yaml")
    assert words in str(caught.value)


def test_a_bad_baseline_is_told_before_anything_is_sent(tmp_path):
    (tmp_path / "known.yaml").write_text("[]")
    result = signoff_here("test", "http://127.0.0.1:9", "--baseline", tmp_path / "known.yaml")
    assert_plain_error(result, "invalid baseline", "known.yaml:1")


def test_the_commands(origin, document, tmp_path):
    file = tmp_path / "known.yaml"
    first = signoff_here("test", f"{origin}/api", document, "--no-fuzzing", "--write-baseline", file)
    assert first.returncode == 1
    assert "; fill in" in first.stderr
    file.write_text(file.read_text().replace("reason: ''", "reason: known"))
    second = signoff_here("test", f"{origin}/api", document, "--no-fuzzing", "--baseline", file)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "PASS" in second.stdout.splitlines()[-2]


def test_an_entry_of_a_former_version_stands_for_one_failure_of_its_check_and_operation(report):
    failure = report.failures[0]
    twice = replace(report, items=(failure, replace(failure, fingerprint="f" * 32)))
    former = Entry("0" * 32, "known", None, failure.id, failure.subject, "what it said then", is_former=True)
    accepted = accept(twice, [former], TODAY)
    assert [item.acceptance.reason for item in accepted.accepted] == ["known"]
    assert len(accepted.failures) == 1
    assert not accepted.passed
    assert not accept(twice, [replace(former, is_former=False)], TODAY).accepted
