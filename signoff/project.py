"""The project's configuration: `[tool.signoff]` of pyproject.toml, or the same keys in signoff.toml.

    [tool.signoff]
    document = "openapi/shop.yaml"       # or a list
    handlers = "mock_server.handlers"
    data = "fixtures/targets.yaml"
    base-url = "http://127.0.0.1:8000"

    [tool.signoff.mock]
    port = 4020

A top-level key sets the default of that option for every command that has it. A key in a command's table
takes precedence, for that command only. This module finds the file, reads it, and resolves its paths;
`defaults` passes the options to click.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signoff.aliases import renamed_configuration
from signoff.contract import git_source
from signoff.contract.errors import DataError
from signoff.contract.pointer import Location
from signoff.contract.source import STANDARD_INPUT, is_remote

if TYPE_CHECKING:
    from collections.abc import Mapping

# The files and their tables. The first one in a folder is used.
_FILES: dict[str, tuple[str, ...]] = {"signoff.toml": (), "pyproject.toml": ("tool", "signoff")}
# Keys whose values are paths, relative to the file's folder.
_DOCUMENTS = frozenset(("document", "base"))
_PATHS = frozenset(
    (
        *("baseline", "cacert", "cert", "data", "har", "key", "output", "problems", "ruleset"),
        *("mock.rules", "tls-cert", "tls-key", "write-baseline"),
    )
)
_MODULES = frozenset(("checks", "handlers", "hooks", "rules"))
_REPORTS = "report"  # FORMAT=FILE
# Keys that apply to the project's own documents only.
OF_THE_DOCUMENT = frozenset(("base-url", "checks", "data", "handlers", "hooks", "problems"))


@dataclass(frozen=True, slots=True)
class Project:
    """A project's configuration.

    Attributes:
        folder: the base of relative paths.
        table: the file's keys and values.
        file: the file; None without one.
        is_reference: whether it is the built-in example.
    """

    folder: Path
    table: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None
    is_reference: bool = False

    @property
    def documents(self) -> tuple[str, ...]:
        """The project's documents: absolute paths, URLs or `REVISION:PATH`.

        Raises:
            DataError: `document` is not a string or a list of strings.
        """
        held = self.table.get("document", [])
        names = held if isinstance(held, list) else [held]
        if not all(isinstance(name, str) for name in names):
            raise self.error("document", "must be a string or a list of strings")
        return tuple(self.resolved("document", name) for name in names)

    @property
    def document(self) -> Path:
        """The first document, as a path.

        Raises:
            DataError: there is none.
        """
        if not self.documents:
            raise self.error("document", "is missing")
        return Path(self.documents[0])

    def text(self, key: str, command: str = "") -> str | None:
        """The value of a string key, with its path resolved; None without one.

        Args:
            key: the key.
            command: the command whose table takes precedence.

        Raises:
            DataError: it is not a string.
        """
        value = self.of_command(command).get(key, self.table.get(key))
        if value is not None and not isinstance(value, str):
            raise self.error(key, "must be a string")
        return None if value is None else self.resolved(key, value)

    def of_command(self, name: str) -> Mapping[str, Any]:
        """The table of a command; empty without one.

        Raises:
            DataError: it is not a table.
        """
        held = self.table.get(name, {})
        if not isinstance(held, dict):
            raise self.error(name, "must be a table")
        return held

    def resolved(self, key: str, text: str) -> str:
        """A value of `key`, with its path made absolute if it is a path."""
        if key in _PATHS:
            return text if text == STANDARD_INPUT else str(self.folder / text)
        if key in _DOCUMENTS:
            return str(self.folder / text) if self._is_file_name(key, text) else text
        if key in _MODULES:
            return text if is_module(key, text) else str(self.folder / text)
        if key == _REPORTS:
            form, equals, file = text.partition("=")
            return f"{form}={self.resolved('output', file)}" if equals and file else text
        return text

    def owns(self, document: str) -> bool:
        """Whether a document is one of the project's, or the same file at a git revision."""
        own = {str(Path(name).resolve()) for name in self.documents}
        if not Path(document).exists() and git_source.is_named_so(document):
            document = document.partition(":")[2]
        return document in self.documents or str(Path(document).resolve()) in own

    def error(self, key: str, message: str, line: int = 0) -> DataError:
        """An error about a key, with its full name."""
        location = Location(shown(self.file), line) if self.file else None
        return DataError(f"`{self.named(key)}` {message}", location=location)

    def named(self, key: str = "") -> str:
        """The full name of a key or table."""
        prefix = _FILES.get(self.file.name, ()) if self.file else ()
        return ".".join([*prefix, *([key] if key else [])])

    def _is_file_name(self, key: str, text: str) -> bool:
        """Whether a document is a path, not a URL or a git revision."""
        if text == STANDARD_INPUT or is_remote(text):
            return False
        is_revision = key == "base" or git_source.is_named_so(text)
        return not is_revision or (self.folder / text).is_file()


def find(folder: Path) -> Project | None:
    """The project that a folder belongs to: the nearest one, here or in a folder above.

    Raises:
        DataError: its file can't be read, or is not TOML.
    """
    for place in (folder.absolute(), *folder.absolute().parents):
        for name, keys in _FILES.items():
            file = place / name
            if _is_file(file) and (table := _table(_parsed(file), keys, file)) is not None:
                return Project(place, table, file)
    return None


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError as error:  # permission denied, or the name is too long
        raise DataError(
            f"cannot read {shown(file)}: {error.strerror}",
            suggestion="Use --no-config to run without a configuration file.",
        ) from None


def project_of(folder: Path) -> Project:
    """The project of a folder; outside any project, the built-in example.

    Raises:
        DataError: its file can't be read, or is not TOML.
    """
    return find(folder) or reference_project()


def load(file: Path) -> Project:
    """The project of a configuration file; any name except pyproject.toml is read like signoff.toml.

    Raises:
        DataError: it can't be read, or is not TOML.
    """
    table = _table(_parsed(file), _FILES.get(file.name, ()), file)
    return Project(file.resolve().parent, table or {}, file.resolve())


@cache
def reference_project() -> Project:
    """The built-in example: the saved reports API. In a checkout, the checkout's own project."""
    installed = Path(__file__).parent / "reference"
    folder = installed if installed.is_dir() else installed.parent.parent
    return replace(load(folder / "pyproject.toml"), is_reference=True)


def shown(path: Path) -> str:
    """A path as shown in messages: relative to the working directory if it is below it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def is_module(key: str, text: str) -> bool:
    """Whether a value is the dotted name of a module, not a path."""
    return key in _MODULES and not text.endswith(".py") and "/" not in text and "\\" not in text


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"cannot read {shown(file)}: {error.strerror}") from None
    except RecursionError:
        raise DataError("the nesting is too deep", location=Location(shown(file))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"not TOML: {error}", location=Location(shown(file))) from None


def _table(value: Any, keys: tuple[str, ...], file: Path) -> dict[str, Any] | None:  # noqa: ANN401 - any TOML
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    if not isinstance(value, dict):
        raise DataError(f"`{'.'.join(keys)}` must be a table", location=Location(shown(file)))
    return renamed_configuration(value)
