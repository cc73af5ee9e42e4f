"""The end of a command: apply the baseline, print and write the report, set the exit code."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from signoff import signals
from signoff.command_line import EXIT_BROKEN, EXIT_PASS, EXIT_SETUP
from signoff.conformance.baseline import accept, write_baseline
from signoff.conformance.report import FORMATS
from signoff.reporting.baseline import announce, check_writable, load_baseline
from signoff.reporting.request import parse_requests, publish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.conformance.report import RunReport
    from signoff.reporting.baseline import Entry


class Outcome:
    """The outputs of a run; created before the run, so that errors are reported first."""

    def __init__(self, reports: Sequence[str], baseline: str | None, new_baseline: str | None) -> None:
        """Read the baseline and look at where files are to be written.

        Raises:
            SignoffError: a file is invalid.
        """
        self._requested = parse_requests(reports, FORMATS)
        self._accepted: tuple[Entry, ...] = load_baseline(baseline) if baseline else ()
        self._new_baseline = new_baseline
        if new_baseline:
            check_writable(new_baseline)

    def finish(self, found: RunReport, signal: int = 0, *, verbose: bool = False) -> NoReturn:
        """Print and write the report, then leave with its exit code."""
        signals.hold()
        found = accept(found, self._accepted, datetime.now(UTC).date())
        try:
            publish(found, self._requested, FORMATS, verbose=verbose)
        finally:
            if self._new_baseline:
                announce(self._new_baseline, write_baseline(found, self._new_baseline, self._accepted))
        if signal:
            sys.exit(signals.EXIT_SIGNAL + signal)
        if found.setup_problem and not found.failures:
            sys.exit(EXIT_SETUP)
        sys.exit(EXIT_PASS if found.passed else EXIT_BROKEN)
