"""The routed middleware: Connexion finds the operation, its plan decides the answer.

What nothing but the request and the seed decides (a mocked answer, or that of a deterministic handler) is
cached by the raw bytes of all that can decide it. Other handlers are called each time, in Connexion's own
context, so that `connexion.request` works in them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.middleware.context import ContextOperation

from signoff.mock.http_io import BodyTooLargeError, ClientGoneError, headers_of, raw_path_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from connexion.operations.abstract import AbstractOperation
    from connexion.spec import Specification
    from starlette.types import Message, Receive, Scope, Send

    from signoff.mock.exchange import Answer
    from signoff.mock.http_io import Wire
    from signoff.mock.operation import OperationPlan

_ENTRY_BYTES = 1024  # what an entry of the cache costs beside its body, about


class ResponseCache:
    """A map that forgets everything when it is full: simple, and never larger than its budget.

    Args:
        budget: how much to keep, in bytes.
        largest: the largest entry that is kept, in bytes.
    """

    def __init__(self, budget: int = 16 * 1024 * 1024, largest: int = 64 * 1024) -> None:
        self._budget = budget
        self._largest = largest
        self._answers: dict[Hashable, Answer] = {}
        self._size = 0
        self.get = self._answers.get

    def put(self, key: Hashable, answer: Answer, request_bytes: int) -> None:
        """Keep an answer, unless it is too large; `request_bytes` is what the key holds of the request."""
        size = len(answer.body) + request_bytes + _ENTRY_BYTES
        if size > self._largest:
            return
        if self._size + size > self._budget:
            self._answers.clear()
            self._size = 0
        self._answers[key] = answer
        self._size += size

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._answers)


@dataclass(slots=True, eq=False)
class MockOperation:
    """The end of the road for one operation: read, respond, send."""

    _plan: OperationPlan
    _wire: Wire
    _cache: ResponseCache
    _operation: AbstractOperation | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        try:
            body = await self._wire.body(scope, receive)
        except ClientGoneError:
            return
        except BodyTooLargeError:
            found = self._plan.too_large(raw_path_of(scope), self._wire.max_body_bytes)
        else:
            if not self._plan.is_cached:
                await self._call(scope, receive, send, body)
                return
            found = self._decided(scope, body)
        await self._wire.send(scope, receive, send, found, started, self._plan.operation.id)

    def _decided(self, scope: Scope, body: bytes) -> Answer:
        """What the request alone decides, from the cache where it was asked before."""
        deciding = self._plan.deciding_headers
        fields = tuple([field for field in scope["headers"] if field[0] in deciding])
        key = (self, scope["raw_path"], scope["query_string"], body, fields)
        found = self._cache.get(key)
        if found is None:
            found = self._plan.respond(self._wire.request(scope, headers_of(fields), body))
            if found.why != "fault":  # each fault is logged
                self._cache.put(key, found, len(scope["raw_path"]) + len(scope["query_string"]) + len(body))
        return found

    async def _call(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        """Answer by a handler, in Connexion's context; its `request` can read the body again."""
        started = time.perf_counter()

        async def respond(scope: Scope, _receive: Receive, send: Send) -> None:
            request = self._wire.request(scope, headers_of(scope["headers"]), body)
            found = await self._plan.respond_by_handler(request)
            await self._wire.send(scope, receive, send, found, started, self._plan.operation.id)

        async def read_again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        in_context = ContextOperation(respond, operation=self._operation)  # type: ignore[arg-type]
        await in_context(scope, read_again, send)


class MockAPI(RoutedAPI[MockOperation]):
    """One document's operations, for the middleware."""

    def __init__(
        self,
        specification: Specification,
        *args: Any,  # noqa: ANN401 - whatever Connexion hands on
        plans: Mapping[str, OperationPlan],
        wire: Wire,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(specification, *args, **kwargs)
        self._plans = plans
        self._wire = wire
        self._cache = ResponseCache()
        self.add_paths()
        for key in plans:  # methods that Connexion does not know, such as QUERY
            if key not in self.operations:
                self.operations[key] = self._compiled(key, None)

    def make_operation(self, operation: AbstractOperation) -> MockOperation:
        """What answers an operation of the projection."""
        return self._compiled(str(operation.operation_id), operation)

    def _compiled(self, key: str, operation: AbstractOperation | None) -> MockOperation:
        return MockOperation(self._plans[key], self._wire, self._cache, operation)


class MockMiddleware(RoutedMiddleware[MockAPI]):
    """Answers routed requests; passes the others on."""

    api_cls = MockAPI
