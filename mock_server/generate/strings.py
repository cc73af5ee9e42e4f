"""Strings by format, pattern and length."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from uuid import UUID

import rstr

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_WORDS = (
    *("amber", "harbor", "meadow", "river", "signal", "copper", "lantern", "orchard", "summit", "velvet"),
    *("willow", "canyon", "ember", "falcon", "granite", "horizon", "indigo", "juniper", "kestrel", "lagoon"),
    *("maple", "nimbus", "opal", "prairie", "quartz", "ridge", "saffron", "thicket", "umber", "violet"),
)


def _date(random: Random) -> str:
    return f"2026-{random.randint(1, 9):02}-{random.randint(1, 28):02}"


def _time(random: Random) -> str:
    return f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}Z"


def _host(random: Random) -> str:
    return f"{random.choice(_WORDS)}.example.com"


_FORMATS: dict[str, Callable[[Random], str]] = {
    "date-time": lambda random: f"{_date(random)}T{_time(random)}",
    "date": _date,
    "time": _time,
    "duration": lambda random: f"PT{random.randint(1, 90)}M",
    "email": lambda random: f"{random.choice(_WORDS)}@example.com",
    "idn-email": lambda random: f"{random.choice(_WORDS)}@example.com",
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": lambda random: f"192.0.2.{random.randint(1, 254)}",
    "ipv6": lambda random: f"2001:db8::{random.randint(1, 0xFFFF):x}",
    "uri": lambda random: f"https://{_host(random)}/{random.choice(_WORDS)}",
    "url": lambda random: f"https://{_host(random)}/{random.choice(_WORDS)}",
    "iri": lambda random: f"https://{_host(random)}/{random.choice(_WORDS)}",
    "uri-reference": lambda random: f"/{random.choice(_WORDS)}/{random.choice(_WORDS)}",
    "iri-reference": lambda random: f"/{random.choice(_WORDS)}/{random.choice(_WORDS)}",
    "uri-template": lambda random: f"/{random.choice(_WORDS)}/{{id}}",
    "uuid": lambda random: str(UUID(int=random.getrandbits(128), version=4)),
    "json-pointer": lambda random: f"/{random.choice(_WORDS)}",
    "relative-json-pointer": lambda random: f"{random.randint(0, 3)}",
    "regex": lambda random: f"^{random.choice(_WORDS)}$",
    "byte": lambda random: base64.b64encode(random.choice(_WORDS).encode()).decode(),
    "binary": lambda random: random.choice(_WORDS),
    "password": lambda random: f"{random.choice(_WORDS)}-{random.randint(100, 999)}",
}


def string(random: Random, *, form: str, pattern: str, low: int, high: int | None) -> str:
    """A string.

    Args:
        random: where chance comes from.
        form: the `format`, empty for none.
        pattern: the regular expression that it must match, empty for none.
        low: the least length in characters.
        high: the greatest length, or None.
    """
    if pattern:
        return _matching(random, pattern, low, high)
    if form in _FORMATS:
        return _FORMATS[form](random)
    words = [random.choice(_WORDS), random.choice(_WORDS)]
    while len(" ".join(words)) < low:
        words.append(random.choice(_WORDS))
    text = " ".join(words)
    return text if high is None else text[:high].rstrip().ljust(low, "a")


def _matching(random: Random, pattern: str, low: int, high: int | None) -> str:
    """A string that matches an ECMA pattern; the best of a few tries where its length is bounded too."""
    try:
        source = rstr.Rstr(random)
        tries = [source.xeger(pattern.replace(r"\d", "[0-9]")) for _ in range(12)]
    except (re.error, KeyError, ValueError, NotImplementedError):
        return random.choice(_WORDS)
    fitting = [text for text in tries if len(text) >= low and (high is None or len(text) <= high)]
    return min(fitting or tries, key=lambda text: (len(text) > 40, not text.isprintable()))
