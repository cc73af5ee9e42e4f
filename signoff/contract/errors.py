"""The errors that are shown to users.

    SignoffError
    ├── SourceError        a file, URL or stream cannot be read
    │   └── RevisionError  no git repository, or no such revision
    ├── DocumentError      not an OpenAPI document, or an invalid one
    ├── DataError          an invalid data or configuration file
    └── SetupError         invalid options or environment: a port in use, a target that is down

Each has a message, a suggestion and a location, which the command line prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.aliases import accepts_former_names

if TYPE_CHECKING:
    from signoff.contract.pointer import Location


@accepts_former_names
class SignoffError(Exception):
    """Base class of the errors for users.

    Args:
        message: the problem, in one sentence.
        suggestion: how to fix it, in one sentence; may be empty.
        location: the location in a file, if any.
    """

    def __init__(self, message: str, *, suggestion: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.location = location

    def __str__(self) -> str:
        """One line, or two with a suggestion."""
        place = f"{self.location}: " if self.location else ""
        return f"{place}{self.message}" + (f"\n{self.suggestion}" if self.suggestion else "")


class SourceError(SignoffError):
    """A file, URL or stream cannot be read."""


class RevisionError(SourceError):
    """The git repository or the revision does not exist."""


class DocumentError(SignoffError):
    """Not an OpenAPI document, or an invalid one."""


class DataError(SignoffError):
    """A data or configuration file is invalid."""


class SetupError(SignoffError):
    """The options or the environment are invalid: the port, the target."""
