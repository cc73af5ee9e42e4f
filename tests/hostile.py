"""Runs the commands on documents in this process: `python -m tests.hostile DOCUMENT …`.

Prints how each command ends: its exit code, the statuses of the mock, or an error's first line. Every other
exception is a traceback and exit 1.
"""

import asyncio
import io
import json
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from signoff.cli import main
from signoff.contract import SignoffError, load
from signoff.mock import create_app
from tests.measured import most_memory


async def responses(document):
    """The status of each operation's response to an empty JSON object."""
    app = create_app(load(document, strict=False))
    for operation in load(document, strict=False).operations:
        sent, received = [], []
        path = operation.base_path + operation.path.replace("{", "").replace("}", "")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": operation.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "surrogatepass"),
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 9),
            "extensions": {},
        }

        async def receive(received=received):
            received.append(None)  # whoever asks again is told that the client is gone: no stream stays open
            if len(received) > 1:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": b"{}", "more_body": False}

        async def send(message, sent=sent):
            sent.append(message)

        await app(scope, receive, send)
        is_documented = {"500", "5XX"} & {response.status.upper() for response in operation.responses}
        assert is_documented or sent[0]["status"] != 500, operation.label
        yield sent[0]["status"]


async def mock(document):
    return [status async for status in responses(document)]


def changed(document):
    """A copy of a document in which one type is another."""
    text, copy = Path(document).read_text(), Path(document).with_stem("changed")
    found = text.replace('"string"', '"boolean"', 1)
    copy.write_text(found if found != text else text.replace('"integer"', '"string"', 1))
    return str(copy)


def ends(*arguments):
    """The exit code of a command."""
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            code = main.main([*arguments], standalone_mode=False) or 0
        except SystemExit as error:
            code = error.code
    assert "Traceback" not in printed.getvalue(), printed.getvalue()
    return code


def ends_of(document):
    """How each command ends."""
    found = {
        "review": ends("--no-config", "review", document),
        "review --base": ends("--no-config", "review", document, "--base", document),
        "review of a change": ends("--no-config", "review", changed(document), "--base", document),
        "docs": ends("--no-config", "docs", document, "--output", f"{document}.html"),
    }
    try:
        found["mock"] = asyncio.run(mock(document))
    except SignoffError as error:
        found["mock"] = str(error).splitlines()[0]
    return found


if __name__ == "__main__":
    ended = [ends_of(document) for document in sys.argv[1:]]
    print(json.dumps({"ended": ended, "seconds": time.process_time(), "megabytes": most_memory()}))
