"""The checks of the reports API itself, through the extension point that every project has."""

import pytest

from signoff.conformance import load_checks
from signoff.conformance.checks import KIT
from signoff.conformance.evidence import Evidence
from signoff.conformance.judge import Judge
from signoff.conformance.options import Selection
from tests.conformance.test_checks import (
    AS_JSON,
    EXPORT,
    JSON_EXPORT,
    SOUND,
    as_json,
    csv,
    exchange,
    related,
)
from tests.conftest import ROOT

__all__ = ["exchange", "related"]
OWN = load_checks([str(ROOT / "contract_tests" / "checks")])


@pytest.fixture
def judge(contract):
    return Judge(contract, "/api", Evidence(contract, Selection(is_timed=True), OWN), bound_s=2.0)


FIRING = [
    ("filename-safe", {"body": EXPORT | {"filename": "../a.csv"}}),
    ("filename-safe", {"body": EXPORT | {"filename": "con.csv"}}),
    ("filename-safe", {"body": EXPORT | {"filename": "a" * 300 + ".csv"}}),
    ("csv-utf8", csv('"a"\n"\0"\n')),
    ("csv-quoting", csv('"a\n"b"\n')),
    ("csv-quoting", csv('a\nb"c\n')),
    ("csv-header", csv("")),
    ("csv-header", csv('"a","a"\n"1","2"\n')),
    ("csv-header", csv('"a",""\n')),
    ("csv-header", csv('"x","12"\n"y","13"\n')),
    ("csv-even-rows", csv('"a","b"\n"1"\n')),
    ("csv-line-ends", csv('"a"\n"1"\r\n')),
    ("csv-no-formula", csv('"a"\n"=1+1"\n')),
    ("csv-no-formula", csv('"a"\n"@x"\n')),
    ("json-content-parses", as_json("{")),
    ("json-rows-match-columns", as_json('{"columns": [{"name": "a"}], "rows": [{"b": 1}]}')),
    (
        "json-rows-match-columns",
        as_json('{"columns": [{"name": "a", "kind": "measure"}], "rows": [{"a": "1"}]}'),
    ),
    ("json-rows-match-columns", as_json("[]")),
    ("json-rows-match-columns", as_json('{"columns": [{"name": "a"}, {"name": "a"}], "rows": []}')),
]


def failing(judge):
    return {failure.check.id for failure in [*judge.evidence.errors, *judge.evidence.warnings]}


@pytest.mark.parametrize(
    ("check_id", "like"), FIRING, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_check_fires(judge, exchange, check_id, like):
    judge.judge(exchange(**like))
    assert check_id in failing(judge)


@pytest.mark.parametrize("like", SOUND)
def test_no_check_accuses_a_sound_response(judge, exchange, like):
    judge.judge(exchange(**like))
    assert failing(judge) - {"undeclared-members"} == set()  # a warning, as the schema is not closed


def test_every_check_has_a_row_that_fires():
    assert {check_id for check_id, _ in FIRING} == OWN.checks.keys() - KIT.checks.keys()
    assert OWN.relations.keys() - KIT.relations.keys() == {
        "export-repeatable",
        "formats-agree",
        "time-moves-forward",
    }


def test_every_check_states_what_why_and_its_source():
    for check in OWN.entries:
        assert check.find.__doc__
        assert check.rationale.endswith(".")
        assert check.source
        assert check.not_covered


def test_export_repeatable(related):
    assert related({}, {}) == set()
    assert related({}, {"body": EXPORT | {"as_of": "2026-01-15T09:31:00Z", "content": '"a"\n'}}) == set()
    assert related({}, csv('"a"\n')) == {"export-repeatable"}


@pytest.mark.parametrize(
    "content",
    [
        AS_JSON.replace("1}", "2}"),
        '{"columns": [{"name": "tool"}], "rows": [{"tool": "x"}]}',
        '{"columns": [{"name": "tool"}, {"name": "calls"}], "rows": []}',
    ],
)
def test_formats_agree(related, content):
    assert related({}, {"asked": {"format": "json"}, "body": JSON_EXPORT}) == set()
    other = {"asked": {"format": "json"}, "body": JSON_EXPORT | {"content": content}}
    assert related({}, other) == {"formats-agree"}


def test_time_moves_forward(related):
    earlier = {"body": EXPORT | {"as_of": "2026-01-14T09:30:00Z", "content": '"a"\n'}}
    assert related(earlier, {}) == set()
    assert related({}, earlier) == {"time-moves-forward"}
