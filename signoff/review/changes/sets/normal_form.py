"""Converts the schemas of a document to normal form."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from signoff.contract.json_value import as_list, as_object
from signoff.review.changes.sets import facets
from signoff.review.changes.sets.merging import Branch, groups, merged, product, simplified, tidied
from signoff.review.changes.sets.parts import child, is_schema, joined, key_of
from signoff.review.changes.sets.shape import (
    KINDS,
    Condition,
    Normal,
    Note,
    Shape,
    kind_of,
    listed_values,
)
from signoff.review.promises import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.review.changes.sets.parts import Conjunction, Part, Reader

_NOTES = (
    *("default", "deprecated", "readOnly", "writeOnly", "discriminator", "x-extensible-enum", "xml"),
    *KEYS,
)
_UNCLEAR_NULL = "x-nullable-unclear"  # see `contract.versions.v3`
_IMPLIED = {
    "object": {"properties", "required", "additionalProperties", "patternProperties", "minProperties"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"},
    "string": {"minLength", "maxLength", "pattern"},
    "number": {"minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"},
}
_OTHERS = {"patternProperties", "additionalProperties", "unevaluatedProperties"}
_NOTHING = Normal({}, {}, is_typed=True, pointer="")


@dataclass(frozen=True, slots=True)
class _Draft:
    said: list[Part]
    pointer: str
    branches: list[Branch]
    is_empty: bool = False


@dataclass(slots=True)
class _Frame:
    """An incomplete normal form; `lowest` is the outermost level that it depends on."""

    key: frozenset[str]
    draft: _Draft
    pending: Iterator[Conjunction] = field(init=False)
    lowest: int = sys.maxsize

    def __post_init__(self) -> None:
        self.pending = iter([schema for branch in self.draft.branches for schema in branch.schemas])


@dataclass(slots=True)
class NormalForms:
    """Computes the normal forms of the schemas of one document, each once."""

    reader: Reader
    _known: dict[frozenset[str], Normal] = field(default_factory=dict)

    def of(self, conjunction: Conjunction) -> Normal:
        """The normal form of a conjunction.

        It is computed from those of its alternatives. A cycle of `anyOf` adds no constraints. Normal forms
        inside a cycle are incomplete and are only used until the outermost one is complete.
        """
        key = key_of(conjunction)
        if key in self._known:
            return self._known[key]
        passing: dict[frozenset[str], tuple[Normal, int]] = {}
        levels: dict[frozenset[str], int] = {}
        stack = [_Frame(key, self._draft(conjunction))]
        while stack:
            frame = stack[-1]
            levels.setdefault(frame.key, len(stack) - 1)
            inner = next(frame.pending, None)
            if inner is None:
                stack.pop()
                level = levels.pop(frame.key)
                made = self._made(frame.draft, passing)
                passing[frame.key] = made, frame.lowest
                if frame.lowest >= level:
                    self._known[frame.key] = made
                    passing = {k: v for k, v in passing.items() if v[1] < level}
                elif stack:
                    stack[-1].lowest = min(stack[-1].lowest, frame.lowest)
                continue
            inner_key = key_of(inner)
            if inner_key in levels:
                frame.lowest = min(frame.lowest, levels[inner_key])
            elif inner_key in passing:
                frame.lowest = min(frame.lowest, passing[inner_key][1])
            elif inner_key not in self._known:
                stack.append(_Frame(inner_key, self._draft(inner)))
        return self._known[key]

    def _draft(self, conjunction: Conjunction) -> _Draft:
        """The parts of a conjunction, before its alternatives are normalized."""
        parts = self.reader.flattened(conjunction)
        pointer = parts[0].pointer if parts else ""
        if any(part.raw is False for part in parts):
            return _Draft([], pointer, [], is_empty=True)
        said = [part for part in parts if isinstance(part.raw, dict)]
        branches = [
            Branch(
                keyword, members, [self.conjunction(m) for m in members], is_distinguished=is_distinguished
            )
            for part in said
            for keyword, members, is_distinguished in groups(part)
        ]
        own = {part.pointer for part in parts}
        for part in said:
            children = self.reader.children(part.pointer)
            if children and not own & children.keys():
                members = list(children.values())
                schemas: list[Conjunction] = [(member,) for member in members]
                branches.append(Branch("children", members, schemas, is_distinguished=True))
        return _Draft(said, pointer, branches)

    def _made(self, draft: _Draft, passing: dict[frozenset[str], tuple[Normal, int]]) -> Normal:
        if draft.is_empty:
            return Normal({}, {}, is_typed=True, pointer=draft.pointer)
        shapes: dict[str, tuple[Shape, ...]] = {}
        if not draft.said:
            shapes = {kind: (Shape(kind, draft.pointer),) for kind in KINDS}
        for index, part in enumerate(draft.said):
            own: dict[str, tuple[Shape, ...]] = {shape.kind: (shape,) for shape in self._own(part)}
            if index:
                own = {
                    kind: (merged(shapes[kind][0], shape),)
                    for kind, (shape,) in own.items()
                    if kind in shapes
                }
            shapes = own
        inner: dict[str, Note] = {}  # of the only alternative besides null
        for branch in draft.branches:
            normals = []
            for schema in branch.schemas:
                key = key_of(schema)
                known = self._known.get(key) or passing.get(key, (_NOTHING, 0))[0]
                normals.append(known)
            typed = [normal for m, normal in zip(branch.members, normals, strict=True) if not _is_null(m)]
            if len(typed) == 1:
                inner = {**typed[0].notes, **inner}
            joined = product(shapes, branch, normals, self.reader.schemas.name)
            if branch.keyword == "children":  # the parent is one of them
                joined = {
                    kind: (*(replace(shape, is_tagged=True) for shape in known), *joined.get(kind, ()))
                    for kind, known in shapes.items()
                }
            shapes = joined
        shapes = {
            kind: tuple(simplified([t for shape in found if (t := tidied(shape))]))
            for kind, found in shapes.items()
        }
        shapes = self._closed(draft.said, {kind: found for kind, found in shapes.items() if found})
        is_typed = _is_typed(draft.said, shapes)
        return Normal(shapes, {**inner, **self._notes(draft.said)}, is_typed=is_typed, pointer=draft.pointer)

    def conjunction(self, part: Part) -> Conjunction:
        """A nested schema as a conjunction."""
        return self.reader.conjunction(part.raw, part.pointer)

    def inner(self, part: Part, keyword: str, member: str | int | None = None) -> Conjunction:
        """The schema under a keyword; an empty conjunction, which allows any value, if there is none."""
        if not isinstance(part.raw, dict) or keyword not in part.raw:
            return ()
        tokens = (keyword,) if member is None else (keyword, member)
        return self.conjunction(child(part, *tokens))

    def _own(self, part: Part) -> Iterator[Shape]:
        """The shapes of a schema's own keywords, one for each kind that its type allows."""
        raw, pointer = part.raw, part.pointer
        assert isinstance(raw, dict)  # noqa: S101 - the caller has seen to it
        kinds = _types(raw)
        listed, keyword = listed_values(raw)
        for kind in KINDS:
            if kind not in kinds and not (kind == "number" and "integer" in kinds):
                continue
            values = None if listed is None else tuple(value for value in listed if kind_of(value) == kind)
            if values and (kind == "null" or (kind == "boolean" and len(set(values)) == 2)):
                values = None  # both booleans
            if values == ():
                continue
            integral = kind == "number" and "number" not in kinds
            yield Shape(
                kind,
                pointer,
                values,
                f"{pointer}/{keyword}" if keyword else "",
                facets.read(kind, raw, pointer, integral=integral),
                conditions=tuple(self._conditions(part, kind)),
                is_open=bool(raw.get("x-extensible-enum")) and values is not None,
                **self._members(kind, part, raw),
            )

    def _members(self, kind: str, part: Part, raw: JsonObject) -> dict[str, Any]:
        """The schemas for object properties and array items."""
        if kind == "object":
            required = enumerate(as_list(raw.get("required")))
            return {
                "properties": self._named(part, raw, "properties"),
                "required": {str(name): f"{part.pointer}/required/{index}" for index, name in required},
                "patterns": self._named(part, raw, "patternProperties"),
                "additional": self.inner(part, "additionalProperties"),
                "names": self.inner(part, "propertyNames"),
            }
        if kind == "array":
            count = len(as_list(raw.get("prefixItems")))
            return {
                "prefix": tuple(self.inner(part, "prefixItems", index) for index in range(count)),
                "items": self.inner(part, "items"),
            }
        return {}

    def _named(self, part: Part, raw: JsonObject, keyword: str) -> dict[str, Conjunction]:
        held = raw.get(keyword)
        return {
            name: self.inner(part, keyword, name)
            for name, schema in (held.items() if isinstance(held, dict) else ())
            if is_schema(schema)
        }

    def _conditions(self, part: Part, kind: str) -> Iterator[Condition]:
        raw = part.raw
        assert isinstance(raw, dict)  # noqa: S101 - the caller has seen to it
        if "not" in raw:
            yield Condition("not", "", {"not": self.inner(part, "not")}, f"{part.pointer}/not")
        if "if" in raw and ("then" in raw or "else" in raw):
            schemas = {keyword: self.inner(part, keyword) for keyword in ("if", "then", "else")}
            yield Condition("if", "", schemas, f"{part.pointer}/if")
        if kind == "array" and "contains" in raw:
            least, most = raw.get("minContains", 1), raw.get("maxContains")
            if least or most is not None:
                schemas = {"contains": self.inner(part, "contains")}
                bounds = f"{_whole(least, 1)} to {_whole(most, None)}"
                yield Condition("contains", bounds, schemas, f"{part.pointer}/contains")
        dependent = raw.get("dependentSchemas")
        if kind == "object" and isinstance(dependent, dict):
            for name in dependent:
                schemas = {"then": self.inner(part, "dependentSchemas", name)}
                yield Condition("dependentSchemas", name, schemas, f"{part.pointer}/dependentSchemas")

    def _closed(self, said: list[Part], shapes: dict[str, tuple[Shape, ...]]) -> dict[str, tuple[Shape, ...]]:
        """The shape with `unevaluatedProperties` and `unevaluatedItems` resolved after merging."""
        for kind, keyword in (("object", "unevaluatedProperties"), ("array", "unevaluatedItems")):
            extra = joined(*(self.inner(part, keyword) for part in said))
            if extra and kind in shapes:
                closed = [
                    self._limited(shape, keyword, extra)
                    if self._evaluates_more(shape)
                    else _with_rest(shape, extra)
                    for shape in shapes[kind]
                ]
                shapes[kind] = tuple(made for shape in closed if (made := tidied(shape)))
        return shapes

    def _limited(self, shape: Shape, keyword: str, extra: Conjunction) -> Shape:
        """The shape with the keyword as a condition, because it depends on the value what is left for it."""
        limit = Condition(keyword, "", {"rest": extra}, extra[0].pointer)
        return replace(shape, conditions=(*shape.conditions, limit))

    def _evaluates_more(self, shape: Shape) -> bool:
        """Whether conditions of the shape evaluate properties or items that it doesn't define itself."""
        if shape.kind == "array":
            return any(one.kind in ("contains", "group") for one in shape.conditions)
        schemas = [
            schema
            for one in shape.conditions
            if one.kind in ("if", "dependentSchemas", "group")
            for schema in one.schemas.values()
        ]
        passed: set[str] = set()
        while schemas:
            for part in self.reader.flattened(schemas.pop()):
                if part.pointer in passed or not isinstance(part.raw, dict):
                    continue
                passed.add(part.pointer)
                names = as_object(part.raw.get("properties")).keys()
                if _OTHERS & part.raw.keys() or not names <= shape.properties.keys():
                    return True
                schemas += [self.conjunction(inner) for inner in _in_place(part)]
        return False

    def _notes(self, said: list[Part]) -> dict[str, Note]:
        found: dict[str, Note] = {}
        for part in said:
            assert isinstance(part.raw, dict)  # noqa: S101 - the caller has seen to it
            for keyword in (*_NOTES, _UNCLEAR_NULL):
                if keyword in part.raw:
                    found.setdefault(keyword, Note(part.raw[keyword], f"{part.pointer}/{keyword}"))
            if "discriminator" in part.raw:
                found["discriminator"] = self._discriminator(part, found["discriminator"])
        return found

    def _discriminator(self, part: Part, note: Note) -> Note:
        """The discriminator with an explicit mapping: component names are the default values.

        OpenAPI 3.1, section 4.8.25: without a mapping, the value is the name of the schema.
        """
        raw, stated = part.raw, note.value
        if not isinstance(raw, dict) or not isinstance(stated, dict):
            return note
        mapping = as_object(stated.get("mapping")).items()
        mapped: JsonObject = {value: self.reader.target(str(target)) for value, target in mapping}
        for member in as_list(raw.get("oneOf")) + as_list(raw.get("anyOf")):
            ref = member.get("$ref") if isinstance(member, dict) else None
            if isinstance(ref, str) and ref not in mapped.values():
                name = str(stated.get("propertyName", ""))
                mapped |= self._values_of(part, {"$ref": ref}, name) or {self.reader.name(ref): ref}
        return Note({**stated, "mapping": mapped}, note.pointer)

    def _values_of(self, part: Part, member: JsonObject, name: str) -> JsonObject:
        """The values that an alternative allows for the discriminator property."""
        found: JsonObject = {}
        for inner in self.reader.flattened(self.reader.conjunction(member, f"{part.pointer}/-")):
            properties = inner.raw.get("properties") if isinstance(inner.raw, dict) else None
            schema = properties.get(name) if isinstance(properties, dict) else None
            if isinstance(schema, dict):
                listed = listed_values(schema)[0] or []
                found |= {str(value): member["$ref"] for value in listed}
        return found


def _in_place(part: Part) -> Iterator[Part]:
    """The schemas in a schema that apply to the same value under a condition."""
    raw = as_object(part.raw)
    yield from (child(part, keyword) for keyword in ("if", "then", "else") if is_schema(raw.get(keyword)))
    for keyword in ("anyOf", "oneOf"):
        yield from (child(part, keyword, index) for index in range(len(as_list(raw.get(keyword)))))
    dependent = as_object(raw.get("dependentSchemas"))
    yield from (child(part, "dependentSchemas", name) for name in dependent)


def _with_rest(shape: Shape, extra: Conjunction) -> Shape:
    """The shape with a schema for all other properties or items."""
    if shape.kind == "object":
        return shape if shape.additional else replace(shape, additional=extra)
    return shape if shape.items else replace(shape, items=extra)


def _types(raw: JsonObject) -> set[str]:
    stated = raw.get("type")
    if isinstance(stated, list):
        return {str(kind) for kind in stated}
    return {stated} if isinstance(stated, str) else {*KINDS, "integer"}


def _is_null(part: Part) -> bool:
    return isinstance(part.raw, dict) and part.raw.get("type") == "null"


def _is_typed(said: list[Part], shapes: dict[str, tuple[Shape, ...]]) -> bool:
    """Whether a type is set, or no keyword implies one."""
    if len(shapes) < len(KINDS):
        return True
    keywords = {keyword for part in said if isinstance(part.raw, dict) for keyword in part.raw}
    return sum(bool(implied & keywords) for implied in _IMPLIED.values()) != 1


def implied_kind(shapes: dict[str, tuple[Shape, ...]]) -> str | None:
    """The only kind that a schema without a type constrains."""
    telling = [kind for kind, found in shapes.items() if not all(shape.is_free for shape in found)]
    return telling[0] if len(telling) == 1 else None


def _whole(value: JsonValue, instead: int | None) -> int | None:
    """A number of items; what is none counts as not stated."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number else instead  # type: ignore[arg-type]
