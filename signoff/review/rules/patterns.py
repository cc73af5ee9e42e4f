"""Patterns that are not ECMAScript regular expressions (ECMA-262), as JSON Schema requires."""

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
    """Each pattern with its pointer, including those of 2.0 parameters."""
    for node in subject.of("schema", "parameter", "header"):
        pattern = node.value.get("pattern")
        if isinstance(pattern, str):
            yield pattern, f"{node.pointer}/pattern"
        for name in as_object(node.value.get("patternProperties")):
            yield name, f"{node.pointer}/patternProperties/{escape(name)}"


@rule(
    rationale="Tools reject or ignore a pattern that is not a valid ECMAScript regular expression.",
    source="JSON Schema Validation 2020-12, section 6.3.3; ECMA-262, section 22.2",
)
def invalid_pattern(subject: Subject) -> Faults:
    """Patterns that cannot be parsed with or without the Unicode flag."""
    for pattern, place in _patterns(subject):
        reason = _syntax_error(pattern)
        if reason:
            message = f"Pattern {_short(pattern)} is not a valid regular expression: {reason}"
            yield Fault(place, message, "Use JavaScript syntax, without flags or delimiters.")


def _syntax_error(pattern: str) -> str:
    """Why a pattern cannot be parsed; empty if it can."""
    try:
        regress.Regex(pattern, "u")
    except regress.RegressError as error:
        reason = str(error)
    else:
        return ""
    if r"\p{" in pattern or r"\P{" in pattern:
        return reason[:1].lower() + reason[1:]  # these need the Unicode flag
    try:
        regress.Regex(pattern)
    except regress.RegressError as error:
        return str(error)[:1].lower() + str(error)[1:]
    return ""


@warning(
    rationale="Anchors and delimiters of other regex dialects are plain characters in ECMAScript.",
    source="ECMA-262, section 22.2 and annex B.1.2",
)
def non_ecmascript_pattern(subject: Subject) -> Faults:
    r"""`\A` and `\Z`, and patterns between slashes."""
    for pattern, place in _patterns(subject):
        if _syntax_error(pattern):
            continue
        if _ANCHORS.search(pattern):
            message = rf"Pattern {_short(pattern)} has \A or \Z, which are plain letters in ECMAScript"
            yield Fault(place, message, "Use ^ and $.")
        elif len(pattern) > 2 and _DELIMITED.fullmatch(pattern) and ("^" in pattern[:2] or "$/" in pattern):
            message = f"Pattern {_short(pattern)} is between slashes, which are plain characters here"
            yield Fault(place, message, "Remove the slashes and the flags.")


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= 60 else f"{pattern[:57]}…"
