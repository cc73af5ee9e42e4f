"""The members and headers beside a list: totals, page numbers, cursors and links, all about the same page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from signoff.contract import Direction
from signoff.contract.coercion import coerce
from signoff.contract.envelopes import is_object, members_of, settled
from signoff.contract.json_value import as_object
from signoff.contract.names import words_of
from signoff.contract.schema_view import Part
from signoff.mock.listing.selection import Page, cursor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.contract import Schema
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.mock.exchange import RawHeaders
    from signoff.mock.listing.parameters import ListParameters

_DEEPEST = 3


def _table(*rows: tuple[str, ...]) -> dict[str, str]:
    """Rows of a meaning and the names that have it, by name."""
    return {name: meaning for meaning, *names in rows for name in names}


_NUMBERS = _table(
    (
        "total",
        "total",
        "totalcount",
        "totalitems",
        "totalresults",
        "totalelements",
        "totalrecords",
        "numfound",
        "totalhits",
        "totalrows",
    ),
    (
        "total",
        "recordstotal",
        "recordsfiltered",
        "totalsize",
        "itemstotal",
        "nbhits",
        "totalnumber",
        "resultstotal",
    ),
    ("length", "numberofelements", "itemcount", "currentitemcount", "returned", "resultcount", "pagelength"),
    ("count", "count"),
    (
        "pages",
        "totalpages",
        "pagecount",
        "pages",
        "lastpage",
        "pagetotal",
        "numpages",
        "pagestotal",
        "nbpages",
        "last",
    ),
    ("number", "page", "currentpage", "pagenumber", "pageindex", "pageno", "number", "current"),
    ("size", "limit", "pagesize", "perpage", "size", "itemsperpage", "resultsperpage"),
    ("start", "offset", "skip", "startindex", "start"),
    ("first_item", "from"),
    ("last_item", "to"),
    ("next_number", "next", "nextpage"),
    ("previous_number", "prev", "previous", "prevpage", "previouspage"),
    ("next_start", "nextoffset"),
    ("first_number", "first", "firstpage"),
)
_FLAGS = _table(
    (
        "has_next",
        "hasmore",
        "more",
        "hasnext",
        "hasnextpage",
        "ismore",
        "moreavailable",
        "morepages",
        "istruncated",
    ),
    ("has_previous", "hasprevious", "hasprev", "hasprevpage", "haspreviouspage"),
    ("is_first", "first", "isfirst", "isfirstpage"),
    ("is_last", "last", "islast", "islastpage"),
    ("is_empty", "empty", "isempty"),
)
_TEXTS = _table(
    (
        "next_token",
        "nextcursor",
        "nextpagetoken",
        "nexttoken",
        "endcursor",
        "cursor",
        "continuationtoken",
        "nextpagecursor",
        "after",
        "marker",
    ),
    (
        "previous_token",
        "prevcursor",
        "previouscursor",
        "startcursor",
        "before",
        "prevpagetoken",
        "previouspagetoken",
    ),
    ("first_id", "firstid"),
    ("last_id", "lastid"),
    ("next_url", "next", "nexturl", "nextlink", "nextpage", "nextpageurl", "nexthref"),
    (
        "previous_url",
        "prev",
        "previous",
        "prevurl",
        "prevlink",
        "prevpage",
        "previouspage",
        "prevpageurl",
        "previousurl",
        "previouslink",
    ),
    ("first_url", "first", "firsturl", "firstlink", "firstpage", "firstpageurl"),
    ("last_url", "last", "lasturl", "lastlink", "lastpage", "lastpageurl"),
    ("self_url", "self", "selfurl", "selflink", "current", "currenturl"),
)
_AROUND = ("href", "url", "uri", "link")
_RELATIONS = ("first", "previous", "next", "last")


@dataclass(frozen=True, slots=True)
class Slot:
    """A member, or a header, that says something about the page.

    Attributes:
        path: where it is in the body; the name of a header.
        meaning: what it says.
        kinds: its JSON types.
        required: whether it has to be there.
    """

    path: tuple[str, ...]
    meaning: str
    kinds: frozenset[str]
    required: bool


@dataclass(frozen=True, slots=True)
class Address:
    """Where a list was asked for, to build the addresses of its other pages."""

    origin: str
    path: str
    query: str

    def with_values(self, **values: str | None) -> str:
        """The address with some query parameters changed; None leaves one out."""
        kept = [
            (name, text) for name, text in parse_qsl(self.query, keep_blank_values=True) if name not in values
        ]
        kept += [(name, text) for name, text in values.items() if text is not None]
        query = urlencode(kept)
        return f"{self.origin}{self.path}{f'?{query}' if query else ''}"


class Pagination:
    """Says what is true about a page, in the places that the document has for it.

    Args:
        parameters: the meaning of the query parameters.
        schema: the schema of the whole body.
        path: where in the body the list is.
    """

    def __init__(self, parameters: ListParameters, schema: Schema, path: tuple[str, ...]) -> None:
        self._parameters = parameters
        slots = list(_slots(schema, path, parameters)) if path else []
        has_total = any(slot.meaning == "total" for slot in slots)
        self.slots = [
            Slot(s.path, "length" if has_total else "total", s.kinds, s.required)
            if s.meaning == "count"
            else s
            for s in slots
        ]

    @property
    def has_addresses(self) -> bool:
        """Whether the body has addresses of pages."""
        return any(slot.meaning.endswith("url") for slot in self.slots)

    def fill(self, body: JsonObject, page: Page, address: Address, schema: Schema) -> JsonObject:
        """The body with members that are true about the page, as far as the schema accepts them."""
        filled = body
        for slot in self.slots:
            filled = _put(filled, slot, self._fitting(slot, page, address))
        if filled is body or schema.is_valid(filled, Direction.RESPONSE):
            return filled
        for slot in self.slots:
            value = self._fitting(slot, page, address)
            options = (value, str(value), None, _ABSENT)
            changed = (_put(body, slot, option) for option in options)
            body = next((each for each in changed if schema.is_valid(each, Direction.RESPONSE)), body)
        return body

    def _fitting(self, slot: Slot, page: Page, address: Address) -> JsonValue | object:
        value = self.value(slot.meaning, page, address)
        if value is None:
            if "null" in slot.kinds or not slot.kinds:
                return None
            return "" if slot.required and slot.kinds == {"string"} else _ABSENT
        if isinstance(value, str):
            return coerce(value, slot.kinds)
        return str(value) if slot.kinds == {"string"} and not isinstance(value, bool) else value

    def value(self, meaning: str, page: Page, address: Address) -> JsonValue:
        """What is true about a page; None where there is nothing, such as a next page of the last one."""
        if meaning.endswith("_url"):
            return self._address(meaning.removesuffix("_url"), page, address)
        if meaning.endswith("_token"):
            return self._token(meaning, page)
        return _FACTS[meaning](page)

    def _token(self, meaning: str, page: Page) -> JsonValue:
        """A cursor that the operation accepts: opaque, or the id or position if only these are valid."""
        is_next = meaning == "next_token"
        if not page.entries or not (page.has_next if is_next else page.has_previous):
            return None
        item_id = page.entries[-1 if is_next else 0][0]
        source = self._parameters.cursor if is_next else self._parameters.backward
        options = [cursor_of(item_id), item_id, str(page.end if is_next else page.start)]
        if source is not None and "".join(source.words).endswith(
            ("startingafter", "sinceid", "endingbefore")
        ):
            options = [item_id]
        for text in options:
            if source is None or source.key or source.whole is None:
                return text
            value = coerce(text, source.kinds)
            if source.whole.is_valid(value, Direction.REQUEST):
                return value
        return item_id

    def _address(self, relation: str, page: Page, address: Address) -> str | None:
        """The address of another page, by the first of the parameters page, offset and cursor."""
        if relation == "self":
            return address.with_values()
        parameters = self._parameters
        starts = {
            "first": 0,
            "previous": max(0, page.start - page.size) if page.has_previous else None,
            "next": page.end if page.has_next else None,
            "last": max(0, page.pages - 1) * page.size,
        }
        start = starts[relation]
        if start is None or not parameters.is_paged:
            return None
        if parameters.page is not None:
            number = page.first_page + (start // page.size if page.size else 0)
            return address.with_values(**{parameters.page.label: str(number)})
        if parameters.offset is not None:
            return address.with_values(**{parameters.offset.label: str(start)})
        if relation in ("next", "first") and parameters.cursor is not None:
            token = self._token("next_token", page) if relation == "next" else None
            text = None if token is None else str(token)
            return address.with_values(**{parameters.cursor.label: text})
        if relation == "previous" and parameters.backward is not None:
            return address.with_values(
                **{parameters.backward.label: str(self._token("previous_token", page))}
            )
        return None

    def headers(self, fields: RawHeaders, page: Page, address: Address) -> RawHeaders:
        """Documented header fields, with those about the page set to what is true."""
        return tuple(
            (name, text)
            for name, value in fields
            for text in [self._header(name.decode("latin-1"), value, page, address)]
            if text is not None
        )

    def _header(self, name: str, value: bytes, page: Page, address: Address) -> bytes | None:
        if name == "link":
            links = [(rel, self._address(rel, page, address)) for rel in _RELATIONS]
            rels = [(rel.replace("previous", "prev"), target) for rel, target in links if target]
            return ", ".join(f'<{target}>; rel="{rel}"' for rel, target in rels).encode() or None
        if name == "content-range":
            shown = f"{page.start}-{page.end - 1}" if page.entries else "*"
            return f"items {shown}/{page.total}".encode()
        words = [word for word in words_of(name) if word not in ("x", "pagination", "paging")]
        folded = "".join(words)
        meaning = _NUMBERS.get(folded) or _FLAGS.get(folded) or _TEXTS.get(folded)
        if meaning is None or (words_of(name)[:1] != ("x",) and meaning != "total"):
            return value
        found = self.value("total" if meaning == "count" else meaning, page, address)
        return (
            None
            if found is None
            else str(found).lower().encode()
            if isinstance(found, bool)
            else str(found).encode()
        )


_ABSENT = object()


_FACTS: dict[str, Callable[[Page], JsonValue]] = {
    "total": lambda page: page.total,
    "length": lambda page: len(page.entries),
    "pages": lambda page: page.pages,
    "number": lambda page: page.number,
    "size": lambda page: page.size,
    "start": lambda page: page.start,
    "first_item": lambda page: page.start + 1 if page.entries else None,
    "last_item": lambda page: page.end if page.entries else None,
    "next_number": lambda page: page.number + 1 if page.has_next else None,
    "previous_number": lambda page: page.number - 1 if page.has_previous else None,
    "next_start": lambda page: page.end if page.has_next else None,
    "first_number": lambda page: page.first_page,
    "has_next": lambda page: page.has_next,
    "has_previous": lambda page: page.has_previous,
    "is_first": lambda page: not page.has_previous,
    "is_last": lambda page: not page.has_next,
    "is_empty": lambda page: not page.entries,
    "first_id": lambda page: page.entries[0][0] if page.entries else None,
    "last_id": lambda page: page.entries[-1][0] if page.entries else None,
}


def _slots(schema: Schema, path: tuple[str, ...], parameters: ListParameters) -> Iterator[Slot]:
    """The members about the page in a body, beside its list."""
    schemas = schema.schemas
    pending: list[tuple[tuple[str, ...], Part]] = [((), Part(schema.raw, schema.pointer))]
    while pending:
        place, part = pending.pop(0)
        required = schemas.view(part.raw).flat.get("required")
        for name, member in members_of(schemas, part).items():
            here = (*place, name)
            if here == path:
                continue
            end = settled(schemas, member)
            view = schemas.view(end.raw)
            is_required = isinstance(required, list) and name in required
            kinds = view.kinds | (schemas.view(member.raw).kinds & {"null"})
            if is_object(schemas, end):
                if len(here) < _DEEPEST:
                    pending.append((here, end))
            elif (meaning := _meaning(here, kinds, str(view.flat.get("format", "")), parameters)) is not None:
                yield Slot(here, meaning, frozenset(kinds | _nullable(member)), is_required)


def _nullable(part: Part) -> frozenset[str]:
    options = [child for keyword in ("anyOf", "oneOf") for child in part.children(keyword)]
    return frozenset({"null"} if any(each.schema.get("type") == "null" for each in options) else ())


def _meaning(
    path: tuple[str, ...], kinds: frozenset[str], form: str, parameters: ListParameters
) -> str | None:
    names = ["".join(words_of(name)) for name in path]
    if names[-1] in _AROUND and len(names) > 1:
        names.pop()
    name = names[-1]
    if "boolean" in kinds:
        return _FLAGS.get(name)
    if "string" in kinds or not kinds:
        found = _TEXTS.get(name)
        is_link = form.startswith("uri") or len(path) > len(names) or (names[:-1] and "link" in names[-2])
        if found == "next_url" and name in ("next", "nextpage") and not is_link:
            has_cursor = (
                parameters.cursor is not None and parameters.page is None and parameters.offset is None
            )
            found = "next_token" if has_cursor else found
        if found is not None or kinds:
            return found or (_NUMBERS.get(name) if name.startswith("total") else None)
    if not kinds & {"integer", "number"}:
        return None
    meaning = _TEXTS.get(name, "")
    return _NUMBERS.get(name) or (meaning if meaning.endswith(("_token", "_id")) else None)


def _put(body: JsonObject, slot: Slot, value: JsonValue | object) -> JsonObject:
    """A copy of a body with a member set or left out."""
    made = dict(body)
    holder = made
    for name in slot.path[:-1]:
        inner = holder.get(name)
        if inner is not None and not isinstance(inner, dict):
            return body
        if inner is None and value is _ABSENT:
            return body
        holder[name] = copied = dict(as_object(inner))
        holder = copied
    if value is _ABSENT:
        holder.pop(slot.path[-1], None)
    else:
        holder[slot.path[-1]] = value  # type: ignore[assignment]
    return made
