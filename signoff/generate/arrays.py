"""Arrays for flat schemas: how many items they have, and the values of these."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list
from signoff.generate.errors import CannotGenerateError
from signoff.generate.facts import bound
from signoff.generate.merge import FURTHER_CONTAINS, both
from signoff.generate.walk import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.generate.walk import Place, Walk

_USUAL_ITEMS = 3


def array(walk: Walk, schema: JsonObject, place: Place) -> list[JsonValue]:
    """An array for a flat schema.

    Raises:
        CannotGenerateError: not enough items can be made.
    """
    prefix = as_list(schema.get("prefixItems"))
    rest = schema.get("items", schema.get("unevaluatedItems", True))
    low, high = _length(schema, len(prefix), open_ended=rest is not False)
    usual = len(prefix) if prefix else walk.random.randint(1, _USUAL_ITEMS)
    wanted = low if place.room <= 0 else max(low, usual if high is None else min(high, usual))
    contained = [_Contained(walk, part) for part in (schema, *as_list(schema.get(FURTHER_CONTAINS)))]
    wanted = max(wanted, sum(part.missing for part in contained))
    wanted = wanted if high is None else min(wanted, high)
    distinct = schema.get("uniqueItems") is True
    inner = place.inner(max(1, wanted), place.name)._replace(is_listed=True)
    items: list[JsonValue] = []
    while len(items) < wanted or any(part.missing > 0 for part in contained):
        if high is not None and len(items) >= high:
            break
        of = prefix[len(items)] if len(items) < len(prefix) else rest
        for part in contained:
            of = part.limited(of)
        item = _NONE
        asked = of
        for part in contained:  # one item may count for several
            if part.missing > 0:
                with suppress(CannotGenerateError):
                    found = _another(walk, part.of(asked), items, inner, distinct=distinct)
                    item, asked = (item, asked) if found is _NONE else (found, part.of(asked))
        if item is _NONE:
            item = _another(walk, of, items, inner, distinct=distinct)
        if item is _NONE or len(items) > MOST:
            break
        for part in contained:
            part.count(item)
        items.append(item)
        inner = inner._replace(is_further=True)
    if len(items) < low or any(part.missing > 0 for part in contained):
        raise CannotGenerateError(f"only {len(items)} of the required items can be generated")
    return items


class _Contained:
    """Counts the items that match one `contains`."""

    def __init__(self, walk: Walk, schema: JsonValue) -> None:
        keywords = schema if isinstance(schema, dict) else {}
        self._walk = walk
        self._schema = keywords.get("contains")
        has = self._schema is not None
        self.missing = (bound(keywords.get("minContains", 1)) or 0) if has else 0
        self._spare = bound(keywords.get("maxContains")) if has else None

    def of(self, of: JsonValue) -> JsonValue:
        """The schema of an item that counts."""
        return both(of, self._schema)

    def limited(self, of: JsonValue) -> JsonValue:
        """The schema of an item that does not count, where no more of those may come."""
        return both(of, {"not": self._schema}) if self._spare is not None and self._spare <= 0 else of

    def count(self, item: JsonValue) -> None:
        """Take note of an item."""
        if self._schema is not None and self._walk.suits(item, self._schema):
            self.missing -= 1
            self._spare = None if self._spare is None else self._spare - 1


_NONE: JsonValue = {"no": "item"}  # compared by identity


def _another(walk: Walk, of: JsonValue, items: list[JsonValue], place: Place, *, distinct: bool) -> JsonValue:
    """An item; where they are to be distinct, one that is not there yet, or `_NONE`."""
    if of is False:
        return _NONE
    if not distinct:
        return walk.value(of, place)
    made = (item for item in _different(walk, of, place) if not any(_equal(item, other) for other in items))
    return next(made, _NONE)


def _different(walk: Walk, of: JsonValue, place: Place) -> Iterator[JsonValue]:
    """Items that are likely to differ: by chance, then each that the schema lists, then one of each type."""
    yield from (walk.value(of, place) for _ in range(30))
    yield from walk.options(of)
    for kind in ("string", "integer", "number", "array", "object", "boolean"):
        with suppress(CannotGenerateError):
            yield walk.value(both(of, {"type": kind}), place)


def _length(schema: JsonObject, leading: int, *, open_ended: bool) -> tuple[int, int | None]:
    low = bound(schema.get("minItems")) or 0
    high = bound(schema.get("maxItems"))
    if not open_ended:
        high = leading if high is None else min(high, leading)
    if low > MOST:
        raise CannotGenerateError(f"an array of {low} items is too long to generate")
    if high is not None and low > high:
        raise CannotGenerateError(f"an array cannot have at least {low} and at most {high} items")
    return low, high


def _equal(left: JsonValue, right: JsonValue) -> bool:
    """Equality of JSON, where `true` is not 1."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)
