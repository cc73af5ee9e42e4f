"""Every edit of the key gets the verdict of the key, and breaking ones of schemas a true counterexample."""

import pytest

from tests.review.changes.editing import REPORTS, changed, changes
from tests.review.changes.edits import EDITS

ORDER = ["breaking", "needs-review", "compatible"]


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_an_edit_is_judged_as_by_the_key(edit):
    found = changes(*changed(edit.base, edit.make))
    verdicts = [change.verdict.value for change in found]
    assert edit.id in {change.id for change in found}, found
    assert min(verdicts, key=ORDER.index) == edit.verdict, found
    assert verdicts == sorted(verdicts, key=ORDER.index)


def without_examples(value):
    if isinstance(value, dict):
        kept = {key: held for key, held in value.items() if key not in ("example", "examples")}
        return {key: without_examples(held) for key, held in kept.items()}
    return [without_examples(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit.base == REPORTS], ids=str)
def test_a_verdict_does_not_hang_on_examples(edit):
    before, after = changed(edit.base, edit.make)
    found = changes(without_examples(before), without_examples(after))
    assert min((change.verdict.value for change in found), key=ORDER.index) == edit.verdict, found
