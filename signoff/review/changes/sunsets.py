"""The announced end of an operation or parameter: `x-sunset`, or `sunset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.review.changes.revisions import Element, Journal, Topic


def compare_sunsets(
    journal: Journal, before: Element, after: Element, topic: Topic, places: tuple[str, str]
) -> None:
    """Compare the days on which two operations or parameters end."""
    ends = sunset(before), sunset(after)
    if ends[0] == ends[1]:
        return
    verb = "added" if not ends[0] else "removed"
    if all(ends):
        verb = "later" if ends[1] > ends[0] else "earlier"
    detail = f"has the sunset date {ends[1]}" if ends[1] else f"no longer has the sunset date {ends[0]}"
    journal.tell(f"sunset-{verb}", topic, detail, *places)


def sunset(element: Element) -> str:
    """The day as it is written; empty without one."""
    return str(element.value.get("x-sunset") or element.value.get("sunset") or "")
