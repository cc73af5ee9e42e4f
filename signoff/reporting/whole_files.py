"""Writes a file as a whole: a full disk, an error or a signal leaves the former file as it was."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A folder that takes no new file, and a file that is a mount of its own: it can only be written in place.
_IN_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV)


def write_whole(path: Path, text: str) -> None:
    """Write a text to a file beside the target, and rename it.

    Links are followed. Devices are written in place.

    Raises:
        OSError: it cannot be written.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_text(text, encoding="utf-8")
        return
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        try:
            draft.write_text(text, encoding="utf-8")
            if target.exists():
                draft.chmod(target.stat().st_mode & 0o7777)
            draft.replace(target)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    except OSError as error:
        if error.errno not in _IN_PLACE or not target.exists():
            raise
        target.write_text(text, encoding="utf-8")
