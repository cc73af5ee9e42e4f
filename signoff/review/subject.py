"""What a rule gets: the document as it is written, and the parsed contract."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from signoff.aliases import accepts_former_names
from signoff.contract.document import as_written, root_kind, understood
from signoff.contract.errors import DocumentError
from signoff.contract.json_value import as_object
from signoff.contract.limits import NO_OPTIONS
from signoff.contract.odd_parts import empty_references
from signoff.contract.pointer import escape, from_ref, join, resolve, split
from signoff.contract.structure import METHODS, Node, walk
from signoff.contract.validity import structural_errors
from signoff.review.literal_values import LiteralValues
from signoff.review.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signoff.contract.bundle import Bundle
    from signoff.contract.contract import Contract
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.limits import Limits
    from signoff.contract.pointer import Location
    from signoff.contract.source import Source


class Member(NamedTuple):
    """An entry of a list or map: its name or index, its place, and its value with references resolved."""

    name: str
    place: str
    value: JsonObject
    pointer: str


@dataclass(frozen=True, slots=True)
class WrittenOperation:
    """One method on one path, as written.

    Attributes:
        item, item_pointer: its path item.
    """

    method: str
    path: str
    value: JsonObject
    pointer: str
    item: JsonObject
    item_pointer: str

    @property
    def label(self) -> str:
        """`METHOD /path`."""
        return f"{self.method.upper()} {self.path}"


@accepts_former_names
@dataclass(frozen=True)
class Subject:
    """The document to review.

    Attributes:
        written: the document in its own OpenAPI version, with its files bundled.
        version: the OpenAPI version.
        contract: the parsed document; its schemas are JSON Schema 2020-12.
        unresolved: the references that cannot be resolved.
    """

    written: Bundle
    version: str
    contract: Contract
    unresolved: tuple[DocumentError, ...] = ()

    @property
    def document(self) -> JsonObject:
        """The bundled document as written."""
        return self.written.value

    @property
    def has_json_schema(self) -> bool:
        """Whether the document's schemas are JSON Schema 2020-12 (since OpenAPI 3.1)."""
        return not self.version.startswith(("2.", "3.0"))

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every object as written, each once; objects of 2.0 have the kinds of 3.x."""
        found = walk(self.document, root_kind(self.version))
        return tuple(Node(node.kind.removesuffix("_2_0"), node.pointer, node.value) for node in found)

    @cached_property
    def _by_kind(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.kind, []).append(node)
        return found

    def of(self, *kinds: str) -> list[Node]:
        """The objects of these kinds as written, without references (except in schemas)."""
        held = [node for kind in kinds for node in self._by_kind.get(kind, ())]
        return [node for node in held if node.kind == "schema" or node.ref is None]

    @cached_property
    def schemas(self) -> dict[str, JsonObject]:
        """Every schema as JSON Schema 2020-12, by its pointer into the contract's document."""
        found = {node.pointer: node.value for node in walk(self.contract.document) if node.kind == "schema"}
        definitions = as_object(self.contract.document.get("definitions"))  # of 2.0, including unused ones
        return found | {f"/definitions/{escape(k)}": v for k, v in definitions.items() if isinstance(v, dict)}

    def properties(self) -> Iterator[tuple[str, JsonObject, str, JsonObject]]:
        """Every property in `schemas`: its name, its schema, its place, and the schema that has it."""
        for pointer, schema in self.schemas.items():
            for name, held in as_object(schema.get("properties")).items():
                if isinstance(held, dict):
                    yield name, held, f"{pointer}/properties/{escape(name)}", schema

    @cached_property
    def values(self) -> LiteralValues:
        """The examples, defaults and enum values in the document."""
        return LiteralValues(self.contract, self.schemas, self.reach)

    @cached_property
    def reach(self) -> Reach:
        """Which operation uses which object of the contract's document."""
        return Reach.of(self.contract)

    @cached_property
    def operations(self) -> tuple[WrittenOperation, ...]:
        """The operations under `paths`, in the document's order."""
        return tuple(self._operations())

    def _operations(self) -> Iterator[WrittenOperation]:
        for path, _, item, pointer in self.members(self.document, "", "paths"):
            if path.startswith("x-"):
                continue
            more = item.get("additionalOperations")
            places = {name: f"{pointer}/additionalOperations/{escape(name)}" for name in as_object(more)}
            places |= {name: f"{pointer}/{name}" for name in METHODS if name in item}
            for method, place in places.items():
                value = item.get(method, as_object(more).get(method))
                if isinstance(value, dict):
                    yield WrittenOperation(method, path, value, place, item, pointer)

    def followed(self, value: JsonValue, pointer: str) -> tuple[JsonObject, str]:
        """A value of the document with its reference resolved, and the place of the result."""
        for _ in range(64):
            if not isinstance(value, dict):
                return {}, pointer
            ref = value.get("$ref")
            if not isinstance(ref, str) or not ref.startswith("#/"):
                return value, pointer
            pointer = from_ref(ref)
            value = value_at(self.document, pointer)
        return {}, pointer

    def members(self, owner: JsonObject, pointer: str, field: str) -> Iterator[Member]:
        """The entries of a list or map in a field, with references resolved."""
        held = owner.get(field)
        named = enumerate(held) if isinstance(held, list) else as_object(held).items()
        for name, value in named:
            place = f"{pointer}/{field}/{escape(str(name))}"
            yield Member(str(name), place, *self.followed(value, place))

    def parameters(self, operation: WrittenOperation) -> list[tuple[JsonObject, str]]:
        """The parameters of an operation's path item, then its own, each with its place."""
        owners = ((operation.item, operation.item_pointer), (operation.value, operation.pointer))
        found = [held for owner, place in owners for held in self.members(owner, place, "parameters")]
        return [(parameter.value, parameter.place) for parameter in found]

    def locate(self, pointer: str) -> Location:
        """The place in the source file for a pointer into either document."""
        return self.written.locate(self._written_pointer(pointer))

    def as_written(self, place: Location | None) -> Location | None:
        """The place in the source file of one in the contract's document."""
        is_in_root = place is not None and place.file == self.written.files[0].name
        return self.locate(place.pointer) if place and is_in_root else place

    def _written_pointer(self, pointer: str) -> str:
        """The pointer as written for one into the contract's document: bodies of 2.0 are parameters."""
        if self.version != "2.0":
            return pointer
        tokens = split(pointer)
        if "requestBody" in tokens:
            return self._body_pointer(tokens, tokens.index("requestBody"))
        if (
            tokens[3:4] == ["parameters"]
            and tokens[4:5]
            and tokens[5:6] == ["schema"]
            and not isinstance(value_at(self.document, pointer), dict | list)
        ):
            return self._parameter_pointer(tokens, 3)
        if "content" in tokens:
            at = tokens.index("content")
            head, media_type, rest = tokens[:at], tokens[at + 1 : at + 2], tokens[at + 2 :]
            tokens = (
                [*head, "examples", *media_type, *rest[1:]] if rest[:1] == ["example"] else [*head, *rest]
            )
        return _joined(tokens)

    def _body_pointer(self, tokens: list[str], at: int) -> str:
        """A body of 2.0 is one parameter, a form several; anything else belongs to the operation."""
        owner = _joined(tokens[:at])
        fields = tokens[at + 4 : at + 6]
        for pointer, value in self._own_parameters(owner):
            if value.get("in") == "body":
                return pointer + _joined(tokens[at + 3 :])
            if fields == ["properties", str(value.get("name"))] and value.get("in") == "formData":
                return pointer + _joined(tokens[at + 6 :])
        return owner

    def _parameter_pointer(self, tokens: list[str], at: int) -> str:
        """Parameters of 2.0 have no `schema`, and include bodies."""
        others = [
            pointer
            for pointer, value in self._own_parameters(_joined(tokens[:at]))
            if value.get("in") not in ("body", "formData")
        ]
        index, rest = int(tokens[at + 1]), tokens[at + 2 :]
        start = others[index] if index < len(others) else _joined(tokens[:at])
        return start + _joined(rest[1:] if rest[:1] == ["schema"] else rest)

    def _own_parameters(self, owner: str) -> Iterator[tuple[str, JsonObject]]:
        """The parameters of a 2.0 operation, then those of its path item."""
        seen = set()
        for holder in (owner, owner.rpartition("/")[0]):
            value = self.followed(value_at(self.document, holder), holder)[0]
            for parameter in self.members(value, holder, "parameters"):
                key = (str(parameter.value.get("in")), str(parameter.value.get("name")))
                if holder == owner or key not in seen:
                    yield parameter.pointer, parameter.value
                seen.add(key)


def _joined(tokens: list[str]) -> str:
    return "".join(f"/{escape(token)}" for token in tokens)


def value_at(document: JsonValue, pointer: str) -> JsonValue:
    """The value at a pointer; None if there is none."""
    try:
        return resolve(document, pointer)
    except LookupError:
        return None


def read(
    source: str | Path | Source, *, allow_remote_refs: bool = False, limits: Limits = NO_OPTIONS
) -> Subject:
    """Read a document for a review.

    Args:
        source: see `contract.load`.
        allow_remote_refs: whether to fetch `$ref`s to http(s) URLs.
        limits: on the work for the document.

    Raises:
        SourceError: it can't be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, or too invalid to review.
    """
    unresolved: list[DocumentError] = []
    written, version = as_written(
        source, allow_remote_refs=allow_remote_refs, unresolved=unresolved, limits=limits
    )
    repaired = replace(written, value=copy.deepcopy(written.value), copies={})
    empty_references(repaired, root_kind(version), unresolved)
    try:
        contract = understood(repaired, version, open_parts=False, limits=limits)
        contract.schemas.resolved({})
    except (LookupError, TypeError, AttributeError, ValueError):
        raise _too_invalid(written, version) from None
    return Subject(written, version, contract, tuple(unresolved))


def _too_invalid(written: Bundle, version: str) -> DocumentError:
    for error in structural_errors(written.value, version):
        message = f"not valid OpenAPI {version[:3]}: {error.message}"
        return DocumentError(message, location=written.locate(join(error.instance_path)))
    return DocumentError("the document can't be parsed", location=written.locate(""))
