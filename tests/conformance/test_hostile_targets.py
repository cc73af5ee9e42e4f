"""`signoff test` ends with its reports in bounded time and memory, whatever a target sends."""

import asyncio
import gzip
import json
import struct
import time
import zlib
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from signoff.conformance.exchange import Exchange, Received, Sent
from signoff.conformance.schemathesis_transport import ClientTransport
from signoff.contract import SourceError, source
from tests import processes
from tests.conftest import running

MOST_SECONDS = 120  # of CPU time; a run against a sound target takes some 5
MOST_MEGABYTES = 500
THING = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "thing",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {
                            f"application/{name}": {"schema": THING} for name in ("json", "yaml", "xml")
                        },
                        "links": {
                            "self": {"operationId": "thing", "parameters": {"id": "$response.body#/id"}}
                        },
                    }
                },
            }
        }
    },
}
YAML, XML = ([(b"content-type", b"application/%s" % name)] for name in (b"yaml", b"xml"))
ALIASES = b"a0: &a0 x\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 30)
)
ENTITIES = b"<!DOCTYPE a [<!ENTITY e0 'x'>%s]><a>&e29;</a>" % b"".join(
    b"<!ENTITY e%d '%s'>" % (n, b"&e%d;" % (n - 1) * 9) for n in range(1, 30)
)
ZIPPED = [(b"content-encoding", b"gzip")]


@cache
def bomb():
    """Half a MiB that becomes 512 MiB: one compressed MiB, 512 times."""
    part, packer, check = b" " * 2**20, zlib.compressobj(6, wbits=-15), 0
    packed = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(512):
        check = zlib.crc32(part, check)
    head, last = gzip.compress(b"")[:10], packer.flush()
    return head + packed * 512 + last + struct.pack("<II", check, 512 * 2**20)


TARGETS = {
    "a bomb": lambda: (bomb(), ZIPPED),
    "a bomb in a bomb": lambda: (gzip.compress(bomb()), [(b"content-encoding", b"gzip, gzip")]),
    "nested lists": lambda: (b"[" * 900 + b"]" * 900, []),
    "nested objects": lambda: (b'{"id": "1", "a":' * 5_000 + b"1" + b"}" * 5_000, []),
    "never closed": lambda: (b"[" * 1_000_000, []),
    "duplicate members": lambda: (b"{" + b'"id": "1", ' * 199_999 + b'"id": "1"}', []),
    "many members": lambda: (json.dumps({str(number): number for number in range(60_000)}).encode(), []),
    "nested YAML": lambda: (b"[" * 900 + b"]" * 900, YAML),
    "nested YAML blocks": lambda: (b"- " * 100_000, YAML),
    "YAML that is never closed": lambda: (b"{a: " * 200_000, YAML),
    "YAML aliases": lambda: (ALIASES, YAML),
    "nested XML": lambda: (b"<a>" * 100_000 + b"</a>" * 100_000, XML),
    "XML entities": lambda: (ENTITIES, XML),
    "a huge number": lambda: (b'{"id": ' + b"9" * 1_000_000 + b"}", []),
}


# One in five responses is hostile: in turn each of its group, so that those from the start meet fuzzing, too.
# Three kinds of body (one that unpacks to more, one that is deep, one that is costly to read) also begin only
# while fuzzing.
GROUPS = {
    "compressed": (["a bomb", "a bomb in a bomb"], 0),
    "JSON": ([*list(TARGETS)[2:7], "a huge number"], 0),
    "YAML": (["nested YAML", "nested YAML blocks", "YAML that is never closed", "YAML aliases"], 0),
    "XML": (["nested XML", "XML entities"], 0),
    "while fuzzing": (["a bomb", "nested objects", "a huge number"], 60),
}


@pytest.mark.parametrize("group", GROUPS)
def test_runs_end_within_bounds(tmp_path, group):
    names, first = GROUPS[group]
    targets = [TARGETS[name]() for name in names]
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(DOCUMENT))
    count = 0

    async def app(scope, receive, send):
        nonlocal count
        if scope["type"] != "http":
            return
        count += 1
        # Not all of them, so that the run goes on.
        is_hostile = count > first and count % 5 == 1
        body, fields = targets[count // 5 % len(targets)]
        sent, own = (body, fields) if is_hostile else (b'{"id": "1"}', [])
        headers = [(b"content-length", b"%d" % len(sent)), *own]
        if own not in (YAML, XML):
            headers.append((b"content-type", b"application/json"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": sent})

    with running(app) as origin:
        command = ["signoff", "--no-config", "test", origin, "openapi.yaml"]
        command += ["--report", "json=r.json", "--max-examples", "80"]
        done = processes.run(["tests.measured", *command], cwd=tmp_path)
    text = done.stdout + done.stderr
    assert done.returncode == 1, text
    assert "Traceback" not in text
    seconds, megabytes = (float(word) for word in done.stderr.splitlines()[-1].split())
    assert seconds < MOST_SECONDS, text
    assert megabytes < MOST_MEGABYTES, text
    assert json.loads((tmp_path / "r.json").read_text())["requests"] > max(first, 20)
    assert count > first + 5 * len(targets)  # each was sent
    assert Path(tmp_path / "r.json").stat().st_size < 20_000_000
    print(group, seconds, megabytes, count)


def test_a_document_that_drips_has_a_deadline(monkeypatch):
    monkeypatch.setattr(source, "FETCH_DEADLINE_S", 0.5)

    async def drips(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            await send({"type": "http.response.body", "body": b"#\n", "more_body": True})
            await asyncio.sleep(0.1)

    with running(drips) as origin:
        started = time.monotonic()
        with pytest.raises(SourceError, match=r"it took longer than 0.5 s"):
            source.read(f"{origin}/openapi.yaml")
        assert time.monotonic() - started < 5


def test_the_values_of_large_responses_are_not_all_kept():
    operation = SimpleNamespace(response_for=lambda _: None)
    body = json.dumps(["x"] * 200_000).encode()
    received = Received(200, (("content-type", "application/json"),), body, 0.0)
    exchanges = [
        Exchange(Sent("GET", "http://h/", (), b""), received, "positive", "", operation, operation, None)
        for _ in range(12)
    ]
    assert all(len(exchange.json[0]) == 200_000 for exchange in exchanges)
    assert sum("json" in exchange.__dict__ for exchange in exchanges) * len(body) < 5 * 2**20
    assert len(exchanges[0].json[0]) == 200_000  # read again


def test_schemathesis_gets_large_bodies_up_to_their_share():
    transport = ClientTransport(None, "http://h", None, None, None)
    has_body = [transport._has_room(2**20) for _ in range(10)]
    assert has_body == [True] * 8 + [False] * 2
    assert transport._has_room(60_000)
