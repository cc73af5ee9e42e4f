"""Realistic values by the property's name or an `x-faker` hint: people, places, money, texts.

A table leads from the words of a name to a maker. A maker is given a Faker seeded for the value, so that
the same seed gives the same value; what it makes is only used where it satisfies the schema.

A hint is `x-faker: name`, `x-faker: person.first_name` or `x-faker: {pyint: {min_value: 1}}`. Only methods of
Faker's own providers are called, and only with plain arguments of modest size: documents are input.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

from signoff.contract.names import singular, words_of
from signoff.generate.pictures import (
    ADDRESSES,
    avatar_url,
    is_picture,
    picture_url,
    png,
    qr_png,
    qr_url,
    shows_qr,
)
from signoff.generate.tokens import signed
from signoff.generate.vocabulary import category, currency, product

if TYPE_CHECKING:
    from random import Random

    from faker import Faker, Generator

    from signoff.contract.json_value import JsonValue

Maker = Callable[["Faker"], "str | int | float"]
Suggestion = Callable[[], "str | int | float"]  # what a maker makes, made when it is needed

# What the `name` of something is like, by the words of `STRINGS`.
_OWNERS = {
    "full name": (
        "user, customer, owner, author, person, employee, contact, member, patient, student, passenger, "
        "guest, driver, seller, buyer, assignee, creator, recipient, sender, client, teacher, doctor, "
        "manager, agent, subscriber, reviewer, account, profile, artist, speaker, attendee, reporter, "
        "me, self, cardholder, beneficiary"
    ),
    "company": (
        "company, organization, organisation, vendor, supplier, employer, brand, manufacturer, merchant, "
        "business, publisher, shop, store"
    ),
    "product": "product, item, article, good, sku, variant, part, cart item, line item, order item",
    "category": "category, subcategory, department, collection",
    "first name": "pet, dog, cat, animal, horse",
    "city": "city, town",
    "country": "country",
    "state": "state, province, region",
    "tag": "tag, label, topic, keyword",
    "street address": "street",
}
_OWNED = {owner: key for key, owners in _OWNERS.items() for owner in owners.split(", ")}
_MAX_ARGUMENT = 10_000


def _moment(fake: Faker) -> str:
    month, day, hour, minute = (fake.random_int(1, top) for top in (9, 28, 23, 59))
    return f"2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z"


def _later(fake: Faker) -> str:
    return _moment(fake).replace("2026", "2036", 1)


def _sentences(fake: Faker, most: int) -> str:
    """Some sentences of at most about `most` words: texts of a list differ in length."""
    words = fake.random_int(3, most)
    count = -(-words // 12)
    return " ".join(fake.sentence(nb_words=words // count) for _ in range(count))


def _birthday(fake: Faker) -> str:
    return str(fake.date_of_birth(minimum_age=18, maximum_age=90).isoformat())


# What lies in the future: servers reject an end that is over.
_LATER = (
    "end, ends, ends at, end date, end time, until, valid until, valid to, expires, expires at, expires on, "
    "expiry, expiration, expiry date, expiration date, expiry time, expiration time, due, due at, due date, "
    "deadline"
)


def _table(*rows: tuple[str, Maker]) -> dict[str, Maker]:
    return {name: maker for names, maker in rows for name in names.split(", ")}


# The words of names, joined; the longest ending of a name that stands here decides.
STRINGS = _table(
    ("first name, given name, middle name", lambda fake: fake.first_name()),
    ("last name, family name, surname, maiden name", lambda fake: fake.last_name()),
    (
        "full name, display name, author, owner, customer, assignee, recipient, cardholder, card holder",
        lambda fake: fake.name(),
    ),
    ("user name, username, login, nickname", lambda fake: fake.user_name()),
    ("email, email address", lambda fake: fake.ascii_safe_email()),
    ("phone, phone number, mobile, fax", lambda fake: fake.phone_number()),
    ("address, street, street address", lambda fake: fake.street_address()),
    ("city, town", lambda fake: fake.city()),
    ("country", lambda fake: fake.country()),
    ("country code", lambda fake: fake.country_code()),
    ("zip, zip code, postal code, postcode", lambda fake: fake.postcode()),
    ("time zone, timezone", lambda fake: fake.timezone()),
    ("locale", lambda fake: fake.locale()),
    ("language", lambda fake: fake.language_code()),
    ("company, organization, brand", lambda fake: fake.company()),
    ("job title, occupation", lambda fake: fake.job()),
    ("currency, currency code", currency),
    ("iban", lambda fake: fake.iban()),
    ("bic", lambda fake: fake.swift()),
    ("title", lambda fake: fake.catch_phrase()),
    ("subject", lambda fake: fake.sentence(nb_words=4).rstrip(".")),
    ("description, comment, text", lambda fake: _sentences(fake, 24)),
    ("summary, message, note, reason", lambda fake: _sentences(fake, 12)),
    ("bio", lambda fake: _sentences(fake, 30)),
    ("content, body", lambda fake: _sentences(fake, 60)),
    ("url, uri, link, href", lambda fake: f"https://{fake.domain_word()}.example.com/{fake.slug()}"),
    ("website", lambda fake: f"https://{fake.domain_word()}.example.com"),
    ("avatar, profile picture, profile image, profile photo", avatar_url),
    ("image, photo, picture, logo, icon, thumbnail, banner, poster, cover, screenshot", picture_url),
    ("qr, qr code", qr_url),
    ("slug", lambda fake: fake.slug()),
    ("sku", lambda fake: fake.bothify("???-####").upper()),
    ("color, colour", lambda fake: fake.color_name()),
    ("ip, ip address", lambda fake: fake.ipv4_public()),
    ("user agent", lambda fake: fake.user_agent()),
    ("file name, filename", lambda fake: fake.file_name()),
    ("mime type", lambda fake: fake.mime_type()),
    ("version", lambda fake: fake.numerify("#.#.#")),
    ("id", lambda fake: fake.bothify("?????-####", letters="bcdfghkmnpqrstvwxz")),
    ("uuid, guid, request id, correlation id", lambda fake: fake.uuid4()),
    ("trace id", lambda fake: fake.hexify("^" * 32)),
    ("token, api key, secret, session key", lambda fake: fake.password(length=40, special_chars=False)),
    ("jwt", lambda fake: signed(fake.user_name())),
    ("hash", lambda fake: fake.sha256()),
    ("sha, sha1", lambda fake: fake.sha1()),
    ("md5", lambda fake: fake.md5()),
    ("etag", lambda fake: fake.hexify("^" * 16)),
    ("at, timestamp, date time, datetime, created, updated, modified", _moment),
    ("date", lambda fake: _moment(fake)[:10]),
    (_LATER, _later),
    ("birthday, birth date, birthdate, date of birth, dob", _birthday),
    ("status", lambda fake: fake.random_element(("active", "pending", "closed"))),
    ("gender", lambda fake: fake.random_element(("female", "male", "other"))),
    ("tag, label", lambda fake: fake.word()),
    ("category", category),
    ("domain, host, hostname", lambda fake: f"{fake.domain_word()}.example.com"),
    ("isbn", lambda fake: fake.isbn13()),
    ("barcode, ean", lambda fake: fake.ean13()),
    ("vin", lambda fake: fake.vin()),
    ("mac address", lambda fake: fake.mac_address()),
    ("license plate", lambda fake: fake.license_plate()),
    ("path", lambda fake: f"/{fake.slug()}"),
    ("extension", lambda fake: fake.file_extension()),
    ("state, province", lambda fake: fake.state()),
    ("question", lambda fake: f"{fake.sentence(nb_words=7).rstrip('.')}?"),
    ("error", lambda fake: fake.sentence(nb_words=6)),
    ("department", lambda fake: fake.random_element(("Sales", "Finance", "Support", "Research"))),
    ("product, product title", product),
)
NUMBERS = _table(
    ("age", lambda fake: fake.random_int(18, 90)),
    ("year", lambda fake: fake.random_int(1990, 2026)),
    ("latitude, lat", lambda fake: float(fake.latitude())),
    ("longitude, lng, lon", lambda fake: float(fake.longitude())),
    ("price, amount, balance, cost", lambda fake: fake.random_int(100, 99_999) / 100),
    ("rating", lambda fake: fake.random_int(10, 50) / 10),
    ("quantity, total pages", lambda fake: fake.random_int(1, 20)),
    ("percentage, score", lambda fake: fake.random_int(0, 100)),
    ("page", lambda _: 1),
    ("id", lambda fake: fake.random_int(1, 9_999)),
    ("count", lambda fake: fake.random_int(0, 50)),
    ("total", lambda fake: fake.random_int(1, 500)),
    ("limit, per page, page size", lambda _: 20),
    ("offset", lambda _: 0),
    ("port", lambda fake: fake.random_int(1_024, 49_151)),
    ("size", lambda fake: fake.random_int(1, 5_000)),
    ("bytes", lambda fake: fake.random_int(1_000, 5_000_000)),
    ("width", lambda fake: fake.random_int(2, 40) * 40),
    ("height", lambda fake: fake.random_int(2, 30) * 40),
    # Moments of 2026, in seconds.
    ("timestamp", lambda fake: fake.random_int(1_767_225_600, 1_790_812_800)),
    ("created, created at", lambda fake: fake.random_int(1_767_225_600, 1_780_000_000)),
    ("updated, updated at", lambda fake: fake.random_int(1_780_000_001, 1_790_812_800)),
    ("fee, tax", lambda fake: fake.random_int(50, 5_000) / 100),
    ("discount", lambda fake: fake.random_int(1, 50)),
    ("stock", lambda fake: fake.random_int(0, 200)),
    ("temperature", lambda fake: fake.random_int(-100, 350) / 10),
    ("duration", lambda fake: fake.random_int(1, 600)),
    ("weight", lambda fake: fake.random_int(1, 1_000) / 10),
)


def maker_for(name: str, parent: str, table: dict[str, Maker]) -> Maker | None:
    """The maker for a property.

    Args:
        name: the property's own name.
        parent: the name of what it is a property of; empty for the whole.
        table: `STRINGS` or `NUMBERS`.
    """
    return _maker_for(name, parent, is_text=table is STRINGS)


@lru_cache(maxsize=4096)
def _maker_for(name: str, parent: str, *, is_text: bool) -> Maker | None:
    words, table = words_of(name), STRINGS if is_text else NUMBERS
    if not words:
        return None
    one = (*words[:-1], singular(words[-1]) or words[-1])  # the items of `photoUrls` are photo URLs
    bare = one[:-1] if is_text and one[-1] in ADDRESSES and is_picture(name) else one
    for start in range(len(words)):
        if maker := table.get(" ".join(words[start:])) or table.get(" ".join(bare[start:])):
            return maker if start == 0 or words[-1] != "name" else table.get(_owned(words[:-1])) or maker
    if is_text and words[-1] == "name":
        return table.get(_owned(words[:-1] or words_of(parent))) or table["title"]
    if is_text and words == ("title",) and _owned(words_of(parent)) == "product":
        return table["product"]
    return None


def _owned(words: tuple[str, ...]) -> str:
    """What the name of something is like, by the words for it; empty if unknown."""
    if not words:
        return ""
    return _OWNED.get(" ".join((*words[-2:-1], singular(words[-1])))) or _OWNED.get(singular(words[-1]), "")


_SUGGESTED = ("", "uri", "url", "iri", "uri-reference", "email", "idn-email")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")


def is_suggested(name: str, form: str) -> bool:
    """Whether a name may suggest a text in a format."""
    is_moment = form in ("date", "date-time") and maker_for(name, "", STRINGS) in (_later, _birthday)
    return is_moment or form in _SUGGESTED


def in_format(name: str, suggested: Suggestion | None, form: str) -> str | None:
    """What a name suggests, as a format has it; None if the name is of something else."""
    if suggested is None or not is_suggested(name, form):
        return None
    made = suggested()
    if not isinstance(made, str):
        return None
    if form in ("date", "date-time"):
        moment = made if "T" in made else f"{made}T00:00:00Z"
        return (moment[:10] if form == "date" else moment) if _DATE.fullmatch(made) else None
    is_fit = made.startswith(("https://", "data:")) if "ur" in form or form == "iri" else "@" in made
    return made if is_fit or not form else None


def encoded_picture(name: str, media_type: str) -> str | None:
    """The file of a picture in Base64, by its name or media type; None for other files."""
    if not is_picture(name) and media_type != "image/png":
        return None
    return base64.b64encode(qr_png() if shows_qr(name) else png()).decode()


class _Fakers(threading.local):
    """The Faker of each thread: a seed and the value that follows from it are two calls."""

    faker: Faker | None = None
    source: Generator | None = None  # has the Faker's methods, without the cost of a proxy


class Realism:
    """Makes values by name or hint with Faker, which is imported when it is first needed."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._own = _Fakers()

    @property
    def faker(self) -> Faker:
        """A Faker for values that depend on the locale alone."""
        if self._own.faker is None:
            from faker import Faker  # noqa: PLC0415 - 0.2 s that many documents do without

            self._own.faker = Faker(self._locale)
        return self._own.faker

    def seeded(self, random: Random) -> Faker:
        """A Faker whose next value follows from `random`."""
        self.faker.seed_instance(random.getrandbits(63))
        return self.faker

    def suggestion(self, maker: Maker, random: Random) -> Suggestion:
        """What a maker makes, which follows from `random`; most suggestions are never needed."""
        return partial(self._made, maker, random.getrandbits(63))

    def _made(self, maker: Maker, seed: int) -> str | int | float:
        if maker is currency:  # the only one that asks for the locale, of the Faker
            return maker(self.faker)
        source = self._own.source
        if source is None:
            source = self._own.source = self.faker.factories[0]
        source.seed_instance(seed)
        return maker(cast("Faker", source))


def hinted(fake: Faker, hint: JsonValue) -> JsonValue:
    """The value for a hint; None if Faker has no such method."""
    name, arguments = _parts(hint)
    method = _method(fake, name)
    if method is None or not all(_is_modest(value) for value in arguments.values()):
        return None
    try:
        return _plain(method(**arguments))
    except Exception:  # noqa: BLE001 - providers raise anything, for arguments or a missing package
        return None


def _parts(hint: JsonValue) -> tuple[str, dict[str, Any]]:
    if isinstance(hint, str):
        return hint, {}
    if isinstance(hint, dict) and len(hint) == 1:
        name, arguments = next(iter(hint.items()))
        return name, dict(arguments) if isinstance(arguments, dict) else {}
    return "", {}


def _method(fake: Faker, name: str) -> Any:  # noqa: ANN401 - a method of some provider
    last = name.rpartition(".")[2]
    if not last or last.startswith("_"):
        return None
    providers = [provider for factory in fake.factories for provider in factory.get_providers()]
    is_known = any(callable(getattr(type(provider), last, None)) for provider in providers)
    return getattr(fake, last, None) if is_known else None


def _is_modest(value: JsonValue) -> bool:
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int | float):
        return abs(value) <= _MAX_ARGUMENT
    return isinstance(value, str) and len(value) <= 200


def _plain(value: Any) -> JsonValue:  # noqa: ANN401 - whatever a provider returns
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else None
