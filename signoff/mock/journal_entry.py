"""An entry of the journal, as readers get it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from signoff.contract.json_value import parse

if TYPE_CHECKING:
    from datetime import datetime

    from signoff.contract import JsonValue

Kind = Literal["request", "webhook"]


class Body(NamedTuple):
    """A body, up to the bound of the journal.

    Attributes:
        data: its beginning.
        size: the size of the whole body in bytes.
    """

    data: bytes
    size: int

    @property
    def is_truncated(self) -> bool:
        """Whether `data` is only the beginning."""
        return len(self.data) < self.size

    def json(self) -> JsonValue:
        """The body as a JSON value.

        Raises:
            JsonSyntaxError: it is not JSON, or only its beginning is known.
        """
        return parse(self.data)


@dataclass(frozen=True, slots=True)
class Entry:
    """A request and its response, or the delivery of a webhook. Nothing in it is redacted.

    Attributes:
        id: its number, from 1 over all sessions.
        kind: what it is about.
        time: when the response was sent.
        session: empty for the default session.
        method: of the request.
        path: raw and percent-encoded; of a webhook, its whole URL.
        query: the raw query string, without the session.
        request_headers: as received, names in lower case.
        request_body: decoded by its Content-Encoding.
        status: of the response; 0 without one.
        response_headers: as sent.
        response_body: as sent.
        operation: the operationId, or method and path; None if no operation matched.
        why: where the response comes from.
        rule: the rule that decided it; empty without one.
        notes: validation errors and other remarks.
        duration_ms: the time in the server.
    """

    id: int
    kind: Kind
    time: datetime
    session: str
    method: str
    path: str
    query: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: Body
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: Body
    operation: str | None
    why: str
    rule: str
    notes: tuple[str, ...]
    duration_ms: float
