"""The option `--report FORMAT=FILE`: parses it and writes the reports."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from signoff import signals
from signoff.aliases import FORMER_REPORT_VERSION, notice
from signoff.contract.errors import SetupError
from signoff.printing import echo, echo_report
from signoff.reporting.formats import terminal
from signoff.reporting.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from types import TracebackType

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
    """Write a report in the requested formats, and print it.

    Files come first, so that a standard output that is closed loses none. One that fails doesn't stop the
    others. The terminal report goes to standard error if another format goes to standard output.

    Raises:
        SetupError: a file or standard output cannot be written.
    """
    requested = list(requests)
    to_stdout = any(file == STANDARD_OUTPUT for _, file in requested)
    files = [file for _, file in requested if file != STANDARD_OUTPUT]
    with signals.held(), _all_done() as attempt:
        for name, file in requested:
            if file != STANDARD_OUTPUT:
                with attempt:
                    write(formats[name](report), file)
        with attempt:
            echo(terminal.render(report, files, verbose=verbose), nl=False, err=to_stdout)
        for name, file in requested:
            if file == STANDARD_OUTPUT:
                with attempt:
                    echo_report(formats[name](report))


class _Attempt:
    """Keeps the errors of steps that don't depend on each other."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.errors.append(error)
        return True


@contextmanager
def _all_done() -> Iterator[_Attempt]:
    """Raise the first error when all steps are done; other errors are printed."""
    attempt = _Attempt()
    yield attempt
    for error in attempt.errors[1:]:
        echo(f"signoff: {error}", err=True)
    if attempt.errors:
        raise attempt.errors[0]


def write(text: str, file: str) -> None:
    """Write a report to a file. The file is either complete or as it was before.

    Raises:
        SetupError: it cannot be written.
    """
    try:
        write_whole(Path(file), text)
    except OSError as error:
        raise SetupError(f"cannot write the report {file}: {error.strerror}") from None
