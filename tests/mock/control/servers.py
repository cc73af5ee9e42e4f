"""Mocks with the control API."""

from contextlib import contextmanager

import httpx2

from signoff.mock import create_app
from signoff.mock.control.control import Control
from tests.conftest import ROOT, running

SHOP = ROOT / "tests" / "mock" / "shop.yaml"
PREFIX = "/__signoff"


@contextmanager
def controlled(document=SHOP, settings=None, control=None, **options):
    """A client of a mock with the control API."""
    app = create_app(document, settings, control=control or Control(), **options)
    with running(app) as origin, httpx2.Client(base_url=origin, timeout=10) as client:
        yield client


class Session:
    """The control API and the mock as one session uses them."""

    def __init__(self, client, name=""):
        self._client = client
        self._headers = {"Signoff-Session": name} if name else {}

    def api(self, method, path, expected=200, **options):
        """Call the control API; its JSON."""
        if method in ("POST", "PUT"):
            options.setdefault("json", {})
        response = self.mock(method, PREFIX + path, **options)
        assert response.status_code == expected, response.text
        return response.json() if response.content and "json" in response.headers["content-type"] else None

    def mock(self, method, path, headers=None, **options):
        """Call the mock; its response."""
        return self._client.request(method, path, headers=self._headers | (headers or {}), **options)
