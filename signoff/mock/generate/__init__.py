"""From a schema to a value that satisfies it."""

from signoff.mock.generate.errors import CannotGenerateError
from signoff.mock.generate.generator import Generator

__all__ = ["CannotGenerateError", "Generator"]
