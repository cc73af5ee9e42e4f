"""The command `signoff review`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from signoff.command_line import (
    EXIT_BROKEN,
    EXIT_PASS,
    limit_options,
    project_in_use,
    remote_refs_option,
    the_documents,
)
from signoff.contract.errors import SetupError
from signoff.contract.limits import COMBINATIONS, PARTS, TRIES, VALIDATION
from signoff.contract.source import STANDARD_INPUT
from signoff.printing import echo, is_terminal
from signoff.reporting.baseline import announce, check_writable, load_baseline, write_entries
from signoff.reporting.request import current_formats, parse_requests, publish
from signoff.review import configuration as configurations
from signoff.review.ids import kinds
from signoff.review.outcome import DEFAULT, NAMES, Gate
from signoff.review.report import FORMATS, report_of
from signoff.review.rules import RULES, Profile, catalogue
from signoff.review.run import review as run
from signoff.review.user_rules import rules_option, user_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract.limits import Limits
    from signoff.review.spectral.rules import Loaded


@click.command
@click.argument("documents", nargs=-1, metavar="[DOCUMENT]...")
@click.option(
    "--base",
    metavar="DOCUMENT|REV[:PATH]",
    help="Compare with another document, or with this one at a git revision, such as main. main... is the"
    " merge base, without later commits on main.",
)
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    help="Rule set. Default: essential.",
)
@click.option(
    "--fail-on",
    "fail_on",
    multiple=True,
    metavar="NAME[,NAME]",
    help=(
        f"Fail on this or worse: {', '.join(NAMES)}; or on the id of a rule or kind of change. "
        f"Default: {','.join(DEFAULT)}. Repeatable."
    ),
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help=f"{', '.join(current_formats(FORMATS))}; - is stdout. Repeatable.",
)
@rules_option
@click.option(
    "--ruleset",
    metavar="FILE",
    help="Rules of a Spectral ruleset, YAML or JSON, as far as they are declarative.",
)
@click.option("--baseline", type=click.Path(), help="Accept the findings and changes in this file.")
@click.option(
    "--write-baseline", type=click.Path(), help="Write the findings and changes to a baseline file."
)
@click.option("--all-findings", is_flag=True, help="Report the findings that the base has too.")
@click.option("--list-rules", is_flag=True, help="Print all rules as Markdown and exit.")
@remote_refs_option
@limit_options(PARTS, VALIDATION, COMBINATIONS, TRIES)
def review(
    documents: tuple[str, ...],
    *,
    base: str | None,
    profile: str | None,
    fail_on: tuple[str, ...],
    reports: tuple[str, ...],
    rules: str | None,
    ruleset: str | None,
    baseline: str | None,
    write_baseline: str | None,
    all_findings: bool,
    list_rules: bool,
    allow_remote_refs: bool,
    limits: Limits,
) -> None:
    """Lint DOCUMENT, check its examples and, with --base, find breaking changes.

    Multiple documents are reviewed one after another. Exit codes: 0 passed, 1 failed
    (see --fail-on), 2 usage or setup error.

    \b
      signoff review openapi.yaml
      signoff review openapi.yaml --base main
      signoff review new.yaml --base old.yaml --report markdown=comment.md --fail-on needs-review
    """
    click.get_current_context().with_resource(user_rules(rules))
    spectral = _spectral(ruleset)
    if list_rules:
        echo(_catalogue())
        return
    gate = Gate.of(fail_on)
    requested = parse_requests(reports, FORMATS)
    configuration = configurations.of(project_in_use())
    if spectral:
        configuration = spectral.applied_to(configuration)
    if profile:
        configuration = replace(configuration, profile=Profile(profile))
    if len(documents) > 1:
        _check_several(documents, base, [*requested, *([write_baseline] if write_baseline else [])])
    if write_baseline:
        check_writable(write_baseline)
    known = load_baseline(baseline) if baseline else ()
    enabled = [rule for rule in RULES.values() if configuration.enables(rule)]
    passed = True
    for document in the_documents(documents):
        outcome = run(
            document,
            base,
            configuration,
            baseline=known,
            is_only=len(documents) <= 1,
            all_findings=all_findings,
            allow_remote_refs=allow_remote_refs,
            progress=_progress,
            limits=limits,
        )
        _progress("")
        report = report_of(outcome, gate, enabled, kinds().values() if base is not None else ())
        publish(report, requested, FORMATS)
        if write_baseline:
            others = [entry for entry in known if not entry.is_of_review]
            announce(write_baseline, write_entries([*outcome.baseline, *others], write_baseline, known))
        passed = passed and report.passed
    sys.exit(EXIT_PASS if passed else EXIT_BROKEN)


def _spectral(ruleset: str | None) -> Loaded | None:
    """Add the rules of a ruleset while the command runs."""
    if ruleset is None:
        return None
    # Imported here: a large import that a review without a ruleset does not need.
    from signoff.review.spectral import spectral_rules  # noqa: PLC0415

    return click.get_current_context().with_resource(spectral_rules(ruleset))


def _check_several(documents: Sequence[str], base: str | None, requested: Sequence[object]) -> None:
    is_file = base is not None and (Path(base).is_file() or ":" in base or base == STANDARD_INPUT)
    if requested or is_file or STANDARD_INPUT in documents:
        raise SetupError(
            "--report, --write-baseline, standard input and a file as --base need a single document",
            suggestion="Review the documents one by one.",
        )


def _catalogue() -> str:
    rows = [f"| `{kind.id}` | {kind.verdict.value} | {kind.because} |" for kind in kinds().values()]
    changes = ["### Changes", "", "| Change | Verdict | Reason |", "| --- | --- | --- |", *rows]
    return "\n".join([catalogue(), *changes])


def _progress(what: str) -> None:
    """Show the progress on a terminal, on one line that is overwritten."""
    if is_terminal(sys.stderr):
        click.echo(f"\r\x1b[K{f'Reviewing: {what} …' if what else ''}", nl=False, err=True)
