"""The connection of one client, between the server's protocol and its transport.

The server writes the head of a response and its body one after the other, which costs a system call each;
the connection can hold the head until the body comes. It can also be ended on purpose, for faults: the server
puts it into the ASGI scope of a request, so a fault ends this connection and no other.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from contextlib import suppress

# The key of the connection in the extensions of an ASGI scope.
CONNECTION = "signoff.connection"
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Connection(asyncio.Transport):
    """A transport that passes everything on to another one."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._holds_next = False
        self._held = b""

    def get_extra_info(self, name: str, default: object = None) -> object:
        """What the transport knows of the connection, such as its socket."""
        return self._transport.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Whether the connection is closed, or will be."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Stop to receive data."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Receive data again."""
        self._transport.resume_reading()

    def hold_next(self) -> None:
        """Send what is written next together with what is written after it."""
        self._holds_next = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send data, after what was held."""
        if self._holds_next:
            self._holds_next = False
            self._held = bytes(data)
            return
        if self._held:
            data = self._held + data
            self._held = b""
        self._transport.write(data)

    def close(self) -> None:
        """Close the connection after what was written is sent."""
        if self._held:
            self.write(b"")
        self._transport.close()

    def abort(self) -> None:
        """Close the connection at once; the client sees a reset (RST)."""
        is_open = not self._transport.is_closing()  # else its descriptor may belong to another connection
        opened = self._transport.get_extra_info("socket") if is_open else None
        if opened is not None:
            with suppress(OSError):
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()
