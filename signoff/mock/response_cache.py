"""Answers kept by what decided them, within a budget of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from signoff.mock.response import Answer

_ENTRY_OCTETS = 1024  # what an entry costs beside its body, about


class KeptAnswers:
    """A map that forgets everything when it is full: simple, and never larger than its budget.

    Args:
        budget: how much to keep, in octets.
        largest: the largest entry that is kept, in octets.
    """

    def __init__(self, budget: int = 16 * 1024 * 1024, largest: int = 64 * 1024) -> None:
        self._budget = budget
        self._largest = largest
        self._answers: dict[Hashable, Answer] = {}
        self._size = 0
        self.get = self._answers.get

    def put(self, key: Hashable, answer: Answer, request_octets: int) -> None:
        """Keep an answer, unless it is too large; `request_octets` is what the key holds of the request."""
        size = len(answer.body) + request_octets + _ENTRY_OCTETS
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
