"""What an expression reads that no request has, and what it compares that is never equal.

The values are known from the operation: header names are in lower case, parameters and the properties of the
body have schemas. A rule for invalid requests (`!request.valid`) may read anything of them, and `has(…)`
around a property says that clients may send one that the schema lacks.

What an expression compares is wrong anywhere if the types differ. That a text is not one of the possible ones
matters only where the rule needs it: `request.method != 'POST'` is true for a GET.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.contract.expression_cost import text_of
from signoff.contract.json_value import as_list
from signoff.mock.rules.targets import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract import JsonValue, Operation
    from signoff.contract.expression_syntax import Node
    from signoff.contract.expressions import Expression
    from signoff.contract.schema_view import View
    from signoff.contract.schemas import Schema, SchemaSet

_MOST_OPERATIONS = 100  # whose schemas are looked at
_SHOWN = 10  # texts in a message
_INVALID = re.compile(r"!\s*request\.valid|request\.valid\s*(==\s*false|!=\s*true)")
_NOT = re.compile(r"!(?!=)")  # the structure of an expression lacks it
_KINDS = {"integer": "number", "boolean": "bool", "array": "list", "object": "map"}
_RESULTS = {
    **dict.fromkeys(("size", "int", "uint", "double"), "number"),
    **dict.fromkeys(("string", "lower", "mediaType"), "string"),
    **dict.fromkeys(("has", "contains", "startsWith", "endsWith", "matches"), "bool"),
    **dict.fromkeys(("all", "exists", "exists_one", "existsOne"), "bool"),
}
_HEADERS = ("request.headers", "response.headers")
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class _Value:
    """What is known of a value: its types and its texts, each empty if any is possible, and its schemas."""

    kinds: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    schemas: SchemaSet | None = None


_ANY = _Value()
_BOOL, _NUMBER, _STRING = (_Value(frozenset({kind})) for kind in ("bool", "number", "string"))
_LIST = _Value(frozenset({"list"}))


def check_expression(
    expression: Expression, operations: Sequence[Operation], at: str, *, is_condition: bool = False
) -> None:
    """Check an expression of a rule that is for some operations.

    Args:
        expression: the expression.
        operations: the operations that the rule is for; without any, only what holds for all is checked.
        at: the place of the expression in the rule.
        is_condition: whether the rule matches only if it is true.

    Raises:
        RuleError: for each of them, it reads what requests never have, or compares what is never equal.
    """
    methods = tuple(dict.fromkeys(each.method for each in operations))
    with_body = [each for each in operations if each.request_body is not None]
    if with_body and "request.body" in expression.source:
        operations = with_body
    known: Sequence[Operation | None] = operations if 0 < len(operations) <= _MOST_OPERATIONS else [None]
    is_needed = is_condition and not _NOT.search(expression.source)
    needed = {id(node) for node in (_needed(expression.root) if is_needed else ())}
    left: dict[int, str] | None = None
    for operation in known:
        found = _Reading(expression, operation, methods, needed).faults
        left = found if left is None else {key: text for key, text in left.items() if key in found}
        if not left:
            return
    for message in (left or {}).values():
        problem, _, hint = message.partition("|")
        raise RuleError(problem, at, hint)


class _Reading:
    """Reads an expression for one operation; for an unknown one, only what holds for all of them.

    Attributes:
        faults: the problem and how to fix it, by the identity of the node.
    """

    def __init__(
        self, expression: Expression, operation: Operation | None, methods: tuple[str, ...], needed: set[int]
    ) -> None:
        self.faults: dict[int, str] = {}
        self._operation = operation
        self._methods = methods
        self._needed = needed  # the identities of the nodes without which the rule does not match
        self._is_for_invalid = bool(_INVALID.search(expression.source))
        self._guarded = set(_guarded(expression.root))
        self._of(expression.root, {})

    def _of(self, node: Node, scope: Mapping[str, _Value]) -> _Value:
        if node.kind in ("literal", "name"):
            return _constant(node) or scope.get(node.name, _ANY)
        if node.kind == "macro":
            return self._macro(node, scope)
        if node.kind == "call" and node.name == "has" and node.parts and node.parts[0].parts:
            owner = node.parts[0].parts[0]
            self._of(owner, scope)
            if _shown(owner) in _HEADERS:
                self._header(node, _shown(owner), node.parts[0].name)
            return _BOOL
        parts = [self._of(part, scope) for part in node.parts]
        if node.kind == "select":
            return self._member(node, parts[0], node.name)
        if node.kind == "index":
            text = text_of(node.parts[1])
            return _items(parts[0]) if text is None else self._member(node, parts[0], text)
        if node.kind == "operator":
            return self._operator(node, parts)
        result = node.kind if node.kind in ("list", "map") else _RESULTS.get(node.name)
        return _ANY if result is None else _Value(frozenset({result}))

    def _macro(self, node: Node, scope: Mapping[str, _Value]) -> _Value:
        inner = {**scope, node.variable: _items(self._of(node.parts[0], scope))}
        for part in node.parts[1:]:
            self._of(part, inner)
        return _BOOL if node.name in _RESULTS else _LIST

    def _member(self, node: Node, owner: _Value, name: str) -> _Value:
        path = _shown(node.parts[0])
        place = path.removeprefix("request.parameters.")
        if path == "request":
            return self._of_request(node, name)
        if path in _HEADERS:
            return self._header(node, path, name)
        if path == "response":
            return _NUMBER if name == "status" else _ANY
        if place in ("path", "query", "header", "cookie") and place != path:
            return self._parameter(node, place, name)
        return self._property(node, owner, name)

    def _header(self, node: Node, owner: str, name: str) -> _Value:
        if name != name.lower():
            text = f"`{owner}` has names in lower case, never {name!r}"
            self._fault(node, text, f"Use {name.lower()!r}.")
        return _STRING

    def _of_request(self, node: Node, name: str) -> _Value:
        if name == "method":
            return _Value(_STRING.kinds, self._methods)
        if name == "path":
            path = self._operation.base_path + self._operation.path if self._operation else "{"
            return _Value(_STRING.kinds, () if "{" in path else (path,))
        if name == "valid":
            return _BOOL
        if name != "body" or self._operation is None or self._is_for_invalid:
            return _ANY
        if self._operation.request_body is None:
            self._fault(node, f"{self._operation.label} has no request body", "Compare something else.")
            return _ANY
        offers = self._operation.request_body.content
        if not all(media_types.is_json(offer.name) and offer.schema is not None for offer in offers):
            return _ANY
        return _of_schemas([offer.schema for offer in offers if offer.schema is not None])

    def _parameter(self, node: Node, place: str, name: str) -> _Value:
        if self._operation is None:
            return _ANY
        known = {each.name: each for each in self._operation.parameters if each.location == place}
        if name not in known:
            text = f"{self._operation.label} has no {place} parameter {name!r}"
            self._fault(node, text, _similar(name, list(known)) or "Use one that the document defines.")
            return _ANY
        schema = known[name].schema
        return _ANY if schema is None or self._is_for_invalid else _of_schemas([schema])

    def _property(self, node: Node, owner: _Value, name: str) -> _Value:
        if owner.kinds and "map" not in owner.kinds:
            path = _shown(node.parts[0])
            self._fault(node, f"`{path}` is a {_either(owner.kinds)}, which has no member `{name}`", "")
        if not owner.views or owner.schemas is None:
            return _ANY
        found = [raw for view in owner.views for raw in view.properties.get(name, ())]
        is_declared = found or not all(map(_is_listed, owner.views)) or _shown(node) in self._guarded
        if not is_declared:
            known = [each for view in owner.views for each in view.properties]
            hint = (
                _similar(name, known) or f"If clients send it anyway, check `has({_shown(node)}) &&` first."
            )
            self._fault(node, f"the schema of `{_shown(node.parts[0])}` has no property `{name}`", hint)
        return _of_views([owner.schemas.view(raw) for raw in found], owner.schemas) if found else _ANY

    def _operator(self, node: Node, parts: Sequence[_Value]) -> _Value:
        if node.name in ("&&", "||"):
            return _BOOL
        if node.name in _COMPARISONS and len(parts) == 2:
            self._compare(node, parts[0], parts[1])
        elif node.name == "in" and parts[1].kinds == _LIST.kinds:
            listed = node.parts[1].parts if node.parts[1].kind == "list" else ()
            items = [self._of(part, {}) for part in listed] or [_items(parts[1])]
            if not any(self._may_be_true(node, parts[0], item) for item in items):
                first, second = node.parts
                if first.kind == "literal":
                    text = self._difference(f"an item of `{_shown(second)}`", items[0], _shown(first))
                else:
                    text = self._difference(f"`{_shown(first)}`", parts[0], "one of the list")
                self._fault(node, text, "")
        elif node.name == "in" and _shown(node.parts[1]) in _HEADERS:
            for name in parts[0].texts:
                self._header(node, _shown(node.parts[1]), name)
        return _BOOL if node.name in (*_COMPARISONS, "in") else _ANY

    def _compare(self, node: Node, left: _Value, right: _Value) -> None:
        if self._may_be_true(node, left, right):
            return
        first, second = node.parts
        if first.kind == "literal":
            first, second, left, right = second, first, right, left
        self._fault(
            node, self._difference(f"`{_shown(first)}`", left, _shown(second)), _converted(first, left, right)
        )

    def _may_be_true(self, node: Node, left: _Value, right: _Value) -> bool:
        """Whether values can be compared and, where the rule needs it, be equal."""
        if left.kinds and right.kinds and not left.kinds & right.kinds:
            return False
        has_texts = (
            bool(left.texts and right.texts) and node.name in ("==", "in") and id(node) in self._needed
        )
        return not has_texts or bool(set(left.texts) & set(right.texts))

    def _difference(self, name: str, value: _Value, other: str) -> str:
        what = " or ".join(value.texts[:_SHOWN]) if value.texts else f"a {_either(value.kinds)}"
        return f"{name} is {what}, never {other}"

    def _fault(self, node: Node, problem: str, hint: str) -> None:
        self.faults.setdefault(id(node), f"{problem}|{hint}")


def _needed(node: Node) -> Iterator[Node]:
    """The parts that are true if a condition is."""
    yield node
    if node.kind == "operator" and node.name == "&&":
        for part in node.parts:
            yield from _needed(part)
    if node.kind == "macro" and node.name in ("exists", "exists_one", "existsOne"):
        yield from _needed(node.parts[-1])


def _constant(node: Node) -> _Value | None:
    if node.kind == "name":
        return _BOOL if node.name in ("true", "false") else None
    text = text_of(node)
    return _NUMBER if text is None else _Value(_STRING.kinds, (text,))


def _guarded(node: Node) -> Iterator[str]:
    """What an expression asks for before it reads it."""
    if node.kind == "call" and node.name == "has":
        yield from map(_shown, node.parts)
    if node.kind == "operator" and node.name == "in":
        yield f"{_shown(node.parts[1])}{_step(text_of(node.parts[0]) or '')}"
    for part in node.parts:
        yield from _guarded(part)


def _shown(node: Node) -> str:
    """A node as text; a member is with a dot where that is possible."""
    if node.kind in ("name", "literal"):
        return node.name
    if node.kind == "select":
        return f"{_shown(node.parts[0])}.{node.name}"
    if node.kind == "index":
        text = text_of(node.parts[1])
        inner = f"[{_shown(node.parts[1])}]" if text is None else _step(text)
        return f"{_shown(node.parts[0])}{inner}"
    if node.kind == "call":
        return f"{_shown(node.parts[0])}.{node.name}(…)" if len(node.parts) == 1 else f"{node.name}(…)"
    return "…"


def _step(name: str) -> str:
    return f".{name}" if name.isidentifier() else f"[{name!r}]"


def _similar(name: str, known: Sequence[str]) -> str:
    same = [each for each in known if each.lower() == name.lower()]
    close = same or get_close_matches(name, list(dict.fromkeys(known)), 1)
    return f"Did you mean `{close[0]}`?" if close else ""


def _either(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds))


def _converted(node: Node, value: _Value, other: _Value) -> str:
    """How to compare a value with one of another type."""
    if value.kinds == _STRING.kinds and other.kinds == _NUMBER.kinds:
        return f"Use `int({_shown(node)})`, or compare it with a string."
    if other.kinds == _STRING.kinds and value.kinds and not value.kinds & other.kinds:
        return "Remove the quotes."
    return _similar(other.texts[0], value.texts) if other.texts and value.texts else ""


def _of_schemas(schemas: Sequence[Schema]) -> _Value:
    return _of_views([each.view for each in schemas], schemas[0].schemas) if schemas else _ANY


def _of_views(views: Sequence[View], schemas: SchemaSet) -> _Value:
    """A value that matches one of some schemas. Only what holds for each of them counts."""
    kinds = [_kinds(view) for view in views]
    texts = [_texts(view) for view in views]
    return _Value(
        frozenset().union(*kinds) if all(kinds) else frozenset(),
        tuple(text for each in texts for text in each) if all(texts) else (),
        tuple(views),
        schemas,
    )


def _kinds(view: View) -> frozenset[str]:
    found = [
        {_KINDS.get(str(kind), str(kind)) for kind in (held if isinstance(held, list) else [held])}
        for part in view.parts
        if (held := part.get("type")) is not None
    ]
    return frozenset(set.intersection(*found)) - {"null"} if found else frozenset()


def _texts(view: View) -> tuple[str, ...]:
    for part in view.parts:
        values: list[JsonValue] = [part["const"]] if "const" in part else as_list(part.get("enum"))
        texts = [value for value in values if isinstance(value, str)]
        if values and len(texts) == len([value for value in values if value is not None]):
            return tuple(texts)
    return ()


def _items(value: _Value) -> _Value:
    parts = [part for view in value.views for part in view.parts]
    raw = [part["items"] for part in parts if "items" in part and "prefixItems" not in part]
    if value.kinds != _LIST.kinds or value.schemas is None or len(raw) < len(value.views):
        return _ANY
    return _of_views([value.schemas.view(each) for each in raw], value.schemas)


def _is_listed(view: View) -> bool:
    """Whether a schema names the properties, and does not say that there are others."""
    open_ended = (
        *("additionalProperties", "patternProperties", "unevaluatedProperties"),
        *("propertyNames", "dependentSchemas"),
    )
    return bool(view.properties) and not any(part.get(name) for part in view.every for name in open_ended)
