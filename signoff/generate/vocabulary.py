"""Words that Faker lacks: products and their categories, and the currency of a country."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

_MATERIALS = (
    *("Oak", "Steel", "Linen", "Leather", "Cotton", "Bamboo", "Ceramic", "Walnut", "Copper", "Glass", "Wool"),
    *("Marble", "Rattan", "Canvas", "Aluminum", "Cork"),
)
_MANNERS = (
    "Compact",
    "Classic",
    "Foldable",
    "Everyday",
    "Slim",
    "Modular",
    "Vintage",
    "Wireless",
    "Portable",
)
_THINGS = (
    *("Desk Lamp", "Backpack", "Chair", "Water Bottle", "Notebook", "Wallet", "Bookshelf", "Clock", "Mug"),
    *("Side Table", "Blanket", "Speaker", "Cutting Board", "Umbrella", "Headphones", "Tray", "Planter"),
    *("Keyboard", "Mirror", "Tote Bag", "Kettle", "Picture Frame", "Camera Strap", "Watch", "Bench"),
)
_CATEGORIES = (
    *("Furniture", "Lighting", "Kitchen", "Garden", "Electronics", "Books", "Clothing", "Shoes", "Toys"),
    *("Sports", "Beauty", "Jewelry", "Office", "Travel", "Music", "Pets", "Groceries", "Tools"),
)
_CURRENCIES = {
    "US": "USD",
    "GB": "GBP",
    "JP": "JPY",
    "CH": "CHF",
    "CA": "CAD",
    "AU": "AUD",
    "NZ": "NZD",
    "IN": "INR",
    "CN": "CNY",
    "BR": "BRL",
    "MX": "MXN",
    "KR": "KRW",
    "SE": "SEK",
    "NO": "NOK",
    "DK": "DKK",
    "PL": "PLN",
    "CZ": "CZK",
    "HU": "HUF",
    "RO": "RON",
    "TR": "TRY",
    "UA": "UAH",
    "IL": "ILS",
    "TH": "THB",
    "TW": "TWD",
    "ID": "IDR",
    "PH": "PHP",
    "ZA": "ZAR",  # codespell:ignore zar
    "AR": "ARS",
    "CL": "CLP",
    "CO": "COP",
    "NG": "NGN",
    "SA": "SAR",
}


def product(fake: Faker) -> str:
    """The name of a product, of two to four words."""
    words = [str(fake.random_element(_MATERIALS)), str(fake.random_element(_THINGS))]
    if fake.random_int(1, 3) == 1:
        words.insert(0, str(fake.random_element(_MANNERS)))
    return " ".join(words)


def category(fake: Faker) -> str:
    """The name of a category of products."""
    return str(fake.random_element(_CATEGORIES))


def currency(fake: Faker) -> str:
    """The currency of the locale's country: all values have the same one."""
    country = fake.locales[0].partition("_")[2]
    return _CURRENCIES.get(country, "EUR")
