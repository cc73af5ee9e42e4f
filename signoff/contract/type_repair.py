"""Repairs values of a wrong type outside schemas: an empty `parameters:`, a version without quotes.

They must not prevent the rest of the document from being used. Locations stay true: an item of a list is
emptied, not removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.pointer import join, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue

_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


def repair_value(document: JsonObject, tokens: Sequence[str], types: Iterable[str]) -> str:
    """Repair the value at a place.

    Args:
        document: changed in place.
        tokens: the place, as the tokens of a JSON Pointer.
        types: the types that a value there may have.

    Returns:
        What it is read as; empty if the document is useless without it.
    """
    if not tokens or (list(tokens) == ["paths"] and document["paths"]):
        return ""
    try:
        holder = resolve(document, join(tokens[:-1]))
    except LookupError:
        return "ignored with what it is in"
    key = tokens[-1]
    if isinstance(holder, list):
        holder[int(key)] = {}
        return "ignored"
    if not isinstance(holder, dict) or key not in holder:
        return "ignored with what it is in"
    meant = _meant(holder[key], set(types))
    if meant is None:
        del holder[key]
        return "ignored"
    holder[key] = meant
    return f"read as {str(meant).lower() if isinstance(meant, bool) else repr(meant)}"


def _meant(value: JsonValue, types: set[str]) -> JsonValue:
    """The obvious meaning of a value; None without one."""
    if "string" in types and isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if "boolean" in types and isinstance(value, str):
        return _TRUTH.get(value.lower())
    return None
