"""The stand-in: a mock server of any contract, on Connexion."""

from mock_server.app import create_app
from mock_server.settings import Settings

__all__ = ["Settings", "create_app"]
