"""Do examples that point at operations point at those of the document?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.pointer import escape
from signoff.reporting.findings import Severity
from signoff.review.edit_distance import suggestion
from signoff.review.rules.registry import Fault, Profile, rule
from signoff.review.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.review.subject import Subject

_MOST_DEEP = 24


@rule(
    "example-operation-unknown",
    severity=Severity.WARNING,
    profile=Profile.RECOMMENDED,
    rationale="A client that follows an example to an operation must find it in the document.",
    source="the document's own operationIds; RFC 8288, section 2 (links name what exists)",
)
def example_operation_unknown(subject: Subject) -> Iterator[Fault]:
    """Members of examples called operation_id or operationId that name no operation of the document."""
    ids = {str(op.value["operationId"]) for op in subject.operations if "operationId" in op.value}
    for stated in subject.values.all if ids else ():
        if stated.kind != "example":
            continue
        for place, name in _named(stated.value, "", _MOST_DEEP):
            if name not in ids:
                mend = suggestion(name, ids, "Name an operation of this document.")
                message = f"the example names the operation {name!r}, which the document does not have"
                yield Fault(f"{stated.pointer}{place}", message, mend)


def _named(value: JsonValue, place: str, depth: int) -> Iterator[tuple[str, str]]:
    """The operations that a value names, each with its place in the value."""
    if isinstance(value, list) and depth:
        for index, item in enumerate(value):
            yield from _named(item, f"{place}/{index}", depth - 1)
    elif isinstance(value, dict) and depth:
        for name, member in value.items():
            inner = f"{place}/{escape(name)}"
            if words(name) == ["operation", "id"] and isinstance(member, str):
                yield inner, member
            yield from _named(member, inner, depth - 1)
