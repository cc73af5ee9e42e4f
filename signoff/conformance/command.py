"""The command `signoff test`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from signoff.command_line import (
    document_argument,
    is_on_command_line,
    load_contract,
    remote_refs_option,
    strict_option,
    the_document,
)
from signoff.conformance.checks.loading import load_checks
from signoff.conformance.evidence import rule_clauses
from signoff.conformance.limits import interruptible, parse_rate
from signoff.conformance.options import REQUIREMENTS, Options, Selection, parse_shard, selection_of
from signoff.conformance.outcome import Outcome
from signoff.conformance.progress import Live
from signoff.conformance.recording import judge_recording
from signoff.conformance.report import report_of
from signoff.conformance.suite import run
from signoff.conformance.target_data import TargetData, load_data
from signoff.contract import requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.conformance.checks import Catalogue
    from signoff.conformance.evidence import Verdict
    from signoff.contract import Contract

_GROUPS = {
    "The target": (
        "--data", "--header", "--request-timeout", "--insecure", "--cacert", "--har", "--base-url",
    ),
    "How much is sent": (
        "--no-fuzzing", "--max-examples", "--seed", "--max-time", "--rate-limit", "--workers", "--shard",
    ),
    "What is checked": (
        "--check", "--skip", "--checks", "--max-response-time", "--require", "--list-checks",
        "--list-clauses",
    ),
    "The verdict and its reports": ("--report", "--baseline", "--write-baseline"),
    "The document": ("--strict", "--allow-remote-refs"),
}  # fmt: skip


class GroupedCommand(click.Command):
    """Shows its options in groups; those in none come last."""

    def __init__(self, *args: Any, groups: Mapping[str, Sequence[str]], **more: Any) -> None:  # noqa: ANN401
        """Make the command.

        Args:
            groups: the long names of options, by the title of their group.
            args: as `click.Command` takes them.
            more: as `click.Command` takes them.
        """
        super().__init__(*args, **more)
        self.groups = groups

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section a group."""
        homes = {name: title for title, names in self.groups.items() for name in names}
        rows: dict[str, list[tuple[str, str]]] = {title: [] for title in self.groups}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                title = next((homes[name] for name in parameter.opts if name in homes), "Other")
                rows.setdefault(title, []).append(record)
        for title, records in rows.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


@click.command(cls=GroupedCommand, groups=_GROUPS)
@click.argument("target", required=False)
@document_argument
@click.option(
    "--data", type=click.Path(), help="What exists, is forbidden and is missing at the target, as YAML."
)
@click.option(
    "-H", "--header", "headers", multiple=True, help="A field for every request: 'Name: value'. Repeatable."
)
@click.option(
    "--request-timeout",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="Seconds that one whole answer may take.",
)
@click.option("--insecure", is_flag=True, help="Do not check the target's certificate.")
@click.option(
    "--cacert",
    type=click.Path(),
    help="A file of authorities, in PEM, that the target's certificate is from.",
)
@click.option("--har", type=click.Path(), help="Judge this recorded traffic (HAR 1.2) and send nothing.")
@click.option("--base-url", help="TARGET as an option; with --har, where the API was reached.")
@click.option("--no-fuzzing", "corpus_only", is_flag=True, help="Send the fixed requests only: a quick gate.")
@click.option(
    "--max-examples",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    help="The most generated requests for one operation.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="What generated requests follow from: same seed, same requests.",
)
@click.option(
    "--max-time",
    type=click.FloatRange(0, min_open=True),
    help="Seconds after which nothing more is sent. The fixed requests come first, the search gets the rest.",
)
@click.option("--rate-limit", metavar="N/s", help="The most requests a second, minute or hour: 10/s, 100/m.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many requests of the search are under way at once.",
)
@click.option("--shard", metavar="K/N", help="Test the K-th of N parts of the operations; see signoff merge.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="json, junit, html, sarif, github, gitlab or markdown; - is stdout. Repeatable.",
)
@click.option(
    "--baseline", type=click.Path(), help="Known failures to accept, each with a reason and perhaps an end."
)
@click.option(
    "--write-baseline", type=click.Path(), help="Write this run's failures as a baseline to fill reasons in."
)
@click.option(
    "--checks",
    "modules",
    multiple=True,
    metavar="MODULE",
    help="A module, file or folder with checks of your own. Repeatable.",
)
@click.option("--list-checks", is_flag=True, help="Print the catalogue of checks and stop.")
@click.option("--list-clauses", is_flag=True, help="Print the clauses of DOCUMENT and stop.")
@click.option("--check", "checks", multiple=True, help="Make only this check or family. Repeatable.")
@click.option("--skip", multiple=True, help="Leave out a check or family by its id. Repeatable.")
@click.option(
    "--require",
    type=click.Choice(REQUIREMENTS),
    default=REQUIREMENTS[0],
    show_default=True,
    help="What a pass takes.",
)
@click.option(
    "--max-response-time",
    type=click.FloatRange(0, min_open=True),
    help="Fail on an answer that takes longer, in seconds.",
)
@strict_option
@remote_refs_option
def test(target: str | None, document: str | None, **given: Any) -> None:  # noqa: ANN401 - options by name
    """Test TARGET against DOCUMENT: first a fixed list of requests, then Schemathesis' search.

    TARGET is a base URL, or module:app for an ASGI or WSGI application, which is then served on a
    loopback port for the run. Every clause of the contract ends verified, violated or not covered.

    \b
      signoff test http://127.0.0.1:4010/api
      signoff test app.main:app openapi.yaml --data staging.yaml -H 'Authorization: Bearer …'
      signoff test "$URL" --no-fuzzing --report html=report.html       a quick gate, with a page to read
      signoff test "$URL" --write-baseline known.yaml                   begin with what is known
      signoff test --har traffic.har openapi.yaml                       judge what a browser recorded
      signoff test --list-clauses openapi.yaml                          what there is to verify

    Ctrl-C ends a run early; what was found until then is reported as partial.

    \b
    Exit codes: 0 pass, 1 the contract is broken, 2 usage or set-up error,
                130 ended by Ctrl-C, 143 ended by SIGTERM.
    """
    catalogue = load_checks(given["modules"])
    if given["list_checks"]:
        click.echo("\n".join(_listed_checks(catalogue)))
        return
    is_nothing_sent = given["har"] or given["list_clauses"]
    if is_nothing_sent and target is not None and not is_on_command_line("document"):
        target, document = None, target
    if given["list_clauses"]:
        contract = _contract(document, given)
        click.echo("\n".join(_listed_clauses(contract, _selection(given, contract, catalogue), catalogue)))
        return
    if target and is_on_command_line("base_url"):
        raise click.UsageError("--base-url and TARGET are the same; give one of them")
    target = target or given["base_url"]
    if target is None and not given["har"]:
        raise click.UsageError("name the TARGET: a base URL or module:app; or recorded traffic with --har")
    outcome = Outcome(given["reports"], given["baseline"], given["write_baseline"])
    chosen = _options(given)
    contract = _contract(document, given)
    options = replace(chosen, checks=catalogue, selection=_selection(given, contract, catalogue))
    verdict = (
        judge_recording(given["har"], contract, target or "", options)
        if given["har"]
        else _run(target, contract, load_data(given["data"]) if given["data"] else TargetData(), options)
    )
    outcome.finish(report_of(verdict), verdict.signal)


def _options(given: dict[str, Any]) -> Options:
    if given["insecure"] and given["cacert"]:
        raise click.UsageError("--insecure and --cacert contradict each other")
    return Options(
        seed=given["seed"],
        max_examples=given["max_examples"],
        corpus_only=given["corpus_only"],
        headers=dict(_header(text) for text in given["headers"]),
        timeout_s=given["request_timeout"],
        verify=given["cacert"] or not given["insecure"],
        max_time_s=given["max_time"],
        rate=parse_rate(given["rate_limit"]) if given["rate_limit"] else None,
        workers=given["workers"],
        shard=parse_shard(given["shard"]) if given["shard"] else None,
        require=given["require"],
        max_response_time_s=given["max_response_time"],
    )


def _selection(given: dict[str, Any], contract: Contract, catalogue: Catalogue) -> Selection:
    return selection_of(contract, given["checks"], given["skip"], catalogue)


def _listed_checks(catalogue: Catalogue) -> Iterator[str]:
    """The catalogue: each check with its severity, what it demands, why, and whence."""
    family = ""
    for check in sorted(catalogue.entries, key=lambda entry: entry.family):
        if check.family != family:
            family = check.family
            yield f"{family.replace('_', '-')}"
        yield f"  {check.id} ({check.severity.value})"
        yield f"    {' '.join((check.find.__doc__ or '').split())}"
        yield f"    {check.rationale} [{check.source}]"


def _listed_clauses(contract: Contract, selection: Selection, catalogue: Catalogue) -> Iterator[str]:
    """Each clause of a contract: its id, what it says, and where in the document."""
    rules = [clause for clause, _ in rule_clauses(contract, selection, catalogue)]
    found = [*requirements.clauses(contract), *rules]
    for operation in contract.operations:
        yield operation.label
        for clause in (entry for entry in found if entry.operation == operation.id):
            place = contract.locate(clause.pointer)
            yield f"  {clause.id}"
            yield f"    {clause.title} [{place}]"


def _contract(document: str | None, given: dict[str, Any]) -> Contract:
    name = the_document(document)
    return load_contract(name, allow_remote_refs=given["allow_remote_refs"], strict=given["strict"])


def _run(target: str | None, contract: Contract, data: TargetData, options: Options) -> Verdict:
    live = Live()
    try:
        with interruptible():
            return run(target, contract, data, options, live)
    finally:
        live.clear()


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise click.UsageError(f"-H {text!r} is no header: say 'Name: value'")
    return name.strip(), value.strip()
