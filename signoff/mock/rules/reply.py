"""What a rule changes of a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.mock.choice import Preference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.mock.exchange import Fault
    from signoff.mock.rules.delays import Delay
    from signoff.mock.rules.templates import Template


@dataclass(frozen=True, slots=True)
class File:
    """A file to send: its bytes, and its media type if the name says it."""

    data: bytes
    media_type: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a rule changes of the usual response.

    Attributes:
        status: the status code; None for the usual one.
        example: the name of a documented example.
        body: the body, instead of the usual one.
        merge: a merge patch for the usual body.
        file: the file to send.
        items: how many items the list has.
        headers: header fields to set; a value None removes one.
        delay: how long to wait first.
        fault: how to break the response.
    """

    status: int | None = None
    example: str | None = None
    body: Template | None = None
    merge: Template | None = None
    file: File | None = None
    items: int | None = None
    headers: tuple[tuple[str, Template | None], ...] = ()
    delay: Delay | None = None
    fault: Fault | None = None

    @property
    def is_usual(self) -> bool:
        """Whether status and body are the usual ones."""
        parts = self.status, self.example, self.body, self.merge, self.file, self.items
        return all(part is None for part in parts)

    @property
    def preference(self) -> Preference:
        """The documented response that it asks for, as a client would."""
        return Preference(None if self.status is None else str(self.status), self.example)

    @property
    def has_own_body(self) -> bool:
        """Whether its body has nothing of the usual one."""
        return any(part is not None for part in (self.status, self.example, self.body, self.file))

    @property
    def templates(self) -> Iterator[Template]:
        """Everything in it that may have expressions."""
        for each in (self.body, self.merge, *(value for _, value in self.headers)):
            if each is not None:
                yield each

    @property
    def has_expressions(self) -> bool:
        """Whether it depends on the values of the request."""
        return any(not template.is_plain for template in self.templates)
