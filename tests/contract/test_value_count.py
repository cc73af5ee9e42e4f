"""The number of values in a body, told before it is read."""

import json
import time
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.contract import forms
from signoff.contract.bundle import Bundle
from signoff.contract.contract import Encoding
from signoff.contract.forms import FormSyntaxError
from signoff.contract.limits import BODY_VALUES
from signoff.contract.schemas import SchemaSet
from signoff.contract.value_count import has_more_values

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TEXT = st.text(alphabet=',[]{}"\\:\n a<=', max_size=8)
VALUES = st.recursive(
    st.none() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def parts_within(value):
    """How many values are in a value: one for an empty list, too, because it has room for one."""
    if not isinstance(value, list | dict):
        return 0
    inner = list(value.values()) if isinstance(value, dict) else value
    return max(1, len(inner)) + sum(map(parts_within, inner))


def most_of(body, content_type):
    """The largest limit that a body exceeds, plus 1."""
    return next(most for most in range(1000) if not has_more_values(body, content_type, most))


@given(VALUES, st.sampled_from([None, 1]))
def test_json_values_are_counted_outside_strings(value, indent):
    assert most_of(json.dumps(value, indent=indent).encode(), JSON) == parts_within(value)


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_each_text_of_a_sequence_is_one_more(values):
    lines = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    texts = b"".join(b"\x1e" + json.dumps(value).encode() for value in values)
    expected = len(values) + sum(map(parts_within, values))
    assert most_of(lines, "application/jsonl") == expected
    assert most_of(texts, "application/json-seq") == expected


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"<a><b c='1' d=\"2\">x = y, z = 1</b><b/></a>", "application/xml", 5),
        (b"<a>&lt;" + b"=" * 50 + b"</a>", "application/problem+xml; charset=utf-8", 1),
        (b"a=1&b=2&c=3", FORM, 2),
        (b"a=" + b"%C3%A9" * 8, FORM, 4),
        (b"--x\r\n\r\na\r\n--x\r\n\r\nb, -- c\r\n--x--", "multipart/form-data; boundary=x", 2),
        (b"a=1&b=2", "multipart/form-data", 1),  # as it is read
        (b"- 1\n- [2, 3]\r\n", "application/yaml", 4),
        ("- 1\r- 2\u2028- 3\x85".encode(), "application/yaml", 3),
        (b"1\r2\r\n3\n", "application/jsonl", 3),
        (b'"unfinished, [1, 2', JSON, 0),
        (b"[1, 2, 3]", "text/plain", 0),
        (b"[1, 2, 3]", "", 0),
    ],
)
def test_other_media_types(body, content_type, expected):
    assert most_of(body, content_type) == expected


def test_a_key_of_a_million_brackets_is_not_taken_apart():
    started = time.process_time()
    found = forms.read_deep_object(
        [("f" + "[a]" * 1_000_000, "1"), ("f[a]", "2")], "f", {}, SchemaSet(Bundle({}, ()))
    )
    assert found == {"a": "2"}
    assert time.process_time() - started < 0.1  # with a list of them: 0.3


@pytest.mark.parametrize(
    ("schema", "encoding", "is_over"),
    [
        ({"type": "object"}, None, True),
        ({"type": "array", "items": {"type": "integer"}}, JSON, True),
        ({"type": "array", "items": {"type": "array"}}, None, True),
        ({"type": "array", "items": {"type": "string"}}, None, False),  # a file
        ({"type": "string"}, None, False),
    ],
)
@pytest.mark.parametrize("is_multipart", [False, True])
def test_values_in_fields_of_forms_count(schema, encoding, is_over, is_multipart):
    most = BODY_VALUES.value
    data, content_type = b"f=[" + b"[]," * most + b"[]]", FORM
    if is_multipart:
        head = b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n'
        data, content_type = head + data[2:] + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
    whole = {"type": "object", "properties": {"f": schema}}
    encodings = {"f": Encoding(encoding, None, None)} if encoding else {}
    raised = pytest.raises(FormSyntaxError, match="--max-body-values") if is_over else nullcontext()
    schemas = SchemaSet(Bundle(whole, ()))
    with raised:
        forms.read(data, content_type, whole, schemas, encodings, BODY_VALUES)
    forms.read(data, content_type, whole, schemas, encodings)  # a response has no such limit
