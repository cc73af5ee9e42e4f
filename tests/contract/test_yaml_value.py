import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from signoff.contract import yaml_value
from signoff.contract.yaml_value import YamlError

PLAIN = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | PLAIN,
    lambda inner: st.lists(inner) | st.dictionaries(PLAIN, inner),
    max_leaves=15,
)


@given(VALUES)
def test_json_is_read_as_yaml(value):
    assert yaml_value.parse(json.dumps(value))[0] == value


@given(st.dictionaries(PLAIN, VALUES))
def test_every_pointer_has_a_position(value):
    _, positions = yaml_value.parse(yaml.safe_dump(value))
    assert {f"/{key}" for key in value} <= positions.keys()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("2026-01-15", "2026-01-15"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("010", 10),
        ("0x1F", 31),
        ("1e3", 1000.0),
        ("TRUE", True),
        ("~", None),
        ("{200: ok}", {"200": "ok"}),
        ("|-\n \t\n text", "\ntext"),
        ("{a: &x yes, b: *x, c: &x 1, d: *x}", {"a": "yes", "b": "yes", "c": 1, "d": 1}),
        ("a: &x {b: 1}\nc: {<<: *x, d: 2}", {"a": {"b": 1}, "c": {"b": 1, "d": 2}}),
        ("!!python/object/apply:os.system [id]", ["id"]),
    ],
)
def test_scalars_follow_yaml_1_2(text, value):
    assert yaml_value.parse(text)[0] == value


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("a: 1\nb: 2\na: 3", "duplicate", 3),
        ("a: [1, 2", "did not find expected", 1),
        ("a: *nope", "undefined alias", 1),
        ("a: &x [*x]", "contains itself", 1),
        ("? [1]\n: 2", "scalar", 1),
        ("a: 1\n---\nb: 2", "single document", 0),
    ],
)
def test_broken_yaml_names_the_line(text, reason, line):
    with pytest.raises(YamlError) as caught:
        yaml_value.parse(text)
    assert reason in caught.value.reason
    assert caught.value.line >= line


def test_nested_aliases_stop():
    text = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    with pytest.raises(YamlError, match="too many"):
        yaml_value.parse(text)


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 5_000, "- " * 5_000 + "x"])
def test_deep_nesting_is_an_error(text):
    with pytest.raises(YamlError, match="250 levels deep"):
        yaml_value.parse(text)
