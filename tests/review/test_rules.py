"""Every rule reports what it should, nothing else, and is the only one to report it."""

import json

import pytest

from signoff.review.rules import RULES, Profile, catalogue
from tests.review.cases import FIRING, SILENT
from tests.review.documents import SHOP, SHOP_2_0, SHOP_3_0, edited, profile_of, rules_found


def named(case):
    rule, base, edits = case
    version = base.get("openapi", base.get("swagger"))
    return f"{rule}-{version}-{json.dumps(list(edits), default=str)[:60]}"


@pytest.mark.parametrize("case", FIRING, ids=named)
def test_a_rule_reports(tmp_path, case):
    rule, base, edits = case
    assert rule in rules_found(tmp_path, edited(base, edits), profile_of(rule))


@pytest.mark.parametrize(
    "case", [case for case in FIRING if profile_of(case[0]) is Profile.ESSENTIAL], ids=named
)
def test_one_problem_is_reported_once(tmp_path, case):
    rule, base, edits = case
    assert rules_found(tmp_path, edited(base, edits)) == {rule}


@pytest.mark.parametrize("case", SILENT, ids=named)
def test_a_rule_does_not_report(tmp_path, case):
    rule, base, edits = case
    assert rule not in rules_found(tmp_path, edited(base, edits), Profile.ALL)


def test_every_rule_has_a_firing_and_a_silent_case():
    assert {rule for rule, *_ in FIRING} == set(RULES) == {rule for rule, *_ in SILENT}


@pytest.mark.parametrize("base", [SHOP, SHOP_3_0])
def test_a_clean_document_has_no_findings(tmp_path, base):
    assert rules_found(tmp_path, base, Profile.ALL) == set()


def test_a_clean_document_of_swagger_has_no_findings(tmp_path):
    assert rules_found(tmp_path, SHOP_2_0, Profile.ESSENTIAL) == set()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_has_a_reason_and_a_source(rule):
    assert rule.id == rule.id.lower().strip("-")
    assert rule.rationale.endswith(".")
    assert rule.source
    assert rule.find.__doc__


def test_the_catalogue_lists_every_rule():
    table = catalogue()
    assert all(f"| `{rule}` |" in table for rule in RULES)
