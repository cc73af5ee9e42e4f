"""Whether an expression of a rule can never be true, or never has a value, for any valid request.

Only what has to be true counts: the terms that `&&` joins. A term that reads what requests never have makes
the whole expression fail; so does a comparison of values that are never equal. Negations, alternatives and
conditional expressions are not looked at, and schemas with alternatives allow anything: a rule that may work
is never rejected.
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
# A negation, an alternative, a conditional expression, or a comparison with false.
_OTHER = re.compile(r"!(?!=)|\|\||\?|\bfalse\b")
# Keywords by which a value can have other properties than the declared ones, or others for each alternative.
_ALTERNATIVES = {"oneOf", "anyOf", "if", "then", "else", "dependentSchemas"}
_OPEN = {
    "patternProperties",
    "unevaluatedProperties",
    "propertyNames",
    "minProperties",
    "discriminator",
    "dependentRequired",
}
_KINDS = {"integer": "number", "boolean": "bool", "array": "list", "object": "map"}
_RESULTS = {
    **dict.fromkeys(("size", "int", "uint", "double"), "number"),
    **dict.fromkeys(("string", "lower", "mediaType"), "string"),
    **dict.fromkeys(("contains", "startsWith", "endsWith", "matches"), "bool"),
}
_HEADERS = ("request.headers", "response.headers")
_ORDERS = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class _Value:
    """What is known of a value: its types and its texts, each empty if any is possible, and its schema."""

    kinds: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    view: View | None = None
    schemas: SchemaSet | None = None


_ANY = _Value()
_BOOL, _NUMBER, _STRING = (_Value(frozenset({kind})) for kind in ("bool", "number", "string"))


def check_expression(expression: Expression, operations: Sequence[Operation], at: str) -> None:
    """Check an expression of a rule that is for some operations.

    Raises:
        RuleError: it has no value, or is not true, for each of them; without any, for all possible ones.
    """
    if _OTHER.search(expression.source):
        return
    known: Sequence[Operation | None] = operations if 0 < len(operations) <= _MOST_OPERATIONS else [None]
    found: list[tuple[str, str]] = []
    for operation in known:
        faults = _Reading(expression.root, operation).faults
        if not faults:
            return
        has_body = operation is not None and operation.request_body is not None
        found.insert(0 if has_body else len(found), faults[0])
    if found:
        problem, hint = found[0]
        raise RuleError(f"{problem}, so the expression never matches or has no value", at, hint)


class _Reading:
    """Reads an expression for one operation; for an unknown one, only what holds for all of them.

    Attributes:
        faults: each problem and how to fix it.
    """

    def __init__(self, root: Node, operation: Operation | None) -> None:
        self.faults: list[tuple[str, str]] = []
        self._operation = operation
        self._guarded = set(_guarded(root))
        self._term(root, {})

    def _term(self, node: Node, scope: Mapping[str, _Value]) -> None:
        """Read what has to be true. A list of which nothing is true is enough for all macros but `exists`."""
        if node.kind == "operator" and node.name == "&&":
            for part in node.parts:
                self._term(part, scope)
        elif node.kind == "macro" and node.name == "exists" and node.variable != "request":
            items = _items(self._of(node.parts[0], scope))
            for part in node.parts[1:]:
                self._term(part, {**scope, node.variable: items})
        elif node.kind == "operator" and len(node.parts) == 2:
            self._compare(node, [self._of(part, scope) for part in node.parts])
        elif node.kind == "call" and node.name == "has" and _shown(node.parts[0].parts[0]) in _HEADERS:
            self._of(node.parts[0], scope)
        else:
            self._of(node, scope)

    def _of(self, node: Node, scope: Mapping[str, _Value]) -> _Value:
        """What is known of a value that is always computed."""
        if node.kind in ("literal", "name"):
            return _constant(node) or scope.get(node.name, _ANY)
        if node.kind == "macro":
            self._of(node.parts[0], scope)
            return _ANY
        is_short = node.kind == "operator" and node.name == "&&"
        if is_short or (node.kind == "call" and node.name == "has"):
            return _BOOL
        parts = [self._of(part, scope) for part in node.parts]
        if node.kind == "select":
            return self._member(node, parts[0], node.name)
        if node.kind == "index":
            text = text_of(node.parts[1])
            return _items(parts[0]) if text is None else self._member(node, parts[0], text)
        result = node.kind if node.kind in ("list", "map") else _RESULTS.get(node.name)
        return _ANY if result is None or node.kind == "operator" else _Value(frozenset({result}))

    def _member(self, node: Node, owner: _Value, name: str) -> _Value:
        path = _shown(node.parts[0])
        place = path.removeprefix("request.parameters.")
        if path == "request":
            return self._of_request(name)
        if path in _HEADERS:
            return self._header(path, name)
        if path == "response":
            return _NUMBER if name == "status" else _ANY
        if place in ("path", "query", "header", "cookie") and place != path:
            return self._parameter(place, name)
        return self._property(node, owner, name)

    def _header(self, owner: str, name: str) -> _Value:
        if name != name.lower():
            text = f"`{owner}` has names in lower case, not {name!r}"
            self._fault(text, f"Use {name.lower()!r}.")
        return _STRING

    def _of_request(self, name: str) -> _Value:
        if name == "method":
            return _Value(_STRING.kinds, (self._operation.method,) if self._operation else ())
        if name == "path":
            path = self._operation.base_path + self._operation.path if self._operation else "{"
            return _Value(_STRING.kinds, () if "{" in path else (path,))
        if name == "valid":
            return _BOOL
        if name != "body" or self._operation is None:
            return _ANY
        if self._operation.request_body is None:
            self._fault(f"{self._operation.label} has no request body", "Compare something else.")
            return _ANY
        offers = self._operation.request_body.content
        is_json = len(offers) == 1 and media_types.is_json(offers[0].name)
        return _of_schema(offers[0].schema) if is_json else _ANY

    def _parameter(self, place: str, name: str) -> _Value:
        if self._operation is None:
            return _ANY
        known = {each.name: each for each in self._operation.parameters if each.location == place}
        if name not in known:
            text = f"{self._operation.label} has no {place} parameter {name!r}"
            self._fault(text, _similar(name, list(known)) or "Use one that the document defines.")
            return _ANY
        return _of_schema(known[name].schema)

    def _property(self, node: Node, owner: _Value, name: str) -> _Value:
        if owner.kinds and "map" not in owner.kinds:
            path = _shown(node.parts[0])
            self._fault(f"`{path}` is a {_either(owner.kinds)}, which has no member `{name}`", "")
        view, schemas = owner.view, owner.schemas
        if view is None or schemas is None or view.keywords & _ALTERNATIVES:
            return _ANY
        found = view.properties.get(name, [])
        if not found and _shown(node) not in self._guarded:
            self._unknown_property(node, view, name)
        return _of_view(schemas.view(found[0]), schemas) if len(found) == 1 else _ANY

    def _unknown_property(self, node: Node, view: View, name: str) -> None:
        """A property that the schema forbids, or that is called almost like one that it declares."""
        allowed = [part.get("additionalProperties") for part in view.parts if "additionalProperties" in part]
        required = {str(each) for part in view.parts for each in as_list(part.get("required"))}
        if view.keywords & _OPEN or name in required or not all(each is False for each in allowed):
            return
        hint = _similar(name, list(view.properties))
        if hint or allowed:
            text = f"the schema of `{_shown(node.parts[0])}` has no property `{name}`"
            self._fault(text, hint or f"If clients send it anyway, check `has({_shown(node)}) &&` first.")

    def _compare(self, node: Node, parts: Sequence[_Value]) -> None:
        left, right = parts
        first, second = node.parts
        if node.name == "in" and second.kind == "list" and second.parts:
            items = [self._of(part, {}) for part in second.parts]
            if not any(_may_equal(left, item) for item in items):
                self._fault(self._difference(first, left, "one of the list"), "")
        elif node.name == "in" and _shown(second) in _HEADERS:
            for name in left.texts:
                self._header(_shown(second), name)
        elif node.name == "in" and right.kinds == {"list"} and not _may_equal(left, _items(right)):
            kinds = _either(_items(right).kinds)
            self._fault(f"an item of `{_shown(second)}` is a {kinds}, never {_shown(first)}", "")
        elif node.name in _ORDERS:
            left, right = _Value(left.kinds), _Value(right.kinds)
        if node.name in ("==", *_ORDERS) and not _may_equal(left, right):
            if first.kind == "literal":
                first, second, left, right = second, first, right, left
            self._fault(self._difference(first, left, _shown(second)), _converted(first, left, right))

    def _difference(self, node: Node, value: _Value, other: str) -> str:
        what = " or ".join(value.texts[:10]) if value.texts else f"a {_either(value.kinds)}"
        return f"`{_shown(node)}` is {what}, never {other}"

    def _fault(self, problem: str, hint: str) -> None:
        self.faults.append((problem, hint))


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


def _may_equal(left: _Value, right: _Value) -> bool:
    if left.kinds and right.kinds and not left.kinds & right.kinds:
        return False
    return not (left.texts and right.texts) or bool(set(left.texts) & set(right.texts))


def _of_schema(schema: Schema | None) -> _Value:
    return _ANY if schema is None else _of_view(schema.view, schema.schemas)


def _of_view(view: View, schemas: SchemaSet) -> _Value:
    return _Value(_kinds(view), _texts(view), view, schemas)


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
    if value.view is None or value.schemas is None or value.view.keywords & {"prefixItems", *_ALTERNATIVES}:
        return _ANY
    raw = [part["items"] for part in value.view.parts if "items" in part]
    return _of_view(value.schemas.view(raw[0]), value.schemas) if len(raw) == 1 else _ANY
