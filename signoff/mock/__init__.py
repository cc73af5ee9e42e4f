"""The stand-in: a mock server of any contract, on Connexion."""

from signoff.mock.app import create_app
from signoff.mock.settings import Settings

__all__ = ["Settings", "create_app"]
