"""Custom handlers, called as Connexion calls them.

A handler gets the parameters of its operation that it has arguments for, `body`, and the mock's own
arguments (`SPECIAL`). It returns a body, `(body, status)`, `(body, status, headers)`, `(body, headers)`, a
`MockResponse`, or a response of Connexion or Starlette; an iterator as the body is streamed. It raises
Connexion's `ProblemException`, or `ProblemError` for an entry of the problem catalogue. `handler_responses`
converts the return value into a response.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

from anyio import to_thread
from connexion.decorators.parameter import pythonic, sanitized
from connexion.exceptions import ProblemException
from connexion.jsonifier import Jsonifier
from connexion.lifecycle import ConnexionResponse
from starlette.datastructures import MutableHeaders
from starlette.responses import Response, StreamingResponse

from signoff.contract import JsonValue, SetupError
from signoff.mock.problems import ProblemError

if TYPE_CHECKING:
    from signoff.contract import Operation
    from signoff.contract.requests import ParsedRequest
    from signoff.mock.exchange import RawResponse
    from signoff.mock.settings import Settings

Stream: TypeAlias = "AsyncIterable[Any] | Iterator[Any]"
SPECIAL = ("mock_response", "settings")
_DETERMINISTIC = "signoff_deterministic"
_AnyFunction = TypeVar("_AnyFunction", bound=Callable[..., Any])


@dataclass(slots=True)
class MockResponse:
    """The response that a handler gets as `mock_response`, or returns.

    Attributes:
        status: the status code; None for the first documented success.
        body: a JSON value, raw bytes, an iterator to stream, or None.
        headers: the header fields; `append` adds a field with the same name.
        media_type: the media type; None for the documented one that the client prefers.
        adds_documented: whether to generate documented header fields that are missing in `headers`.
    """

    status: int | None = None
    body: JsonValue | bytes | Stream = None
    headers: MutableHeaders = field(default_factory=MutableHeaders)
    media_type: str | None = None
    adds_documented: bool = False


def deterministic(function: _AnyFunction) -> _AnyFunction:
    """Declare that a handler's response depends on its arguments alone.

    The handler runs in the event loop, so it must be fast. Its response is cached: it is not called again for
    the same request.

    Raises:
        TypeError: the function is asynchronous or a generator.
    """
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    if any(is_kind(function) for is_kind in kinds):
        raise TypeError(
            f"{function.__name__}: a deterministic handler must be a plain function, not async or a generator"
        )
    setattr(function, _DETERMINISTIC, True)
    return function


class Handler:
    """A custom handler of one operation.

    Args:
        function: the user's function.
        operation: its operation.
        settings: the argument `settings`.

    Raises:
        SetupError: the operation has no parameter for one of its arguments.
    """

    def __init__(self, function: Callable[..., Any], operation: Operation, settings: Settings) -> None:
        self._function = function
        self._settings = settings
        self._arguments = inspect.signature(function).parameters
        self._takes_all = any(item.kind is item.VAR_KEYWORD for item in self._arguments.values())
        self._keys = {
            name: (parameter.location, parameter.name)
            for parameter in operation.parameters
            for name in (pythonic(parameter.name), sanitized(parameter.name))
        }
        self.is_deterministic: bool = getattr(function, _DETERMINISTIC, False)
        self.wants_mock_response = "mock_response" in self._arguments and "mock_response" not in self._keys
        known = {*self._keys, *SPECIAL, "body", *_form_members(operation)}
        for name, argument in self._arguments.items():
            is_variadic = argument.kind in (argument.VAR_KEYWORD, argument.VAR_POSITIONAL)
            if argument.default is argument.empty and not is_variadic and name not in known:
                raise SetupError(
                    f"the handler {operation.id} has an argument {name!r}, but {operation.label} has no such"
                    " parameter",
                    suggestion=f"Allowed: the operation's parameters, `body`, {', '.join(SPECIAL)}.",
                )

    def call_inline(self, request: ParsedRequest, mock_response: MockResponse | None) -> MockResponse:
        """Call a deterministic handler.

        Raises:
            TypeError: it returned a stream, which can't be cached.
        """
        try:
            result = result_of(self._function(**self._values(request, mock_response)))
        except ProblemException as error:
            return result_of(error.to_problem())  # type: ignore[no-untyped-call]
        if is_stream(result.body):
            raise TypeError("a deterministic handler can't return a stream")
        return result

    async def call(self, request: ParsedRequest, mock_response: MockResponse | None) -> MockResponse:
        """Call the handler, in a thread if it is a plain function."""
        called = partial(self._function, **self._values(request, mock_response))
        try:
            is_async = inspect.iscoroutinefunction(self._function)
            found = called() if is_async else await to_thread.run_sync(called)
            return result_of(await found if isinstance(found, Awaitable) else found)
        except ProblemException as error:
            return result_of(error.to_problem())  # type: ignore[no-untyped-call]

    def _values(self, request: ParsedRequest, mock_response: MockResponse | None) -> dict[str, Any]:
        """The arguments; a parameter of the operation takes precedence over anything else of its name."""
        special = {"mock_response": mock_response, "settings": self._settings}
        known: dict[str, Any] = {
            **(request.body if isinstance(request.body, dict) else {}),
            **{name: value for name, value in special.items() if name in self._arguments},
            "body": request.body,
            **{
                name: request.parameters[key] for name, key in self._keys.items() if key in request.parameters
            },
        }
        if self._takes_all:
            wanted = known
        else:
            wanted = {name: known[name] for name in self._arguments if name in known}
        needed = [
            name
            for name, argument in self._arguments.items()
            if name in self._keys and name not in wanted and argument.default is argument.empty
        ]
        return {**wanted, **dict.fromkeys(needed)}


@dataclass(frozen=True, slots=True)
class HandlerCall:
    """A handler to call, its arguments, and what is done to its response."""

    handler: Handler
    parsed: ParsedRequest
    mock_response: MockResponse | None
    finish: Callable[[RawResponse], RawResponse] = lambda found: found


def _form_members(operation: Operation) -> set[str]:
    """The property names of the operation's body schemas."""
    body = operation.request_body
    schemas = [offer.schema for offer in body.content if offer.schema] if body else []
    held = [schema.schemas.resolved(schema.raw).get("properties") for schema in schemas]
    return {name for properties in held if isinstance(properties, dict) for name in properties}


def result_of(returned: Any) -> MockResponse:  # noqa: ANN401 - whatever a function returns
    """The response for a handler's return value; this module's docstring lists the allowed forms."""
    if isinstance(returned, MockResponse):
        return returned
    if isinstance(returned, ProblemError):
        raise returned
    if isinstance(returned, ConnexionResponse | Response):
        return _of_response(returned)
    body, *rest = returned if isinstance(returned, tuple) else (returned,)
    status = next((part for part in rest if isinstance(part, int)), None)
    fields = next((part for part in rest if not isinstance(part, int)), None)
    headers = _headers(fields or {})
    return MockResponse(status, _plain(body), headers, headers.get("content-type"), adds_documented=True)


def is_stream(body: object) -> bool:
    """Whether a body is streamed."""
    return isinstance(body, AsyncIterable | Iterator)


def _headers(fields: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> MutableHeaders:
    """Header fields from a mapping or pairs; a list gives one field per item."""
    headers = MutableHeaders()
    for name, value in fields.items() if isinstance(fields, Mapping) else fields:
        for text in value if isinstance(value, list | tuple) else [value]:
            headers.append(str(name), str(text).encode("latin-1", "replace").decode("latin-1"))
    return headers


def _of_response(response: ConnexionResponse | Response) -> MockResponse:
    body: Any
    if isinstance(response, Response):
        headers = MutableHeaders(raw=list(response.raw_headers))
        media_type = headers.get("content-type")
        body = response.body_iterator if isinstance(response, StreamingResponse) else response.body
    else:
        headers = _headers(response.headers or {})
        media_type, body = response.mimetype, response.body
    if not is_stream(body):
        data = body.encode() if isinstance(body, str) else bytes(body or b"")
        body = json.loads(data) if media_type and "json" in media_type and data else data or None
    return MockResponse(response.status_code, body, headers, media_type, adds_documented=True)


def _plain(body: Any) -> JsonValue | bytes | Stream:  # noqa: ANN401 - whatever a function returns
    """A result as JSON: dates, UUIDs and decimals as Connexion encodes them."""
    if body is None or isinstance(body, str | bytes) or is_stream(body):
        found: JsonValue | bytes | Stream = body
    else:
        text = Jsonifier().dumps(body)  # type: ignore[no-untyped-call]
        found = json.loads(text, parse_constant=_reject_constant)
    return found


def _reject_constant(name: str) -> NoReturn:
    """Raise for NaN and Infinity, which are not JSON (RFC 8259, section 6)."""
    raise ValueError(f"{name} is not a JSON number")
