"""Severities, suppressions, ignores and --fail-on apply to kinds of change as they do to rules."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from signoff.cli import main
from tests.review.documents import GONE, LIST, MAKE, SCHEMAS, SHOP, SHOP_2_0, edited

STATE = f"{SCHEMAS}/Order/properties/state"
KIND = "response-enum-value-added"
ADDED = {f"{STATE}/enum/3": "lost"}
CROSSED = {
    f"{LIST}/parameters/0/schema/minimum": 101,
    f"{LIST}/parameters/0/schema/default": GONE,
    f"{LIST}/parameters/0/example": GONE,
}
# The same finding, in a response: as a change it is compatible.
NARROWED = {f"{SCHEMAS}/Order/properties/item_count/minimum": 60}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("base.json").write_text(json.dumps(SHOP))
    return tmp_path


def review(edits, configuration="", *arguments, base="base.json"):
    Path("new.json").write_text(json.dumps(edited(SHOP, edits), indent=1))
    Path("signoff.toml").write_text(configuration)
    command = ["review", "new.json", *(["--base", base] if base else []), *arguments]
    return CliRunner().invoke(main, [*command, "--report", "json=found.json"])


def reviewed(edits, configuration="", *arguments, base="base.json"):
    """The exit code, and the JSON."""
    answer = review(edits, configuration, *arguments, base=base)
    assert answer.exit_code in (0, 1), answer.output
    return answer.exit_code, json.loads(Path("found.json").read_text())


def rules_of(found):
    return [finding["rule"] for finding in found["findings"]]


# severities


@pytest.mark.parametrize(
    ("level", "verdict", "code"),
    [
        ("error", "breaking", 1),
        ("breaking", "breaking", 1),
        ("warning", "needs-review", 0),
        ("warn", "needs-review", 0),
        ("needs-review", "needs-review", 0),
        ("info", "compatible", 0),
        ("compatible", "compatible", 0),
        ("on", "breaking", 1),
    ],
)
def test_a_kind_of_change_has_the_configured_verdict(level, verdict, code):
    answer, found = reviewed(ADDED, f'[review.rules]\n{KIND} = "{level}"')
    assert (answer, found["verdict"]) == (code, verdict)
    assert [(change["id"], change["verdict"]) for change in found["changes"]] == [(KIND, verdict)]
    assert found["version"]["needed"] == ("major" if verdict == "breaking" else "minor")


def test_a_kind_that_is_off_is_counted_but_not_shown():
    answer = review(ADDED, f"[review.rules]\n{KIND} = false")
    assert answer.exit_code == 0
    assert f"1 change is of a kind that the configuration turns off: {KIND}." in answer.output
    assert "The API has not changed" not in answer.output
    found = json.loads(Path("found.json").read_text())
    assert (found["changes"], [c["id"] for c in found["turned_off_changes"]]) == ([], [KIND])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("response-enum-value-aded = 'off'", "unknown rule 'response-enum-value-aded'; did you mean " + KIND),
        (
            f"{KIND} = 'loud'",
            "must be on, off, error, warning or info (or breaking, needs-review, compatible)",
        ),
        ("min-exceeds-max = 'breaking'", "must be on, off, error, warning or info, not 'breaking'"),
    ],
)
def test_an_error_names_the_rule(text, words):
    answer = review(ADDED, f"[review.rules]\n{text}")
    assert (answer.exit_code, words in answer.output) == (2, True), answer.output


# --fail-on


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (KIND, 1),
        ("operation-removed", 0),
        ("min-exceeds-max", 1),
        ("unused-tag,invalid-example", 0),
        ("never", 0),
    ],
)
def test_fail_on_takes_ids(name, code):
    assert reviewed(ADDED | CROSSED, "", "--fail-on", name)[0] == code


def test_fail_on_suggests_an_id():
    answer = review(ADDED, "", "--fail-on", "response-enum-value-aded")
    assert answer.exit_code == 2
    assert f"Did you mean {KIND}?" in answer.output


# suppressions


def suppression(place, rule=KIND):
    return f'[[review.suppressions]]\nrule = "{rule}"\n{place}\nreason = "Agreed with the clients."\n'


@pytest.mark.parametrize(
    "place",
    ["pointer = '/components/schemas/Order/**'", "file = 'new.json'", "file = 'base.json'", "pointer = '**'"],
)
def test_a_suppression_of_a_change(place):
    code, found = reviewed(ADDED, suppression(place))
    assert (code, found["changes"], rules_of(found)) == (0, [], [])
    [held] = found["suppressed_changes"]
    assert (held["change"]["id"], held["reason"]) == (KIND, "Agreed with the clients.")
    assert found["version"]["needed"] == "major"  # accepted, but still breaking


def test_a_suppressed_change_is_in_every_report():
    for name in ("markdown", "github", "gitlab", "sarif", "junit", "html"):
        answer = review(ADDED, suppression("file = '*'"), "--report", f"{name}=report")
        assert answer.exit_code == 0
        assert "Agreed with the clients." in Path("report").read_text(), name
    assert "1 suppressed" in answer.output
    assert "The API has not changed" not in answer.output


def test_a_suppression_for_one_operation_leaves_a_change_that_reaches_others():
    """`state` is in the responses of three operations."""
    code, found = reviewed(ADDED, suppression("operation = 'GET /orders'"))
    assert (code, rules_of(found)) == (1, [])
    assert (len(found["changes"]), found["suppressed_changes"]) == (1, [])
    three = ("GET /orders", "place_order", "GET /orders/{order_id}")
    text = "".join(suppression(f"operation = '{name}'") for name in three)
    code, found = reviewed(ADDED, text)
    assert (code, found["changes"], len(found["suppressed_changes"])) == (0, [], 1)


@pytest.mark.parametrize(
    "place",
    ["pointer = '/components/schemas/NewOrder/**'", "operation = 'nowhere'", "pointer = '/components'"],
)
def test_a_suppression_of_no_change_is_unused(place):
    code, found = reviewed(ADDED, suppression(place))
    assert (code, rules_of(found), len(found["changes"])) == (1, ["unused-suppression"], 1)
    assert "does not match any change" in found["findings"][0]["message"]


def test_without_a_base_a_suppression_of_a_change_is_not_unused():
    assert rules_of(reviewed({}, suppression("file = '*'"), base="")[1]) == []


# x-signoff-ignore

IGNORED = [
    ([KIND], ["ignore-without-reason"]),
    ({KIND: "Agreed."}, []),
    ([{"id": KIND, "reason": "Agreed."}], []),
    ([{"id": KIND}], ["ignore-without-reason"]),
    ({KIND: " "}, ["ignore-without-reason"]),
    ({KIND: None}, ["ignore-without-reason"]),
]


@pytest.mark.parametrize(("stated", "findings"), IGNORED)
@pytest.mark.parametrize(
    "pointer", [STATE, f"{SCHEMAS}/Order", ""], ids=["property", "component", "document"]
)
def test_a_change_is_ignored_at_or_above_its_place(pointer, stated, findings):
    code, found = reviewed(ADDED | {f"{pointer}/x-signoff-ignore": stated})
    assert (code, found["changes"], rules_of(found)) == (0, [], findings)
    assert [held["change"]["id"] for held in found["suppressed_changes"]] == [KIND]


@pytest.mark.parametrize(
    "pointer", ["/paths/~1orders", f"{SCHEMAS}/NewOrder", f"{SCHEMAS}/Order/properties/order_id", "/info"]
)
def test_a_change_elsewhere_is_not_ignored(pointer):
    code, found = reviewed(ADDED | {f"{pointer}/x-signoff-ignore": {KIND: "Agreed."}})
    assert (code, len(found["changes"]), rules_of(found)) == (1, 1, ["unused-suppression"])


@pytest.mark.parametrize(
    "pointer", [f"{LIST}/parameters/0/schema", f"{LIST}/parameters/0", LIST, "/paths/~1orders", "/paths", ""]
)
def test_a_finding_is_ignored_at_or_above_its_place(pointer):
    edits = CROSSED | {f"{pointer}/x-signoff-ignore": {"min-exceeds-max": "A test."}}
    code, found = reviewed(edits, base="")
    assert (code, found["findings"]) == (0, [])
    assert [(held["finding"]["rule"], held["reason"]) for held in found["suppressed"]] == [
        ("min-exceeds-max", "A test.")
    ]


@pytest.mark.parametrize("pointer", [f"{LIST}/responses", MAKE, "/info"])
def test_a_finding_elsewhere_is_not_ignored(pointer):
    edits = CROSSED | {f"{pointer}/x-signoff-ignore": {"min-exceeds-max": "A test."}}
    code, found = reviewed(edits, base="")
    assert (code, set(rules_of(found))) == (1, {"min-exceeds-max", "unused-suppression"})
    [unused] = [finding for finding in found["findings"] if finding["rule"] == "unused-suppression"]
    assert unused["location"]["pointer"] == f"{pointer}/x-signoff-ignore/min-exceeds-max"
    assert unused["severity"] == "warning"


def test_an_operation_that_starts_with_the_same_name_is_not_below():
    """`/components/schemas/Order` is not below `/components/schemas/Ord`."""
    edits = ADDED | {f"{SCHEMAS}/Ord": {"type": "string", "x-signoff-ignore": {KIND: "No."}}}
    assert reviewed(edits)[0] == 1


def test_a_removed_operation_can_only_be_ignored_in_the_document():
    edits = {LIST: GONE, MAKE: GONE, "/paths/~1orders": GONE}
    assert reviewed(edits | {"/x-signoff-ignore": {"operation-removed": "Unused."}})[0] == 0
    assert reviewed(edits | {"/info/x-signoff-ignore": {"operation-removed": "Unused."}})[0] == 1


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (["min-exceds-max"], "unknown rule 'min-exceds-max'; did you mean min-exceeds-max?"),
        ({"response-enum-value-aded": "r"}, f"did you mean {KIND}?"),
        ([3], "must have ids of rules"),
        ([["min-exceeds-max"]], "must have ids of rules"),
        ([{"rule": "min-exceeds-max"}], "must have ids of rules"),
        ("min-exceeds-max", "must have ids of rules"),
        ([], "must have ids of rules"),
        (None, "must have ids of rules"),
    ],
)
def test_an_invalid_ignore_is_an_error(stated, words):
    code, found = reviewed({f"{LIST}/x-signoff-ignore": stated}, base="")
    [finding] = found["findings"]
    assert (code, finding["rule"], finding["severity"]) == (1, "invalid-ignore", "error")
    assert words in finding["message"]
    assert finding["location"]["line"] > 1


def test_a_property_of_that_name_is_a_property():
    edits = {f"{SCHEMAS}/Order/properties/x-signoff-ignore": {"type": "string", "description": "Text."}}
    assert reviewed(edits, base="") == (0, json.loads(Path("found.json").read_text()))
    assert rules_of(json.loads(Path("found.json").read_text())) == []


def test_the_severity_of_a_missing_reason_can_be_raised():
    text = '[review.rules]\nignore-without-reason = "error"'
    assert reviewed(ADDED | {"/x-signoff-ignore": [KIND]}, text)[0] == 1
    assert rules_of(reviewed(ADDED | {"/x-signoff-ignore": [KIND]}, text.replace("error", "off"))[1]) == []


def test_an_ignore_that_is_removed_makes_its_finding_new():
    ignored = CROSSED | {f"{LIST}/x-signoff-ignore": {"min-exceeds-max": "A test."}}
    Path("old.json").write_text(json.dumps(edited(SHOP, ignored)))
    code, found = reviewed(CROSSED, base="old.json")
    assert (code, rules_of(found), found["known_findings"]) == (1, ["min-exceeds-max"], 0)


# internal and unstable parts


def test_internal_and_draft_parts_are_counted():
    old = edited(SHOP, {f"{LIST}/x-internal": True, f"{MAKE}/x-stability": "draft"})
    Path("old.json").write_text(json.dumps(old))
    edits = {LIST: GONE, f"{MAKE}": GONE, "/paths/~1orders": GONE}
    answer = review(edits, "", base="old.json")
    assert "2 changes would be breaking or need review outside of internal and draft parts." in answer.output
    assert answer.exit_code == 0
    found = json.loads(Path("found.json").read_text())
    assert {change["freedom"] for change in found["changes"]} == {"internal", "draft"}


def test_a_configured_verdict_does_not_apply_to_internal_parts():
    Path("old.json").write_text(json.dumps(edited(SHOP, {f"{STATE}/x-internal": True})))
    edits = ADDED | {f"{STATE}/x-internal": True}
    assert reviewed(edits, f'[review.rules]\n{KIND} = "error"', base="old.json")[0] == 0


PUT = "/paths/~1orders~1{order_id}/put"
BODY = {f"{PUT}/parameters/0/schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
FORM = {f"{PUT}/parameters/0": {"name": "a", "in": "formData", "type": "string", "required": True}}
EDITS_OF_2_0 = [
    ({}, {f"{PUT}/parameters/3/maximum": 3}, "request-maximum-lowered", f"{PUT}/parameters/3"),
    (
        BODY,
        {f"{PUT}/parameters/0/schema/properties/a/maxLength": 3},
        "request-max-length-lowered",
        f"{PUT}/parameters/0",
    ),
    (FORM, {f"{PUT}/parameters/0/maxLength": 3}, "request-max-length-lowered", f"{PUT}/parameters/0"),
    (
        {},
        {"/definitions/Order/properties/name/maxLength": 3},
        "request-max-length-lowered",
        "/definitions/Order",
    ),
]


@pytest.mark.parametrize(("base", "edits", "kind", "holder"), EDITS_OF_2_0)
def test_places_of_2_0_are_those_of_the_file(base, edits, kind, holder):
    """Its bodies and forms are parameters, in the document as written."""
    old = edited(SHOP_2_0, base)

    def compared(old, new):
        Path("old.json").write_text(json.dumps(old, indent=1))
        Path("new.json").write_text(json.dumps(new, indent=1))
        command = ["review", "new.json", "--base", "old.json", "--no-config", "--report", "json=found.json"]
        assert CliRunner().invoke(main, command).exit_code in (0, 1)
        found = json.loads(Path("found.json").read_text())
        [change] = [change for change in found["changes"] if change["id"] == kind] or [None]
        return change, found["suppressed_changes"], rules_of(found)

    change, _, _ = compared(old, edited(old, edits))
    [pointer] = edits
    assert (change["verdict"], change["after"]["pointer"]) == ("breaking", pointer)
    assert (
        f'"{pointer.rpartition("/")[2]}": 3'
        in Path("new.json").read_text().splitlines()[change["after"]["line"] - 1]
    )
    ignored = edited(old, edits | {f"{holder}/x-signoff-ignore": {kind: "Agreed."}})
    change, suppressed, rules = compared(old, ignored)
    assert (change, len(suppressed), rules) == (None, 1, [])
    internal = edited(old, {f"{holder}/x-internal": True})
    change, _, _ = compared(internal, edited(internal, edits))
    assert (change["verdict"], change["freedom"]) == ("compatible", "internal")


# extends


def extends(*names):
    return f"[review]\nextends = {json.dumps(names)}\n"


def test_a_file_extends_others_and_the_last_one_wins(folder):
    (folder / "policies").mkdir()
    (folder / "policies/a.toml").write_text(
        f'[review]\nprofile = "all"\nrules = {{ {KIND} = "off", min-exceeds-max = "off" }}\n'
    )
    (folder / "policies/b.toml").write_text(f'{extends("c.toml")}rules = {{ min-exceeds-max = "info" }}\n')
    (folder / "policies/c.toml").write_text(
        '[review]\nprofile = "recommended"\nrules = {min-exceeds-max = "error"}\n'
    )
    text = extends("policies/a.toml", "policies/b.toml", "essential") + f'rules = {{ {KIND} = "warning" }}\n'
    code, found = reviewed(ADDED | NARROWED, text)
    assert (code, found["verdict"]) == (0, "needs-review")
    assert [(finding["rule"], finding["severity"]) for finding in found["findings"]] == [
        ("min-exceeds-max", "info")
    ]


def test_an_extended_rule_can_be_turned_on_again(folder):
    (folder / "a.toml").write_text('[review]\nrules = { min-exceeds-max = "off" }\n')
    assert rules_of(reviewed(CROSSED, extends("a.toml"), base="")[1]) == []
    text = extends("a.toml") + 'rules = { min-exceeds-max = "on" }\n'
    assert rules_of(reviewed(CROSSED, text, base="")[1]) == ["min-exceeds-max"]


def test_a_profile_can_be_extended():
    edits = {f"{MAKE}/summary": ""}
    assert rules_of(reviewed(edits, "", base="")[1]) == []
    assert "missing-description" in rules_of(reviewed(edits, extends("all"), base="")[1])
    own = f'{extends("all")}profile = "essential"\n'
    assert rules_of(reviewed(edits, own, base="")[1]) == []


def test_suppressions_add_up(folder):
    (folder / "a.toml").write_text(suppression("file = '*'"))
    own = f"{extends('a.toml')}{suppression('file = ' + repr('*'), 'min-exceeds-max')}"
    code, found = reviewed(ADDED | NARROWED, own)
    assert (code, len(found["suppressed"]), len(found["suppressed_changes"])) == (0, 1, 1)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {"signoff.toml": extends("missing.toml")},
            "is neither a file nor a profile (essential, recommended, all)",
        ),
        ({"signoff.toml": extends("../other.toml")}, "must be a file in"),
        ({"signoff.toml": extends("/etc/passwd")}, "must be a file in"),
        ({"signoff.toml": "[review]\nextends = 3\n"}, "must be a list of files and profiles"),
        ({"signoff.toml": "[review]\nextends = [3]\n"}, "must be a list of files and profiles"),
        ({"signoff.toml": extends("signoff.toml")}, "which extends this file"),
        (
            {"signoff.toml": extends("a.toml"), "a.toml": extends("b.toml"), "b.toml": extends("a.toml")},
            "b.toml: `review.extends[0]` extends 'a.toml', which extends this file",
        ),
        ({"signoff.toml": extends("a.toml"), "a.toml": "port = 3\n"}, "a.toml: `review` is missing"),
        ({"signoff.toml": extends("a.toml"), "a.toml": "[review]\nfail-on = 'never'\n"}, "can't be extended"),
        ({"signoff.toml": extends("a.toml"), "a.toml": "[review]\nrules = 'rules.py'\n"}, "must be a table"),
        ({"signoff.toml": extends("a.toml"), "a.toml": "[review\n"}, "a.toml: not TOML"),
        (
            {"signoff.toml": extends("a.toml"), "a.toml": "[review.rules]\nmin-exceds-max = 'off'\n"},
            "a.toml: `review.rules.min-exceds-max` unknown rule",
        ),
        (
            {
                "signoff.toml": extends("a.toml"),
                **{f"{n}.toml": extends(*[f"{chr(ord(n) + 1)}.toml"] * 3) for n in "abcdefg"},
                "h.toml": extends("all"),
            },
            "leads to more than 50 files",
        ),
    ],
)
def test_what_cannot_be_extended_is_2(folder, files, words):
    for name, text in files.items():
        (folder / name).write_text(text)
    answer = review({}, files["signoff.toml"])
    assert answer.exit_code == 2, answer.output
    assert words in answer.output, answer.output
