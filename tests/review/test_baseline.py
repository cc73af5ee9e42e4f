"""A baseline accepts findings and changes by fingerprint, each with a reason."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from signoff.cli import main
from signoff.reporting.baseline import schema_file
from tests.review.documents import GONE, LIST, SCHEMAS, SHOP, edited

STATE = {f"{SCHEMAS}/Order/properties/state/enum/3": "lost"}
BROKEN = {"type": "integer", "minimum": 9, "maximum": 3}
FAILURE = {"fingerprint": "a" * 32, "reason": "Of a test run.", "check": "response-status"}


def broken(number):
    return {f"{SCHEMAS}/Broken/properties/p{index}": BROKEN for index in range(number)} | {
        f"{SCHEMAS}/Broken/type": "object"
    }


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("base.json").write_text(json.dumps(SHOP))
    return tmp_path


def review(edits, *arguments, base="base.json"):
    Path("new.json").write_text(json.dumps(edited(SHOP, edits), indent=1))
    command = ["review", "new.json", *(["--base", base] if base else []), "--report", "json=found.json"]
    return CliRunner().invoke(main, [*command, *map(str, arguments)])


def rules_found():
    return [finding["rule"] for finding in json.loads(Path("found.json").read_text())["findings"]]


def filled(name, **more):
    """Fill in the reasons of a written baseline."""
    content = yaml.safe_load(Path(name).read_text())
    for entry in content["accepted"]:
        entry.update({"reason": entry["reason"] or "Known."} | more)
    Path(name).write_text(json.dumps(content))
    return content["accepted"]


@pytest.mark.parametrize("name", ["known.yaml", "known.json"])
def test_a_written_baseline_waits_for_its_reasons_and_then_accepts(name):
    answer = review(STATE | broken(1), "--write-baseline", name)
    assert answer.exit_code == 1
    assert f"Wrote the baseline {name}; fill in 2 reasons." in answer.output
    content = yaml.safe_load(Path(name).read_text())
    jsonschema.validate(content, json.loads(schema_file().read_text()))
    assert [entry["check"] for entry in content["accepted"]] == [
        "response-enum-value-added",
        "min-exceeds-max",
    ]
    waiting = review(STATE | broken(1), "--baseline", name)
    assert (waiting.exit_code, "is missing" in waiting.output) == (2, True)
    filled(name)
    accepted = review(STATE | broken(1), "--baseline", name)
    assert accepted.exit_code == 0, accepted.output
    found = json.loads(Path("found.json").read_text())
    assert [one["reason"] for one in found["suppressed"]] == ["Known."]
    assert [one["change"]["id"] for one in found["suppressed_changes"]] == ["response-enum-value-added"]
    assert found["findings"] == found["changes"] == []


def test_lines_and_other_findings_may_change():
    review(broken(1), "--write-baseline", "known.yaml", base="")
    filled("known.yaml")
    moved = {"/info/description": "A longer text. " * 9, "/tags/1": {"name": "more", "description": "M."}}
    assert review(broken(1) | moved, "--baseline", "known.yaml", base="").exit_code == 0
    crossed = {f"{LIST}/parameters/0/schema/minimum": 101, f"{LIST}/parameters/0/schema/default": GONE}
    assert review(broken(1) | crossed, "--baseline", "known.yaml", base="").exit_code == 1


def test_one_more_of_a_kind_in_one_list_is_not_accepted():
    def parts(number):
        return {f"{SCHEMAS}/Parts": {"anyOf": [BROKEN | {"title": f"P{n}"} for n in range(number)]}}

    review(parts(2), "--write-baseline", "known.yaml", base="")
    fingerprints = [entry["fingerprint"] for entry in filled("known.yaml")]
    assert fingerprints[1] == f"{fingerprints[0]}:2"
    assert review(parts(2), "--baseline", "known.yaml", base="").exit_code == 0
    assert review(parts(3), "--baseline", "known.yaml", base="").exit_code == 1


def test_what_no_longer_occurs_is_unused():
    review(broken(1) | STATE, "--write-baseline", "known.yaml")
    filled("known.yaml")
    assert review({}, "--baseline", "known.yaml").exit_code == 0
    assert rules_found() == ["unused-suppression"] * 2
    review({}, "--baseline", "known.yaml", base="")
    assert rules_found() == ["unused-suppression"]  # nobody looked for changes


@pytest.mark.parametrize(("days", "code"), [(0, 0), (1, 0), (-3, 1)])
def test_an_entry_expires(days, code):
    review(broken(1), "--write-baseline", "known.yaml", base="")
    filled("known.yaml", expires=(datetime.now(UTC).date() + timedelta(days=days)).isoformat())
    assert review(broken(1), "--baseline", "known.yaml", base="").exit_code == code
    assert ("expired-suppression" in rules_found()) == bool(code)


def test_a_rewritten_baseline_keeps_reasons_and_the_entries_of_tests():
    review(broken(1), "--write-baseline", "known.yaml", base="")
    filled("known.yaml", reason="Agreed.", expires="2999-01-01")
    content = json.loads(Path("known.yaml").read_text())
    content["accepted"].append(FAILURE)
    Path("known.yaml").write_text(json.dumps(content))
    review(broken(1) | STATE, "--baseline", "known.yaml", "--write-baseline", "new.yaml")
    accepted = yaml.safe_load(Path("new.yaml").read_text())["accepted"]
    assert {entry["check"]: entry["reason"] for entry in accepted} == {
        "min-exceeds-max": "Agreed.",
        "response-enum-value-added": "",
        "response-status": "Of a test run.",
    }
    assert [entry.get("expires") for entry in accepted if entry["check"] == "min-exceeds-max"] == [
        "2999-01-01"
    ]


def test_entries_of_tests_are_not_unused():
    Path("known.json").write_text(json.dumps({"format_version": 2, "accepted": [FAILURE]}))
    assert review({}, "--baseline", "known.json").exit_code == 0
    assert rules_found() == []


def test_what_is_accepted_otherwise_or_known_to_the_base_needs_no_entry():
    edits = broken(2) | {f"{SCHEMAS}/Broken/properties/p0/x-signoff-ignore": {"min-exceeds-max": "A test."}}
    Path("old.json").write_text(json.dumps(edited(SHOP, broken(2))))
    review(edits, "--write-baseline", "known.yaml", base="old.json")
    assert filled("known.yaml") == []
    review(edits, "--write-baseline", "known.yaml", base="")
    assert len(filled("known.yaml")) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--baseline", "missing.yaml"], "missing.yaml does not exist"),
        (["--write-baseline", "no/folder.yaml"], "cannot write the baseline no/folder.yaml"),
        (["new.json", "--write-baseline", "known.yaml"], "need a single document"),
    ],
)
def test_what_cannot_be_read_or_written_is_2(arguments, words):
    answer = review({}, *arguments, base="") if arguments[0] != "new.json" else None
    answer = answer or CliRunner().invoke(main, ["review", "base.json", "base.json", *arguments[1:]])
    assert (answer.exit_code, words in answer.output) == (2, True), answer.output


def test_several_documents_share_a_baseline():
    review(broken(1), "--write-baseline", "known.yaml", base="")
    filled("known.yaml")
    answer = CliRunner().invoke(main, ["review", "new.json", "base.json", "--baseline", "known.yaml"])
    assert answer.exit_code == 0
    assert "unused-suppression" not in answer.output
