"""The items of a list in order, and an index of what filters and sorts ask for.

A list of ten thousand items is asked for far more often than it changes, so nothing about an item is computed
again for each request. Each item has a place, a number by which the list is in order. A column has something
of every item, such as the values of a member; it is made when a request first needs it, and follows each item
that comes, changes or goes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from signoff.contract.json_value import JsonObject

_FEW = 512


@dataclass(frozen=True, slots=True)
class Found:
    """The items that meet a condition.

    Attributes:
        count: how many.
        has: whether the item at a place is one of them.
        places: all of them, in no particular order, each once.
    """

    count: int
    has: Callable[[int], bool]
    places: Callable[[], Iterable[int]]

    @classmethod
    def of(cls, places: Iterable[int]) -> Found:
        """Items by their places."""
        held = frozenset(places)
        return cls(len(held), held.__contains__, lambda: held)


class Column(Protocol):
    """Something of every item of a list."""

    def add(self, place: int, entity: JsonObject) -> None:
        """Take in the item at a place."""

    def drop(self, place: int) -> None:
        """Forget the item at a place."""


class Groups:
    """Items by what they have in common: an item may be in several groups.

    Args:
        keys_of: the keys of an item's groups.
        has_order: whether the groups are sorted by their keys.
    """

    def __init__(
        self, keys_of: Callable[[JsonObject], Iterable[Hashable]], *, has_order: bool = False
    ) -> None:
        self._keys_of = keys_of
        self._groups: dict[Hashable, list[int]] = {}
        self.keys: dict[int, tuple[Hashable, ...]] = {}
        self._sorted: list[Hashable] | None = [] if has_order else None

    def add(self, place: int, entity: JsonObject) -> None:
        """Take in the item at a place."""
        keys = self.keys[place] = tuple(dict.fromkeys(self._keys_of(entity)))
        for key in keys:
            group = self._groups.get(key)
            if group is None:
                self._groups[key] = [place]
                if self._sorted is not None:
                    insort(self._sorted, key)  # type: ignore[call-overload]
            else:
                insort(group, place)

    def drop(self, place: int) -> None:
        """Forget the item at a place."""
        for key in self.keys.pop(place, ()):
            group = self._groups[key]
            del group[bisect_left(group, place)]
            if not group:
                del self._groups[key]
                if self._sorted is not None:
                    del self._sorted[bisect_left(self._sorted, key)]  # type: ignore[call-overload]

    def found(self, keys: Iterable[Hashable]) -> Found:
        """The items that are in any of some groups."""
        groups = [group for key in dict.fromkeys(keys) if (group := self._groups.get(key))]
        return Found.of(place for group in groups for place in group)

    def names(self) -> Iterable[Hashable]:
        """The keys of all groups."""
        return self._groups

    def in_order(self, *, is_descending: bool) -> Iterator[list[int]]:
        """The groups by their keys, the places in each in order."""
        keys = self._sorted or ()
        return (self._groups[key] for key in (reversed(keys) if is_descending else keys))


class Ranges:
    """Items by the least and the greatest of some of their values.

    Args:
        values_of: the values of an item.
    """

    def __init__(self, values_of: Callable[[JsonObject], Iterable[float]]) -> None:
        self._values_of = values_of
        self._bounds: dict[int, tuple[float, float]] = {}
        self._least: list[tuple[float, float]] = []  # a value and a place
        self._most: list[tuple[float, float]] = []

    def add(self, place: int, entity: JsonObject) -> None:
        """Take in the item at a place."""
        values = list(self._values_of(entity))
        if values:
            least, most = self._bounds[place] = min(values), max(values)
            insort(self._least, (least, place))
            insort(self._most, (most, place))

    def drop(self, place: int) -> None:
        """Forget the item at a place."""
        bounds = self._bounds.pop(place, None)
        if bounds is not None:
            del self._least[bisect_left(self._least, (bounds[0], place))]
            del self._most[bisect_left(self._most, (bounds[1], place))]

    def found(self, comparison: str, wanted: float) -> Found:
        """The items of which any value is at `least`, `above`, at `most` or `under` another one."""
        known = self._bounds
        match comparison:
            case "least":
                return self._cut(
                    self._most, bisect_left(self._most, (wanted, -inf)), None, _at_least(known, wanted)
                )
            case "above":
                return self._cut(
                    self._most, bisect_right(self._most, (wanted, inf)), None, _above(known, wanted)
                )
            case "most":
                return self._cut(
                    self._least, 0, bisect_right(self._least, (wanted, inf)), _at_most(known, wanted)
                )
            case _:
                return self._cut(
                    self._least, 0, bisect_left(self._least, (wanted, -inf)), _under(known, wanted)
                )

    @staticmethod
    def _cut(
        held: list[tuple[float, float]], start: int, end: int | None, has: Callable[[int], bool]
    ) -> Found:
        end = len(held) if end is None else end
        return Found(end - start, has, lambda: [int(entry[1]) for entry in held[start:end]])


_Bounds = dict[int, tuple[float, float]]
_NONE = (inf, -inf)  # the bounds of an item without values


def _at_least(known: _Bounds, wanted: float) -> Callable[[int], bool]:
    return lambda place: known.get(place, _NONE)[1] >= wanted


def _above(known: _Bounds, wanted: float) -> Callable[[int], bool]:
    return lambda place: known.get(place, _NONE)[1] > wanted


def _at_most(known: _Bounds, wanted: float) -> Callable[[int], bool]:
    return lambda place: known.get(place, _NONE)[0] <= wanted


def _under(known: _Bounds, wanted: float) -> Callable[[int], bool]:
    return lambda place: known.get(place, _NONE)[0] < wanted


class Texts:
    """The texts of each item.

    Args:
        text_of: all texts of an item as one.
    """

    def __init__(self, text_of: Callable[[JsonObject], str]) -> None:
        self._text_of = text_of
        self._texts: dict[int, str] = {}

    def add(self, place: int, entity: JsonObject) -> None:
        """Take in the item at a place."""
        self._texts[place] = self._text_of(entity)

    def drop(self, place: int) -> None:
        """Forget the item at a place."""
        self._texts.pop(place, None)

    def found(self, wanted: str) -> Found:
        """The items whose texts contain another one."""
        return Found.of(place for place, text in self._texts.items() if wanted in text)


_Column = TypeVar("_Column", bound=Column)


class ListIndex:
    """The items of one list.

    Args:
        entity_of: looks up the entity with an id.
        ids: the ids in order; their places count from 0.
    """

    def __init__(self, entity_of: Callable[[str], JsonObject | None], ids: Iterable[str] = ()) -> None:
        self._entity_of = entity_of
        self._ids = dict(enumerate(ids))
        self._places = {item_id: place for place, item_id in self._ids.items()}
        self.places = list(self._ids)
        self._columns: dict[Hashable, Column] = {}

    def fill(self, ids: Iterable[str], place_of: Callable[[str], int | None]) -> None:
        """Take in all items of a list that is empty."""
        self._places = {item_id: place for item_id in ids if (place := place_of(item_id)) is not None}
        self._ids = {place: item_id for item_id, place in self._places.items()}
        self.places = sorted(self._ids)

    def __len__(self) -> int:
        """How many items the list has."""
        return len(self.places)

    def id_at(self, place: int) -> str:
        """The id of the item at a place."""
        return self._ids[place]

    def entity_at(self, place: int) -> JsonObject | None:
        """The entity of the item at a place."""
        return self._entity_of(self._ids[place])

    def place_of(self, item_id: str) -> int | None:
        """The place of the item with an id; None if the list does not have it."""
        return self._places.get(item_id)

    def set_place(self, item_id: str, place: int | None) -> None:
        """Take in an item that came or changed; None removes it."""
        before = self._places.get(item_id)
        if before is not None:
            for column in self._columns.values():
                column.drop(before)
            if before != place:
                del self._places[item_id], self._ids[before]
                del self.places[bisect_left(self.places, before)]
        if place is not None:
            if before != place:
                self._places[item_id], self._ids[place] = place, item_id
                insort(self.places, place)
            entity = self._entity_of(item_id) if self._columns else None
            if entity is not None:
                for column in self._columns.values():
                    column.add(place, entity)

    def column(self, key: Hashable, make: Callable[[], _Column]) -> _Column:
        """The column with that key, made when it is first needed."""
        found = self._columns.get(key)
        if found is None:
            found = make()
            for place in self.places:
                entity = self._entity_of(self._ids[place])
                if entity is not None:
                    found.add(place, entity)
            self._columns[key] = found
        return found  # type: ignore[return-value]  # a key stands for one kind of column

    def scan(self, is_kept: Callable[[JsonObject], bool]) -> Found:
        """The items that meet any condition, found by looking at all of them."""
        entities = ((place, self.entity_at(place)) for place in self.places)
        return Found.of(place for place, entity in entities if entity is not None and is_kept(entity))


class Selection:
    """Some of the items of a list, in its order or another one."""

    def __init__(self, index: ListIndex) -> None:
        self.index = index
        self._found: Found | None = None
        self._places: list[int] | None = None  # instead of `_found`, after several conditions
        self._order: Sequence[tuple[Groups, bool]] = ()

    def __len__(self) -> int:
        """How many items are selected."""
        if self._places is not None:
            return len(self._places)
        return len(self.index) if self._found is None else self._found.count

    def keep(self, found: Found) -> None:
        """Keep only the items that meet a further condition."""
        if self._places is not None:
            self._places = [place for place in self._places if found.has(place)]
        elif self._found is None:
            self._found = found
        else:
            few, other = sorted((self._found, found), key=lambda each: each.count)
            self._places = sorted(place for place in few.places() if other.has(place))

    def sort(self, order: Sequence[tuple[Groups, bool]]) -> None:
        """Sort by some columns, the first one first; True for descending."""
        self._order = order

    def page(self, start: int, size: int) -> list[int]:
        """The places of the items from one position on."""
        if start >= len(self) or size <= 0:
            return []
        if self._order:
            return [place for place, _ in zip(self._sorted(start), range(size), strict=False)]
        if self._places is None and self._found is not None and self._found.count <= _FEW:
            self._places = sorted(self._found.places())
        if self._places is not None or self._found is None:
            return (self.index.places if self._places is None else self._places)[start : start + size]
        kept = (place for place in self.index.places if self._found.has(place))
        return _slice(kept, start, size)

    def position_of(self, item_id: str) -> int | None:
        """The position of an item in the selection; None if it is not in there."""
        place = self.index.place_of(item_id)
        if place is None:
            return None
        if not self._order and self._found is None and self._places is None:
            return bisect_left(self.index.places, place)
        every = self.page(0, len(self))
        return every.index(place) if place in every else None

    def _sorted(self, start: int) -> Iterator[int]:
        """The places in the order of the columns, from a position on."""
        (first, is_descending), *rest = self._order
        has = self._has()
        for group in first.in_order(is_descending=is_descending):
            kept = group if has is None else [place for place in group if has(place)]
            if start >= len(kept):
                start -= len(kept)
                continue
            for column, descends in reversed(rest):
                kept = sorted(kept, key=lambda place, keys=column.keys: keys[place], reverse=descends)  # type: ignore[misc]
            yield from kept[start:]
            start = 0

    def _has(self) -> Callable[[int], bool] | None:
        if self._places is not None:
            return frozenset(self._places).__contains__
        return self._found.has if self._found is not None else None


def _slice(places: Iterator[int], start: int, size: int) -> list[int]:
    for _ in zip(range(start), places, strict=False):
        pass
    return [place for _, place in zip(range(size), places, strict=False)]
