"""The differences that can be reached from a pair of schemas, after all choices are resolved.

A state consists of a pair, whether the path to it has an odd number of `not`, and whether something on the
path (alternatives, a condition) makes the effect uncertain. So each pair has at most four states, regardless
of the number of paths. The reachable differences are computed once per strongly connected component, and each
state is visited once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from signoff.review.changes.sets.difference import Difference, Step
    from signoff.review.changes.sets.pairs import Edge, Pair

_NEGATED, _UNCERTAIN = 2, 1


@dataclass(slots=True)
class Reach:
    """Numbered states of all pairs from which a difference can be reached."""

    _pairs: list[Pair] = field(default_factory=list)
    _numbers: dict[Pair, int] = field(default_factory=dict)
    _onward: dict[int, dict[int, Edge]] = field(default_factory=dict)
    _reported: list[int] = field(default_factory=list)
    _masks: dict[int, int] = field(default_factory=dict)

    def states(self, root: Pair) -> list[int]:
        """The reachable states with own differences."""
        if not root.is_different:
            return []
        start = self._state(root, 0)
        self._close(start)
        mask = self._masks[start]
        found = {state for index, state in enumerate(self._reported) if mask >> index & 1}
        return [state for state in sorted(found) if self._is_reported(state, found)]

    def _close(self, start: int) -> None:
        """Compute the reachable states of `_reported` for a state and its successors, as bit masks.

        All states of a strongly connected component reach the same (Tarjan's algorithm, 1972).
        """
        index, lowest, masks = {start: 0}, {start: 0}, {start: self._bit(start)}
        members, path = [start], [(start, iter(self._next(start)))]
        while path:
            state, onward = path[-1]
            for target in onward:
                if target in self._masks:
                    masks[state] |= self._masks[target]
                elif target in index:
                    lowest[state] = min(lowest[state], index[target])
                else:
                    index[target] = lowest[target] = len(index)
                    masks[target] = self._bit(target)
                    members.append(target)
                    path.append((target, iter(self._next(target))))
                    break
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[state])
                    masks[path[-1][0]] |= masks[state]
                while lowest[state] == index[state] and state not in self._masks:
                    self._masks[members.pop()] = masks[state]

    def _bit(self, state: int) -> int:
        if not self._pairs[state >> 2].found:
            return 0
        self._reported.append(state)
        return 1 << len(self._reported) - 1

    def differences(self, root: Pair) -> Iterator[tuple[int, Difference]]:
        """The differences of each such state, relative to the root, nearest first."""
        if not root.is_different:
            return
        ways: dict[int, tuple[Edge, int] | None] = {self._state(root, 0): None}
        for state in (pending := list(ways)):
            for target, edge in self._next(state).items():
                if target not in ways:
                    ways[target] = edge, state
                    pending.append(target)
        for state in ways:
            if self._is_reported(state, ways):
                path = list(self._back(state, ways))
                for difference in self._pairs[state >> 2].found:
                    yield state, _seen_along(difference, path)

    def _is_reported(self, state: int, reached: Container[int]) -> bool:
        """Whether its pair has differences that are not reported with certainty by another state."""
        is_second = state & _UNCERTAIN and state - _UNCERTAIN in reached
        return bool(self._pairs[state >> 2].found) and not is_second

    def _state(self, pair: Pair, flags: int) -> int:
        if pair not in self._numbers:
            self._numbers[pair] = len(self._pairs)
            self._pairs.append(pair)
        return self._numbers[pair] << 2 | flags

    def _next(self, state: int) -> dict[int, Edge]:
        if state not in self._onward:
            onward = self._onward[state] = {}
            for edge in self._pairs[state >> 2].ways:
                if edge.target.is_different:
                    flags = state & 3
                    flags ^= _NEGATED if edge.kind == "negated" else 0
                    flags |= 0 if edge.is_certain else _UNCERTAIN
                    onward.setdefault(self._state(edge.target, flags), edge)
        return self._onward[state]

    def _back(self, state: int, ways: dict[int, tuple[Edge, int] | None]) -> Iterator[tuple[Edge, Pair]]:
        """The edges back to the root, each with the pair that it starts from."""
        while (way := ways[state]) is not None:
            edge, state = way
            yield edge, self._pairs[state >> 2]


def _seen_along(difference: Difference, path: list[tuple[Edge, Pair]]) -> Difference:
    """A difference relative to the root, given the path to it."""
    steps: list[Step] = []
    before, after, is_certain = difference.before, difference.after, difference.is_certain
    for edge, origin in path:
        if edge.kind == "negated":
            difference = replace(difference.mirrored(), left=origin.left, right=origin.right)
            steps.clear()
        else:
            steps.append(edge.step)
        is_certain = is_certain and edge.is_certain
        before = before or edge.step.before.pointer  # an omitted schema has no pointer
        after = after or edge.step.after.pointer
    return replace(
        difference, steps=tuple(reversed(steps)), is_certain=is_certain, before=before, after=after
    )
