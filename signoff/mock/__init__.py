"""The mock server of an OpenAPI document, built on Connexion."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.mock.app import create_app
    from signoff.mock.handlers import MockResponse, deterministic
    from signoff.mock.problems import ProblemError
    from signoff.mock.settings import Settings
    from signoff.mock.testing import SignoffMock

# Found when asked for: the pytest plugin lives here too, and must not slow the runs of other projects.
_HOMES = {
    "MockResponse": "handlers",
    "ProblemError": "problems",
    "Settings": "settings",
    "SignoffMock": "testing",
    "create_app": "app",
    "deterministic": "handlers",
}
__all__ = ["MockResponse", "ProblemError", "Settings", "SignoffMock", "create_app", "deterministic"]


def __getattr__(name: str) -> object:
    """A public name, from the module that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
