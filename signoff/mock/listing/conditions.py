"""Which items of a list meet a filter or a search, and the columns of its index that tell.

What a filter means is defined by `meets`, for one item. Where a column can tell the same for all items at
once, by a look-up or a bisection, it does; for the rest all items are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

from signoff.mock.listing.index import Found, Groups, Ranges, Texts
from signoff.mock.listing.members import values_at
from signoff.mock.world.examples import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.mock.listing.index import ListIndex
    from signoff.mock.listing.members import MemberPath
    from signoff.mock.listing.parameters import Comparison, Filter

_DAY = 10  # the length of a date, of which times have more
_SEPARATOR = "\0"  # between the texts of an item


@dataclass(frozen=True, slots=True)
class Scope:
    """The items that refer to a parent in the path, such as those of `/providers/{id}/models`.

    Attributes:
        members: the members that may have the parent, or its id.
        id_member: the member of the parent that is its id.
        wanted: the id of the parent.
    """

    members: tuple[str, ...]
    id_member: str
    wanted: str

    def found(self, index: ListIndex) -> Found:
        """The items of the parent."""
        members, id_member = self.members, self.id_member

        def ids_in(item: JsonObject) -> Iterator[str]:
            for member in members:
                value = item.get(member)
                for each in value if isinstance(value, list) else [value]:
                    yield text_of(each.get(id_member) if isinstance(each, dict) else each)

        column = index.column(("scope", members, id_member), lambda: Groups(ids_in))
        return column.found([self.wanted])


def filtered(index: ListIndex, each: Filter, wanted: JsonValue) -> Found:
    """The items that a filter keeps."""
    path = each.member
    if each.comparison == "equal":
        column = index.column(("equal", path), lambda: Groups(lambda item: _keys_of(item, path)))
        return column.found(_wanted_keys(wanted))
    is_single = not isinstance(wanted, list) and not (isinstance(wanted, str) and "," in wanted)
    if each.comparison == "contains" and is_single and str(wanted) and _SEPARATOR not in str(wanted):
        texts = index.column(("contains", path), lambda: Texts(lambda item: _joined(values_at(item, path))))
        return texts.found(str(wanted).lower())
    if is_single and each.comparison != "contains":
        found = _ranged(index, path, each.comparison, wanted)
        if found is not None:
            return found
    return index.scan(lambda item: meets(item, each, wanted))


def searched(index: ListIndex, text: str, embedded: Collection[str]) -> Found:
    """The items with a text, but not in the items of other resources in them."""
    text = text.lower()
    if _SEPARATOR in text:
        return index.scan(lambda item: any(text in each for each in _texts(item, embedded)))
    key = ("search", frozenset(embedded))
    return index.column(key, lambda: Texts(lambda item: _SEPARATOR.join(_texts(item, embedded)))).found(text)


def folded(index: ListIndex, name: str, wanted: str) -> Found:
    """The items with a text in a member, in upper or lower case."""
    column = index.column(("folded", name), lambda: Groups(lambda item: [text_of(item.get(name)).casefold()]))
    return column.found([wanted.casefold()])


def sort_column(index: ListIndex, path: MemberPath) -> Groups:
    """The column to sort by a member."""
    return index.column(("sort", path), lambda: Groups(lambda item: [_sort_key(item, path)], has_order=True))


def _joined(values: list[JsonValue]) -> str:
    return _SEPARATOR.join(str(value).lower() for value in values)


# Ranges


def _ranged(index: ListIndex, path: MemberPath, comparison: Comparison, wanted: JsonValue) -> Found | None:
    """The items with a value on one side of another one; None if the columns can't tell."""
    number = _number(wanted)
    if isinstance(wanted, str):
        if number is not None or len(wanted) < _DAY:
            return None
        parts = [("day", _by_day, wanted)]
        if len(wanted) > _DAY:
            parts = [("date", _of_dates, wanted[:_DAY]), ("moment", _of_moments, wanted)]
        pairs = [(kind, rank, _moment(text)) for kind, rank, text in parts]
    else:
        pairs = [("number", _of_numbers, number)]
    found = [
        index.column((kind, path), partial(_ranges, path, rank)).found(comparison, limit)
        for kind, rank, limit in pairs
        if limit is not None and not isnan(limit)
    ]
    if len(found) == 1:
        return found[0]
    return Found.of(place for part in found for place in part.places())


def _ranges(path: MemberPath, rank: Callable[[JsonValue], float | None]) -> Ranges:
    return Ranges(lambda item: _ranks(item, path, rank))


def _ranks(item: JsonObject, path: MemberPath, rank: Callable[[JsonValue], float | None]) -> Iterator[float]:
    for value in values_at(item, path):
        found = rank(value)
        if found is not None and not isnan(found):
            yield found


def _of_numbers(value: JsonValue) -> float | None:
    return _number(value)


def _by_day(value: JsonValue) -> float | None:
    """A moment at the beginning of its day, to be compared with a date."""
    return _moment(value[:_DAY]) if isinstance(value, str) else None


def _of_dates(value: JsonValue) -> float | None:
    return _moment(value) if isinstance(value, str) and len(value) == _DAY else None


def _of_moments(value: JsonValue) -> float | None:
    return _moment(value) if isinstance(value, str) and len(value) != _DAY else None


# Equality: two values are equal if they have a key in common, as `_equal` has it


def _keys_of(item: JsonObject, path: MemberPath) -> Iterator[Hashable]:
    for value in values_at(item, path):
        yield "folded", str(value).lower()
        if isinstance(value, bool):
            yield "boolean", str(value).lower()
            continue
        yield "text", str(value)
        number = _number(value)
        if number is not None and not isnan(number):
            yield "number", number
        if isinstance(value, str) and value[_DAY : _DAY + 1] == "T":
            yield "day", value[:_DAY]


def _wanted_keys(wanted: JsonValue) -> Iterator[Hashable]:
    options: list[JsonValue] = wanted if isinstance(wanted, list) else [wanted]
    if isinstance(wanted, str) and "," in wanted:
        yield "text", wanted
        options = [*(part.strip() for part in wanted.split(","))]
    for option in options:
        if isinstance(option, bool):
            yield "folded", str(option).lower()
            continue
        yield "boolean", str(option).lower()
        if isinstance(option, str) and len(option) == _DAY:
            yield "day", option
        yield "text", str(option)
        number = _number(option)
        if number is not None and not isnan(number):
            yield "number", number


# One item


def meets(item: JsonObject, each: Filter, wanted: JsonValue) -> bool:
    """Whether a filter keeps an item."""
    found = values_at(item, each.member)
    options: list[JsonValue] = wanted if isinstance(wanted, list) else [wanted]
    if isinstance(wanted, str) and "," in wanted and wanted not in found:
        options = [*(part.strip() for part in wanted.split(","))]
    return any(_compares(value, option, each.comparison) for value in found for option in options)


def _compares(value: JsonValue, wanted: JsonValue, comparison: Comparison) -> bool:
    if comparison == "contains":
        return str(wanted).lower() in str(value).lower()
    if comparison == "equal":
        return _equal(value, wanted)
    ranked = _ranked(value, wanted)
    if ranked is None:
        return False
    left, right = ranked
    match comparison:
        case "least":
            return left >= right
        case "most":
            return left <= right
        case "above":
            return left > right
        case _:
            return left < right


def _equal(value: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return str(value).lower() == str(wanted).lower()
    if isinstance(value, str) and isinstance(wanted, str) and len(wanted) == 10 and value[10:11] == "T":
        return value[:10] == wanted
    return str(value) == str(wanted) or (_number(value) == _number(wanted) is not None)


def _ranked(value: JsonValue, wanted: JsonValue) -> tuple[float, float] | None:
    """Both as numbers that can be compared: numbers, or moments of which one may be a day."""
    left, right = _number(value), _number(wanted)
    if left is not None and right is not None:
        return left, right
    if not isinstance(value, str) or not isinstance(wanted, str):
        return None
    size = 10 if min(len(value), len(wanted)) == 10 else None
    moments = _moment(value[:size]), _moment(wanted[:size])
    return (moments[0], moments[1]) if moments[0] is not None and moments[1] is not None else None


def _number(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _moment(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _texts(item: JsonObject, embedded: Collection[str]) -> Iterator[str]:
    """The texts of an item in lower case, but not those of the items of other resources in it."""
    pending = [value for name, value in item.items() if name not in embedded]
    while pending:
        each = pending.pop()
        if isinstance(each, str):
            yield each.lower()
        elif isinstance(each, dict):
            pending += each.values()
        elif isinstance(each, list):
            pending += each


def _sort_key(item: JsonObject, path: MemberPath) -> tuple[int, float, str]:
    """Numbers before texts; what is missing comes first."""
    value = next(iter(values_at(item, path)), None)
    if isinstance(value, bool | int | float):
        return 1, float(value), ""
    return (2, 0.0, str(value)) if value is not None else (0, 0.0, "")
