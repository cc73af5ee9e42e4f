"""`export_saved_report`: the rows of a saved report, as CSV or JSON."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mock_server.saved_reports import export, load_reports
from signoff.mock.handlers import ProblemReply, Reply

if TYPE_CHECKING:
    from pathlib import Path

    from signoff.contract.requests import ParsedRequest
    from signoff.mock.handlers import Handler


def make_handler(folder: Path, seed: int) -> Handler:
    """The handler over the saved reports in `folder`, their rows made up from `seed`."""
    reports = load_reports(folder, seed=seed)

    @lru_cache(maxsize=256)
    def reply(report_id: str, form: str) -> Reply | ProblemReply:
        report = reports.get(report_id)
        if report is None:
            return _NOT_FOUND
        if report.forbidden:
            return ProblemReply("forbidden")
        return Reply(200, export(report, form))

    def handle(request: ParsedRequest) -> Reply | ProblemReply:
        asked = request.body if isinstance(request.body, dict) else {}
        report_id = str(request.parameters["path", "report_id"]).lower()
        # Unknown ids are not worth a place in the cache.
        return reply(report_id, str(asked.get("format", "csv"))) if report_id in reports else _NOT_FOUND

    return handle


_NOT_FOUND = ProblemReply("saved_report_not_found")
