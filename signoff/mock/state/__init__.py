"""What clients write: created, updated and deleted entities, as a layer over the generated ones."""

from signoff.mock.state.memory import MemoryStore
from signoff.mock.state.sessions import SessionNameError, session_in, session_of, without_session
from signoff.mock.state.store import (
    UNTOUCHED,
    ConflictError,
    Entry,
    State,
    Store,
    StoreDownError,
    StoreError,
    StoreFullError,
    Transaction,
)

__all__ = [
    "UNTOUCHED",
    "ConflictError",
    "Entry",
    "MemoryStore",
    "SessionNameError",
    "State",
    "Store",
    "StoreDownError",
    "StoreError",
    "StoreFullError",
    "Transaction",
    "session_in",
    "session_of",
    "without_session",
]
