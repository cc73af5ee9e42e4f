"""A schema as a choice of flat ones: references followed, `allOf` merged, one branch of each choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from signoff.contract.json_value import as_list, as_object, is_of, listed
from signoff.generate.errors import ContradictionError, ExhaustedError
from signoff.generate.facts import kinds_of
from signoff.generate.merge import both, closed, merge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schema_view import View
    from signoff.contract.schemas import SchemaSet

_MAX_HOPS = 24
_MOST_KEPT = 4096
_MOST_APART = 24  # branches of a `oneOf` that are set apart from all others; no more flat schemas are tried
_TYPES = ("object", "string", "number", "array", "boolean", "null")
_APPLICATORS = ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else")


Kept: TypeAlias = "dict[int, tuple[JsonObject, JsonObject | None, int]]"


class _Part(NamedTuple):
    """A schema on the way to a flat one.

    Attributes:
        at: where it stands, where that is known.
        derived: the named schema that is being made out of it and others (OpenAPI 3.1.1, section 4.8.25).
    """

    raw: JsonObject
    at: str = ""
    derived: str = ""


@dataclass(slots=True)
class Branches:
    """Takes the schemas of one document apart.

    Attributes:
        schemas: where references lead.
        random: decides which branch comes first.
        plain: simple branches come first, in place of chance.
        steps: how many parts may be looked at before it is given up.
        kept: the schemas that have one flat form only, and those that have several (None), with the steps
            that it takes; by identity. Walks through one document share it.
        is_cut: whether `steps` are those of a slice: nothing is found out from their end.
    """

    schemas: SchemaSet
    random: Random
    plain: bool = False
    steps: int = 30_000
    kept: Kept = field(default_factory=dict)
    is_cut: bool = False

    def flat(self, raw: JsonObject) -> Iterator[JsonObject]:
        """The flat schemas that `raw` may stand for; a value of any of them is meant to satisfy `raw`.

        What a flat schema cannot say (that one branch of a `oneOf` alone holds, say) is left to be checked.
        Branches that contradict the rest give nothing.

        Raises:
            ExhaustedError: too many combinations were tried.
        """
        sole = self.sole(raw)
        return self._flat(_Part(raw), 0) if sole is None else iter((sole,))

    def sole(self, raw: JsonObject) -> JsonObject | None:
        """The flat schema that `raw` stands for if it is the only one; None if there are several."""
        known = self.kept.get(id(raw))
        if known is None or known[0] is not raw:
            known = self._keep(raw)
        _, sole, steps = known
        if sole is not None:
            self.steps -= steps
            if self.steps < 0:
                raise ExhaustedError
        return sole

    def _keep(self, raw: JsonObject) -> tuple[JsonObject, JsonObject | None, int]:
        """Find out whether a schema has one flat form only, without an effect on chance or the budget."""
        state, steps = self.random.getstate(), self.steps
        try:
            found = list(islice(self._flat(_Part(raw), 0), 2))
        except ExhaustedError:
            if self.is_cut:
                raise
            found = []
        is_sole = len(found) == 1 and self.random.getstate() == state
        used = steps - self.steps
        self.random.setstate(state)
        self.steps = steps
        if len(self.kept) >= _MOST_KEPT:
            self.kept.clear()
        self.kept[id(raw)] = known = (raw, found[0] if is_sole else None, used)
        return known

    def _flat(self, part: _Part, hops: int) -> Iterator[JsonObject]:
        raw = part.raw
        self.steps -= 1
        if self.steps < 0:
            raise ExhaustedError
        all_of = as_list(raw.get("allOf"))
        if hops > _MAX_HOPS or False in all_of:
            return
        siblings = _without_plain_negations({key: raw[key] for key in raw if key not in _APPLICATORS})
        choices: list[list[_Part]] = []
        if "$ref" in raw or "$dynamicRef" in raw:
            target, pointer = self.schemas.followed(raw)
            choices.append([_Part(target, pointer, part.derived or pointer)])
        choices.extend([_Part(item, "", part.derived)] for item in all_of if isinstance(item, dict))
        if isinstance(twice := _negated(raw.get("not")), dict):
            choices.append([_Part(twice)])
            siblings = closed(siblings)  # nothing behind a `not` counts as evaluated
        for keyword in ("oneOf", "anyOf"):
            branches = as_list(raw.get(keyword))
            if branches and True not in branches:
                ordered = self._ordered(branches)
                apart = self._distinct(ordered) if keyword == "oneOf" else []
                alone = _exclusive(ordered) if keyword == "oneOf" else []
                choices.append([_Part(item) for item in [*alone, *ordered, *apart]])
        if isinstance(raw.get("if"), dict | bool):
            choices.append([_Part(item) for item in _conditional(raw)])
        yield from self._discriminated(part, siblings, choices, hops)

    def _combined(
        self, merged: JsonObject, choices: list[list[_Part]], hops: int
    ) -> Iterator[tuple[JsonObject, str]]:
        """Every way to take one of each choice, merged, with the named schema of the last one."""
        if not choices:
            yield merged, ""
            return
        flats = chain.from_iterable(
            ((flat, part) for flat in self._flat(part, hops + 1)) for part in choices[0]
        )
        for flat, part in flats:
            try:
                joined = merge(flat, merged)  # the referring schema's own annotations win
            except ContradictionError:
                continue
            for whole, name in self._combined(joined, choices[1:], hops):
                yield whole, name or self._pointer(part)

    def _pointer(self, part: _Part) -> str:
        return part.at or (self.schemas.followed(part.raw)[1] if "$ref" in part.raw else "")

    def _ordered(self, branches: list[JsonValue]) -> list[JsonObject]:
        schemas = [item for item in branches if isinstance(item, dict)]
        real = [item for item in schemas if item.get("type") != "null"]
        nothing = [item for item in schemas if item.get("type") == "null"]
        if self.plain:
            return nothing + sorted(real, key=lambda item: _weight(self.schemas.resolved(item)))
        self.random.shuffle(real)
        return real + nothing

    def _distinct(self, branches: list[JsonObject]) -> list[JsonObject]:
        """Each branch with members that break the others, for branches that a plain value satisfies all.

        `oneOf` over objects that have nothing but optional members is a common slip for `anyOf`.
        """
        views = [self.schemas.view(item) for item in branches]
        known, required = [_members(view) for view in views], [_required(view) for view in views]
        apart: list[JsonObject] = []
        for index, branch in enumerate(branches[:_MOST_APART]):
            parts: list[JsonValue] = [branch]
            for other in (other for other in range(len(branches)) if other != index):
                needed = next((name for name in required[other] if name not in required[index]), None)
                name = next((name for name in known[other] if name not in views[index].properties), None)
                if needed is not None:
                    parts.append({"properties": {needed: False}})
                elif name is not None:
                    parts.append({"required": [name], "properties": {name: {"not": known[other][name]}}})
                else:
                    break
            if len(parts) == len(branches):
                apart.append({"allOf": parts})
        return apart if len(branches) > 1 else []

    def _discriminated(
        self, part: _Part, siblings: JsonObject, choices: list[list[_Part]], hops: int
    ) -> Iterator[JsonObject]:
        """The combinations, the discriminator's property naming the chosen schema."""
        discriminator = part.raw.get("discriminator")
        if not isinstance(discriminator, dict) or "propertyName" not in discriminator:
            yield from (flat for flat, _ in self._combined(siblings, choices, hops))
            return
        has_branches = "oneOf" in part.raw or "anyOf" in part.raw
        if not has_branches and part.at and part.at == part.derived:
            children = self._children(discriminator)
            self.random.shuffle(children)
            choices = [*choices, [*children, _Part({})]] if children else choices
        for flat, name in self._combined(siblings, choices, hops):
            chosen = name if has_branches else part.derived  # a chosen child already has its name
            yield self._named(flat, discriminator, chosen) if chosen else flat

    def _children(self, discriminator: JsonObject) -> list[_Part]:
        """The schemas that a discriminator's mapping leads to."""
        found = []
        mapping = discriminator.get("mapping")
        for target in mapping.values() if isinstance(mapping, dict) else ():
            ref = str(target) if "/" in str(target) else f"#/components/schemas/{target}"
            if ref.startswith("#/"):
                try:
                    raw, pointer = self.schemas.followed({"$ref": ref})
                except LookupError:
                    continue
                found.append(_Part(raw, pointer, pointer))
        return found

    def _named(self, flat: JsonObject, discriminator: JsonObject, pointer: str) -> JsonObject:
        """`flat` with the property of the discriminator saying `pointer`'s name, where it may."""
        name = pointer.rpartition("/")[2]
        mapping = discriminator.get("mapping")
        for key, target in mapping.items() if isinstance(mapping, dict) else ():
            if str(target).rpartition("/")[2] == name:
                name = key
                break
        own = str(discriminator["propertyName"])
        properties = flat.get("properties")
        known = dict(properties) if isinstance(properties, dict) else {}
        said = known.get(own, {})
        if not self._can_be(said, name):
            return flat
        required = list(dict.fromkeys([*as_list(flat.get("required")), own]))
        return {
            **flat,
            "properties": {**known, own: both(said, {"const": name})},
            "required": required,
        }

    def _can_be(self, said: JsonValue, name: str) -> bool:
        """Whether a property can have a value, as far as its schema is plain to see."""
        for flat in self._flat(_Part(said), 1) if isinstance(said, dict) else ():
            options = [flat["const"]] if "const" in flat else as_list(flat.get("enum"))
            return is_of(name, kinds_of(flat)) and (not options or name in options)
        return said is not False


def _members(view: View) -> JsonObject:
    """The properties of all parts of a schema that are not just any values."""
    parts = [as_object(part.get("properties")) for part in view.parts]
    return {name: schema for part in parts for name, schema in part.items() if schema not in (True, {})}


def _required(view: View) -> list[str]:
    """The members that all parts of a schema require."""
    return [str(name) for part in view.parts for name in as_list(part.get("required"))]


def _exclusive(branches: list[JsonObject]) -> list[JsonObject]:
    """Each branch without what another one requires, for branches of `oneOf` that only require members.

    A value with all optional members would satisfy several of them.
    """
    required = [[str(name) for name in as_list(branch.get("required"))] for branch in branches]
    if len(branches) < 2 or any(branch.keys() - {"required", "title", "description"} for branch in branches):
        return []
    found: list[JsonObject] = []
    for own in required[:_MOST_APART]:
        others = [[name for name in names if name not in own] for names in required if names is not own]
        if all(others):
            forbidden: JsonObject = {names[0]: False for names in others}
            found.append({"required": list(own), "properties": forbidden})
    return found


def _negated(schema: JsonValue) -> JsonValue:
    """What a schema of the form `{"not": …}` negates."""
    return schema.get("not") if isinstance(schema, dict) and schema.keys() == {"not"} else None


def _without_plain_negations(schema: JsonObject) -> JsonObject:
    """The schema with `not` said by other keywords where that is plain: another type, no such member."""
    denied = schema.get("not")
    if not isinstance(denied, dict) or len(denied) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "not"}
    if "type" in denied:
        types = listed(denied["type"])
        left = [kind for kind in listed(schema.get("type", list(_TYPES))) if kind not in types]
        if "integer" in types and "number" not in types:
            return schema  # the check finds numbers that are not integers
        return {**rest, "type": [kind for kind in left if kind != "integer" or "number" not in types]}
    required = as_list(denied.get("required"))
    if len(required) == 1:
        known = schema.get("properties")
        return {**rest, "properties": {**(known if isinstance(known, dict) else {}), str(required[0]): False}}
    return schema


def _conditional(raw: JsonObject) -> list[JsonObject]:
    """`if`/`then`/`else` as two branches."""
    condition = raw["if"]
    held: list[JsonValue] = [condition, raw.get("then", True)]
    failed: list[JsonValue] = [{"not": condition}, raw.get("else", True)]
    return [{"allOf": held}, {"allOf": failed}]


def _weight(schema: JsonObject) -> int:
    """How far a branch leads, at a glance."""
    if {"const", "enum"} & schema.keys():
        return 0
    if schema.get("type") in ("string", "integer", "number", "boolean"):
        return 1
    if schema.get("type") == "array":
        return 2 if not schema.get("minItems") else 9
    return 3 + len(as_list(schema.get("required"))) + 5 * len({"allOf", "oneOf", "anyOf"} & schema.keys())
