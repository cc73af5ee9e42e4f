"""From a schema to a value that satisfies it."""

from signoff.generate.errors import CannotGenerateError
from signoff.generate.generator import Generator

__all__ = ["CannotGenerateError", "Generator"]
