"""The verdict in the formats that people and machines read, one file a format.

Every format is a function from a report to text; nothing else in the package prints.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from contract_tests.report import github, gitlab, html_page, json_report, junit, markdown, sarif
from contract_tests.report.from_verdict import report_of
from contract_tests.report.model import Report
from openapi import SetUpError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "FORMATS",
    "STANDARD_OUTPUT",
    "Report",
    "parse_request",
    "parse_requests",
    "report_of",
    "write",
]

FORMATS: dict[str, Callable[[Report], str]] = {
    "json": json_report.render,
    "junit": junit.render,
    "html": html_page.render,
    "sarif": sarif.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "markdown": markdown.render,
}
STANDARD_OUTPUT = "-"


def parse_requests(texts: Iterable[str]) -> list[tuple[str, str]]:
    """The formats and files of all `FORMAT=FILE` requests of a command, before its run begins.

    Raises:
        SetUpError: one is wrong, or two would be written over each other.
    """
    requests = [parse_request(text) for text in texts]
    file, count = next(iter(Counter(file for _, file in requests).most_common(1)), ("", 0))
    if count > 1:
        where = "standard output" if file == STANDARD_OUTPUT else file
        raise SetUpError(f"{count} reports cannot all go to {where}", mend="Give each a file of its own.")
    return requests


def parse_request(text: str) -> tuple[str, str]:
    """The format and file of a `FORMAT=FILE` request.

    Raises:
        SetUpError: the form is wrong, the format is unknown, or the file could not be written.
    """
    name, equals, file = text.partition("=")
    if not equals or not file or name not in FORMATS:
        known = ", ".join(FORMATS)
        raise SetUpError(
            f"--report {text!r} cannot be used; say FORMAT=FILE: the formats are {known}, and - is"
            " standard output"
        )
    if file != STANDARD_OUTPUT:
        _refuse_unwritable(Path(file))
    return name, file


def _refuse_unwritable(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise SetUpError(
            f"the report {path} cannot be written: there is no folder {folder}", mend=f"Make {folder} first."
        )
    if path.is_dir():
        raise SetUpError(f"the report {path} cannot be written: that is a folder", mend="Name a file in it.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise SetUpError(f"the report {path} cannot be written: permission denied")


def write(report: Report, name: str, file: str) -> str | None:
    """Write a report.

    Returns:
        The text, where `file` is `-` and the caller prints it.

    Raises:
        SetUpError: the file cannot be written.
    """
    text = FORMATS[name](report)
    if file == STANDARD_OUTPUT:
        return text
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SetUpError(f"the report {file} cannot be written: {error.strerror}") from None
    return None
