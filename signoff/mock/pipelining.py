"""Requests that a client sends on one connection before it has the responses to earlier ones.

Uvicorn answers them in order, with two exceptions, which this module adds: an error response to what is not
HTTP waits for the responses before it, and all requests hear that the client is gone, not only the last.
"""

from __future__ import annotations

from collections import deque
from typing import Any


def in_order(base: Any) -> Any:  # noqa: ANN401 - one of uvicorn's classes
    """A protocol class of uvicorn with these two additions."""

    class InOrder(base):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever uvicorn hands on
            super().__init__(*args, **kwargs)
            self._under_way: deque[Any] = deque()  # requests without a whole response
            self._refusal = b""

        def on_headers_complete(self) -> None:
            """Start a request, or queue it behind others; only httptools calls this."""
            super().on_headers_complete()
            while self._under_way and self._under_way[0].response_complete:
                self._under_way.popleft()
            self._under_way.append(self.cycle)

        def on_response_complete(self) -> None:
            """Start the next request; after the last one, send the error response that is due."""
            super().on_response_complete()
            self._refuse()

        def connection_lost(self, exc: Exception | None) -> None:
            """Tell all requests of the connection."""
            for cycle in self._under_way:
                _drop(cycle)
            self._under_way.clear()
            super().connection_lost(exc)

        def refuse(self, response: bytes) -> None:
            """Send an error response after those to earlier requests, and close the connection."""
            if not self._refusal:
                self._refusal = response
                if self._under_way and self._under_way[-1].more_body:  # it is about this request's body
                    _drop(self._under_way.pop())
                self._refuse()

        def _refuse(self) -> None:
            if self._refusal and all(cycle.response_complete for cycle in self._under_way):
                if not self.transport.is_closing():
                    self.transport.write(self._refusal)
                self.transport.close()

    return InOrder


def _drop(cycle: Any) -> None:  # noqa: ANN401 - one of uvicorn's classes
    """Tell a request that its client is gone."""
    cycle.disconnected = True
    cycle.message_event.set()
