"""What the query parameters of a list mean, by the conventions of the field.

Names and types decide, once for each operation: `limit` and `per_page` are the size of a page, a parameter
that is named like a member of the items is a filter. A parameter that means nothing here changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from signoff.contract.json_value import as_list, as_object
from signoff.contract.names import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract import Operation, Schema
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.mock.listing.members import MemberPath, Members

Comparison = Literal["equal", "contains", "least", "most", "above", "under"]

_LIMITS = (
    *("limit", "pagesize", "perpage", "size", "first", "maxresults", "pagelimit", "itemsperpage", "take"),
    *("resultsperpage", "maxitems", "max", "top", "count", "rows", "num", "n", "maxcount"),
)
_OFFSETS = ("offset", "skip", "startindex", "pageoffset", "start", "from", "begin")
_PAGES = ("page", "pagenumber", "pageno", "pagenum", "currentpage", "pageindex", "p")
_CURSORS = (
    *("cursor", "after", "pagetoken", "startingafter", "nexttoken", "continuationtoken", "nextpagetoken"),
    *(
        "pagecursor",
        "pageafter",
        "nextcursor",
        "marker",
        "startafter",
        "continuation",
        "sinceid",
        "aftercursor",
    ),
)
_BACKWARD = ("before", "endingbefore", "pagebefore", "prevcursor", "previouscursor", "beforecursor")
_SORTS = ("sort", "sortby", "orderby", "ordering", "order", "sortfield", "orderfield")
_DIRECTIONS = (
    "order",
    "sortorder",
    "sortdirection",
    "direction",
    "dir",
    "orderdirection",
    "sortdir",
    "sorttype",
)
_SEARCHES = (
    *(
        "q",
        "query",
        "search",
        "searchterm",
        "searchquery",
        "term",
        "keyword",
        "keywords",
        "text",
        "searchtext",
    ),
    *("querytext", "searchstring", "filtertext"),
)
_FIELDS = ("fields", "select", "field", "only", "includefields", "fieldmask", "returnfields")
_EXPANDS = ("expand", "include", "embed", "populate", "expands", "includes", "with")
_AFFIXES = ("filter", "where", "by", "eq", "equals", "in", "is", "has", "filters", "search")
_RANGES: dict[str, Comparison] = {
    **dict.fromkeys(("min", "minimum", "from", "since", "gte", "ge", "start", "begin", "newer"), "least"),
    **dict.fromkeys(("max", "maximum", "to", "until", "till", "lte", "le", "end", "older", "up"), "most"),
    **dict.fromkeys(("gt", "after", "above", "over"), "above"),
    **dict.fromkeys(("lt", "before", "below", "under"), "under"),
}
_CONTAINS = ("like", "contains", "ilike", "match", "matches", "startswith", "prefix")
_GROUPS = ("filter", "filters", "where", "page", "sort", "fields", "q", "query", "pagination", "paging")


@dataclass(frozen=True, slots=True)
class Input:
    """A query parameter, or a member of an object parameter such as `page` of `page[size]`.

    Attributes:
        parameter: the name of the parameter.
        key: the member of its object; empty for the whole.
        schema: its keywords.
        whole: the schema of the parameter, to check values; None without one.
    """

    parameter: str
    key: str
    schema: JsonObject
    kinds: frozenset[str]
    whole: Schema | None = None

    @property
    def label(self) -> str:
        """As it is written in a query."""
        return f"{self.parameter}[{self.key}]" if self.key else self.parameter

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its name."""
        return (*words_of(self.parameter), *words_of(self.key))

    def value(self, query: Mapping[tuple[str, str], JsonValue]) -> JsonValue:
        """The value that was sent, else the documented default; None without one."""
        found = query.get(("query", self.parameter))
        if self.key:
            found = as_object(found).get(self.key)
        return self.schema.get("default") if found is None else found


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter that keeps some of the items."""

    source: Input
    member: MemberPath
    comparison: Comparison


@dataclass(slots=True)
class ListParameters:
    """The query parameters of a list by their meaning."""

    limit: Input | None = None
    offset: Input | None = None
    page: Input | None = None
    cursor: Input | None = None
    backward: Input | None = None
    sort: Input | None = None
    direction: Input | None = None
    search: Input | None = None
    fields: Input | None = None
    expand: Input | None = None
    filters: list[Filter] = field(default_factory=list)
    other: list[Input] = field(default_factory=list)

    @property
    def is_paged(self) -> bool:
        """Whether pages beyond the first can be asked for."""
        return any((self.offset, self.page, self.cursor, self.backward))

    @property
    def first_page(self) -> int:
        """The number of the first page: 0 or 1."""
        if self.page is None:
            return 1
        least = self.page.schema.get("minimum", self.page.schema.get("default"))
        is_index = self.page.words[-1] == "index" and least is None
        return 0 if least == 0 or is_index else 1


def parameters_of(operation: Operation, members: Members) -> ListParameters:
    """The meaning of an operation's query parameters for items with these members."""
    found = ListParameters()
    inputs = list(_inputs(operation))
    single = {"".join(each.words) for each in inputs}
    for each in inputs:
        is_known = each.words and (
            _pages(found, each, single) or _orders(found, each, members) or _filters(found, each, members)
        )
        if not is_known:
            found.other.append(each)
    return found


def _inputs(operation: Operation) -> Iterator[Input]:
    for parameter in operation.parameters:
        if parameter.location != "query":
            continue
        view = parameter.schema.view if parameter.schema else None
        outline = view.flat if view else {}
        properties = as_object(outline.get("properties"))
        if properties and parameter.schema is not None:
            for key, raw in properties.items():
                inner = parameter.schema.schemas.view(raw)
                yield Input(parameter.name, key, inner.flat, inner.kinds)
        else:
            kinds = view.kinds if view else frozenset()
            yield Input(parameter.name, "", outline, kinds, parameter.schema)


def _pages(found: ListParameters, each: Input, others: set[str]) -> bool:
    """Take a parameter that says which part of the list is wanted."""
    words = each.words
    name = "".join(words[1:] if len(words) > 1 and words[0] in ("page", "pagination", "paging") else words)
    whole = "".join(words)
    is_number = not each.kinds or bool(each.kinds & {"integer", "number"})
    is_moment = str(each.schema.get("format", "")).startswith("date")
    is_whole = whole in _PAGES or (name in ("number", "index", "no") and words[0] == "page")
    if is_number and found.page is None and is_whole:
        found.page = each
    elif is_number and found.limit is None and (whole in _LIMITS or name in _LIMITS):
        found.limit = each
    elif is_number and found.offset is None and (whole in _OFFSETS or name in _OFFSETS):
        found.offset = each
    elif found.cursor is None and not is_moment and _is_cursor(whole, name, each):
        if whole in ("after", "before") and f"created{whole}" in others:
            return False
        found.cursor = each
    elif found.backward is None and not is_moment and (whole in _BACKWARD or name in _BACKWARD):
        found.backward = each
    else:
        return False
    return True


def _is_cursor(whole: str, name: str, each: Input) -> bool:
    is_token = whole == "page" and each.kinds == {"string"}
    return whole in _CURSORS or is_token or (each.words[0] == "page" and name in (*_CURSORS, "token"))


def _orders(found: ListParameters, each: Input, members: Members) -> bool:
    """Take a parameter that says how, not which: order, search, members to show."""
    whole = "".join(each.words)
    first = each.words[0] if each.key and each.words else whole
    options = {str(option).lower() for option in as_list(each.schema.get("enum"))}
    is_direction = bool(options) and options <= {"asc", "desc", "ascending", "descending"}
    if found.direction is None and whole in _DIRECTIONS and (is_direction or whole != "order"):
        found.direction = each
    elif members.find(each.words) is not None:
        return False
    elif found.sort is None and whole in _SORTS:
        found.sort = each
    elif found.search is None and whole in _SEARCHES:
        found.search = each
    elif found.fields is None and (whole in _FIELDS or first == "fields"):
        found.fields = each
    elif found.expand is None and whole in _EXPANDS:
        found.expand = each
    else:
        return False
    return True


def _filters(found: ListParameters, each: Input, members: Members) -> bool:
    """Take a parameter that compares with a member of the items."""
    words = each.words
    if each.key and words_of(each.parameter)[-1:] and words_of(each.parameter)[0] in _GROUPS:
        words = words_of(each.key)
    comparison: Comparison = "equal"
    member = members.find(words)
    while member is None and len(words) > 1 and (words[0] in _AFFIXES or words[-1] in _AFFIXES):
        words = words[1:] if words[0] in _AFFIXES else words[:-1]
        member = members.find(words)
    if member is None and len(words) > 1 and words[-1] in _CONTAINS:
        member, comparison = members.find(words[:-1]), "contains"
    if member is None:
        for rest, sign in ((words[1:], words[:1]), (words[:-1], words[-1:])):
            if sign and sign[0] in _RANGES and (member := members.find_ordered(rest)) is not None:
                comparison = _RANGES[sign[0]]
                break
    if member is None:
        return False
    found.filters.append(Filter(each, member, comparison))
    return True
