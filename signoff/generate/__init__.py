"""From a schema to a value that satisfies it."""

from signoff.generate.errors import CannotGenerateError
from signoff.generate.generator import Generator
from signoff.generate.slices import Slices, TakesLongError, current_slices

__all__ = ["CannotGenerateError", "Generator", "Slices", "TakesLongError", "current_slices"]
