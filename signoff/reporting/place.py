"""Files as a repository and a viewer of reports know them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

# What SARIF calls the folder that relative places are in.
SARIF_ROOT = "%SRCROOT%"


def relative(file: str) -> str:
    """A file's path relative to the working directory, with slashes; empty for what lies elsewhere."""
    path = Path(file)
    if "://" in file or not path.is_file():
        return ""
    resolved, root = path.resolve(), Path.cwd().resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else ""


def sarif_artifact(file: str, path: str) -> dict[str, str]:
    """SARIF's artifact location of a file.

    Args:
        file: as the user named it.
        path: what `relative` says of it.
    """
    if path:
        return {"uri": quote(path), "uriBaseId": SARIF_ROOT}
    if "://" in file:
        return {"uri": quote(file, safe="/:?#[]@!$&'()*+,;=%~")}
    found = Path(file)
    return {"uri": found.absolute().as_uri() if found.exists() else quote(file)}
