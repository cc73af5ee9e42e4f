"""Whether a part of a value suits its part of a schema, where the whole cannot be judged yet.

The document's compiled validator (`openapi.schemas`) has the last word on every whole value. It knows
only whole schemas, so the parts are judged by an interpreter, which costs nothing to set up. Its keywords
with regular expressions are replaced: Python's take exponential time for some.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing.exceptions import Unresolvable

from signoff.contract.json_value import as_object
from signoff.contract.patterns import matcher
from signoff.generate.merge import pattern_matches
from signoff.generate.numbers import admits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

# Keywords that a flat schema does not keep by construction.
_TO_CHECK = {"not", "oneOf", "if", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems"}
_TO_CHECK |= {"dependentSchemas", "uniqueItems", "patternProperties", "$dynamicRef"}

_KEPT = 4096
# Keywords that say nothing about a value besides its type.
PLAIN = {
    "type",
    "title",
    "description",
    "example",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
}
PLAIN |= {"nullable", "xml", "externalDocs"}


class Suitability:
    """Judges parts of values for one document in one direction."""

    def __init__(self, schemas: SchemaSet, hidden: str) -> None:
        self._schemas = schemas
        self._checks: dict[int, tuple[JsonObject, bool]] = {}  # by identity
        self._root = _direction_aware(schemas, hidden)(
            schemas.document, format_checker=Draft202012Validator.FORMAT_CHECKER
        )

    def suits(self, value: JsonValue, raw: JsonValue) -> bool:
        """Whether `value` satisfies `raw`, a schema of the document or made out of some.

        What cannot be judged (a pattern that only ECMAScript has, say) is assumed to match.
        """
        if (
            isinstance(raw, dict)
            and isinstance(value, str)
            and raw.get("type") == "string"
            and raw.keys() <= PLAIN
        ):
            return True
        if self._schemas.has_rings:
            return True  # the interpreter would not come to an end
        try:
            return bool(self._root.evolve(schema=raw).is_valid(value))
        except (re.error, Unresolvable, RecursionError, LookupError, TypeError, ValueError):
            return True

    def has_to_be_checked(self, raw: JsonObject) -> bool:
        """Whether a schema says what a value made for its flat form may still break."""
        known = self._checks.get(id(raw))
        if known is None or known[0] is not raw:
            if len(self._checks) >= _KEPT:
                self._checks.clear()
            has_to = not _TO_CHECK.isdisjoint(self._schemas.view(raw).keywords)
            known = self._checks[id(raw)] = (raw, has_to)
        return known[1]


def _direction_aware(schemas: SchemaSet, hidden: str) -> Any:  # noqa: ANN401 - jsonschema's validator classes
    """A validator class that does not ask for members that this direction does not send."""

    def required(
        validator: Any,  # noqa: ANN401 - jsonschema's own signature
        names: list[str],
        instance: Any,  # noqa: ANN401
        schema: JsonObject,
    ) -> Iterator[ValidationError]:
        if not validator.is_type(instance, "object"):
            return
        properties = schema.get("properties")
        for name in names:
            member = properties.get(name) if isinstance(properties, dict) else None
            if name not in instance and not schemas.says(member, hidden):
                yield ValidationError(f"{name!r} is missing")

    own = {
        "required": required,
        "multipleOf": _multiple_of,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    return extend(Draft202012Validator, own)  # type: ignore[no-untyped-call]


def _multiple_of(
    validator: Any,  # noqa: ANN401
    step: float,
    instance: Any,  # noqa: ANN401
    schema: JsonObject,  # noqa: ARG001
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "number") and not admits({"multipleOf": step}, instance):
        yield ValidationError(f"{instance} is not a multiple of {step}")


def _pattern(
    validator: Any,  # noqa: ANN401
    stated: str,
    instance: Any,  # noqa: ANN401
    schema: JsonObject,  # noqa: ARG001
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and (matches := matcher(stated)) and not matches(instance):
        yield ValidationError(f"{instance!r} does not match")


def _pattern_properties(
    validator: Any,  # noqa: ANN401
    stated: JsonObject,
    instance: Any,  # noqa: ANN401
    schema: JsonObject,  # noqa: ARG001
) -> Iterator[ValidationError]:
    for name in instance if validator.is_type(instance, "object") else ():
        for expression, member in stated.items():
            if pattern_matches(expression, name):
                yield from validator.descend(instance[name], member, path=name, schema_path=expression)


def _additional_properties(
    validator: Any,  # noqa: ANN401
    member: JsonValue,
    instance: Any,  # noqa: ANN401
    schema: JsonObject,
) -> Iterator[ValidationError]:
    known, patterns = as_object(schema.get("properties")), as_object(schema.get("patternProperties"))
    for name in instance if validator.is_type(instance, "object") else ():
        if name not in known and not any(pattern_matches(each, name) for each in patterns):
            yield from validator.descend(instance[name], member, path=name)
