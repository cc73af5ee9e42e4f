"""Every error of the server, as Problem Details (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

_TYPES = "https://docs.everruns.com/errors/"
# code: status, title, detail, what a client can do about it
_KNOWN: dict[str, tuple[int, str, str, str]] = {
    "malformed_body": (400, "Malformed body", "The body is not JSON.", "Send JSON."),
    "invalid_report_id": (400, "Invalid report id", "The report id is not a UUID.", "Send a UUID."),
    "forbidden": (403, "Forbidden", "This report is not shared with you.", ""),
    "not_found": (404, "Not found", "There is nothing here.", ""),
    "saved_report_not_found": (
        404,
        "Saved report not found",
        "No saved report has this id.",
        "Use the id of one.",
    ),
    "method_not_allowed": (405, "Method not allowed", "The method is not offered here.", ""),
    "unsupported_media_type": (
        415,
        "Unsupported media type",
        "The supported media type is application/json.",
        "Send JSON.",
    ),
    "invalid_body": (422, "Invalid body", "The body has the wrong shape.", "Send csv or json as the format."),
    "internal_error": (500, "Internal error", "The server failed.", ""),
}


@dataclass(slots=True)
class ProblemError(Exception):
    """Raised to answer with a problem."""

    code: str
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(request: Request, code: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response for a problem of that code."""
    status, title, detail, hint = _KNOWN[code]
    path = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    body: dict[str, object] = {
        "type": _TYPES + code,
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if path.startswith("/api/") and _is_plain(path):
        body["instance"] = path.removeprefix("/api")
    if hint:
        body["allowed_actions"] = [{"rel": "retry", "hint": hint, "operation_id": "export_saved_report"}]
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def _is_plain(path: str) -> bool:
    """Whether a path can stand in a URI reference as it is."""
    return all(character.isascii() and (character.isalnum() or character in "/-._~") for character in path)
