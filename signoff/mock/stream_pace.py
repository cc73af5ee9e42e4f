"""How a stream is sent over time: its items, the interval between them, and heartbeats."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.media_types import EVENT_STREAM, JSON_SEQUENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

_EVENT = re.compile(rb".*?(?:\r\n\r\n|\n\n|\r\r)|.+\Z", re.DOTALL)
_RECORD = re.compile(rb"\x1e[^\x1e]*|\A[^\x1e]+")
# What readers ignore: a comment, an empty record (RFC 7464, section 2.1). JSON Lines have no such thing.
_AWAKE_S = 3_600  # while a stream is held open; only tidies the loop
_HEARTBEATS = {EVENT_STREAM: b":\n\n", JSON_SEQUENCE: b"\x1e"}


@dataclass(frozen=True, slots=True)
class Pace:
    """How a stream is sent.

    Attributes:
        kind: its media type, without parameters.
        interval_s: the time between two items.
        holds: whether it stays open after the last item, until the client closes it.
        heartbeat_s: the time without an item after which a heartbeat is sent; 0 for none.
    """

    kind: str
    interval_s: float = 0
    holds: bool = False
    heartbeat_s: float = 0

    @property
    def is_instant(self) -> bool:
        """Whether the body can be sent at once."""
        return not self.interval_s and not self.holds

    def items(self, body: bytes) -> list[bytes]:
        """The items of a body, as they are sent."""
        if self.kind == EVENT_STREAM:
            return _EVENT.findall(body)
        return _RECORD.findall(body) if self.kind == JSON_SEQUENCE else body.splitlines(keepends=True)

    async def over_time(self, items: Sequence[bytes]) -> AsyncIterator[bytes]:
        """The items at their interval, and heartbeats."""
        for index, item in enumerate(items):
            if index:
                async for heartbeat in self._waiting(self.interval_s):
                    yield heartbeat
            yield item
        while self.holds:
            async for heartbeat in self._waiting(_AWAKE_S):
                yield heartbeat

    async def _waiting(self, seconds: float) -> AsyncIterator[bytes]:
        heartbeat = _HEARTBEATS.get(self.kind) if self.heartbeat_s else None
        while heartbeat is not None and seconds > self.heartbeat_s:
            await asyncio.sleep(self.heartbeat_s)
            seconds -= self.heartbeat_s
            yield heartbeat
        await asyncio.sleep(seconds)
