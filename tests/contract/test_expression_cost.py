"""What an expression costs is counted before it is evaluated, whatever it looks like."""

import random
from dataclasses import replace

import pytest

from signoff.contract.expression_cost import Budget
from signoff.contract.expressions import Expression, ExpressionCostError, ExpressionError, NoResultError
from signoff.contract.limits import EXPRESSION

FEW = {"request": {"body": {"items": [1, 2, 3]}}}
MANY = {"request": {"body": {"items": list(range(3000)), "text": "a,b\n" * 60_000, "pattern": "(x+x+)+y"}}}
ITEMS = "request.body.items"
MACROS = ("all", "exists", "exists_one", "map", "filter")


def compiled(text, max_steps=10_000_000):
    return Expression.compiled(text, ("request",), replace(EXPRESSION, value=max_steps))


def cost(text, values):
    budget = Budget(10**30)
    compiled(text, 10**30).charge(values, budget)
    return 10**30 - budget.left


def nested(macros, space=""):
    """A macro in a macro, each over all items, with something between the tokens."""
    text = "1 == 1"
    for level, macro in enumerate(macros):
        text = f"{ITEMS}{space}.{space}{macro}{space}({space}v{level}{space},{space}{text})"
        text += {"map": ".size() > 0", "filter": ".size() > 0"}.get(macro, "")
    return text


@pytest.mark.parametrize("space", ["", " ", "\n\t", " // a comment, with (brackets\n", "\r\n"])
def test_spaces_and_comments_change_nothing(space):
    chance = random.Random(17)
    for _ in range(12):
        macros = [chance.choice(MACROS) for _ in range(chance.randint(2, 5))]
        assert cost(nested(macros, space), FEW) == cost(nested(macros), FEW)
        assert compiled(nested(macros, space)).holds(FEW) is not None
        with pytest.raises(ExpressionCostError, match="more than 10,000,000 steps"):
            compiled(nested(macros, space)).holds(MANY)


@pytest.mark.parametrize(
    "text",
    [
        f"[{ITEMS}].all(alias, alias.all(x, alias.all(y, x + y > 0)))",
        f"{{'a': {ITEMS}}}.a.all(x, {{'a': {ITEMS}}}['a'].all(y, x + y > 0))",
        f"(true ? {ITEMS} : []).all(x, (false ? [] : {ITEMS}).all(y, x + y > 0))",
        f"{ITEMS}.filter(x, x > 0).all(x, {ITEMS}.filter(x, x > 0).all(y, y > 0))",
        "request['body']['items'].all(x, request [ 'body' ] [ 'items' ].all(y, x > y))",
        f"{ITEMS}.map(x, {ITEMS}).size() == 1",
        f"{ITEMS}.map(x, [x, x]).map(x, [x, x]).size() == 1",
        f"{ITEMS}.all(x, csv(request.body.text).size() > 0)",
        "csv(request.body.text).all(x, csv(request.body.text).all(y, x == y))",
        "csv(request.body.text + request.body.text).map(x, x[0]).size() > 0",
        f"{ITEMS}.all(x, ('a' + string(x)).matches(request.body.pattern + string(x)))",
        f"{ITEMS}.all(x, request.body.text.contains('zz') || true)",
        f"({ITEMS} + {ITEMS}).all(x, x in ({ITEMS} + {ITEMS}))",
    ],
)
def test_no_form_of_a_costly_expression_is_evaluated(text):
    with pytest.raises(ExpressionCostError):
        compiled(text).result(MANY)


@pytest.mark.parametrize(
    "text",
    [
        "['ab']" + ".map(x, x + x)" * 40 + ".size() > 0",
        "['ab'] . map (y, y\n+ y)" + " . map (x, x + /* */ x)".replace("/* */ ", "// c\n") * 40 + "[0] == ''",
        "[1]" + ".map(x, [x, x])" * 40 + ".size() > 0",
        "[1]" + ".map(x, {'a': x, 'b': x})" * 40 + ".size() > 0",
        "[b'ab']" + ".map(x, x + x)" * 40 + ".size() > 0",
        "[[1, 2, 3, 4]].map(l, l + l)" + ".map(l, l + l + l)" * 30 + ".size() > 0",
    ],
)
def test_what_is_too_costly_for_any_values_is_an_error_at_load(text):
    with pytest.raises(ExpressionError, match="steps"):
        compiled(text)


@pytest.mark.parametrize("pattern", ["(", "a{1000}{1000}", "(?=a)b", "[z-a]", "(\\\\w{100}){1000}"])
def test_a_pattern_that_cannot_be_used_is_an_error_at_load(pattern):
    with pytest.raises(ExpressionError, match="regular expression"):
        compiled(f"request.body.text.matches('{pattern}')")


def test_a_pattern_of_a_request_has_no_result_if_it_is_invalid():
    expression = compiled("'ab'.matches(request.body.pattern)")
    assert expression.holds({"request": {"body": {"pattern": "^a"}}}) is True
    for pattern in ("(", "((a{100}){100}){100}", 5):
        with pytest.raises(NoResultError):
            expression.result({"request": {"body": {"pattern": pattern}}})


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (f"{ITEMS}.all(x, x > 0)", True),
        (f"{ITEMS}.map(x, x * 2)[2] == 6 && !(-1 > 0)", True),
        (f"{ITEMS}.map(x, x > 1, x * 2) == [4, 6]", True),
        ("'a\\'b' + \"(\" + r'\\' + '''it's // not a comment''' != ''", True),
        ("{'a': 1, 'b': 2}.all(k, k != 'c')", True),
        ("request.body.items.exists(x, x == 1 ? x > 0 : x < 0)", True),
        ("has(request.body.nothing) || 1.5e3 > 0x10 || 1u == 1u", True),
        ("'abc'.matches('^a.c$') && !'abc'.matches('d')", True),
        ("[1, 2, 3,].size() == 3 && 2 in [1, 2]", True),
    ],
)
def test_expressions_of_all_kinds_are_read(text, holds):
    assert compiled(text, 5000).holds(FEW) is holds


@pytest.mark.parametrize(
    "text",
    ["(" * 60 + "true" + ")" * 60, "!" * 1900 + "true", "1" + " + 1" * 400 + " > 0", "a" + ".a" * 900,
     "true" + " ? true : true" * 60, "[" * 70 + "]" * 70, "request" + "[0]" * 400],
)  # fmt: skip
def test_deep_expressions_are_evaluated_or_rejected(text):
    try:
        compiled(text).holds(FEW)
    except ExpressionError as error:
        assert str(error)  # noqa: PT017 - both ends are right


def test_the_count_itself_is_bounded():
    """A count over millions of parts ends when its own budget does."""
    wide = {"request": {"body": {"items": [{"a": [{"b": number}]} for number in range(50_000)]}}}
    text = " && ".join([f"{ITEMS} == {ITEMS}"] * 30)
    with pytest.raises(ExpressionCostError):
        compiled(text, 250_000).holds(wide)
