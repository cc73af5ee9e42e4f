"""What travels with the distribution: the default document and the fixtures."""

from __future__ import annotations

from pathlib import Path

_REFERENCE = Path(__file__).parent / "reference"
if not _REFERENCE.is_dir():  # a checkout
    _REFERENCE = Path(__file__).parent.parent


def default_document() -> Path:
    """The contract that commands use when they are given none: the saved reports export API."""
    return _REFERENCE / "openapi" / "reports.yaml"


def fixtures_folder() -> Path:
    """The data folder: package data in an installed distribution, the repository's own in a checkout."""
    return _REFERENCE / "fixtures"
