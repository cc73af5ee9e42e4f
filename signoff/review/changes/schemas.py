"""Changes of schemas: each difference judged by the direction in which the values travel."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.revisions import Element, Journal, Side, Topic
    from signoff.review.changes.sets.parts import Conjunction

_MOST_SEARCHES = 150
_HARMFUL = {"request": Effect.NARROWED, "response": Effect.WIDENED}
_TEXTUAL = {"number", "boolean", "null"}
_OF_CLOSED_OBJECTS = {"closed-property", "closed-required-property", "additionalProperties"}
_UNDECIDED = "no value was found that shows it, so a human has to judge"


@dataclass(frozen=True, slots=True)
class Place:
    """A schema at a place of the document; `True` where the document gives none.

    Attributes:
        examples: values that the document gives for it.
    """

    raw: JsonValue
    pointer: str
    examples: tuple[JsonValue, ...] = ()


@dataclass(slots=True)
class SchemaComparison:
    """Compares the schemas of two contracts and notes what it finds.

    Attributes:
        searches: how many counterexamples were looked for; there is a limit.
    """

    before: Side
    after: Side
    journal: Journal
    searches: int = 0
    _forms: tuple[NormalForms, NormalForms] = field(init=False)
    _twins: Twins = field(init=False)
    _differs: dict[Direction, Differ] = field(default_factory=dict)
    _samplers: dict[tuple[bool, Direction], Sampler] = field(default_factory=dict)
    _judges: dict[bool, Judge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        before, after = Reader(self.before.contract.schemas), Reader(self.after.contract.schemas)
        self._forms = NormalForms(before), NormalForms(after)
        self._twins = Twins(before, after)

    def compare(
        self, before: Place, after: Place, topic: Topic, *, is_request: bool, is_text: bool = False
    ) -> None:
        """Note how two schemas differ.

        Args:
            before: the schema as it was.
            after: the schema as it is.
            topic: what they describe.
            is_request: whether they describe a part of the request.
            is_text: whether the value travels as text, as in parameters: there a number is a string, too.
        """
        direction = Direction.REQUEST if is_request else Direction.RESPONSE
        flow = "request" if is_request != topic.is_reversed else "response"
        differ = self.differ(direction)
        roots = (
            differ.before.reader.conjunction(before.raw, before.pointer),
            differ.after.reader.conjunction(after.raw, after.pointer),
        )
        for difference in differ.differences(*roots):
            found = _as_text(difference, differ) if is_text else difference
            examples = (*before.examples, *after.examples)
            self._note(found, flow, direction, roots, topic, examples)

    def members(
        self, before: Element, after: Element, key: str
    ) -> tuple[dict[str, Element], dict[str, Element]]:
        """The named members of two elements."""
        return self.before.members(before, key), self.after.members(after, key)

    def equal(self, before: Place, after: Place) -> bool:
        """Whether two schemas take the same values of a response and say the same of them."""
        differ = self.differ(Direction.RESPONSE)
        return not differ.differences(
            differ.before.reader.conjunction(before.raw, before.pointer),
            differ.after.reader.conjunction(after.raw, after.pointer),
        )

    def differ(self, direction: Direction) -> Differ:
        """What compares the schemas for a direction."""
        if direction not in self._differs:
            self._differs[direction] = Differ(*self._forms, direction, self._twins)
        return self._differs[direction]

    def _note(
        self,
        difference: Difference,
        flow: str,
        direction: Direction,
        roots: tuple[Conjunction, Conjunction],
        topic: Topic,
        examples: tuple[JsonValue, ...],
    ) -> None:
        rule = schema_rule(flow, difference.aspect, difference.effect)
        places = difference.before, difference.after
        known = self.journal.known(rule.id, topic, difference.detail, places)
        if known is not None and (known.verdict is rule.verdict or known.counterexample is not None):
            return  # what could not be shown in one place may be shown in another
        counterexample = None
        if _may_harm(difference, flow, rule):
            outcome = self._searched(difference, flow, direction, roots, examples)
            if outcome.is_found:
                counterexample = Counterexample(outcome.value)
            elif rule.verdict is ChangeVerdict.BREAKING and not _is_plain(difference, outcome):
                rule = Rule(rule.id, ChangeVerdict.REVIEW, _UNDECIDED)
        if known is None or counterexample is not None:
            where = _where(difference.path)
            self.journal.note(rule, topic, difference.detail, places, counterexample, where)

    def _searched(
        self,
        difference: Difference,
        flow: str,
        direction: Direction,
        roots: tuple[Conjunction, Conjunction],
        examples: tuple[JsonValue, ...],
    ) -> Outcome:
        self.searches += 1
        if self.searches > _MOST_SEARCHES:
            return Outcome(None, is_found=False, is_thorough=False)
        is_forward = flow == "request"
        search = Search(
            self._sampler(direction, is_before=is_forward),
            self._sampler(direction, is_before=not is_forward),
            is_forward,
        )
        return search.run(difference, roots, examples)

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
    """The schema of a media type, parameter or header, with the examples beside it.

    Args:
        side: where it stands.
        owner: the object that holds `schema`.
        raw: what to take for the schema instead.
    """
    stated = [owner.value["example"]] if "example" in owner.value else []
    stated += [
        example.value["value"]
        for example in side.members(owner, "examples").values()
        if "value" in example.value
    ]
    schema = owner.value.get("schema", True) if raw is None else raw
    return Place(schema, f"{owner.pointer}/schema", tuple(stated))


def _may_harm(difference: Difference, flow: str, rule: Rule) -> bool:
    """Whether a counterexample is to be looked for."""
    if not ASPECTS[difference.aspect].is_set or rule.verdict is ChangeVerdict.COMPATIBLE:
        return False
    # What is left to a human gets one only where the promise of a closed object is at stake.
    return rule.verdict is ChangeVerdict.BREAKING or (
        difference.aspect in _OF_CLOSED_OBJECTS and difference.effect is _HARMFUL[flow]
    )


def _is_plain(difference: Difference, outcome: Outcome) -> bool:
    """Whether a change breaks even though no value was found: where none could be made to look with."""
    is_decided = difference.effect is not Effect.CHANGED or difference.aspect == "type"
    return difference.is_certain and not outcome.is_thorough and is_decided


def _where(path: str) -> str:
    return f"at `{path}` " if path else ""


def _as_text(difference: Difference, differ: Differ) -> Difference:
    """A change of type where both types are text on the wire: only the wider one matters."""
    if difference.aspect != "type" or any(step.kind != "item" for step in difference.steps):
        return difference
    old, new = differ.before.of(difference.left).shapes, differ.after.of(difference.right).shapes
    lost, gained = set(old) - set(new), set(new) - set(old)
    if lost <= _TEXTUAL and any(shape.is_free for shape in new.get("string", ())):
        return replace(difference, effect=Effect.WIDENED)
    if gained <= _TEXTUAL and any(shape.is_free for shape in old.get("string", ())):
        return replace(difference, effect=Effect.NARROWED, probes=("a", *difference.probes))
    return difference
