"""Contracts that say the same in other words have no changes, in either order."""

import pytest

from tests.review.changes.editing import changed, changes
from tests.review.changes.rewrites import REWRITES


@pytest.mark.parametrize("rewrite", REWRITES, ids=str)
def test_a_rewrite_is_no_change(rewrite):
    one = changed(rewrite.base, rewrite.one)[1]
    other = changed(rewrite.base, rewrite.other)[1]
    assert one != other or rewrite.one is not rewrite.other
    assert changes(one, other) == []
    assert changes(other, one) == []
