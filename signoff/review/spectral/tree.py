"""A document as Spectral's paths see it: references are replaced by what they name.

Nothing is copied: references are followed on the way, and each object is visited once, however many
references name it. So a path costs at most the size of the document for each of its steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from signoff.contract.pointer import escape, from_ref, resolve
from signoff.contract.structure import FILES_KEY
from signoff.review.spectral.errors import NotChecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract.json_value import JsonObject, JsonValue

MOST_VISITS = 20_000_000  # by one rule
_MOST_INLINED = 100_000  # values in one copy, with all references replaced
_DEEPEST_INLINED = 200


class Undefined:
    """The type of `UNDEFINED`."""

    def __bool__(self) -> bool:
        """JavaScript's undefined is false."""
        return False


UNDEFINED: Final = Undefined()  # what is not there, as in JavaScript


@dataclass(frozen=True, slots=True)
class Node:
    """A value at a place.

    Attributes:
        value: the value, never a reference that can be resolved.
        pointer: where it is written: behind the references on the way.
        key: the name or index under which its holder has it; empty for the root.
        holder: the object or list that has it, or the reference to it; None for the root.
    """

    value: JsonValue | Undefined
    pointer: str
    key: str | int = ""
    holder: Node | None = None


@dataclass(slots=True)
class Tree:
    """A document to search.

    Attributes:
        root: what is searched.
        document: the whole document, with its files, in which references are followed.
        follows: whether references are replaced.
        visits: the number of values visited so far.
    """

    root: JsonObject
    document: JsonObject
    follows: bool = True
    visits: int = 0
    _from_root: list[Node] | None = field(default=None)

    @property
    def top(self) -> Node:
        """The root as a node."""
        return Node(self.root, "")

    def followed(self, value: Any, pointer: str) -> tuple[Any, str]:  # noqa: ANN401 - any JSON
        """What a value is if it is a reference, and where; itself if it can't be resolved."""
        seen = {pointer}
        found, place = value, pointer
        while self.follows and isinstance(found, dict) and isinstance(ref := found.get("$ref"), str):
            if not ref.startswith("#"):
                return value, pointer
            place = from_ref(ref)
            if place in seen:
                return value, pointer
            seen.add(place)
            try:
                found = resolve(self.document, place)
            except LookupError:
                return value, pointer
        return found, place

    def member(self, value: Any, key: Any) -> Any:  # noqa: ANN401 - any JSON
        """A member of an object or list, followed; UNDEFINED without one."""
        if isinstance(value, dict):
            return self.followed(value[key], "")[0] if key in value else UNDEFINED
        if isinstance(value, list):
            index = int(key) if str(key).isdecimal() else -1
            return self.followed(value[index], "")[0] if 0 <= index < len(value) else UNDEFINED
        return UNDEFINED

    def child(self, node: Node, key: str | int, value: JsonValue) -> Node:
        """The node of a member."""
        self.visits += 1
        if self.visits > MOST_VISITS:
            raise NotChecked(f"the rule visits more than {MOST_VISITS:,} values")
        return Node(*self.followed(value, f"{node.pointer}/{escape(key)}"), key, node)

    def children(self, node: Node) -> Iterator[Node]:
        """The members of an object or list, in order."""
        value = node.value
        if isinstance(value, dict):
            for key, held in value.items():
                if key != FILES_KEY or node.pointer:
                    yield self.child(node, key, held)
        elif isinstance(value, list):
            for index, held in enumerate(value):
                yield self.child(node, index, held)

    def containers(self, nodes: Iterable[Node]) -> list[Node]:
        """The objects and lists in nodes, themselves included, each once."""
        starts = list(nodes)
        is_whole = [node.pointer for node in starts] == [""]
        if is_whole and self._from_root is not None:
            return self._from_root
        found: list[Node] = []
        seen: set[str] = set()
        waiting = starts[::-1]
        while waiting:
            node = waiting.pop()
            if node.pointer not in seen and isinstance(node.value, dict | list):
                seen.add(node.pointer)
                found.append(node)
                waiting += [*self.children(node)][::-1]
        if is_whole:
            self._from_root = found
        return found

    def inlined(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """A copy of a value with all references replaced, except circular ones."""
        return self._inlined(value, frozenset(), [_MOST_INLINED], 0)

    def _inlined(self, value: Any, inside: frozenset[int], room: list[int], depth: int) -> Any:  # noqa: ANN401
        room[0] -= 1
        if room[0] < 0:
            raise NotChecked(f"a value has more than {_MOST_INLINED:,} parts with its references replaced")
        if depth > _DEEPEST_INLINED:
            raise NotChecked(f"a value has more than {_DEEPEST_INLINED} levels with its references replaced")
        found = self.followed(value, "")[0]
        if found is not value:
            if id(found) in inside:
                return value
            inside |= {id(found)}
        if isinstance(found, dict):
            return {key: self._inlined(held, inside, room, depth + 1) for key, held in found.items()}
        if isinstance(found, list):
            return [self._inlined(held, inside, room, depth + 1) for held in found]
        return found
