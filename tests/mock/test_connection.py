"""What the server writes to the transport of a connection."""

import asyncio

import pytest
from uvicorn.server import ServerState

import signoff
from signoff.mock import create_app
from signoff.mock.connection import Connection
from signoff.mock.exchange import RawResponse
from signoff.mock.serve import server_config
from signoff.mock.settings import Settings

DOCUMENT = """
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      responses:
        "200": {description: OK, content: {text/plain: {schema: {type: string}, example: short}}}
    delete: {responses: {"204": {description: Deleted}}}
"""


class Written(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self):
        super().__init__()
        self.pieces = []
        self.is_open = True

    def write(self, data):
        self.pieces.append(bytes(data))

    def is_closing(self):
        return not self.is_open

    def close(self):
        self.is_open = False

    def abort(self):
        self.is_open = False

    def pause_reading(self): ...

    def resume_reading(self): ...


@pytest.fixture
def contract(tmp_path):
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    return signoff.load(tmp_path / "openapi.yaml")


def written_for(app, request):
    """The pieces that the server writes for a request."""

    async def received():
        config = server_config(app)
        config.load()
        protocol = config.http_protocol_class(config=config, server_state=ServerState(), app_state={})
        transport = Written()
        protocol.connection_made(transport)
        protocol.data_received(request)
        await asyncio.gather(*protocol.tasks)
        return transport.pieces

    return asyncio.run(received())


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"DELETE"])
def test_a_response_is_written_at_once(contract, method):
    pieces = written_for(create_app(contract), method + b" /notes/1 HTTP/1.1\r\nHost: a\r\n\r\n")
    whole = b"".join(pieces)
    assert whole.startswith(b"HTTP/1.1 20")
    assert whole.count(b"\r\n\r\n") == 1
    assert whole.endswith(b"short" if method == b"GET" else b"\r\n\r\n")
    assert len([piece for piece in pieces if piece]) == 1


def test_what_is_held_is_sent_before_the_connection_is_closed():
    transport = Written()
    connection = Connection(transport)
    connection.write(b"1")
    connection.hold_next()
    connection.write(b"2")
    assert transport.pieces == [b"1"]
    connection.write(b"3")
    assert transport.pieces == [b"1", b"23"]
    connection.hold_next()
    connection.write(b"4")
    connection.close()
    assert transport.pieces == [b"1", b"23", b"4"]
    assert transport.is_closing()


class BrokenStore:
    """A store with a fault of its own."""

    async def load(self, _session):
        raise LookupError("the secret of the store")


def test_an_internal_error_is_a_problem_and_its_traceback_is_logged(contract, caplog):
    pieces = written_for(
        create_app(contract, store=BrokenStore()), b"GET /notes/1 HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    whole = b"".join(pieces)
    assert whole.startswith(b"HTTP/1.1 500 ")
    assert b"application/problem+json" in whole
    assert b"secret" not in whole
    assert "the secret of the store" in caplog.text


def test_an_error_after_the_start_of_a_response_ends_the_connection(contract, monkeypatch):
    """Nothing that looks like a second response is sent."""
    broken = RawResponse(200, ((b"content-length", b"9"),), b"short", "example")
    app = create_app(contract, Settings(cors=False))
    monkeypatch.setattr("signoff.mock.operation.OperationPlan.respond", lambda *_: broken)
    pieces = written_for(app, b"GET /notes/1 HTTP/1.1\r\nHost: a\r\n\r\n")
    assert b"".join(pieces).count(b"HTTP/1.1") == 1
