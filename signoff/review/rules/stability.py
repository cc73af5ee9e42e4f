"""The marks of parts that clients can't rely on: stability levels, and what is internal."""

from __future__ import annotations

from signoff.review.promises import INTERNAL, LEVELS, STABILITY
from signoff.review.rules.registry import Fault, Faults, Subject, rule
from signoff.review.words import suggestion


@rule(
    rationale="A level that is not understood has no effect: breaking changes are reported as for `stable`.",
    source="oasdiff, API stability levels",
)
def invalid_stability_level(subject: Subject) -> Faults:
    """`x-stability` with an unknown level."""
    for node in subject.nodes:
        for key in STABILITY:
            level = node.value.get(key, LEVELS[-1])
            if level not in LEVELS:
                message = f"`{key}` is {level!r}, not {', '.join(LEVELS[:-1])} or {LEVELS[-1]}"
                fix = suggestion(str(level), LEVELS, "Use one of these levels, or remove it.")
                yield Fault(f"{node.pointer}/{key}", message, fix)


@rule(
    rationale="Any other value has no effect: breaking changes are reported as of public parts.",
    source="Redocly CLI, the decorator remove-x-internal",
)
def invalid_internal_flag(subject: Subject) -> Faults:
    """`x-internal` that is neither true nor false."""
    for node in subject.nodes:
        if not isinstance(node.value.get(INTERNAL, False), bool):
            message = f"`{INTERNAL}` must be true or false"
            yield Fault(f"{node.pointer}/{INTERNAL}", message, "Write it without quotes.")
