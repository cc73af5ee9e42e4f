"""A long JSON value on one line, cut so that the part that matters stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signoff.reporting.markdown import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract.json_value import JsonValue


def excerpt(value: JsonValue, at: Sequence[str | int], longest: int) -> str:
    """The value as JSON; if it is longer than `longest`, only what leads to the part at the keys.

    Args:
        value: the whole value.
        at: the names and positions that lead to the part.
        longest: the most characters; what is beyond is cut, with their number.
    """
    text = _text(value)
    if len(text) > longest and at:
        text = _along(value, at)
    hidden = len(text) - longest
    return text if hidden <= 0 else f"{text[:longest]}… {hidden:,} more characters"


def _along(value: JsonValue, at: Sequence[str | int]) -> str:
    """The value with `…` for the members and items beside the way."""
    if not at or not isinstance(value, dict | list) or not value:
        return _text(value)
    key, *rest = at
    beside = "…, " if len(value) > 1 else ""
    if isinstance(value, dict):
        return f"{{{beside}{_text(str(key))}: {_along(value.get(str(key)), rest)}}}"
    return f"[{beside}{_along(value[int(key)], rest)}]"


def _text(value: JsonValue) -> str:
    return one_line(plain(json.dumps(value, ensure_ascii=False)))
