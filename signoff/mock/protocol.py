"""What is no HTTP at all is refused with Problem Details too: uvicorn's own refusal is plain text."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from signoff.contract import Problem
from signoff.contract.problem import MEDIA_TYPE, status_phrase
from signoff.mock.response import to_json


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol on httptools, its answer to a request that cannot be parsed replaced."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser refuses, and close the connection (RFC 9112, section 2.2)."""
        body = to_json(Problem(400, status_phrase(400), "The request is not HTTP/1.1.").body())
        head = (
            f"HTTP/1.1 400 Bad Request\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.logger.warning(msg)
        self.transport.write(head.encode() + body)
        self.transport.close()
