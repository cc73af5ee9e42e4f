"""`x-signoff-ignore` in a document: what to accept in an object and everything below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.reporting.model import Finding, Severity
from signoff.review.ids import is_known, unknown
from signoff.review.suppressions import IGNORE_WITHOUT_REASON, INVALID_IGNORE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.pointer import Location
    from signoff.review.subject import Subject

KEY = "x-signoff-ignore"
# Fields with objects that are not nodes of `contract.structure`, but can be extended.
_EXTENSIBLE = ("paths", "responses", "contact", "license", "externalDocs", "discriminator", "xml", "flows")
_SHAPE = "Use a list of ids, or a mapping from ids to reasons."


@dataclass(frozen=True, slots=True)
class Ignore:
    """One id in an `x-signoff-ignore`.

    Attributes:
        rule: the id of the rule or the kind of change.
        holder: the object that it applies to.
        is_root: whether that is the document itself.
        location: the place of the id.
    """

    rule: str
    reason: str
    holder: Location
    is_root: bool
    location: Location

    def matches(self, places: Sequence[Location | None], operations: Collection[str]) -> bool:  # noqa: ARG002
        """Whether the place in the document is the object, or below it."""
        place = places[0]
        if place is None:
            return self.is_root
        is_below = f"{place.pointer}/".startswith(f"{self.holder.pointer}/")
        return place.file == self.holder.file and is_below

    def may_apply(self, files: Collection[str]) -> bool:  # noqa: ARG002
        """Always: it is in the document."""
        return True


def ignores_in(subject: Subject) -> tuple[list[Ignore], list[Finding]]:
    """Those in a document, and findings on those that are invalid or have no reason."""
    found: list[Ignore] = []
    findings: list[Finding] = []
    for pointer, value in _holders(subject):
        holder = subject.locate(pointer)
        key = f"{pointer}/{KEY}"
        for place, name, reason in _entries(value[KEY], key):
            location = subject.locate(place)
            if name is None:
                message = f"`{KEY}` must have ids of rules or kinds of change"
                findings.append(Finding(INVALID_IGNORE, Severity.ERROR, message, _SHAPE, location))
            elif not is_known(name):
                message = f"`{KEY}` has an {unknown(name)}"
                fix = "`signoff review --list-rules` lists all ids."
                findings.append(Finding(INVALID_IGNORE, Severity.ERROR, message, fix, location))
            else:
                found.append(Ignore(name, reason, holder, pointer == "", location))
                if not reason:
                    message = f"`{KEY}` of {name} has no reason"
                    fix = f"Explain why: `{{{name}: REASON}}`."
                    findings.append(Finding(IGNORE_WITHOUT_REASON, Severity.WARNING, message, fix, location))
    return found, findings


def _holders(subject: Subject) -> Iterator[tuple[str, JsonObject]]:
    """The objects with the key, each once."""
    seen = set()
    for node in subject.nodes:
        for pointer, value in _with_fields(node.pointer, node.value):
            if KEY in value and pointer not in seen:
                seen.add(pointer)
                yield pointer, value


def _with_fields(pointer: str, value: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    yield pointer, value
    for name in _EXTENSIBLE:
        if isinstance(held := value.get(name), dict):
            yield f"{pointer}/{escape(name)}", held


def _entries(value: JsonValue, pointer: str) -> Iterator[tuple[str, str | None, str]]:
    """The place, the id and the reason of each entry; None for an id that is not a string."""
    if isinstance(value, dict):
        for name, reason in value.items():
            yield f"{pointer}/{escape(name)}", name, _text(reason)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            stated = as_object(item) if isinstance(item, dict) else {"id": item}
            found = stated.get("id")
            is_valid = isinstance(found, str) and set(stated) <= {"id", "reason"}
            yield f"{pointer}/{index}", str(found) if is_valid else None, _text(stated.get("reason"))
    else:
        yield pointer, None, ""


def _text(reason: JsonValue) -> str:
    return reason.strip() if isinstance(reason, str) else ""
