"""The lines and columns of the parts of a JSON text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.contract import yaml_value
from signoff.contract.json_positions import JsonPositions
from tests.contract.test_yaml_value import VALUES

NAMES = st.text(st.characters(codec="ascii", min_codepoint=32), max_size=4)


@settings(deadline=None)
@given(
    st.dictionaries(NAMES, VALUES) | st.lists(VALUES),
    st.sampled_from([None, 0, 2]),
    st.sampled_from([(",", ":"), (" , ", " :  ")]),
)
def test_positions_are_those_of_the_same_text_as_yaml(value, indent, separators):
    text = json.dumps(value, indent=indent, separators=separators)
    _, expected = yaml_value.parse(text)
    positions = JsonPositions(text)
    assert {pointer: positions.locate(pointer) for pointer in expected} == expected


@pytest.mark.parametrize(
    ("pointer", "position"),
    [
        ("", (2, 1)),
        ("/a b", (3, 2)),
        ("/a b/1", (4, 13)),
        ("/a b/1/\U0001f600", (4, 14)),
        ("/a~1~0", (5, 4)),
        ("/a b/7/nothing", (3, 2)),
        ("/missing", (2, 1)),
        ("/a~1~0/deeper", (5, 4)),
    ],
)
def test_tabs_carriage_returns_escapes_and_places_around(pointer, position):
    text = (
        '\r\n{\r\n\t"a b": [0,\n          \t {"\\ud83d\\ude00": "}]"}],\r  \t"a/~": "\\"{[", "empty": {} }\n'
    )
    assert JsonPositions(text).locate(pointer) == position
