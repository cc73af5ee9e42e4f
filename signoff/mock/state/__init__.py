"""What clients write: created, updated and deleted entities, as a layer over the generated ones."""

from signoff.mock.state.memory import MemoryStore
from signoff.mock.state.store import (
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
    "ConflictError",
    "Entry",
    "MemoryStore",
    "State",
    "Store",
    "StoreDownError",
    "StoreError",
    "StoreFullError",
    "Transaction",
]
