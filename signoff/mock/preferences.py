"""Which preferences of a client are impossible, and what one changes of a response that it does not force."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.mock.choice import Preference
    from signoff.mock.exchange import RawResponse

MAX_ITEMS = 1000
_DELAY = 1000  # milliseconds in a second


def problem_in(
    wanted: Preference, max_delay_s: float, scenarios: Sequence[str]
) -> tuple[str, dict[str, str]] | None:
    """The problem of a preference, and the values of its placeholders; None for a possible one.

    Args:
        wanted: the preference.
        max_delay_s: the largest delay.
        scenarios: the names of the rule file's scenarios.
    """
    if wanted.mistake:
        return "unknown_preference", {"asked": wanted.mistake[0], "meant": wanted.mistake[1]}
    if wanted.invalid:
        return _impossible(*wanted.invalid)
    if wanted.delay_ms is not None and wanted.delay_ms > max_delay_s * _DELAY:
        most = f"{max_delay_s * _DELAY:.0f}"
        return _impossible(f"delay={wanted.delay_ms}", f"the longest delay is {most} ms; see --max-delay")
    if wanted.items is not None and wanted.items > MAX_ITEMS:
        return _impossible(f"items={wanted.items}", f"a list has at most {MAX_ITEMS} items")
    if wanted.items is not None and wanted.forces:
        return _impossible(f"items={wanted.items}", "a forced response has the items of the document")
    if wanted.scenario and wanted.scenario not in scenarios:
        close = get_close_matches(wanted.scenario, scenarios, 1)
        known = f"the scenarios are {', '.join(scenarios)}" if scenarios else "there are none; see --rules"
        reason = f"it does not exist (did you mean {close[0]}?)" if close else known
        return _impossible(f"scenario={wanted.scenario}", reason)
    return None


def _impossible(asked: str, reason: str) -> tuple[str, dict[str, str]]:
    return "preference_not_possible", {"asked": asked, "reason": reason}


def applied(found: RawResponse, wanted: Preference) -> RawResponse:
    """The response with the delay that the client prefers, and a header that says what was applied."""
    text = str(wanted)
    if found.why == "rejected" or not (wanted.forces or wanted.is_applied):
        return found
    header = (b"preference-applied", text.encode("latin-1", "replace"))
    delay_s = found.delay_s if wanted.delay_ms is None else wanted.delay_ms / _DELAY
    return replace(found, headers=(*found.headers, header), delay_s=delay_s)
