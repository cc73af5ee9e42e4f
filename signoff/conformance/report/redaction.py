"""Redacts secrets in reports, by field name and by value.

A server may echo a credential in any header or body, so field names alone are not enough.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.reporting.secret_names import REDACTED, is_secret
from signoff.reporting.secret_values import PREFIX, SecretValues, encoded, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signoff.conformance.exchange import Fields, Received, Sent
    from signoff.contract.json_value import JsonObject

# Request headers that users set and that contain no secret.
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
# Minimum length of a redacted value: if the field name is a secret one, and otherwise (so that common
# words are not redacted).
_SHORTEST_NAMED, _SHORTEST = 4, 8


class Redactor:
    """Redacts the secrets of one run in its reports."""

    def __init__(
        self, credentials: Fields, schemes: Mapping[str, JsonObject], sent: Iterable[Fields] = ()
    ) -> None:
        """Collect the secrets.

        Args:
            credentials: the extra request headers of the run.
            schemes: the document's security schemes. The headers and parameters in them are secret.
            sent: the headers of requests, which may contain credentials of other users.
        """
        given = [(name, value) for name, value in credentials if name.lower() not in _HARMLESS]
        named = {str(scheme["name"]).lower() for scheme in schemes.values() if "name" in scheme}
        self._names = {"set-cookie", *named, *(name.lower() for name, _ in given)}
        found = {
            form
            for name, value in given
            for part in _parts(name, value, _SHORTEST_NAMED if is_secret(name) else _SHORTEST)
            for form in (*quoted(part), *encoded(part))
        }
        for name, value in {field for fields in sent for field in fields}:
            if self._is_secret(name):
                found.update(form for part in _parts(name, value, PREFIX) for form in quoted(part))
        self._values = SecretValues(found)

    def text(self, text: str) -> str:
        """The text without secrets and without tokens or passwords that the server issued."""
        return _ISSUED.sub(rf"\g<1>{REDACTED}", self._scrubbed(text))

    def content(self, content: bytes) -> bytes:
        """The content without the secrets that were sent."""
        return self._scrubbed(content.decode("latin-1")).encode("latin-1")

    def fields(self, fields: Fields) -> Fields:
        """Header fields with secret values redacted."""
        return tuple(
            (self.text(name), REDACTED if self._is_secret(name) else self.text(value))
            for name, value in fields
        )

    def sent(self, sent: Sent) -> Sent:
        """The request without secrets."""
        url = _QUERY_MEMBER.sub(self._member, self._scrubbed(sent.url))
        return replace(sent, url=url, headers=self.fields(sent.headers), body=self.content(sent.body))

    def received(self, received: Received) -> Received:
        """The response without secrets."""
        return replace(
            received,
            headers=self.fields(received.headers),
            body=self.content(received.body),
            fault=self.text(received.fault),
        )

    def _is_secret(self, name: str) -> bool:
        return name.lower() in self._names or is_secret(name)

    def _member(self, match: re.Match[str]) -> str:
        return f"{match[1]}={REDACTED}" if self._is_secret(match[1]) else match[0]

    def _scrubbed(self, text: str) -> str:
        return _USER_INFO.sub(f"{REDACTED}@", self._values.removed_from(text))


def _parts(name: str, value: str, shortest: int) -> Iterator[str]:
    """A header value and its parts that are secrets themselves, unless they are too short."""
    yield from (part for part in {value, *_secrets_in(name.lower(), value)} if len(part) >= shortest)


def _secrets_in(name: str, value: str) -> Iterator[str]:
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
