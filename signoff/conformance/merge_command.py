"""The command `signoff merge`."""

from __future__ import annotations

import click

from signoff.conformance.merge import merge as merge_reports
from signoff.conformance.outcome import Outcome
from signoff.conformance.report.json_report import read
from signoff.contract import SetUpError


@click.command
@click.argument("reports", nargs=-1, required=True, metavar="REPORT.json...")
@click.option(
    "--report",
    "formats",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write the whole: json, junit, html, sarif, github, gitlab or markdown; - is stdout. Repeatable.",
)
@click.option("--baseline", type=click.Path(), help="Known failures to accept, as in signoff test.")
def merge(reports: tuple[str, ...], formats: tuple[str, ...], baseline: str | None) -> None:
    """Join the JSON reports of a run's shards into one verdict.

    The reports must be of one document, one target, one version and the same settings. A shard that is
    missing makes the whole partial; it is named.

    \b
      signoff test "$URL" --shard 1/2 --report json=1.json     in one CI job
      signoff test "$URL" --shard 2/2 --report json=2.json     in another
      signoff merge 1.json 2.json --report html=report.html    when both are done

    Exit codes: 0 pass, 1 the contract is broken, 2 the reports do not belong together.
    """
    outcome = Outcome(formats, baseline, None)
    if len(set(reports)) < len(reports):
        raise SetUpError("a report is named twice", mend="Name each once.")
    outcome.finish(merge_reports({file: read(file) for file in reports}))
