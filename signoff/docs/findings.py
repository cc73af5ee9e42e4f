"""Adds review findings to the affected operations, in a copy of the document."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from signoff.contract.pointer import resolve
from signoff.reporting.markdown import prose, span, text
from signoff.reporting.messages import counted, sentences
from signoff.reporting.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from signoff.contract.json_value import JsonObject
    from signoff.contract.pointer import Location
    from signoff.reporting.findings import Finding
    from signoff.review.subject import Subject

# A finding in a component that more operations use is shown once, at the top.
_FEW = 3


def by_operation(subject: Subject, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings by the pointer of the affected operation; all others by the empty pointer.

    A finding in a component is assigned to the operations that use it, unless there are many.
    """
    places = {}
    for operation in subject.operations:
        place = subject.locate(operation.pointer)
        places[place.file, place.pointer] = operation.pointer
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        at = finding.location.pointer
        while at and (finding.location.file, at) not in places:
            at = at.rpartition("/")[0]
        holder = places.get((finding.location.file, at))
        for pointer in [holder] if holder else _users(subject, finding.location):
            found.setdefault(pointer, []).append(finding)
    return found


def _users(subject: Subject, place: Location) -> list[str]:
    if place.file != subject.written.files[0].name or not place.pointer:
        return [""]
    users = [operation.pointer for operation in subject.reach.users(place.pointer)]
    return users if 0 < len(users) <= _FEW else [""]


def annotated(subject: Subject, findings: Sequence[Finding]) -> JsonObject:
    """A copy of the document with the findings in the descriptions of the operations, or of the API."""
    document = copy.deepcopy(subject.document)
    for pointer, found in by_operation(subject, findings).items():
        holder = resolve(document, pointer or "/info") if pointer or "info" in document else None
        if not isinstance(holder, dict):
            continue
        lines = [
            f"**{counted(len(found), 'finding')}**",
            "",
            *(f"- {as_markdown(finding)}" for finding in found),
        ]
        described = holder.get("description")
        holder["description"] = "\n".join([*lines, "", described if isinstance(described, str) else ""])
        if pointer:
            summary = holder.get("summary")
            held = summary if isinstance(summary, str) else ""
            holder["summary"] = f"{held} ({counted(len(found), 'finding')})".strip()
    return document


def as_markdown(finding: Finding) -> str:
    """A finding as one line of Markdown; text of the document is escaped."""
    place = finding.location
    where = f"line {place.line}" if place.line else place.pointer or place.file
    said = prose(plain(sentences(finding.message, finding.suggestion)))
    return f"**{finding.severity.value}**: {said} ({span(finding.rule)}, {text(plain(where))})"
