"""Why no value can match all parts of a schema: one requires what another rules out.

The parts are those that each value has to match: the schema, what it refers to and its `allOf`. Only what is
certain counts. Where a condition, a dynamic reference or a pattern may admit a property, it is taken to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import jsonschema_rs

from signoff.contract.json_value import JsonObject, JsonValue, as_list, as_object
from signoff.contract.schemas import Direction
from signoff.review.composition import common_kinds, conflicting_limits, kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from signoff.contract.schemas import SchemaSet

_MAX_DEPTH = 8
_NAME_LIMITS = ("enum", "const", "pattern", "maxLength", "minLength")
_FORBIDDING = {"propertyNames", "additionalProperties", "unevaluatedProperties"}
_UNCLEAR = {"if", "dependentSchemas", "$dynamicRef"}
_NOTHING: tuple[JsonValue, ...] = (False, {"not": {}})


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Finds them in the schemas of a document.

    Attributes:
        schemas: the schemas.
        directions: those that the schema is used in, which decide about `readOnly` and `writeOnly`.
    """

    schemas: SchemaSet
    directions: Collection[Direction] = tuple(Direction)

    def of(self, schema: JsonObject) -> str:
        """Why no value matches, as text; empty if some does or if one part of the schema is the reason."""
        parts = self.schemas.view(schema).parts
        inner = [self.schemas.view(part).parts for part in self._members(schema)]
        inner = [among for among in inner if not _has_all(among, schema)]  # not those that lead back here
        if any(conflict(among) for among in inner):
            return ""
        return conflict(parts) or self._of_members(parts, inner) or self._of_properties(parts, inner, 0)

    def _members(self, schema: JsonObject) -> list[JsonObject]:
        """The parts that a schema combines."""
        found = [part for part in as_list(schema.get("allOf")) if isinstance(part, dict)]
        return [*found, self.schemas.followed(schema)[0]] if "$ref" in schema else found

    def _of_members(self, parts: Sequence[JsonObject], inner: Sequence[Sequence[JsonObject]]) -> str:
        forbidding = [part for part in parts if _may_forbid(part)]
        for requiring in parts[1:]:  # of the first one, a rule of its own reports it
            for name in self._required(requiring):
                for part in forbidding:
                    reason = self.forbids(part, name) if part is not requiring else ""
                    if reason and not any(_has_all(among, requiring, part) for among in inner):
                        return f"`{name}` is required, but {reason}"
        return self._of_all(parts, inner)

    def _of_all(self, parts: Sequence[JsonObject], inner: Sequence[Sequence[JsonObject]]) -> str:
        """What several required properties contradict: their number, and a `not` that lists them."""
        required = self._all_required(parts)
        for part in (part for part in parts if "maxProperties" in part or "not" in part):
            together = [self._all_required(among) for among in (parts[:1], *inner) if _has_all(among, part)]
            most = part.get("maxProperties")
            if isinstance(most, int | float) and len(required) > most and required not in together:
                return f"{len(required)} properties are required, but `maxProperties` is {most:g}"
            negated = as_object(part.get("not"))
            names = {str(name) for name in as_list(negated.get("required"))}
            is_certain = names and names <= required and set(negated) <= {"required", "type"}
            if is_certain and not any(names <= known for known in together):
                return f"`{min(names)}` is required, but `not` in another part forbids it"
        return ""

    def _of_properties(
        self, parts: Sequence[JsonObject], inner: Sequence[Sequence[JsonObject]], depth: int
    ) -> str:
        """Required properties whose schemas in several parts conflict."""
        for name in sorted(self._all_required(parts)):
            described = _described(parts, name)
            together = any(_has_all(_described(among, name), *described) for among in inner)
            if len(described) < 2 or together:
                continue
            views = [self.schemas.view(schema).parts for schema in described]
            merged = tuple({id(part): part for view in views for part in view}.values())
            if any(conflict(view) for view in views):
                continue
            reason = conflict(merged) or self._of_members(({}, *merged), views)
            if not reason and depth < _MAX_DEPTH:
                reason = self._of_properties(merged, views, depth + 1)
            if reason:
                return f"for the required property `{name}`, {reason}"
        return ""

    def of_alternatives(self, schema: JsonObject, keyword: str) -> str:
        """Why no branch of the schema's `oneOf` or `anyOf` matches together with its other parts."""
        parts = self.schemas.view(schema).parts
        branches = [branch for branch in as_list(schema.get(keyword)) if isinstance(branch, dict)]
        reasons = [self._between(parts, self.schemas.view(branch).parts) for branch in branches]
        return (
            reasons[0] if reasons and len(reasons) == len(as_list(schema[keyword])) and all(reasons) else ""
        )

    def _between(self, parts: Sequence[JsonObject], branch: Sequence[JsonObject]) -> str:
        for some, others in ((parts, branch), (branch, parts)):
            for name in sorted(self._all_required(some)):
                if reason := next((found for part in others if (found := self.forbids(part, name))), ""):
                    return f"`{name}` is required, but {reason}"
        return ""

    def _all_required(self, parts: Sequence[JsonObject]) -> set[str]:
        return {name for part in parts for name in self._required(part)}

    def _required(self, part: JsonObject) -> Iterator[str]:
        """The required properties, without those that are absent in the only direction of the schema."""
        for name in as_list(part.get("required")):
            held = as_object(part.get("properties")).get(str(name))
            absent = {Direction.REQUEST: "readOnly", Direction.RESPONSE: "writeOnly"}
            if not all(self.schemas.says(held, absent[direction]) for direction in self.directions):
                yield str(name)

    def forbids(self, part: JsonObject, name: str) -> str:
        """How a part rules out a property, as text; empty if it does not."""
        names = as_object(part.get("propertyNames"))
        limits: JsonObject = {key: names[key] for key in _NAME_LIMITS if key in names}
        if part.get("propertyNames") is False or (limits and not _matches(limits, name)):
            return "`propertyNames` of another part forbids it"
        properties = as_object(part.get("properties"))
        if name in properties:
            return "another part forbids it" if properties[name] in _NOTHING else ""
        if any(_matches({"pattern": pattern}, name) for pattern in as_object(part.get("patternProperties"))):
            return ""
        if part.get("additionalProperties") in _NOTHING:
            return "a part with `additionalProperties: false` does not define it"
        if part.get("unevaluatedProperties") in _NOTHING and not self._evaluates(part, name):
            return "a part with `unevaluatedProperties: false` does not define it"
        return ""

    def _evaluates(self, part: JsonObject, name: str) -> bool:
        """Whether something below a part may say something about a property."""
        every = self.schemas.view(part).every
        return any(
            _UNCLEAR & inner.keys()
            or name in as_object(inner.get("properties"))
            or "additionalProperties" in inner
            or (inner is not part and "unevaluatedProperties" in inner)
            or any(
                _matches({"pattern": pattern}, name) for pattern in as_object(inner.get("patternProperties"))
            )
            for inner in every
        )


def conflict(among: Sequence[JsonObject]) -> str:
    """Why no value has the types, values and limits of all schemas; empty if one may."""
    allowed = common_kinds(among)
    if not allowed:
        stated = dict.fromkeys(str(part["type"]) for part in among if "type" in part)
        return f"no value has the types {' and '.join(stated)} at the same time"
    enums = [
        part["enum"] if "enum" in part else [part["const"]] for part in among if {"enum", "const"} & set(part)
    ]
    if len(enums) > 1:
        shared = [
            value for value in as_list(enums[0]) if all(has(as_list(enum), value) for enum in enums[1:])
        ]
        if not shared and all(as_list(enum) for enum in enums):
            return "their enums have no value in common"
    if not any(conflicting_limits([part], kinds(part)) for part in among):
        return conflicting_limits(among, allowed)
    return ""


def has(values: Sequence[JsonValue], wanted: JsonValue) -> bool:
    """Whether a list has a value; `1` and `true` differ."""
    return any(value == wanted and isinstance(value, bool) == isinstance(wanted, bool) for value in values)


def _described(parts: Sequence[JsonObject], name: str) -> list[JsonObject]:
    """The schemas that some parts have for a property."""
    held = [as_object(part.get("properties")).get(name) for part in parts]
    return list({id(schema): schema for schema in held if isinstance(schema, dict)}.values())


def _may_forbid(part: JsonObject) -> bool:
    """Whether a part may rule out a property: most parts do not, and there can be thousands."""
    return not _FORBIDDING.isdisjoint(part) or any(
        held in _NOTHING for held in as_object(part.get("properties")).values()
    )


def _has_all(among: Sequence[JsonObject], *wanted: JsonObject) -> bool:
    """Whether some schemas, as objects, are all among others."""
    return all(any(part is one for part in among) for one in wanted)


def _matches(limits: JsonObject, name: str) -> bool:
    """Whether a name may match some limits; it may if they are not valid."""
    try:
        return jsonschema_rs.is_valid(limits, name)
    except (jsonschema_rs.ValidationError, ValueError):
        return True
