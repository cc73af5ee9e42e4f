"""The errors that Signoff shows to its users.

    SignoffError
    ├── SourceError        a file, URL or stream that cannot be read
    │   └── RevisionError  no git repository here, or no such revision in it
    ├── DocumentError      what was read is no OpenAPI document that can be used
    ├── DataError          a data file (fixtures, target data) that says something unusable
    └── SetupError         the surroundings are wrong: a port in use, a target that is down

Each carries where the trouble is, so that the command line can print one or two plain lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.contract.pointer import Location


class SignoffError(Exception):
    """Base of every error that is meant for a user. Never raised itself.

    Args:
        message: what is wrong, in one sentence.
        suggestion: what the user can do about it, in one sentence; may be empty.
        location: the place in a file, where there is one.
    """

    def __init__(self, message: str, *, suggestion: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.location = location

    def __str__(self) -> str:
        """One line, or two where there is a suggestion."""
        place = f"{self.location}: " if self.location else ""
        return f"{place}{self.message}" + (f"\n{self.suggestion}" if self.suggestion else "")


class SourceError(SignoffError):
    """A file, URL or stream cannot be read."""


class RevisionError(SourceError):
    """There is no git repository, or none with that revision."""


class DocumentError(SignoffError):
    """The text is no OpenAPI document, or one that contradicts its specification."""


class DataError(SignoffError):
    """A data file (fixtures or target data) cannot be used."""


class SetupError(SignoffError):
    """The surroundings of a run are wrong: the port, the target, an option."""
