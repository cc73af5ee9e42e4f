"""A changelog of the changes, in Markdown."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from signoff.review.cause import causes
from signoff.review.change import ChangeVerdict
from signoff.review.excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.review.cause import Cause
    from signoff.review.change import Change

_HEADINGS = {
    ChangeVerdict.BREAKING: "Breaking changes",
    ChangeVerdict.REVIEW: "Needs review",
    ChangeVerdict.COMPATIBLE: "Compatible changes",
}
_LONGEST_VALUE = 200


def changelog_markdown(changes: Sequence[Change]) -> str:
    """The changes as a section of a changelog: by verdict, then by operation, with their counterexamples.

    Args:
        changes: the result of `compare`.

    Returns:
        Markdown that ends in a line break.
    """
    if not changes:
        return "No changes that affect clients.\n"
    lines = [line for verdict in ChangeVerdict for line in _section(verdict, changes)]
    return "\n".join(lines).strip() + "\n"


def _section(verdict: ChangeVerdict, changes: Sequence[Change]) -> Iterator[str]:
    held = causes(change for change in changes if change.verdict is verdict)
    if not held:
        return
    yield f"### {_HEADINGS[verdict]}"
    yield ""
    held.sort(key=_operation)
    for operation, group in groupby(held, key=_operation):
        yield f"- {_code(operation)}" if operation else "- The whole document"
        for cause in group:
            yield from _entry(cause)
    yield ""


def _operation(cause: Cause) -> str:
    return cause.changes[0].operation


def _entry(cause: Cause) -> Iterator[str]:
    also = len(cause.operations) - 1
    shared = f" Also in {also} other operation{'s' if also > 1 else ''}." if also > 0 else ""
    yield f"  - {cause.message}{shared}"
    if cause.labels:
        yield f"    Places: {', '.join(cause.labels)}."
    if cause.counterexample is not None:
        shown = excerpt(cause.counterexample.value, cause.counterexample.at, _LONGEST_VALUE)
        yield f"    For example: {_code(shown)}"


def _code(text: str) -> str:
    """Inline code that may hold backticks (CommonMark 0.31, section 6.1)."""
    plain = text.replace("\n", " ")
    return f"`` {plain} ``" if "`" in plain else f"`{plain}`"
