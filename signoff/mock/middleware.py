"""The mock's Connexion middleware: it responds to routed requests by their operation's plan.

Responses that depend on the request, the seed and the session's state alone (those of the mock and of
deterministic handlers) are cached by the raw bytes of the relevant parts of the request and the version of
the state. Other handlers are called each time, in Connexion's context, so `connexion.request` works in them.

A request that changes the state is never cached. Its changes are stored before its response is sent; if
another request has changed the session in the meantime, it is processed again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from anyio import to_thread
from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.middleware.context import ContextOperation

from signoff.mock.content_codings import CodingError
from signoff.mock.exchange import RawResponse
from signoff.mock.http_io import BodyTooLargeError, ClientGoneError, headers_of, raw_path_of
from signoff.mock.long_work import in_slices
from signoff.mock.request_log import logger
from signoff.mock.sized_lists import NotReadyError
from signoff.mock.state import (
    UNTOUCHED,
    ConflictError,
    MemoryStore,
    SessionNameError,
    State,
    StoreDownError,
    StoreError,
    StoreFullError,
    Transaction,
    session_in,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from connexion.operations.abstract import AbstractOperation
    from connexion.spec import Specification
    from starlette.types import Message, Receive, Scope, Send

    from signoff.mock.exchange import Request
    from signoff.mock.handlers import HandlerCall
    from signoff.mock.http_io import Wire
    from signoff.mock.operation import OperationPlan
    from signoff.mock.rules import Decision
    from signoff.mock.state import Store

_ENTRY_BYTES = 1024  # approximate cost of a cache entry besides its body
_MAX_CONFLICTS = 200
_RETRY_AFTER = (b"retry-after", b"1")
_PROBLEM_OF: Mapping[type[StoreError], str] = {
    StoreFullError: "state_full",
    StoreDownError: "state_unavailable",
}
_Found = TypeVar("_Found")
# What a request leads to, and its changes; None without any.
_Decided: TypeAlias = tuple[_Found, Transaction | None]
_Decide: TypeAlias = Callable[[State | None], _Decided[_Found]]


class ResponseCache:
    """A cache that is cleared when it is full; it never exceeds its budget.

    Args:
        budget: the size limit in bytes.
        largest: the largest entry in bytes.
    """

    def __init__(self, budget: int = 16 * 1024 * 1024, largest: int = 64 * 1024) -> None:
        self._budget = budget
        self._largest = largest
        self._responses: dict[Hashable, RawResponse] = {}
        self._size = 0
        self.get = self._responses.get

    def put(self, key: Hashable, response: RawResponse, request_bytes: int) -> None:
        """Cache a response, unless it is too large; `request_bytes` is the size of the key."""
        size = len(response.body) + request_bytes + _ENTRY_BYTES
        if size > self._largest:
            return
        if self._size + size > self._budget:
            self._responses.clear()
            self._size = 0
        self._responses[key] = response
        self._size += size

    def __len__(self) -> int:
        """The number of cached responses."""
        return len(self._responses)


@dataclass(slots=True, eq=False)
class MockOperation:
    """Handles the requests of one operation: read, respond, store, send."""

    _plan: OperationPlan
    _wire: Wire
    _cache: ResponseCache
    _store: Store | None
    _operation: AbstractOperation | None
    _key: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        started = time.perf_counter()
        try:
            body = await self._wire.body(scope, receive)
        except ClientGoneError:
            return
        except BodyTooLargeError as error:
            found = self._plan.error(raw_path_of(scope), "body_too_large", {"reason": str(error)})
        except CodingError as error:
            found = self._plan.undecodable(raw_path_of(scope), error)
        else:
            decision = self._decision(scope, body)
            if decision is not None or not self._plan.is_cached:
                await self._call(scope, receive, send, body, decision)
                return
            decide = partial(self._decided, scope, body)
            known = self._cached(scope, body)
            found = known if known is not None else await self._in_session(scope, decide)
            await self._send(scope, receive, send, found, started, body)
            return
        await self._wire.send(scope, receive, send, found, started, self._plan.operation.id)

    async def _send(
        self, scope: Scope, receive: Receive, send: Send, found: RawResponse, started: float, body: bytes
    ) -> None:
        """Send a response, and the callbacks that follow it."""
        await self._wire.send(scope, receive, send, found, started, self._plan.operation.id)
        callbacks = self._plan.callbacks
        if callbacks is not None:
            request = self._wire.request(scope, headers_of(scope["headers"]), body)
            try:
                session = session_in(scope)
            except SessionNameError:
                return
            try:
                callbacks.follow(scope["method"], request, found, session)
            except Exception:  # noqa: BLE001 - the response has been sent
                logger.exception("the callbacks of %s failed", self._plan.operation.id)

    async def _in_session(self, scope: Scope, decide: _Decide[_Found]) -> _Found | RawResponse:
        """What `decide` returns with the state of the request's session, after its changes are stored."""
        while True:
            try:
                return await self._tried(scope, decide)
            except NotReadyError as error:
                await to_thread.run_sync(error.prepare)

    async def _tried(self, scope: Scope, decide: _Decide[_Found]) -> _Found | RawResponse:
        store = self._store
        if store is None:
            return (await in_slices(partial(decide, None)))[0]
        try:
            session = session_in(scope)
        except SessionNameError:
            return self._plan.error(raw_path_of(scope), "invalid_session")
        try:
            if isinstance(store, MemoryStore):
                found, transaction = await in_slices(lambda: decide(store.state_of(session)))
                if transaction is not None:
                    store.apply(session, transaction)
                return found
            return await _stored(store, session, decide)
        except StoreError as error:
            problem = self._plan.error(raw_path_of(scope), _PROBLEM_OF[type(error)], {"reason": str(error)})
            is_down = problem.status == HTTPStatus.SERVICE_UNAVAILABLE
            return replace(problem, headers=(*problem.headers, _RETRY_AFTER)) if is_down else problem

    def _cached(self, scope: Scope, body: bytes) -> RawResponse | None:
        """The response from the cache, without slices of work; None if it has to be decided."""
        store = self._store
        if store is None:
            return self._cache.get(self._cache_key(scope, body, None))
        if not isinstance(store, MemoryStore):
            return None
        try:
            session = session_in(scope)
        except SessionNameError:
            return None
        return self._cache.get(self._cache_key(scope, body, store.state_of(session)))

    def _cache_key(self, scope: Scope, body: bytes, state: State | None) -> tuple[Any, ...]:
        """What the response depends on; the fifth part is the header fields."""
        deciding = self._plan.deciding_headers
        fields = tuple([field for field in scope["headers"] if field[0] in deciding])
        version = UNTOUCHED if state is None else state.version
        return self, scope["raw_path"], scope["query_string"], body, fields, version

    def _decided(self, scope: Scope, body: bytes, state: State | None) -> _Decided[RawResponse]:
        """The response to a cacheable request, from the cache if possible."""
        key = self._cache_key(scope, body, state)
        found = self._cache.get(key)
        if found is not None:
            return found, None
        fields = key[4]
        transaction = None if state is None else Transaction(state)
        found = self._plan.respond(self._wire.request(scope, headers_of(fields), body), transaction)
        if transaction is not None and transaction.changes:
            return found, transaction
        if found.why != "fault":  # each fault is logged
            parts = (
                scope["raw_path"],
                scope["query_string"],
                body,
                *(part for pair in fields for part in pair),
            )
            self._cache.put(key, found, sum(map(len, parts)))
        return found, None

    def _decision(self, scope: Scope, body: bytes) -> Decision | None:
        """What a rule decides; None without one. Where no rule is for the operation, it costs one look-up."""
        rule_book = self._plan.rule_book
        if rule_book is None or not rule_book.concerns(self._key):
            return None
        try:
            session = session_in(scope)
        except SessionNameError:
            return None
        return self._plan.decision(self._wire.request(scope, headers_of(scope["headers"]), body), session)

    async def _call(
        self, scope: Scope, receive: Receive, send: Send, body: bytes, decision: Decision | None
    ) -> None:
        """Respond without the cache: by a rule, or by a handler.

        A handler is called in Connexion's context; `connexion.request` can read the body again.
        """
        started = time.perf_counter()

        def begun(request: Request, state: State | None) -> _Decided[RawResponse | HandlerCall]:
            transaction = None if state is None else Transaction(state)
            found = self._plan.begun(request, transaction, decision)
            return found, transaction if transaction is not None and transaction.changes else None

        async def respond(scope: Scope, _receive: Receive, send: Send) -> None:
            request = self._wire.request(scope, headers_of(scope["headers"]), body)
            found = await self._in_session(scope, partial(begun, request))
            if not isinstance(found, RawResponse):
                found = await self._plan.respond_by_handler(request, found)
            await self._send(scope, receive, send, found, started, body)

        async def read_again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        in_context = ContextOperation(respond, operation=self._operation)  # type: ignore[arg-type]
        await in_context(scope, read_again, send)


async def _stored(store: Store, session: str, decide: _Decide[_Found]) -> _Found:
    """What `decide` returns, after its changes are stored.

    Raises:
        StoreError: they can't be stored.
    """
    for _ in range(_MAX_CONFLICTS):
        found, transaction = await in_slices(partial(decide, await store.load(session)))
        if transaction is None:
            return found
        try:
            await store.commit(session, transaction)
        except ConflictError:
            continue
        return found
    raise StoreDownError(f"other requests changed the session {_MAX_CONFLICTS} times")


class MockAPI(RoutedAPI[MockOperation]):
    """The operations of one document."""

    def __init__(
        self,
        specification: Specification,
        *args: Any,  # noqa: ANN401 - whatever Connexion hands on
        plans: Mapping[str, OperationPlan],
        wire: Wire,
        store: Store | None,
        cache: ResponseCache,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(specification, *args, **kwargs)
        self._plans = plans
        self._wire = wire
        self._store = store
        self._cache = cache
        self.add_paths()
        for key in plans:  # methods that Connexion does not know, such as QUERY
            if key not in self.operations:
                self.operations[key] = self._compiled(key, None)

    def make_operation(self, operation: AbstractOperation) -> MockOperation:
        """The ASGI application of an operation."""
        return self._compiled(str(operation.operation_id), operation)

    def _compiled(self, key: str, operation: AbstractOperation | None) -> MockOperation:
        return MockOperation(self._plans[key], self._wire, self._cache, self._store, operation, key)


class MockMiddleware(RoutedMiddleware[MockAPI]):
    """Responds to routed requests; passes other requests on."""

    api_cls = MockAPI
