"""Finds the differences of two schemas as sets of values, pair by pair."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from signoff.contract.json_value import as_object
from signoff.contract.limits import COMBINATIONS
from signoff.contract.schemas import Direction
from signoff.review.changes.sets import notes, scalars, sentences
from signoff.review.changes.sets.alternatives import is_apart, look_alike, name_alternatives
from signoff.review.changes.sets.difference import Difference, Effect, Step
from signoff.review.changes.sets.merging import of_property
from signoff.review.changes.sets.pairs import Check, Choice, Edge, Member, Pair, Relation, holds
from signoff.review.changes.sets.parts import Part, key_of, refuses_all
from signoff.review.changes.sets.reach import Reach
from signoff.review.changes.sets.shape import KINDS, Condition, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from signoff.contract.limits import Limit
    from signoff.review.changes.sets.difference import StepKind
    from signoff.review.changes.sets.normal_form import NormalForms
    from signoff.review.changes.sets.pairs import Option
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Normal
    from signoff.review.changes.sets.twins import Twins

_MOST_TRIED = 10_000
_MOST_CONDITIONS = 200_000  # pairs in all: nested ones apply to each alternative, and add up
_Key = tuple[frozenset[str], frozenset[str]]
_Found = Difference | Edge | Check


@dataclass(slots=True)
class Differ:
    """Compares schemas of two documents for one direction.

    Attributes:
        before, after: the normal forms of both documents.
        direction: decides what `readOnly` and `writeOnly` mean.
        limit: on the combinations of schemas.
    """

    before: NormalForms
    after: NormalForms
    direction: Direction
    twins: Twins
    limit: Limit = COMBINATIONS
    _pairs: dict[_Key, Pair] = field(default_factory=dict)
    _merged: int = 0
    _conditions: int = 0
    _options: dict[tuple[int, int], Pair] = field(default_factory=dict)
    _targets: dict[tuple[bool, str], tuple[Part, str]] = field(default_factory=dict)
    _reach: Reach = field(default_factory=Reach)

    def reached(self, left: Conjunction, right: Conjunction) -> list[int]:
        """The reachable states (see `reach`) with differences; empty for equal schemas."""
        if self.twins.are_same(left, right):
            return []
        self._settle(self._pair(left, right))
        return self._reach.states(self._pair(left, right))

    def differences(self, left: Conjunction, right: Conjunction) -> Iterator[tuple[int, Difference]]:
        """The differences of each reachable state, with a shortest path, outer ones first."""
        return self._reach.differences(self._pair(left, right))

    # The graph of pairs

    def _pair(self, left: Conjunction, right: Conjunction) -> Pair:
        key = key_of(left), key_of(right)
        if key not in self._pairs:
            self._pairs[key] = Pair(left, right)
            self._merged += len(left) > 1 or len(right) > 1
        return self._pairs[key]

    def _expand(self, pair: Pair) -> None:
        if pair.is_expanded:
            return
        pair.is_expanded = True
        if self._merged > self.limit.value and (len(pair.left) > 1 or len(pair.right) > 1):
            places = [side[0].pointer if side else "" for side in (pair.left, pair.right)]
            detail = f"was not compared: {self.limit.exceeded}"
            pair.own.append(Difference("not-compared", Effect.CHANGED, detail, places[0], places[1]))
            return
        before, after = self.before.of(pair.left), self.after.of(pair.right)
        pair.own += notes.compared(before, after)
        pair.checks += self._mappings(before, after)
        pair.own += sentences.other_types(before, after)
        self._alternatives(pair, before, after)
        pair.own = sentences.types_in_one(pair.own)

    def _alternatives(self, pair: Pair, before: Normal, after: Normal) -> None:
        """Compare the alternatives of each kind."""
        for kind in KINDS:
            old, new = before.shapes.get(kind, ()), after.shapes.get(kind, ())
            if len(old) == 1 and len(new) == 1:
                self._shapes(pair, old[0], new[0])
            elif old and new:
                self._choose(pair, old, new, None)

    def _choose(
        self,
        pair: Pair,
        old: Sequence[Option],
        new: Sequence[Option],
        shapes: tuple[Shape, Shape] | None,
        *,
        are_conditions: bool = False,
    ) -> None:
        """Pair the options of both sides; an option with a name is only paired with the same name."""
        shared = ({option.label for option in old} & {option.label for option in new}) - {""}
        count = len(old) * len(new)
        if are_conditions:
            self._conditions += count
        # Of more, only those at the same position.
        is_few = self._conditions <= _MOST_CONDITIONS if are_conditions else count <= _MOST_TRIED
        pairs = {
            (i, j): self._option_pair(one, other, shapes)
            for i, one in enumerate(old)
            for j, other in enumerate(new)
            if (one.label and one.label == other.label and (is_few or i == j or not are_conditions))
            or not (are_conditions or shared & {one.label, other.label} or not (is_few or i == j))
        }
        pair.choices.append(Choice(tuple(old), tuple(new), pairs, shapes, are_conditions))

    def _option_pair(self, one: Option, other: Option, shapes: tuple[Shape, Shape] | None) -> Pair:
        if isinstance(one, Member) and isinstance(other, Member):
            return self._pair(one.schema, other.schema)
        key = id(one), id(other)
        if key not in self._options:
            made = self._options[key] = Pair(is_expanded=True)
            if isinstance(one, Condition) and isinstance(other, Condition) and shapes:
                self._condition(made, one, other, shapes)
            elif isinstance(one, Shape) and isinstance(other, Shape):
                self._shapes(made, one, other)
        return self._options[key]

    def _settle(self, root: Pair) -> None:
        """Resolve the choices of all reachable pairs, and mark those that lead to a difference."""
        users: dict[Pair, list[Pair]] = {}
        different: list[Pair] = []
        pending = [root]
        while pending:
            pair = pending.pop()
            if pair.is_settled:
                continue
            pair.is_settled = True
            self._resolve(pair)
            if pair.found or any(edge.target.is_different for edge in pair.ways):
                different.append(pair)
            for edge in pair.ways:
                users.setdefault(edge.target, []).append(pair)
                pending.append(edge.target)
        while different:
            pair = different.pop()
            if not pair.is_different:
                pair.is_different = True
                different += users.get(pair, ())

    def _holds(self, relation: Relation, pair: Pair) -> bool:
        return holds(relation, pair, self._expand)

    def _resolve(self, pair: Pair) -> None:
        """Find the differences and edges of a pair, including those of its choices and checks."""
        self._expand(pair)
        pair.found = list(pair.own)
        pair.ways = [edge for edge in pair.edges if edge.kind != "equal"]
        for check in pair.checks:
            if not self._holds(Relation.EQUAL, check.target):
                within, covers = (self._holds(r, check.target) for r in (Relation.WITHIN, Relation.COVERS))
                effect = Effect.WIDENED if within else Effect.NARROWED if covers else Effect.CHANGED
                pair.found.append(check.reported(effect))
        for choice in pair.choices:
            if choice.are_conditions:
                self._conditions_chosen(pair, choice)
            else:
                self._alternatives_chosen(pair, choice)
        pair.found = [
            d if d.left or d.right else replace(d, left=pair.left, right=pair.right) for d in pair.found
        ]

    def _take_in(
        self, pair: Pair, option: Pair, *, is_certain: bool, shapes: tuple[Shape, Shape] | None = None
    ) -> None:
        """Add the differences of two options to the pair that contains them."""
        self._resolve(option)
        pair.found += (
            replace(d, is_certain=d.is_certain and is_certain, shapes=shapes) for d in option.found
        )
        pair.ways += (replace(edge, is_certain=edge.is_certain and is_certain) for edge in option.ways)

    def _paired(
        self, choice: Choice, *fits: Callable[[int, int], bool]
    ) -> tuple[list[tuple[int, int]], list[int], list[int]]:
        """Match the options: equal ones (omitted), then in order. Also returns the rest of both sides."""
        pairs: list[tuple[int, int]] = []
        rest_old, rest_new = list(range(len(choice.old))), list(range(len(choice.new)))

        def are_equal(i: int, j: int) -> bool:
            return (i, j) in choice.pairs and self._holds(Relation.EQUAL, choice.pairs[i, j])

        for fit in (are_equal, *fits):
            for i in list(rest_old):
                ordered = [i, *rest_new] if i in rest_new else rest_new  # at its own place first
                j = next((j for j in ordered if fit(i, j)), None)
                if j is not None:
                    rest_old.remove(i)
                    rest_new.remove(j)
                    if fit is not are_equal:
                        pairs.append((i, j))
        return pairs, rest_old, rest_new

    # Alternatives of one kind

    def _alternatives_chosen(self, pair: Pair, choice: Choice) -> None:
        """Pair equal alternatives, then those with the same name, then the rest in order."""
        old, new = choice.old, choice.new
        pairs, gone, come = self._paired(
            choice,
            lambda i, j: bool(old[i].label) and old[i].label == new[j].label,
            lambda i, j: look_alike(old[i], new[j]),
        )
        taken: list[tuple[str, Difference]] = []
        for i, j in pairs:
            target = self._option_pair(old[i], new[j], choice.shapes)
            if choice.shapes:
                pair.ways.append(Edge(target, Step("same", "", *choice.shapes), is_certain=False))
            else:
                apart = is_apart(old[i], new, j) and is_apart(new[j], old, i)
                around = (old[i], new[j])
                self._take_in(pair, target, is_certain=apart, shapes=around)  # type: ignore[arg-type]
                taken += ((new[j].label, d) for d in pair.found[-len(target.found) :] if target.found)
        name_alternatives(pair, taken)
        shapes = choice.shapes
        for i in gone:
            if not any(self._holds(Relation.WITHIN, self._option_pair(old[i], o, shapes)) for o in new):
                places = old[i].pointer, new[0].pointer
                is_certain = is_apart(old[i], new)
                pair.found.append(
                    sentences.alternative_of(old[i], Effect.NARROWED, places, is_certain=is_certain)
                )
        for j in come:
            if not any(self._holds(Relation.COVERS, self._option_pair(o, new[j], shapes)) for o in old):
                places = old[0].pointer, new[j].pointer
                is_certain = is_apart(new[j], old)
                pair.found.append(
                    sentences.alternative_of(new[j], Effect.WIDENED, places, is_certain=is_certain)
                )

    def _mappings(self, before: Normal, after: Normal) -> Iterator[Check]:
        """The discriminator values that map to another component than before."""
        notes_ = before.notes.get("discriminator"), after.notes.get("discriminator")
        if None in notes_:
            return
        old, new = (as_object(as_object(note.value if note else None).get("mapping")) for note in notes_)
        for value in (value for value in old if value in new):
            one, name = self._target(self.before, str(old[value]))
            other, new_name = self._target(self.after, str(new[value]))
            if name != new_name:
                detail = sentences.other_target(value, [name, new_name], (before, after))
                yield Check(self._pair((one,), (other,)), detail)

    def _target(self, side: NormalForms, mapped: str) -> tuple[Part, str]:
        """The schema that a discriminator maps to, and its name. Each subtype may have the whole mapping."""
        key = (side is self.before, mapped)
        if key not in self._targets:
            part = side.reader.plain(Part({"$ref": side.reader.target(mapped)}, ""))
            self._targets[key] = part, side.reader.schemas.name(part.pointer).rpartition("/")[2]
        return self._targets[key]

    # Conditions: `not`, `if`, `dependentSchemas`, `contains`, `oneOf` whose alternatives overlap, groups

    def _conditions_chosen(self, pair: Pair, choice: Choice) -> None:
        """Compare corresponding conditions. The others were added or removed."""
        old, new = choice.old, choice.new

        def are_alike(i: int, j: int) -> bool:
            known = choice.pairs.get((i, j))
            return known is not None and all(
                self._holds(Relation.EQUAL, edge.target) for edge in known.edges if edge.kind == "equal"
            )

        pairs, gone, come = self._paired(choice, are_alike)
        for i, j in pairs:
            self._take_in(pair, choice.pairs[i, j], is_certain=False)
        for i in gone:
            other = next((j for j in come if old[i].label[:8] == new[j].label[:8] == "contains"), None)
            effect = Effect.WIDENED
            pointer = choice.shapes[1].pointer if choice.shapes else ""
            if other is not None:
                come.remove(other)
                pair.found.append(self._contained(old[i], new[other]))
            else:
                pair.found.append(sentences.condition_of(old[i], effect, (old[i].pointer, pointer)))
        for j in come:
            pointer = choice.shapes[0].pointer if choice.shapes else ""
            pair.found.append(sentences.condition_of(new[j], Effect.NARROWED, (pointer, new[j].pointer)))

    def _contained(self, one: Option, other: Option) -> Difference:
        """Other items that an array has to contain, or another number of them."""
        assert isinstance(one, Condition)  # noqa: S101 - the caller has seen to it
        assert isinstance(other, Condition)  # noqa: S101 - the caller has seen to it
        if self.twins.are_same(one.schemas["contains"], other.schemas["contains"]):
            return sentences.other_number(one, other)
        return sentences.condition_of(one, Effect.CHANGED, (one.pointer, other.pointer))

    def _condition(self, pair: Pair, one: Condition, other: Condition, shapes: tuple[Shape, Shape]) -> None:
        if one.kind == "group":
            self._choose(pair, _members(one), _members(other), shapes)
            return
        for keyword, schema in one.schemas.items() if one.kind != "oneOf" else ():
            kind: Literal["same", "negated", "equal"] = "negated" if keyword == "not" else "same"
            if keyword in ("if", "contains", "rest"):
                kind = "equal"
            step = Step("same", keyword, *shapes)
            if not self.twins.are_same(schema, other.schemas[keyword]):
                target = self._pair(schema, other.schemas[keyword])
                pair.edges.append(Edge(target, step, is_certain=False, kind=kind))

    # The differences between two alternatives of the same kind

    def _shapes(self, pair: Pair, old: Shape, new: Shape) -> None:
        pair.own += scalars.compared(old, new)
        inside = {"object": self._objects, "array": self._arrays}.get(old.kind)
        for found in inside(old, new) if inside else ():
            match found:
                case Difference():
                    pair.own.append(found)
                case Edge():
                    pair.edges.append(found)
                case Check():
                    pair.checks.append(found)
        if old.conditions or new.conditions:
            self._choose(pair, old.conditions, new.conditions, (old, new), are_conditions=True)

    def _inner(
        self, kind: StepKind, name: str, old: Shape, new: Shape, schemas: tuple[Conjunction, Conjunction]
    ) -> Iterator[Edge]:
        """The edge to two schemas nested in two alternatives."""
        if not self.twins.are_same(*schemas):
            yield Edge(self._pair(*schemas), Step(kind, name, old, new))

    def _arrays(self, old: Shape, new: Shape) -> Iterator[_Found]:
        for index in range(max(len(old.prefix), len(new.prefix))):
            if _reaches(old, index) and _reaches(new, index):
                yield from self._inner("prefix", str(index), old, new, (_at(old, index), _at(new, index)))
        first = max(len(old.prefix), len(new.prefix))  # `items` applies from here on
        if _reaches(old, first) and _reaches(new, first):
            yield from self._inner("item", "", old, new, (old.items, new.items))

    def _objects(self, old: Shape, new: Shape) -> Iterator[_Found]:
        for name in dict.fromkeys([*old.properties, *new.properties, *old.required, *new.required]):
            yield from self._property(name, old, new)
        yield from self._additional(old, new)
        for regex in dict.fromkeys([*old.patterns, *new.patterns]):
            schemas = old.patterns.get(regex, old.additional), new.patterns.get(regex, new.additional)
            is_limited = all(schemas) or any(map(refuses_all, schemas))
            if is_limited or (regex in old.patterns and regex in new.patterns):
                yield from self._inner("pattern", regex, old, new, schemas)
            elif schemas[0] or schemas[1]:  # defined on one side, unrestricted on the other
                yield sentences.described(regex, old, new)
        if not self.twins.are_same(old.names, new.names):
            places = sentences.places_of(old, new, lambda shape: shape.names)
            yield Check(
                self._pair(old.names, new.names), lambda effect: sentences.other_names(effect, places)
            )

    def _property(self, name: str, old: Shape, new: Shape) -> Iterator[_Found]:
        shapes = old, new
        if (
            not (old.patterns or new.patterns)
            and name in old.properties
            and name in new.properties
            and (name in old.required) == (name in new.required)
            and self.twins.are_same(old.properties[name], new.properties[name])
        ):
            return
        was, now = (name in shape.properties and not refuses_all(shape.properties[name]) for shape in shapes)
        hidden = [
            was and self._is_unsent(self.before, old, name),
            now and self._is_unsent(self.after, new, name),
        ]
        if any(hidden) and all(h or not e for h, e in zip(hidden, (was, now), strict=True)):
            return  # never sent in this direction in either revision
        must = [name in shape.required and not h for shape, h in zip(shapes, hidden, strict=True)]
        was, now = was or must[0], now or must[1]
        held = of_property(old, name), of_property(new, name)
        if was and now and old.properties.get(name) and name not in new.properties and not held[1]:
            # still required, but no longer defined: treated as removed
            yield sentences.came_or_went(name, [must[0], must[0]], old, new, is_new=False)
        elif was and now:
            yield from sentences.requirement(name, must, old, new)
            yield from self._inner("property", name, old, new, held)
        elif was or now:
            yield sentences.came_or_went(name, must, old, new, is_new=now)
            rest = held[0] if now else held[1]
            if rest and not refuses_all(rest):  # the schema for other properties applied or applies to it
                yield from self._inner("property", name, old, new, held)
        elif refuses_all(held[0]) != refuses_all(held[1]):
            yield sentences.forbidden(name, old, new, is_now=refuses_all(held[1]))

    def _is_unsent(self, side: NormalForms, shape: Shape, name: str) -> bool:
        """Whether a property is never sent in this direction (`readOnly`, `writeOnly`)."""
        keyword = "readOnly" if self.direction is Direction.REQUEST else "writeOnly"
        note = side.of(shape.properties.get(name, ())).notes.get(keyword)
        return note is not None and note.value is True

    def _additional(self, old: Shape, new: Shape) -> Iterator[_Found]:
        was, now = refuses_all(old.additional), refuses_all(new.additional)
        if was != now:
            detail = f"{'no longer allows' if now else 'now allows'} additional properties"
            places = sentences.places_of(old, new, lambda shape: shape.additional)
            yield Difference("additionalProperties", sentences.effect_of(is_narrower=now), detail, *places)
        elif not was:
            yield from self._inner("extra", "", old, new, (old.additional, new.additional))


def _members(group: Condition) -> list[Member]:
    return [
        Member(label, f"{group.pointer}/{index}", group.schemas[str(index)])
        for index, label in enumerate(group.labels)
    ]


def _reaches(shape: Shape, index: int) -> bool:
    most = shape.facets.get("maxItems")
    return most is None or most.value > index


def _at(shape: Shape, index: int) -> Conjunction:
    return shape.prefix[index] if index < len(shape.prefix) else shape.items
