"""Objects for flat schemas: which properties they have, and the values of these."""

from __future__ import annotations

from contextlib import suppress
from functools import reduce
from itertools import count, islice
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.generate.errors import CannotGenerateError, ContradictionError
from signoff.generate.facts import bound
from signoff.generate.merge import both, merge, pattern_matches
from signoff.generate.patterns import matching
from signoff.generate.walk import MOST, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.generate.walk import Walk


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
    if (bound(schema.get("minProperties")) or 0) > MOST:
        raise CannotGenerateError("the object needs too many properties")
    names = _chosen(walk, schema, required, place)
    inner = place.inner(max(1, len(names)), place.name or str(schema.get("title", "")))
    made: JsonObject = {}
    for name in names:
        try:
            made[name] = walk.value(of_name(schema, name), inner.member(name))
        except CannotGenerateError as error:
            if name in required:
                # A recursive schema fails at each of its levels: one is named.
                is_named = f" {name}: " in f" {error}"
                raise CannotGenerateError(str(error) if is_named else f"{name}: {error}") from None
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
    needed = set(names)
    for name in facts.shown:
        if name in needed:
            continue
        if len(names) < least or (place.room > 0 and not walk.leads_back(facts.properties[name], place)):
            names.append(name)
    if "propertyNames" in schema:
        names = [name for name in names if name in needed or walk.suits(name, schema["propertyNames"])]
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
