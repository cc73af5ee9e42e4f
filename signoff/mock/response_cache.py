"""Answers cached by what decided them, within a budget of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from signoff.mock.response import Answer

_ENTRY_BYTES = 1024  # what an entry costs beside its body, about


class ResponseCache:
    """A map that forgets everything when it is full: simple, and never larger than its budget.

    Args:
        budget: how much to keep, in bytes.
        largest: the largest entry that is kept, in bytes.
    """

    def __init__(self, budget: int = 16 * 1024 * 1024, largest: int = 64 * 1024) -> None:
        self._budget = budget
        self._largest = largest
        self._answers: dict[Hashable, Answer] = {}
        self._size = 0
        self.get = self._answers.get

    def put(self, key: Hashable, answer: Answer, request_bytes: int) -> None:
        """Keep an answer, unless it is too large; `request_bytes` is what the key holds of the request."""
        size = len(answer.body) + request_bytes + _ENTRY_BYTES
        if size > self._largest:
            return
        if self._size + size > self._budget:
            self._answers.clear()
            self._size = 0
        self._answers[key] = answer
        self._size += size

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._answers)
