"""The walk from a schema to a value, part by part, each taken back where it does not suit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list
from signoff.mock.generate.agreement import rules
from signoff.mock.generate.arrays import array
from signoff.mock.generate.errors import CannotGenerateError, ExhaustedError
from signoff.mock.generate.hints import hinted
from signoff.mock.generate.names import NUMBERS, STRINGS, maker_for
from signoff.mock.generate.numbers import admits, number
from signoff.mock.generate.objects import members
from signoff.mock.generate.strings import string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.mock.generate.branches import Branches
    from signoff.mock.generate.names import Realism
    from signoff.mock.generate.suitability import Suitability

_MAX_DEPTH = 40
_MAX_FLATS = 24
_TRIES = 6
_KINDS = ("object", "string", "integer", "number", "array", "boolean", "null")
_SIGNS = {
    "object": (
        *("properties", "required", "additionalProperties", "minProperties", "patternProperties"),
        *("propertyNames", "unevaluatedProperties", "dependentRequired", "dependentSchemas", "maxProperties"),
    ),
    "array": ("items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems", "unevaluatedItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the value the walk stands.

    Attributes:
        depth: how deep, in levels.
        room: about how many further parts this part may have; without any only required ones are made.
        name: the property that it is the value of.
        parent: the property that the object around it is the value of.
        within: the named schemas around it, by their `$ref`.
    """

    depth: int = 0
    room: int = 0
    name: str = ""
    parent: str = ""
    within: tuple[str, ...] = ()

    def inner(self, parts: int, parent: str) -> Place:
        """The place of one of `parts` parts."""
        return Place(self.depth + 1, self.room // parts, parent, self.parent, self.within)

    def member(self, name: str) -> Place:
        """The place of a member, from the place that `inner` gave."""
        return replace(self, name=name, parent=self.name)


@dataclass(slots=True)
class Walk:
    """One attempt at a value.

    Attributes:
        branches: takes schemas apart.
        suitability: judges parts.
        random: where chance comes from.
        hidden: the keyword of members that are not sent in this direction.
        realism: makes values by name; None for plain ones.
        steps: how many parts may be tried before the attempt is given up.
    """

    branches: Branches
    suitability: Suitability
    random: Random
    hidden: str
    realism: Realism | None
    steps: int
    unnamed: Place = field(default_factory=Place)

    def value(self, raw: JsonValue, place: Place) -> JsonValue:
        """A value for a schema at a place.

        Raises:
            CannotGenerateError: none was found.
            ExhaustedError: too many parts were tried.
        """
        if raw is False:
            raise CannotGenerateError("the schema admits nothing")
        if not isinstance(raw, dict):
            return {}
        self.steps -= 1
        if self.steps < 0:
            raise ExhaustedError
        if place.depth > _MAX_DEPTH:
            raise CannotGenerateError("the schema has no end")
        if isinstance(ref := raw.get("$ref"), str):
            place = replace(place, within=(*place.within, ref))
        check = self.suitability.has_to_be_checked(raw)
        reason = "its parts contradict each other"
        for flat in islice(self.branches.flat(raw), _MAX_FLATS):
            try:
                for made in self.candidates(flat, place, tries=_TRIES if check else 1):
                    if not check or self.suits(made, raw):
                        return made
                    reason = "what was made breaks a condition of the schema"
            except CannotGenerateError as error:
                reason = str(error)
        raise CannotGenerateError(reason)

    def suits(self, value: JsonValue, raw: JsonValue) -> bool:
        """Whether a part satisfies its schema."""
        self.steps -= 1
        if self.steps < 0:
            raise ExhaustedError
        return self.suitability.suits(value, raw)

    def is_hidden(self, member: JsonValue) -> bool:
        """Whether a property is not sent in this direction."""
        return self.branches.schemas.says(member, self.hidden)

    def leads_back(self, member: JsonValue, place: Place) -> bool:
        """Whether an optional part would repeat a named schema that is around it already."""
        while isinstance(member, dict):
            if member.get("$ref") in place.within:
                return True
            parts = [member.get("items"), *(as_list(member.get("allOf"))[:1])]
            member = next((part for part in parts if isinstance(part, dict)), None)
        return False

    def options(self, raw: JsonValue) -> list[JsonValue]:
        """The values that a schema names, where it names any."""
        flats = self.branches.flat(raw) if isinstance(raw, dict) else iter(())
        found: list[JsonValue] = []
        for flat in islice(flats, _MAX_FLATS):
            found += [flat["const"]] if "const" in flat else as_list(flat.get("enum"))
            found += [True, False] if flat.get("type") == "boolean" else []
        return found

    def candidates(self, schema: JsonObject, place: Place, *, tries: int) -> Iterator[JsonValue]:
        """Values for a flat schema, the most telling first."""
        if "const" in schema or "enum" in schema:
            yield from self.listed(schema)
            return
        for told in _told(schema):
            if self.suits(told, schema):
                yield told
        if self.realism is not None and (named := self.named(schema, place)) is not None:
            yield named
        failure: CannotGenerateError | None = None
        for kind in _kinds(schema):
            for _ in range(tries if kind not in ("null", "boolean") else 2):
                try:
                    yield self.typed(kind, schema, place)
                except CannotGenerateError as error:
                    failure = failure or error
                    break
        if failure is not None:
            raise failure

    def listed(self, schema: JsonObject) -> Iterator[JsonValue]:
        """The `const`, or the members of the `enum` that suit the rest, nulls last."""
        options = [schema["const"]] if "const" in schema else list(as_list(schema["enum"]))
        self.random.shuffle(options)
        options.sort(key=lambda option: option is None)
        rest = {key: value for key, value in schema.items() if key not in ("const", "enum")}
        suiting = [option for option in options if self.suits(option, rest)]
        if not suiting:
            raise CannotGenerateError("none of the listed values suits the rest of the schema")
        yield from suiting

    def named(self, schema: JsonObject, place: Place) -> JsonValue:
        """What a hint or the property's name says of the value; None where neither says anything fitting."""
        if self.realism is None:
            return None
        if "x-faker" in schema:
            told = hinted(self.realism.seeded(self.random), schema["x-faker"])
            return told if told is not None and self.suits(told, schema) else None
        kind = _kinds(schema)[0]
        if kind == "string" and not {"format", "pattern"} & schema.keys():
            made = self.by_name(place, strings=True)
            return made if isinstance(made, str) and self.suits(made, schema) else None
        if kind in ("number", "integer"):
            made = self.by_name(place, strings=False)
            if isinstance(made, int | float):
                made = round(made) if kind == "integer" else made
                return made if admits(schema, made) else None
        return None

    def by_name(self, place: Place, *, strings: bool) -> JsonValue:
        """What the property's name suggests; None for names that say nothing."""
        maker = maker_for(place.name, place.parent, STRINGS if strings else NUMBERS)
        return maker(self.realism.seeded(self.random)) if maker and self.realism else None

    def typed(self, kind: str, schema: JsonObject, place: Place) -> JsonValue:
        """A value of one type for a flat schema."""
        match kind:
            case "object":
                return self.agreed(members(self, schema, place), schema)
            case "array":
                return array(self, schema, place)
            case "string":
                return self.string(schema, place)
            case "integer" | "number":
                return number(self.random, schema, whole=kind == "integer")
            case "boolean":
                return self.random.random() < 0.5
            case _:
                return None

    def agreed(self, made: JsonObject, schema: JsonObject) -> JsonObject:
        """The object with members that agree with each other, as far as the schema lets them."""
        if self.realism is None or len(made) < 2:
            return made
        for rule in rules():
            better = rule(made, self.realism.faker)
            if better != made and self.suits(better, schema):
                made = better
        return made

    def string(self, schema: JsonObject, place: Place) -> str:
        """A string for a flat schema."""
        stated = schema.get("pattern")
        patterns = [str(item) for item in (stated if isinstance(stated, list) else [stated]) if item]
        likely = [made for made in [self.by_name(place, strings=True)] if isinstance(made, str)]
        most = schema.get("maxLength")
        return string(
            self.random,
            form=str(schema.get("format", "")),
            patterns=patterns,
            low=_int(schema.get("minLength"), 0),
            high=_int(most, 0) if most is not None else None,
            likely=likely,
        )


def _told(schema: JsonObject) -> Iterator[JsonValue]:
    """What the schema itself gives as examples."""
    yield from as_list(schema.get("examples"))
    for keyword in ("example", "default"):
        if schema.get(keyword) is not None:
            yield schema[keyword]


def _kinds(schema: JsonObject) -> list[str]:
    """The types that a flat schema admits, the likeliest first."""
    stated = schema.get("type")
    named = [str(kind) for kind in (stated if isinstance(stated, list) else [stated]) if kind]
    if not named:
        hinted_at = [kind for kind, signs in _SIGNS.items() if any(sign in schema for sign in signs)]
        named = [*hinted_at, *(kind for kind in _KINDS if kind not in hinted_at)]
    return sorted(named, key=lambda kind: kind == "null")


def _int(value: JsonValue, otherwise: int) -> int:
    return int(value) if isinstance(value, int | float) else otherwise
