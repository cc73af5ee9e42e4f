"""Shards of a run, and their reports merged into one."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import signoff
from signoff.conformance import Options, load_data, run
from signoff.conformance.known_values import OperationData
from signoff.conformance.merge import merge_reports
from signoff.conformance.options import Shard, operations_of, parse_shard
from signoff.conformance.report import FORMATS, json_report, report_of
from signoff.conformance.report.json_report import read
from signoff.contract import DataError, SetupError
from tests.conformance import things
from tests.conformance.test_other_domains import ASIDE, DOMAINS, SERVERS
from tests.conftest import DOCUMENTS, running
from tests.test_command_line import assert_plain_error, signoff_here


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    return things.contract(tmp_path_factory.mktemp("things"))


@pytest.fixture(scope="module", params=["kept", "broken"])
def parts(request, contract, tmp_path_factory):
    """The report of a whole run and those of its three shards, each read back from its file."""
    folder = tmp_path_factory.mktemp("reports")
    with running(things.app if request.param == "kept" else things.nameless) as origin:
        found = []
        for shard in (None, Shard(1, 3), Shard(2, 3), Shard(3, 3)):
            options = Options(max_examples=3, shard=shard)
            verdict = run(f"{origin}/api", contract, options=options)
            file = folder / f"{shard.index if shard else 0}.json"
            file.write_text(json_report.render(report_of(verdict)))
            found.append(read(file))
    return found[0], {f"{number}.json": part for number, part in enumerate(found[1:], 1)}


def table(report):
    return [(clause.id, clause.state, bool(clause.failure)) for clause in report.clauses]


@given(st.integers(1, 12))
def test_shards_share_the_operations_out_evenly(contract, total):
    shares = [operations_of(contract, Shard(index, total)) for index in range(1, total + 1)]
    sizes = [len(share) for share in shares]
    assert max(sizes) - min(sizes) <= 1
    assert sum(sizes) == len(frozenset().union(*shares)) == len(contract.operations)


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "-1/2", "a/b", "1/2/3", "1.5/2"])
def test_what_is_no_shard(text):
    with pytest.raises(SetupError, match="is not a shard"):
        parse_shard(text)


def test_shards_merged_are_the_whole_run(parts):
    whole, shards = parts
    merged = merge_reports(shards)
    assert table(merged) == table(whole)
    assert merged.passed == whole.passed
    assert merged.is_complete
    assert {failure.fingerprint for failure in merged.failures} == {
        failure.fingerprint for failure in whole.failures
    }
    assert (merged.shard, merged.outline) == ("", whole.outline)
    assert merged.requests == sum(merged.statuses.values())


def test_the_parts_learn_and_live_through_what_the_whole_does():
    """Ids that one operation tells and another needs, and lives of several operations."""
    name = "museum"
    document, server, _ = DOMAINS[name]
    contract = signoff.load(DOCUMENTS / document)
    data = load_data(SERVERS / f"{name}.data.yaml")
    known = {operation.id for operation in contract.operations}
    left_out = {name: OperationData(skip="tried elsewhere") for name in ASIDE if name in known}
    data = replace(data, operations={**data.operations, **left_out})
    reports = []
    for shard in (None, Shard(1, 2), Shard(2, 2)):
        with running(server().app()) as origin:
            options = Options(no_fuzzing=True, shard=shard)
            verdict = run(origin + contract.base_path, contract, data, options)
        reports.append(replace(report_of(verdict), target=name))
    whole, *shards = reports
    assert any(shard.requests < whole.requests for shard in shards)
    merged = merge_reports({shard.shard: shard for shard in shards})
    assert merged.passed
    assert table(merged) == table(whole)


def test_a_shard_shows_its_own_operations_only(parts):
    _, shards = parts
    for number, shard in enumerate(shards.values()):
        assert [entry.id for entry in shard.operations] == [name.id for name in shard.outline][number::3]
        assert shard.is_complete


def test_every_format_shows_a_merged_report(parts):
    _, shards = parts
    for render in FORMATS.values():
        assert render(merge_reports(shards))


def test_a_missing_shard_is_named(parts):
    _, shards = parts
    merged = merge_reports({file: shard for file, shard in shards.items() if shard.shard != "2/3"})
    assert not merged.is_complete
    assert merged.cut_short == ("shard 2/3 is missing, with 2 operations",)


def test_reading_back_is_the_identity(parts, tmp_path):
    for report in (parts[0], merge_reports(parts[1])):
        file = tmp_path / "again.json"
        file.write_text(json_report.render(report))
        assert json_report.render(read(file)) == file.read_text()


def changed(report, tmp_path, **members):
    content = json.loads(json_report.render(report))
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(content | members))
    return read(file)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"document_digest": "0" * 32}, "different documents"),
        ({"target": "http://elsewhere"}, "different targets"),
        ({"signoff": "9.9"}, "different versions of Signoff"),
        ({"settings": {"seed": 7}}, "different settings"),
        ({"shard": "2/4"}, "different numbers of shards"),
        ({"shard": "1/3"}, "are both for shard 1/3"),
        ({"shard": None}, "is the report of a whole run"),
    ],
)
def test_reports_that_do_not_belong_together(parts, tmp_path, members, words):
    first, second, _ = parts[1].values()
    with pytest.raises(DataError, match=words):
        merge_reports({"1.json": first, "2.json": changed(second, tmp_path, **members)})


def test_the_command(parts, tmp_path):
    files = []
    for name, shard in parts[1].items():
        (tmp_path / name).write_text(json_report.render(shard))
        files.append(tmp_path / name)
    result = signoff_here(
        "merge", *files, "--report", f"json={tmp_path}/whole.json", "--report", f"html={tmp_path}/x"
    )
    assert result.returncode == (0 if parts[0].passed else 1), result.stderr
    assert table(read(tmp_path / "whole.json")) == table(parts[0])
    partial = signoff_here("merge", files[0])
    assert "This run is partial: shard 2/3 is missing" in partial.stdout


def test_files_that_are_no_reports(tmp_path):
    assert_plain_error(signoff_here("merge", tmp_path / "none.json"), "cannot read the report")
    for text, words in (
        ("{", "is not JSON"),
        ("[]", "is not a report"),
        ('{"format_version": 1}', "is not a report"),
    ):
        (tmp_path / "r.json").write_text(text)
        assert_plain_error(signoff_here("merge", tmp_path / "r.json"), words)
    assert_plain_error(
        signoff_here("merge", tmp_path / "r.json", tmp_path / "r.json"), "a report is duplicated"
    )
