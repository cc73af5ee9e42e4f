"""Redacts secrets in what the mock shows of requests and responses: in its log and in its journal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote_plus

from signoff.contract import media_types
from signoff.reporting.secret_names import REDACTED, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.contract import Contract, JsonValue

# A member of JSON or of a form whose name says that its value is secret; also in a truncated body.
_JSON_SECRET = re.compile(r'("([^"\\]{1,80})"\s*:\s*")((?:[^"\\]|\\.)*)')
_FORM_SECRET = re.compile(r"(?:(?<=^)|(?<=[?&]))([^=&#]{1,80})=([^&#]*)")


_DECODER = json.JSONDecoder()


def safe_message(message: str, *names: str) -> str:
    """What a validator says about a value, without the secrets that it quotes.

    Args:
        message: a sentence that may begin with the value as JSON.
        names: the parameter, or the names that lead to the value.
    """
    is_named = any(map(is_secret, names))
    if not is_named and not message.startswith(("{", "[")):
        return message
    try:
        value, end = _DECODER.raw_decode(message)
    except ValueError:
        is_whole = not is_named and " … " not in message
        return message if is_whole else "the value does not match the schema"
    shown = REDACTED if is_named else json.dumps(Redaction(()).value(value), ensure_ascii=False)
    return f"{shown}{message[end:]}"


class Redaction:
    """Redacts secrets by their names.

    Args:
        names: the header fields and parameters of security schemes.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset({"set-cookie", *(name.lower() for name in names)})

    @classmethod
    def of(cls, contracts: Iterable[Contract]) -> Self:
        """Redacts secrets of the served documents."""
        schemes = [scheme for each in contracts for scheme in each.security_schemes.values()]
        return cls(str(scheme["name"]) for scheme in schemes if "name" in scheme)

    def is_secret_name(self, name: str) -> bool:
        """Whether the value of a header field, parameter or member is redacted."""
        return name.lower() in self._names or is_secret(name)

    def query(self, query: str) -> str:
        """A query string or a form."""
        return _FORM_SECRET.sub(self._parameter, query)

    def text(self, media_type: str, text: str) -> str:
        """The text of a body, or its beginning."""
        if media_types.essence(media_type) == media_types.URLENCODED:
            return self.query(text)
        return _JSON_SECRET.sub(self._member, text)

    def value(self, value: JsonValue) -> JsonValue:
        """A JSON value."""
        if isinstance(value, dict):
            return {
                name: REDACTED if isinstance(held, str) and self.is_secret_name(name) else self.value(held)
                for name, held in value.items()
            }
        return [self.value(item) for item in value] if isinstance(value, list) else value

    def _member(self, match: re.Match[str]) -> str:
        return f"{match[1]}{REDACTED}" if self.is_secret_name(match[2]) else match[0]

    def _parameter(self, match: re.Match[str]) -> str:
        return f"{match[1]}={REDACTED}" if self.is_secret_name(unquote_plus(match[1])) else match[0]
