"""Building a value for a schema, part by part; a part that does not suit is built again.

How it works. `Branches.flat` gives the flat schemas that a schema may stand for: references followed,
`allOf` merged, one branch of each choice. `Walk.value` takes the first ones in turn. For a flat schema
`Walk.candidates` gives values, the most realistic first: a listed value, an example, what the property's
name suggests, then a value of each type. Objects and arrays build their parts by `Walk.value` again. What
merging cannot express (`not`, `oneOf`, conditions) is checked on the value that was made, and the next
candidate is tried where it fails. A budget of steps ends an attempt without a result; the generator then
starts a plainer one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list
from signoff.contract.media_types import is_json
from signoff.contract.names import words_of
from signoff.contract.patterns import longest
from signoff.generate.agreement import places, rules_for
from signoff.generate.arrays import array
from signoff.generate.errors import CannotGenerateError, ExhaustedError
from signoff.generate.likeness import in_style, other_words
from signoff.generate.names import NUMBERS, STRINGS, encoded_picture, hinted, in_format, maker_for
from signoff.generate.numbers import admits, number
from signoff.generate.objects import members
from signoff.generate.strings import string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.generate.branches import Branches
    from signoff.generate.facts import FactBook
    from signoff.generate.names import Realism, Suggestion
    from signoff.generate.shortcuts import Shortcuts
    from signoff.generate.slices import Slice
    from signoff.generate.suitability import Suitability
    from signoff.generate.walk import Place

_MAX_DEPTH = 40
_MAX_FLATS = 24
_TRIES = 6
_CHARACTERS, _MANY_CHARACTERS = 64, 512  # of a text that has to be long, for one step
_CHECK, _PATTERN = 3, 10  # how many more steps a check and a text of a pattern take
_BRANCHES = 4  # how many parts of schemas may be looked at for each step of a slice


@dataclass(slots=True)
class Builder:
    """One attempt at a value.

    Attributes:
        branches: takes schemas apart.
        suitability: judges parts.
        facts: what the generator asks of schemas.
        shortcuts: the values of plain schemas.
        random: where chance comes from.
        hidden: the keyword of members that are not sent in this direction.
        realism: makes values by name; None for plain ones.
        steps: how many parts may be tried before the attempt is given up.
        slice: the slice that the walk runs in; None to take as long as it needs.
        varied: whether a schema's own examples come after what its name or format suggests, and numbers
            are only near them: one of many values is made, not the one value of the document.
    """

    branches: Branches
    suitability: Suitability
    facts: FactBook
    shortcuts: Shortcuts
    random: Random
    hidden: str
    realism: Realism | None
    steps: int
    varied: bool = False
    slice: Slice | None = None

    def limit(self, within: Slice) -> None:
        """Take steps from a slice instead of the walk's own."""
        self.slice = within
        self.branches.steps = within.left * _BRANCHES
        self.branches.is_cut = True

    def spend(self, steps: int = 1, slow: int = 0) -> None:
        """Take steps, and for what takes longer than its steps say, `slow` more from the slice.

        Raises:
            ExhaustedError: there are none left.
        """
        self.steps -= steps
        if self.slice is not None:
            self.slice.left -= steps + slow
            if self.slice.left < 0:
                raise ExhaustedError
        if self.steps < 0:
            raise ExhaustedError

    def value(self, raw: JsonValue, place: Place) -> JsonValue:
        """A value for a schema at a place.

        Raises:
            CannotGenerateError: none was found.
            ExhaustedError: too many parts were tried.
        """
        if raw is False:
            raise CannotGenerateError("the schema matches no value")
        if not isinstance(raw, dict):
            self.spend(0, slow=1)
            return {}
        self.spend()
        if place.depth > _MAX_DEPTH:
            raise CannotGenerateError("the schema is infinitely recursive")
        check = self.suitability.has_to_be_checked(raw)
        sole = self.branches.sole(raw)
        if sole is not None and not check and (shortcut := self.shortcut(sole, place)) is not None:
            return shortcut()
        ref = raw.get("$ref")
        place = place.inside(ref) if isinstance(ref, str) else place
        reason = "its parts contradict each other"
        flats = islice(self.branches.flat(raw), _MAX_FLATS) if sole is None else iter((sole,))
        for flat in flats:
            try:
                for made in self.candidates(flat, place, tries=_TRIES if check else 1):
                    if not check or self.suits(made, raw):
                        return made
                    reason = "the generated value does not match a condition of the schema"
            except CannotGenerateError as error:
                reason = str(error)
        raise CannotGenerateError(reason)

    def shortcut(self, flat: JsonObject, place: Place) -> Callable[[], JsonValue] | None:
        """What gives the value of a plain schema at once; None for other schemas."""
        facts = self.facts.of(flat)
        if facts.low > _CHARACTERS:
            self.spend(facts.low // _MANY_CHARACTERS, slow=facts.low // _CHARACTERS)
        if self.realism is None or not (self.varied or place.is_further or not facts.examples):
            return None
        found = self.shortcuts.of(facts, place.name, place.parent)
        return partial(found, self.realism, self.random) if found is not None else None

    def suits(self, value: JsonValue, raw: JsonValue) -> bool:
        """Whether a part satisfies its schema."""
        self.spend(slow=_CHECK)
        return self.suitability.suits(value, raw)

    def is_hidden(self, member: JsonValue) -> bool:
        """Whether a property is not sent in this direction."""
        return self.branches.schemas.says(member, self.hidden)

    def leads_back(self, member: JsonValue, place: Place) -> bool:
        """Whether an optional part would repeat a named schema that is around it already."""
        while isinstance(member, dict) and place.within:
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
        facts = self.facts.of(schema)
        if facts.lists_values:
            yield from self.listed(schema, place.name)
            return
        examples = list(facts.examples)
        if examples and (
            self.varied or place.is_further or (place.is_listed and words_of(place.name)[-1:] == ("id",))
        ):
            examples = self.like(examples, schema, place)
        for suggested in examples:
            if self.suits(suggested, schema):
                yield suggested
        if self.realism is not None and (named := self.named(schema, place)) is not None:
            yield named
        failure: CannotGenerateError | None = None
        for kind in facts.kinds:
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
        if self.suggested(place, strings=False) is not None:
            return []
        near = self.random.uniform(0.5, 1.5) * number
        return [round(near) if isinstance(number, int) else round(near, 2)]

    def texts_like(self, example: str, place: Place) -> list[JsonValue]:
        """Texts like an example; none if the property's name suggests better ones."""
        if words_of(place.name)[-1:] == ("currency",) or self.realism is None or not example:
            return [example]
        if self.suggested(place, strings=True) is not None:
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
        kind = self.facts.of(schema).kinds[0]
        if kind == "string" and "pattern" not in schema:
            text = self.text_by_name(schema, place)
            return text if text is not None and self.suits(text, schema) else None
        if kind in ("number", "integer"):
            by_name = self.suggested(place, strings=False)
            made = by_name() if by_name is not None else None
            if isinstance(made, int | float):
                made = round(made) if kind == "integer" else made
                return made if admits(schema, made) else None
        return None

    def text_by_name(self, schema: JsonObject, place: Place) -> str | None:
        """JSON of the `contentSchema`, or a text suggested by the property's name; None without both."""
        form = self.facts.of(schema).form
        if "contentSchema" in schema and is_json(str(schema.get("contentMediaType"))):
            inner = self.value(schema["contentSchema"], place.inner(1, place.name))
            return json.dumps(inner, ensure_ascii=False) if "contentEncoding" not in schema else None
        if form in ("byte", "base64") or "contentEncoding" in schema:
            return encoded_picture(place.name, str(schema.get("contentMediaType", "")))
        if form == "jwt" and self.realism is not None:
            return str(self.realism.suggestion(STRINGS["jwt"], self.random)())
        return in_format(place.name, self.suggested(place, strings=True), form)

    def suggested(self, place: Place, *, strings: bool) -> Suggestion | None:
        """What makes a value suggested by the property's name; None for other names."""
        maker = maker_for(place.name, place.parent, STRINGS if strings else NUMBERS)
        return self.realism.suggestion(maker, self.random) if maker and self.realism else None

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
        for rule in rules_for(made):
            better = places(made, self.realism.faker) if rule is None else rule(made)
            if better != made and self.suits(better, schema):
                made = better
        return made

    def string(self, schema: JsonObject, place: Place) -> str:
        """A string for a flat schema."""
        facts = self.facts.of(schema)
        if facts.patterns:
            self.spend(0, slow=_PATTERN + sum(longest(each, 4) for each in facts.patterns) // 2)
        suggested = self.suggested(place, strings=True)
        made = suggested() if suggested is not None and facts.patterns else None
        return string(
            self.random,
            form=facts.form,
            patterns=list(facts.patterns),
            low=facts.low,
            high=facts.high,
            likely=[made] if isinstance(made, str) else [],
        )
