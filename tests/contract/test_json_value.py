import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.contract import json_value
from signoff.contract.json_value import JsonSyntaxError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(JSON)
def test_what_json_writes_is_read_back(value):
    assert json_value.parse(json.dumps(value).encode()) == value


@given(st.binary())
def test_any_octets_are_a_value_or_a_syntax_error(data):
    with contextlib.suppress(JsonSyntaxError):
        json_value.parse(data)


@pytest.mark.parametrize(
    ("data", "reason", "arguable"),
    [
        (b'{"a": 1, "a": 2}', "duplicate", True),
        (b"[NaN]", "NaN", True),
        (b"-Infinity", "Infinity", True),
        (b"\xef\xbb\xbf{}", "byte order mark", True),
        (b'"\\ud800"', "surrogate", True),
        (b"[" * 200_000, "too deep", True),
        (b"9" * 5000, "digits", True),
        (b"\xff", "not UTF-8", False),
        (b"{} x", "Extra data", False),
        (b"", "Expecting value", False),
        (b'{"a": }', "Expecting value", False),
    ],
)
def test_what_is_not_json_is_refused_with_its_reason(data, reason, arguable):
    with pytest.raises(JsonSyntaxError, match=reason) as caught:
        json_value.parse(data)
    assert caught.value.arguable is arguable


def test_a_syntax_error_names_the_place():
    with pytest.raises(JsonSyntaxError) as caught:
        json_value.parse(b'{\n  "a": nope}')
    assert (caught.value.line, caught.value.column) == (2, 8)
