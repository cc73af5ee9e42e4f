"""What many tests share: the default contract, the published documents, and real servers."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import httpx2
import pytest
import trustme

import signoff
from signoff.mock import create_app
from tests.serving import running

__all__ = ["running"]
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
LONGEST = {
    "test_two_playwright_workers_share_a_mock_without_seeing_each_other",
    "test_commands_end_on_mutated_documents",
}


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


def pytest_configure(config):
    """What would take each of many clients 20 ms, and each process with Hypothesis 2 s, is done once.

    The clients trust one authority that nobody has, in place of those of the machine. The tables that
    Hypothesis stores are shared, also with the workers of `-n`.
    """
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    file = Path(folder.name) / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    os.environ["SSL_CERT_FILE"] = str(file)
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", folder.name)


def pytest_collection_modifyitems(items):
    """The longest come first: with `-n`, one that is left at the end keeps a single worker busy."""
    items.sort(key=lambda item: item.name not in LONGEST)


def pytest_collection_finish(session):
    """What is imported stays, so that the garbage collector need not walk through it a thousand times."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `-n`, give each worker a part in one piece, so that the fixtures of a module are set up once.

    A worker that is done takes over half of what another one has left.
    """
    from xdist.scheduler import WorkStealingScheduling  # noqa: PLC0415 - only with xdist

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


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
