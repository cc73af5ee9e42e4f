"""Negated classes are written as what they admit, so that texts made of them are the same everywhere."""

import os
import re
import subprocess
import sys

import pytest

from signoff.contract.patterns import with_named_characters

MADE = """
from random import Random
from signoff.generate.patterns import matching
print([matching(Random(n), ["^[^/]{3}:[^ab\\\\\\\\d]+$"], 0, None, []) for n in range(20)])
"""


@pytest.mark.parametrize(
    ("pattern", "spelt"),
    [
        ("^[^a-z]$", "^[0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ]$"),
        (r"[^\w ]", "[" + "".join(re.escape(c) for c in "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~") + "]"),
        (r"\[^a]", r"\[^a]"),
        ("[a^]", "[a^]"),
        (r"[^\s\S]", r"[^\s\S]"),
        ("[^", "[^"),
    ],
)
def test_spelling(pattern, spelt):
    assert with_named_characters(pattern) == spelt


@pytest.mark.parametrize("pattern", [r"[^/\]]x", "[^]a]", r"a[^\d]+[^,;]*$", r"[^\\]"])
def test_it_matches_no_more_than_before(pattern):
    spelt = re.compile(with_named_characters(pattern))
    texts = [chr(one) + chr(two) for one in range(32, 127) for two in range(32, 127)]
    assert any(map(spelt.search, texts))
    assert all(re.search(pattern, text) for text in texts if spelt.search(text))


def test_texts_do_not_depend_on_the_hash_seed():
    made = {
        subprocess.run(
            [sys.executable, "-c", MADE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(made) == 1
