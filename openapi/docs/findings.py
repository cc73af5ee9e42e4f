"""Findings beside the operations that they concern, in a copy of the document."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from openapi.pointer import resolve
from openapi.report_formats.markdown import prose, span
from openapi.report_formats.plain_text import one_line, plain
from openapi.review.report.wording import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openapi.findings import Finding
    from openapi.json_value import JsonObject
    from openapi.review.subject import Subject


def by_operation(subject: Subject, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings by the pointer of each operation that they stand in; the rest by the empty pointer."""
    places = {}
    for operation in subject.operations:
        place = subject.locate(operation.pointer)
        places[place.file, place.pointer] = operation.pointer
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        at = finding.location.pointer
        while at and (finding.location.file, at) not in places:
            at = at.rpartition("/")[0]
        found.setdefault(places.get((finding.location.file, at), ""), []).append(finding)
    return found


def annotated(subject: Subject, findings: Sequence[Finding]) -> JsonObject:
    """A copy of the document that tells its findings in the descriptions of operations, the others in `info`."""
    document = copy.deepcopy(subject.document)
    for pointer, found in by_operation(subject, findings).items():
        holder = resolve(document, pointer or "/info") if pointer or "info" in document else None
        if not isinstance(holder, dict):
            continue
        lines = [_heading(found), "", *(f"- {as_markdown(finding)}" for finding in found)]
        described = holder.get("description")
        holder["description"] = "\n".join([*lines, "", described if isinstance(described, str) else ""])
        if pointer:
            summary = holder.get("summary")
            holder["summary"] = f"{summary if isinstance(summary, str) else ''} ({_counted(found)})".strip()
    return document


def as_markdown(finding: Finding) -> str:
    """A finding on one line of Markdown in which nothing of the document is markup."""
    place = finding.location
    where = f"line {place.line}" if place.line else place.pointer
    said = prose(plain(sentences(finding.message, finding.mend)))
    return f"**{finding.severity.value}**: {said} ({span(finding.rule)}, {span(one_line(plain(where)))})"


def _heading(found: Sequence[Finding]) -> str:
    return f"**{_counted(found).capitalize()}**"


def _counted(found: Sequence[Finding]) -> str:
    return f"{len(found)} finding" + ("" if len(found) == 1 else "s")
