"""A report as one self-contained HTML page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from signoff.reporting import page
from signoff.reporting.markdown import QUOTED
from signoff.reporting.messages import alike, counted, details
from signoff.reporting.model import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from signoff.reporting.model import ClauseEntry, Item, Report

_FOLDER = Path(__file__).parent
# Most important first.
_ORDER = (State.VIOLATED, State.NOT_COVERED, State.VERIFIED)
_MARKS = {State.VIOLATED: "✗", State.NOT_COVERED: "·", State.VERIFIED: "✓"}
# Further items are folded, to keep the page short.
_OPEN_ITEMS = 10
# To keep a page below 1 MB: how many similar failures are shown whole, and when requirements become lists.
_WHOLE_ITEMS, _MANY_REQUIREMENTS = 3, 1000


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
        states=_ORDER,
        marks=_MARKS,
        open_items=_OPEN_ITEMS,
        whole_items=_WHOLE_ITEMS,
        many_requirements=_MANY_REQUIREMENTS,
    )


@cache
def _template() -> Template:
    environment = page.environment(_FOLDER)
    environment.filters |= {"slug": lambda text: text.lower().replace(" ", "-"), "prose": _prose}
    environment.filters |= {"by_rule": _by_rule, "places": _places, "alike": alike, "counted": counted}
    environment.filters |= {"by_reason": _by_reason}
    environment.tests["finding"] = lambda item: not item.exchange and not item.level.is_of_change
    return environment.get_template("page.jinja")


def _by_rule(items: Sequence[Item]) -> list[tuple[str, str, list[Item]]]:
    """The findings by rule, the worst first, with the suggestion that they share, if any."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.id, []).append(item)
    return [(rule, _shared_suggestion(group), group) for rule, group in found.items()]


def _shared_suggestion(items: Sequence[Item]) -> str:
    suggestions = {item.suggestion for item in items}
    return suggestions.pop() if len(items) > 1 and len(suggestions) == 1 else ""


def _by_reason(clauses: Sequence[ClauseEntry]) -> list[tuple[State, str, list[ClauseEntry]]]:
    """The requirements by state, the most important first, and by the reason that they share."""
    found: dict[tuple[State, str], list[ClauseEntry]] = {}
    for clause in clauses:
        found.setdefault((clause.state, clause.reason), []).append(clause)
    return [
        (state, reason, group) for each in _ORDER for (state, reason), group in found.items() if state is each
    ]


def _places(items: Sequence[Item]) -> str:
    """The number of operations that findings are in, or of places if some are not in an operation."""
    operations = [name for item in items for name in (item.operation, *item.also_in)]
    is_each = all(name.partition(" ")[2].startswith("/") for name in operations)
    return counted(len(set(operations)), "operation") if is_each else counted(len(operations), "place")


def _prose(sentence: str) -> Markup:
    """A sentence, escaped; parts in backticks become `<code>`."""
    parts = [escape(part) for part in QUOTED.split(sentence)]
    parts[1::2] = [Markup("<code>{}</code>").format(part) for part in parts[1::2]]
    return Markup("").join(parts)
