"""From a schema to a value that satisfies it."""

from mock_server.generate.generator import CannotGenerateError, Generator

__all__ = ["CannotGenerateError", "Generator"]
