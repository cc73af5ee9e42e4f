"""Judging recorded traffic (HAR 1.2): the same requirements, checks and reports, and nothing is sent.

HAR files differ. Bodies may be missing, be base64, or be decoded text beside header fields about the bytes on
the wire; fields may be pseudo fields of HTTP/2; responses may come from a cache. What an entry does not
include is never guessed: the entry is left out and counted with its reason.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from signoff.conformance.evidence import Evidence, Verdict
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.judge import Judge
from signoff.conformance.operation_filters import choose
from signoff.conformance.options import Options
from signoff.contract import DataError, SetupError, media_types
from signoff.contract.paths import operations_table
from signoff.reporting.model import State

if TYPE_CHECKING:
    from signoff.conformance.exchange import Fields
    from signoff.contract import Contract, Operation

_LARGEST = 1024 * 1024 * 1024
_HOW_TO_RECORD = "Export it from the network panel of a browser: Save all as HAR with content."
# These fields describe the bytes on the wire; recordings contain decoded content.
_OF_THE_WIRE = {"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive"}
_PREFLIGHT = "access-control-request-method"


class _Unusable(Exception):  # noqa: N818 - a reason, never shown as an error
    """An entry without a complete exchange. The text is the reason."""


@dataclass(slots=True)
class Recording:
    """The content of a HAR file.

    Attributes:
        exchanges: requests with their responses, in the file's order.
        left_out: the number of skipped entries by reason.
    """

    exchanges: list[tuple[Sent, Received]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_har(path: str | Path) -> Recording:
    """Read a file.

    Raises:
        DataError: it cannot be read, or is not a HAR file.
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
            raise DataError(
                f"the recording {path} is larger than {_LARGEST // 2**20} MiB",
                suggestion="Record only the requests to the API.",
            )
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(f"cannot read the recording {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"the recording {path} is not JSON: {str(error).splitlines()[0]}", suggestion=_HOW_TO_RECORD
        ) from None
    log = content.get("log") if isinstance(content, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise DataError(
            f"{path} is not a HAR file: `log.entries` is missing",
            suggestion=_HOW_TO_RECORD,
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
        raise _Unusable("without a response")
    if status == 304:
        raise _Unusable("from the cache (304)")
    sent = Sent(request["method"].upper(), _url(request["url"]), fields, _sent_body(request, fields))
    elapsed_ms = entry.get("time")
    elapsed_s = elapsed_ms / 1000 if isinstance(elapsed_ms, int | float) and elapsed_ms > 0 else 0.0
    kept = tuple((name, value) for name, value in _fields(response) if name.lower() not in _OF_THE_WIRE)
    return sent, Received(status, kept, _received_body(request["method"], response, kept), elapsed_s)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Unusable("not http or https")
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
        raise _Unusable("without the request body")
    return b""


def _received_body(method: str, response: dict[str, Any], fields: Fields) -> bytes:
    if method.upper() == "HEAD" or response["status"] in (204, 205):
        return b""
    content = response.get("content") or {}
    text = content.get("text")
    if text:
        body = (
            base64.b64decode(text)
            if content.get("encoding") == "base64"
            else _encoded(text, _content_type(fields) or str(content.get("mimeType") or ""))
        )
        if int(content.get("size") or 0) > len(body):
            raise _Unusable("with a truncated response body")
        return body
    declared = {name.lower(): value for name, value in _fields(response)}.get("content-length", "")
    sizes = (content.get("size"), response.get("bodySize"), declared if declared.isdecimal() else 0)
    if any(int(size or 0) > 0 for size in sizes) or content.get("_file"):
        raise _Unusable("without the response body")
    if text is None and not declared and _content_type(fields):
        # A media type but no body: some recorders omit all bodies.
        raise _Unusable("without the response body")
    return b""


def _content_type(fields: Fields) -> str:
    return next((value for name, value in fields if name.lower() == "content-type"), "")


def _encoded(text: str, media_type: str) -> bytes:
    """Encode a text in its charset, or in UTF-8 if that is not possible."""
    charset = media_types.parameters(media_type).get("charset") or "utf-8"
    try:
        return text.encode(codecs.lookup(charset).name)
    except (LookupError, UnicodeEncodeError):
        return text.encode("utf-8", "surrogatepass")


_PORTS = {"http": 80, "https": 443}
_MOST_ORIGINS = 5


def judge_recording(
    path: str | Path, contract: Contract, base_url: str = "", options: Options | None = None
) -> Verdict:
    """Check the traffic in a HAR file.

    Entries of other servers or paths, and entries without a complete exchange, are skipped and counted.
    Each response is checked by itself: requests between two entries may not be recorded.

    Args:
        path: the file.
        contract: the contract to check against.
        base_url: the API's base URL in the recording; by default, from the document's servers.
        options: the checks to run, and the coverage required to pass.

    Raises:
        DataError: the file is not a HAR file.
        SetupError: the file has no traffic of this API, or of several servers that could be the API.
    """
    started = time.perf_counter()
    recording = read_har(path)
    left_out = recording.left_out
    if not recording.exchanges:
        raise SetupError(f"{path} has no exchange to check: {_counted(left_out) or 'it is empty'}")
    base = _base_of([sent for sent, _ in recording.exchanges], contract, base_url, str(path))
    options = replace((options or Options()).raised(), no_fuzzing=True)
    bound_s = options.max_response_time_s
    evidence = Evidence(contract, replace(options.selection, is_timed=bound_s is not None), options.checks)
    only = choose(contract, options.include, options.exclude).only
    if only is not None:
        evidence.keep_only(only)
    if options.cross_check:
        evidence.start_cross_check()
    judge = Judge(contract, base.path, evidence, bound_s=bound_s)
    subjects = _Subjects(contract, base)
    for sent, received in recording.exchanges:
        _judge(judge, subjects, sent, received, left_out)
    if not evidence.requests:
        raise SetupError(
            f"no request in {path} matches the document: {_counted(left_out)}",
            suggestion=f"Only requests under {base} were checked. Set the API's base URL with --base-url.",
        )
    evidence.conclude()
    for found in evidence.clauses.values():
        if found.state is State.NOT_COVERED:
            found.reason = "no recorded exchange covers this"
    total = left_out.total()
    words = "1 recorded entry was" if total == 1 else f"{total} recorded entries were"
    notes = (f"{words} skipped: {_counted(left_out)}",) if total else ()
    elapsed_s = time.perf_counter() - started
    return Verdict(str(path), contract, options, evidence, (), elapsed_s, notes=notes)


def _judge(judge: Judge, subjects: _Subjects, sent: Sent, received: Received, left_out: Counter[str]) -> None:
    if not subjects.base.covers(sent.url):
        left_out[f"not under {subjects.base}"] += 1
        return
    subject = subjects.of(sent)
    if subject is None:
        left_out["with a path that is not in the document"] += 1
        return
    if judge.evidence.chosen is not None and subject.id not in judge.evidence.chosen:
        left_out["left out by --include or --exclude"] += 1
        return
    label = f"recorded {sent.method} {sent.path}"
    judge.judge(judge.exchange(sent, received, subject=subject, intent="fuzzing", label=label))


@dataclass(frozen=True, slots=True)
class _Base:
    """Where an API is: its origin, empty for any, and its path without a closing slash."""

    origin: str
    path: str

    def covers(self, url: str) -> bool:
        """Whether a request went there."""
        path = urlsplit(url).path
        is_below = path == self.path or path.startswith(f"{self.path}/")
        return is_below and self.origin in ("", _origin(url))

    def __str__(self) -> str:
        return f"{self.origin}{self.path or '/'}"


class _Subjects:
    """Which operation a request is about."""

    def __init__(self, contract: Contract, base: _Base) -> None:
        self.base = base
        self._table = operations_table(contract)

    def of(self, sent: Sent) -> Operation | None:
        """The operation; for another method on a path of the document, one of that path's."""
        path = sent.path.removeprefix(self.base.path)
        methods = [sent.method, *self._table.methods(path)]
        matches = (self._table.match(method, path) for method in methods)
        return next((match[0] for match in matches if match), None)


def _base_of(sent: list[Sent], contract: Contract, base_url: str, file: str) -> _Base:
    """The base URL of the API.

    Raises:
        SetupError: the document does not define it, and several servers match.
    """
    if base_url:
        if urlsplit(base_url).scheme not in _PORTS or not urlsplit(base_url).hostname:
            raise SetupError(
                f"--base-url {base_url!r} is not an http(s) URL",
                suggestion="Use a URL such as http://127.0.0.1:4010/api.",
            )
        return _Base(_origin(base_url), urlsplit(base_url).path.rstrip("/"))
    anywhere = _Base("", contract.base_path)
    subjects = _Subjects(contract, anywhere)
    reached = {
        _origin(request.url): None
        for request in sent
        if anywhere.covers(request.url) and subjects.of(request)
    }
    documented = [origin for origin in reached if origin in _documented_origins(contract)]
    origins = documented or list(reached)
    if len(origins) > 1:
        shown = ", ".join(origins[:_MOST_ORIGINS])
        raise SetupError(
            f"several servers in {file} have paths of the document: {shown}",
            suggestion="Set the API's base URL with --base-url.",
        )
    return _Base(origins[0] if origins else "", contract.base_path)


def _documented_origins(contract: Contract) -> set[str]:
    servers = contract.document.get("servers")
    urls = (
        [server.get("url") for server in servers if isinstance(server, dict)]
        if isinstance(servers, list)
        else []
    )
    return {_origin(url) for url in urls if isinstance(url, str) and "://" in url and "{" not in url}


def _origin(url: str) -> str:
    """Scheme, host and port in one spelling (RFC 6454, section 6.2)."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    shown = f":{port}" if port and port != _PORTS.get(parts.scheme) else ""
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{shown}"


def _counted(left_out: Counter[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in left_out.most_common())
