"""Reading a fixture file part by part, with errors that name the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract import DataError, Location, SignoffError, Source, read

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from signoff.contract import JsonValue


class FixtureError(DataError, ValueError):
    """A fixture file says something that cannot be used.

    Args:
        file: the path of the file.
        pointer: JSON Pointer to the part that is wrong; empty for the whole file.
        message: what is wrong, in one sentence.
        location: the same place with its line, where that is known.
    """

    def __init__(self, file: str, pointer: str, message: str, location: Location | None = None) -> None:
        super().__init__(message, location=location or Location(file, pointer=pointer))
        self.file = file
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Part:
    """A value in a fixture file, and where it stands.

    Attributes:
        source: the file.
        pointer: JSON Pointer to the value.
        value: the value, not checked yet.
    """

    source: Source
    pointer: str
    value: JsonValue

    def error(self, message: str) -> FixtureError:
        """An error about this part, to be raised by the caller."""
        return FixtureError(self.source.name, self.pointer, message, self.source.locate(self.pointer))

    def entries(self) -> dict[str, Part]:
        """The members of a mapping, by their names. Raises FixtureError when it is none."""
        if not isinstance(self.value, dict):
            raise self.error("this must be a mapping")
        return {key: self._at(key, item) for key, item in self.value.items()}

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Part]:
        """The members of a mapping that has all of `required`, and of others only `optional`."""
        entries = self.entries()
        if missing := [name for name in required if name not in entries]:
            raise self.error(f"{missing[0]!r} is missing")
        for name, part in entries.items():
            if name not in required and name not in optional:
                raise part.error(f"{name!r} means nothing here")
        return entries

    def items(self, at_least: int = 0, at_most: int = 1_000_000) -> list[Part]:
        """The items of a list. Raises FixtureError when it is none, too short or too long."""
        if not isinstance(self.value, list):
            raise self.error("this must be a list")
        if not at_least <= len(self.value) <= at_most:
            raise self.error(f"{len(self.value)} items, where {at_least} to {at_most} are allowed")
        return [self._at(index, item) for index, item in enumerate(self.value)]

    def text(self, longest: int = 2000) -> str:
        """A string of 1 to `longest` characters."""
        if not isinstance(self.value, str):
            raise self.error("this must be a string")
        if not 1 <= len(self.value) <= longest:
            raise self.error(f"{len(self.value)} characters, where 1 to {longest} are allowed")
        return self.value

    def text_or_null(self) -> str | None:
        """A string, or None for null."""
        return None if self.value is None else self.text()

    def integer(self, low: int, high: int) -> int:
        """An integer from `low` to `high`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.error("this must be an integer")
        if not low <= self.value <= high:
            raise self.error(f"{self.value} is not from {low} to {high}")
        return self.value

    def number(self) -> float:
        """A number that is not negative."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.error("this must be a number")
        if not 0 <= self.value < float("inf"):
            raise self.error(f"{self.value} must be finite and not negative")
        return self.value

    def bounds(self) -> tuple[float, float]:
        """Two numbers, the first not above the second."""
        low, high = (item.number() for item in self.items(2, 2))
        if low > high:
            raise self.error(f"{low} is above {high}")
        return low, high

    def one_of(self, names: Collection[str], what: str) -> str:
        """A string that is one of `names`; `what` says in an error what they are."""
        name = self.text()
        if name not in names:
            raise self.error(f"{name!r} is not a valid {what}; use one of {', '.join(names)}")
        return name

    def distinct(self, names: Collection[str], what: str, at_least: int, at_most: int) -> tuple[str, ...]:
        """A list of strings out of `names`, none of them twice."""
        found: list[str] = []
        for item in self.items(at_least, at_most):
            name = item.one_of(names, what)
            if name in found:
                raise item.error(f"{name!r} occurs twice")
            found.append(name)
        return tuple(found)

    def _at(self, token: str | int, value: JsonValue) -> Part:
        escaped = str(token).replace("~", "~0").replace("/", "~1")
        return Part(self.source, f"{self.pointer}/{escaped}", value)


def read_fixture(path: Path) -> Part:
    """The whole of a YAML file.

    Raises:
        FixtureError: it cannot be read or is not YAML.
    """
    try:
        source = read(path)
        return Part(source, "", source.value)
    except SignoffError as error:
        raise FixtureError(str(path), "", error.message, error.location) from None
