"""Views of a schema: the schemas that it consists of, and their combined keywords.

Theory of operation
-------------------
A JSON Schema is spread over a document: it refers to others, demands all of several (`allOf`), or offers
alternatives (`oneOf`, `anyOf`). `References.walk` goes from a schema to what it refers to, then through the
keywords that it is asked to follow, in the order of the document. It visits each schema object once, so a
ring of references ends the walk, and the work is linear in the document however its schemas are tangled:
nothing has to be cut off. Whether a value satisfies a schema is for the validator alone (`schemas`).

A `View` has the results of the walks that readers need, each made once: `SchemaSet.view` keeps the views of a
document. Code that changes a document uses `References`, which keeps nothing of the schemas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import from_ref, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract.json_value import JsonObject, JsonValue

ALTERNATIVES = ("oneOf", "anyOf")


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
        """The schemas that a keyword lists, or the one that it holds."""
        held = self.schema.get(keyword)
        if isinstance(held, dict | bool):
            return [Part(held, f"{self.pointer}/{keyword}")]
        return [
            Part(raw, f"{self.pointer}/{keyword}/{index}")
            for index, raw in enumerate(as_list(held))
            if isinstance(raw, dict | bool)
        ]


class References:
    """Where the references of one document lead."""

    def __init__(self, document: JsonObject) -> None:
        self.document = document

    def followed(self, raw: JsonObject) -> tuple[JsonObject, str]:
        """What the `$ref` or `$dynamicRef` of `raw` leads to, one step on, and where that stands.

        References by anchor are references by place by now (`versions.v3`). What cannot be resolved is `{}`.
        """
        ref = raw.get("$ref", raw.get("$dynamicRef"))
        pointer = from_ref(ref) if isinstance(ref, str) else ""
        try:
            value = resolve(self.document, pointer) if pointer[:1] in ("", "/") else {}
        except LookupError:
            value = {}
        return (value if isinstance(value, dict) else {"not": {}} if value is False else {}), pointer

    def inner(self, part: Part, through: tuple[str, ...]) -> list[Part]:
        """What a schema refers to, then the schemas under its keywords `through`."""
        found = [child for keyword in through for child in part.children(keyword)]
        if "$ref" in part.schema or "$dynamicRef" in part.schema:
            found.insert(0, Part(*self.followed(part.schema)))
        return found

    def walk(self, start: Part, through: tuple[str, ...], first_of: tuple[str, ...] = ()) -> Iterator[Part]:
        """The schemas that one consists of, itself first, each once.

        Args:
            start: where to begin.
            through: the keywords to follow beside references: `allOf`, `oneOf`, `anyOf`, `then`, `else`.
            first_of: keywords of which only the first schema is followed, after those.
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
            firsts = [child for keyword in first_of for child in part.children(keyword)[:1]]
            pending += reversed([*self.inner(part, through), *firsts])


class View:
    """The combined keywords of a schema and the schemas that it consists of. Read-only."""

    def __init__(self, references: References, raw: JsonObject) -> None:
        self.raw = raw
        self._references = references

    def _walk(self, *through: str, first_of: tuple[str, ...] = ()) -> tuple[JsonObject, ...]:
        walked = self._references.walk(Part(self.raw, ""), through, first_of)
        return tuple(part.raw for part in walked if isinstance(part.raw, dict))

    @cached_property
    def parts(self) -> tuple[JsonObject, ...]:
        """The schemas that each value satisfies all of: itself, what it refers to and its `allOf`."""
        return self._walk("allOf")

    @cached_property
    def every(self) -> tuple[JsonObject, ...]:
        """The parts and all alternatives, `then` and `else` included."""
        return self._walk("allOf", *ALTERNATIVES, "then", "else")

    @cached_property
    def keywords(self) -> frozenset[str]:
        """The keywords of the parts and all alternatives."""
        return frozenset(keyword for part in self.every for keyword in part)

    @cached_property
    def properties(self) -> dict[str, list[JsonObject]]:
        """The schemas of each property, from the parts and all alternatives that describe it."""
        found: dict[str, list[JsonObject]] = {}
        for part in self.every:
            for name, held in as_object(part.get("properties")).items():
                found.setdefault(name, []).append(as_object(held))
        return found

    @cached_property
    def has_contents(self) -> bool:
        """Whether a text of a value, at any depth, may be another document (`contentMediaType`)."""
        pending: list[JsonValue] = [self.raw]
        seen: set[int] = set()
        while pending:
            for part in self._references.walk(Part(pending.pop(), ""), ("allOf", "items")):
                if "contentMediaType" in part.schema:
                    return True
                if id(part.raw) not in seen:
                    seen.add(id(part.raw))
                    pending += as_object(part.schema.get("properties")).values()
        return False

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The JSON types of the parts, else those of the alternatives; empty without `type`."""
        return _types(self.parts) or _types(self.every)

    @cached_property
    def flat(self) -> JsonObject:
        """The parts and the first of the alternatives as one schema; see `_merged`."""
        return _merged(self._walk("allOf", first_of=ALTERNATIVES))

    @cached_property
    def outline(self) -> JsonObject:
        """The parts and all alternatives as one schema, for reading values from text; see `_merged`."""
        return _merged(self.every)


def _types(parts: Iterable[JsonObject]) -> frozenset[str]:
    stated = [part["type"] for part in parts if "type" in part]
    return frozenset(str(kind) for held in stated for kind in (held if isinstance(held, list) else [held]))


def _merged(parts: Iterable[JsonObject]) -> JsonObject:
    """Each keyword from the first part that has it; all `properties` and `required` combined."""
    found: JsonObject = {}
    for part in parts:
        for keyword, value in part.items():
            held = found.get(keyword)
            if keyword == "properties":
                found[keyword] = {**as_object(value), **as_object(held)}
            elif keyword == "required":
                found[keyword] = [*as_list(held), *(n for n in as_list(value) if n not in as_list(held))]
            elif keyword not in ("$ref", "$dynamicRef"):
                found.setdefault(keyword, value)
    return found
