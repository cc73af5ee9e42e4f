"""Which items of a list a request gets: filters, search, order and page."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from signoff.contract import json_value
from signoff.contract.json_value import JsonSyntaxError, as_list, as_object
from signoff.contract.names import words_of
from signoff.mock.exchange import to_json
from signoff.mock.listing.members import values_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.mock.listing.members import MemberPath, Members
    from signoff.mock.listing.parameters import Comparison, Filter, Input, ListParameters

    Query = Mapping[tuple[str, str], JsonValue]
    Entry = tuple[str, JsonObject]  # an id and its entity

USUAL_SIZE = 20
_LARGEST = 10_000


@dataclass(slots=True)
class Page:
    """The part of a list that a request gets.

    Attributes:
        entries: the ids and entities.
        total: how many the whole list has, after filters.
        start: the position of the first one.
        size: how many a page has at most.
        first_page: the number of the first page.
        notes: how it came about, for `Signoff-Explain`.
    """

    entries: list[Entry]
    total: int
    start: int
    size: int
    first_page: int
    notes: list[str] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The position after the last one."""
        return self.start + len(self.entries)

    @property
    def has_next(self) -> bool:
        """Whether more follow."""
        return self.end < self.total

    @property
    def has_previous(self) -> bool:
        """Whether some come before."""
        return self.start > 0

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size) if self.size else 0

    @property
    def number(self) -> int:
        """The number of this page."""
        return self.first_page + (self.start // self.size if self.size else 0)


def select(
    ids: Sequence[str],
    entity_of: Callable[[str], JsonObject | None],
    parameters: ListParameters,
    members: Members,
    query: Query,
    *,
    bounds: tuple[int, int] = (0, _LARGEST),
    is_kept: Callable[[JsonObject], bool] | None = None,
) -> Page:
    """The page of a list that a request asks for. Entities are looked up only where they matter.

    Args:
        ids: the whole list.
        entity_of: looks an entity up.
        parameters: the meaning of the operation's parameters.
        members: the members of the items.
        query: the values of the request's parameters.
        bounds: how many items the response's schema wants at least and at most.
        is_kept: which items the list has at all; None for all.
    """
    ids, notes = _kept(ids, entity_of, parameters, members, query, is_kept)
    start, size = _range(parameters, query, ids, bounds)
    entries = [(each, found) for each in ids[start : start + size] if (found := entity_of(each)) is not None]
    page = Page(entries, len(ids), start, size, parameters.first_page, notes)
    shown = f"items {start + 1} to {page.end} of" if page.entries else "0 items of"
    unknown = [each.label for each in parameters.other if ("query", each.parameter) in query]
    notes += [f"{shown} {page.total}", *(f"{label} is not used" for label in unknown)]
    return page


def _kept(
    ids: Sequence[str],
    entity_of: Callable[[str], JsonObject | None],
    parameters: ListParameters,
    members: Members,
    query: Query,
    is_kept: Callable[[JsonObject], bool] | None,
) -> tuple[Sequence[str], list[str]]:
    """The ids after filters, search and sorting, and what these did."""
    notes: list[str] = []
    filters = [
        (each, wanted) for each in parameters.filters if (wanted := each.source.value(query)) is not None
    ]
    text = parameters.search.value(query) if parameters.search else None
    order = list(_order(parameters, members, query))
    if filters or text or order or is_kept is not None:
        kept = [(each, entity) for each in ids if (entity := entity_of(each)) is not None]
        kept = [entry for entry in kept if is_kept is None or is_kept(entry[1])]
        whole = len(kept)
        for each, wanted in filters:
            kept = [entry for entry in kept if _matches(entry[1], each, wanted)]
            notes.append(f"filter by {each.source.label}: {len(kept)} of {whole}")
        if isinstance(text, str) and text:
            kept = [entry for entry in kept if any(text.lower() in t for t in _texts(entry[1], members))]
            notes.append(f"search: {len(kept)} of {whole}")
        for path, is_descending in reversed(order):
            kept.sort(key=lambda entry: _sort_key(entry[1], path), reverse=is_descending)
            notes.append(f"sort by {'.'.join(path)}{' descending' if is_descending else ''}")
        ids = [entry[0] for entry in kept]
    return ids, notes


def _range(
    parameters: ListParameters, query: Query, ids: Sequence[str], bounds: tuple[int, int]
) -> tuple[int, int]:
    """Where the page starts, and how many items it has at most."""
    total = len(ids)
    size = _size(parameters, query, total, bounds)
    start = 0
    if parameters.page is not None and (page := _whole(parameters.page.value(query))) is not None:
        start = max(0, page - parameters.first_page) * size
    if parameters.offset is not None and (offset := _whole(parameters.offset.value(query))) is not None:
        start = max(0, offset)
    if parameters.cursor is not None and (value := parameters.cursor.value(query)) is not None:
        start = position_of(value, ids)
    if parameters.backward is not None and (value := parameters.backward.value(query)) is not None:
        end = max(0, position_of(value, ids) - 1)
        start = max(0, end - size)
        size = min(size, end - start)
    if start >= total and bounds[0]:  # an empty page would not match the schema
        start = max(0, total - max(size, bounds[0]))
    return min(start, total), size


def _size(parameters: ListParameters, query: Query, total: int, bounds: tuple[int, int]) -> int:
    limit = parameters.limit
    wanted = _whole(limit.value(query)) if limit is not None else None
    if wanted is None:
        wanted = USUAL_SIZE if parameters.is_paged else total
        most = limit.schema.get("maximum") if limit is not None else None
        wanted = min(wanted, int(most)) if isinstance(most, int | float) else wanted
    return max(bounds[0], min(wanted, bounds[1], _LARGEST), 0)


def cursor_of(item_id: str) -> str:
    """An opaque cursor for the items after one."""
    return base64.urlsafe_b64encode(to_json({"after": item_id})).decode().rstrip("=")


def position_of(value: JsonValue, ids: Sequence[str]) -> int:
    """The position after the item that a cursor names: an opaque one, an id, or a position."""
    text = str(value)
    if text in ids:
        return ids.index(text) + 1
    try:
        padded = text + "=" * (-len(text) % 4)
        held = as_object(json_value.parse(base64.urlsafe_b64decode(padded.encode())))
    except (binascii.Error, ValueError, JsonSyntaxError):
        held = {}
    if isinstance(named := held.get("after"), str):
        return ids.index(named) + 1 if named in ids else 0
    return min(int(text), len(ids)) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _whole(value: JsonValue) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    return int(value) if isinstance(value, int | float) and abs(value) < 10**9 else None


def _matches(item: JsonObject, each: Filter, wanted: JsonValue) -> bool:
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


def _texts(item: JsonObject, members: Members) -> Iterator[str]:
    """The texts of an item in lower case, but not those of the items of other resources in it."""
    pending = [value for name, value in item.items() if name not in members.embedded]
    while pending:
        each = pending.pop()
        if isinstance(each, str):
            yield each.lower()
        elif isinstance(each, dict):
            pending += each.values()
        elif isinstance(each, list):
            pending += each


def _order(parameters: ListParameters, members: Members, query: Query) -> Iterator[tuple[MemberPath, bool]]:
    """The members to sort by, and whether descending."""
    value = parameters.sort.value(query) if parameters.sort else None
    direction = str(parameters.direction.value(query) if parameters.direction else "").lower()
    texts = [str(each) for each in as_list(value)] or (str(value).split(",") if value is not None else [])
    for text in texts:
        words = words_of(text)
        is_descending = text.strip().startswith("-") or direction.startswith("desc")
        path = members.find(words)
        for sign in ("asc", "ascending", "desc", "descending"):
            if path is None and words[-1:] == (sign,):
                path, is_descending = members.find(words[:-1]), sign.startswith("desc")
            elif path is None and words[:1] == (sign,):
                path, is_descending = members.find(words[1:]), sign.startswith("desc")
        if path is not None:
            yield path, is_descending


def _sort_key(item: JsonObject, path: MemberPath) -> tuple[int, float, str]:
    """Numbers before texts; what is missing comes first."""
    value = next(iter(values_at(item, path)), None)
    if isinstance(value, bool | int | float):
        return 1, float(value), ""
    return (2, 0.0, str(value)) if value is not None else (0, 0.0, "")


def listed(value: JsonValue) -> list[str]:
    """The names in the value of `fields` or `expand`."""
    found = as_list(value) or ([value] if isinstance(value, str) else [])
    return [name.strip() for text in found for name in str(text).split(",") if name.strip()]


def sent(each: Input | None, query: Query) -> list[str] | None:
    """The names that a parameter lists; None if the operation has none, or it was not sent."""
    value = each.value(query) if each is not None else None
    return listed(value) if value is not None else None
