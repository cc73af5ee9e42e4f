"""Which schemas a schema consists of: references followed, parts and alternatives found in one walk.

Theory of operation
-------------------
A JSON Schema is spread over a document: it refers to others, demands all of several (`allOf`), or offers
alternatives (`oneOf`, `anyOf`). `References.walk` goes from a schema to what it refers to, then through the
keywords that it is asked to follow, in the order of the document. It visits each schema object once, so a
ring of references ends the walk, and the work is linear in the document however its schemas are tangled:
nothing has to be cut off. Whether a value satisfies a schema is for the validator alone (`schemas`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import from_ref, resolve
from signoff.contract.structure import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A schema (an object or a boolean), and where it stands in the bundled document."""

    raw: JsonValue
    pointer: str

    @property
    def schema(self) -> JsonObject:
        """The schema as an object."""
        return as_object(self.raw)

    def children(self, keyword: str) -> list[Part]:
        """The schemas that a keyword lists."""
        return [
            Part(raw, f"{self.pointer}/{keyword}/{index}")
            for index, raw in enumerate(as_list(self.schema.get(keyword)))
            if isinstance(raw, dict | bool)
        ]


class References:
    """Where the references of one document lead."""

    def __init__(self, document: JsonObject) -> None:
        self.document = document

    def followed(self, raw: JsonObject) -> tuple[JsonObject, str]:
        """What the `$ref` or `$dynamicRef` of `raw` leads to, one step on, and where that stands.

        A dynamic reference is taken to the first anchor of its name. What cannot be resolved is `{}`.
        """
        ref = raw.get("$ref", raw.get("$dynamicRef"))
        pointer = from_ref(ref) if isinstance(ref, str) else ""
        if pointer and not pointer.startswith("/"):
            pointer = self._anchors.get(pointer.rpartition("#")[2], "/")
        try:
            value = resolve(self.document, pointer)
        except LookupError:
            return {}, pointer
        return (value if isinstance(value, dict) else {"not": {}} if value is False else {}), pointer

    @cached_property
    def _anchors(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in walk(self.document):
            for keyword in ("$anchor", "$dynamicAnchor"):
                if node.kind == "schema" and isinstance(name := node.value.get(keyword), str):
                    found.setdefault(name, node.pointer)
        return found

    def walk(self, start: Part, through: tuple[str, ...]) -> Iterator[Part]:
        """The schemas that one consists of, itself first, each once.

        Args:
            start: where to begin.
            through: the keywords to follow beside references: `allOf`, `oneOf`, `anyOf`.
        """
        seen: set[int] = set()
        held: list[Part] = []  # so that what `seen` holds keeps its identity
        pending = [start]
        while pending:
            part = pending.pop()
            if id(part.raw) in seen:
                continue
            seen.add(id(part.raw))
            held.append(part)
            yield part
            inner = [child for keyword in through for child in part.children(keyword)]
            if "$ref" in part.schema or "$dynamicRef" in part.schema:
                inner.insert(0, Part(*self.followed(part.schema)))
            pending += reversed(inner)
