"""Members of `request` and `response` that an expression reads: those that never exist are errors."""

import re

import pytest

from signoff.contract.expressions import Expression, ExpressionError


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("request.boddy.x == 1", "`request` has no member `boddy`. Did you mean `body`?"),
        ("size(request . parameters.querry) > 0", "`request.parameters` has no member `querry`."),
        ("has(response.state)", "`response` has no member `state`. Did you mean `status`?"),
    ],
)
def test_members_that_a_variable_never_has_are_errors(source, message):
    with pytest.raises(ExpressionError, match=re.escape(message)):
        Expression.compiled(source, ("request", "response"))


@pytest.mark.parametrize(
    "source",
    [
        "request.body.boddy == 'request.boddy'",
        "request.body.request.boddy == 1 // request.boddy",
        "request.body.all(response, response.stat == 1)",
        "request.headers['x'] == request.parameters.cookie.a",
    ],
)
def test_members_of_values_and_texts_are_free(source):
    Expression.compiled(source, ("request", "response"))
