"""The mock of the saved reports API as an ASGI application: `uvicorn mock_server.app:app`."""

from pathlib import Path

from signoff.mock import create_app

from . import handlers

_PROJECT = Path(__file__).parent.parent

app = create_app(
    _PROJECT / "openapi" / "reports.yaml",
    handlers=handlers,
    problems=_PROJECT / "fixtures" / "problems.yaml",
)
