"""One run for all workers of pytest-xdist: the first makes it, the others read its report."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from signoff.conformance.report import json_report
from signoff.conformance.report.from_json import read
from signoff.contract import SetUpError, SignoffError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signoff.conformance.report import Report

_POLL_S = 0.05


def shared(folder: Path, make: Callable[[], Report]) -> Report:
    """The report that `make` gives in whichever process of several asks first.

    Args:
        folder: one that all the processes share.
        make: runs the tests.

    Raises:
        SignoffError: the run could not be set up, in this process or in the one that made it.
    """
    claim, report, error = folder / "signoff.claim", folder / "signoff.json", folder / "signoff.error"
    try:
        with claim.open("x") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return _awaited(claim, report, error)
    try:
        made = make()
    except SignoffError as failure:
        _put(error, str(failure))
        raise
    except BaseException:
        _put(error, "the run was broken off in another worker")
        raise
    _put(report, json_report.render(made))
    return made


def _put(file: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _awaited(claim: Path, report: Path, error: Path) -> Report:
    while True:
        if report.exists():
            return read(report)
        if error.exists():
            raise SetUpError(error.read_text(encoding="utf-8"))
        if not _is_alive(claim.read_text()):
            raise SetUpError("the worker that ran the tests is gone")
        time.sleep(_POLL_S)


def _is_alive(number: str) -> bool:
    if not number:  # not written yet
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
