"""Prints text on standard output and standard error.

The text may have parts of documents and of targets. They never reach a terminal as escape sequences, and
never a workflow's log as commands. What the stream's encoding lacks is written in ASCII.
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import click

if TYPE_CHECKING:
    from signoff.contract import SetupError


# Control characters (line feeds and tabs aside), what reorders text, and halves of surrogate pairs.
STEERING: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
# The colours of `click.style` may stay.
_STEERING = re.compile(rf"(?!\x1b\[(?:[012]|[39][0-7])m){STEERING}")
# Commands of GitHub Actions (with their older form) start a line; those of Azure Pipelines, too.
_COMMAND = re.compile(r"^(\s*(?:\x1b\[[0-9]+m)*)::|##(?=\[|vso\[)", re.MULTILINE)
_ASCII = {"✓": "+", "✗": "x", "·": "-", "…": "...", "→": "->", "\xa0": " "}
_FALLBACK = "signoff-ascii"
_UNWRITABLE = (errno.ENOSPC, errno.EBADF, errno.EIO, errno.EPIPE)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(_ASCII.get(each, ascii(each)[1:-1]) for each in characters), error.end


codecs.register_error(_FALLBACK, _in_ascii)


def harmless(text: str) -> str:
    """The text with characters that steer a terminal, and commands for a workflow, written as escapes."""
    text = _STEERING.sub(lambda match: ascii(match[0])[1:-1], text.replace("\r\n", "\n"))
    return _COMMAND.sub(lambda match: r"#\x23" if match[1] is None else rf"{match[1]}\::", text)


def on_one_line(text: str) -> str:
    """A text of a document, harmless and on one line."""
    return harmless(" ".join(text.split()))


def echo(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print a text.

    Raises:
        SetupError: standard output is closed or full. What happens to standard error is ignored.
    """
    stream = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    _write(harmless(text).encode(encoding, _FALLBACK).decode(encoding), nl=nl, err=err)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; it is None if the program started without it."""
    return stream is not None and stream.isatty()


def warn(text: str) -> None:
    """Print a warning to standard error."""
    echo(click.style(f"warning: {text}", fg="yellow"), err=True)


def echo_report(text: str) -> None:
    """Print what a program reads: as it is, in UTF-8.

    Raises:
        SetupError: standard output is closed or full.
    """
    _write(text.encode("utf-8", "backslashreplace"), nl=False, err=False)


def _write(text: str | bytes, *, nl: bool, err: bool) -> None:
    if sys.stdout is None and not err:
        raise unwritable(OSError(errno.EBADF, os.strerror(errno.EBADF)))
    try:
        click.echo(text, nl=nl, err=err)
    except OSError as error:
        if not err:
            raise unwritable(error) from None


def unwritable(error: OSError) -> SetupError:
    """The error for the user; nothing more is written to standard output.

    Raises:
        OSError: it is another one.
    """
    if error.errno not in _UNWRITABLE or error.filename:
        raise error
    from signoff.contract import SetupError  # noqa: PLC0415 - a large import that `--help` does not need

    # Python would try again when it exits, and change the exit code.
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the program ends
    return SetupError(f"cannot write to standard output: {error.strerror}")


def prepare_streams() -> None:
    """Let other libraries print in ASCII what the encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_FALLBACK)
