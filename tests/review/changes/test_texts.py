"""Strings for patterns."""

import re
import time

import pytest

from signoff.review.changes.counterexamples.texts import drawn

PATTERNS = [
    "^[a-z]{1,5000}$",
    "^(a{2,}b{0,90000}){3}$",
    "^x{7}$",
    r"^\{1,2\}$",
    "^(([a-z]{1,900} ){1,900}){2,90}$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_wide_counts_give_short_strings_that_match(pattern):
    started = time.process_time()
    found = drawn(pattern)
    assert found
    assert all(re.search(pattern, text) for text in found)
    assert time.process_time() - started < 1


def test_a_long_minimum_gives_nothing():
    assert drawn("^a{9000000}$") == drawn("^a{9000000,}$") == []
