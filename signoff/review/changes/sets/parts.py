"""Schemas that hold together: a conjunction of schemas of one document, its references followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import SchemaSet

_SAY_NOTHING = {"$ref", "description", "summary", "title", "$comment"}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A schema (an object or a boolean) and where it stands in the bundled document."""

    raw: JsonValue
    pointer: str


Conjunction: TypeAlias = tuple[Part, ...]


def joined(*conjunctions: Conjunction) -> Conjunction:
    """All parts of several conjunctions, each once; what allows anything is left out."""
    found: dict[str, Part] = {}
    for conjunction in conjunctions:
        for part in conjunction:
            if part.raw is not True and part.raw != {}:
                found.setdefault(part.pointer, part)
    return tuple(found.values())


def key_of(conjunction: Conjunction) -> frozenset[str]:
    """What identifies a conjunction within its document."""
    return frozenset(part.pointer for part in conjunction)


def refuses_all(conjunction: Conjunction) -> bool:
    """Whether one of the parts is `false`."""
    return any(part.raw is False or part.raw == {"not": {}} for part in conjunction)


def child(part: Part, *tokens: str | int) -> Part:
    """The schema that stands inside another one."""
    raw: JsonValue = part.raw
    for token in tokens:
        raw = raw[token] if isinstance(raw, dict | list) else None  # type: ignore[index]
    return Part(raw, part.pointer + "".join(f"/{escape(token)}" for token in tokens))


def is_schema(value: JsonValue) -> bool:
    """Whether a value can be a schema at all."""
    return isinstance(value, dict | bool)


@dataclass(frozen=True, slots=True)
class Reader:
    """Follows the references of one document."""

    schemas: SchemaSet

    def conjunction(self, raw: JsonValue, pointer: str) -> Conjunction:
        """The conjunction that one schema of the document is."""
        return joined((self.plain(Part(raw, pointer)),)) if is_schema(raw) else ()

    def plain(self, part: Part) -> Part:
        """What a mere reference leads to; a schema that says something itself stays as it is."""
        for _ in range(64):
            if (
                not isinstance(part.raw, dict)
                or "$ref" not in part.raw
                or not _SAY_NOTHING.issuperset(part.raw)
            ):
                return part
            raw, pointer = self.schemas.followed(part.raw)
            part = Part(raw, pointer)
        return Part({}, part.pointer)

    def flattened(self, conjunction: Conjunction) -> list[Part]:
        """Every schema that holds: the parts, what they refer to and what their `allOf` lists."""
        found: dict[str, Part] = {}
        pending = list(reversed(conjunction))
        while pending:
            part = self.plain(pending.pop())
            if part.pointer not in found:
                found[part.pointer] = part
                pending.extend(reversed(list(self._held_together(part))))
        return list(found.values())

    def _held_together(self, part: Part) -> Iterator[Part]:
        if not isinstance(part.raw, dict):
            return
        if "$ref" in part.raw or "$dynamicRef" in part.raw:
            yield Part(*self.schemas.followed(part.raw))
        for keyword in ("allOf", "anyOf", "oneOf"):
            members = part.raw.get(keyword)
            if isinstance(members, list) and (keyword == "allOf" or len(members) == 1):
                yield from (child(part, keyword, index) for index in range(len(members)))
