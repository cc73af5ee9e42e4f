"""What a request means by the contract: which operation it calls, and whether it keeps to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.paths import operations_table
from signoff.contract.requests import RequestReader

if TYPE_CHECKING:
    from signoff.conformance.exchange import Fields, Sent
    from signoff.contract import Contract, Operation
    from signoff.contract.requests import ParsedRequest


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one request means.

    Attributes:
        operation: the operation that its method and path name; None for none.
        request: as that operation understands it.
        allowed: the methods that the document has on its path.
        identity: the path values that decide what it is about, letter case folded.
    """

    operation: Operation | None
    request: ParsedRequest | None
    allowed: tuple[str, ...]
    identity: str

    @property
    def is_sound(self) -> bool:
        """Whether the request keeps the contract."""
        return self.request is not None and not self.request.faults


class Meanings:
    """Reads requests to one contract, which answers below one base path."""

    def __init__(self, contract: Contract, base_url_path: str) -> None:
        self._base = base_url_path.rstrip("/")
        self._readers = {op.id: RequestReader(op, contract.schemas) for op in contract.operations}
        self._table = operations_table(contract)

    def of(self, sent: Sent) -> Meaning:
        """What a request means, read as it stands on the wire."""
        path, _, query = sent.url.partition("://")[2].partition("/")[2].partition("?")
        place = f"/{path}".removeprefix(self._base)
        allowed = self._table.methods(place)
        match = self._table.match(sent.method, place)
        if not match:
            return Meaning(None, None, allowed, "")
        operation, values = match
        request = self._readers[operation.id].read(values, query, joined(sent.headers), sent.body)
        identity = "&".join(f"{name}={text.lower()}" for name, text in sorted(values.items()))
        return Meaning(operation, request, allowed, identity)


def joined(fields: Fields) -> dict[str, str]:
    """Header fields by lower-case name, the values of repeated ones joined by commas."""
    headers: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers
