"""Keeps what Hypothesis stores out of the working directory.

Hypothesis makes tables of Unicode when it first needs them, which takes two seconds. They alone are kept, in
the user's cache directory: examples of earlier runs would change a run, and may have secrets.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"
_TABLES = "unicode_data"  # by the version of Unicode


@contextmanager
def temporary_storage() -> Iterator[None]:
    """Let Hypothesis write to a temporary directory, unless the user names one."""
    if _VARIABLE in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="signoff-", ignore_cleanup_errors=True) as folder:
        made = Path(folder, _TABLES)
        kept = user_cache_path("signoff", appauthor=False) / _TABLES
        _copy(kept, made)
        os.environ[_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[_VARIABLE]
            _copy(made, kept)


def _copy(source: Path, target: Path) -> None:
    """Copy the files that are missing; without them, Hypothesis makes its tables again."""
    if not (source.is_absolute() and target.is_absolute()):
        return  # a user without a home has no cache directory
    with suppress(OSError):
        for file in source.glob("*/*.gz"):
            goal = target / file.relative_to(source)
            if not goal.exists():
                goal.parent.mkdir(parents=True, exist_ok=True)
                part = goal.with_name(f"{goal.name}-{os.getpid()}")
                shutil.copyfile(file, part)
                part.replace(goal)  # another process never sees a part of it
