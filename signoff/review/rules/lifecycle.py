"""Deprecation: when what is deprecated will be removed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from signoff.review.rules.registry import Fault, Faults, Subject, hint, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.structure import Node

_FIELDS = ("x-sunset", "sunset")


def _parts(subject: Subject) -> Iterator[Node]:
    yield from (node for kind in ("operation", "parameter", "schema") for node in subject.of(kind))


@warning(
    rationale="Clients and tools can't plan for a date that they can't read.",
    source="RFC 8594, section 3 (Sunset); RFC 3339, section 5.6 (full-date)",
)
def invalid_sunset_date(subject: Subject) -> Faults:
    """Sunsets of operations, parameters and schemas that are not a date or a date and time."""
    for node in _parts(subject):
        for field in _FIELDS:
            value = node.value.get(field)
            if value is not None and not _is_date(value):
                message = f"{value!r} is not a date"
                yield Fault(f"{node.pointer}/{field}", message, "Write it as YYYY-MM-DD.")


@hint(
    rationale="Clients must know how long a deprecated part will work.",
    source="RFC 8594, section 3 (Sunset); Zalando RESTful API Guidelines, rule 189",
)
def missing_sunset(subject: Subject) -> Faults:
    """Deprecated operations, parameters and schemas without a sunset."""
    for node in _parts(subject):
        if node.value.get("deprecated") is True and not any(node.value.get(field) for field in _FIELDS):
            fix = "Add `x-sunset` with the date of its removal."
            yield Fault(f"{node.pointer}/deprecated", "Deprecated without a sunset date", fix)


def _is_date(value: object) -> bool:
    try:
        date.fromisoformat(str(value)[:10])
    except ValueError:
        return False
    return str(value)[10:11] in ("", "T", "t", " ")
