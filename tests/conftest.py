"""What many tests share: the default contract, the published documents, and real servers."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn

import signoff
from signoff.mock import create_app
from signoff.mock.serve import listen, server_config

ROOT = Path(__file__).parent.parent
DOCUMENTS = Path(__file__).parent / "documents"
PUBLISHED = [
    *sorted(path for path in DOCUMENTS.iterdir() if path.suffix in (".json", ".yaml")),
    DOCUMENTS / "petstore-separate-2.0" / "spec" / "swagger.yaml",
]
DATA_FILE = Path(__file__).parent.parent / "fixtures" / "targets" / "reports.yaml"
KNOWN = "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0"
FORBIDDEN = "018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9fff"
MISSING = "00000000-0000-4000-8000-000000000404"


def export_path(report_id: str = KNOWN) -> str:
    return f"/api/v1/reports/saved/{report_id}/export"


def reference_app(settings=None, document=None):
    """The mock of the reference project, or of another document with its handlers and problems."""
    return create_app(
        document or signoff.reference_project().document,
        settings,
        handlers=ROOT / "mock_server",
        problems=ROOT / "fixtures" / "problems.yaml",
    )


@contextmanager
def running(app, port=0):
    """Serve an application on a loopback port, a free one unless it is given, and give its origin."""
    listener = listen("127.0.0.1", port)
    server = uvicorn.Server(server_config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()


@pytest.fixture(scope="session")
def contract():
    return signoff.load(signoff.reference_project().document)


@pytest.fixture(scope="session")
def mock_origin():
    with running(reference_app()) as origin:
        yield origin


@pytest.fixture
def mock(mock_origin):
    with httpx2.Client(base_url=mock_origin, timeout=10) as client:
        yield client
