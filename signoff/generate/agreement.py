"""Makes the members of an object consistent: names, addresses, dates, counts and totals."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from signoff.contract.names import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from faker import Faker

    from signoff.contract.json_value import JsonObject, JsonValue

# Moments in the order in which they come, by the first word of their names.
_ORDER = (
    *(("created", "updated"), ("created", "modified"), ("created", "deleted"), ("created", "expires")),
    *(("start", "end"), ("started", "ended"), ("started", "finished"), ("started", "completed")),
    *(("from", "to"), ("issued", "expires"), ("issued", "due"), ("check in", "check out"), ("min", "max")),
)
_TOTALS = ("total", "total amount", "total price", "grand total", "sum", "amount total")
_LINE_SUMS = ("total", "line total", "total price", "amount", "subtotal", "price")
_COUNTS = (
    *("count", "item count", "items count", "total count", "total items", "size"),
    *("total results", "total elements", "number of elements", "result count"),
)


def _by_words(made: JsonObject) -> dict[str, str]:
    return {" ".join(words_of(name)): name for name in made}


def _names(made: JsonObject, fake: Faker) -> JsonObject:  # noqa: ARG001
    """A full name is made of first and last name, and an address for mail of both."""
    known = _by_words(made)
    given, family = (
        next((made[known[words]] for words in names if words in known), None)
        for names in (("first name", "given name"), ("last name", "family name"))
    )
    if not isinstance(given, str) or not isinstance(family, str):
        return made
    names = dict.fromkeys(("full name", "display name", "name"), f"{given} {family}")
    if local := ".".join(part for part in (_ascii(given), _ascii(family)) if part):
        names |= dict.fromkeys(("email", "email address"), f"{local}@example.com")
    texts = {words: name for words, name in known.items() if isinstance(made[name], str)}
    return made | {texts[words]: text for words, text in names.items() if words in texts}


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(character for character in plain if character.isalnum())


def _moments(made: JsonObject, fake: Faker) -> JsonObject:  # noqa: ARG001
    """What comes first is not later, and the least is not more than the most."""
    known = _by_words(made)
    for earlier, later in _ORDER:
        for words, name in known.items():
            if not f"{words} ".startswith(f"{earlier} "):
                continue
            other = known.get(later + words.removeprefix(earlier))
            if other is not None and _is_after(made[name], made[other]):
                made = made | {name: made[other], other: made[name]}
    return made


def _is_after(left: JsonValue, right: JsonValue) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left[:2].isdigit() and right[:2].isdigit() and left > right
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return numbers and not isinstance(left, bool) and left > right  # type: ignore[operator]


def _places(made: JsonObject, fake: Faker) -> JsonObject:
    """A city stands beside its own country: generated cities are in the locale's country."""
    known = _by_words(made)
    if not any(words.rpartition(" ")[2] in ("city", "town", "state", "street") for words in known):
        return made
    names: JsonObject = {}
    country = known.get("country") or known.get("country name")
    if country and isinstance(text := made[country], str):
        names[country] = fake.current_country_code() if len(text) == 2 else fake.current_country()
    code = known.get("country code")
    if code and isinstance(made[code], str):
        names[code] = fake.current_country_code()
    return made | names


def _lines(made: JsonObject, fake: Faker) -> JsonObject:  # noqa: ARG001
    """The sum of a line is its quantity times its price."""
    known = _by_words(made)
    quantity = _number(made, known, ("quantity", "qty"))
    price = _number(made, known, ("unit price", "price", "unit amount"))
    total = next((known[words] for words in _LINE_SUMS[:3] if words in known), None)
    if quantity is None or price is None or total is None or not _is_number(made[total]):
        return made
    return made | {total: _plain(quantity * price, made[total])}


def _totals(made: JsonObject, fake: Faker) -> JsonObject:  # noqa: ARG001
    """A total is the sum of the lines, where it is plain which lines these are."""
    lists = [value for value in made.values() if isinstance(value, list) and value]
    lines = [[line for line in items if isinstance(line, dict)] for items in lists]
    lines = [items for items in lines if items]
    if len(lines) != 1:
        return made
    sums = [found for line in lines[0] if (found := _number(line, _by_words(line), _LINE_SUMS)) is not None]
    if len(sums) != len(lines[0]):
        return made
    totals = [name for words, name in _by_words(made).items() if words in _TOTALS and _is_number(made[name])]
    return made | {name: _plain(sum(sums, Decimal(0)), made[name]) for name in totals}


def _counts(made: JsonObject, fake: Faker) -> JsonObject:  # noqa: ARG001
    """A count is the length of the one list beside it."""
    lists = [value for value in made.values() if isinstance(value, list)]
    if len(lists) != 1:
        return made
    length = len(lists[0])
    known = _by_words(made)
    counts = [name for words, name in known.items() if words in _COUNTS and _is_number(made[name])]
    plain_totals = [known["total"]] if "total" in known and not _has_sums(lists[0]) else []
    counts += [name for name in plain_totals if isinstance(made[name], int) and _is_number(made[name])]
    return made | dict.fromkeys(counts, length)


def _has_sums(lines: list[JsonValue]) -> bool:
    return any(
        isinstance(line, dict) and _number(line, _by_words(line), _LINE_SUMS) is not None for line in lines
    )


def _number(made: JsonObject, known: dict[str, str], names: tuple[str, ...]) -> Decimal | None:
    name = next((known[words] for words in names if words in known), None)
    return Decimal(str(made[name])) if name is not None and _is_number(made[name]) else None


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: Decimal, like: JsonValue) -> JsonValue:
    return int(value) if isinstance(like, int) and value == int(value) else float(round(value, 2))


# What can be brought to agree, each taking an object and giving a better one or the same.
RULES: tuple[Callable[[JsonObject, Faker], JsonObject], ...] = (
    *(_names, _moments, _places, _lines, _totals, _counts),
)
