"""A self-contained HTML page: one template, styles and script that stand in it, and nothing that is fetched.

Its Content-Security-Policy (level 3) admits only its own styles and script, by their hashes, so that what a
stranger's document or server put into it cannot run even if it were not escaped.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from pathlib import Path


@cache
def environment(folder: Path) -> Environment:
    """The templates of a folder; every value in them is escaped."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def asset(file: Path) -> str:
    """The text of a style sheet or script."""
    return file.read_text(encoding="utf-8")


def policy(style: str, script: str = "") -> str:
    """The policy of a page that has this style sheet and script, and no other."""
    scripts = f" script-src {digest(script)};" if script else ""
    return (
        f"default-src 'none'; style-src {digest(style)};{scripts} img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def digest(text: str) -> str:
    """How a policy names an inline style sheet or script."""
    hashed = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{hashed}'"
