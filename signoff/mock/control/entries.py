"""Journal entries as JSON, with secrets redacted by name as in reports."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.contract.json_value import JsonSyntaxError, parse
from signoff.mock.redaction import Redaction
from signoff.reporting.secret_names import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from signoff.contract import JsonObject
    from signoff.mock.journal_entry import Body, Entry


class Redactor(Redaction):
    """Entries as the control API has them."""

    def entry(self, entry: Entry) -> JsonObject:
        """An entry as the control API has it."""
        return {
            "id": entry.id,
            "kind": entry.kind,
            "time": moment(entry.time),
            "session": entry.session,
            "request": {
                "method": entry.method,
                "path": entry.path,
                "query": self.query(entry.query),
                **self._message(entry.request_headers, entry.request_body),
            },
            "response": {
                "status": entry.status,
                **self._message(entry.response_headers, entry.response_body),
            },
            "operation": entry.operation,
            "why": entry.why,
            "rule": entry.rule or None,
            "notes": list(entry.notes),
            "durationMs": round(entry.duration_ms, 3),
        }

    def _message(self, headers: Iterable[tuple[str, str]], body: Body) -> JsonObject:
        joined: dict[str, str] = {}
        for name, value in headers:
            shown = REDACTED if self.is_secret_name(name) else value
            joined[name] = f"{joined[name]}, {shown}" if name in joined else shown
        text, encoding = self._text(joined.get("content-type", ""), body)
        found: JsonObject = {
            "headers": dict(joined),
            "body": text,
            "bodySize": body.size,
            "bodyTruncated": body.is_truncated,
            "bodyEncoding": encoding,
        }
        if media_types.is_json(joined.get("content-type", "")) and body.data and not body.is_truncated:
            try:
                found["json"] = self.value(parse(body.data))
            except (JsonSyntaxError, UnicodeDecodeError, RecursionError):
                return found
        return found

    def _text(self, media_type: str, body: Body) -> tuple[str, str]:
        """A body as text, and how the text stands for its bytes."""
        data = body.data
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            if not (body.is_truncated and len(data) - error.start < 4):  # cut within a character
                return base64.b64encode(data).decode(), "base64"
            text = data[: error.start].decode()
        return self.text(media_type, text), "utf-8"


def moment(time: datetime) -> str:
    """A time in UTC as RFC 3339, in milliseconds."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_of(entry: JsonObject) -> bytes:
    """An entry as a server-sent event."""
    data = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    return f"id: {entry['id']}\nevent: entry\ndata: {data}\n\n".encode("utf-8", "surrogatepass")
