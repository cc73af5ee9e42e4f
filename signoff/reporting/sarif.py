"""The frame of a SARIF 2.1.0 log, for code scanning."""

from __future__ import annotations

import json
import re
from typing import Any

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RFC = re.compile(r"RFC (\d+)(?:, sections? (\d+(?:\.\d+)*))?")


def log(run: dict[str, Any]) -> str:
    """A log of one run."""
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def source_uri(source: str) -> str:
    """Where the first source that has an address can be read; empty where none has."""
    if source.startswith(("https://", "http://")):
        return source.split(maxsplit=1)[0]
    match = _RFC.search(source)
    if match is None:
        return ""
    section = f"#section-{match[2]}" if match[2] else ""
    return f"https://www.rfc-editor.org/rfc/rfc{match[1]}{section}"
