"""What the fixture `signoff_mock` serves: options from the configuration, the ini file and the marker."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from signoff import defaults
from signoff.command_line import limits_of, load_contract
from signoff.contract import SetupError
from signoff.mock.command import mock
from signoff.mock.reloading import Build
from signoff.mock.settings import MEBIBYTE, Settings, known_locale
from signoff.project import find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp

    from signoff.contract import Contract
    from signoff.mock.control.control import Control

# Options of the command that have no meaning for a mock in a test.
_OF_THE_COMMAND = frozenset(
    (
        *("allowed_hosts", "control_token", "host", "https", "journal_size", "list_resources", "log_format"),
        *("no_control", "port", "quiet", "reload", "tls_cert", "tls_key"),
    )
)
_OPTIONS = {
    str(option.name): option
    for option in mock.params
    if isinstance(option, click.Option) and option.name not in _OF_THE_COMMAND
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A mock that a test asks for. Tests that ask for the same share one.

    Attributes:
        folder: where the configuration file is looked for.
        words: the documents and options, as words of a command line.
    """

    folder: Path
    words: tuple[str, ...]

    @classmethod
    def of(
        cls,
        test_folder: Path,
        ini: tuple[Path, Sequence[str], Sequence[str]],
        documents: Sequence[object],
        options: Mapping[str, object],
    ) -> Asked:
        """What a test asks for.

        Args:
            test_folder: the folder of the test's file, which the paths of its marker are relative to.
            ini: the folder, documents and options of pytest's ini file.
            documents: the documents of the marker.
            options: the options of the marker, with `_` for `-`.

        Raises:
            SetupError: an option of the marker is unknown.
        """
        root, ini_documents, ini_options = ini
        words = [_found(word, root) for word in ini_options]
        words += [word for name, value in options.items() for word in _words(name, value, test_folder)]
        if documents:
            words += [_found(str(document), test_folder) for document in documents]
        else:
            words += [_found(document, root) for document in ini_documents]
        return cls(test_folder, tuple(words))

    def make(self, control: Control) -> tuple[ASGIApp, Sequence[Contract]]:
        """Create the application.

        Raises:
            SignoffError: an option or the configuration is invalid, or a file can't be read.
        """
        found = self._parameters()
        settings = {name: value for name, value in found.items() if name in Settings.__dataclass_fields__}
        settings |= {
            "locale": known_locale(found["locale"]),
            "max_body_bytes": int(found["max_body"] * MEBIBYTE),
        }
        load = partial(
            load_contract,
            allow_remote_refs=found["allow_remote_refs"],
            strict=found["strict"],
            limits=limits_of(found),
        )
        build = Build(
            documents=found["documents"],
            base_paths=found["base_paths"],
            handlers=found["handlers"],
            problems=found["problems"],
            settings=Settings(**settings),
            load=load,
            rules=found["rules"],
            control=control,
        )
        app, _ = build.make()
        return app, build.contracts

    def _parameters(self) -> dict[str, Any]:
        """The values of all options, by the name of their parameter."""
        project = find(self.folder)
        group = click.Context(click.Group("signoff", commands={"mock": mock}), info_name="signoff")
        words = list(self.words)
        try:
            if project is not None and project.file is not None:
                group.params["config"] = str(project.file)
                defaults.apply(group, "mock", mock, words)
            found = mock.make_context("mock", words, parent=group).params
        except click.ClickException as error:
            raise SetupError(f"signoff_mock: {error.format_message()}") from None
        if not found["documents"]:
            raise SetupError(
                "no document for signoff_mock",
                suggestion="Set `document` in [tool.signoff], signoff_mock_document in pytest's ini file, or"
                ' @pytest.mark.signoff_mock("openapi.yaml").',
            )
        return found


def _found(text: str, folder: Path) -> str:
    """A path relative to a folder; other texts as they are."""
    try:
        return str(folder / text) if text and (folder / text).exists() else text
    except OSError:  # too long for a path
        return text


def _words(name: str, value: object, folder: Path) -> Iterator[str]:
    """An option of a marker as words of a command line.

    Raises:
        SetupError: it is unknown.
    """
    option = _OPTIONS.get(name)
    if option is None:
        close = get_close_matches(name, _OPTIONS, 1)
        known = f"Options: {', '.join(sorted(_OPTIONS))}."
        raise SetupError(
            f"unknown option {name!r} of the marker signoff_mock",
            suggestion=f"Did you mean {close[0]}?" if close else known,
        )
    values = value if option.multiple and isinstance(value, list | tuple) else [value]
    for each in values:
        if option.is_flag:
            names = option.opts if each else option.secondary_opts
            yield from names[:1]
        else:
            yield f"{option.opts[0]}={_found(str(each), folder)}"
