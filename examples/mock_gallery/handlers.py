"""Behaviour that the print shop's document cannot say: functions named by operationId."""

from __future__ import annotations


def get_price(prints: int) -> dict[str, float]:
    """Ten cents a print, nine from the fiftieth on; try a wrong name here and see the mock's 500."""
    cents = min(prints, 49) * 10 + max(prints - 49, 0) * 9
    return {"prints": prints, "total": cents / 100}
