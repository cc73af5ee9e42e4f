"""Durations in documents: extensions with a number of milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import DocumentError
from signoff.contract.json_value import as_object
from signoff.contract.pointer import resolve

if TYPE_CHECKING:
    from signoff.contract import Contract

MAX_MS = 60_000


def milliseconds(contract: Contract, pointer: str, name: str) -> float | None:
    """The value of an extension of the object at a pointer; None without it.

    Raises:
        DocumentError: it is not a number of milliseconds, or too large.
    """
    value = as_object(resolve(contract.document, pointer)).get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_MS:
        raise DocumentError(
            f"`{name}` must be a number of milliseconds from 0 to {MAX_MS}, not {value!r}",
            location=contract.locate(f"{pointer}/{name}"),
        )
    return value
