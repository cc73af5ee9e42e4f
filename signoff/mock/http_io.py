"""Reads requests from ASGI and sends responses; adds CORS and request ids."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import StreamingResponse

from signoff.contract.limits import BODY_VALUES
from signoff.contract.value_count import has_more_values
from signoff.mock.connection import CONNECTION
from signoff.mock.content_codings import TooLongError, decoded
from signoff.mock.event_streams import as_sent
from signoff.mock.exchange import UNDOCUMENTED, Request
from signoff.mock.faults import as_received, broken, pause, send_broken
from signoff.mock.journal import BODY
from signoff.mock.long_work import in_thread
from signoff.mock.redaction import Redaction
from signoff.mock.request_log import log_request, logger, shown_body
from signoff.mock.state import without_session
from signoff.mock.streamed_items import InvalidItemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from starlette.types import Message, Receive, Scope, Send

    from signoff.contract import Contract
    from signoff.mock.exchange import RawHeaders, RawResponse
    from signoff.mock.journal import Journal
    from signoff.mock.settings import Settings

_STANDARD_EXPOSED = (
    "allow",
    "location",
    "link",
    "preference-applied",
    "retry-after",
    UNDOCUMENTED,
    "x-request-id",
    "signoff-explain",
)
# The key of the size limit of a request's body in the ASGI scope; without it, that of the settings counts.
MAX_BODY = "signoff.max_body"
_MAX_REQUEST_ID = 128
_HELD = 65536  # bytes of a body up to which the head is sent with it
_DECODED_AT_ONCE = 16384  # bytes of an encoded body that is decoded in the event loop
_LOGGED = 8192  # bytes of a streamed body that the log shows
_PREFLIGHT = b"access-control-request-"
_CORS = b"access-control-"
_REQUEST_ID = b"x-request-id"
_IDS = frozenset((_REQUEST_ID, b"x-correlation-id", b"request-id", b"correlation-id"))
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_VARY = (b"vary", b"Origin")


class BodyTooLargeError(Exception):
    """The request body is too large; the text says by what it is."""


class ClientGoneError(Exception):
    """The client disconnected before its request was complete."""


class _Tee:
    """Sends the messages of a response, and keeps the beginning of its body for the journal."""

    def __init__(self, send: Send, limit: int) -> None:
        self._send = send
        self._limit = limit
        self.sent = b""
        self.size = 0

    async def __call__(self, message: Message) -> None:
        part: bytes = message.get("body", b"")
        self.size += len(part)
        self.sent += part[: self._limit - len(self.sent)]
        await self._send(message)


class Wire:
    """Reads requests and sends responses; notes both in the journal, if there is one."""

    def __init__(
        self, settings: Settings, contracts: Sequence[Contract], journal: Journal | None = None
    ) -> None:
        self._settings = settings
        self._exposed = ", ".join(_exposed_headers(contracts)).encode("latin-1", "replace")
        self._numbers = count(1)
        self._journal = journal
        self._redaction = Redaction.of(contracts)
        self._limit = next((each.limits.of(BODY_VALUES) for each in contracts), BODY_VALUES)
        self._keeps_bodies = journal is not None or settings.log_bodies
        self._kept = journal.body_limit if journal is not None else _LOGGED if settings.log_bodies else 0

    def request(self, scope: Scope, headers: dict[str, str], body: bytes) -> Request:
        """The request of an ASGI scope, with its headers and body."""
        query = scope["query_string"].decode("latin-1")
        return Request(
            path=raw_path_of(scope),
            path_values=scope.get("path_params", {}),
            query=query if "__session" not in query else without_session(query),
            headers=headers,
            body=body,
            origin=f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}",
        )

    def max_body_bytes(self, scope: Scope) -> int:
        """The size limit of a request's body."""
        found: int = scope.get(MAX_BODY, self._settings.max_body_bytes)
        return found

    async def body(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body of a request, decoded by its Content-Encoding.

        Raises:
            BodyTooLargeError: it exceeds the limit, encoded or decoded.
            ClientGoneError: the client disconnected.
            CodingError: it can't be decoded.
        """
        data = await self._received(scope, receive)
        if not data:
            return data
        coding = b", ".join([value for name, value in scope["headers"] if name == b"content-encoding"])
        if coding:
            data = await self._decoded(scope, data, coding.decode("latin-1"))
        if self._keeps_bodies:
            scope[BODY] = data
        if len(data) > self._limit.value and await in_thread(lambda: self._has_too_many_values(scope, data)):
            raise BodyTooLargeError(self._limit.exceeded)
        return data

    def _has_too_many_values(self, scope: Scope, data: bytes) -> bool:
        content_type = headers_of(scope["headers"]).get("content-type", "")
        return has_more_values(data, content_type, self._limit.value)

    async def _decoded(self, scope: Scope, data: bytes, coding: str) -> bytes:
        decode = partial(decoded, data, coding, self.max_body_bytes(scope))
        try:
            return decode() if len(data) < _DECODED_AT_ONCE else await in_thread(decode)
        except TooLongError:
            raise self._too_long(scope) from None

    def _too_long(self, scope: Scope) -> BodyTooLargeError:
        option = "" if MAX_BODY in scope else " (--max-body raises the limit)"
        return BodyTooLargeError(f"more than {self.max_body_bytes(scope):,} bytes{option}")

    async def _received(self, scope: Scope, receive: Receive) -> bytes:
        """The body as received."""
        parts: list[bytes] = []
        size, limit = 0, self.max_body_bytes(scope)
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > limit:
                raise self._too_long(scope)
            if not message.get("more_body"):
                return b"".join([*parts, part]) if parts else part
            if not parts and _stated_length(scope) > limit:
                raise self._too_long(scope)
            parts.append(part)

    async def send(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        response: RawResponse,
        started: float,
        operation_id: str | None = None,
    ) -> None:
        """Send a response, with the common header fields, and log it."""
        if response.delay_s:
            await pause(receive, response.delay_s)
        fault = response.fault
        if fault is not None:
            response = await broken(response, fault, has_body=scope["method"] != "HEAD")
        elif response.pace is not None:
            response = as_sent(response, response.pace, scope)
        headers = self._joined(_echoed(response.headers, scope), self.common_headers(scope))
        if fault is None and response.stream is not None and scope["method"] != "HEAD":
            streamed = StreamingResponse(response.stream, response.status)
            streamed.raw_headers = headers
            note = partial(self._note, scope, response, headers, started, operation_id)
            await self._stream(streamed, (scope, receive, send), response.body, note, operation_id)
            return
        sent = b"" if scope["method"] == "HEAD" else response.body
        if fault is not None:
            response = replace(response, headers=tuple(headers))
            await send_broken(scope, receive, send, response, self._settings.max_delay)
            response, received = as_received(response)
            headers, sent = list(response.headers), received if sent else b""
        else:
            if sent and len(sent) < _HELD and (connection := scope["extensions"].get(CONNECTION)):
                connection.hold_next()
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": sent})
        self._note(scope, response, headers, started, operation_id, (sent, len(sent)))

    async def _stream(
        self,
        streamed: StreamingResponse,
        request: tuple[Scope, Receive, Send],
        known: bytes,
        note: Callable[..., None],
        operation_id: str | None,
    ) -> None:
        """Send a stream; one whose events are known is logged when it starts: it may stay open for long."""
        scope, receive, send = request
        if known:
            note((known, len(known)))
        tee = _Tee(send, self._kept) if self._keeps_bodies else None
        notes: tuple[str, ...] = ()
        try:
            await streamed(scope, receive, tee or send)  # ends when the client disconnects
        except InvalidItemError as error:
            notes = (str(error),)
        except Exception:  # noqa: BLE001 - returning before the end breaks off the connection
            logger.exception("the handler %s failed while streaming", operation_id)
        if not known:
            note((tee.sent, tee.size) if tee is not None else (b"", 0), notes=notes)

    def _note(
        self,
        scope: Scope,
        response: RawResponse,
        headers: list[tuple[bytes, bytes]],
        started: float,
        operation_id: str | None,
        sent: tuple[bytes, int],
        *,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Note a response in the journal and the log; `sent` is the beginning of its body, and its size."""
        if notes:
            response = replace(response, notes=(*response.notes, *notes))
        elapsed_ms = (time.perf_counter() - started) * 1000
        if self._journal is not None:
            self._journal.append(scope, response, headers, sent, operation_id, elapsed_ms)
        if self._settings.log_requests and logger.isEnabledFor(logging.INFO):
            query = scope["query_string"].decode("latin-1")
            path = raw_path_of(scope) + (f"?{self._redaction.query(query)}" if query else "")
            bodies = self._bodies(scope, headers, sent) if self._settings.log_bodies else None
            log_request(scope["method"], path, operation_id, response, elapsed_ms, bodies)

    def _bodies(
        self, scope: Scope, headers: list[tuple[bytes, bytes]], sent: tuple[bytes, int]
    ) -> dict[str, str]:
        """The bodies of an exchange for the log."""
        received: bytes = scope.get(BODY, b"")
        types = [headers_of(fields).get("content-type", "") for fields in (scope["headers"], headers)]
        return {
            "requestBody": shown_body(received, len(received), types[0], self._redaction),
            "responseBody": shown_body(*sent, types[1], self._redaction),
        }

    def _joined(self, own: RawHeaders, common: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """A response's own header fields and the common ones, each once.

        The document's own request id and the server's own CORS fields take precedence; `Vary` is joined.
        """
        names = {name for name, _ in own}
        if _REQUEST_ID in names:
            del common[0]
        if b"vary" in names and _VARY in common:
            varying = [value for name, value in (*own, *common) if name == b"vary"]
            own = tuple(field for field in own if field[0] != b"vary")
            common[common.index(_VARY)] = (b"vary", _joined_names(varying))
        if common and common[-1][0].startswith(_CORS):
            names = {name for name, _ in common}
            return [*(field for field in own if field[0] not in names), *common]
        return [*own, *common]

    def common_headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """The request id, and the CORS fields."""
        origin = request_id = b""
        for name, value in scope["headers"]:
            if name == b"origin":
                origin = value
            elif name == _REQUEST_ID:
                request_id = value
        headers = [(_REQUEST_ID, self._request_id(request_id))]
        if self._settings.cors:
            headers.append(_VARY)
            if origin:
                headers += [
                    (b"access-control-allow-origin", origin),
                    (b"access-control-allow-credentials", b"true"),
                    (b"access-control-expose-headers", self._exposed),
                ]
        return headers

    def _request_id(self, sent: bytes) -> bytes:
        """The client's id if it is plain ASCII, else a number that is the same in every process."""
        if _is_plain(sent):
            return sent
        return b"mock-%d-%d" % (self._settings.seed, next(self._numbers))

    @property
    def handles_options(self) -> bool:
        """Whether the server handles OPTIONS if the document does not define it."""
        return self._settings.cors

    def is_preflight(self, scope: Scope) -> bool:
        """Whether this is a CORS preflight."""
        if not self._settings.cors or scope["method"] != "OPTIONS":
            return False
        names = [name for name, _ in scope["headers"]]
        return b"origin" in names and any(name.startswith(_PREFLIGHT) for name in names)

    def preflight_headers(self, sent: dict[str, str], allowed: Iterable[str]) -> list[tuple[bytes, bytes]]:
        """The header fields of a response to a preflight (Fetch standard, section 3.2.2)."""
        asked = sent.get("access-control-request-method", "")
        names = dict.fromkeys([*allowed, *([asked] if _TOKEN.fullmatch(asked) else [])])
        headers = [(b"access-control-allow-methods", ", ".join(names).encode())]
        if asked:
            headers.append((b"access-control-max-age", b"600"))
        wanted = sent.get("access-control-request-headers", "")
        if wanted:
            headers.append((b"access-control-allow-headers", wanted.encode("latin-1", "replace")))
        return headers


def _echoed(own: RawHeaders, scope: Scope) -> RawHeaders:
    """A response's own header fields; a documented request id is the client's, if it sent one."""
    if not any(name in _IDS for name, _ in own):
        return own
    sent = {name: value for name, value in scope["headers"] if name in _IDS and _is_plain(value)}
    return tuple((name, sent.get(name, value)) for name, value in own)


def _is_plain(value: bytes) -> bool:
    """Whether a client's request id can be sent back."""
    return bool(value) and len(value) <= _MAX_REQUEST_ID and value.isascii() and value.decode().isprintable()


def _joined_names(values: list[bytes]) -> bytes:
    """Lists of field names as one list, each name once."""
    names = [name.strip() for value in values for name in value.split(b",") if name.strip()]
    unique: dict[bytes, bytes] = {}
    for name in names:
        unique.setdefault(name.lower(), name)
    return b"*" if b"*" in unique else b", ".join(unique.values())


def raw_path_of(scope: Scope) -> str:
    """The raw path of a request, percent-encoded, without the query."""
    raw = scope.get("raw_path")
    return raw.decode("latin-1") if raw else quote(scope["path"])


def headers_of(fields: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header values by lower-case name; those of a repeated field joined by commas."""
    headers: dict[str, str] = {}
    for name, value in fields:
        key = name.decode("latin-1")
        text = value.decode("latin-1")
        if key in headers:
            text = f"{headers[key]}{'; ' if key == 'cookie' else ', '}{text}"
        headers[key] = text
    return headers


def _stated_length(scope: Scope) -> int:
    """The Content-Length; 0 without one."""
    stated = headers_of(scope["headers"]).get("content-length", "")
    return int(stated) if stated.isdecimal() else 0


def _exposed_headers(contracts: Iterable[Contract]) -> list[str]:
    documented = {
        header.name.lower()
        for contract in contracts
        for operation in contract.operations
        for response in operation.responses
        for header in response.headers
    }
    return sorted(documented.union(_STANDARD_EXPOSED))
