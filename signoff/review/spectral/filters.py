"""The filters of Spectral's paths, `[?(…)]`: JavaScript expressions, as far as they only compare values.

An expression is spelled as Python and parsed by `ast`, with its names made harmless; every node that is not
listed here is not supported. The result is a function; nothing of the text is executed.
"""

from __future__ import annotations

import ast
import operator
import re
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from signoff.review.spectral.errors import NotSupported
from signoff.review.spectral.patterns import matcher
from signoff.review.spectral.tree import UNDEFINED, Node, Tree

if TYPE_CHECKING:
    from collections.abc import Callable

    Meaning = Callable[["Scope"], Any]

_MOST_CHARACTERS = 1000
_TOKEN = re.compile(
    r"""\s+|(?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
    |(?P<regex>/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[])+/[a-z]*)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<void>void\s+0)
    |(?P<kind>@(?:null|boolean|number|integer|string|array|object|scalar)\(\))
    |(?P<special>@[A-Za-z]*|\$(?![\w$]))
    |(?P<member>\.\s*[A-Za-z_$][\w$]*)
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<operator>===|!==|==|!=|<=|>=|<|>|&&|\|\||!|[()\[\],-])""",
    re.VERBOSE,
)
_OPERATORS = {"&&": " and ", "||": " or ", "!": "~"}
# Strict comparison keeps its own operator: null equals undefined only if compared loosely.
_COMPARISONS = {"===": "is", "!==": "is not"}
_CONSTANTS = {"true": "True", "false": "False", "null": "None", "undefined": "undefined"}
_SPECIAL = {"@": "current", "@property": "key", "@parent": "parent", "@parentProperty": "parent_key"} | {
    "@path": "path",
    "@root": "root",
    "$": "root",
}
_PREFIX = "m_"  # of members


@dataclass(frozen=True, slots=True)
class Scope:
    """What a filter is about: one node of a tree."""

    tree: Tree
    node: Node

    def named(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        """The value of a special name."""
        holder = self.node.holder
        if name == "current":
            return self.node.value
        if name == "key":
            return self.node.key
        if name == "parent":
            return holder.holder.value if holder and holder.holder else UNDEFINED
        if name == "parent_key":
            return holder.key if holder else UNDEFINED
        if name == "path":
            return "$" + "".join(f"['{token}']" for token in self.node.pointer.split("/")[1:])
        return self.tree.root if name == "root" else UNDEFINED


def compiled(text: str) -> Callable[[Tree, Node], bool]:
    """The test for the text between `[?(` and `)]`.

    Raises:
        NotSupported: it is not an expression that can be read.
    """
    patterns: list[Callable[[str], bool]] = []
    try:
        if len(text) > _MOST_CHARACTERS:
            raise NotSupported(f"a filter of more than {_MOST_CHARACTERS} characters")
        meaning = _Compiler(text, patterns).compile(ast.parse(_as_python(text, patterns), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotSupported(f"the filter `{text}`") from None

    def test(tree: Tree, node: Node) -> bool:
        try:
            return truthy(meaning(Scope(tree, node)))
        except (TypeError, AttributeError):  # JavaScript's, too: a member of undefined
            return False

    return test


def truthy(value: object) -> bool:
    """Whether JavaScript takes a value for true: every object and list is, if empty, too."""
    return isinstance(value, dict | list) or bool(value)


def _as_python(text: str, patterns: list[Callable[[str], bool]]) -> str:
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotSupported(f"the filter `{text}`")
        at = found.end()
        parts.append(_spelled(found.lastgroup or "", found[0].strip(), text, patterns))
    return "".join(parts)


def _spelled(kind: str, token: str, text: str, patterns: list[Callable[[str], bool]]) -> str:
    """A token of JavaScript as Python."""
    if kind == "string":
        return repr(re.sub(r"\\(.)", r"\1", token[1:-1]))
    if kind == "regex":
        source, _, flags = token[1:].rpartition("/")
        patterns.append(matcher(source, flags))
        return f"pattern[{len(patterns) - 1}]"
    if kind == "void":
        return "undefined"
    if kind == "kind":
        return f"is_{token[1:-2]}"
    if kind == "member":
        return f".{_PREFIX}{token[1:].strip().encode().hex()}"  # so that no name is a keyword of Python
    if kind == "operator":
        return _OPERATORS.get(token) or (f" {_COMPARISONS[token]} " if token in _COMPARISONS else token)
    known = {"special": _SPECIAL, "name": _CONSTANTS}.get(kind)
    if known is None:
        return token
    if token not in known:
        raise NotSupported(f"`{token}` in the filter `{text}`")
    return known[token]


def _member(name: str) -> str:
    """The name of a member as the filter has it."""
    return bytes.fromhex(name.removeprefix(_PREFIX)).decode()


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Makes functions of the nodes of Python's syntax tree."""

    text: str
    patterns: list[Callable[[str], bool]]

    def compile(self, node: ast.expr) -> Meaning:
        match node:
            case ast.Constant(value=value):
                return lambda _: value
            case ast.Name(id="undefined"):
                return lambda _: UNDEFINED
            case ast.Name(id=name) if name in _TYPES:
                return lambda scope: _TYPES[name](scope.node.value)
            case ast.Name(id=name) if name in _SPECIAL.values():
                return lambda scope: scope.named(name)
            case ast.Attribute(value=owner, attr=name):
                return self.member(self.compile(owner), _member(name))
            case ast.Subscript(value=owner, slice=ast.Constant(value=str() | int() as key)):
                return self.member(self.compile(owner), key)
            case _:
                return self.operation(node)

    def operation(self, node: ast.expr) -> Meaning:
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[argument], keywords=[]):
                return self.call(owner, _member(name), argument)
            case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[], keywords=[]):
                return self.change(owner, _member(name))
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                held = self.compile(operand)
                return lambda scope: not truthy(held(scope))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return lambda _: -number
            case ast.BoolOp(op=kind, values=values):
                return _first([self.compile(value) for value in values], isinstance(kind, ast.Or))
            case ast.Compare(left=left, ops=[kind], comparators=[right]):
                return _comparison(kind, self.compile(left), self.compile(right))
        raise self.unsupported()

    def member(self, owner: Meaning, key: str | int) -> Meaning:
        def meaning(scope: Scope) -> Any:  # noqa: ANN401 - any JSON
            value = owner(scope)
            if value is None or value is UNDEFINED:
                raise TypeError
            found = scope.tree.member(value, key)
            if found is UNDEFINED and key == "length" and isinstance(value, str | list):
                return len(value)
            if found is UNDEFINED and key == "constructor":
                return {"name": _KINDS.get(type(value), "Number")}
            return found

        return meaning

    def call(self, owner: ast.expr, name: str, argument: ast.expr) -> Meaning:
        """A method with one argument: `@.name.match(/^x/)`, `/^x/.test(@.name)`, `@.list.includes('x')`."""
        if name == "test":
            owner, argument = argument, owner
        if name in ("match", "test", "search"):
            test, held = self.pattern(argument), self.compile(owner)
            return lambda scope: _matches(test, held(scope), is_strict=name != "test")
        method = _METHODS.get(name)
        if method is None:
            raise NotSupported(f"`.{name}()` in the filter `{self.text}`")
        one, other = self.compile(owner), self.compile(argument)
        return lambda scope: method(one(scope), other(scope))

    def change(self, owner: ast.expr, name: str) -> Meaning:
        """A method without arguments: `@.name.toLowerCase()`."""
        change = _CHANGES.get(name)
        if change is None:
            raise NotSupported(f"`.{name}()` in the filter `{self.text}`")
        held = self.compile(owner)
        return lambda scope: change(held(scope))

    def pattern(self, node: ast.expr) -> Callable[[str], bool]:
        match node:
            case ast.Subscript(value=ast.Name(id="pattern"), slice=ast.Constant(value=int() as number)):
                return self.patterns[number]
            case ast.Constant(value=str() as source):
                return matcher(source)
        raise self.unsupported()

    def unsupported(self) -> NotSupported:
        return NotSupported(f"the filter `{self.text}`")


# `@object()` and the like.
_TYPES: dict[str, Callable[[Any], bool]] = {
    "is_null": lambda value: value is None,
    "is_boolean": lambda value: isinstance(value, bool),
    "is_number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "is_integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "is_string": lambda value: isinstance(value, str),
    "is_array": lambda value: isinstance(value, list),
    "is_object": lambda value: isinstance(value, dict),
    "is_scalar": lambda value: not isinstance(value, dict | list),
}
_KINDS = {str: "String", bool: "Boolean", list: "Array", dict: "Object"}


def _matches(test: Callable[[str], bool], value: object, *, is_strict: bool) -> bool:
    """Whether a pattern matches; `/x/.test()` takes numbers, too."""
    if isinstance(value, str):
        return test(value)
    if is_strict:
        raise TypeError
    return isinstance(value, int | float) and test(str(value))


def _first(parts: list[Meaning], is_or: bool) -> Meaning:
    """`a || b` is the first that is true, `a && b` the first that is false; else the last."""

    def meaning(scope: Scope) -> Any:  # noqa: ANN401 - any JSON
        value = None
        for part in parts:
            value = part(scope)
            if truthy(value) is is_or:
                break
        return value

    return meaning


def _comparison(kind: ast.cmpop, left: Meaning, right: Meaning) -> Meaning:
    if isinstance(kind, ast.Eq | ast.Is):
        return lambda scope: _equal(left(scope), right(scope), is_strict=isinstance(kind, ast.Is))
    if isinstance(kind, ast.NotEq | ast.IsNot):
        return lambda scope: not _equal(left(scope), right(scope), is_strict=isinstance(kind, ast.IsNot))
    order = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}[type(kind)]

    def meaning(scope: Scope) -> bool:
        one, other = left(scope), right(scope)
        if isinstance(one, str) and isinstance(other, str):
            return bool(order(one, other))
        first, second = _number(one), _number(other)
        return first is not None and second is not None and bool(order(first, second))

    return meaning


def _equal(one: object, other: object, *, is_strict: bool) -> bool:
    if one is other:
        return True
    nothing = (None, UNDEFINED)
    if any(one is none for none in nothing) or any(other is none for none in nothing):
        both = any(one is none for none in nothing) and any(other is none for none in nothing)
        return both and not is_strict
    if isinstance(one, dict | list) or isinstance(other, dict | list):
        return False
    if isinstance(one, str) == isinstance(other, str) and isinstance(one, bool) == isinstance(other, bool):
        return one == other
    return not is_strict and _number(one) is not None and _number(one) == _number(other)


def _number(value: object) -> float | None:
    """A value as JavaScript converts it to a number; None for NaN."""
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return inf if value > 0 else -inf
    if not isinstance(value, str):
        return None
    try:
        return float(value) if value.strip() else 0.0
    except ValueError:
        return None


def _index(owner: object, part: object) -> int:
    if isinstance(owner, list):
        return next((at for at, held in enumerate(owner) if _equal(held, part, is_strict=True)), -1)
    return _text(owner).find(_text(part))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


_CHANGES: dict[str, Callable[[Any], Any]] = {
    "toLowerCase": lambda text: _text(text).lower(),
    "toUpperCase": lambda text: _text(text).upper(),
    "trim": lambda text: _text(text).strip(),
}
_METHODS: dict[str, Callable[[Any, Any], Any]] = {
    "includes": lambda owner, part: _index(owner, part) >= 0,
    "indexOf": _index,
    "startsWith": lambda owner, part: _text(owner).startswith(_text(part)),
    "endsWith": lambda owner, part: _text(owner).endswith(_text(part)),
    "hasOwnProperty": lambda owner, name: isinstance(owner, dict) and name in owner,
}
