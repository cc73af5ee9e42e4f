"""Generates valid values from the normal form of a schema, and validates them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from signoff.contract.errors import DocumentError
from signoff.contract.schemas import Direction, SchemaSet
from signoff.contract.structure import walk
from signoff.review.changes.counterexamples import texts
from signoff.review.changes.sets.merging import matches, of_property
from signoff.review.changes.sets.parts import key_of
from signoff.review.changes.sets.shape import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.contract import Contract
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import Schema
    from signoff.review.changes.sets.difference import Step
    from signoff.review.changes.sets.normal_form import NormalForms
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Shape

_DEEPEST = 8
_ENOUGH = 6
_TRIES = 200
LONGEST_ARRAY = 300
_MOST_PARTS = 3_000  # of a value: nobody reads a longer one, and nested lists can have any number
_ORDER = ("string", "number", "boolean", "array", "object", "null")
_STAND_INS: tuple[JsonValue, ...] = ("a", 1, True, [], {}, None, 1.5, "")


@dataclass(slots=True)
class Sampler:
    """Generates values for the schemas of one side and one direction."""

    forms: NormalForms
    judge: Judge
    direction: Direction
    _known: dict[frozenset[str], list[JsonValue]] = field(default_factory=dict)
    _unsatisfied: dict[frozenset[str], int] = field(default_factory=dict)

    def values(self, schema: Conjunction, depth: int = 0) -> list[JsonValue]:
        """A few valid values of a schema, always the same ones; empty if none was found."""
        key = key_of(schema)
        if key in self._known:
            return self._known[key]
        if depth >= self._unsatisfied.get(key, _DEEPEST + 1):
            return []
        tried = islice(self._candidates(schema, depth), _TRIES)
        found: dict[str, JsonValue] = {}
        for value in tried:
            if is_short(value) and self.judge.takes(schema, value, self.direction):
                found.setdefault(canonical(value), value)
            if len(found) >= _ENOUGH:
                break
        if depth == 0 or found:
            self._known[key] = list(found.values())
        else:
            self._unsatisfied[key] = depth
        return list(found.values())

    def _candidates(self, schema: Conjunction, depth: int) -> Iterator[JsonValue]:
        if not schema:
            yield from _STAND_INS
            return
        shapes = self.forms.of(schema).shapes
        for kind in _ORDER:
            for shape in shapes.get(kind, ()):
                yield from islice(self.of_shape(shape, None, depth), 60)
        for part in self.forms.reader.flattened(schema):
            if isinstance(part.raw, dict):
                examples = part.raw.get("examples")
                yield from examples if isinstance(examples, list) else ()
                yield from (part.raw[name] for name in ("example", "default") if name in part.raw)

    def of_shape(self, shape: Shape, other: Shape | None, depth: int = 0) -> Iterator[JsonValue]:
        """Values that probably match an alternative, near the boundaries of another one."""
        if shape.values is not None:
            yield from shape.values
        elif shape.kind == "string":
            yield from texts.strings(shape, other)
        elif shape.kind == "number":
            yield from texts.numbers(shape, other)
        elif shape.kind == "array":
            yield from self._arrays(shape, other, depth)
        elif shape.kind == "object":
            yield from self._objects(shape, other, depth)
        else:
            yield from (True, False) if shape.kind == "boolean" else (None,)

    def _arrays(self, shape: Shape, other: Shape | None, depth: int) -> Iterator[JsonValue]:
        bounds = texts.bounds(("minItems", "maxItems"), shape, other)
        bounds += [
            end
            for s in (shape, other)
            if s
            for one in s.containing
            for end in one.bounds
            if end < LONGEST_ARRAY
        ]
        sizes = [0, 1, 2, *(bound + offset for bound in bounds for offset in (0, 1, -1))]
        least = shape.facets.get("minItems")
        for size in dict.fromkeys(sizes):
            if (least.value if least else 0) <= size <= LONGEST_ARRAY:
                yield self.array(shape, size, depth)
                if size > 1 and (items := self.array(shape, 1, depth)):
                    yield items * size

    def array(self, shape: Shape, size: int, depth: int = 0) -> list[JsonValue]:
        """An array of a size with items that are as different as possible."""
        found: list[JsonValue] = []
        known: set[str] = set()
        for index in range(size):
            schema = shape.prefix[index] if index < len(shape.prefix) else shape.items
            options = self.values(schema, depth + 1)
            contained = [v for held in shape.contained for v in self.values(held, depth + 1)[:1]]
            options = contained[index : index + 1] or options
            if not options:
                break
            found.append(self._unlike(known, options, schema, index))
            known.add(canonical(found[-1]))
        return found

    def _unlike(
        self, known: set[str], options: list[JsonValue], schema: Conjunction, index: int
    ) -> JsonValue:
        fresh = [value for value in options if canonical(value) not in known]
        numbered: list[JsonValue] = [index + 10, f"a{index}"]
        fresh += [
            value for value in numbered if not fresh and self.judge.takes(schema, value, self.direction)
        ]
        return fresh[0] if fresh else options[index % len(options)]

    def _objects(self, shape: Shape, other: Shape | None, depth: int) -> Iterator[JsonValue]:
        least = self.object(shape, depth)
        yield least
        optional = {
            name: options[0]
            for name, schema in shape.properties.items()
            if name not in least and depth < 4 and (options := self.values(schema, depth + 1))
        }
        yield {**optional, **least}
        for name, value in optional.items():
            yield {**least, name: value}
        for name in [*least, *optional]:
            yield {key: value for key, value in {**optional, **least}.items() if key != name}
        for size in _sizes(shape, other):
            yield self._sized({**least, **optional}, least, size, shape)

    def _sized(self, full: JsonObject, least: JsonObject, size: int, shape: Shape) -> JsonObject:
        made = dict(least)
        for name in [name for name in full if name not in least] + [f"extra{n}" for n in range(size)]:
            if len(made) >= size:
                break
            options = self.values(of_property(shape, name), 1)
            if options:
                made[name] = options[0]
        return made

    def object(self, shape: Shape, depth: int = 0) -> JsonObject:
        """An object with only the required properties."""
        found: JsonObject = {}
        for name in shape.required:
            schema = of_property(shape, name)
            if self._is_unsent(schema):
                continue
            options = self.values(schema, depth + 1)
            if options:
                found[name] = options[0]
        least = shape.facets.get("minProperties")
        return self._sized(dict.fromkeys(shape.properties), found, least.value, shape) if least else found

    def _is_unsent(self, schema: Conjunction) -> bool:
        keyword = "readOnly" if self.direction is Direction.REQUEST else "writeOnly"
        note = self.forms.of(schema).notes.get(keyword)
        return note is not None and note.value is True

    def around(self, step: Step, shape: Shape, value: JsonValue) -> JsonValue:
        """A value of an alternative that has `value` at the end of the step."""
        if step.kind == "same":
            return value
        if step.kind in ("property", "extra", "pattern"):
            return {**self.object(shape), self._name(step, shape): value}
        index = step.position
        least = shape.facets.get("minItems")
        items = self.array(shape, max(index + 1, min(least.value, LONGEST_ARRAY) if least else 0))
        return [*items[:index], value, *items[index + 1 :]]

    def _name(self, step: Step, shape: Shape) -> str:
        if step.kind == "property":
            return step.name
        if step.kind == "pattern":
            drawn = [name for name in texts.drawn(step.name) if name not in shape.properties]
            return drawn[0] if drawn else "a"
        names = ("extra", "another", "a", "key1", "X", *map(str, self.values(shape.names)))
        defined = {*step.before.properties, *step.after.properties}
        return next((name for name in names if name not in defined and self._is_free(name, shape)), "extra")

    def _is_free(self, name: str, shape: Shape) -> bool:
        if name in shape.properties or any(matches(regex, name) for regex in shape.patterns):
            return False
        return not shape.names or self.judge.takes(shape.names, name, self.direction) is True


def is_short(value: JsonValue) -> bool:
    """Whether a value has few enough parts to be tried and shown."""
    pending, count = [value], 0
    while pending and count <= _MOST_PARTS:
        part = pending.pop()
        held = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        count += len(held)
        pending += held
    return count <= _MOST_PARTS


def _sizes(*shapes: Shape | None) -> list[int]:
    near = [
        bound + offset
        for bound in texts.bounds(("minProperties", "maxProperties"), *shapes)
        for offset in (0, 1, -1)
    ]
    return [size for size in near if 0 <= size <= 100]


@dataclass(slots=True)
class Judge:
    """Validates values against any schema of a contract, including nested ones and those of webhooks.

    Validators are compiled on first use, because most comparisons need none.

    Attributes:
        patience: the number of validations left; each search sets it to limit its cost.
    """

    contract: Contract
    patience: int = 1_000
    _schemas: dict[str, Schema] = field(default_factory=dict)
    _is_broken: bool = False

    def takes(self, conjunction: Conjunction, value: JsonValue, direction: Direction) -> bool | None:
        """Whether `value` matches every part; None if unknown or if no validations are left."""
        self.patience -= 1
        if self.patience < 0:
            return None
        if any(part.raw is False for part in conjunction):
            return False
        try:
            return all(
                self._schema(part.pointer).is_valid(value, direction)
                for part in conjunction
                if isinstance(part.raw, dict)
            )
        except DocumentError:
            self._is_broken = True
        except (ValueError, OverflowError, KeyError):
            pass  # a number that the validator cannot hold, or a place that only the reader made up
        return None

    def _schema(self, pointer: str) -> Schema:
        if self._is_broken:
            raise DocumentError("the schemas do not compile")
        if not self._schemas:
            schemas = SchemaSet(self.contract.bundle)
            self._schemas = {
                node.pointer: schemas.add(node.pointer, node.value)
                for node in walk(self.contract.document)
                if node.kind == "schema"
            }
        return self._schemas[pointer]
