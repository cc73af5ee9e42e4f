"""The values of written entities: what the client sent, and what a server would add.

A server sets what clients can't: the id, read-only members, and members that no request body has (if any body
is described). An entity that is created gets these from the generated one with its id; a status is the first
of its values, and moments that may be null, such as `finished_at`, are null. Optional members that the client
left out have their default, or are null or empty lists where they may be, or are absent. Write-only members
are never kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from signoff.contract.coercion import coerce
from signoff.contract.json_value import as_list
from signoff.contract.names import words_of
from signoff.generate.agreement import completed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from signoff.contract import Schema
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.resources import Resource
    from signoff.contract.schema_view import View

# Later than all generated moments; each change is a second later than the one before.
_NOW = datetime(2026, 10, 1, tzinfo=UTC)
_CREATED = {"created", "inserted", "registered", "added"}
_UPDATED = {"updated", "modified", "changed"}
_STATES = ("status", "state")  # what is new has the first one
_MOMENT_ENDS = {(), ("at",), ("on",), ("date",), ("time",), ("date", "time"), ("timestamp",)}


class _Nothing(Enum):
    NOTHING = 0


_NOTHING = _Nothing.NOTHING


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a resource's items.

    Attributes:
        is_settable: whether a client can set it.
        is_hidden: whether it is write-only.
        is_required: whether a schema that shows the item requires it.
        default: its default; None without one.
        empty: null or an empty list, if items are shown with it and it may be so.
    """

    is_settable: bool
    is_hidden: bool = False
    is_required: bool = False
    default: JsonValue = None
    empty: JsonValue | _Nothing = _NOTHING


_UNKNOWN = Member(is_settable=True)
_IGNORED = Member(is_settable=False, is_hidden=True)


class Members:
    """The members of a resource's items, from all schemas that show or take them."""

    def __init__(self, resource: Resource) -> None:
        self._id = resource.id_member
        sent = [use.body.schema for use in resource.uses if use.body and use.role != "list"]
        shown = resource.schemas
        self._described = _described(sent), _described(shown)
        required = {name for schema in shown for name in as_list(schema.view.flat.get("required"))}
        names = dict.fromkeys(name for described in self._described for name in described)
        self._members = {name: self._member(name, is_required=name in required) for name in names}
        extra = [schema.view.flat.get("additionalProperties") for schema in shown]
        is_open = any(rule is True or isinstance(rule, dict) for rule in extra)
        self._other = _UNKNOWN if is_open or not names else _IGNORED

    def _member(self, name: str, *, is_required: bool) -> Member:
        sent, shown = (described.get(name, []) for described in self._described)
        views = [*sent, *shown]
        return Member(
            is_settable=(bool(sent) or not self._described[0]) and not _has(views, "readOnly"),
            is_hidden=_has(views, "writeOnly"),
            is_required=is_required,
            default=next((view.flat["default"] for view in views if "default" in view.flat), None),
            empty=_empty(shown),
        )

    def of(self, name: str) -> Member:
        """The member with that name."""
        return self._members.get(name, self._other)

    def views_of_id(self) -> list[View]:
        """The schemas of the id, those that show it first."""
        return [view for described in reversed(self._described) for view in described.get(self._id, ())]

    def choices(self, name: str) -> list[JsonValue]:
        """The values that a member is limited to; empty if it is not."""
        views = [view for described in reversed(self._described) for view in described.get(name, ())]
        return next((as_list(view.flat["enum"]) for view in views if "enum" in view.flat), [])

    @property
    def names(self) -> Collection[str]:
        """The members that schemas describe."""
        return self._members.keys()

    def knows(self, name: str) -> bool:
        """Whether a schema describes a member."""
        return name in self._members

    def admits(self, name: str) -> bool:
        """Whether a schema describes a member, or admits any."""
        return self.of(name) is not _IGNORED

    def takes_null(self, name: str) -> bool:
        """Whether a member may be null where items are shown."""
        kinds = {kind for view in self._described[1].get(name, ()) for kind in view.kinds}
        return not kinds or "null" in kinds

    def typed(self, name: str, text: str) -> JsonValue:
        """A text, such as of a path parameter, as the type of a member."""
        views = [view for described in reversed(self._described) for view in described.get(name, ())]
        return coerce(text, frozenset(kind for view in views for kind in view.kinds))

    def needed(self, names: Iterable[str], sent: JsonObject) -> bool:
        """Whether a new entity gets any of its generated values, besides the id.

        Args:
            names: the members of the generated entity.
            sent: the members that the client sent.
        """
        kept = {name for name in sent if self.of(name).is_settable and not self.of(name).is_hidden}
        return any(
            name != self._id
            and (
                not (member := self.of(name)).is_settable
                or (name not in kept and member.is_required and member.default is None)
            )
            for name in names
        )

    def created(self, generated: JsonObject, sent: JsonObject, moment: int) -> JsonObject:
        """The value of a new entity.

        Args:
            generated: the generated entity with the new id.
            sent: the members that the client sent.
            moment: the number of the change.
        """
        states = {name: self.choices(name) for name in _STATES}
        first = {name: choices[0] for name, choices in states.items() if choices}
        begun = generated | first
        fixed = self._fixed(begun, moment, _CREATED | _UPDATED)
        later = {name: None for name in fixed if self.of(name).empty is None and _is_later(name)}
        made = first | self._joined(begun, sent, fixed | later)
        return _ordered(completed(made, {*sent, self._id}), begun)

    def replaced(self, before: JsonObject, sent: JsonObject, moment: int) -> JsonObject:
        """The value after all members were sent: what the client can't set stays."""
        return self._joined(before, sent, self._fixed(before, moment, _UPDATED))

    def updated(self, before: JsonObject, after: JsonObject, moment: int) -> JsonObject:
        """The value after a patch: what the client can't set stays."""
        fixed = self._fixed(before, moment, _UPDATED)
        kept = {name: item for name, item in after.items() if name in before or not self.of(name).is_hidden}
        return _ordered({**kept, **fixed}, before)

    def _fixed(self, entity: JsonObject, moment: int, words: set[str]) -> JsonObject:
        """The members of an entity that only the server sets."""
        return {
            name: _moved(name, item, moment, words)
            for name, item in entity.items()
            if name == self._id or not self.of(name).is_settable
        }

    def _joined(self, entity: JsonObject, sent: JsonObject, fixed: JsonObject) -> JsonObject:
        """What the server sets, what the client sent, defaults, and required members from `entity`."""
        kept = {
            name: item
            for name, item in sent.items()
            if self.of(name).is_settable and not self.of(name).is_hidden and name != self._id
        }
        absent: JsonObject = {}
        for name, member in self._members.items():
            if name in kept or name in fixed or member.is_hidden:
                continue
            if member.default is not None:
                absent[name] = member.default
            elif member.is_required and name in entity:
                absent[name] = entity[name]
            elif member.empty is not _NOTHING:
                absent[name] = member.empty
        return _ordered({**absent, **kept, **fixed}, entity)


def _is_later(name: str) -> bool:
    """Whether a name is that of a moment after the creation."""
    words = words_of(name)
    return words[-1:] in (("at",), ("on",)) and words[0] not in _CREATED | _UPDATED


def _empty(shown: Iterable[View]) -> JsonValue | _Nothing:
    """Null or an empty list, whatever all schemas of a member accept."""
    views = list(shown)
    if views and all("null" in view.kinds for view in views):
        return None
    if views and all("array" in view.kinds and not view.flat.get("minItems") for view in views):
        return []
    return _NOTHING


def _ordered(found: JsonObject, like: JsonObject) -> JsonObject:
    """An object with its members in the order of another, further ones last."""
    names = dict.fromkeys([*(name for name in like if name in found), *found])
    return {name: found[name] for name in names}


def _described(schemas: Iterable[Schema]) -> dict[str, list[View]]:
    """The schemas of each member, from several schemas of an item."""
    found: dict[str, list[View]] = {}
    for schema in schemas:
        for name, raws in schema.view.properties.items():
            found.setdefault(name, []).extend(schema.schemas.view(raw) for raw in raws)
    return found


def _has(views: Iterable[View], keyword: str) -> bool:
    return any(view.flat.get(keyword) is True for view in views)


def _moved(name: str, item: JsonValue, moment: int, first_words: set[str]) -> JsonValue:
    """A time of creation or change as the current one, in the form that it has; other values unchanged."""
    words = words_of(name)
    words = words[1:] if words[:1] == ("last",) else words
    if not words or words[0] not in first_words or words[1:] not in _MOMENT_ENDS:
        return item
    now = _NOW + timedelta(seconds=moment)
    if isinstance(item, str) and item[:4].isdigit() and item[4:5] == "-":
        return now.strftime("%Y-%m-%d") if len(item) == 10 else f"{now:%Y-%m-%dT%H:%M:%S}{item[19:]}"
    if isinstance(item, int) and not isinstance(item, bool) and item > 10**9:
        seconds = int(now.timestamp())
        return seconds * 1000 if item > 10**11 else seconds
    return item
