"""Every edit of the key gets the verdict of the key, and breaking ones of schemas a true counterexample."""

import pytest

from tests.openapi.review.changes.editing import changed, changes
from tests.openapi.review.changes.edits import EDITS

ORDER = ["breaking", "review", "compatible"]


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_an_edit_is_judged_as_by_the_key(edit):
    found = changes(*changed(edit.base, edit.make))
    verdicts = [change.verdict.value for change in found]
    assert edit.id in {change.id for change in found}, found
    assert min(verdicts, key=ORDER.index) == edit.verdict, found
    assert verdicts == sorted(verdicts, key=ORDER.index)
