"""Profiles, rules and suppressions: where they are read from, what they do, and errors in them."""

import json
from datetime import date

import pytest

from signoff import project as projects
from signoff.contract.errors import DataError
from signoff.reporting.model import Severity
from signoff.review.configuration import Configuration, of
from signoff.review.inspection import review_document
from signoff.review.rules import Profile
from tests.review.documents import LIST, MAKE, SCHEMAS, SHOP, edited, reviewed

TODAY = date(2026, 11, 24)
SUPPRESSION = """
[[review.suppressions]]
rule = "min-exceeds-max"
{place}
reason = "The store takes no names for now."
{more}
"""


def configured(folder, text, name="signoff.toml"):
    (folder / name).write_text(text)
    return of(projects.load(folder / name))


def test_signoff_toml_and_pyproject_are_equivalent(tmp_path):
    own = configured(tmp_path, '[review]\nprofile = "all"\nrules = {unused-tag = "off"}')
    shared = configured(
        tmp_path, '[tool.signoff.review]\nprofile = "all"\nrules = {unused-tag = false}', "pyproject.toml"
    )
    assert (
        (own.profile, dict(own.rules))
        == (shared.profile, dict(shared.rules))
        == (Profile.ALL, {"unused-tag": None})
    )


def test_the_nearest_configuration_is_used(tmp_path):
    inner = tmp_path / "api" / "v1"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.signoff.review]\nprofile = "recommended"')
    (tmp_path / "api" / "pyproject.toml").write_text('[project]\nname = "api"')
    assert of(projects.find(inner)).profile is Profile.RECOMMENDED
    (inner / "signoff.toml").write_text('[review]\nprofile = "all"')
    assert of(projects.find(inner)).profile is Profile.ALL


def test_the_essential_rules_run_by_default(tmp_path):
    (tmp_path / "signoff.toml").write_text("[mock]\nport = 4010\n")
    assert of(projects.load(tmp_path / "signoff.toml")).profile is Profile.ESSENTIAL
    assert Configuration().profile is Profile.ESSENTIAL


def test_a_rule_is_turned_off_on_and_given_a_severity(tmp_path):
    document = edited(
        SHOP, {f"{SCHEMAS}/NewOrder/properties/gift_note/minLength": 201, f"{MAKE}/summary": ""}
    )

    def found(rules):
        configuration = configured(tmp_path, f"[review.rules]\n{rules}")
        (tmp_path / "shop.json").touch()
        reviewed(tmp_path, document)
        return [(f.rule, f.severity) for f in review_document(tmp_path / "shop.json", configuration).findings]

    assert found('min-exceeds-max = "off"') == []
    assert found('min-exceeds-max = "info"') == [("min-exceeds-max", Severity.INFO)]
    assert ("missing-description", Severity.WARNING) in found('missing-description = "on"')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[review]\nprofile = 'strict'", "`review.profile` must be one of essential, recommended, all"),
        ("[review]\nrules = ['x']", "`review.rules` must be a table"),
        (
            "[review.rules]\nmin-exceds-max = 'off'",
            "unknown rule 'min-exceds-max'; did you mean min-exceeds-max?",
        ),
        ("[review.rules]\nmin-exceeds-max = 'loud'", "`review.rules.min-exceeds-max` must be on, off"),
        ("[review]\nsuppressions = {}", "`review.suppressions` must be an array"),
        (
            "[[review.suppressions]]\nrule = 'min-exceeds-max'\npointer = '/a'",
            "`review.suppressions[0].reason` is missing",
        ),
        ("[[review.suppressions]]\nreason = 'r'\npointer = '/a'", "`review.suppressions[0].rule` is missing"),
        ("[[review.suppressions]]\nrule = 'min-exceeds-max'\nreason = 'r'", "has no place"),
        (
            "[[review.suppressions]]\nrule = 'min-exceeds-max'\nreason = 'r'\npointer = 3",
            "`review.suppressions[0].pointer` must be",
        ),
        (
            "[[review.suppressions]]\nrule = 'empty-enum'\nreason = 'r'\npointer = '/a'\nexpires = 'soon'",
            "`review.suppressions[0].expires` must be a date",
        ),
        (
            "[[review.suppressions]]\nrule = 'min-exceeds-max'\nreason = 'r'\npath = '/a'",
            "unknown key `path`",
        ),
        ("[review", "not TOML"),
        ("review = 3", "`review` must be a table"),
    ],
)
def test_an_error_names_the_key(tmp_path, text, words):
    with pytest.raises(DataError) as raised:
        configured(tmp_path, text)
    assert words in str(raised.value)
    assert "signoff.toml" in str(raised.value)


def inspected(folder, place, more="", today=TODAY, edits=None):
    edits = {f"{SCHEMAS}/NewOrder/properties/customer_name/minLength": 81} if edits is None else edits
    configuration = configured(folder, SUPPRESSION.format(place=place, more=more))
    reviewed(folder, edited(SHOP, edits))
    return review_document(folder / "shop.json", configuration, today=today)


@pytest.mark.parametrize(
    "place",
    [
        "pointer = '/components/schemas/*/properties/*/minLength'",
        "pointer = '/components/**'",
        "pointer = '/components/schemas/NewOrder/**'",
        "file = 'shop.json'",
        "file = '*.json'\npointer = '**'",
    ],
)
def test_a_suppression_removes_a_finding(tmp_path, place):
    inspection = inspected(tmp_path, place)
    assert inspection.findings == ()
    [held] = inspection.suppressed
    assert (held.item.rule, held.reason) == ("min-exceeds-max", "The store takes no names for now.")


@pytest.mark.parametrize("named", ["list_orders", "GET /orders"])
def test_a_suppression_may_name_an_operation(tmp_path, named):
    edits = {f"{LIST}/parameters/0/schema/minimum": 101, f"{LIST}/parameters/0/schema/default": 101}
    inspection = inspected(tmp_path, f"operation = '{named}'", edits=edits)
    assert [held.item.rule for held in inspection.suppressed] == ["min-exceeds-max"]


@pytest.mark.parametrize("place", ["pointer = '/components/schemas/*'", "operation = 'get_order'"])
def test_a_suppression_for_another_place_is_unused(tmp_path, place):
    inspection = inspected(tmp_path, place)
    assert [f.rule for f in inspection.findings] == ["min-exceeds-max", "unused-suppression"]
    assert inspection.findings[-1].location.line == 2
    assert inspection.findings[-1].location.file.endswith("signoff.toml")


def test_a_suppression_is_valid_until_its_last_day(tmp_path):
    place, more = "file = 'shop.json'", "expires = 2026-11-24"
    assert inspected(tmp_path, place, more).findings == ()
    expired = inspected(tmp_path, place, more, today=date(2026, 11, 25))
    assert [f.rule for f in expired.findings] == ["min-exceeds-max", "expired-suppression"]
    assert "2026-11-24" in expired.findings[-1].message


def test_a_suppression_of_another_document_is_not_unused(tmp_path):
    inspection = inspected(tmp_path, "file = 'bills.json'")
    assert [finding.rule for finding in inspection.findings] == ["min-exceeds-max"]


def test_a_suppression_of_a_rule_that_does_not_run_is_not_unused(tmp_path):
    text = "[[review.suppressions]]\nrule = 'unused-tag'\npointer = '/tags/*'\nreason = 'r'\n"
    reviewed(tmp_path, SHOP)
    assert review_document(tmp_path / "shop.json", configured(tmp_path, text)).findings == ()


def test_unused_suppressions_can_be_allowed(tmp_path):
    stale = "[[review.suppressions]]\nrule = 'min-exceeds-max'\nfile = '*'\nreason = 'r'\n"
    text = f"[review.rules]\nunused-suppression = 'off'\n{stale}"
    reviewed(tmp_path, SHOP)
    assert review_document(tmp_path / "shop.json", configured(tmp_path, text)).findings == ()


def test_places_in_one_line_are_counted(tmp_path):
    broken = {f"{SCHEMAS}/Broken{each}": {"type": "string", "enum": []} for each in range(5)}
    (tmp_path / "shop.json").write_text(json.dumps(edited(SHOP, broken)))
    [finding] = review_document(tmp_path / "shop.json").findings
    assert finding.suggestion.endswith("Also in 4 more places on line 1.")


def test_a_suppression_of_one_place_leaves_the_others(tmp_path):
    broken = {
        f"{SCHEMAS}/Broken{number}": {"type": "string", "minLength": 3, "maxLength": 2} for number in range(5)
    }
    inspection = inspected(tmp_path, "pointer = '/components/schemas/Broken0/*'", edits=broken)
    [finding] = inspection.findings
    assert finding.location.pointer == f"{SCHEMAS}/Broken1/minLength"
    assert "Also on lines" in finding.suggestion
    assert len(inspection.suppressed) == 1
