"""Compiled schemas: JSON Schema 2020-12 with format assertion, one validator per direction.

All schemas of a document share one validator. It validates `{key: value}`, where `key` is the
schema's pointer and `properties` refers to that pointer inside the document, so that compiling costs
one pass however many schemas there are, and each violation's place is a place in the document.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import Enum
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signoff.contract.bundle import dereference
from signoff.contract.errors import DocumentError
from signoff.contract.json_value import as_object
from signoff.contract.limits import NO_OPTIONS, VALIDATION
from signoff.contract.pointer import join, resolve, to_ref
from signoff.contract.schema_view import Part, References, View
from signoff.contract.structure import schema_nodes
from signoff.contract.validation_cost import ValidationCost
from signoff.contract.violation_cost import Alternatives, alternatives_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from signoff.contract.bundle import Bundle
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.limits import Limits
    from signoff.contract.structure import Node

_LONGEST_NAME = 80  # that is compared with others
_EMPTY: JsonObject = {}
_KEPT = 20_000
# A large value may break its schema in each of its parts; nobody reads more.
MAX_VIOLATIONS = 100
_MOST_PARTS = 20_000  # of a value whose violations are listed: 0.1 s, during which nothing else runs
_MOST_ERRORS = 5_000  # of alternatives, which take longer: 0.1 s
_MOST_COPIED = 1_000_000  # parts that the errors of all alternatives have together
_MOST_IN_FIRST = 20_000  # of the alternatives in one violation: 0.4 s, or there are no details
_CHARACTERS = 50  # that count as a part: errors copy texts, too
# The end of the pointer of a schema that is a part of another one.
_PART = re.compile(r"(?:/(?:allOf|anyOf|oneOf)/\d+|/then|/else)+$")
_MARKS = ("readOnly", "writeOnly")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_INTEGER_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


# Formats that the validator asserts, and those that any text has.
_KNOWN_FORMATS = frozenset(
    (
        *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname"),
        *(
            "ipv4",
            "ipv6",
            "uri",
            "uri-reference",
            "iri",
            "iri-reference",
            "uuid",
            "uri-template",
            "json-pointer",
        ),
        *(
            "relative-json-pointer",
            "regex",
            "byte",
            "binary",
            "password",
            "int32",
            "int64",
            "float",
            "double",
        ),
        "",
    )
)


def is_known_format(name: object) -> bool:
    """Whether the values of a format are known; others are checked by nobody but the server."""
    return name in _KNOWN_FORMATS


class Direction(Enum):
    """Request or response; decides the meaning of `readOnly` and `writeOnly`."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation of a schema by a value.

    Attributes:
        pointer: JSON Pointer to the failing part of the value; empty for the whole.
        message: the problem, in one sentence.
        keyword: the JSON Schema keyword that failed.
        schema_pointer: the pointer of that keyword in the bundled document.
        missing: the name of the missing property, if the keyword is `required`.
    """

    pointer: str
    message: str
    keyword: str
    schema_pointer: str
    missing: str = ""


class Violations(list[Violation]):
    """The first violations by a value.

    Attributes:
        left_out: how many more there are.
    """

    def __init__(self, found: Iterable[Violation], left_out: int) -> None:
        super().__init__(found)
        self.left_out = left_out


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema of the document that validates values."""

    pointer: str
    raw: JsonObject
    schemas: SchemaSet = field(repr=False, compare=False)

    @property
    def view(self) -> View:
        """The view of the schema."""
        return self.schemas.view(self.raw)

    def is_valid(self, value: JsonValue, direction: Direction) -> bool:
        """Whether `value` satisfies the schema."""
        return bool(self.schemas.validator(direction).is_valid({self.pointer: value}))

    def has_all_listed(self, value: JsonValue) -> bool:
        """Whether all violations of a value can be listed in a short time."""
        return _has_at_most(value, self._listed)

    @property
    def _listed(self) -> int:
        alternatives = self.schemas.alternatives(self.pointer)
        return _MOST_ERRORS // alternatives.most if alternatives.most > 1 else _MOST_PARTS

    def violations(self, value: JsonValue, direction: Direction) -> Violations:
        """The first `MAX_VIOLATIONS` violations by `value`, in a stable order; of a huge value only one.

        The validator makes all errors at once. Each has a copy of its part of the value, and the error of an
        `anyOf` or `oneOf` one for each alternative.
        """
        validator = self.schemas.validator(direction)
        alternatives = self.schemas.alternatives(self.pointer)
        most = _MOST_COPIED // alternatives.most
        if alternatives.of_lists > 1:
            most = min(most, _MOST_IN_FIRST // alternatives.of_lists)
        if self.has_all_listed(value):
            errors = validator.iter_errors({self.pointer: value})
            found = [_violation(error, self.schemas.document) for error in islice(errors, MAX_VIOLATIONS)]
            return Violations(found, left_out=sum(1 for _ in errors))
        if self.is_valid(value, direction):
            return Violations((), left_out=0)
        if not _has_at_most(value, most):
            message = f"does not match the schema; a value of more than {most:,} parts gets no details"
            return Violations([Violation("", message, "$ref", f"{self.pointer}/$ref")], left_out=0)
        try:
            validator.validate({self.pointer: value})
        except jsonschema_rs.ValidationError as error:
            first = _violation(error, self.schemas.document)
            message = (
                f"{first.message} (a value of more than {self._listed:,} parts gets its first violation only)"
            )
            return Violations([replace(first, message=message)], left_out=0)
        return Violations((), left_out=0)


class SchemaSet:
    """The compiled schemas of one document. Compiles on first use, or by `compile`.

    Attributes:
        limits: on the work for the document.
    """

    def __init__(self, bundle: Bundle, limits: Limits = NO_OPTIONS) -> None:
        self.limits = limits
        self._bundle = bundle
        self.references = References(bundle.value)
        self._raw: dict[str, JsonObject] = {}
        self._validators: dict[Direction, Any] = {}
        self._targets: dict[int, tuple[JsonObject, JsonObject]] = {}  # of references, by identity
        self._alternatives: dict[str, Alternatives] = {}
        self._views: dict[int, View] = {}  # by identity; a view holds its schema, so that it keeps it

    def add(self, pointer: str, raw: JsonValue) -> Schema:
        """Take in the schema that stands at `pointer`."""
        if pointer not in self._raw:
            self._validators.clear()
        self._raw[pointer] = raw if isinstance(raw, dict) else {}
        return Schema(pointer, self._raw[pointer], self)

    def resolved(self, raw: JsonObject) -> JsonObject:
        """The schema that `raw` refers to, or `raw` itself."""
        value = dereference(self._bundle.value, raw)[0]
        return value if isinstance(value, dict) else {}

    def view(self, raw: JsonValue) -> View:
        """What a schema of the document, or one made of some, consists of; kept for each schema object."""
        schema = raw if isinstance(raw, dict) and raw else _EMPTY
        known = self._views.get(id(schema))
        if known is None:
            if len(self._views) > _KEPT:  # those of schemas that were made in passing, for the most part
                self._views.clear()
            known = self._views[id(schema)] = View(self.references, schema)
        return known

    @property
    def document(self) -> JsonObject:
        """The bundled document that the schemas' references lead into; it is not to be changed."""
        return self._bundle.value

    def name(self, pointer: str) -> str:
        """What a pointer into the document is called in all revisions: see `Bundle.name`."""
        return self._bundle.name(pointer)

    def followed(self, raw: JsonObject) -> tuple[JsonObject, str]:
        """What the reference that `raw` is leads to, one step on, and where: see `References.followed`."""
        return self.references.followed(raw)

    def at(self, pointer: str) -> JsonValue:
        """The value at a `Violation.schema_pointer`.

        Raises:
            LookupError: there is none.
        """
        return resolve(self._bundle.value, pointer)

    def says(self, schema: JsonValue, keyword: str) -> bool:
        """Whether a property is marked with `keyword`, beside its `$ref` or behind it."""
        if not isinstance(schema, dict):
            return False
        if "$ref" not in schema or schema.get(keyword) is True:
            return schema.get(keyword) is True
        known = self._targets.get(id(schema))
        if known is None or known[0] is not schema:
            if len(self._targets) > _KEPT:
                self._targets.clear()
            known = self._targets[id(schema)] = (schema, self.resolved(schema))
        return known[1].get(keyword) is True

    def validator(self, direction: Direction) -> Any:  # noqa: ANN401 - a compiled jsonschema-rs validator
        """The compiled validator of a direction."""
        found = self._validators.get(direction)
        return found if found is not None else self.compile(direction)

    def compile(self, direction: Direction) -> Any:  # noqa: ANN401 - a compiled jsonschema-rs validator
        """Compile all schemas.

        Raises:
            DocumentError: one of them is not a JSON Schema, or takes too many steps.
        """
        _ = self.has_rings  # found out here, to report expensive schemas early
        document = copy.deepcopy(self._bundle.value) if self._transforms else dict(self._bundle.value)
        for pointer in self._transforms:
            schema = resolve(document, pointer)
            if isinstance(schema, dict):
                self._transform(schema, direction, pointer)
        _ = self.contents  # taken in before all are compiled
        document["properties"] = {key: {"$ref": to_ref(key)} for key in self._raw}
        try:
            validator = jsonschema_rs.Draft202012Validator(
                document, validate_formats=True, formats={"byte": _is_base64}
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            message = str(getattr(error, "message", error)).splitlines()[0]
            place = self._bundle.locate(join(getattr(error, "instance_path", ())))
            raise DocumentError(f"invalid schema: {message}", location=place) from None
        self._validators[direction] = validator
        return validator

    @cached_property
    def has_rings(self) -> bool:
        """Whether a schema applies to a value itself again, without an end.

        Raises:
            DocumentError: a schema takes too many steps.
        """
        cost, limit = ValidationCost(self.references), self.limits.of(VALIDATION)
        for node in schema_nodes(self.document):
            steps = cost.steps(Part(node.value, node.pointer))
            if steps > limit.value:
                raise DocumentError(
                    f"to validate a value, the schema takes {limit.exceeded}",
                    suggestion="Its `allOf`, `anyOf`, `oneOf` and `not` lead to the same schemas in many"
                    " ways: refer to each of them once.",
                    location=self._bundle.locate(node.pointer),
                )
        return cost.has_rings

    def alternatives(self, pointer: str) -> Alternatives:
        """The alternatives in a schema and in all that it refers to."""
        found = self._alternatives.get(pointer)
        if found is None:
            found = self._alternatives[pointer] = alternatives_in(self._raw[pointer], self.references)
        return found

    @cached_property
    def contents(self) -> dict[str, Schema]:
        """The schemas of documents inside texts, by the pointers of their `contentSchema`."""
        places = [f"{node.pointer}/contentSchema" for node in self._nodes if "contentSchema" in node.value]
        return {place: self.add(place, raw) for place in places if isinstance(raw := self.at(place), dict)}

    @cached_property
    def has_contents(self) -> bool:
        """Whether any text is described as another document."""
        return any("contentMediaType" in node.value for node in self._nodes)

    @cached_property
    def _nodes(self) -> list[Node]:
        """The schemas that more is done about than to validate values."""
        return [
            node
            for node in schema_nodes(self.document)
            if _is_special(node.value) or "contentMediaType" in node.value
        ]

    @cached_property
    def _marks(self) -> frozenset[str]:
        """Those of `readOnly` and `writeOnly` that a schema of the document has."""
        nodes = schema_nodes(self.document)
        return frozenset(mark for node in nodes for mark in _MARKS if node.value.get(mark) is True)

    def marks(self, keyword: str) -> bool:
        """Whether any schema of the document is marked with `readOnly` or `writeOnly`."""
        return keyword in self._marks

    @cached_property
    def _transforms(self) -> list[str]:
        """The schemas that mean something else by direction, or that an integer format bounds."""
        return [node.pointer for node in self._nodes if _is_special(node.value)]

    def _transform(self, schema: JsonObject, direction: Direction, pointer: str) -> None:
        bounds = _INTEGER_RANGES.get(str(schema.get("format")))
        if bounds and schema.get("type") != "string":
            low, high = schema.get("minimum"), schema.get("maximum")
            schema["minimum"] = max(low, bounds[0]) if isinstance(low, int | float) else bounds[0]
            schema["maximum"] = min(high, bounds[1]) if isinstance(high, int | float) else bounds[1]
        required = schema.get("required")
        absent = "readOnly" if direction is Direction.REQUEST else "writeOnly"
        if isinstance(required, list) and self.marks(absent):
            known = self._described_at(pointer)
            schema["required"] = [
                name for name in required if not any(self.says(part, absent) for part in known(str(name)))
            ]

    def _described_at(self, pointer: str) -> Callable[[str], list[JsonValue]]:
        """The schemas of each property of a schema, and of the schema that it is a part of."""
        whole = resolve(self.document, _PART.sub("", pointer))
        parts = (*self.view(resolve(self.document, pointer)).parts, *self.view(whole).parts)
        held = [properties for part in parts if isinstance(properties := part.get("properties"), dict)]
        return lambda name: [properties[name] for properties in held if name in properties]


def _is_base64(text: str) -> bool:
    """Whether a text is of the format `byte`: base64 in either alphabet, padded or not (RFC 4648)."""
    return bool(_BASE64.fullmatch(text)) and len(text.rstrip("=")) % 4 != 1


def _is_special(schema: JsonObject) -> bool:
    return schema.get("format") in _INTEGER_RANGES or "required" in schema


def _has_at_most(value: JsonValue, most: int) -> bool:
    """Whether a value has at most so many parts, with all of theirs; long texts count as several."""
    count, pending = 0, [value]
    while pending and count <= most:
        part = pending.pop()
        if isinstance(part, str):
            count += len(part) // _CHARACTERS
        elif isinstance(part, dict | list):
            count += len(part)
            if count <= most:
                pending += part.values() if isinstance(part, dict) else part
    return count <= most


def _violation(error: jsonschema_rs.ValidationError, document: JsonObject) -> Violation:
    return Violation(
        pointer=join(error.instance_path[1:]),
        message=_sentence(error) + _similar(error, document),
        keyword=error.kind.name,
        schema_pointer=join(error.schema_path),
        missing=str(error.kind.property) if error.kind.name == "required" else "",  # type: ignore[attr-defined]
    )


def _similar(error: jsonschema_rs.ValidationError, document: JsonObject) -> str:
    """The declared property that an unknown one probably means, as a question; empty without one."""
    unknown = [str(name)[:_LONGEST_NAME] for name in getattr(error.kind, "unexpected", ())]
    if not unknown or error.kind.name not in ("additionalProperties", "unevaluatedProperties"):
        return ""
    try:
        schema = as_object(resolve(document, join(error.schema_path[:-1])))
    except LookupError:
        return ""
    close = get_close_matches(unknown[0], list(as_object(schema.get("properties"))), 1)
    return f". Did you mean `{close[0]}`?" if close else ""


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    """jsonschema-rs's own sentence, shortened where it quotes a long value."""
    message = str(error.message)
    if error.kind.name == "const":
        return f"must be {error.kind.expected_value!r}"  # type: ignore[attr-defined]
    if error.kind.name == "enum":
        options = ", ".join(repr(option) for option in error.kind.options)  # type: ignore[attr-defined]
        return f"must be one of {options}"
    return message if len(message) <= 300 else f"{message[:140]} … {message[-140:]}"
