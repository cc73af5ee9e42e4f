"""Shared by all comparisons: the two revisions, the topic, and the journal of changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape
from signoff.review.change import Change, ChangeVerdict
from signoff.review.changes.rules import RULES, rule_for
from signoff.review.promises import Promise, Promises

if TYPE_CHECKING:
    from signoff.contract.contract import Contract
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.pointer import Location
    from signoff.review.change import Counterexample, Part
    from signoff.review.changes.rules import Rule

ChangeKey: TypeAlias = tuple[str, str | None, str | None, str]
_WORST_FIRST = list(ChangeVerdict)


@dataclass(frozen=True, slots=True)
class Element:
    """An object of the document with its pointer. References are resolved."""

    value: JsonObject
    pointer: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two revisions."""

    contract: Contract

    @property
    def document(self) -> JsonObject:
        """The bundled document in the 3.1 dialect."""
        return self.contract.document

    def element(self, value: JsonValue, pointer: str) -> Element:
        """The object at `pointer`, or the target of its reference."""
        target, target_pointer = dereference(self.document, value)
        return Element(as_object(target), target_pointer or pointer)

    def member(self, owner: Element, *keys: str) -> Element:
        """A nested property of an element; empty if there is none."""
        for key in keys:
            owner = self.element(owner.value.get(key), f"{owner.pointer}/{escape(key)}")
        return owner

    def members(self, owner: Element, key: str) -> dict[str, Element]:
        """The entries of the map under `key`, without extensions."""
        held = owner.value.get(key)
        return {
            str(name): self.element(value, f"{owner.pointer}/{key}/{escape(str(name))}")
            for name, value in as_object(held).items()
            if not str(name).startswith("x-") or key in ("headers", "properties")
        }

    def items(self, owner: Element, key: str) -> list[Element]:
        """The items of the list under `key`."""
        return [
            self.element(value, f"{owner.pointer}/{key}/{index}")
            for index, value in enumerate(as_list(owner.value.get(key)))
        ]

    def locate(self, pointer: str | None) -> Location | None:
        """The location of a pointer in the source file."""
        return None if pointer is None else self.contract.locate(pointer)


@dataclass(frozen=True, slots=True)
class Topic:
    """What is compared: an operation and a part of it.

    Attributes:
        operation: `METHOD /path`; empty for the whole document.
        subject: the part, as the start of a sentence: `the query parameter limit`.
        is_reversed: whether the server sends the request, as in callbacks and webhooks.
        owner: the callback that the part belongs to, as the end of the subject.
    """

    operation: str
    subject: str = ""
    is_reversed: bool = False
    owner: str = ""

    def about(self, subject: str) -> Topic:
        """The topic for another part of the same operation."""
        return replace(self, subject=subject)

    @property
    def whole_subject(self) -> str:
        """The part with its owner, or the operation."""
        return f"{self.subject}{self.owner}" if self.subject else self.operation


@dataclass(slots=True)
class Journal:
    """The changes found so far.

    Attributes:
        of_operations: what the former document promises about its operations, by the labels of changes.
        old_promises, new_promises: what the documents promise.
    """

    before: Side
    after: Side
    of_operations: dict[str, Promise] = field(default_factory=dict)
    old_promises: Promises = field(init=False)
    new_promises: Promises = field(init=False)
    _changes: dict[ChangeKey, Change] = field(default_factory=dict)
    _operations: dict[ChangeKey, dict[str, None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.old_promises, self.new_promises = (
            Promises.of(self.before.document),
            Promises.of(self.after.document),
        )

    def tell(
        self, rule: str, topic: Topic, detail: str, before: str | None = None, after: str | None = None
    ) -> None:
        """Add a change whose verdict is in the table of `rules`.

        Args:
            rule: its id.
            topic: what it is about.
            detail: what changed, as the end of a sentence that begins with the topic's subject.
            before: the pointer in the base revision; None if it was added.
            after: the pointer in the new revision; None if it was removed.
        """
        rule = rule_for(rule, is_reversed=topic.is_reversed)
        if (rule, before, after, detail) in self._changes:
            self.add((rule, before, after, detail), topic)
        else:
            self.note(RULES[rule], topic, detail, (before, after))

    def add(self, key: ChangeKey, topic: Topic) -> None:
        """Add an operation to a change."""
        self._operations[key][topic.operation] = None

    def note(
        self,
        rule: Rule,
        topic: Topic,
        detail: str,
        places: tuple[str | None, str | None],
        *,
        counterexample: Counterexample | None = None,
        where: str = "",
        part: Part | None = None,
    ) -> None:
        """Add a change with its own verdict. It replaces an equal change.

        Args:
            rule: the verdict and the reason.
            topic: what it is about.
            detail: what changed.
            places: the pointers in both documents.
            counterexample: a value that shows it.
            where: the place within the values of the topic.
            part: for a change of a schema.
        """
        subject = topic.whole_subject
        key = rule.id, *places, detail
        self._operations.setdefault(key, {})[topic.operation] = None
        self._changes[key] = Change(
            id=rule.id,
            verdict=rule.verdict,
            reason=f"{subject[:1].upper()}{subject[1:]} {where}{detail}: {rule.because}.",
            operation=topic.operation,
            before=self.before.locate(places[0]),
            after=self.after.locate(places[1]),
            counterexample=counterexample,
            part=part,
        )

    def __contains__(self, key: ChangeKey) -> bool:
        return key in self._changes

    def changes(self) -> list[Change]:
        """All changes: the worst first, then by path in the order of the documents.

        Those of the whole document are the first of a verdict, those of webhooks the last.
        """
        paths = [*as_object(self.after.document.get("paths")), *as_object(self.before.document.get("paths"))]
        order = {path: number for number, path in enumerate(dict.fromkeys(["", *paths]))}

        def rank(change: Change) -> tuple[int, int]:
            path = "" if change.operation.startswith("webhook ") else change.operation.partition(" ")[2]
            known = order.get(path, len(order)) if path or not change.operation else len(order)
            return _WORST_FIRST.index(change.verdict), known

        found = [
            self._as_promised(
                replace(change, also_in=tuple(o for o in self._operations[key] if o != change.operation)), key
            )
            for key, change in self._changes.items()
        ]
        return sorted(found, key=rank)

    def _as_promised(self, change: Change, key: ChangeKey) -> Change:
        """The change, compatible where the base promised nothing that it could break."""
        freedom = "" if change.verdict is ChangeVerdict.COMPATIBLE else self._freedom(key)
        if not freedom:
            return change
        but, part = f", but it is {freedom}", change.part
        return replace(
            change,
            verdict=ChangeVerdict.COMPATIBLE,
            reason=f"{change.reason.removesuffix('.')}{but}.",
            part=part and replace(part, because=part.because + but),
            freedom=freedom,
        )

    def _freedom(self, key: ChangeKey) -> str:
        """Why what a change is about may change freely: its place, or every operation that it affects."""
        kind, before, after, _ = key
        if self.new_promises.is_new_and_internal(kind, after):
            return "internal"
        place = self.old_promises.at(before) if before else Promise()
        operations = [self.of_operations.get(name, Promise()) for name in self._operations[key]]
        found = [place.or_else(operation).freedom for operation in operations]
        return found[0] if found and all(found) else ""
