"""Conjunctions: schemas of one document that all apply, with resolved references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape, from_ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import SchemaSet

_SAY_NOTHING = {"$ref", "description", "summary", "title", "$comment"}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A schema (an object or a boolean) and its pointer in the bundled document."""

    raw: JsonValue
    pointer: str


Conjunction: TypeAlias = tuple[Part, ...]


def joined(*conjunctions: Conjunction) -> Conjunction:
    """The unique parts of several conjunctions, without those that allow any value."""
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
    """A nested schema."""
    raw: JsonValue = part.raw
    for token in tokens:
        raw = raw[token] if isinstance(raw, dict | list) else None  # type: ignore[index]
    return Part(raw, part.pointer + "".join(f"/{escape(token)}" for token in tokens))


def is_schema(value: JsonValue) -> bool:
    """Whether a value can be a schema."""
    return isinstance(value, dict | bool)


@dataclass(slots=True)
class Reader:
    """Resolves the references of one document."""

    schemas: SchemaSet
    _children: dict[str, dict[str, Part]] | None = None

    def conjunction(self, raw: JsonValue, pointer: str) -> Conjunction:
        """A schema of the document as a conjunction."""
        return joined((self.plain(Part(raw, pointer)),)) if is_schema(raw) else ()

    def plain(self, part: Part) -> Part:
        """The target of a schema that is only a reference; any other schema is returned unchanged."""
        passed: set[str] = set()
        while isinstance(part.raw, dict) and "$ref" in part.raw and _SAY_NOTHING.issuperset(part.raw):
            if part.pointer in passed:  # a cycle of references has no constraints
                return Part({}, part.pointer)
            passed.add(part.pointer)
            part = Part(*self.schemas.followed(part.raw))
        return part

    def flattened(self, conjunction: Conjunction) -> list[Part]:
        """All schemas that apply: the parts, their references and their `allOf`."""
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

    def name(self, ref: str) -> str:
        """The name of what a reference leads to: of the component, or of the file."""
        pointer = self.schemas.name(from_ref(ref)) if ref.startswith("#/") else ref
        return pointer.rpartition("/")[2]

    def target(self, mapped: str) -> str:
        """The reference in a value of a discriminator's `mapping`: a schema name or a URI."""
        is_name = mapped in as_object(as_object(self.schemas.document.get("components")).get("schemas"))
        return f"#/components/schemas/{escape(mapped)}" if is_name else mapped

    def children(self, pointer: str) -> dict[str, Part]:
        """The alternatives of a parent with a `discriminator` and no `oneOf`, by their pointers.

        They are the components that reference it in `allOf` (OpenAPI 3.1, section 4.8.25) and those in its
        mapping.
        """
        if self._children is None:
            self._children = {}
            schemas = as_object(as_object(self.schemas.document.get("components")).get("schemas"))
            for name, raw in schemas.items():
                own = Part(raw, f"/components/schemas/{escape(name)}")
                builds = isinstance(raw, dict) and "allOf" in raw
                for parent in self.flattened((own,)) if builds else ():
                    if parent.pointer != own.pointer and _is_parent(parent.raw):
                        self._children.setdefault(parent.pointer, {})[own.pointer] = own
                if _is_parent(raw):
                    stated = as_object(as_object(raw).get("discriminator"))
                    for mapped in as_object(stated.get("mapping")).values():
                        part = self.plain(Part({"$ref": self.target(str(mapped))}, ""))
                        if part.raw and part.pointer != own.pointer:
                            self._children.setdefault(own.pointer, {})[part.pointer] = part
        return self._children.get(pointer, {})


def _is_parent(raw: JsonValue) -> bool:
    return isinstance(raw, dict) and "discriminator" in raw and not {"oneOf", "anyOf"} & raw.keys()
