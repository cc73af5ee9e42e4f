"""What a property's name says of its value: people, places, money, texts.

A table from the words of a name to a maker. A maker is given a Faker seeded for the value, so that
the same seed gives the same value; what it makes is only used where it satisfies the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from faker import Faker

Maker = Callable[["Faker"], "str | int | float"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PEOPLE = {
    "user",
    "customer",
    "owner",
    "author",
    "person",
    "employee",
    "contact",
    "member",
    "patient",
    "student",
}
_PEOPLE |= {"passenger", "guest", "driver", "seller", "buyer", "assignee", "creator", "recipient", "sender"}
_PLACES = {
    "company",
    "organization",
    "organisation",
    "vendor",
    "supplier",
    "employer",
    "brand",
    "manufacturer",
}


def _moment(fake: Faker) -> str:
    month, day, hour, minute = (fake.random_int(1, top) for top in (9, 28, 23, 59))
    return f"2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z"


def _day(fake: Faker) -> str:
    return _moment(fake)[:10]


# The words of a name, joined; the longest ending of a name that stands here decides.
STRINGS: dict[str, Maker] = {
    "first name": lambda fake: fake.first_name(),
    "given name": lambda fake: fake.first_name(),
    "last name": lambda fake: fake.last_name(),
    "family name": lambda fake: fake.last_name(),
    "surname": lambda fake: fake.last_name(),
    "full name": lambda fake: fake.name(),
    "display name": lambda fake: fake.name(),
    "user name": lambda fake: fake.user_name(),
    "username": lambda fake: fake.user_name(),
    "login": lambda fake: fake.user_name(),
    "nickname": lambda fake: fake.user_name(),
    "email": lambda fake: fake.ascii_safe_email(),
    "email address": lambda fake: fake.ascii_safe_email(),
    "phone": lambda fake: fake.phone_number(),
    "phone number": lambda fake: fake.phone_number(),
    "mobile": lambda fake: fake.phone_number(),
    "fax": lambda fake: fake.phone_number(),
    "address": lambda fake: fake.street_address(),
    "street": lambda fake: fake.street_address(),
    "street address": lambda fake: fake.street_address(),
    "city": lambda fake: fake.city(),
    "town": lambda fake: fake.city(),
    "country": lambda fake: fake.country(),
    "country code": lambda fake: fake.country_code(),
    "zip": lambda fake: fake.postcode(),
    "zip code": lambda fake: fake.postcode(),
    "postal code": lambda fake: fake.postcode(),
    "postcode": lambda fake: fake.postcode(),
    "time zone": lambda fake: fake.timezone(),
    "timezone": lambda fake: fake.timezone(),
    "locale": lambda fake: fake.locale(),
    "language": lambda fake: fake.language_code(),
    "company": lambda fake: fake.company(),
    "organization": lambda fake: fake.company(),
    "job title": lambda fake: fake.job(),
    "occupation": lambda fake: fake.job(),
    "currency": lambda fake: fake.currency_code(),
    "currency code": lambda fake: fake.currency_code(),
    "iban": lambda fake: fake.iban(),
    "bic": lambda fake: fake.swift(),
    "title": lambda fake: fake.catch_phrase(),
    "subject": lambda fake: fake.sentence(nb_words=4).rstrip("."),
    "description": lambda fake: fake.sentence(nb_words=10),
    "summary": lambda fake: fake.sentence(nb_words=8),
    "comment": lambda fake: fake.sentence(nb_words=10),
    "message": lambda fake: fake.sentence(nb_words=8),
    "note": lambda fake: fake.sentence(nb_words=8),
    "bio": lambda fake: fake.sentence(nb_words=12),
    "content": lambda fake: fake.paragraph(nb_sentences=2),
    "url": lambda fake: f"https://{fake.domain_word()}.example.com/{fake.slug()}",
    "uri": lambda fake: f"https://{fake.domain_word()}.example.com/{fake.slug()}",
    "website": lambda fake: f"https://{fake.domain_word()}.example.com",
    "avatar": lambda fake: f"https://images.example.com/{fake.user_name()}.png",
    "avatar url": lambda fake: f"https://images.example.com/{fake.user_name()}.png",
    "image url": lambda fake: f"https://images.example.com/{fake.slug()}.png",
    "slug": lambda fake: fake.slug(),
    "sku": lambda fake: fake.bothify("???-####").upper(),
    "color": lambda fake: fake.color_name(),
    "colour": lambda fake: fake.color_name(),
    "ip": lambda fake: fake.ipv4_public(),
    "ip address": lambda fake: fake.ipv4_public(),
    "user agent": lambda fake: fake.user_agent(),
    "file name": lambda fake: fake.file_name(),
    "filename": lambda fake: fake.file_name(),
    "mime type": lambda fake: fake.mime_type(),
    "version": lambda fake: fake.numerify("#.#.#"),
    "id": lambda fake: fake.bothify("?????-####", letters="bcdfghkmnpqrstvwxz"),
    "uuid": lambda fake: fake.uuid4(),
    "guid": lambda fake: fake.uuid4(),
    "request id": lambda fake: fake.uuid4(),
    "correlation id": lambda fake: fake.uuid4(),
    "trace id": lambda fake: fake.hexify("^" * 32),
    "token": lambda fake: fake.hexify("^" * 32),
    "hash": lambda fake: fake.sha256(),
    "sha": lambda fake: fake.sha1(),
    "sha1": lambda fake: fake.sha1(),
    "md5": lambda fake: fake.md5(),
    "etag": lambda fake: fake.hexify("^" * 16),
    "at": _moment,
    "timestamp": _moment,
    "date time": _moment,
    "datetime": _moment,
    "created": _moment,
    "updated": _moment,
    "modified": _moment,
    "date": _day,
    "birthday": lambda fake: fake.date_of_birth(minimum_age=18, maximum_age=90).isoformat(),
    "birth date": lambda fake: fake.date_of_birth(minimum_age=18, maximum_age=90).isoformat(),
    "birthdate": lambda fake: fake.date_of_birth(minimum_age=18, maximum_age=90).isoformat(),
    "date of birth": lambda fake: fake.date_of_birth(minimum_age=18, maximum_age=90).isoformat(),
    "status": lambda fake: fake.random_element(("active", "pending", "closed")),
    "gender": lambda fake: fake.random_element(("female", "male", "other")),
    "tag": lambda fake: fake.word(),
    "tags": lambda fake: fake.word(),
    "category": lambda fake: fake.word(),
    "label": lambda fake: fake.word(),
    "domain": lambda fake: f"{fake.domain_word()}.example.com",
    "host": lambda fake: f"{fake.domain_word()}.example.com",
    "hostname": lambda fake: f"{fake.domain_word()}.example.com",
    "link": lambda fake: f"https://{fake.domain_word()}.example.com/{fake.slug()}",
    "href": lambda fake: f"https://{fake.domain_word()}.example.com/{fake.slug()}",
    "image": lambda fake: f"https://images.example.com/{fake.slug()}.png",
    "photo": lambda fake: f"https://images.example.com/{fake.slug()}.png",
    "logo": lambda fake: f"https://images.example.com/{fake.slug()}.png",
    "icon": lambda fake: f"https://images.example.com/{fake.slug()}.png",
    "thumbnail": lambda fake: f"https://images.example.com/{fake.slug()}.png",
    "isbn": lambda fake: fake.isbn13(),
    "barcode": lambda fake: fake.ean13(),
    "ean": lambda fake: fake.ean13(),
    "vin": lambda fake: fake.vin(),
    "mac address": lambda fake: fake.mac_address(),
    "license plate": lambda fake: fake.license_plate(),
    "path": lambda fake: f"/{fake.slug()}",
    "extension": lambda fake: fake.file_extension(),
    "state": lambda fake: fake.state(),
    "province": lambda fake: fake.state(),
    "middle name": lambda fake: fake.first_name(),
    "maiden name": lambda fake: fake.last_name(),
    "author": lambda fake: fake.name(),
    "owner": lambda fake: fake.name(),
    "text": lambda fake: fake.sentence(nb_words=10),
    "body": lambda fake: fake.paragraph(nb_sentences=2),
    "question": lambda fake: f"{fake.sentence(nb_words=7).rstrip('.')}?",
    "reason": lambda fake: fake.sentence(nb_words=8),
    "error": lambda fake: fake.sentence(nb_words=6),
    "department": lambda fake: fake.random_element(("Sales", "Finance", "Support", "Research")),
    "product": lambda fake: fake.word().title(),
    "brand": lambda fake: fake.company(),
}
NUMBERS: dict[str, Maker] = {
    "age": lambda fake: fake.random_int(18, 90),
    "year": lambda fake: fake.random_int(1990, 2026),
    "latitude": lambda fake: float(fake.latitude()),
    "lat": lambda fake: float(fake.latitude()),
    "longitude": lambda fake: float(fake.longitude()),
    "lng": lambda fake: float(fake.longitude()),
    "lon": lambda fake: float(fake.longitude()),
    "price": lambda fake: fake.random_int(100, 99_999) / 100,
    "amount": lambda fake: fake.random_int(100, 99_999) / 100,
    "rating": lambda fake: fake.random_int(10, 50) / 10,
    "quantity": lambda fake: fake.random_int(1, 20),
    "percentage": lambda fake: fake.random_int(0, 100),
    "page": lambda _: 1,
    "id": lambda fake: fake.random_int(1, 9_999),
    "count": lambda fake: fake.random_int(0, 50),
    "total": lambda fake: fake.random_int(1, 500),
    "limit": lambda _: 20,
    "per page": lambda _: 20,
    "page size": lambda _: 20,
    "offset": lambda _: 0,
    "total pages": lambda fake: fake.random_int(1, 20),
    "port": lambda fake: fake.random_int(1_024, 49_151),
    "size": lambda fake: fake.random_int(1, 5_000),
    "bytes": lambda fake: fake.random_int(1_000, 5_000_000),
    "width": lambda fake: fake.random_int(2, 40) * 40,
    "height": lambda fake: fake.random_int(2, 30) * 40,
    "timestamp": lambda fake: fake.random_int(1_767_225_600, 1_790_812_800),  # in 2026, in seconds
    "created": lambda fake: fake.random_int(1_767_225_600, 1_780_000_000),
    "updated": lambda fake: fake.random_int(1_780_000_001, 1_790_812_800),
    "created at": lambda fake: fake.random_int(1_767_225_600, 1_780_000_000),
    "updated at": lambda fake: fake.random_int(1_780_000_001, 1_790_812_800),
    "balance": lambda fake: fake.random_int(100, 99_999) / 100,
    "cost": lambda fake: fake.random_int(100, 99_999) / 100,
    "fee": lambda fake: fake.random_int(50, 5_000) / 100,
    "tax": lambda fake: fake.random_int(50, 5_000) / 100,
    "discount": lambda fake: fake.random_int(1, 50),
    "score": lambda fake: fake.random_int(0, 100),
    "stock": lambda fake: fake.random_int(0, 200),
    "temperature": lambda fake: fake.random_int(-100, 350) / 10,
    "duration": lambda fake: fake.random_int(1, 600),
    "weight": lambda fake: fake.random_int(1, 1_000) / 10,
}


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `firstName`, `first_name` and `First-Name` have the same."""
    return tuple(word.lower() for word in _WORD.findall(name))


def maker_for(name: str, parent: str, table: dict[str, Maker]) -> Maker | None:
    """The maker for a property.

    Args:
        name: the property's own name.
        parent: the name of what it is a property of; empty for the whole.
        table: `STRINGS` or `NUMBERS`.
    """
    words = words_of(name)
    if table is STRINGS and words == ("name",):
        owner = words_of(parent)[-1:] or ("",)
        singular = owner[0].removesuffix("s")
        key = "full name" if singular in _PEOPLE else "company" if singular in _PLACES else "title"
        return table[key]
    for start in range(len(words)):
        if maker := table.get(" ".join(words[start:])):
            return maker
    return None


class Realism:
    """Makes values by name or hint with Faker, which is imported when it is first needed."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._faker: Faker | None = None

    @property
    def faker(self) -> Faker:
        """A Faker for what follows from the locale alone."""
        if self._faker is None:
            from faker import Faker  # noqa: PLC0415 - 0.2 s that many documents do without

            self._faker = Faker(self._locale)
        return self._faker

    def seeded(self, random: Random) -> Faker:
        """A Faker whose next value follows from `random`."""
        self.faker.seed_instance(random.getrandbits(63))
        return self.faker
