"""A report as a GitLab Code Quality report: one issue per item at the document's line.

Compatible changes are left out.
"""

from __future__ import annotations

import json

from signoff.reporting.markdown import plain_json
from signoff.reporting.messages import fingerprints, sentence
from signoff.reporting.model import Level, Report

_SEVERITY = {
    Level.BREAKING: "critical",
    Level.REVIEW: "minor",
    Level.ERROR: "major",
    Level.WARNING: "minor",
    Level.INFO: "info",
}


def render(report: Report) -> str:
    """The list of issues; empty if there are none."""
    items = [item for item in (*report.items, *report.accepted) if item.level in _SEVERITY]
    issues = [
        {
            "description": sentence(item),
            "check_name": item.id,
            "fingerprint": fingerprint,
            "severity": "info" if item.acceptance else _SEVERITY[item.level],
            "location": {
                "path": item.place.path or item.place.file,
                "lines": {"begin": max(1, item.place.line)},
            },
        }
        for item, fingerprint in zip(items, fingerprints(items), strict=True)
    ]
    return plain_json(json.dumps(issues, indent=2, ensure_ascii=False)) + "\n"
