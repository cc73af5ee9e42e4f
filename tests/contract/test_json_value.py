import contextlib
import json
import time

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
        (b"[" * 200_000, "nested more than 250 levels deep", True),
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


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_the_deepest_value_is_read_and_one_deeper_names_its_place(opening):
    closing = "]" if opening == "[" else "}"
    limit = json_value.MAX_DEPTH
    json_value.parse_text(opening * limit + "1" + closing * limit)
    with pytest.raises(JsonSyntaxError) as caught:
        json_value.parse_text("\n" + opening * (limit + 1) + "1" + closing * (limit + 1))
    assert (caught.value.line, caught.value.column) == (2, len(opening) * limit + 1)


def test_brackets_in_strings_are_not_nesting():
    text = f'["{"[" * 300}", "\\"{"{" * 300}"]'
    assert json_value.parse_text(text) == ["[" * 300, '"' + "{" * 300]


def test_a_duplicate_among_many_members_is_found_in_one_pass():
    """200,000 members took over a minute when each was looked for among all."""
    members = ",".join(f'"{number}":1' for number in range(200_000))
    with pytest.raises(JsonSyntaxError, match='duplicate property "199999"'):
        json_value.parse_text(f'{{{members},"199999":2}}')


def test_quotes_in_a_string_that_is_never_closed_are_not_tried_one_by_one():
    started = time.process_time()
    with pytest.raises(JsonSyntaxError, match="Unterminated string"):
        json_value.parse(b'"' + rb"\"[]" * 10_000)
    assert time.process_time() - started < 0.5  # quadratic: 2
