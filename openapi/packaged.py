"""What travels with the distribution: the default document and the fixtures."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def default_document() -> Path:
    """The contract that commands use when they are given none: the saved reports export API."""
    return _PACKAGE / "reports.yaml"


def fixtures_folder() -> Path:
    """The data folder: package data in an installed distribution, beside the package in a checkout."""
    installed = _PACKAGE / "fixtures"
    return installed if installed.is_dir() else _PACKAGE.parent / "fixtures"
