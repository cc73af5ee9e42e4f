"""Files in the bodies of the data file: `{$file: PATH}` and `{$base64: TEXT}` in place of a text.

The bytes become a text by Python's `surrogateescape`, which `contract.body_writer` writes back unchanged.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue

_FILE, _BASE64 = "$file", "$base64"
_LARGEST = 10 * 1024 * 1024


def with_files(value: JsonValue, base: str) -> JsonValue:
    """A body with the files that it names.

    Args:
        value: a body of the data file.
        base: the absolute path of the data file; files are below its folder.

    Raises:
        ValueError: a file is elsewhere, missing or too large, or the base64 is invalid.
    """
    if isinstance(value, list):
        return [with_files(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(text := value.get(_FILE), str):
        return _as_text(_read(text, base))
    if len(value) == 1 and isinstance(text := value.get(_BASE64), str):
        try:
            return _as_text(base64.b64decode(text, validate=True))
        except ValueError:
            raise ValueError(f"{_BASE64} is not valid base64") from None
    return {name: with_files(item, base) for name, item in value.items()}


def _as_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _read(name: str, base: str) -> bytes:
    folder = Path(base).parent.resolve()
    path = (folder / name).resolve()
    if not Path(base).is_absolute() or not path.is_relative_to(folder):
        raise ValueError(f"{_FILE} {name!r} is not below the data file's folder")
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"{_FILE} {name!r} is larger than {_LARGEST // 2**20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot read {_FILE} {name!r}: {error.strerror}") from None
