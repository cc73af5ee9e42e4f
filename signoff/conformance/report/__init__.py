"""The verdict in the formats that people and machines read, one file a format.

Every format is a function from a report to text; nothing else in the package prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.report import github, gitlab, html_page, json_report, junit, markdown, sarif
from signoff.conformance.report.from_verdict import report_of
from signoff.conformance.report.model import Report
from signoff.reporting import request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["FORMATS", "Report", "parse_request", "parse_requests", "report_of", "write"]

FORMATS: dict[str, Callable[[Report], str]] = {
    "json": json_report.render,
    "junit": junit.render,
    "html": html_page.render,
    "sarif": sarif.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "markdown": markdown.render,
}


def parse_requests(texts: Iterable[str]) -> list[tuple[str, str]]:
    """The formats and files of all `FORMAT=FILE` requests of a command, before its run begins.

    Raises:
        SetUpError: one is wrong, or two would be written over each other.
    """
    return request.parse_requests(texts, FORMATS)


def parse_request(text: str) -> tuple[str, str]:
    """The format and file of a `FORMAT=FILE` request.

    Raises:
        SetUpError: the form is wrong, the format is unknown, or the file could not be written.
    """
    return request.parse_request(text, FORMATS)


def write(report: Report, name: str, file: str) -> str | None:
    """Write a report.

    Returns:
        The text, where `file` is `-` and the caller prints it.

    Raises:
        SetUpError: the file cannot be written.
    """
    text = FORMATS[name](report)
    if file == request.STANDARD_OUTPUT:
        return text
    request.write(text, file)
    return None
