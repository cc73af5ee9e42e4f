"""The routed middleware: Connexion finds the operation, its plan answers, the answer is kept.

An answer follows from the request and the seed alone, so the same request need not be thought over
twice: answers are kept by the raw octets of all that can decide them. What a function of the user's own
answers is never kept.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware

from signoff.mock.error_responses import instance_of
from signoff.mock.http_io import BodyTooLargeError, ClientGoneError, headers_of, raw_path_of
from signoff.mock.response_cache import KeptAnswers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connexion.operations.abstract import AbstractOperation
    from connexion.spec import Specification
    from starlette.types import Receive, Scope, Send

    from signoff.mock.error_responses import Refusals
    from signoff.mock.http_io import Wire
    from signoff.mock.operation import OperationPlan
    from signoff.mock.response import Answer


class MockOperation:
    """The end of the road for one operation: read, respond, send."""

    def __init__(self, plan: OperationPlan, wire: Wire, refusals: Refusals, kept: KeptAnswers) -> None:
        self._plan = plan
        self._wire = wire
        self._refusals = refusals
        self._deciding = plan.deciding_headers
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        try:
            body = await self._wire.body(scope, receive)
        except ClientGoneError:
            return
        except BodyTooLargeError:
            await self._wire.send(scope, send, self._too_large(scope), started, self._plan.operation.id)
            return
        found = await self._answer(scope, body)
        await self._wire.send(scope, send, found, started, self._plan.operation.id)

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        function = self._plan.function
        if function is not None:
            request = self._wire.request(scope, headers_of(scope["headers"]), body)
            return await self._plan.respond_by_function(request, function)
        deciding = self._deciding
        fields = tuple([field for field in scope["headers"] if field[0] in deciding])
        key = (self, scope["raw_path"], scope["query_string"], body, fields)
        found = self._kept.get(key)
        if found is None:
            found = self._plan.respond(self._wire.request(scope, headers_of(fields), body))
            self._kept.put(key, found, len(scope["raw_path"]) + len(scope["query_string"]) + len(body))
        return found

    def _too_large(self, scope: Scope) -> Answer:
        operation = self._plan.operation
        return self._refusals.of_operation(
            operation,
            "body_too_large",
            instance_of(raw_path_of(scope), operation.base_path),
            values={"limit": str(self._wire.max_body_bytes)},
        )


class MockAPI(RoutedAPI[MockOperation]):
    """One document's operations, for the middleware."""

    def __init__(
        self,
        specification: Specification,
        *args: Any,  # noqa: ANN401 - whatever Connexion hands on
        plans: Mapping[str, OperationPlan],
        wire: Wire,
        refusals: Refusals,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(specification, *args, **kwargs)
        self._plans = plans
        self._wire = wire
        self._refusals = refusals
        self._kept = KeptAnswers()
        self.add_paths()
        for key, plan in plans.items():  # methods that Connexion does not know, such as QUERY
            if key not in self.operations:
                self.operations[key] = MockOperation(plan, wire, refusals, self._kept)

    def make_operation(self, operation: AbstractOperation) -> MockOperation:
        """What answers an operation of the projection."""
        plan = self._plans[str(operation.operation_id)]
        return MockOperation(plan, self._wire, self._refusals, self._kept)


class MockMiddleware(RoutedMiddleware[MockAPI]):
    """Answers routed requests; passes the others on."""

    api_cls = MockAPI
