"""Journal entries as an HTTP Archive (HAR 1.2)."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlsplit

from signoff.contract.json_value import as_object
from signoff.contract.problem import status_phrase
from signoff.mock.control.entries import moment
from signoff.reporting.secret_names import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.contract import JsonObject, JsonValue
    from signoff.mock.control.entries import Redactor
    from signoff.mock.journal_entry import Entry

_NO_TYPE = "application/octet-stream"


def archive_of(entries: Iterable[Entry], redactor: Redactor, origin: str) -> JsonObject:
    """Entries as an HTTP Archive.

    Args:
        entries: the entries.
        redactor: redacts their secrets.
        origin: scheme and host of the mock.
    """
    creator: JsonObject = {"name": "Signoff", "version": version("signoff")}
    listed: list[JsonValue] = [_archived(entry, redactor, origin) for entry in entries]
    return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": listed}}


def _archived(entry: Entry, redactor: Redactor, origin: str) -> JsonObject:
    whole = redactor.entry(entry)
    milliseconds = whole["durationMs"]
    return {
        "startedDateTime": moment(entry.time - timedelta(milliseconds=entry.duration_ms)),
        "time": milliseconds,
        "request": _request(entry, as_object(whole["request"]), redactor, origin),
        "response": _response(entry, as_object(whole["response"]), redactor),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": "; ".join([entry.why, *entry.notes]),
    }


def _request(entry: Entry, shown: JsonObject, redactor: Redactor, origin: str) -> JsonObject:
    query = shown["query"]
    url = (entry.path if entry.kind == "webhook" else origin + entry.path) + (f"?{query}" if query else "")
    found: JsonObject = {
        "method": entry.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(entry.request_headers, redactor),
        "queryString": _parameters(urlsplit(url).query),
        "headersSize": -1,
        "bodySize": entry.request_body.size,
    }
    if entry.request_body.size:
        data = {"mimeType": _media_type(entry.request_headers) or _NO_TYPE, "text": shown["body"]}
        is_binary = shown["bodyEncoding"] == "base64"
        found["postData"] = {**data, "comment": "The text is base64."} if is_binary else data
    return found


def _response(entry: Entry, shown: JsonObject, redactor: Redactor) -> JsonObject:
    content: JsonObject = {
        "size": entry.response_body.size,
        "mimeType": _media_type(entry.response_headers) or "x-unknown",
        "text": shown["body"],
    }
    if shown["bodyEncoding"] == "base64":
        content["encoding"] = "base64"
    return {
        "status": entry.status,
        "statusText": status_phrase(entry.status) if entry.status else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(entry.response_headers, redactor),
        "content": content,
        "redirectURL": dict(entry.response_headers).get("location", ""),
        "headersSize": -1,
        "bodySize": entry.response_body.size,
    }


def _media_type(headers: Iterable[tuple[str, str]]) -> str:
    return dict(headers).get("content-type", "")


def _pairs(headers: Iterable[tuple[str, str]], redactor: Redactor) -> list[JsonValue]:
    return [
        {"name": name, "value": REDACTED if redactor.is_secret_name(name) else value}
        for name, value in headers
    ]


def _parameters(query: str) -> list[JsonValue]:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [{"name": unquote_plus(name), "value": unquote_plus(value)} for name, _, value in pairs]
