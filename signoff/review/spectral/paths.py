"""Spectral's JSONPaths: the dialect of JSONPath Plus, as rulesets use it.

`python-jsonpath` parses the parts that follow the standard. The rest of the dialect is taken apart here:
filters are JavaScript (see `filters`), `^` is the holder of a value, `~` its name, and names may be written
without quotes. The search itself is that of `Tree`: it follows references.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import jsonpath
from jsonpath.segments import JSONPathRecursiveDescentSegment
from jsonpath.selectors import IndexSelector, NameSelector, SliceSelector, WildcardSelector

from signoff.contract.pointer import escape
from signoff.review.spectral.errors import NotSupported
from signoff.review.spectral.filters import compiled
from signoff.review.spectral.tree import Node, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jsonpath.selectors import JSONPathSelector

_MOST_CHARACTERS = 4000
_BARE = re.compile(r"[^\s\[\]'\",:*?()]+")
_INDEX = re.compile(r"-?\d+")
_DOTTED = re.compile(r"[^.\[\]*^~\s'\"]+")


@dataclass(frozen=True, slots=True)
class _Select:
    """One step: selected members of each node or, if `is_deep`, of everything in it."""

    selectors: Sequence[JSONPathSelector]
    is_deep: bool
    test: Callable[[Tree, Node], bool] | None

    def __call__(self, tree: Tree, nodes: list[Node]) -> Iterator[Node]:
        for node in tree.containers(nodes) if self.is_deep else nodes:
            for selector in self.selectors:
                for child in _selected(tree, node, selector):
                    if self.test is None or self.test(tree, child):
                        yield child


def _selected(tree: Tree, node: Node, selector: JSONPathSelector) -> Iterator[Node]:
    value = node.value
    if isinstance(selector, WildcardSelector):
        yield from tree.children(node)
    elif isinstance(value, dict) and isinstance(selector, NameSelector | IndexSelector):
        name = selector.name if isinstance(selector, NameSelector) else str(selector.index)
        if name in value:
            yield tree.child(node, name, value[name])
    elif isinstance(value, list):
        numbers: Iterable[int] = ()
        if isinstance(selector, SliceSelector):
            numbers = range(*selector.slice.indices(len(value)))
        elif isinstance(selector, IndexSelector):
            numbers = range(len(value))[selector.index :][:1]
        elif isinstance(selector, NameSelector) and selector.name.isdecimal():
            numbers = range(len(value))[int(selector.name) :][:1]
        for number in numbers:
            yield tree.child(node, number, value[number])


def _holders(_: Tree, nodes: list[Node]) -> Iterator[Node]:
    """`^`."""
    yield from (node.holder for node in nodes if node.holder is not None)


def _names(_: Tree, nodes: list[Node]) -> Iterator[Node]:
    """`~`: the names, where they are written, not where a reference leads."""
    for node in nodes:
        if node.holder is not None:
            place = f"{node.holder.pointer}/{escape(node.key)}"
            yield Node(str(node.key), place, node.key, node.holder)


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path."""

    text: str
    steps: tuple[Callable[[Tree, list[Node]], Iterator[Node]], ...]

    def find(self, tree: Tree, start: Node | None = None) -> list[Node]:
        """The nodes that it selects in a tree, each once.

        Raises:
            NotChecked: there are too many to look at.
        """
        nodes = [start or tree.top]
        for step in self.steps:
            nodes = list({_identity(node): node for node in step(tree, nodes)}.values())
        return nodes


def _identity(node: Node) -> tuple[str, str | int, str]:
    return node.pointer, node.key, node.holder.pointer if node.holder else ""


def is_path(text: str | None) -> bool:
    """Whether a `field` is a path, not a name."""
    return text is not None and text.startswith(("$.", "$["))


@lru_cache(maxsize=1024)
def parse(text: str) -> Path:
    """Parse a path.

    Raises:
        NotSupported: it is not a path, or uses something else of JavaScript.
    """
    if not text.startswith("$") or len(text) > _MOST_CHARACTERS:
        raise NotSupported(f"the path `{text[:200]}`")
    steps: list[Callable[[Tree, list[Node]], Iterator[Node]]] = []
    standard, count = "$", 0
    tests: dict[int, Callable[[Tree, Node], bool]] = {}
    for part in _parts(text):
        if part in ("^", "~"):
            steps += _standard(standard, tests, text)
            steps.append(_holders if part == "^" else _names)
            standard, tests, count = "$", {}, 0
            continue
        dots = ".." if part.startswith("..") else ""
        bracket = part.removeprefix(dots)
        filtered = _filter_of(bracket)
        if filtered is not None:
            tests[count] = compiled(filtered)
        standard += dots + ("[*]" if filtered is not None else _with_quotes(bracket))
        count += 1
    steps += _standard(standard, tests, text)
    return Path(text, tuple(steps))


def _standard(
    text: str, tests: dict[int, Callable[[Tree, Node], bool]], whole: str
) -> Iterator[Callable[[Tree, list[Node]], Iterator[Node]]]:
    """The steps of a path in the standard's spelling."""
    if text == "$":
        return
    try:
        query = jsonpath.compile(text)
    except (jsonpath.JSONPathError, RecursionError, ValueError):
        raise NotSupported(f"the path `{whole}`") from None
    if not isinstance(query, jsonpath.JSONPath):
        raise NotSupported(f"the path `{whole}`")
    kinds = (NameSelector, IndexSelector, SliceSelector, WildcardSelector)
    for number, segment in enumerate(query.segments):
        if not all(isinstance(selector, kinds) for selector in segment.selectors):
            raise NotSupported(f"the path `{whole}`")
        is_deep = isinstance(segment, JSONPathRecursiveDescentSegment)
        yield _Select(segment.selectors, is_deep, tests.get(number))


def _parts(text: str) -> Iterator[str]:
    """The segments of a path: `..name`, `.name`, `[…]`, `..[…]`, `^` and `~`."""
    at = 1
    while at < len(text):
        start = at
        while at < len(text) and text[at] == ".":
            at += 1
        dots = ".." if at - start > 1 else ""
        if at - start > 2 or at == len(text):
            raise NotSupported(f"the path `{text}`")
        if text[at] == "[":
            end = _closing(text, at)
            yield (".." if at > start else "") + text[at:end]  # `.[…]` means `..[…]` to JSONPath Plus
        elif text[at] in "'\"" and at > start:
            end = text.find(text[at], at + 1) + 1
            if not end:
                raise NotSupported(f"the path `{text}`")
            yield f"{dots}[{_quoted(text[at + 1 : end - 1])}]"
        elif text[at] in "^~":
            end = at + 1
            yield text[at]
        elif text[at] == "*":
            end = at + 1
            yield f"{dots}[*]"
        else:
            found = _DOTTED.match(text, at)
            if found is None or at == start:
                raise NotSupported(f"the path `{text}`")
            end = found.end()
            yield f"{dots}[{_quoted(found[0])}]"
        at = end


def _closing(text: str, start: int) -> int:
    """The end of the brackets that open at `start`; quotes and regular expressions inside are skipped."""
    depth, at = 0, start
    while at < len(text):
        character = text[at]
        if character in "'\"" or (character == "/" and text[:at].rstrip()[-1:] in "(,=&|!"):
            at += 1
            in_class = False
            while at < len(text) and (text[at] != character or in_class):
                in_class = character == "/" and (text[at] == "[" or (in_class and text[at] != "]"))
                at += 2 if text[at] == "\\" else 1
        depth += {"[": 1, "]": -1}.get(character, 0)
        at += 1
        if depth == 0:
            return at
    raise NotSupported(f"the path `{text}`")


def _filter_of(bracket: str) -> str | None:
    """The expression of `[?(…)]` or `[?…]`; None for other brackets."""
    inside = bracket[1:-1].strip()
    return inside[1:].strip() if inside.startswith("?") else None


def _with_quotes(bracket: str) -> str:
    """`[get,put]` as the standard spells it: `['get','put']`."""
    inside = bracket[1:-1]
    if "'" in inside or '"' in inside or ":" in inside or inside.strip() == "*":
        return bracket
    names = [name.strip() for name in inside.split(",")]
    is_bare = [bool(_BARE.fullmatch(name)) and not _INDEX.fullmatch(name) for name in names]
    spelled = [_quoted(name) if bare else name for name, bare in zip(names, is_bare, strict=True)]
    return f"[{','.join(spelled)}]"


def _quoted(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"
