"""Bounds beyond floating-point numbers are compared like all others."""

import json
from fractions import Fraction

import pytest

from signoff.review.changes.sets.shape import as_number
from tests.hostile import ends
from tests.test_hostile_documents import described

HUGE = 10**400


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ({}, {"minimum": HUGE}, 1),
        ({"maximum": HUGE}, {"maximum": HUGE - 1}, 1),
        ({"type": "number", "exclusiveMinimum": -HUGE}, {"type": "number", "exclusiveMinimum": 0.5}, 1),
        ({"type": "number", "minimum": -HUGE}, {"type": "number", "minimum": -HUGE}, 0),
    ],
)
def test_bounds(tmp_path, before, after, code):
    for name, schema in (("old", before), ("new", after)):
        (tmp_path / f"{name}.json").write_text(json.dumps(described({"type": "integer", **schema})))
    new, old = str(tmp_path / "new.json"), str(tmp_path / "old.json")
    assert ends("--no-config", "review", new, "--base", old, "--profile", "essential") == code


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (Fraction(1, 2), 0.5),
        (Fraction(7), 7),
        (HUGE + Fraction(1, 2), HUGE),
        (-HUGE - Fraction(1, 2), -HUGE),
        (2**52 + Fraction(1, 2), 2**52 + 0.5),
    ],
)
def test_numbers_of_fractions(value, number):
    assert as_number(value) == number
