"""Requests that a client sends on one connection before it has the responses to earlier ones.

Uvicorn answers them in order, with two exceptions, which this module adds: an error response to what is not
HTTP waits for the responses before it, and all requests hear that the client is gone, not only the last.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class _Requests:
    """The requests of a connection that have no whole response yet, as uvicorn's cycles; oldest first."""

    cycles: deque[Any] = field(default_factory=deque)

    def add(self, cycle: Any) -> None:  # noqa: ANN401 - one of uvicorn's classes
        while self.cycles and self.cycles[0].response_complete:
            self.cycles.popleft()
        self.cycles.append(cycle)

    def are_done(self) -> bool:
        return all(cycle.response_complete for cycle in self.cycles)

    def drop_last(self) -> None:
        """Tell the last request that its client is gone."""
        cycle = self.cycles.pop()
        cycle.disconnected = True
        cycle.message_event.set()

    def drop_incomplete(self) -> None:
        """Drop the last request if its body is incomplete."""
        if self.cycles and self.cycles[-1].more_body:
            self.drop_last()

    def drop_all(self) -> None:
        while self.cycles:
            self.drop_last()


def in_order(base: Any) -> Any:  # noqa: ANN401 - one of uvicorn's classes
    """A protocol class of uvicorn with these two additions."""

    class InOrder(base):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever uvicorn hands on
            super().__init__(*args, **kwargs)
            self._requests = _Requests()
            self._refusal = b""

        def on_headers_complete(self) -> None:
            """Start a request, or queue it behind others; only httptools calls this."""
            super().on_headers_complete()
            self._requests.add(self.cycle)

        def on_response_complete(self) -> None:
            """Start the next request; after the last one, send the error response that is due."""
            super().on_response_complete()
            self._refuse()

        def connection_lost(self, exc: Exception | None) -> None:
            """Tell all requests of the connection."""
            self._requests.drop_all()
            super().connection_lost(exc)

        def refuse(self, response: bytes) -> None:
            """Send an error response after those to earlier requests, and close the connection."""
            if not self._refusal:
                self._refusal = response
                self._requests.drop_incomplete()
                self._refuse()

        def _refuse(self) -> None:
            if self._refusal and self._requests.are_done():
                if not self.transport.is_closing():
                    self.transport.write(self._refusal)
                self.transport.close()

    return InOrder
