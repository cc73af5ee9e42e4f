"""A mock of the orders API with rules, and raw connections to it."""

import socket
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

import signoff
from signoff.mock import Settings, create_app
from signoff.mock.rules import RuleBook, load_rules, no_rules
from tests.conftest import running

ORDERS = Path(__file__).with_name("orders.yaml")


def orders():
    return signoff.load(ORDERS)


def rule_book(folder, text, seed=0, **more):
    """The rules of a file with this text."""
    file = folder / "mock.yaml"
    file.write_text(text)
    return RuleBook(load_rules(file, [orders()], **more), seed)


@contextmanager
def mocking(folder, text="", settings=None, **more):
    """A client of a mock with the rules of this text, and its rule book."""
    contract = orders()
    settings = settings or Settings()
    if text:
        book = rule_book(folder, text, settings.seed, max_delay_s=settings.max_delay)
    else:
        book = RuleBook(no_rules([contract], settings.max_delay), settings.seed)
    app = create_app(contract, settings, rules=book, **more)
    with running(app) as origin, httpx2.Client(base_url=f"{origin}/v1", timeout=20) as client:
        yield client, book


def received(client, path="/v1/orders", headers="", method="GET"):
    """What a raw connection gets, how it ends (`closed` or `reset`), and after how many seconds."""
    address = urlsplit(str(client.base_url))
    started = time.monotonic()
    data = b""
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        try:
            while part := connection.recv(65536):
                data += part
            end = "closed"
        except ConnectionResetError:
            end = "reset"
    return data, end, time.monotonic() - started
