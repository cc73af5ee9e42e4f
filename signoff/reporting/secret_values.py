"""Finds known secrets in texts: as they are, quoted, encoded, and cut short.

A server may send a secret back in any of these forms: in JSON, HTML or a URL, as hexadecimal digits, or
inside a longer text that is encoded in base64.
"""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from signoff.reporting.secret_names import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Longer forms are found by their first characters, so that truncated ones are redacted too.
PREFIX = 12
_SHORTEST_ENCODED = 8  # shorter ones are found in any text


class SecretValues:
    """Secrets, each in one form."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._by_prefix: dict[str, list[str]] = {}
        for form in sorted(set(forms), key=lambda form: (-len(form), form)):
            self._by_prefix.setdefault(form[:PREFIX], []).append(form)

    def removed_from(self, text: str) -> str:
        """The text with the secrets redacted."""
        for prefix, secrets in self._by_prefix.items():
            text = _without(text, prefix, secrets)
        return text


def quoted(secret: str) -> Iterator[str]:
    """A secret as it is, and in JSON, HTML and URLs."""
    yield secret
    yield secret.encode("utf-8", "replace").decode("latin-1")
    percent = quote(secret, safe="")
    yield from (percent, quote_plus(secret), _lower(percent), html.escape(secret), json.dumps(secret)[1:-1])


def encoded(secret: str) -> Iterator[str]:
    """A secret in base64 (also as part of a longer text), hexadecimal digits and percent-encoding."""
    data = secret.encode("utf-8", "replace")
    digits = data.hex()
    every = "".join(f"%{byte:02x}" for byte in data)
    forms = [digits, digits.upper(), every, every.upper()]
    for before in range(3):  # bytes of the text before it in the same group
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * before + data).decode()
            # Characters that no byte outside of the secret has a part in.
            forms.append(text[-(-before * 8 // 6) : (before + len(data)) * 8 // 6])
    yield from (form for form in forms if len(form) >= _SHORTEST_ENCODED)


def _lower(percent: str) -> str:
    """Percent-encoding with digits in lower case."""
    first, *rest = percent.split("%")
    return "".join([first, *(f"%{part[:2].lower()}{part[2:]}" for part in rest)])


def _without(text: str, prefix: str, secrets: list[str]) -> str:
    """The text with secrets that share a prefix redacted, including truncated ones."""
    kept, start = [], 0
    while (found := text.find(prefix, start)) >= 0:
        kept += [text[start:found], REDACTED]
        start = found + max(_shared(text, found, secret) for secret in secrets)
    return "".join([*kept, text[start:]]) if kept else text


def _shared(text: str, start: int, secret: str) -> int:
    """The number of characters of the secret that the text has from `start` on."""
    length = 0
    while length < len(secret) and text[start + length : start + length + 1] == secret[length]:
        length += 1
    return length
