"""Requests that a client sends on one connection before it has the responses to earlier ones.

Uvicorn answers them in order, with two exceptions, which this module adds: an error response to what is not
HTTP waits for the responses before it, and all requests hear that the client is gone, not only the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

# One of uvicorn's classes, which have no common type.
_Base: Any = object


class InOrder(_Base):  # type: ignore[misc]
    """These two additions, in front of a protocol class of uvicorn."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Start without requests."""
        # Requests before the last one, as uvicorn's cycles, if it waits for them.
        self._earlier: list[Any] = []
        self._rejection = b""
        super().connection_made(transport)

    def on_headers_complete(self) -> None:
        """Start a request, or queue it behind others; only httptools calls this."""
        before = self.cycle
        super().on_headers_complete()
        if before is not None and not before.response_complete:
            self._earlier.append(before)
        elif self._earlier:
            self._earlier.clear()

    def on_response_complete(self) -> None:
        """Start the next request; after the last one, send the error response that is due."""
        super().on_response_complete()
        if self._rejection:
            self._reject_when_due()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all requests of the connection; uvicorn tells the last one."""
        _disconnect(self._earlier)
        super().connection_lost(exc)

    def reject(self, response: bytes) -> None:
        """Send an error response after those to earlier requests, and close the connection."""
        if not self._rejection:
            self._rejection = response
            _disconnect([cycle for cycle in self._cycles() if cycle.more_body])
            self._reject_when_due()

    def _reject_when_due(self) -> None:
        if _are_done(self._cycles()):
            if not self.transport.is_closing():
                self.transport.write(self._rejection)
            self.transport.close()

    def _cycles(self) -> list[Any]:
        return [*self._earlier, self.cycle] if self.cycle is not None else []


def _disconnect(cycles: list[Any]) -> None:
    """Tell requests that their client is gone."""
    for cycle in cycles:
        cycle.disconnected = True
        cycle.message_event.set()


def _are_done(cycles: list[Any]) -> bool:
    return all(cycle.response_complete or cycle.disconnected for cycle in cycles)
