"""Changes of schemas. The verdict depends on whether values are sent or received."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from signoff.contract.limits import COMBINATIONS, TRIES
from signoff.contract.schemas import Direction
from signoff.review.change import ChangeVerdict, Counterexample
from signoff.review.changes.counterexamples.sampler import Judge, Sampler
from signoff.review.changes.counterexamples.search import Outcome, Search
from signoff.review.changes.rules import ASPECTS, Rule, schema_rule
from signoff.review.changes.sets.differ import Differ
from signoff.review.changes.sets.difference import Difference, Effect
from signoff.review.changes.sets.normal_form import NormalForms
from signoff.review.changes.sets.parts import Reader
from signoff.review.changes.sets.twins import Twins
from signoff.review.changes.statements import part_of

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.revisions import ChangeKey, Element, Journal, Side, Topic
    from signoff.review.changes.sets.parts import Conjunction

_FEWEST_TRIES = 40
_SHARE = 100  # no change takes more than this part of all tries
_MOST_CASES = 3
_HARMFUL = {"request": Effect.NARROWED, "response": Effect.WIDENED}
_TEXTUAL = {"number", "boolean", "null"}
_OF_CLOSED_OBJECTS = {"closed-property", "closed-required-property", "additionalProperties"}
_BY_CONSTRUCTION = {
    "required",
    "required-property",
    "closed-required-property",
    "enum",
    "type",
    "alternative",
}
_UNDECIDED = "needs review, because no example value was found"
_TOO_LONG = "needs review, because an example value would be too long"


@dataclass(frozen=True, slots=True)
class Place:
    """A schema and its pointer; `True` if the document has none.

    Attributes:
        examples: the documented examples.
        unsent: values that no client can send there, such as an empty path segment.
    """

    raw: JsonValue
    pointer: str
    examples: tuple[JsonValue, ...] = ()
    unsent: tuple[JsonValue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Flow:
    """The direction of the values of two schemas.

    Attributes:
        direction: decides what `readOnly` and `writeOnly` mean.
        name: `request` for values that a client sends, `response` for values that it receives.
        is_text: whether they are sent as text.
    """

    direction: Direction
    name: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class _Case:
    """Where a difference was found: its topic, the outermost schemas and examples of them."""

    flow: _Flow
    topic: Topic
    roots: tuple[Conjunction, Conjunction]
    examples: tuple[JsonValue, ...]
    unsent: tuple[JsonValue, ...]


@dataclass(slots=True)
class SchemaComparison:
    """Compares the schemas of two contracts and reports the changes. Call `finish` at the end."""

    before: Side
    after: Side
    journal: Journal
    _forms: tuple[NormalForms, NormalForms] = field(init=False)
    _twins: Twins = field(init=False)
    _differs: dict[Direction, Differ] = field(default_factory=dict)
    _samplers: dict[tuple[bool, Direction], Sampler] = field(default_factory=dict)
    _judges: dict[bool, Judge] = field(default_factory=dict)
    _reported: dict[_Flow, dict[int, set[ChangeKey]]] = field(default_factory=dict)
    _cases: dict[ChangeKey, list[tuple[Difference, _Case]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        before, after = Reader(self.before.contract.schemas), Reader(self.after.contract.schemas)
        self._forms = NormalForms(before), NormalForms(after)
        self._twins = Twins(before, after)

    def compare(
        self, before: Place, after: Place, topic: Topic, *, is_request: bool, is_text: bool = False
    ) -> None:
        """Report the differences of two schemas.

        Args:
            before: the schema in the base revision.
            after: the schema in the new revision.
            topic: what they describe.
            is_request: whether they describe a part of the request.
            is_text: whether the value is sent as text, as in parameters: a number is a string there, too.
        """
        direction = Direction.REQUEST if is_request else Direction.RESPONSE
        differ = self.differ(direction)
        roots = (
            differ.before.reader.conjunction(before.raw, before.pointer),
            differ.after.reader.conjunction(after.raw, after.pointer),
        )
        flow_of = _Flow(direction, "request" if is_request != topic.is_reversed else "response", is_text)
        # The meaning of a type in text depends on the path to it, so every path is compared.
        reported = {} if is_text else self._reported.setdefault(flow_of, {})
        states = differ.reached(*roots)
        if all(state in reported for state in states):
            for key in (key for state in states for key in reported[state]):
                self.journal.add(key, topic)
            if not any(self._is_wanted(key) for state in states for key in reported[state]):
                return
        case = _Case(flow_of, topic, roots, (*before.examples, *after.examples), after.unsent)
        for state, difference in differ.differences(*roots):
            found = _as_text(difference, differ) if is_text else difference
            reported.setdefault(state, set()).add(self._note(found, case))

    def finish(self) -> None:
        """Search for counterexamples of all changes, and decide the verdicts that depend on them."""
        limit = self.after.contract.limits.of(TRIES)
        tries = max(_FEWEST_TRIES, limit.value // max(len(self._cases), _SHARE))
        for cases in self._cases.values():
            outcomes = []
            for difference, case in cases:
                outcome = self._searched(difference, case, tries)
                outcomes.append(outcome)
                if outcome.is_found:
                    self._put(difference, case, counterexample=Counterexample(outcome.value, outcome.at))
                    break
            else:
                rule = _rule(*cases[0])
                is_plain = any(_is_plain(d, o) for (d, _), o in zip(cases, outcomes, strict=True))
                if rule.verdict is ChangeVerdict.BREAKING and not is_plain:
                    because = _UNDECIDED
                    if any(outcome.is_cut for outcome in outcomes):
                        because = f"needs review, because finding an example value takes {limit.exceeded}"
                    elif any(outcome.is_far for outcome in outcomes):
                        because = _TOO_LONG
                    self._put(*cases[0], because=because)

    def members(
        self, before: Element, after: Element, key: str
    ) -> tuple[dict[str, Element], dict[str, Element]]:
        """The named members of two elements."""
        return self.before.members(before, key), self.after.members(after, key)

    def equal(self, before: Place, after: Place) -> bool:
        """Whether two schemas are equivalent in a response."""
        differ = self.differ(Direction.RESPONSE)
        return not differ.reached(
            differ.before.reader.conjunction(before.raw, before.pointer),
            differ.after.reader.conjunction(after.raw, after.pointer),
        )

    def differ(self, direction: Direction) -> Differ:
        """Compares the schemas for one direction."""
        if direction not in self._differs:
            self._differs[direction] = Differ(
                *self._forms, direction, self._twins, self.after.contract.limits.of(COMBINATIONS)
            )
        return self._differs[direction]

    def _note(self, difference: Difference, case: _Case) -> ChangeKey:
        rule = _rule(difference, case)
        key = (rule.id, difference.before, difference.after, difference.detail)
        if key not in self.journal:
            self._put(difference, case)
        self.journal.add(key, case.topic)
        if _may_harm(difference, case.flow.name, rule):
            cases = self._cases.setdefault(key, [])
            if difference.is_certain and not any(other.is_certain for other, _ in cases):
                cases.insert(0, (difference, case))
                del cases[_MOST_CASES:]
            elif len(cases) < _MOST_CASES:
                cases.append((difference, case))
        return key

    def _is_wanted(self, key: ChangeKey) -> bool:
        """Whether another operation may have a counterexample for the change."""
        return key in self._cases and len(self._cases[key]) < _MOST_CASES

    def _put(
        self,
        difference: Difference,
        case: _Case,
        *,
        because: str = "",
        counterexample: Counterexample | None = None,
    ) -> None:
        rule = _rule(difference, case)
        if because:
            rule = Rule(rule.id, ChangeVerdict.REVIEW, because)
        places = difference.before, difference.after
        where = f"at `{difference.path}` " if difference.path else ""
        part = part_of(difference, rule, case.topic.whole_subject, (self.before, self.after))
        self.journal.note(
            rule, case.topic, difference.detail, places, counterexample=counterexample, where=where, part=part
        )

    def _searched(self, difference: Difference, case: _Case, tries: int) -> Outcome:
        is_forward = case.flow.name == "request"
        search = Search(
            self._sampler(case.flow.direction, is_before=is_forward),
            self._sampler(case.flow.direction, is_before=not is_forward),
            is_forward,
            tries,
        )
        return search.run(difference, case.roots, case.examples, case.unsent)

    def _judge(self, *, is_before: bool) -> Judge:
        side = self.before if is_before else self.after
        return self._judges.setdefault(is_before, Judge(side.contract))

    def _sampler(self, direction: Direction, *, is_before: bool) -> Sampler:
        key = is_before, direction
        if key not in self._samplers:
            differ = self.differ(direction)
            forms = differ.before if is_before else differ.after
            self._samplers[key] = Sampler(forms, self._judge(is_before=is_before), direction)
        return self._samplers[key]


def place_of(side: Side, owner: Element, raw: JsonValue | None = None) -> Place:
    """The schema of a media type, parameter or header, with its examples.

    Args:
        side: the revision.
        owner: the object that has `schema`.
        raw: a schema to use instead.
    """
    stated = [owner.value["example"]] if "example" in owner.value else []
    stated += [
        example.value["value"]
        for example in side.members(owner, "examples").values()
        if "value" in example.value
    ]
    schema = owner.value.get("schema", True) if raw is None else raw
    return Place(schema, f"{owner.pointer}/schema", tuple(stated))


def _rule(difference: Difference, case: _Case) -> Rule:
    return schema_rule(case.flow.name, difference.aspect, difference.effect)


def _may_harm(difference: Difference, flow: str, rule: Rule) -> bool:
    """Whether to search for a counterexample."""
    if not ASPECTS[difference.aspect].is_set or rule.verdict is ChangeVerdict.COMPATIBLE:
        return False
    # Changes that need review get one only if they are about additional properties.
    return rule.verdict is ChangeVerdict.BREAKING or (
        difference.aspect in _OF_CLOSED_OBJECTS and difference.effect is _HARMFUL[flow]
    )


def _is_plain(difference: Difference, outcome: Outcome) -> bool:
    """Whether a change is breaking although no counterexample was found.

    It is if its kind always is, or if no candidates could be generated.
    """
    is_decided = difference.effect is not Effect.CHANGED or difference.aspect == "type"
    is_built_in = difference.aspect in _BY_CONSTRUCTION
    return difference.is_certain and is_decided and (is_built_in or not outcome.is_thorough)


def _as_text(difference: Difference, differ: Differ) -> Difference:
    """A type change of a value that is sent as text. All types are text, so only the wider one matters."""
    if difference.aspect != "type" or any(step.kind != "item" for step in difference.steps):
        return difference
    old, new = differ.before.of(difference.left).shapes, differ.after.of(difference.right).shapes
    lost, gained = set(old) - set(new), set(new) - set(old)
    if lost <= _TEXTUAL and any(shape.is_free for shape in new.get("string", ())):
        return replace(difference, effect=Effect.WIDENED)
    if gained <= _TEXTUAL and any(shape.is_free for shape in old.get("string", ())):
        return replace(difference, effect=Effect.NARROWED, probes=("a", *difference.probes))
    return difference
