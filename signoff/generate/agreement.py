"""Makes the members of an object consistent: names, addresses, dates, counts and totals."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.names import words_of
from signoff.contract.short_text_cache import keep_short

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from faker import Faker

    from signoff.contract.json_value import JsonObject, JsonValue

_KEPT = 1024
# Moments in the order in which they come, by the first word of their names.
_ORDER = (
    *(("created", "updated"), ("created", "modified"), ("created", "deleted"), ("created", "expires")),
    *(("start", "end"), ("started", "ended"), ("started", "finished"), ("started", "completed")),
    *(("from", "to"), ("issued", "expires"), ("issued", "due"), ("check in", "check out"), ("min", "max")),
)
# The stages of an order, by the first word of the moments at which it reached them.
_STAGES = (
    *(("ordered", "order", "placed", "created"), ("confirmed", "approved"), ("paid", "payment")),
    *(("packed",), ("shipped", "ship", "shipping", "dispatched"), ("delivered", "deliver", "delivery")),
    *(("returned", "refunded"),),
)
_PLANNED = ("estimated", "expected", "planned", "scheduled", "actual")
# Prices of one thing, the lowest first.
_PRICES = (
    ("sale price", "discounted price", "discount price", "special price", "offer price", "reduced price"),
    ("price", "current price", "unit price"),
    (
        *("old price", "original price", "previous price", "regular price", "list price", "compare at price"),
        *("was price", "price before", "price old", "price original", "msrp", "rrp"),
    ),
)
_SUBTOTALS = ("subtotal", "sub total", "subtotal amount", "subtotal price", "net total", "items total")
_ADDED = ("tax", "tax amount", "tax total", "total tax", "vat", "vat amount")
_ALSO_ADDED = (
    *("shipping", "shipping cost", "shipping fee", "shipping total", "shipping amount", "shipping price"),
    *("delivery fee", "delivery cost", "service fee", "fee", "fees", "tip"),
)
_TAKEN_OFF = ("discount", "discount amount", "discount total", "total discount")
_TOTALS = ("total", "total amount", "total price", "grand total", "sum", "amount total")
_LINE_SUMS = ("total", "line total", "total price", "amount", "subtotal", "price")
_STATED_SUMS = ("subtotal", "line total", "total price", "total")
_QUANTITIES = ("quantity", "qty")
_UNIT_PRICES = ("unit price", "price", "unit amount")
_EMAILS = ("email address", "email", "mail")
_COUNTED = (
    *("item", "items", "record", "records", "result", "results", "element", "elements"),
    *("entries", "hits", "matches", "rows"),
)
_COUNTS = {"count", "total count", "size"} | {
    form.format(noun)
    for noun in _COUNTED
    for form in ("{} count", "total {}", "total {} count", "number of {}", "num {}")
}


def _by_words(made: JsonObject) -> Mapping[str, str]:
    return _words_of(*made)


@keep_short(_KEPT)
def _words_of(*names: str) -> Mapping[str, str]:
    return {" ".join(words_of(name)): name for name in names}


def _names(made: JsonObject) -> JsonObject:
    """A full name is made of first and last name."""
    known = _by_words(made)
    given, family = (
        next((made[known[words]] for words in names if words in known), None)
        for names in (("first name", "given name"), ("last name", "family name"))
    )
    if not isinstance(given, str) or not isinstance(family, str):
        return made
    names = dict.fromkeys(("full name", "display name", "name"), f"{given} {family}")
    texts = {words: name for words, name in known.items() if isinstance(made[name], str)}
    return made | {texts[words]: text for words, text in names.items() if words in texts}


def _emails(made: JsonObject) -> JsonObject:
    """An address for mail is made of the name beside it: `customerEmail` of `customerName`."""
    better: JsonObject = {}
    for name, sources in _owners_of_emails(*made):
        address = made[name]
        if not isinstance(address, str) or "@" not in address:
            continue
        texts = [made[source] for source in sources]
        local = ".".join(filter(None, (_ascii(part) for text in texts for part in str(text).split())))
        if local and all(isinstance(text, str) for text in texts):
            domain = address.rpartition("@")[2]
            better[name] = f"{local[:64].rstrip('.')}@{domain}"
    return made | better


@keep_short(_KEPT)
def _owners_of_emails(*names: str) -> list[tuple[str, list[str]]]:
    """The names of the addresses for mail, each with the names beside it that it is made of."""
    found: list[tuple[str, list[str]]] = []
    known = _words_of(*names)
    for words, name in known.items():
        ends = [end for end in _EMAILS if f" {words}".endswith(f" {end}")]
        if not ends:
            continue
        stem = words.removesuffix(ends[0]).strip()
        parts = [f"{stem} {part}".strip() for part in ("first name", "last name")]
        wholes = [f"{stem} {part}".strip() for part in ("full name", "name", "display name", "")]
        sources = [known[part] for part in parts if part in known]
        found.append(
            (name, sources if len(sources) == 2 else [known[each] for each in wholes if each in known][:1])
        )
    return found


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(character for character in plain if character.isalnum())


def _moments(made: JsonObject) -> JsonObject:
    """What comes first is not later, and the least is not more than the most."""
    for name, other in _in_order(*made):
        if _is_after(made[name], made[other]):
            made = made | {name: made[other], other: made[name]}
    return made


@keep_short(_KEPT)
def _in_order(*names: str) -> list[tuple[str, str]]:
    """Pairs of names of which the first one comes first."""
    known = _words_of(*names)
    return [
        (name, known[other])
        for earlier, later in _ORDER
        for words, name in known.items()
        if f"{words} ".startswith(f"{earlier} ") and (other := later + words.removeprefix(earlier)) in known
    ]


def _stages(made: JsonObject) -> JsonObject:
    """An order is placed before it ships, and ships before it is delivered."""
    reached: dict[int, list[tuple[int, str]]] = {}
    for stage, name in _stages_of(*made):
        value = made[name]
        if isinstance(value, str) and len(value) >= 10 and value[:2].isdigit():
            reached.setdefault(len(value), []).append((stage, name))
    for entries in reached.values():  # dates among themselves, and times
        made = made | _ascending(made, entries)
    return made


@keep_short(_KEPT)
def _stages_of(*names: str) -> list[tuple[int, str]]:
    """The names of moments at which an order reached a stage, with the stage."""
    found = []
    for words, name in _words_of(*names).items():
        first = next((word for word in words.split() if word not in _PLANNED), "")
        found += [(stage, name) for stage, firsts in enumerate(_STAGES) if first in firsts][:1]
    return found


def _prices(made: JsonObject) -> JsonObject:
    """A price is lower than the old one."""
    known = _by_words(made)
    ranked = [(rank, known[words]) for rank, names in enumerate(_PRICES) for words in names if words in known]
    ranked = [entry for entry in ranked if _is_number(made[entry[1]])]
    if len(ranked) < 2:
        return made
    made = made | _ascending(made, ranked)
    for (lower, name), (rank, higher) in pairwise(sorted(ranked, key=lambda entry: entry[0])):
        if lower != rank and made[name] == made[higher]:
            value = Decimal(str(made[higher]))
            made = made | {higher: _plain(value + max(Decimal(1), value // 4), made[higher])}
    return made


def _ascending(made: JsonObject, ranked: list[tuple[int, str]]) -> JsonObject:
    """The values of some members, dealt out again so that a higher rank has no lower one."""
    names = [name for _, name in sorted(ranked, key=lambda entry: entry[0])]
    values = sorted((made[name] for name in names), key=_by_size)
    return dict(zip(names, values, strict=True))


def _by_size(value: JsonValue) -> tuple[str, Decimal]:
    return (value, Decimal(0)) if isinstance(value, str) else ("", Decimal(str(value)))


def _is_after(left: JsonValue, right: JsonValue) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left[:2].isdigit() and right[:2].isdigit() and left > right
    if isinstance(left, bool) or not isinstance(left, int | float) or not isinstance(right, int | float):
        return False
    return left > right


def places(made: JsonObject, fake: Faker) -> JsonObject:
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


def _lines(made: JsonObject) -> JsonObject:
    """The sum of a line is its quantity times its price."""
    known = _by_words(made)
    quantity = _number(made, known, _QUANTITIES)
    price = _number(made, known, _UNIT_PRICES)
    total = next((known[words] for words in _STATED_SUMS if words in known), None)
    if quantity is None or price is None or total is None or not _is_number(made[total]):
        return made
    return made | {total: _plain(quantity * price, made[total])}


def _totals(made: JsonObject, given: Collection[str] = ()) -> JsonObject:
    """A subtotal is the sum of the lines, where it is plain which these are; a total adds taxes and fees."""
    known = _by_words(made)
    sums = [found for value in made.values() if isinstance(value, list) and (found := _sums_of(value))]
    subtotal = next((known[words] for words in _SUBTOTALS if words in known), None)
    subtotal = subtotal if subtotal is not None and _is_number(made[subtotal]) else None
    if len(sums) == 1:
        base = sum(sums[0], Decimal(0))
    elif subtotal is not None:
        base = Decimal(str(made[subtotal]))
    else:
        return made
    better: JsonObject = {} if subtotal is None else {subtotal: _plain(base, made[subtotal])}
    total = base
    for words, name in known.items():
        sign = 1 if words in (*_ADDED, *_ALSO_ADDED) else -1 if words in _TAKEN_OFF else 0
        if sign and _is_number(made[name]):
            part = Decimal(str(made[name])) if name in given else _share(made, known, words, base)
            better[name] = _plain(part, made[name])
            total += sign * Decimal(str(better[name]))
    totals = [name for words, name in known.items() if words in _TOTALS and _is_number(made[name])]
    return made | better | {name: _plain(total, made[name]) for name in totals}


def _sums_of(lines: list[JsonValue]) -> list[Decimal]:
    """The sum of each line of a list; none if they are not lines of a bill."""
    found = [_sum_of(line) if isinstance(line, dict) else None for line in lines]
    sums = [each for each in found if each is not None]
    return sums if len(sums) == len(lines) else []


def _sum_of(line: JsonObject) -> Decimal | None:
    """The sum of a line: as it states it, else its quantity times its price."""
    known = _by_words(line)
    quantity, price = _number(line, known, _QUANTITIES), _number(line, known, _UNIT_PRICES)
    stated = _number(line, known, _LINE_SUMS[:5])
    if stated is None and price is not None:
        return price * (1 if quantity is None else quantity)
    return stated


def _share(made: JsonObject, known: Mapping[str, str], words: str, base: Decimal) -> Decimal:
    """A tax, fee or discount that is plausible for a sum: what the rate says, else at most a fifth."""
    value = Decimal(str(made[known[words]]))
    rate = _number(made, known, ("tax rate", "vat rate")) if words in _ADDED else None
    if rate is not None and 0 <= rate <= 100:
        value = base * (rate if rate <= 1 else rate / 100)
    elif not 0 <= value <= base / 5:
        value = base / 10
    return Decimal(int(value)) if isinstance(made[known[words]], int) else round(value, 2)


def _counts(made: JsonObject) -> JsonObject:
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


def _number(made: JsonObject, known: Mapping[str, str], names: tuple[str, ...]) -> Decimal | None:
    name = next((known[words] for words in names if words in known), None)
    return Decimal(str(made[name])) if name is not None and _is_number(made[name]) else None


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: Decimal, like: JsonValue) -> JsonValue:
    return int(value) if isinstance(like, int) and value == int(value) else float(round(value, 2))


# What can be brought to agree, each taking an object and giving a better one or the same; None for `places`.
Rule: TypeAlias = "Callable[[JsonObject], JsonObject] | None"


def rules_for(made: JsonObject) -> Sequence[Rule]:
    """The rules that can change an object with members of these names."""
    return _rules_for(*made)


@keep_short(_KEPT)
def _rules_for(*names: str) -> Sequence[Rule]:
    known = _words_of(*names)
    prices = {words for group in _PRICES for words in group}
    sums = {*_SUBTOTALS, *_ADDED, *_ALSO_ADDED, *_TAKEN_OFF, *_TOTALS}
    is_concerned: tuple[tuple[Rule, bool], ...] = (
        (_names, bool(known.keys() & {"full name", "display name", "name"})),
        (_emails, bool(_owners_of_emails(*names))),
        (_moments, bool(_in_order(*names))),
        (_stages, len(_stages_of(*names)) > 1),
        (_prices, len(known.keys() & prices) > 1),
        (_lines, bool(known.keys() & set(_STATED_SUMS))),
        (_totals, bool(known.keys() & sums)),
        (_counts, bool(known.keys() & (_COUNTS | {"total"}))),
        (None, bool(known.keys() & {"country", "country name", "country code"})),
    )
    return [rule for rule, is_any in is_concerned if is_any]


def completed(made: JsonObject, given: Collection[str]) -> JsonObject:
    """An object in which the rest follows from what is given: totals from lines, an address from a name."""
    for rule in (_emails, _lines, partial(_totals, given=given)):
        made = {name: made[name] if name in given else item for name, item in rule(made).items()}
    return made
