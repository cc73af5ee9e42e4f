"""Is the mock's memory flat? Sends varied requests to the application and prints what the process holds.

    python -m benchmarks.mock_memory [--requests 200000] [DOCUMENT]
    python -m benchmarks.mock_memory --create-and-delete [--requests 200000]

No request is sent twice: ids, query strings, headers and bodies differ. One in eight has a path parameter of
another type, and two in five have an invalid body; the statuses at the end show how many were rejected.
With `--create-and-delete`, a request creates an event of the museum, with an id that the client chose, and
the next one deletes it. The application runs in this process, without sockets, so that only its own memory
is seen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psutil

import signoff
import signoff.mock
from benchmarks.loads import MUSEUM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message

    from signoff.contract import Operation, Parameter

    _Request = tuple[dict[str, Any], bytes]  # scope and body

_STEPS = 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "document", nargs="?", type=Path, help="the reports API, with its handlers, if absent"
    )
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--create-and-delete", action="store_true", help="only these requests, of the museum")
    options = parser.parse_args()
    app, requests = _museum() if options.create_and_delete else _varied(options.document)
    asyncio.run(_measure(app, requests, options.requests))


def _museum() -> tuple[ASGIApp, Iterator[_Request]]:
    contract = signoff.load(MUSEUM)
    app = signoff.mock.create_app(contract, signoff.mock.Settings(auth=False))
    return app, _creates_and_deletes(contract.operations[0].base_path + "/special-events")


def _varied(document: Path | None) -> tuple[ASGIApp, Iterator[_Request]]:
    contract = signoff.load(document or signoff.reference_project().document, strict=False)
    handlers, problems = (None, None) if document else ("mock_server", "fixtures/problems.yaml")
    settings = signoff.mock.Settings(auth=False)
    app = signoff.mock.create_app(contract, settings, handlers=handlers, problems=problems)
    return app, _requests(contract.operations)


async def _measure(app: ASGIApp, requests: Iterator[_Request], count: int) -> None:
    process = psutil.Process()
    statuses: dict[int, int] = {}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses[message["status"]] = statuses.get(message["status"], 0) + 1

    print(f"{'requests':>10} {'RSS MB':>8} {'µs each':>8}")
    print(f"{0:>10,} {process.memory_info().rss / 2**20:>8.1f} {'':>8}")
    for step in range(1, _STEPS + 1):
        started = time.perf_counter()
        for _ in range(count // _STEPS):
            scope, body = next(requests)

            async def receive(body: bytes = body) -> Message:
                return {"type": "http.request", "body": body, "more_body": False}

            await app(scope, receive, send)
        each = (time.perf_counter() - started) / (count // _STEPS) * 1e6
        print(f"{step * count // _STEPS:>10,} {process.memory_info().rss / 2**20:>8.1f} {each:>8.0f}")
    print("statuses:", ", ".join(f"{status} {number:,}" for status, number in sorted(statuses.items())))


def _requests(operations: tuple[Operation, ...]) -> Iterator[_Request]:
    source = random.Random(0)
    number = 0
    while True:
        operation = operations[number % len(operations)]
        number += 1
        path = operation.base_path + operation.path
        for parameter in operation.parameters:
            if parameter.location == "path":
                examples = [str(example.value) for example in parameter.examples]
                valid = _valid_text(parameter, source, number)
                name = source.choice([*[valid] * (7 - len(examples[:1])), *examples[:1], f"name-{number}"])
                path = path.replace(f"{{{parameter.name}}}", name)
        body = json.dumps(
            source.choice([{}, {"format": "json"}, {"format": number}, {f"member{number}": number}, [number]])
        ).encode()
        yield _scope(operation.method, path, f"n={number}", f"trace-{number}"), body


def _valid_text(parameter: Parameter, source: random.Random, number: int) -> str:
    """A new text for a path parameter, by its type."""
    flat = parameter.schema.view.flat if parameter.schema is not None else {}
    if flat.get("format") == "uuid":
        return str(UUID(int=source.getrandbits(128), version=4))
    return str(number) if "integer" in str(flat.get("type")) else f"name-{number}"


def _creates_and_deletes(path: str) -> Iterator[_Request]:
    number = 0
    while True:
        number += 1
        identity = str(UUID(int=number, version=4))
        event = {
            "eventId": identity,
            "name": f"Event {number}",
            "location": f"Hall {number}",
            "price": number,
        }
        body = event | {"eventDescription": f"Number {number}", "dates": ["2031-05-06"]}
        yield _scope("POST", path, "", f"trace-{number}"), json.dumps(body).encode()
        yield _scope("DELETE", f"{path}/{identity}", "", f"trace-{number}"), b""


def _scope(method: str, path: str, query: str, trace: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"content-type", b"application/json"), (b"x-request-id", trace.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 4010),
    }


if __name__ == "__main__":
    main()
