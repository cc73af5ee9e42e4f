"""Keeps the caches of Hypothesis out of the working directory."""

from __future__ import annotations

import os
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"


@contextmanager
def temporary_storage() -> Iterator[None]:
    """Let Hypothesis write to a temporary directory, unless the user names one."""
    if _VARIABLE in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="signoff-", ignore_cleanup_errors=True) as folder:
        os.environ[_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[_VARIABLE]
