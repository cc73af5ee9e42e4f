"""Which version the changes require."""

import pytest

from signoff.review.changes import Bump, changelog_markdown, version_advice
from tests.review.changes.editing import SHOP, changed, changes, cut, put

BREAKING = put("*NewOrder properties note maxLength", 100)
HARMLESS = put("*NewOrder properties coupon", {"type": "string"})
DOUBTFUL = put("*NewOrder properties priority default", "low")


@pytest.mark.parametrize(
    ("edit", "before", "after", "needed", "suggested", "enough"),
    [
        (BREAKING, "1.4.0", "1.4.1", Bump.MAJOR, "2.0.0", False),
        (BREAKING, "1.4.0", "1.5.0", Bump.MAJOR, "2.0.0", False),
        (BREAKING, "1.4.0", "2.0.0", Bump.MAJOR, "2.0.0", True),
        (BREAKING, "0.3.1", "0.4.0", Bump.MINOR, "0.4.0", True),
        (BREAKING, "0.3.1", "0.3.2", Bump.MINOR, "0.4.0", False),
        (HARMLESS, "1.4.0", "1.5.0", Bump.MINOR, "1.5.0", True),
        (HARMLESS, "1.4.0", "1.4.0", Bump.MINOR, "1.5.0", False),
        (HARMLESS, "0.3.1", "0.3.2", Bump.PATCH, "0.3.2", True),
        (DOUBTFUL, "1.4.0", "1.4.1", Bump.MINOR, "1.5.0", False),
        (HARMLESS, "v1", "v2", Bump.MINOR, "1.1.0", True),
        (HARMLESS, "1.0.27-SNAPSHOT", "1.1.0", Bump.MINOR, "1.1.0", True),
        (HARMLESS, "2026-01", "2026-02", Bump.MINOR, "", True),
    ],
)
def test_the_step_that_is_needed(edit, before, after, needed, suggested, enough):
    advice = version_advice(before, after, changes(*changed(SHOP, edit)))
    assert (advice.needed, advice.is_enough) == (needed, enough)
    if advice.made is not None:
        assert advice.suggested == suggested
    assert advice.message.endswith(".")


def test_no_change_needs_no_step():
    advice = version_advice("1.0.0", "1.0.0", [])
    assert (advice.needed, advice.is_enough, advice.suggested) == (Bump.NONE, True, "1.0.0")


def test_the_changelog_tells_the_worst_first_with_its_example():
    before, after = changed(SHOP, BREAKING)
    HARMLESS(after)
    cut("paths /payments")(after)
    text = changelog_markdown(changes(before, after))
    assert text.index("### Breaking changes") < text.index("### Compatible changes")
    assert "- `POST /payments`" in text
    assert "For example: `{" in text
    assert changelog_markdown([]) == "No changes that affect clients.\n"
