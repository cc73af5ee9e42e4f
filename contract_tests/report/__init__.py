"""The verdict in the formats that people and machines read, one file a format.

Every format is a function from a verdict to text; nothing else in the package prints.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from contract_tests.report import json_report, junit
from openapi import SetUpError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_tests.suite import Verdict

FORMATS: dict[str, Callable[[Verdict], str]] = {"json": json_report.render, "junit": junit.render}


def parse_request(text: str) -> tuple[str, str]:
    """The format and file of a `FORMAT=FILE` request.

    Raises:
        SetUpError: the form is wrong, or the format is unknown.
    """
    name, equals, file = text.partition("=")
    if not equals or not file or name not in FORMATS:
        known = ", ".join(FORMATS)
        raise SetUpError(
            f"--report {text!r} cannot be used",
            mend=f"Say --report FORMAT=FILE; the formats are {known}, and - is standard output.",
        )
    return name, file


def write(verdict: Verdict, name: str, file: str) -> str | None:
    """Write a report.

    Returns:
        The text, where `file` is `-` and the caller prints it.

    Raises:
        SetUpError: the file cannot be written.
    """
    text = FORMATS[name](verdict)
    if file == "-":
        return text
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SetUpError(f"the report {file} cannot be written: {error.strerror}") from None
    return None
