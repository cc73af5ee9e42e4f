"""A request and its response as sent over the network, and how the document interprets the request."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from signoff.contract import body_reader, conformance_rules, json_value, media_types
from signoff.contract.body_reader import ReadBody
from signoff.contract.envelopes import item_in
from signoff.contract.json_value import JsonSyntaxError
from signoff.contract.paths import operations_table
from signoff.contract.requests import RequestReader
from signoff.contract.resource_roles import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract import Contract, MediaType, Operation, Response
    from signoff.contract.expressions import Variables
    from signoff.contract.json_value import JsonValue
    from signoff.contract.requests import ParsedRequest

Fields = tuple[tuple[str, str], ...]
Intent = Literal[
    "positive", "existing", "forbidden", "missing", "negative", "method", "accept", "fuzzing",
    "boundary", "head", "follow", "candidate",
    "unauthenticated", "generated-credentials", "other-user", "other-user-missing", "denied-operation",
    "as-user", "anonymous",
    "created", "updated", "deleted", "linked",
]  # fmt: skip
# These requests test credentials, not their form.
ABOUT_CREDENTIALS = (
    "unauthenticated",
    "generated-credentials",
    "other-user",
    "other-user-missing",
    "denied-operation",
    "as-user",
    "anonymous",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: its method, full URL, header fields in order, and exact body bytes."""

    method: str
    url: str
    headers: Fields
    body: bytes

    @property
    def path(self) -> str:
        """The raw path of the URL."""
        return urlsplit(self.url).path or "/"

    def header(self, name: str) -> str | None:
        """The value of the first field of that name (in lower case)."""
        return next((value for field_name, value in self.headers if field_name.lower() == name), None)

    @property
    def size(self) -> int:
        """The size in characters and bytes; of similar failures, the smallest request is reported."""
        return len(self.url) + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class TransportFault(Enum):
    """Why a response could not be read completely."""

    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    BROKEN = "broken"
    NOT_CONNECTED = "not connected"
    GONE = "gone"  # it responded before, and does not any more
    OURS = "ours"  # the client cannot send the request or read the response: not the target's fault
    DEAD = "dead"  # the credentials are dead, and nothing renews them


NOT_JUDGED = (TransportFault.GONE, TransportFault.OURS, TransportFault.DEAD)


@dataclass(frozen=True, slots=True)
class Received:
    """A response.

    Attributes:
        headers: in the order and case received; repeated fields are not joined.
        body: the bytes, content codings removed.
        elapsed_s: the time from the first byte sent to the last byte received.
        fault: why the response could not be read completely, for users; empty if it could.
        fault_kind: the same for programs; None if it could.
        is_throttled: whether the target rejected the request only because there were too many.
        left_out: why a stream was not read to its end, in one sentence; empty if it was.
    """

    status: int
    headers: Fields
    body: bytes
    elapsed_s: float
    fault: str = ""
    fault_kind: TransportFault | None = None
    is_throttled: bool = False
    left_out: str = ""

    def values(self, name: str) -> list[str]:
        """The values of every field of that name."""
        return [value for field_name, value in self.headers if field_name.lower() == name]

    def header(self, name: str) -> str | None:
        """The value of the first field of that name (in lower case)."""
        return next(iter(self.values(name)), None)


_KEPT_BYTES = 256 * 1024


@dataclass(frozen=True)
class Exchange:
    """A request and its response, with what the document defines for them.

    Attributes:
        intent: why the request was sent.
        label: a short description of the request, for users.
        subject: the operation under test.
        operation: the operation that the method and path match; None for an undocumented method.
        request: the parsed request; None without an operation.
        path_values: the raw text of each path parameter.
        expected: the statuses that are expected because of the data file; 2 stands for any 2xx.
        secrets: the credentials of the run, which no response may contain.
        bound_s: the maximum response time in seconds; None for no limit.
        is_repeated: whether an earlier request may prevent the success of this one, such as by using a
            unique name.
        follows: the previous exchange about the same resource, if it matters.
        writes: how many requests have changed the resource of this path, or what is below it, before.
    """

    sent: Sent
    received: Received
    intent: Intent
    label: str
    subject: Operation
    operation: Operation | None
    request: ParsedRequest | None
    allowed: tuple[str, ...] = ()
    path_values: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = field(default=())
    secrets: tuple[str, ...] = ()
    follows: Exchange | None = None
    bound_s: float | None = None
    is_repeated: bool = False
    changes: int = 0

    @property
    def status(self) -> int:
        """The status code of the response."""
        return self.received.status

    @cached_property
    def content_type(self) -> str:
        """The response's Content-Type, empty when there is none."""
        return self.received.header("content-type") or ""

    @cached_property
    def response(self) -> Response | None:
        """The documented response for this status; for undocumented methods, of the tested operation."""
        return (self.operation or self.subject).response_for(self.status)

    @cached_property
    def media_type(self) -> MediaType | None:
        """The documented media type of this body."""
        return self.response.media_type_for(self.content_type) if self.response else None

    @cached_property
    def json(self) -> tuple[JsonValue, str]:
        """The response's JSON value, and why there is none (empty if there is one)."""
        if not media_types.is_json(self.content_type):
            return None, "the media type is not JSON"
        _make_room(self)
        try:
            return json_value.parse(self.received.body), ""
        except JsonSyntaxError as error:
            return None, str(error)

    @cached_property
    def body(self) -> tuple[ReadBody | None, str]:
        """The response's values as its schema judges them, and why there are none.

        Without a reason and without values the media type or its schema cannot be judged.
        """
        offer = self.media_type
        if (
            offer is None
            or not self.received.body
            or body_reader.why_not_judged(self.content_type, offer.schema)
        ):
            return None, ""
        if media_types.is_json(self.content_type):
            value, reason = self.json
            return (None if reason else ReadBody((value,))), reason
        schemas = offer.schema.schemas if offer.schema else None
        _make_room(self)
        if schemas is None:
            return ReadBody(()), ""
        try:
            return body_reader.read(self.received.body, self.content_type, offer, schemas), ""
        except body_reader.SYNTAX_ERRORS as error:
            return None, str(error)

    @cached_property
    def values(self) -> Variables:
        """The variables of `x-conformance` rules."""
        text = None if self.json[1] == "" else self.received.body.decode("utf-8", "replace")
        request = self.request
        return conformance_rules.values_of(
            method=self.sent.method,
            path=self.sent.path,
            parameters=request.parameters if request else {},
            request_headers={name.lower(): value for name, value in self.sent.headers},
            request_body=request.body if request else None,
            is_valid=request is not None and not request.faults,
            status=self.status,
            response_headers={name.lower(): value for name, value in self.received.headers},
            response_body=self.json[0] if text is None else text or None,
            received_at=_moment(self.received.header("date")),
            # Fuzzing uses many threads at once, so its times are not meaningful.
            elapsed_ms=0.0 if self.intent == "fuzzing" else self.received.elapsed_s * 1000,
        )

    def release(self) -> None:
        """Forget what rules were given, and the values of a large body, which take many times its size.

        They are read again if used.
        """
        is_large = len(self.received.body) > _KEPT_BYTES
        for name in ("values", *(("json", "body", "item") if is_large else ())):
            self.__dict__.pop(name, None)

    @property
    def identity(self) -> str:
        """The path parameter values in lower case, which identify the resource."""
        return "&".join(f"{name}={text.lower()}" for name, text in sorted(self.path_values.items()))

    @property
    def is_success(self) -> bool:
        """Whether this is a valid request that succeeds, or gets a documented redirect."""
        is_valid = self.request is not None and not self.request.faults
        named = self.response.status if self.response else ""
        is_redirect = 300 <= self.status < 400 and named not in ("", "default")
        return is_valid and (200 <= self.status < 300 or is_redirect)

    @property
    def json_object(self) -> dict[str, JsonValue] | None:
        """The response's JSON object; None if it is not an object."""
        value = self.json[0]
        return value if isinstance(value, dict) else None

    @cached_property
    def item(self) -> dict[str, JsonValue] | None:
        """The item in the response's JSON object, which may be its envelope; None if it is not an object."""
        return item_in(self.json[0], self.media_type.schema if self.media_type else None, self._kind)

    @cached_property
    def sent_item(self) -> dict[str, JsonValue]:
        """The item in the request's JSON object, which may be its envelope; empty if it is not an object."""
        request = self.request
        if request is None:
            return {}
        schema = request.media_type.schema if request.media_type else None
        return item_in(request.body, schema, self._kind) or {}

    @property
    def _kind(self) -> str:
        return name_of((self.operation or self.subject).path)


_DEEPEST = 4
_RECENT_BYTES = 4 * 2**20
_RECENT: deque[Exchange] = deque()
_RECENT_LOCK = threading.Lock()


def _make_room(exchange: Exchange) -> None:
    """Before the values of a large body are read, forget those of others beyond a total size."""
    if len(exchange.received.body) > _KEPT_BYTES:
        with _RECENT_LOCK:
            _RECENT.append(exchange)
            while len(_RECENT) > 1 and sum(len(each.received.body) for each in _RECENT) > _RECENT_BYTES:
                _RECENT.popleft().release()


def objects_in(value: JsonValue, depth: int = _DEEPEST) -> Iterator[dict[str, JsonValue]]:
    """The objects in a JSON value, outer ones first, with limited depth and length."""
    if isinstance(value, dict):
        yield value
    parts = value.values() if isinstance(value, dict) else value[:50] if isinstance(value, list) else ()
    for part in parts if depth else ():
        yield from objects_in(part, depth - 1)


def _moment(date: str | None) -> str:
    """The time in a Date field, or the current time if it has none, as RFC 3339."""
    try:
        found = parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        found = datetime.now(UTC)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


@dataclass(frozen=True, slots=True)
class Meaning:
    """How the document interprets one request.

    Attributes:
        operation: the operation that its method and path match, if any.
        request: the request, parsed for that operation.
        allowed: the documented methods of its path.
        path_values: the raw text of each path parameter.
    """

    operation: Operation | None
    request: ParsedRequest | None
    allowed: tuple[str, ...]
    path_values: Mapping[str, str]

    @property
    def is_valid(self) -> bool:
        """Whether the request matches the document."""
        return self.request is not None and not self.request.faults


class Meanings:
    """Parses requests to the operations of a document under one base path."""

    def __init__(self, contract: Contract, base_url_path: str) -> None:
        self._base = base_url_path.rstrip("/")
        self._readers = {op.id: RequestReader(op, contract.schemas) for op in contract.operations}
        self._table = operations_table(contract)

    def of(self, sent: Sent) -> Meaning:
        """Interpret a request from its exact URL, headers and body."""
        path, _, query = sent.url.partition("://")[2].partition("/")[2].partition("?")
        place = f"/{path}".removeprefix(self._base)
        nearest = self._table.find(place)[:1]  # concrete paths before templated ones
        allowed = tuple(method for values, _ in nearest for method in values)
        match = self._table.match(sent.method, place)
        if not match:
            return Meaning(None, None, allowed, {})
        operation, values = match
        request = self._readers[operation.id].read(values, query, joined(sent.headers), sent.body)
        return Meaning(operation, request, allowed, values)


def joined(fields: Fields) -> dict[str, str]:
    """Header fields by lower-case name. The values of repeated fields are joined with commas."""
    headers: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers
