"""Every literal value for a schema in a document: examples, defaults, enum values."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from signoff.contract import media_types
from signoff.contract.bundle import dereference
from signoff.contract.coercion import coerce
from signoff.contract.errors import DocumentError
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape, join
from signoff.contract.schemas import Direction, Schema, SchemaSet
from signoff.contract.structure import Node, walk
from signoff.contract.validity import most_specific

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import jsonschema_rs

    from signoff.contract.contract import Contract
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.review.reach import Reach

Kind = Literal["example", "default", "enum"]
_CONSTRAINTS = frozenset(
    (
        *("pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("multipleOf", "allOf", "anyOf", "oneOf", "not", "$ref", "format"),
    )
)
_MOST_BREACHES, _MOST_ERRORS = 5, 200


@dataclass(frozen=True, slots=True)
class LiteralValue:
    """A literal value.

    Attributes:
        pointer: the place of the value.
        schema_pointer, schema: what it must match.
        directions: the directions of the schema; matching one of them is enough.
        is_text: whether it can be written in its serialized form.
        media_type: of the body that it is an example for; empty for others.
    """

    kind: Kind
    value: JsonValue
    pointer: str
    schema_pointer: str
    schema: JsonObject
    directions: frozenset[Direction]
    is_text: bool = False
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """A validation error: where in the value, why, and the keyword and schema that it violates."""

    pointer: str
    message: str
    keyword: str
    format: str
    schema_pointer: str


@dataclass(frozen=True)
class LiteralValues:
    """The literal values of a document, and their validation.

    Attributes:
        contract: the parsed document.
        schemas: its schemas by pointer, including unused ones.
        reach: the directions that schemas are used in.
    """

    contract: Contract
    schemas: Mapping[str, JsonObject]
    reach: Reach

    @cached_property
    def all(self) -> tuple[LiteralValue, ...]:
        """All of them, each once."""
        nodes = walk(self.contract.document)
        holders = [node for node in nodes if node.kind in ("media_type", "parameter", "header")]
        found = [value for node in holders for value in self._of_holder(node)]
        found += [v for pointer, schema in self.schemas.items() for v in self._of_schema(pointer, schema)]
        return tuple(found)

    def _of_holder(self, node: Node) -> Iterator[LiteralValue]:
        schema_pointer, schema = f"{node.pointer}/schema", node.value.get("schema")
        if not isinstance(schema, dict):
            return
        is_body = node.kind == "media_type"
        media_type = node.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~") if is_body else ""
        directions = self.reach.directions_of(node.pointer)
        for value, pointer in self._examples(node):
            held = LiteralValue("example", value, pointer, schema_pointer, schema, directions)
            yield replace(held, is_text=not is_body, media_type=media_type)

    def _examples(self, node: Node) -> Iterator[tuple[JsonValue, str]]:
        if "example" in node.value:
            yield node.value["example"], f"{node.pointer}/example"
        for name, held in as_object(node.value.get("examples")).items():
            example, at = dereference(self.contract.document, held)
            place = at if at is not None else f"{node.pointer}/examples/{escape(name)}"
            for field in ("value", "dataValue"):
                if isinstance(example, dict) and field in example:
                    yield example[field], f"{place}/{field}"

    def _of_schema(self, pointer: str, schema: JsonObject) -> Iterator[LiteralValue]:
        directions = self.reach.directions_of(pointer)
        found: list[tuple[Kind, JsonValue, str]] = []
        found += [
            ("example", value, f"examples/{i}") for i, value in enumerate(as_list(schema.get("examples")))
        ]
        if _CONSTRAINTS & set(schema):
            found += [("enum", value, f"enum/{i}") for i, value in enumerate(as_list(schema.get("enum")))]
            found += [("enum", schema["const"], "const")] if "const" in schema else []
        kinds: tuple[Kind, ...] = ("example", "default")
        found += [(kind, schema[kind], kind) for kind in kinds if kind in schema]
        for kind, value, place in found:
            yield LiteralValue(kind, value, f"{pointer}/{place}", pointer, schema, directions)

    @cached_property
    def _schemas(self) -> SchemaSet:
        found = SchemaSet(self.contract.bundle)
        for stated in self.all:
            found.add(stated.schema_pointer, stated.schema)
        return found

    @cached_property
    def compile_error(self) -> DocumentError | None:
        """Why the schemas can't be compiled; None if they can."""
        try:
            for direction in Direction:
                self._schemas.compile(direction)
        except DocumentError as error:
            return error
        return None

    def breaches(self, stated: LiteralValue) -> list[Breach]:
        """The validation errors of a value; empty if it is valid in one direction."""
        found: list[Breach] = []
        if self.compile_error:
            return found
        for direction in sorted(stated.directions, key=lambda direction: direction.value):
            validator = self._schemas.validator(direction)
            if self._is_valid(validator, stated):
                return []
            schema = Schema(stated.schema_pointer, stated.schema, self._schemas)
            if not schema.has_all_listed(stated.value):
                return [
                    Breach(each.pointer, each.message, each.keyword, "", each.schema_pointer)
                    for each in schema.violations(stated.value, direction)
                ]
            errors = validator.iter_errors({stated.schema_pointer: stated.value})
            found = _joined([_breach(error) for error, _ in zip(errors, range(_MOST_ERRORS), strict=False)])
        return found[:_MOST_BREACHES]

    def _is_valid(self, validator: Any, stated: LiteralValue) -> bool:  # noqa: ANN401 - a compiled validator
        if validator.is_valid({stated.schema_pointer: stated.value}):
            return True
        return any(validator.is_valid({stated.schema_pointer: value}) for value in self._readings(stated))

    def _readings(self, stated: LiteralValue) -> Iterator[JsonValue]:
        """The values that a serialized text can represent."""
        text = stated.value
        if not isinstance(text, str) or not stated.is_text:
            return
        schemas = self.contract.schemas
        yield coerce(text, schemas.view(stated.schema).kinds)
        items = schemas.view(schemas.view(stated.schema).outline.get("items")).kinds
        for separator in (",", " ", "|"):
            yield [coerce(part, items) for part in text.split(separator)]
        try:
            yield json.loads(text)
        except ValueError:
            return


def _breach(outer: jsonschema_rs.ValidationError) -> Breach:
    error = most_specific(outer)
    kind = error.kind
    return Breach(
        pointer=join(error.instance_path[1:]),
        message=_sentence(error),
        keyword=kind.name,
        format=str(getattr(kind, "format", "")) if kind.name == "format" else "",
        schema_pointer=join(error.schema_path[:-1]),
    )


def _joined(breaches: list[Breach]) -> list[Breach]:
    """The breaches; several missing properties of one object are combined."""
    missing: dict[str, list[str]] = {}
    for breach in breaches:
        if breach.keyword == "required":
            missing.setdefault(breach.pointer, []).append(breach.message.split(" ")[2])
    found = {}
    for breach in breaches:
        names = list(dict.fromkeys(missing.get(breach.pointer, ())))
        if breach.keyword == "required" and len(names) > 1:
            message = f"required properties {', '.join(names[:-1])} and {names[-1]} are missing"
            found[breach.pointer, message] = replace(breach, message=message)
        else:
            found[breach.pointer, breach.message] = breach
    return list(found.values())


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    """What is wrong with a value, without the full value."""
    kind, message = error.kind, str(error.message).splitlines()[0]
    if kind.name == "required":
        return f"required property `{getattr(kind, 'property', '')}` is missing"
    if kind.name == "enum":
        options = [_brief(option) for option in as_list(getattr(kind, "options", []))]
        shown = ", ".join(options[:8]) + (", …" if len(options) > 8 else "")
        return f"{_brief(error.instance)} is not one of {shown}"
    if kind.name == "format":
        return f"{_brief(error.instance)} is not a valid {getattr(kind, 'format', 'value')}"
    if kind.name == "type":
        return f"{_brief(error.instance)} is not a valid {' or '.join(getattr(kind, 'types', ()))}"
    return message if len(message) <= 160 else f"{message[:70]} … {message[-70:]}"


def _brief(value: Any) -> str:  # noqa: ANN401 - any JSON
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}…"


def is_serialised(stated: LiteralValue, kinds: frozenset[str]) -> bool:
    """Whether an example is the serialized text of a body that is not JSON, so the schema does not apply."""
    is_other = bool(stated.media_type) and not media_types.is_json(stated.media_type)
    return is_other and isinstance(stated.value, str) and "string" not in kinds
