"""Each rule that oasdiff and redocly publish makes the review report what the table names.

`python -m tests.review.test_peer_rules` prints the sentences of docs/review.md about the table.
"""

from collections import Counter
from pathlib import Path

import pytest

from signoff.review.changes import catalogue, compare, version_advice
from signoff.review.rules import RULES, Profile
from tests.review.changes.editing import changes, contract
from tests.review.documents import rules_found
from tests.review.peers import TOOLS, linted, pair, rows

ROWS = rows()
KINDS = {kind.id for kind in catalogue()}
SILENT = [row for row in ROWS if row.silent]
MISSING = [row for row in ROWS if row.missing]
GUIDE = Path(__file__).parents[2] / "docs" / "review.md"


def summary():
    """What the review reports of each tool's rules, in a sentence."""
    for tool in TOOLS:
        own = [row for row in ROWS if row.tool == tool]
        count = Counter(bool(row.silent) - bool(row.missing) for row in own)
        silent = f", {count[1]} concern what no client can notice and are silent" if count[1] else ""
        yield f"Of {tool}'s {len(own)} rules, {count[0]} are reported{silent}, {count[-1]} are not covered."


@pytest.mark.parametrize("row", [row for row in ROWS if not row.missing], ids=str)
def test_a_rule_of_another_tool(row, tmp_path):
    if row.rule:
        clean, faulty = linted(row) if "lint" in row.build else pair(row)
        assert row.rule not in rules_found(tmp_path, clean, Profile.ALL)
        assert row.rule in rules_found(tmp_path, faulty, Profile.ALL)
        return
    before, after = pair(row)
    assert before != after
    found = changes(before, after)
    if row.silent:
        assert found == []
    elif row.version:
        advice = version_advice(contract(before).version, contract(after).version, found)
        assert (advice.is_enough, advice.suggested) == (False, row.version)
    else:
        assert row.kind in {change.id for change in found}


def test_each_row_says_what_is_reported_or_why_nothing_is():
    for row in ROWS:
        told = [row.kind, row.rule, row.version, row.silent, row.missing]
        assert sum(map(bool, told)) == 1, row
        assert row.kind in {*KINDS, ""}, row
        assert row.rule in {*RULES, ""}, row
        assert row.level in {"error", "warning", "info", "off"}, row


def test_the_guide_has_the_figures():
    text = " ".join(GUIDE.read_text().split())
    assert [sentence for sentence in summary() if sentence not in text] == []


def test_a_change_of_the_table_has_no_more_than_one_cause_per_kind():
    """What one edit makes is never reported twice in the same words."""
    for row in ROWS:
        if row.kind:
            before, after = pair(row)
            told = [change.reason for change in compare(contract(before), contract(after))]
            assert len(told) == len(set(told)), row


if __name__ == "__main__":
    print("\n".join(summary()))
