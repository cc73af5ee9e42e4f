"""The option `--report FORMAT=FILE`: parses it and writes the reports."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from signoff.aliases import FORMER_REPORT_VERSION, notice
from signoff.contract.errors import SetupError
from signoff.reporting.formats import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from signoff.reporting.model import Report

    _Report = TypeVar("_Report", bound=Report)

STANDARD_OUTPUT = "-"
FORMER_JSON = f"json-{FORMER_REPORT_VERSION}"


def current_formats(formats: Iterable[str]) -> list[str]:
    """The formats without the former one, which is only for programs that still need it."""
    return [name for name in formats if name != FORMER_JSON]


def parse_requests(texts: Iterable[str], formats: Collection[str]) -> list[tuple[str, str]]:
    """Parse all `FORMAT=FILE` values of a command, before its work begins.

    Args:
        texts: the values.
        formats: the names of all formats.

    Raises:
        SetupError: one is malformed, a file is not writable, or two reports have the same file.
    """
    requests = [_parsed(text, formats) for text in texts]
    file, count = next(iter(Counter(file for _, file in requests).most_common(1)), ("", 0))
    if count > 1:
        where = "standard output" if file == STANDARD_OUTPUT else file
        raise SetupError(
            f"{count} reports have the same output: {where}", suggestion="Use a different file for each."
        )
    return requests


def _parsed(text: str, formats: Collection[str]) -> tuple[str, str]:
    name, equals, file = text.partition("=")
    if not equals or not file or name not in formats:
        known = ", ".join(current_formats(formats))
        raise SetupError(
            f"invalid value for --report: {text!r}",
            suggestion=f"Use FORMAT=FILE. Formats: {known}. - is standard output.",
        )
    if file != STANDARD_OUTPUT:
        check_writable(Path(file))
    if name == FORMER_JSON:
        notice(f"The format `{name}` will be removed in the next release. `json` has the new names.")
    return name, file


def check_writable(path: Path) -> None:
    """Check that a file can be written, before the work for it is done.

    Raises:
        SetupError: its folder is missing, it is a folder itself, or permission is denied.
    """
    folder = path.parent
    if not folder.is_dir():
        raise SetupError(
            f"cannot write the report {path}: the folder {folder} does not exist",
            suggestion=f"Create {folder} first.",
        )
    if path.is_dir():
        raise SetupError(f"cannot write the report {path}: it is a folder", suggestion="Name a file in it.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise SetupError(
            f"cannot write the report {path}: permission denied",
            suggestion="Use a file in a writable folder.",
        )


def publish(
    report: _Report,
    requests: Iterable[tuple[str, str]],
    formats: Mapping[str, Callable[[_Report], str]],
    *,
    verbose: bool = False,
) -> None:
    """Print a report, and write it in the requested formats.

    The terminal report goes to standard error if another format goes to standard output.

    Raises:
        SetupError: a file cannot be written.
    """
    requested = list(requests)
    to_stdout = any(file == STANDARD_OUTPUT for _, file in requested)
    files = [file for _, file in requested if file != STANDARD_OUTPUT]
    click.echo(terminal.render(report, files, verbose=verbose), nl=False, err=to_stdout)
    for name, file in requested:
        text = formats[name](report)
        if file == STANDARD_OUTPUT:
            click.echo(text, nl=False)
        else:
            write(text, file)


def write(text: str, file: str) -> None:
    """Write a report to a file.

    Raises:
        SetupError: it cannot be written.
    """
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SetupError(f"cannot write the report {file}: {error.strerror}") from None
