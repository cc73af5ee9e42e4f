"""Which items of a list a request gets: filters, search, order and page."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.contract import json_value
from signoff.contract.json_value import JsonSyntaxError, as_list, as_object
from signoff.contract.names import words_of
from signoff.mock.exchange import to_json
from signoff.mock.listing.conditions import filtered, searched, sort_column
from signoff.mock.listing.index import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.mock.listing.conditions import Scope
    from signoff.mock.listing.index import ListIndex
    from signoff.mock.listing.members import MemberPath, Members
    from signoff.mock.listing.parameters import Input, ListParameters

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
    index: ListIndex,
    parameters: ListParameters,
    members: Members,
    query: Query,
    *,
    bounds: tuple[int, int] = (0, _LARGEST),
    scopes: Sequence[Scope] = (),
) -> Page:
    """The page of a list that a request asks for. Entities are looked up only where they matter.

    Args:
        index: the whole list.
        parameters: the meaning of the operation's parameters.
        members: the members of the items.
        query: the values of the request's parameters.
        bounds: how many items the response's schema wants at least and at most.
        scopes: which items the list has at all.
    """
    selection, notes = _kept(index, parameters, members, query, scopes)
    start, size = _range(parameters, query, selection, bounds)
    places = selection.page(start, size)
    entries = [
        (index.id_at(place), found) for place in places if (found := index.entity_at(place)) is not None
    ]
    page = Page(entries, len(selection), start, size, parameters.first_page, notes)
    shown = f"items {start + 1} to {page.end} of" if page.entries else "0 items of"
    unknown = [each.label for each in parameters.other if ("query", each.parameter) in query]
    notes += [f"{shown} {page.total}", *(f"{label} is not used" for label in unknown)]
    return page


def _kept(
    index: ListIndex, parameters: ListParameters, members: Members, query: Query, scopes: Sequence[Scope]
) -> tuple[Selection, list[str]]:
    """The items after filters, search and sorting, and what these did."""
    notes: list[str] = []
    selection = Selection(index)
    for scope in scopes:
        selection.keep(scope.found(index))
    whole = len(selection)
    for each in parameters.filters:
        wanted = each.source.value(query)
        if wanted is not None:
            selection.keep(filtered(index, each, wanted))
            notes.append(f"filter by {each.source.label}: {len(selection)} of {whole}")
    text = parameters.search.value(query) if parameters.search else None
    if isinstance(text, str) and text:
        selection.keep(searched(index, text, members.embedded))
        notes.append(f"search: {len(selection)} of {whole}")
    order = list(_order(parameters, members, query))
    selection.sort([(sort_column(index, path), is_descending) for path, is_descending in order])
    for path, is_descending in reversed(order):
        notes.append(f"sort by {'.'.join(path)}{' descending' if is_descending else ''}")
    return selection, notes


def _range(
    parameters: ListParameters, query: Query, items: Selection, bounds: tuple[int, int]
) -> tuple[int, int]:
    """Where the page starts, and how many items it has at most."""
    total = len(items)
    size = _size(parameters, query, total, bounds)
    start = 0
    if parameters.page is not None and (page := _whole(parameters.page.value(query))) is not None:
        start = max(0, page - parameters.first_page) * size
    if parameters.offset is not None and (offset := _whole(parameters.offset.value(query))) is not None:
        start = max(0, offset)
    if parameters.cursor is not None and (value := parameters.cursor.value(query)) is not None:
        start = position_of(value, items)
    if parameters.backward is not None and (value := parameters.backward.value(query)) is not None:
        end = max(0, position_of(value, items) - 1)
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


def position_of(value: JsonValue, items: Selection) -> int:
    """The position after the item that a cursor names: an opaque one, an id, or a position."""
    text = str(value)
    if (position := items.position_of(text)) is not None:
        return position + 1
    try:
        padded = text + "=" * (-len(text) % 4)
        held = as_object(json_value.parse(base64.urlsafe_b64decode(padded.encode())))
    except (binascii.Error, ValueError, JsonSyntaxError):
        held = {}
    if isinstance(named := held.get("after"), str):
        position = items.position_of(named)
        return 0 if position is None else position + 1
    return min(int(text), len(items)) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _whole(value: JsonValue) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    return int(value) if isinstance(value, int | float) and abs(value) < 10**9 else None


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


def listed(value: JsonValue) -> list[str]:
    """The names in the value of `fields` or `expand`."""
    found = as_list(value) or ([value] if isinstance(value, str) else [])
    return [name.strip() for text in found for name in str(text).split(",") if name.strip()]


def sent(each: Input | None, query: Query) -> list[str] | None:
    """The names that a parameter lists; None if the operation has none, or it was not sent."""
    value = each.value(query) if each is not None else None
    return listed(value) if value is not None else None
