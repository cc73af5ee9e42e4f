"""From a schema to a value that satisfies it."""

from signoff.generate.errors import CannotGenerateError
from signoff.generate.generator import Generator
from signoff.generate.slices import Slices, TakesLongError
from signoff.generate.walk import MOST

__all__ = ["MOST", "CannotGenerateError", "Generator", "Slices", "TakesLongError"]
