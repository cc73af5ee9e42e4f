"""A report as one self-contained HTML page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from signoff.reporting import page
from signoff.reporting.markdown import QUOTED
from signoff.reporting.messages import counted, details, repeated
from signoff.reporting.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Template

    from signoff.reporting.model import Item, Report

_FOLDER = Path(__file__).parent
# Most important first.
_ORDER = (State.VIOLATED, State.NOT_COVERED, State.VERIFIED)
_MARKS = {State.VIOLATED: "✗", State.NOT_COVERED: "·", State.VERIFIED: "✓"}
# Further items are folded, to keep the page short.
_OPEN_ITEMS = 10


def render(report: Report) -> str:
    """The page; it has a script if there is something to filter."""
    style = page.asset(_FOLDER / "page.css")
    script = page.asset(_FOLDER / "page.js") if report.operations or report.items or report.accepted else ""
    accepted = {report.accepted_title: report.accepted} if report.accepted else {}
    # Both files are static and need no escaping.
    return _template().render(
        report=report,
        lists={**report.sections, **accepted},
        policy=page.policy(style, script),
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        details_of=details,
        by_rule=_by_rule,
        rules={rule.id: rule for rule in report.rules},
        states=_ORDER,
        marks=_MARKS,
        open_items=_OPEN_ITEMS,
    )


@cache
def _template() -> Template:
    environment = page.environment(_FOLDER)
    environment.filters |= {
        "slug": lambda text: text.lower().replace(" ", "-"),
        "prose": _prose,
        "extent": _extent,
        "counted": counted,
    }
    return environment.get_template("page.jinja")


def _by_rule(items: Iterable[Item]) -> dict[str, list[list[Item]]]:
    """The items by rule, repeated ones together."""
    found: dict[str, list[list[Item]]] = {}
    for same in repeated(items):
        found.setdefault(same[0].id, []).append(same)
    return found


def _extent(items: Sequence[Item]) -> str:
    """How far repeated findings reach: "8 operations", or "8 places", with their operation if it is one."""
    operations = {item.operation for item in items}
    if "" in operations or len(operations) == 1:
        return " · ".join(filter(None, [*operations, counted(len(items), "place")]))
    return counted(len(operations), "operation")


def _prose(sentence: str) -> Markup:
    """A sentence, escaped; parts in backticks become `<code>`."""
    parts = [escape(part) for part in QUOTED.split(sentence)]
    parts[1::2] = [Markup("<code>{}</code>").format(part) for part in parts[1::2]]
    return Markup("").join(parts)
