"""Are ids, dates, times and money of a type that carries them?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.reporting.findings import Severity
from signoff.review.composition import common_kinds, parts
from signoff.review.rules.registry import Fault, Profile, rule
from signoff.review.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject
    from signoff.review.subject import Subject

_MONEY = {"price", "amount", "cost", "balance", "fee", "subtotal", "salary"}
_IRREGULAR = {
    "expires",
    "begun",
    "sent",
    "paid",
    "sold",
    "seen",
    "run",
    "taken",
    "given",
    "begins",
    "ends",
    "starts",
}
_DATE_TEXT = re.compile(r"\bRFC ?3339\b|\bISO[- ]?8601\b", re.IGNORECASE)
_UUID_TEXT = re.compile(r"\W*(?:\w+\s+){0,3}(?:uuid|guid)\b", re.IGNORECASE)
_JUDGED = ("format", "pattern", "enum", "const", "contentMediaType")


def _is_participle(word: list[str]) -> bool:
    """Whether what stands before `at` tells of something that happened."""
    return bool(word) and (word[0].endswith("ed") or word[0] in _IRREGULAR)


def _properties(subject: Subject) -> Iterator[tuple[str, str, JsonObject, list[JsonObject]]]:
    """Each property: its name, place, schema, and all that it consists of."""
    for pointer, schema in subject.schemas.items():
        for name, held in as_object(schema.get("properties")).items():
            inner = as_object(held)
            yield name, f"{pointer}/properties/{escape(name)}", inner, parts(inner, subject.contract.schemas)


def _is_plain(among: list[JsonObject], kind: str) -> bool:
    """Whether values are of one type that nothing narrows."""
    admitted = common_kinds(among) - {"null"}
    bare = not any(keyword in part for part in among for keyword in _JUDGED)
    wanted = {kind, "integer"} if kind == "number" else {kind}
    return bool(admitted) and admitted <= wanted and bare and kind in admitted


@rule(
    "time-without-format",
    severity=Severity.WARNING,
    profile=Profile.RECOMMENDED,
    rationale="A time that is any text leaves its form, and its zone, to guessing.",
    source="RFC 3339; Zalando RESTful API Guidelines, rule 169; Google AIP-142",
)
def time_without_format(subject: Subject) -> Iterator[Fault]:
    """Texts that are called or described as times, without `format: date-time` or the like."""
    for name, place, schema, among in _properties(subject):
        parts_of_name = words(name)
        called = parts_of_name[-1:] == ["at"] and _is_participle(parts_of_name[-2:-1])
        described = _DATE_TEXT.search(str(schema.get("description", "")))
        if (called or parts_of_name[-1:] == ["timestamp"] or described) and _is_plain(among, "string"):
            message = f"the time `{name}` is any text"
            yield Fault(place, message, "Add `format: date-time` (or date, time, duration).")


@rule(
    "money-as-float",
    severity=Severity.WARNING,
    profile=Profile.RECOMMENDED,
    rationale="Binary fractions lose cents: 0.1 and 0.2 make 0.30000000000000004.",
    source="Zalando RESTful API Guidelines, rule 173; Google AIP-143 and google.type.Money",
)
def money_as_float(subject: Subject) -> Iterator[Fault]:
    """Amounts of money in `float` or `double`."""
    for name, place, _, among in _properties(subject):
        parts_of_name = words(name)
        is_money = bool(set(parts_of_name[-1:]) & _MONEY)
        is_float = any(part.get("format") in ("float", "double") for part in among)
        if is_money and is_float and "number" in common_kinds(among):
            message = f"the amount `{name}` is a binary fraction"
            yield Fault(
                place, message, "Write it as a decimal text, or as a whole number of the smallest unit."
            )


@rule(
    "uuid-without-format",
    severity=Severity.INFO,
    profile=Profile.RECOMMENDED,
    rationale="An id that the words call a UUID, and the schema any text, is never checked.",
    source="RFC 9562; the document's own descriptions",
)
def uuid_without_format(subject: Subject) -> Iterator[Fault]:
    """Texts that are described as UUIDs without `format: uuid`."""
    for name, place, schema, among in _properties(subject):
        if _UUID_TEXT.match(str(schema.get("description", ""))) and _is_plain(among, "string"):
            yield Fault(place, f"`{name}` is described as a UUID, but is any text", "Add `format: uuid`.")


@rule(
    "id-types-differ",
    severity=Severity.WARNING,
    profile=Profile.RECOMMENDED,
    rationale="One id that is a number here and a text there fits into no client's type.",
    source="the document's own conventions; Zalando RESTful API Guidelines, rule 174",
)
def id_types_differ(subject: Subject) -> Iterator[Fault]:
    """Ids of one name, such as order_id, that are numbers in some schemas and texts in others."""
    first: dict[str, tuple[str, str]] = {}
    for name, place, _, among in _properties(subject):
        parts_of_name = words(name)
        if len(parts_of_name) < 2 or parts_of_name[-1] != "id":
            continue
        admitted = common_kinds(among) - {"null"}
        kind = (
            "text"
            if admitted == {"string"}
            else "number"
            if admitted and admitted <= {"integer", "number"}
            else ""
        )
        known, _ = first.setdefault(name, (kind, place)) if kind else ("", "")
        if kind and kind != known:
            line = subject.locate(first[name][1]).line
            yield Fault(place, f"`{name}` is a {kind} here and a {known} elsewhere", f"Compare line {line}.")
