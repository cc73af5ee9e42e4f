"""From a schema to a value that satisfies it."""

from mock_server.generate.errors import CannotGenerateError
from mock_server.generate.generator import Generator

__all__ = ["CannotGenerateError", "Generator"]
