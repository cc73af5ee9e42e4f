"""Keeps what Hypothesis stores out of the working directory.

Hypothesis makes tables of Unicode when it first needs them, which takes two seconds. They alone are kept, in
the user's cache directory: examples of earlier runs would change a run, and may have secrets.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

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
        _copy(_cache() / _TABLES, made)
        os.environ[_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[_VARIABLE]
            _copy(made, _cache() / _TABLES)


def _cache() -> Path:
    """The directory for what can be made again; without a home, one that does not exist."""
    if sys.platform == "win32":
        usual = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        usual = "~/Library/Caches"
    else:
        usual = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(usual, "signoff").expanduser()
    except RuntimeError:
        return Path(os.devnull, "signoff")


def _copy(source: Path, target: Path) -> None:
    """Copy the files that are missing; without them, Hypothesis makes its tables again."""
    with suppress(OSError):
        for file in source.glob("*/*.gz"):
            goal = target / file.relative_to(source)
            if not goal.exists():
                goal.parent.mkdir(parents=True, exist_ok=True)
                part = goal.with_name(f"{goal.name}-{os.getpid()}")
                shutil.copyfile(file, part)
                part.replace(goal)  # another process never sees a part of it
