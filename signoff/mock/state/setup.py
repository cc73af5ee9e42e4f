"""Creates the store that the settings ask for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from signoff.contract import SetupError
from signoff.mock.state.memory import MemoryStore
from signoff.mock.state.redis_store import RedisStore, shown_url
from signoff.mock.state.state_file import initial_state
from signoff.mock.state.store import StoreDownError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.mock.settings import Settings
    from signoff.mock.state.store import Store
    from signoff.mock.world.base_world import BaseWorld

_SCHEMES = ("redis://", "rediss://", "unix://")


def warning_of(settings: Settings) -> str:
    """A warning if the store does not respond; empty if it does."""
    if settings.stateless or not settings.state:
        return ""

    async def reach() -> None:
        store = RedisStore(settings.state, prefix=settings.state_prefix, expiry=settings.state_expiry)
        try:
            await store.load("")
        finally:
            await store.close()

    try:
        asyncio.run(reach())
    except StoreDownError as error:
        return f"{error}; requests that need the state get a 503 response until it does"
    return ""


def store_for(settings: Settings, worlds: Sequence[tuple[BaseWorld, int, str]] = ()) -> Store:
    """The store that the settings ask for.

    Args:
        settings: the settings.
        worlds: the generated entities of each API, the random seed and the base path.

    Raises:
        SourceError: the file with the initial state cannot be read.
        DataError: it is invalid.
        SetupError: the URL is invalid, or redis-py is not installed.
    """
    initial = initial_state(settings.state_file, worlds) if settings.state_file else None
    if not settings.state:
        return MemoryStore(initial, expiry=settings.state_expiry)
    if not settings.state.startswith(_SCHEMES):
        raise SetupError(
            f"unsupported state store: {shown_url(settings.state)}",
            suggestion="Use the URL of a Redis or Valkey, such as redis://localhost:6379/0.",
        )
    return RedisStore(settings.state, initial, prefix=settings.state_prefix, expiry=settings.state_expiry)
