"""Recorded traffic: HAR 1.2 files as browsers, proxies and HTTP clients write them.

They differ: bodies may be missing, be base64 or be decoded text beside header fields that speak of the octets
on the wire, fields may be pseudo fields of HTTP/2, and answers may come from a cache. What cannot be known
from an entry is never guessed: such an entry is left out, and counted with its reason.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from signoff.conformance.exchange import Received, Sent
from signoff.contract import DataError, media_types

if TYPE_CHECKING:
    from signoff.conformance.exchange import Fields

_LARGEST = 1024 * 1024 * 1024
# What these say of the octets on the wire, a recording of decoded content cannot show.
_OF_THE_WIRE = {"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive"}
_PREFLIGHT = "access-control-request-method"


class _Unusable(Exception):  # noqa: N818 - a reason, told to nobody as an error
    """An entry that shows no whole exchange; its text is the reason."""


@dataclass(slots=True)
class Recording:
    """What a file holds.

    Attributes:
        exchanges: requests with their answers, in the file's order.
        left_out: how many entries were not used, by the reason.
    """

    exchanges: list[tuple[Sent, Received]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_har(path: str | Path) -> Recording:
    """Read a file.

    Raises:
        DataError: it cannot be read, or is no HAR file.
    """
    recording = Recording()
    for entry in _entries(Path(path)):
        try:
            recording.exchanges.append(_exchange(entry))
        except _Unusable as reason:
            recording.left_out[str(reason)] += 1
        except (AttributeError, KeyError, TypeError, ValueError, binascii.Error):
            recording.left_out["malformed"] += 1
    return recording


def _entries(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise DataError(f"the recording {path} is larger than {_LARGEST} octets")
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(f"the recording {path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"the recording {path} is not JSON: {str(error).splitlines()[0]}") from None
    log = content.get("log") if isinstance(content, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise DataError(
            f"{path} is no HAR file: it has no log with entries",
            suggestion="Browsers write one from the network panel: Save all as HAR with content.",
        )
    return entries


def _exchange(entry: dict[str, Any]) -> tuple[Sent, Received]:
    request, response = entry["request"], entry["response"]
    status = int(response.get("status") or 0)
    fields = _fields(request)
    if entry.get("_webSocketMessages") is not None or status == 101:
        raise _Unusable("WebSocket")
    if request["method"].upper() == "OPTIONS" and any(name.lower() == _PREFLIGHT for name, _ in fields):
        raise _Unusable("CORS preflight")
    if not 100 <= status <= 999:
        raise _Unusable("without an answer")
    if status == 304:
        raise _Unusable("answered from a cache (304)")
    sent = Sent(request["method"].upper(), _url(request["url"]), fields, _sent_body(request, fields))
    elapsed_ms = entry.get("time")
    elapsed_s = elapsed_ms / 1000 if isinstance(elapsed_ms, int | float) and elapsed_ms > 0 else 0.0
    kept = tuple((name, value) for name, value in _fields(response) if name.lower() not in _OF_THE_WIRE)
    return sent, Received(status, kept, _received_body(request["method"], response, kept), elapsed_s)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Unusable("neither http nor https")
    return urlunsplit(parts._replace(fragment=""))


def _fields(message: dict[str, Any]) -> Fields:
    """Header fields, without HTTP/2's pseudo fields; Firefox joins repeated ones by line breaks."""
    return tuple(
        (item["name"], value)
        for item in message.get("headers") or ()
        if not item["name"].startswith(":")
        for value in str(item.get("value") or "").split("\n")
    )


def _sent_body(request: dict[str, Any], fields: Fields) -> bytes:
    data = request.get("postData") or {}
    text, media_type = data.get("text"), str(data.get("mimeType") or _content_type(fields))
    if text:
        if data.get("encoding") == "base64" or data.get("_encoding") == "base64":
            return base64.b64decode(text)
        return _encoded(text, media_type)
    if data.get("params") and media_types.essence(media_type) == "application/x-www-form-urlencoded":
        pairs = [(item["name"], item.get("value") or "") for item in data["params"]]
        return urlencode(pairs).encode()
    declared = {name.lower(): value for name, value in fields}.get("content-length", "")
    if data.get("params") or (request.get("bodySize") or 0) > 0 or declared.strip("0"):
        raise _Unusable("without the request's body")
    return b""


def _received_body(method: str, response: dict[str, Any], fields: Fields) -> bytes:
    if method.upper() == "HEAD" or response["status"] in (204, 205):
        return b""
    content = response.get("content") or {}
    text = content.get("text")
    if text:
        octets = (
            base64.b64decode(text)
            if content.get("encoding") == "base64"
            else _encoded(text, _content_type(fields) or str(content.get("mimeType") or ""))
        )
        if int(content.get("size") or 0) > len(octets):
            raise _Unusable("with the answer's body cut short")
        return octets
    declared = {name.lower(): value for name, value in _fields(response)}.get("content-length", "")
    sizes = (content.get("size"), response.get("bodySize"), declared if declared.isdecimal() else 0)
    if any(int(size or 0) > 0 for size in sizes) or content.get("_file"):
        raise _Unusable("without the answer's body")
    if text is None and not declared and _content_type(fields):
        # A media type and no word of a body: some recorders leave every body out.
        raise _Unusable("without the answer's body")
    return b""


def _content_type(fields: Fields) -> str:
    return next((value for name, value in fields if name.lower() == "content-type"), "")


def _encoded(text: str, media_type: str) -> bytes:
    """The octets of a decoded text: in its charset, if that is known and has all of it."""
    charset = media_types.parameters(media_type).get("charset") or "utf-8"
    try:
        return text.encode(codecs.lookup(charset).name)
    except (LookupError, UnicodeEncodeError):
        return text.encode("utf-8", "surrogatepass")
