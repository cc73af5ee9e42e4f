"""A request as a curl command that repeats it, secrets left out."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.conformance.exchange import Sent

REDACTED = "[redacted]"
_SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization", "x-api-key", "api-key"}
_OWN_HEADERS = {"host", "content-length", "user-agent", "accept-encoding", "connection", "accept"}
_SHOWN_BODY = 2000


def is_secret(name: str) -> bool:
    """Whether the value of a header field is kept out of logs and reports."""
    lowered = name.lower()
    return lowered in _SECRET_HEADERS or any(part in lowered for part in ("token", "secret", "password"))


def curl(sent: Sent) -> str:
    r"""The command; octets that a shell cannot hold are written as `$'\\x..'`."""
    parts = ["curl", "-i", "-X", sent.method]
    if sent.method == "HEAD":
        parts = ["curl", "-I"]
    for name, value in sent.headers:
        if name.lower() == "accept" and value != "*/*":
            parts += ["-H", f"Accept: {value}"]
        elif name.lower() not in _OWN_HEADERS:
            parts += ["-H", f"{name}: {REDACTED if is_secret(name) else value}"]
    command = " ".join(shlex.quote(part) for part in [*parts, sent.url])
    if sent.body:
        command += f" --data-binary {_quoted(sent.body)}"
        if "content-type" not in {name.lower() for name, _ in sent.headers}:
            command += " -H Content-Type:"
    return command


def _quoted(body: bytes) -> str:
    try:
        text = body[:_SHOWN_BODY].decode()
    except UnicodeDecodeError:
        text = ""
    if text and text.isprintable():
        return shlex.quote(text) + (" # shortened" if len(body) > _SHOWN_BODY else "")
    escaped = "".join(
        chr(octet) if 32 <= octet < 127 and octet not in b"\\'" else f"\\x{octet:02x}"
        for octet in body[:_SHOWN_BODY]
    )
    return f"$'{escaped}'"
