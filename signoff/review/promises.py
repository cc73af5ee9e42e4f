"""What a document promises about its parts: `x-internal`, and the stability levels of `x-stability`.

A promise holds for the object that states it and everything below. Clients rely on what the base promised, so
the base decides: what it calls internal, draft or alpha may change freely, and lowering the promise is itself
a change. What has no level is stable. `x-stability-level`, as oasdiff spells it, means the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from signoff.contract.structure import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.json_value import JsonObject, JsonValue

INTERNAL, STABILITY = "x-internal", ("x-stability", "x-stability-level")
KEYS = (INTERNAL, *STABILITY)
LEVELS = ("draft", "alpha", "beta", "stable")
_FREE = LEVELS[:2]
# Only on these objects, and so on all that is compared as one: a lower promise must be seen as a change.
_KINDS = ("document", "path_item", "operation", "parameter", "request_body", "schema")
# Kinds of change whose new object may be internal from the start.
_NEW = ("parameter-added", "property-added", "property-added-to-closed")


class Step(NamedTuple):
    """A difference between two promises: what it is about, how it differs, and whether less is promised."""

    aspect: str
    detail: str
    is_lower: bool

    @property
    def kind(self) -> str:
        """The kind of change, without the part of the document."""
        if self.aspect == "internal":
            return "became-internal" if self.is_lower else "no-longer-internal"
        return "stability-lowered" if self.is_lower else "stability-raised"


@dataclass(frozen=True, slots=True)
class Promise:
    """What is stated for one object; empty or None for what is not.

    Attributes:
        level: one of `LEVELS`.
    """

    level: str = ""
    is_internal: bool | None = None

    @property
    def freedom(self) -> str:
        """Why it may change freely: `internal`, `draft` or `alpha`; empty if it may not."""
        if self.is_internal:
            return "internal"
        return self.level if self.level in _FREE else ""

    def or_else(self, outer: Promise) -> Promise:
        """This promise, with the outer one for what is not stated."""
        is_internal = outer.is_internal if self.is_internal is None else self.is_internal
        return Promise(self.level or outer.level, is_internal)


def stated(value: Mapping[str, JsonValue]) -> Promise:
    """The promise of an object; a level that does not exist is none."""
    level = next((str(value[key]) for key in STABILITY if key in value), "")
    is_internal = value.get(INTERNAL)
    return Promise(level if level in LEVELS else "", is_internal if isinstance(is_internal, bool) else None)


@dataclass(frozen=True, slots=True)
class Promises:
    """The promises of a document.

    Attributes:
        stated: by the pointers of the objects that state one.
    """

    stated: Mapping[str, Promise]

    @classmethod
    def of(cls, document: JsonObject) -> Promises:
        """The promises of a bundled document."""
        found = {node.pointer: stated(node.value) for node in walk(document) if node.kind in _KINDS}
        return cls({pointer: promise for pointer, promise in found.items() if promise != Promise()})

    def at(self, pointer: str | None) -> Promise:
        """The promise for a place, by the innermost objects around it that state one."""
        if not self.stated:
            return Promise()
        found, place = self.stated.get("", Promise()), ""
        for token in (pointer or "").split("/")[1:]:
            place = f"{place}/{token}"
            found = self.stated.get(place, Promise()).or_else(found)
        return found

    def is_new_and_internal(self, kind: str, pointer: str | None) -> bool:
        """Whether a change adds a parameter or property that is internal from the start."""
        return kind.endswith(_NEW) and self.stated.get(pointer or "", Promise()).is_internal is True


def lowered_or_raised(old: Promise, new: Promise) -> Iterator[Step]:
    """How two promises differ."""
    was, now = (promise.level or LEVELS[-1] for promise in (old, new))
    if was != now:
        is_lower = LEVELS.index(now) < LEVELS.index(was)
        verb = "lowered" if is_lower else "raised"
        yield Step("stability", f"has its stability level {verb} from {was} to {now}", is_lower)
    if bool(old.is_internal) != bool(new.is_internal):
        is_lower = new.is_internal is True
        yield Step("internal", f"is {'now' if is_lower else 'no longer'} internal", is_lower)
