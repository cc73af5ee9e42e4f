"""Requests that only an answer suggests: to the place that it names, with the tag that it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from signoff.conformance.base_requests import with_header, without_header
from signoff.conformance.checks.http_fields import documents_not_modified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange, Sent
    from signoff.contract import Contract

_MOST_LOCATIONS = 5


@dataclass(slots=True)
class FollowUps:
    """What to send after an answer, a few times for each operation."""

    contract: Contract
    _counts: dict[str, int]

    @classmethod
    def of(cls, contract: Contract) -> FollowUps:
        """None sent yet."""
        return cls(contract, {})

    def after(self, exchange: Exchange) -> Iterator[tuple[Sent, str, tuple[int, ...]]]:
        """The requests, each with its label and what it should be answered with."""
        if exchange.intent == "follow" or exchange.received.fault:
            return
        location, tag = exchange.received.header("location"), exchange.received.header("etag")
        if exchange.status == 201 and location and self._once_more(f"201 {exchange.subject.id}"):
            url = urljoin(exchange.sent.url, location)
            if urlsplit(url).netloc == urlsplit(exchange.sent.url).netloc and url.startswith("http"):
                bare = without_header(replace(exchange.sent, method="GET", url=url, body=b""), "content-type")
                yield bare, f"the Location of a 201: {location[:80]}", (2,)
        is_read = exchange.sent.method == "GET" and exchange.status == 200 and exchange.operation is not None
        is_conditional = is_read and documents_not_modified(self.contract, exchange.subject)
        if tag and is_conditional and self._once_more(f"304 {exchange.subject.id}"):
            yield with_header(exchange.sent, "If-None-Match", tag), "GET with the tag just given", (304,)

    def _once_more(self, key: str) -> bool:
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key] <= _MOST_LOCATIONS
