"""Do descriptions say of null, of necessity and of deprecation what the document marks?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape
from signoff.reporting.findings import Severity
from signoff.review.composition import common_kinds, parts
from signoff.review.known_fields import known
from signoff.review.rules.registry import Fault, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.review.subject import Subject

_SOURCE = "the document's own descriptions"
_MEND = "Correct whichever is untrue."
_DEPRECATED = re.compile(
    r"^\W*deprecated\b(?!\s+\w+\s+are)|\bthis\s+(?:field|property|parameter|operation|endpoint|method|header|attribute|api)"
    r"\s+(?:is|has\s+been)\s+(?:now\s+)?deprecated\b",
    re.IGNORECASE,
)
_OPTIONAL = re.compile(r"^\W*optional(?:ly)?\s*[.:,)\]]|\(optional\)|\bthis \w+ is optional\b", re.IGNORECASE)
_REQUIRED = re.compile(
    r"^\W*required\s*[.:)\]]|\(required\)|\bthis \w+ is required\s*(?:\.|$)", re.IGNORECASE
)
_NULL = re.compile(
    r"\b(?:may|can|might) be [`']?null\b[`']?(?! and)|\b[`']?null[`']? (?:if|when|unless)\b", re.IGNORECASE
)
_NEVER_NULL = re.compile(
    r"\bnever [`']?null\b|\b(?:can(?:not|'t| not)|must not|may not) be [`']?null\b", re.IGNORECASE
)


@rule(
    "prose-contradicts-null",
    severity=Severity.WARNING,
    rationale="A client that is not told of null breaks on the first one.",
    source=_SOURCE,
)
def prose_contradicts_null(subject: Subject) -> Iterator[Fault]:
    """Descriptions that speak of null where the schema does not admit it, and the other way round."""
    for pointer, schema in subject.schemas.items():
        text = schema.get("description")
        among = parts(schema, subject.contract.schemas) if isinstance(text, str) else []
        if not isinstance(text, str) or not any("type" in part for part in among):
            continue
        admits = "null" in common_kinds(among)
        if not admits and _NULL.search(text) and not _NEVER_NULL.search(text):
            message = "the description speaks of null, which the schema does not admit"
            mend = "Admit null (`type: [string, 'null']`, `nullable: true` in 3.0), or do not speak of it."
            yield Fault(f"{pointer}/description", message, mend)
        elif admits and schema.get("type") != "null" and _NEVER_NULL.search(text) and not _NULL.search(text):
            message = "the description excludes null, which the schema admits"
            yield Fault(f"{pointer}/description", message, _MEND)


@rule(
    "prose-contradicts-required",
    severity=Severity.WARNING,
    rationale="Whether something may be left out is the first thing that a client needs to know.",
    source=_SOURCE,
)
def prose_contradicts_required(subject: Subject) -> Iterator[Fault]:
    """Descriptions that say optional of what is required, or required of what is not."""
    for node in subject.of("parameter"):
        text = node.value.get("description")
        if isinstance(text, str):
            is_required = node.value.get("required") is True
            yield from _necessity(text, node.pointer, "parameter", is_required=is_required)
    for pointer, schema in subject.schemas.items():
        required = as_list(schema.get("required"))
        for name, inner in as_object(schema.get("properties")).items():
            text = as_object(inner).get("description")
            if isinstance(text, str) and "allOf" not in schema and pointer.split("/")[-2:-1] != ["allOf"]:
                place = f"{pointer}/properties/{escape(name)}"
                yield from _necessity(text, place, "property", is_required=name in required)


def _necessity(text: str, pointer: str, what: str, *, is_required: bool) -> Iterator[Fault]:
    if is_required and _OPTIONAL.search(text):
        message = f"the description says optional, but the {what} is required"
        yield Fault(f"{pointer}/description", message, _MEND)
    elif not is_required and _REQUIRED.search(text):
        message = f"the description says required, but the {what} is optional"
        yield Fault(f"{pointer}/description", message, _MEND)


@rule(
    "prose-contradicts-deprecated",
    severity=Severity.WARNING,
    rationale="Tools warn of what is marked `deprecated`, not of what is only called so.",
    source="OpenAPI 3.1, sections 4.8.10 and 4.8.12 (deprecated)",
)
def prose_contradicts_deprecated(subject: Subject) -> Iterator[Fault]:
    """What its description calls deprecated, without the mark."""
    for kind in ("operation", "parameter", "schema", "header"):
        for node in subject.of(kind) if "deprecated" in known(kind, subject.version) else ():
            texts = {name: node.value.get(name) for name in ("summary", "description")}
            told = next(
                (name for name, text in texts.items() if isinstance(text, str) and _DEPRECATED.search(text)),
                None,
            )
            inner = as_object(node.value.get("schema")).get("deprecated") is True
            if told and node.value.get("deprecated") is not True and not inner:
                message = f"the {told} calls this deprecated, but it is not marked so"
                yield Fault(f"{node.pointer}/{told}", message, "Add `deprecated: true`.")
