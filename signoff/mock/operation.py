"""One operation's plan, compiled at start-up: refuse, or choose an answer and render it."""

from __future__ import annotations

import logging
import zlib
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from signoff.contract.requests import RequestReader
from signoff.mock.choice import QUERY_NAMES, inventory, preference_of, preferred, success, success_in
from signoff.mock.error_responses import instance_of
from signoff.mock.exchange import Answer, to_json
from signoff.mock.generate import CannotGenerateError
from signoff.mock.handler_responses import HandlerResponses
from signoff.mock.handlers import MockResponse
from signoff.mock.problems import NO_VALUES, ProblemError
from signoff.mock.rendering import echo_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract import Contract, JsonObject, Operation
    from signoff.contract.requests import ParsedRequest
    from signoff.mock.choice import Choice, Preference
    from signoff.mock.error_responses import ErrorResponses
    from signoff.mock.exchange import Request
    from signoff.mock.handlers import Handler
    from signoff.mock.rendering import Renderer
    from signoff.mock.security import Guard
    from signoff.mock.settings import Settings

logger = logging.getLogger("signoff.mock")

_VARIANTS = 16


class OperationPlan:
    """Answers the requests to one operation.

    Attributes:
        handler: the function that decides the answer; None where it is mocked.
        is_cached: whether the request alone decides the answer.
        deciding_headers: the names of the header fields that can decide it, in lower case.
    """

    def __init__(
        self,
        operation: Operation,
        contract: Contract,
        renderer: Renderer,
        errors: ErrorResponses,
        settings: Settings,
        *,
        handler: Handler | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.operation = operation
        self.handler = handler
        self._renderer = renderer
        self._errors = errors
        self._guard = guard
        self._dynamic = settings.dynamic
        self._responses = HandlerResponses(operation, renderer, validate=settings.validate_responses)
        self._reader = RequestReader(operation, contract.schemas)
        self._success = success(operation)
        documented = {parameter.name for parameter in operation.parameters}
        self._heeds_query = not documented & QUERY_NAMES
        self.is_cached = handler is None or handler.is_deterministic
        names = self._deciding_headers()
        self.deciding_headers = frozenset(name.encode("latin-1", "replace") for name in names)

    def _deciding_headers(self) -> Iterator[str]:
        yield from ("accept", "content-type", "prefer")
        for parameter in self.operation.parameters:
            if parameter.location in ("header", "cookie"):
                yield parameter.name.lower() if parameter.location == "header" else "cookie"
        if self._guard is not None:
            yield from self._guard.headers

    def too_large(self, path: str, limit: int) -> Answer:
        """The answer to a request whose body is larger than `limit`, in bytes."""
        instance = instance_of(path, self.operation.base_path)
        return self._errors.of_operation(
            self.operation, "body_too_large", instance, values={"limit": str(limit)}
        )

    def respond(self, request: Request) -> Answer:
        """The answer that the request alone decides: mocked, or of a deterministic handler."""
        try:
            found = self._begun(request)
            if isinstance(found, Answer):
                return found
            handler, parsed, mock_response = found
            return self._responses.answer(request, handler.call_inline(parsed, mock_response))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
            return self._failed(request, error)

    async def respond_by_handler(self, request: Request) -> Answer:
        """The answer where a handler decides it."""
        try:
            found = self._begun(request)
            if isinstance(found, Answer):
                return found
            handler, parsed, mock_response = found
            return self._responses.answer(request, await handler.call(parsed, mock_response))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
            return self._failed(request, error)

    def _begun(self, request: Request) -> Answer | tuple[Handler, ParsedRequest, MockResponse | None]:
        """The answer, or the handler that decides it and what that is called with.

        Raises:
            ProblemError: there is none but this.
        """
        query = request.query if self._heeds_query and "__" in request.query else ""
        wanted = preference_of(request.headers.get("prefer", ""), query)
        if wanted.forces:
            return self._preferred(request, wanted)
        if self._guard is not None and not self._guard.admits(request):
            return self._unauthorized(request, self._guard)
        parsed = self._reader.read(request.path_values, request.query, request.headers, request.body)
        if parsed.faults:
            return self._errors.of_faults(self.operation, self._instance(request), parsed.faults)
        if self.handler is None or wanted.dynamic:
            return self._documented(request, self._success_for(request, wanted.dynamic), parsed)
        wants_it = self.handler.wants_mock_response
        return self.handler, parsed, self._mock_response(request, parsed) if wants_it else None

    def _mock_response(self, request: Request, parsed: ParsedRequest) -> MockResponse:
        """The mock's own response, for a handler to change."""
        choice = self._negotiated(request, self._success_for(request, None))
        said = echo_of(self.operation, parsed)
        value, _ = self._renderer.content(self.operation, choice, said, variant_of(request, parsed))
        shown = None if isinstance(value, bytes) else value
        headers = self._renderer.headers(self.operation, choice.response, choice.status, shown)
        return MockResponse(choice.status, deepcopy(value), MutableHeaders(raw=list(headers)))

    def _failed(self, request: Request, error: BaseException) -> Answer:
        """The answer where an exception came in the way of another one."""
        if isinstance(error, CannotGenerateError):
            error = ProblemError("cannot_generate", reason=f"The schema admits no value: {error}.")
        if isinstance(error, ProblemError) and error.name in self._errors.catalogue:
            found = self._refuse(request, error.name, error.values, error.errors)
            return replace(found, why="fault", notes=error.notes) if error.notes else found
        if self.handler is None:
            raise error
        if isinstance(error, ProblemError):
            logger.error("the problem catalogue has no %r", error.name)
        logger.error("the handler %s failed", self.operation.id, exc_info=error)
        return replace(self._refuse(request, "internal_error"), why="fault")

    def _success_for(self, request: Request, dynamic: bool | None) -> Choice:
        """The documented success to respond with; an empty one where the document leaves all open."""
        found = self._success
        accept = request.headers.get("accept", "*/*")
        if "*/*" not in accept:
            found = success_in(self.operation, accept) or found
        return replace(found, dynamic=self._dynamic if dynamic is None else dynamic)

    def _instance(self, request: Request) -> str:
        return instance_of(request.path, self.operation.base_path)

    def _unauthorized(self, request: Request, guard: Guard) -> Answer:
        found = self._refuse(request, "unauthorized", {"names": " or ".join(guard.names)})
        challenge = (b"www-authenticate", ", ".join(guard.challenges).encode("latin-1", "replace"))
        kept = tuple(field for field in found.headers if field[0] != b"www-authenticate")
        return replace(found, headers=(*kept, challenge))

    def _refuse(
        self,
        request: Request,
        name: str,
        values: Mapping[str, str] = NO_VALUES,
        errors: Sequence[JsonObject] = (),
    ) -> Answer:
        path = self._instance(request)
        return self._errors.of_operation(self.operation, name, path, errors=errors, values=values)

    def _documented(self, request: Request, choice: Choice, parsed: ParsedRequest | None = None) -> Answer:
        """A documented response under the media type that the client likes best."""
        chosen = self._negotiated(request, choice)
        said = echo_of(self.operation, parsed) if parsed else {}
        return self._renderer.render(self.operation, chosen, said, variant_of(request, parsed))

    def _negotiated(self, request: Request, choice: Choice) -> Choice:
        offer = self._renderer.negotiated(choice.response, choice.status, request.headers.get("accept"))
        return replace(choice, offer=offer)

    def _preferred(self, request: Request, wanted: Preference) -> Answer:
        """The answer that the client asks for, whatever else the request says."""
        choice = preferred(self.operation, wanted, request.headers.get("accept"))
        if choice is None:
            available = inventory(self.operation)
            raise ProblemError("preference_not_available", asked=wanted, available=available)
        if choice.example is None:
            dynamic = self._dynamic if wanted.dynamic is None else wanted.dynamic
            found = self._documented(request, replace(choice, dynamic=dynamic))
        else:
            found = self._renderer.render(self.operation, choice, {}, 0)
        applied = (b"preference-applied", str(wanted).encode("latin-1", "replace"))
        return Answer(found.status, (*found.headers, applied), found.body, "preference")


def variant_of(request: Request, parsed: ParsedRequest | None) -> int:
    """Which of a few made-up values a request is given; it follows from path, query and body."""
    body = request.body
    if parsed is not None and parsed.media_type is not None and "multipart/" in parsed.media_type.name:
        body = to_json(parsed.body)  # the octets have a boundary that is another one each time
    told = f"{request.path}?{request.query}".encode("latin-1", "replace") + body
    return zlib.crc32(told) % _VARIANTS
