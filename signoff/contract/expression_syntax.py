"""The structure of a CEL expression, which the library does not show: for counting what it costs.

Only expressions that the library has compiled are read. Where the two differ, this reader is the stricter
one: what it can't read is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STRING = (
    r"""(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\r\n])*'|"(?:\\.|[^"\\\r\n])*")"""
)
_RAW = r"""(?:'''.*?'''|\"\"\".*?\"\"\"|'[^'\r\n]*'|"[^"\r\n]*")"""
_TOKEN = re.compile(
    rf"""(?P<space>(?:[ \t\r\n\f]|//[^\n]*(?:\n|\Z))+)
    |(?P<string>(?:[bB]?[rR]|[rR][bB]){_RAW}|[bB]?{_STRING})
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[uU]?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<mark>&&|\|\||[<>=!]=|[-+*/%<>!?:.,(){{}}\[\]])""",
    re.VERBOSE | re.DOTALL,
)
_LEVELS = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"<", "<=", ">", ">=", "==", "!=", "in"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
_MOST_LEVELS = 120
MACROS = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter"})


class StructureError(ValueError):
    """A text that can't be read."""


@dataclass(frozen=True, slots=True)
class Node:
    """One part of an expression.

    Attributes:
        kind: `literal`, `name`, `select`, `index`, `call`, `macro`, `list`, `map`, `choice`, or `operator`.
        name: the name of what is used, called or selected, the operator, or the source of a literal.
        parts: the parts in their order; of a macro the list first.
        variable: what a macro binds.
        depth: how many levels it has.
    """

    kind: str
    name: str
    parts: tuple[Node, ...] = ()
    variable: str = ""
    depth: int = 1


def parsed(source: str) -> Node:
    """The structure of an expression. Raises StructureError."""
    reader = _Reader(source)
    found = reader.expression(0)
    if reader.token:
        raise reader.error()
    return found


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._end = 0
        self.kind = self.token = ""
        self._next()

    def error(self) -> StructureError:
        """The error for what stands here."""
        return StructureError(f"at character {self._end}: this is not supported")

    def _next(self) -> str:
        """Go to the next token; returns the one before."""
        before = self.token
        self.kind = "space"
        while self.kind == "space":
            found = _TOKEN.match(self._source, self._end)
            if found is None:
                if self._end < len(self._source):
                    raise self.error()
                self.kind = self.token = ""
                return before
            self.kind, self.token, self._end = str(found.lastgroup), found[0], found.end()
        return before

    def _at(self, *marks: str) -> bool:
        return self.kind in ("mark", "name") and self.token in marks

    def _expect(self, mark: str) -> None:
        if not self._at(mark):
            raise self.error()
        self._next()

    def _node(self, kind: str, name: str, parts: tuple[Node, ...] = (), variable: str = "") -> Node:
        depth = 1 + max((part.depth for part in parts), default=0)
        if depth > _MOST_LEVELS:
            raise StructureError(f"it is nested more than {_MOST_LEVELS} levels deep")
        return Node(kind, name, parts, variable, depth)

    def expression(self, nesting: int) -> Node:
        """An expression with all of its operators."""
        if nesting > _MOST_LEVELS:
            raise StructureError(f"it is nested more than {_MOST_LEVELS} levels deep")
        condition = self._binary(0, nesting)
        if not self._at("?"):
            return condition
        self._next()
        first = self._binary(0, nesting)
        self._expect(":")
        return self._node("choice", "?", (condition, first, self.expression(nesting + 1)))

    def _binary(self, level: int, nesting: int) -> Node:
        """Operators of one level in a row are one node, so that a long sum is not nested."""
        if level == len(_LEVELS):
            return self._unary(nesting)
        parts = [self._binary(level + 1, nesting)]
        name = ""
        while self._at(*_LEVELS[level]):
            mark = self._next()
            name = name if name == "+" else mark  # a sum makes values longer, so it decides
            parts.append(self._binary(level + 1, nesting))
        return self._node("operator", name, tuple(parts)) if name else parts[0]

    def _unary(self, nesting: int) -> Node:
        while self._at("!", "-"):
            self._next()
        found = self._primary(nesting)
        while self._at(".", "["):
            found = self._member(found, nesting) if self._next() == "." else self._index(found, nesting)
        return found

    def _index(self, owner: Node, nesting: int) -> Node:
        inner = self.expression(nesting + 1)
        self._expect("]")
        return self._node("index", "[]", (owner, inner))

    def _member(self, owner: Node, nesting: int) -> Node:
        if self.kind != "name":
            raise self.error()
        name = self._next()
        if not self._at("("):
            return self._node("select", name, (owner,))
        arguments = self._list(")", nesting)
        if name not in MACROS:
            return self._node("call", name, (owner, *arguments))
        if not 2 <= len(arguments) <= 3 or arguments[0].kind != "name":
            raise self.error()
        return self._node("macro", name, (owner, *arguments[1:]), arguments[0].name)

    def _primary(self, nesting: int) -> Node:
        if self._at("."):  # a name of the outermost scope
            self._next()
        if self.kind in ("string", "number"):
            return self._node("literal", self._next())
        if self.kind == "name":
            name = self._next()
            return self._node("call", name, self._list(")", nesting)) if self._at("(") else Node("name", name)
        if self._at("("):
            self._next()
            found = self.expression(nesting + 1)
            self._expect(")")
            return found
        if self._at("["):
            return self._node("list", "[]", self._list("]", nesting))
        if self._at("{"):
            return self._node("map", "{}", self._list("}", nesting))
        raise self.error()

    def _list(self, end: str, nesting: int) -> tuple[Node, ...]:
        """What is in brackets, from the opening one: arguments, items, or the keys and values of a map."""
        self._next()
        found: list[Node] = []
        while not self._at(end):
            found.append(self.expression(nesting + 1))
            if end == "}":
                self._expect(":")
                found.append(self.expression(nesting + 1))
            if not self._at(end):
                self._expect(",")
        self._next()
        return tuple(found)
