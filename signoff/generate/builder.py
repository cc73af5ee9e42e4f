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

from contextlib import suppress
from dataclasses import dataclass
from functools import partial, reduce
from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

from signoff.contract.json_value import as_list, as_object
from signoff.contract.names import words_of
from signoff.generate.agreement import places, rules_for
from signoff.generate.errors import CannotGenerateError, ContradictionError, ExhaustedError
from signoff.generate.facts import bound
from signoff.generate.likeness import in_style, other_words
from signoff.generate.merge import FURTHER_CONTAINS, both, merge, pattern_matches
from signoff.generate.names import NUMBERS, STRINGS, encoded_picture, hinted, in_format, maker_for
from signoff.generate.numbers import admits, number
from signoff.generate.patterns import matching
from signoff.generate.strings import string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.generate.branches import Branches
    from signoff.generate.facts import FactBook
    from signoff.generate.names import Realism, Suggestion
    from signoff.generate.shortcuts import Shortcuts
    from signoff.generate.suitability import Suitability

_MAX_DEPTH = 40
_MAX_FLATS = 24
_TRIES = 6
_MOST = 10_000  # members of an object, items of an array
_USUAL_ITEMS = 3


class Place(NamedTuple):
    """Where in the value the walk stands.

    Attributes:
        depth: how deep, in levels.
        room: about how many further parts this part may have; without any only required ones are made.
        name: the property that it is the value of.
        parent: the property that the object around it is the value of.
        within: the named schemas around it, by their `$ref`.
        is_listed: whether it is in an item of a list.
        is_further: whether it is in an item that is not the first one: the schema's own examples are of that.
    """

    depth: int = 0
    room: int = 0
    name: str = ""
    parent: str = ""
    within: tuple[str, ...] = ()
    is_listed: bool = False
    is_further: bool = False

    def inner(self, parts: int, parent: str) -> Place:
        """The place of one of `parts` parts."""
        room = self.room // parts
        return Place(self.depth + 1, room, parent, self.parent, self.within, self.is_listed, self.is_further)

    def inside(self, ref: str) -> Place:
        """The place in a named schema."""
        within = (*self.within, ref)
        return Place(self.depth, self.room, self.name, self.parent, within, self.is_listed, self.is_further)

    def member(self, name: str) -> Place:
        """The place of a member, from the place that `inner` gave."""
        return Place(self.depth, self.room, name, self.name, self.within, self.is_listed, self.is_further)


@dataclass(slots=True)
class Walk:
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
        if self.realism is None or not (self.varied or place.is_further or not facts.examples):
            return None
        found = self.shortcuts.of(facts, place.name, place.parent)
        return partial(found, self.realism, self.random) if found is not None else None

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
        """A text suggested by the property's name, in the schema's format; None for other names."""
        form = self.facts.of(schema).form
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


def members(walk: Walk, schema: JsonObject, place: Place) -> JsonObject:
    """An object for a flat schema.

    Raises:
        CannotGenerateError: a required member cannot be made, or there are too few or too many.
    """
    if walk.facts.of(schema).has_dependencies:
        schema = _with_dependencies(walk, schema, place)
    facts = walk.facts.of(schema)
    if facts.lists_values:  # what depends on a member may list whole values
        return next(option for option in walk.listed(schema) if isinstance(option, dict))
    required = facts.required
    if (bound(schema.get("minProperties")) or 0) > _MOST:
        raise CannotGenerateError("the object needs too many properties")
    names = _chosen(walk, schema, required, place)
    inner = place.inner(max(1, len(names)), place.name or str(schema.get("title", "")))
    made: JsonObject = {}
    for name in names:
        try:
            made[name] = walk.value(of_name(schema, name), inner.member(name))
        except CannotGenerateError as error:
            if name in required:
                raise CannotGenerateError(f"{name}: {error}") from None
    if not made or "minProperties" in schema:
        _pad(walk, schema, made, inner)
    if (most := bound(schema.get("maxProperties"))) is not None:
        spare = [name for name in reversed(made) if name not in required]
        for name in spare[: max(0, len(made) - most)]:
            del made[name]
    return {name: made[name] for name in [*facts.properties, *made] if name in made}


def of_name(schema: JsonObject, name: str) -> JsonValue:
    """The schema of a property."""
    known = as_object(schema.get("properties"))
    if name in known and "patternProperties" not in schema:
        return known[name]
    speaking = [known[name]] if name in known else []
    patterns = as_object(schema.get("patternProperties"))
    speaking += [value for pattern, value in patterns.items() if pattern_matches(pattern, name)]
    if not speaking:
        return schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    return reduce(both, speaking)


def _chosen(walk: Walk, schema: JsonObject, required: Sequence[str], place: Place) -> list[str]:
    """The names of the members to make: the required ones, and while there is room the optional ones."""
    facts = walk.facts.of(schema)
    names = [name for name in required if name not in facts.hidden]
    least = bound(schema.get("minProperties")) or 0
    for name in facts.shown:
        if name in names:
            continue
        if len(names) < least or (place.room > 0 and not walk.leads_back(facts.properties[name], place)):
            names.append(name)
    if "propertyNames" in schema:
        names = [name for name in names if name in required or walk.suits(name, schema["propertyNames"])]
    return names


def _with_dependencies(walk: Walk, schema: JsonObject, place: Place) -> JsonObject:
    """The schema with what the presence of its members asks for (`dependentRequired`, `dependentSchemas`)."""
    for _ in range(8):
        if not {"dependentRequired", "dependentSchemas"} & schema.keys():
            return schema
        required = [str(name) for name in as_list(schema.get("required"))]
        present = set(_chosen(walk, schema, required, place))
        needed = list(required)
        for name, others in as_object(schema.get("dependentRequired")).items():
            if name in present:
                needed += [str(other) for other in as_list(others)]
        rest = {key: value for key, value in schema.items() if key not in ("dependentSchemas", "required")}
        rest["required"] = list(dict.fromkeys(needed))
        waiting = as_object(schema.get("dependentSchemas"))
        apply = [value for name, value in waiting.items() if name in present]
        later = {name: value for name, value in waiting.items() if name not in present}
        for part in apply:
            rest = _merged(walk, rest, part)
        if later:
            rest["dependentSchemas"] = later
        if not apply and rest["required"] == required:
            return rest
        schema = rest
    return schema


def _merged(walk: Walk, schema: JsonObject, part: JsonValue) -> JsonObject:
    if part is False:
        raise CannotGenerateError("a property must not be present")
    for flat in islice(walk.branches.flat(part if isinstance(part, dict) else {}), 8):
        try:
            return merge(flat, schema)
        except ContradictionError:
            continue
    raise CannotGenerateError("a property's dependent schema contradicts the rest of the schema")


def _pad(walk: Walk, schema: JsonObject, made: JsonObject, place: Place) -> None:
    """Add members that the schema does not name, where it wants more or is a map."""
    wanted = bound(schema.get("minProperties")) or 0
    extra = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    is_map = (isinstance(extra, dict) and extra) or schema.get("patternProperties")
    if is_map and not made and place.room > 0 and not walk.leads_back(extra, place):
        wanted = max(wanted, 1)
    if len(made) >= wanted:
        return
    for name in islice(_new_names(walk, schema), wanted * 4 + 20):
        if len(made) >= wanted:
            return
        of = of_name(schema, name)
        asks = any(name in as_object(schema.get(key)) for key in ("dependentRequired", "dependentSchemas"))
        if name in made or of is False or asks or walk.is_hidden(of):
            continue
        try:
            made[name] = walk.value(of, place.member(name))
        except CannotGenerateError:
            continue
    if len(made) < (bound(schema.get("minProperties")) or 0):
        raise CannotGenerateError(f"only {len(made)} of at least {wanted} properties can be generated")


def _new_names(walk: Walk, schema: JsonObject) -> Iterator[str]:
    """Names for further members: the optional ones, those of patterns, then generated ones."""
    names = schema.get("propertyNames")
    yield from (
        name for name in as_object(schema.get("properties")) if names is None or walk.suits(name, names)
    )
    for index in count(1):
        if names not in (None, True):
            name = walk.value(both({"type": "string"}, names), Place())
            yield str(name)
        for pattern in as_object(schema.get("patternProperties")):
            with suppress(CannotGenerateError):
                yield matching(walk.random, [pattern], 0, None, [f"key{index}"])
        if names in (None, True):
            yield f"key{index}"


def array(walk: Walk, schema: JsonObject, place: Place) -> list[JsonValue]:
    """An array for a flat schema.

    Raises:
        CannotGenerateError: not enough items can be made.
    """
    prefix = as_list(schema.get("prefixItems"))
    rest = schema.get("items", schema.get("unevaluatedItems", True))
    low, high = _length(schema, len(prefix), open_ended=rest is not False)
    usual = len(prefix) if prefix else walk.random.randint(1, _USUAL_ITEMS)
    wanted = low if place.room <= 0 else max(low, usual if high is None else min(high, usual))
    contained = [_Contained(walk, part) for part in (schema, *as_list(schema.get(FURTHER_CONTAINS)))]
    wanted = max(wanted, sum(part.missing for part in contained))
    wanted = wanted if high is None else min(wanted, high)
    distinct = schema.get("uniqueItems") is True
    inner = place.inner(max(1, wanted), place.name)._replace(is_listed=True)
    items: list[JsonValue] = []
    while len(items) < wanted or any(part.missing > 0 for part in contained):
        if high is not None and len(items) >= high:
            break
        of = prefix[len(items)] if len(items) < len(prefix) else rest
        for part in contained:
            of = part.limited(of)
        item = _NONE
        asked = of
        for part in contained:  # one item may count for several
            if part.missing > 0:
                with suppress(CannotGenerateError):
                    found = _another(walk, part.of(asked), items, inner, distinct=distinct)
                    item, asked = (item, asked) if found is _NONE else (found, part.of(asked))
        if item is _NONE:
            item = _another(walk, of, items, inner, distinct=distinct)
        if item is _NONE or len(items) > _MOST:
            break
        for part in contained:
            part.count(item)
        items.append(item)
        inner = inner._replace(is_further=True)
    if len(items) < low or any(part.missing > 0 for part in contained):
        raise CannotGenerateError(f"only {len(items)} of the required items can be generated")
    return items


class _Contained:
    """Counts the items that match one `contains`."""

    def __init__(self, walk: Walk, schema: JsonValue) -> None:
        keywords = schema if isinstance(schema, dict) else {}
        self._walk = walk
        self._schema = keywords.get("contains")
        has = self._schema is not None
        self.missing = (bound(keywords.get("minContains", 1)) or 0) if has else 0
        self._spare = bound(keywords.get("maxContains")) if has else None

    def of(self, of: JsonValue) -> JsonValue:
        """The schema of an item that counts."""
        return both(of, self._schema)

    def limited(self, of: JsonValue) -> JsonValue:
        """The schema of an item that does not count, where no more of those may come."""
        return both(of, {"not": self._schema}) if self._spare is not None and self._spare <= 0 else of

    def count(self, item: JsonValue) -> None:
        """Take note of an item."""
        if self._schema is not None and self._walk.suits(item, self._schema):
            self.missing -= 1
            self._spare = None if self._spare is None else self._spare - 1


_NONE: JsonValue = {"no": "item"}  # compared by identity


def _another(walk: Walk, of: JsonValue, items: list[JsonValue], place: Place, *, distinct: bool) -> JsonValue:
    """An item; where they are to be distinct, one that is not there yet, or `_NONE`."""
    if of is False:
        return _NONE
    if not distinct:
        return walk.value(of, place)
    made = (item for item in _different(walk, of, place) if not any(_equal(item, other) for other in items))
    return next(made, _NONE)


def _different(walk: Walk, of: JsonValue, place: Place) -> Iterator[JsonValue]:
    """Items that are likely to differ: by chance, then each that the schema lists, then one of each type."""
    yield from (walk.value(of, place) for _ in range(30))
    yield from walk.options(of)
    for kind in ("string", "integer", "number", "array", "object", "boolean"):
        with suppress(CannotGenerateError):
            yield walk.value(both(of, {"type": kind}), place)


def _length(schema: JsonObject, leading: int, *, open_ended: bool) -> tuple[int, int | None]:
    low = bound(schema.get("minItems")) or 0
    high = bound(schema.get("maxItems"))
    if not open_ended:
        high = leading if high is None else min(high, leading)
    if low > _MOST:
        raise CannotGenerateError(f"an array of {low} items is too long to generate")
    if high is not None and low > high:
        raise CannotGenerateError(f"an array cannot have at least {low} and at most {high} items")
    return low, high


def _equal(left: JsonValue, right: JsonValue) -> bool:
    """Equality of JSON, where `true` is not 1."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)
