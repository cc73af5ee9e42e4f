"""Generates the header fields of a documented response.

Standard HTTP fields (entity tags, dates, links) get a realistic value if the document defines no more than a
string.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from signoff.contract import Direction, media_types
from signoff.contract.json_value import as_object
from signoff.contract.names import singular, words_of
from signoff.generate import CannotGenerateError
from signoff.mock.exchange import to_json
from signoff.mock.page_sandbox import POLICY, SANDBOX, runs_scripts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract import Header, Operation, Response
    from signoff.contract.json_value import JsonValue
    from signoff.generate import Generator
    from signoff.mock.exchange import RawHeaders

_WAITING = (429, 503)
# Set by the server itself (RFC 9110, section 8; RFC 9112).
_FRAMING = {
    *("content-encoding", "transfer-encoding", "content-length", "content-type", "connection", "trailer"),
    *("keep-alive", "te", "upgrade", "proxy-connection", "date"),
}
_MOMENT = "Thu, 01 Jan 2026 12:00:00 GMT"  # an IMF-fixdate (RFC 9110, section 5.6.7)
_STANDARD = {
    "accept-patch": "application/json",
    "accept-post": "application/json",
    "accept-ranges": "bytes",
    "access-control-allow-credentials": "true",
    **dict.fromkeys(("access-control-allow-headers", "access-control-allow-methods"), "*"),
    **dict.fromkeys(("access-control-allow-origin", "access-control-expose-headers"), "*"),
    "access-control-max-age": "600",
    "age": "0",
    "cache-control": "no-store",
    "content-disposition": 'attachment; filename="file"',
    "content-language": "en",
    "content-range": "items 0-9/100",
    "content-security-policy": "default-src 'self'",
    "deprecation": "@1767268800",
    "expires": _MOMENT,
    "last-modified": _MOMENT,
    "pragma": "no-cache",
    "referrer-policy": "no-referrer",
    "retry-after": "120",
    "server": "mock",
    "set-cookie": "session=mock; Path=/; HttpOnly",
    "strict-transport-security": "max-age=31536000",
    "sunset": "Fri, 01 Jan 2027 12:00:00 GMT",
    "vary": "Accept",
    "www-authenticate": 'Bearer realm="mock"',
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_TEMPLATE = re.compile(r"\{[^{}]*\}")


class HeaderFields:
    """Generates the response header fields of one contract."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._made: dict[str, JsonValue] = {}

    def of(self, operation: Operation, response: Response, status: int, body: JsonValue) -> RawHeaders:
        """The documented fields of a response.

        `Retry-After` matches the body, and is sent only with statuses that ask clients to wait.
        """
        sent: list[tuple[bytes, bytes]] = []
        for header in response.headers:
            name = header.name.lower()
            if name in _FRAMING:
                continue
            wait = _wait_of(body)
            if name == "retry-after" and not header.required and wait is not None:
                texts = [str(wait)]
            elif name == "retry-after" and not header.required and status not in _WAITING:
                continue
            else:
                texts = self.texts(operation, header, status, body)
            if name == POLICY and any(runs_scripts(offer.name) for offer in response.content):
                sent += _with_sandbox(header, texts, response)
                continue
            sent += [(name.encode("latin-1", "replace"), text.encode("latin-1", "replace")) for text in texts]
        return tuple(sent)

    def texts(
        self, operation: Operation, header: Header, status: int = 200, body: JsonValue = None
    ) -> list[str]:
        """The values of one header field: several for Set-Cookie, none if no value can be generated."""
        is_cookie = header.name.lower() == "set-cookie"
        if header.examples:
            values = [example.value for example in header.examples]
            return _cookies(values) if is_cookie else [_as_text(header, values[0])]
        standard = _standard(operation, header.name.lower(), status, body)
        if header.schema is None:
            return [] if standard is None else [standard]
        listed: list[JsonValue] = [standard]
        for usual in (standard, listed) if is_cookie else (standard,):
            is_free = standard is not None and "default" not in header.schema.raw
            if is_free and header.schema.is_valid(usual, Direction.RESPONSE):
                return [str(standard)]
        key = f"{operation.id}|{header.name}"
        place = f"{key}|{header.pointer}"
        try:
            if place not in self._made:
                self._made[place] = self._generator.generate(header.schema, Direction.RESPONSE, key)
        except CannotGenerateError:
            return []
        value = self._made[place]
        return _cookies([value]) if is_cookie else [_as_text(header, value)]


def _with_sandbox(header: Header, texts: list[str], response: Response) -> Iterator[tuple[bytes, bytes]]:
    """A documented policy and the sandbox of pages: browsers apply each policy of the list.

    Where the document does not allow that list, the page is a download instead, which no script runs in.
    """
    joined = ", ".join([*texts, SANDBOX])
    is_valid = header.schema is None or header.schema.is_valid(joined, Direction.RESPONSE)
    can_be_download = not any(other.name.lower() == "content-disposition" for other in response.headers)
    if is_valid or not can_be_download:
        texts = [joined]
    else:
        yield b"content-disposition", b"attachment"
    yield from ((POLICY.encode(), text.encode("latin-1", "replace")) for text in texts)


def _standard(operation: Operation, name: str, status: int, body: JsonValue) -> str | None:
    """A value for a standard HTTP field; None for other fields."""
    match name:
        case "etag":
            return f'"{zlib.crc32(operation.id.encode("utf-8", "replace")):08x}"'
        case "link":
            return f'<{_path_of(operation)}?page=2>; rel="next"'
        case "allow":
            return operation.method
        case "location" if 300 <= status < 400:
            return operation.base_path or "/"  # not this path, to avoid a redirect loop
        case "location" | "content-location":
            return _path_of(operation) + (f"/{_id_of(body, operation)}" if operation.method == "POST" else "")
        case _:
            return _STANDARD.get(name)


def _path_of(operation: Operation) -> str:
    return operation.base_path + _TEMPLATE.sub("1", operation.path)


def _id_of(body: JsonValue, operation: Operation) -> str:
    """The id in the body: the `eventId`, `event_id` or `id` that `POST /events` made."""
    members = {"".join(words_of(name)): value for name, value in as_object(body).items()}
    own = f"{singular(operation.path.rpartition('/')[2])}id"
    held = next((members[name] for name in (own, "id", "uuid") if name in members), None)
    text = str(held) if isinstance(held, int | str) else "1"
    return text if re.fullmatch(r"[A-Za-z0-9._~-]{1,64}", text) else "1"


def _wait_of(body: JsonValue) -> int | None:
    """The seconds to wait that a body contains, as `retryAfter` or `retry_after_seconds`."""
    for name, value in body.items() if isinstance(body, dict) else ():
        is_wait = words_of(name) in (("retry", "after"), ("retry", "after", "seconds"))
        if is_wait and isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _cookies(values: list[JsonValue]) -> list[str]:
    """The values of Set-Cookie, one field per cookie: they can't be joined (RFC 6265, section 3).

    A value may be a list of cookies, an object of names and values, or have one cookie per line (OpenAPI 3.2,
    section 4.21.3). If several examples set a cookie, the first one is used.
    """
    cookies: list[str] = []
    for value in values:
        if isinstance(value, dict):
            found = [f"{name}={_plain(item)}" for name, item in value.items()]
        elif isinstance(value, list):
            found = [_plain(item) for item in value]
        else:
            found = [_printable(line) for line in str(value).splitlines() if line.strip()]
        known = {text.partition("=")[0] for text in cookies}
        cookies += [text for text in found if text.partition("=")[0] not in known]
    return cookies


def _as_text(header: Header, value: JsonValue) -> str:
    """A header's value as text: JSON, or the `simple` style (OpenAPI 3.1, section 4.8.12)."""
    if header.media_type and media_types.is_json(header.media_type):
        return _printable(to_json(value).decode("utf-8", "replace"))
    if isinstance(value, list):
        return ",".join(_plain(item) for item in value)
    if isinstance(value, dict):
        sign = "=" if header.explode else ","
        return ",".join(f"{name}{sign}{_plain(item)}" for name, item in value.items())
    return _plain(value)


def _plain(value: JsonValue) -> str:
    if isinstance(value, list | dict):
        return _printable(to_json(value).decode("utf-8", "replace"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _printable(str(value))


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
