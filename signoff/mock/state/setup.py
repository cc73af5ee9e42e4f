"""Creates the store that the settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import SetupError
from signoff.mock.state.memory import MemoryStore
from signoff.mock.state.redis_store import RedisStore, shown_url

if TYPE_CHECKING:
    from signoff.mock.settings import Settings
    from signoff.mock.state.store import State, Store

_SCHEMES = ("redis://", "rediss://", "unix://")


def store_for(settings: Settings, initial: State | None = None) -> Store:
    """The store that the settings ask for.

    Raises:
        SetupError: the URL is invalid, or redis-py is not installed.
    """
    if not settings.state:
        return MemoryStore(initial, expiry=settings.state_expiry)
    if not settings.state.startswith(_SCHEMES):
        raise SetupError(
            f"unsupported state store: {shown_url(settings.state)}",
            suggestion="Use the URL of a Redis or Valkey, such as redis://localhost:6379/0.",
        )
    return RedisStore(settings.state, initial, prefix=settings.state_prefix, expiry=settings.state_expiry)
