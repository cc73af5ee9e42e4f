"""What expressions cost: those that would take long have no result."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.contract.expressions import Expression, ExpressionError, NoResultError

LONGEST_S = 20  # of CPU time, on a slow machine; without the bound it would be hours


def holds(source, **values):
    return Expression.compiled(source, tuple(values)).result(values)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x.all(a, a < 100)", True),
        ("x . exists\n( a , a == 7 )", True),
        ("x.map(a, a + 1).filter(b, b > 9).size() == 1", True),
        ("x.exists_one(a, a == 3) && x.existsOne(a, a == 3)", True),
        ("'// no comment' == '// no comment' // a comment", True),
        ('r\'\\\' == \'\\\\\' && """a"b""" == \'a"b\'', True),
        ("x.all(a, 'abc'.matches('^[a-c]+$'))", True),
    ],
)
def test_usual_expressions_have_a_result(source, expected):
    assert holds(source, x=list(range(10))) == expected


LONG = list(range(3000))
HOSTILE = {
    "nested": "x.all(a, x.all(b, x.all(c, true)))",
    "spaces": "x . all ( a , x . all ( b , x . all ( c , true ) ) )",
    "lines": "x.all\n(a,\n x.\nall(b, x\n.all\n(c, true)))",
    "comments": "x.all // (\n(a, x.all(b, // )\n x.all(c, true)))",
    "raw texts": "r'\\' != '' && x.all(a, x.all(b, x.all(c, true))) && '' == ''",
    "escaped quotes": "'\\'' != '' && x.all(a, x.all(b, x.all(c, true))) && '\\'' != ''",
    "three quotes": '"""""" == \'\' && x.all(a, x.all(b, x.all(c, true)))',
    "other macros": "x.map(a, x.filter(b, x.existsOne(c, c == b))).size() > 0",
    "the name of a variable": "x.all(x, true) && x . all ( x , true ) && x.all(x, true)",
    "sums of lists": f"({' + '.join(['x'] * 40)}).all(a, ({' + '.join(['x'] * 40)}).all(b, true))",
    "lists compared": "x.all(a, x == x) && x.map(a, x) == x.map(b, x)",
    "search in lists": "x.all(a, !(-1 in x)) || x.all(a, x.all(b, true))",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_an_expression_that_would_take_long_has_no_result(source):
    with pytest.raises(NoResultError, match="too large"):
        holds(source, x=LONG)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (" + ".join(["s"] * 200) + " == ''", "a" * 1_000_000),
        ("s.matches(s)", "a?" * 20_000),
        ("[1, 2, 3].all(a, s.matches(s + s))", "a*" * 10_000),
        (" || ".join(["lower(s) == ''"] * 100), "a" * 8_000_000),
    ],
)
def test_long_texts_are_not_multiplied(source, text):
    with pytest.raises(NoResultError, match="too large"):
        holds(source, s=text)


def test_a_written_pattern_reads_a_long_text():
    assert holds("s.matches('^a+$')", s="a" * 1_000_000) is True


@pytest.mark.parametrize("condition", ["a.n >= 0", "a.n != -1", "a.n in [0, 1, 2]"])
def test_a_long_list_is_read_once(condition):
    assert holds(f"x.all(a, {condition})", x=[{"n": number % 3} for number in range(30_000)]) is True


def test_a_variable_of_a_loop_is_known_and_others_are_not():
    assert holds("x . all ( each , each > 0 )", x=[1]) is True
    with pytest.raises(ExpressionError, match="unknown variable `other`"):
        holds("x.all(each, other > 0)", x=[1])


LISTS = st.sampled_from(["x", "(x + x)", "x.map(v, x)", "[1, 2, 3]", "x.filter(w, w > 0)"])
INNER = st.sampled_from(["true", "x == x", "s.contains('b')", "s + s != s", "s.matches('b+$')", "a in x"])
SPACES = st.sampled_from(["", " ", "\n", " //(\n"])


@st.composite
def expressions(draw):
    made = draw(INNER)
    for _ in range(draw(st.integers(1, 4))):
        space, macro = draw(SPACES), draw(st.sampled_from(["all", "exists", "exists_one"]))
        made = f"{draw(LISTS)}{space}.{macro}{space}(a{space},{made})"
    return made


@settings(max_examples=60, deadline=None)
@given(source=expressions(), length=st.sampled_from([0, 5, 60, 1000, 20_000]))
def test_every_expression_ends_soon(source, length):
    started = time.process_time()
    with suppress(NoResultError):
        holds(source, x=list(range(length)), s="a" * length, a=0)
    assert time.process_time() - started < LONGEST_S
