"""Building a value for a schema, part by part; a part that does not suit is built again.

How it works. `Branches.flat` gives the flat schemas that a schema may stand for: references followed,
`allOf` merged, one branch of each choice. `Builder.value` takes the first ones in turn. For a flat schema
`Builder.candidates` gives values, the most realistic first: a listed value, an example, what the property's
name suggests, then a value of each type. Objects and arrays (`objects`, `arrays`)
build their parts by `Builder.value` again. What merging cannot express (`not`, `oneOf`, conditions) is
checked on the value that was made, and the next candidate is tried where it fails. A budget of steps ends
an attempt without a result; the generator then starts a plainer one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, listed
from signoff.contract.names import words_of
from signoff.generate.agreement import RULES, places
from signoff.generate.arrays import array
from signoff.generate.errors import CannotGenerateError, ExhaustedError
from signoff.generate.likeness import in_style, other_words
from signoff.generate.names import NUMBERS, STRINGS, encoded_picture, hinted, in_format, maker_for
from signoff.generate.numbers import admits, number
from signoff.generate.objects import members
from signoff.generate.strings import string
from signoff.generate.walk import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.generate.branches import Branches
    from signoff.generate.names import Realism
    from signoff.generate.suitability import Suitability
    from signoff.generate.walk import Place

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


@dataclass(slots=True)
class Builder:
    """One attempt at a value.

    Attributes:
        branches: takes schemas apart.
        suitability: judges parts.
        random: where chance comes from.
        hidden: the keyword of members that are not sent in this direction.
        realism: makes values by name; None for plain ones.
        steps: how many parts may be tried before the attempt is given up.
        varied: whether a schema's own examples come after what its name or format suggests, and numbers
            are only near them: one of many values is made, not the one value of the document.
    """

    branches: Branches
    suitability: Suitability
    random: Random
    hidden: str
    realism: Realism | None
    steps: int
    varied: bool = False

    def value(self, raw: JsonValue, place: Place) -> JsonValue:
        """A value for a schema at a place.

        Raises:
            CannotGenerateError: none was found.
            ExhaustedError: too many parts were tried.
        """
        if raw is False:
            raise CannotGenerateError("the schema matches no value")
        if not isinstance(raw, dict):
            return {}
        self.steps -= 1
        if self.steps < 0:
            raise ExhaustedError
        if place.depth > _MAX_DEPTH:
            raise CannotGenerateError("the schema is infinitely recursive")
        if isinstance(ref := raw.get("$ref"), str):
            place = replace(place, within=(*place.within, ref))
        check = self.suitability.has_to_be_checked(raw)
        reason = "its parts contradict each other"
        for flat in islice(self.branches.flat(raw), _MAX_FLATS):
            try:
                for made in self.candidates(flat, place, tries=_TRIES if check else 1):
                    if not check or self.suits(made, raw):
                        return made
                    reason = "the generated value does not match a condition of the schema"
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
        """The values that a schema lists, if it lists any."""
        flats = self.branches.flat(raw) if isinstance(raw, dict) else iter(())
        found: list[JsonValue] = []
        for flat in islice(flats, _MAX_FLATS):
            found += [flat["const"]] if "const" in flat else as_list(flat.get("enum"))
            found += [True, False] if flat.get("type") == "boolean" else []
        return found

    def candidates(self, schema: JsonObject, place: Place, *, tries: int) -> Iterator[JsonValue]:
        """Values for a flat schema, the most telling first."""
        if "const" in schema or "enum" in schema:
            yield from self.listed(schema, place.name)
            return
        examples = list(_examples(schema))
        if self.varied or place.is_further or (place.is_listed and words_of(place.name)[-1:] == ("id",)):
            examples = self.like(examples, schema, place)
        for suggested in examples:
            if self.suits(suggested, schema):
                yield suggested
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

    def like(self, examples: list[JsonValue], schema: JsonObject, place: Place) -> list[JsonValue]:
        """Values like the examples of a schema, where nothing better is known than these."""
        if not examples or "format" in schema or "pattern" in schema or len(examples) > 1:
            self.random.shuffle(examples)
            return examples if len(examples) > 1 else []
        if isinstance(examples[0], str):
            return self.texts_like(examples[0], place)
        number = examples[0]
        if isinstance(number, bool) or not isinstance(number, int | float):
            return []
        if self.by_name(place, strings=False) is not None:
            return []
        near = self.random.uniform(0.5, 1.5) * number
        return [round(near) if isinstance(number, int) else round(near, 2)]

    def texts_like(self, example: str, place: Place) -> list[JsonValue]:
        """Texts like an example; none if the property's name suggests better ones."""
        if words_of(place.name)[-1:] == ("currency",) or self.realism is None or not example:
            return [example]
        if self.by_name(place, strings=True) is not None:
            return []
        if any(character.isdecimal() for character in example):
            return [in_style(example, self.random)]
        return [other_words(example, self.realism.seeded(self.random)) or example]

    def listed(self, schema: JsonObject, name: str = "") -> Iterator[JsonValue]:
        """The `const`, or the members of the `enum` that suit the rest, nulls last."""
        options = [schema["const"]] if "const" in schema else list(as_list(schema["enum"]))
        self.random.shuffle(options)
        if "currency" in words_of(name) and self.realism is not None:  # all values have the same one
            usual = STRINGS["currency"](self.realism.faker)
            options.sort(key=lambda option: (str(option).upper() != usual, str(option)))
        options.sort(key=lambda option: option is None)
        rest = {key: value for key, value in schema.items() if key not in ("const", "enum")}
        suiting = [option for option in options if self.suits(option, rest)]
        if not suiting:
            raise CannotGenerateError("no value of the enum matches the rest of the schema")
        yield from suiting

    def named(self, schema: JsonObject, place: Place) -> JsonValue:
        """A value suggested by a hint or the property's name; None without a matching one."""
        if self.realism is None:
            return None
        if "x-faker" in schema:
            suggested = hinted(self.realism.seeded(self.random), schema["x-faker"])
            return suggested if suggested is not None and self.suits(suggested, schema) else None
        kind = _kinds(schema)[0]
        if kind == "string" and "pattern" not in schema:
            text = self.text_by_name(schema, place)
            return text if text is not None and self.suits(text, schema) else None
        if kind in ("number", "integer"):
            made = self.by_name(place, strings=False)
            if isinstance(made, int | float):
                made = round(made) if kind == "integer" else made
                return made if admits(schema, made) else None
        return None

    def text_by_name(self, schema: JsonObject, place: Place) -> str | None:
        """A text suggested by the property's name, in the schema's format; None for other names."""
        form = str(schema.get("format", ""))
        if form in ("byte", "base64") or "contentEncoding" in schema:
            return encoded_picture(place.name, str(schema.get("contentMediaType", "")))
        if form == "jwt" and self.realism is not None:
            return str(STRINGS["jwt"](self.realism.seeded(self.random)))
        return in_format(place.name, self.by_name(place, strings=True), form)

    def by_name(self, place: Place, *, strings: bool) -> JsonValue:
        """A value suggested by the property's name; None for other names."""
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
        rules: list[Callable[[JsonObject], JsonObject]] = [*RULES, partial(places, fake=self.realism.faker)]
        for rule in rules:
            better = rule(made)
            if better != made and self.suits(better, schema):
                made = better
        return made

    def string(self, schema: JsonObject, place: Place) -> str:
        """A string for a flat schema."""
        patterns = [str(item) for item in listed(schema.get("pattern")) if item]
        likely = [made for made in [self.by_name(place, strings=True)] if isinstance(made, str)]
        return string(
            self.random,
            form=str(schema.get("format", "")),
            patterns=patterns,
            low=bound(schema.get("minLength")) or 0,
            high=bound(schema.get("maxLength")),
            likely=likely,
        )


def _examples(schema: JsonObject) -> Iterator[JsonValue]:
    """What the schema itself gives as examples."""
    yield from as_list(schema.get("examples"))
    for keyword in ("example", "default"):
        if schema.get(keyword) is not None:
            yield schema[keyword]


def _kinds(schema: JsonObject) -> list[str]:
    """The types that a flat schema admits, the likeliest first."""
    named = [str(kind) for kind in listed(schema.get("type")) if kind]
    if not named:
        hinted_at = [kind for kind, signs in _SIGNS.items() if any(sign in schema for sign in signs)]
        named = [*hinted_at, *(kind for kind in _KINDS if kind not in hinted_at)]
    return sorted(named, key=lambda kind: kind == "null")
