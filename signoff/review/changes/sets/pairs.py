"""The graph of pairs of schemas, and three relations between the schemas of a pair.

A pair is expanded once, into its own differences, edges to nested pairs, and choices, in which alternatives
or conditions of both sides have to be matched. The result of a choice depends on nested pairs, so a relation
is decided for all reachable pairs at once. First, it is assumed for every pair. Then pairs whose own
differences contradict it are removed, then pairs that depend on those. The rest is the greatest fixed point.
The order of visits does not matter, each pair is visited once per relation, and results are only stored when
their cycle is complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Literal, TypeAlias

from signoff.review.changes.sets.difference import Difference, Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.review.changes.sets.difference import Step
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Condition, Shape


class Relation(Enum):
    """A relation between both schemas of a pair; the value lists the effects that contradict it."""

    EQUAL = (Effect.NARROWED, Effect.WIDENED, Effect.CHANGED)
    WITHIN = (Effect.NARROWED, Effect.CHANGED)  # no value is lost
    COVERS = (Effect.WIDENED, Effect.CHANGED)  # no value is gained

    @property
    def mirrored(self) -> Relation:
        """The relation that is required under a `not`."""
        return {Relation.WITHIN: Relation.COVERS, Relation.COVERS: Relation.WITHIN}.get(self, self)


@dataclass(frozen=True, slots=True)
class Member:
    """One alternative of a group that has too many alternatives to multiply."""

    label: str
    pointer: str
    schema: Conjunction


Option: TypeAlias = "Shape | Condition | Member"


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """An edge from a pair to a nested pair.

    Attributes:
        kind: `same` if nested differences are differences of the outer pair, `negated` if they are reversed,
            `equal` if the nested schemas only decide whether two options correspond.
    """

    target: Pair
    step: Step
    is_certain: bool = True
    kind: Literal["same", "negated", "equal"] = "same"


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Options that have to be matched with those of the other side.

    Attributes:
        pairs: the pairs of options that may match, by their positions.
        shapes: the shapes that contain the options.
    """

    old: tuple[Option, ...]
    new: tuple[Option, ...]
    pairs: dict[tuple[int, int], Pair]
    shapes: tuple[Shape, Shape] | None
    are_conditions: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """Schemas that are compared as a whole: all nested differences are reported as one."""

    target: Pair
    reported: Callable[[Effect], Difference]


@dataclass(slots=True, eq=False)
class Pair:
    """A schema in both revisions, or two options of it.

    Attributes:
        own, edges, choices, checks: the result of expanding the pair, without nested pairs.
        found, ways: the differences and edges after choices are resolved (`is_settled`).
        is_different: whether a difference can be reached.
        known: the decided relations.
    """

    left: Conjunction = ()
    right: Conjunction = ()
    own: list[Difference] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    found: list[Difference] = field(default_factory=list)
    ways: list[Edge] = field(default_factory=list)
    is_expanded: bool = False
    is_settled: bool = False
    is_different: bool = False
    known: dict[Relation, bool] = field(default_factory=dict)


_Node: TypeAlias = tuple[Relation, Pair]


def _clauses(relation: Relation, pair: Pair) -> Iterator[list[_Node]]:
    """The clauses of a relation: at least one of each list must be true."""
    if any(difference.effect_on_values in relation.value for difference in pair.own):
        yield []
        return
    for edge in pair.edges:
        if edge.kind == "equal":
            yield [(Relation.EQUAL, edge.target)]
        else:
            yield [(relation.mirrored if edge.kind == "negated" else relation, edge.target)]
    for check in pair.checks:
        yield [(relation, check.target)]
    for choice in pair.choices:
        # Removing a condition widens the set, removing an alternative narrows it.
        needs = [Relation.WITHIN, Relation.COVERS][:: -1 if choice.are_conditions else 1]
        for side, options in enumerate((choice.old, choice.new)):
            if relation in (Relation.EQUAL, needs[side]):
                for index in range(len(options)):
                    yield [(relation, p) for at, p in choice.pairs.items() if at[side] == index]


def holds(relation: Relation, pair: Pair, expand: Callable[[Pair], None]) -> bool:
    """Whether a relation is true for the normal forms of a pair.

    Args:
        relation: the relation to decide.
        pair: the pair.
        expand: expands a pair that is not expanded yet.
    """
    if relation not in pair.known:
        open_clauses, users, denied = _opened((relation, pair), expand)
        while denied:
            node = denied.pop()
            if node[1].known.get(node[0]) is not False:
                node[1].known[node[0]] = False
                for user, index in users.get(node, ()):
                    open_clauses[user][index] -= 1
                    if not open_clauses[user][index]:
                        denied.append(user)
        for one, other in open_clauses:
            other.known.setdefault(one, True)
    return pair.known[relation]


def _opened(
    start: _Node, expand: Callable[[Pair], None]
) -> tuple[dict[_Node, list[int]], dict[_Node, list[tuple[_Node, int]]], list[_Node]]:
    """All dependencies of a relation of a pair.

    Returns:
        For each node, the number of candidates left for each of its clauses; the clauses that depend on each
        node; and the nodes that are false by themselves.
    """
    open_clauses: dict[_Node, list[int]] = {}
    users: dict[_Node, list[tuple[_Node, int]]] = {}
    denied: list[_Node] = []
    pending = [start]
    while pending:
        node = pending.pop()
        if node in open_clauses:
            continue
        expand(node[1])
        counts = open_clauses[node] = []
        for clause in _clauses(*node):
            left = [one for one in dict.fromkeys(clause) if one[1].known.get(one[0]) is not False]
            if any(one[0] in one[1].known for one in left):
                continue
            if not left:
                denied.append(node)
                break
            for one in left:
                users.setdefault(one, []).append((node, len(counts)))
            counts.append(len(left))
            pending += left
    return open_clauses, users, denied
