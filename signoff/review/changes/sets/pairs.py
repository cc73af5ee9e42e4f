"""The graph of pairs of schemas, and which of three relations hold between the two of a pair.

A pair is expanded once: into the differences of its own, the edges to pairs of schemas inside, and the
choices, where alternatives or conditions of one side have to find their like on the other. What a choice
comes to depends on the pairs behind it, so a relation is decided for all pairs that can be reached, at once:
every one is taken to hold, those that their own differences deny are taken out, then those that rest on
them. What is left is the greatest fixed point: equal until shown otherwise. The order of the visit plays no
part, each pair is looked at once for each relation, and no result is kept before its cycle is closed.
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
    """What may hold between the former and the present schema of a pair; the value is what denies it."""

    EQUAL = (Effect.NARROWED, Effect.WIDENED, Effect.CHANGED)
    WITHIN = (Effect.NARROWED, Effect.CHANGED)  # no value is lost
    COVERS = (Effect.WIDENED, Effect.CHANGED)  # no value is gained

    @property
    def mirrored(self) -> Relation:
        """What has to hold under a `not`."""
        return {Relation.WITHIN: Relation.COVERS, Relation.COVERS: Relation.WITHIN}.get(self, self)


@dataclass(frozen=True, slots=True)
class Member:
    """One alternative of a group whose alternatives were left apart, since there are too many to multiply."""

    label: str
    pointer: str
    schema: Conjunction


Option: TypeAlias = "Shape | Condition | Member"


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """The way from a pair to one inside it.

    Attributes:
        kind: `same` where the inner difference is one of the outer pair, `negated` where it is reversed,
            `equal` where the inner schemas only have to be equal for the two options to be about the same.
    """

    target: Pair
    step: Step
    is_certain: bool = True
    kind: Literal["same", "negated", "equal"] = "same"


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Options of which each has to find its like on the other side.

    Attributes:
        pairs: by positions, those options that may be alike, each as the pair that decides it.
        shapes: around the options.
    """

    old: tuple[Option, ...]
    new: tuple[Option, ...]
    pairs: dict[tuple[int, int], Pair]
    shapes: tuple[Shape, Shape] | None
    are_conditions: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """Schemas that only have to be compared as a whole: what differs inside makes one difference."""

    target: Pair
    told: Callable[[Effect], Difference]


@dataclass(slots=True, eq=False)
class Pair:
    """A schema as it was and as it is, or two options of them.

    Attributes:
        own, edges, choices, checks: what the comparison of both without those inside gives.
        found, ways: the differences and the edges once choices are made; `is_settled` tells that they are.
        is_different: whether a way leads to a difference.
        known: the relations that were decided.
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
    """What has to hold: of each list, one at least."""
    if any(difference.effect in relation.value for difference in pair.own):
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
        # A condition that went widens the set, an alternative that went narrows it.
        needs = [Relation.WITHIN, Relation.COVERS][:: -1 if choice.are_conditions else 1]
        for side, options in enumerate((choice.old, choice.new)):
            if relation in (Relation.EQUAL, needs[side]):
                for index in range(len(options)):
                    yield [(relation, p) for at, p in choice.pairs.items() if at[side] == index]


def holds(relation: Relation, pair: Pair, expand: Callable[[Pair], None]) -> bool:
    """Whether a relation holds between the schemas of a pair, as far as their normal forms tell.

    Args:
        relation: what to decide.
        pair: of which.
        expand: fills a pair in, unless that is done.
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
    """All that the relation of a pair rests on.

    Returns:
        For each node, how many may yet fulfil each of its clauses; the clauses that rest on a node; and the
        nodes that do not hold by themselves.
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
