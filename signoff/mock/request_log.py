"""The mock's log: one line per request, and a warning for each violation."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TextIO

from signoff.printing import harmless, is_terminal, on_one_line
from signoff.reporting.markdown import plain_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.mock.exchange import RawResponse
    from signoff.mock.redaction import Redaction

logger = logging.getLogger("signoff.mock")

LogFormat = Literal["text", "json"]
_MARKS = ((">", "requestBody"), ("<", "responseBody"))
_COLOURS = {"1": "36", "2": "32", "3": "36", "4": "33", "5": "31"}  # of the status, by its class


_MOST_BODY = 2000  # characters


def log_request(
    method: str,
    path: str,
    operation_id: str | None,
    response: RawResponse,
    elapsed_ms: float,
    bodies: Mapping[str, str] | None = None,
) -> None:
    """Log a request and its response.

    Args:
        method: as it was sent.
        path: the raw path and query; non-printable and non-ASCII characters are escaped.
        operation_id: None if the path or method is not in the document.
        response: the response.
        elapsed_ms: the time spent in the server.
        bodies: texts of bodies as `shown_body` gives them, by `requestBody` and `responseBody`.
    """
    if not logger.isEnabledFor(logging.INFO):
        return
    shown = path.encode("unicode_escape").decode()
    fields = {
        "method": method.encode("unicode_escape").decode(),
        "path": shown,
        "operationId": operation_id,
        "status": response.status,
        "why": response.why,
        **({"rule": response.rule} if response.rule else {}),
        "ms": round(elapsed_ms, 1),
        **(bodies or {}),
    }
    logger.info("request", extra={"fields": fields})
    for note in response.notes:
        logger.warning("%s", note, extra={"fields": {"method": fields["method"], "path": shown}})


def shown_body(data: bytes, size: int, media_type: str, redaction: Redaction) -> str:
    """A body for the log: redacted, at most 2,000 characters, without control characters.

    Args:
        data: the body or its beginning.
        size: the size of the whole body in bytes.
        media_type: its Content-Type.
        redaction: redacts its secrets.
    """
    try:
        text = data[: 4 * _MOST_BODY].decode()
    except UnicodeDecodeError as error:
        if len(data) - error.start >= 4 and error.start < 4 * _MOST_BODY - 4:
            return f"({size:,} bytes that are not text)"
        text = data[: error.start].decode()
    shown = redaction.text(media_type, text)[:_MOST_BODY]
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in shown)
    return shown if len(text) <= _MOST_BODY and len(text.encode()) == size else f"{shown} … of {size:,} bytes"


class TextFormatter(logging.Formatter):
    """Plain text: `12:00:01  200  GET /pets  listPets (example, 0.3 ms)`, with warnings indented below."""

    def __init__(self, *, colours: bool) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line."""
        fields = getattr(record, "fields", None)
        if fields is None:
            return harmless(super().format(record))
        time = self.formatTime(record, self.datefmt)
        if "status" not in fields:
            return f"{time}       {self._painted('warning', '33')}: {on_one_line(record.getMessage())}"
        status = str(fields["status"]) if fields["status"] else "---"  # without a response
        name = fields["operationId"] or ""
        # Without an operationId, the name is method and path again.
        name = f"  {on_one_line(name)}" if name and " " not in name else ""
        painted = self._painted(status, _COLOURS.get(status[:1], "0"))
        request = f"{fields['method']} {fields['path']}"
        why = f"rule {fields['rule']}" if "rule" in fields else fields["why"]
        line = f"{time}  {painted}  {request}{name} ({on_one_line(why)}, {fields['ms']} ms)"
        bodies = [f"{mark} {fields[key]}" for mark, key in _MARKS if fields.get(key)]
        return "\n".join([line, *(f"{' ' * len(time)}       {body}" for body in bodies)])

    def _painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours else text


class JsonFormatter(logging.Formatter):
    """JSON Lines: `time`, `level`, and the request's fields or a `message`."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line."""
        fields = getattr(record, "fields", {})
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), **fields}
        if "status" not in fields:
            line["message"] = record.getMessage()
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return plain_json(json.dumps(line, ensure_ascii=False))


def log_to(stream: TextIO = sys.stderr, *, form: LogFormat = "text", quiet: bool = False) -> None:
    """Write the log to a stream; with `quiet` only warnings and errors."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter(colours=is_terminal(stream)))
    root = logging.getLogger("signoff")
    root.addHandler(handler)
    root.setLevel(logging.WARNING if quiet else logging.INFO)
    server = logging.StreamHandler(stream)
    server.setFormatter(handler.formatter)
    server.setLevel(logging.ERROR if quiet else logging.WARNING)  # quiet: no line for each invalid request
    logging.getLogger("uvicorn").addHandler(server)
