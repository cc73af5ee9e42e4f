"""Keeping secrets out of reports: by the names that they go under, and by their values wherever they turn up.

A server may send a credential back in any field or body, so names alone are not enough.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from signoff.conformance.curl import REDACTED, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signoff.conformance.exchange import Fields, Received, Sent
    from signoff.contract.json_value import JsonObject

# Fields that users set for every request and that hold no secret.
_HARMLESS = {
    "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection",
    "content-type", "host", "origin", "prefer", "referer", "traceparent", "user-agent", "x-request-id",
}  # fmt: skip
_ISSUED = re.compile(
    r'("(?:access_token|refresh_token|id_token|client_secret|password|api_?key|secret)"\s*:\s*")[^"]+',
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)[^/?#@\s\"']+@")
_QUERY_MEMBER = re.compile(r"(?<=[?&])([^=&#]+)=([^&#]*)")
# A value under a secret's name is scrubbed when it is this long; one under any other name when it is
# long enough to be no ordinary word.
_SHORTEST_NAMED, _SHORTEST = 4, 8
# A longer value is known by its beginning, so that one that a message cut short is found too.
_TELLING = 12


class Redactor:
    """Takes the secrets of one run out of what its reports show."""

    def __init__(
        self, credentials: Fields, schemes: Mapping[str, JsonObject], sent: Iterable[Fields] = ()
    ) -> None:
        """Learn the secrets.

        Args:
            credentials: the header fields that the user gave for every request.
            schemes: the document's security schemes; where one names a field or parameter, that is secret.
            sent: the header fields of requests, which may carry credentials of other people.
        """
        given = [(name, value) for name, value in credentials if name.lower() not in _HARMLESS]
        named = {str(scheme["name"]).lower() for scheme in schemes.values() if "name" in scheme}
        self._names = {"set-cookie", *named, *(name.lower() for name, _ in given)}
        found = {
            form
            for name, value in given
            for form in _forms(name, value, _SHORTEST_NAMED if is_secret(name) else _SHORTEST)
        }
        for name, value in {field for fields in sent for field in fields}:
            if self._is_secret(name):
                found.update(_forms(name, value, _TELLING))
        self._by_beginning: dict[str, list[str]] = {}
        for secret in sorted(found, key=lambda secret: (-len(secret), secret)):
            self._by_beginning.setdefault(secret[:_TELLING], []).append(secret)

    def text(self, text: str) -> str:
        """The text without secrets, nor tokens and passwords that a server issued."""
        return _ISSUED.sub(rf"\g<1>{REDACTED}", self._scrubbed(text))

    def octets(self, octets: bytes) -> bytes:
        """The octets without the secrets that were sent."""
        return self._scrubbed(octets.decode("latin-1")).encode("latin-1")

    def fields(self, fields: Fields) -> Fields:
        """Header fields, those with a secret's name without their values."""
        return tuple(
            (self.text(name), REDACTED if self._is_secret(name) else self.text(value))
            for name, value in fields
        )

    def sent(self, sent: Sent) -> Sent:
        """A request without secrets."""
        url = _QUERY_MEMBER.sub(self._member, self._scrubbed(sent.url))
        return replace(sent, url=url, headers=self.fields(sent.headers), body=self.octets(sent.body))

    def received(self, received: Received) -> Received:
        """A response without secrets."""
        return replace(
            received,
            headers=self.fields(received.headers),
            body=self.octets(received.body),
            fault=self.text(received.fault),
        )

    def _is_secret(self, name: str) -> bool:
        return name.lower() in self._names or is_secret(name)

    def _member(self, match: re.Match[str]) -> str:
        return f"{match[1]}={REDACTED}" if self._is_secret(match[1]) else match[0]

    def _scrubbed(self, text: str) -> str:
        for beginning, secrets in self._by_beginning.items():
            text = _without(text, beginning, secrets)
        return _USER_INFO.sub(f"{REDACTED}@", text)


def _forms(name: str, value: str, shortest: int) -> Iterator[str]:
    """The ways in which a field's value may turn up: without its scheme, decoded, quoted."""
    for part in {value, *_parts(name.lower(), value)}:
        if len(part) >= shortest:
            yield part
            as_octets = part.encode("utf-8", "replace").decode("latin-1")
            yield from {as_octets, quote(part, safe=""), quote_plus(part), html.escape(part)}
            yield json.dumps(part)[1:-1]


def _parts(name: str, value: str) -> Iterator[str]:
    """What of a field's value is a secret by itself."""
    if name == "cookie":
        yield from (pair.partition("=")[2] for pair in value.split("; "))
        return
    scheme, _, rest = value.partition(" ")
    yield rest
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(rest, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return
        yield from (pair, pair.partition(":")[2])


def _without(text: str, beginning: str, secrets: list[str]) -> str:
    """The text with secrets of one beginning replaced, also where they are cut short."""
    kept, start = [], 0
    while (found := text.find(beginning, start)) >= 0:
        kept += [text[start:found], REDACTED]
        start = found + max(_shared(text, found, secret) for secret in secrets)
    return "".join([*kept, text[start:]]) if kept else text


def _shared(text: str, start: int, secret: str) -> int:
    """How many characters of the secret stand in the text from `start` on."""
    length = 0
    while length < len(secret) and text[start + length : start + length + 1] == secret[length]:
        length += 1
    return length
