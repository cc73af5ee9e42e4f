"""Sending a request octet for octet and reading the answer with its fields as they came."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

import httpx2

from contract_tests.exchange import Received, Sent

if TYPE_CHECKING:
    from types import TracebackType

_MAX_BODY = 16 * 1024 * 1024


class Client:
    """A connection to the target; follows no redirect and adds no field of its own but Host and length."""

    def __init__(self, *, timeout_s: float = 10.0, verify: bool = True) -> None:
        self._timeout_s = timeout_s
        self._client = httpx2.Client(
            timeout=timeout_s, follow_redirects=False, verify=verify, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def send(self, sent: Sent) -> Received:
        """The answer to a request; an answer that cannot be read whole says why in `fault`."""
        started = time.perf_counter()
        try:
            request = httpx2.Request(
                sent.method, sent.url, headers=list(sent.headers), content=sent.body or None
            )
            response = self._client.send(request, stream=True)
            try:
                body = self._body(response, started)
            finally:
                response.close()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            reason = f"{type(error).__name__}: {error}".rstrip(": ")
            return Received(0, (), b"", time.perf_counter() - started, reason)
        fields = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
        )
        return Received(response.status_code, fields, body, time.perf_counter() - started)

    def _body(self, response: httpx2.Response, started: float) -> bytes:
        parts = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > _MAX_BODY:
                raise ValueError(f"the body is larger than {_MAX_BODY} octets")
            if time.perf_counter() - started > self._timeout_s:
                raise ValueError(f"the body takes longer than {self._timeout_s:g} s")
        return b"".join(parts)
