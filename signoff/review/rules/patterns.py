"""Are patterns the regular expressions that JSON Schema means (ECMA-262)?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import regress

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Subject, rule, warning

if TYPE_CHECKING:
    from collections.abc import Iterator


_ANCHORS = re.compile(r"(?<!\\)(?:\\\\)*\\[AZz]")
_DELIMITED = re.compile(r"/\^?.*\$?/[dgimsuvy]*", re.DOTALL)


def _patterns(subject: Subject) -> Iterator[tuple[str, str]]:
    """Each pattern with its pointer; in 2.0 parameters have some as well."""
    for node in subject.of("schema", "parameter", "header"):
        pattern = node.value.get("pattern")
        if isinstance(pattern, str):
            yield pattern, f"{node.pointer}/pattern"
        for name in as_object(node.value.get("patternProperties")):
            yield name, f"{node.pointer}/patternProperties/{escape(name)}"


@rule(
    rationale="A pattern that is no regular expression of ECMA-262 is refused, or judges nothing.",
    source="JSON Schema Validation 2020-12, section 6.3.3; ECMA-262, section 22.2",
)
def invalid_pattern(subject: Subject) -> Faults:
    """Patterns that cannot be read with or without the Unicode flag."""
    for pattern, place in _patterns(subject):
        reason = _unreadable(pattern)
        if reason:
            message = f"the pattern {_short(pattern)} is no regular expression of ECMA-262: {reason}"
            yield Fault(place, message, "Write it as JavaScript would read it, without flags or delimiters.")


def _unreadable(pattern: str) -> str:
    """Why a pattern cannot be read; empty where it can."""
    try:
        regress.Regex(pattern, "u")
    except regress.RegressError as error:
        reason = str(error)
    else:
        return ""
    if r"\p{" in pattern or r"\P{" in pattern:
        return reason[:1].lower() + reason[1:]  # only the Unicode flag gives these a meaning
    try:
        regress.Regex(pattern)
    except regress.RegressError as error:
        return str(error)[:1].lower() + str(error)[1:]
    return ""


@warning(
    rationale="What other dialects read as anchors or delimiters stands for plain characters in ECMA-262.",
    source="ECMA-262, section 22.2 and annex B.1.2",
)
def non_ecmascript_pattern(subject: Subject) -> Faults:
    r"""`\A` and `\Z`, and patterns between slashes."""
    for pattern, place in _patterns(subject):
        if _unreadable(pattern):
            continue
        if _ANCHORS.search(pattern):
            message = rf"the pattern {_short(pattern)} has \A or \Z, which are plain letters in ECMA-262"
            yield Fault(place, message, "Write ^ and $.")
        elif len(pattern) > 2 and _DELIMITED.fullmatch(pattern) and ("^" in pattern[:2] or "$/" in pattern):
            message = f"the pattern {_short(pattern)} stands between slashes, which count as characters"
            yield Fault(place, message, "Leave the slashes and the flags out.")


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= 60 else f"{pattern[:57]}…"
