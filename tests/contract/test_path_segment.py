"""Templated segments of paths."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.contract.path_segment import SegmentPattern

CHOICES = {"extension": [".json", ".tar.gz", ".gz"], "sign": ["+", "-"]}


def by_expression(segment, choices):
    """What a regular expression says whose parameters take what they can."""
    parts = re.split(r"\{([^{}]*)\}", segment)
    for index, part in enumerate(parts):
        is_choice = index % 2 and part in choices and "}{" in segment
        options = "|".join(map(re.escape, choices[part])) if is_choice else ".+"
        parts[index] = f"({options})" if index % 2 else re.escape(part)
    return re.compile("".join(parts), re.DOTALL)


@pytest.mark.parametrize(
    ("template", "segment", "texts"),
    [
        ("{name}.{type}", "a.b.csv", ("a.b", "csv")),
        ("{id}{extension}", "a.tar.gz", ("a.tar", ".gz")),
        ("{id}{extension}", "7", None),
        ("v{major}.{minor}", "v1.2.3", ("1.2", "3")),
        ("{a}{b}{c}", "1234", ("12", "3", "4")),
        ("{a}{b}{c}", "12", None),
        ("users({id})", "users%28a%2Fb%29", ("a%2Fb",)),
        ("{sign}{n}", "-7", ("-", "7")),
        ("{n}{sign}{extension}", "5+.json", ("5", "+", ".json")),
        ("x{a}", "x", None),
        ("{a}x", "x", None),
    ],
)
def test_texts_of_the_parameters(template, segment, texts):
    assert SegmentPattern.of(template, CHOICES).match(segment) == texts


PIECES = st.sampled_from(["{p}", "{q}", "{extension}", "{sign}", "a", ".", "-", "ab", ".gz"])


@given(st.lists(PIECES, min_size=1, max_size=6), st.text("ab.-+gzjson", max_size=12))
def test_as_a_regular_expression_would(pieces, segment):
    template = "".join(pieces)
    if "{" not in template:
        return
    found = by_expression(template, CHOICES).fullmatch(segment)
    assert SegmentPattern.of(template, CHOICES).match(segment) == (found.groups() if found else None)


@pytest.mark.parametrize("template", ["{p}" * 60, "-".join(["{p}"] * 60), "{p}{sign}" * 30])
def test_many_parameters_take_one_pass(template):
    """A regular expression does not come to an end on these."""
    assert SegmentPattern.of(template, CHOICES).match("x" * 60_000 + "%") == (
        None if "-" in template or "sign" in template else ("x" * 59_942, *"x" * 58, "%")
    )
