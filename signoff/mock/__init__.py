"""The mock server of an OpenAPI document, built on Connexion."""

from signoff.mock.app import create_app
from signoff.mock.handlers import MockResponse, deterministic
from signoff.mock.problems import ProblemError
from signoff.mock.settings import Settings

__all__ = ["MockResponse", "ProblemError", "Settings", "create_app", "deterministic"]
