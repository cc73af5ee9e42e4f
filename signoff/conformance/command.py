"""The command `signoff test`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from signoff.command_line import (
    document_argument,
    is_on_command_line,
    limit_options,
    load_contract,
    number_option,
    remote_refs_option,
    strict_option,
    the_document,
)
from signoff.conformance.checks.loading import load_checks
from signoff.conformance.connection import Connection
from signoff.conformance.evidence import rule_clauses
from signoff.conformance.hooks import load_hooks, toml_not_read
from signoff.conformance.hypothesis_storage import temporary_storage
from signoff.conformance.limits import parse_rate
from signoff.conformance.operation_filters import choose
from signoff.conformance.options import (
    LARGE,
    PHASES,
    REQUIREMENTS,
    USUAL_EXAMPLES,
    Options,
    Selection,
    parse_phases,
    parse_shard,
    selection_of,
)
from signoff.conformance.outcome import Outcome
from signoff.conformance.progress import Live
from signoff.conformance.recording import judge_recording
from signoff.conformance.report import report_of
from signoff.conformance.suite import run
from signoff.conformance.target_data import TargetData, load_data
from signoff.conformance.throttle import MAX_WAIT_S
from signoff.contract import requirements
from signoff.contract.limits import EXPRESSION, FUZZED_PARTS, FUZZED_PROPERTIES, GENERATOR, PARTS, VALIDATION
from signoff.printing import echo, on_one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.conformance.checks import Catalogue
    from signoff.conformance.evidence import Verdict
    from signoff.contract import Contract

_GROUPS = {
    "Target": (
        "--data", "--header", "--request-timeout", "--insecure", "--cacert", "--cert", "--key",
        "--proxy", "--har", "--base-url",
    ),
    "Operations": ("--include", "--exclude", "--read-only"),
    "Amount of testing": (
        "--no-fuzzing", "--phases", "--max-examples", "--seed", "--max-time", "--rate-limit",
        "--max-wait", "--workers", "--shard",
    ),
    "Checks": (
        "--check", "--skip", "--checks", "--hooks", "--max-response-time", "--require", "--cross-check",
        "--list-checks", "--list-requirements",
    ),
    "Reports": ("--report", "--verbose", "--baseline", "--write-baseline"),
    "Document": ("--strict", "--allow-remote-refs"),
}  # fmt: skip


class GroupedCommand(click.Command):
    """Shows its options in groups. Options without a group come last."""

    def __init__(self, *args: Any, groups: Mapping[str, Sequence[str]], **more: Any) -> None:  # noqa: ANN401
        """Make the command.

        Args:
            groups: the long names of options, by the heading of their group.
            args: see `click.Command`.
            more: see `click.Command`.
        """
        super().__init__(*args, **more)
        self.groups = groups

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section for each group."""
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
    "--data",
    type=click.Path(),
    help="YAML data file: existing ids, users and credentials, a login or other setup requests.",
)
@click.option(
    "-H",
    "--header",
    "headers",
    multiple=True,
    help="Extra request header, such as credentials: 'Name: value'. Repeatable.",
)
@number_option(
    "--request-timeout",
    click.FloatRange(0, min_open=True),
    "Timeout for each request, in seconds.",
    default=10.0,
)
@click.option("--insecure", is_flag=True, help="Don't verify the target's TLS certificate.")
@click.option(
    "--cacert",
    type=click.Path(),
    help="CA bundle (PEM) to verify the target's certificate with.",
)
@click.option(
    "--cert", type=click.Path(), help="Client certificate (PEM), with its key unless --key is given."
)
@click.option("--key", type=click.Path(), help="Private key (PEM) of the client certificate.")
@click.option(
    "--proxy",
    metavar="URL",
    help="HTTP proxy for all requests. Proxies of the environment are not used.",
)
@click.option(
    "--har", type=click.Path(), help="Check recorded traffic (HAR 1.2) instead of sending requests."
)
@click.option("--base-url", help="Same as TARGET. With --har: the API's base URL in the recording.")
@click.option(
    "--include",
    multiple=True,
    metavar="FILTER",
    help="Test only these operations: operation:ID, tag:NAME, path:PATH, method:METHOD or deprecated."
    " path:~REGEX searches for a regular expression. Repeatable.",
)
@click.option("--exclude", multiple=True, metavar="FILTER", help="Never call these operations. Repeatable.")
@click.option(
    "--read-only", is_flag=True, help="Send requests with safe methods only: GET, HEAD, OPTIONS and TRACE."
)
@click.option("--no-fuzzing", is_flag=True, help="Run the deterministic cases only. Faster.")
@click.option(
    "--phases",
    default=",".join(PHASES),
    show_default=True,
    metavar="LIST",
    help="Phases of fuzzing to run, separated by commas.",
)
@click.option(
    "--max-examples",
    default=None,
    show_default=f"{USUAL_EXAMPLES}, fewer for more than {LARGE} operations",
    type=click.IntRange(1),
    help="Maximum number of generated requests per operation.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="Random seed. The same seed generates the same requests.",
)
@number_option(
    "--max-time",
    click.FloatRange(0, min_open=True),
    "Stop sending after this many seconds. Deterministic cases run before fuzzing.",
)
@click.option("--rate-limit", metavar="N/s", help="Maximum request rate, such as 10/s, 100/m or 1000/h.")
@number_option(
    "--max-wait",
    click.FloatRange(0),
    "Seconds to wait in all if the target limits requests (429 or 503 with Retry-After).",
    default=MAX_WAIT_S,
)
@click.option(
    "--workers",
    default=None,
    show_default=f"1, and 4 for more than {LARGE} operations",
    type=click.IntRange(1, 64),
    help="Number of concurrent requests.",
)
@click.option("--shard", metavar="K/N", help="Test part K of N of the operations. See `signoff merge`.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write a report: json, junit, html, sarif, github, gitlab or markdown. - is stdout. Repeatable.",
)
@click.option("-v", "--verbose", is_flag=True, help="List each requirement, not only failures and counts.")
@click.option("--baseline", type=click.Path(), help="Accept the known failures in this file.")
@click.option("--write-baseline", type=click.Path(), help="Write this run's failures to a baseline file.")
@click.option(
    "--checks",
    "modules",
    multiple=True,
    metavar="MODULE",
    help="Load custom checks from a module, file or folder. Repeatable.",
)
@click.option(
    "--hooks",
    multiple=True,
    metavar="MODULE",
    help="Load formats, hooks and checks of a Schemathesis suite from a module, file or schemathesis.toml."
    " Repeatable.",
)
@click.option("--list-checks", is_flag=True, help="List all checks and exit.")
@click.option("--list-requirements", is_flag=True, help="List the requirements in DOCUMENT and exit.")
@click.option("--check", "checks", multiple=True, help="Run only this check or family of checks. Repeatable.")
@click.option("--skip", multiple=True, help="Skip this check or family of checks. Repeatable.")
@click.option(
    "--require",
    type=click.Choice(REQUIREMENTS),
    default=REQUIREMENTS[0],
    show_default=True,
    help="Coverage required to pass.",
)
@number_option(
    "--max-response-time", click.FloatRange(0, min_open=True), "Fail if a response takes longer, in seconds."
)
@click.option(
    "--cross-check",
    is_flag=True,
    help="Validate every exchange with openapi-core, too, and list the disagreements. Slower.",
)
@strict_option
@remote_refs_option
@limit_options(PARTS, VALIDATION, GENERATOR, EXPRESSION, FUZZED_PARTS, FUZZED_PROPERTIES)
def test(target: str | None, document: str | None, **given: Any) -> None:  # noqa: ANN401 - options by name
    """Test the server at TARGET against DOCUMENT: deterministic cases first, then fuzzing with Schemathesis.

    TARGET is a base URL, or module:app to test an ASGI or WSGI application, which runs on a local port
    during the test. Each requirement of the document is reported as verified, violated or not covered.

    \b
      signoff test http://127.0.0.1:4010/api
      signoff test app.main:app openapi.yaml --data staging.yaml -H 'Authorization: Bearer …'
      signoff test "$URL" --no-fuzzing --report html=report.html       fast run with an HTML report
      signoff test "$URL" --write-baseline known.yaml                   save the known failures
      signoff test --har traffic.har openapi.yaml                       check recorded traffic
      signoff test --list-requirements openapi.yaml                     list what is tested

    Press Ctrl-C to stop early. The results so far are reported, marked as partial.

    \b
    Exit codes: 0 passed, 1 failed, 2 usage or setup error,
                130 stopped by Ctrl-C, 143 stopped by SIGTERM.
    """
    click.get_current_context().with_resource(temporary_storage())
    catalogue = load_checks(given["modules"])
    if given["list_checks"]:
        echo("\n".join(_listed_checks(catalogue)))
        return
    is_nothing_sent = given["har"] or given["list_requirements"]
    if is_nothing_sent and target is not None and not is_on_command_line("document"):
        target, document = None, target
    if given["list_requirements"]:
        contract = _contract(document, given)
        only = choose(contract, given["include"], given["exclude"]).only
        selection = _selection(given, contract, catalogue)
        echo("\n".join(_listed_requirements(contract, selection, catalogue, only)))
        return
    if target and is_on_command_line("base_url"):
        raise click.UsageError("TARGET and --base-url are both given. Use one of them.")
    target = target or given["base_url"]
    if target is None and not given["har"]:
        raise click.UsageError(
            "TARGET is missing. Pass a base URL or module:app, or recorded traffic with --har."
        )
    outcome = Outcome(given["reports"], given["baseline"], given["write_baseline"])
    chosen = _options(given)
    contract = _contract(document, given)
    options = replace(chosen, checks=catalogue, selection=_selection(given, contract, catalogue))
    verdict = (
        judge_recording(given["har"], contract, target or "", options)
        if given["har"]
        else _run(target, contract, load_data(given["data"]) if given["data"] else TargetData(), options)
    )
    outcome.finish(report_of(verdict), verdict.signal, verbose=given["verbose"])


def _options(given: dict[str, Any]) -> Options:
    if given["insecure"] and given["cacert"]:
        raise click.UsageError("--insecure and --cacert can't be used together")
    if given["key"] and not given["cert"]:
        raise click.UsageError("--key requires --cert, the certificate that it belongs to")
    return Options(
        seed=given["seed"],
        max_examples=given["max_examples"],
        no_fuzzing=given["no_fuzzing"],
        headers=dict(_header(text) for text in given["headers"]),
        timeout_s=given["request_timeout"],
        connection=Connection(
            given["cacert"] or not given["insecure"],
            given["cert"] or "",
            given["key"] or "",
            given["proxy"] or "",
        ),
        max_time_s=given["max_time"],
        rate=parse_rate(given["rate_limit"]) if given["rate_limit"] else None,
        max_wait_s=given["max_wait"],
        workers=given["workers"],
        shard=parse_shard(given["shard"]) if given["shard"] else None,
        require=given["require"],
        max_response_time_s=given["max_response_time"],
        read_only=given["read_only"],
        include=given["include"],
        exclude=given["exclude"],
        phases=parse_phases(given["phases"]),
        hooks=load_hooks(given["hooks"]),
        notes=tuple(filter(None, [toml_not_read(given["hooks"])])),
        cross_check=given["cross_check"],
    )


def _selection(given: dict[str, Any], contract: Contract, catalogue: Catalogue) -> Selection:
    return selection_of(contract, given["checks"], given["skip"], catalogue, load_hooks(given["hooks"]))


def _listed_checks(catalogue: Catalogue) -> Iterator[str]:
    """Each check with its severity, description, rationale and source."""
    family = ""
    for check in sorted(catalogue.entries, key=lambda entry: entry.family):
        if check.family != family:
            family = check.family
            yield f"{family.replace('_', '-')}"
        yield f"  {check.id} ({check.severity.value})"
        yield f"    {' '.join((check.find.__doc__ or '').split())}"
        yield f"    {check.rationale} [{check.source}]"


def _listed_requirements(
    contract: Contract, selection: Selection, catalogue: Catalogue, only: frozenset[str] | None
) -> Iterator[str]:
    """Each requirement of a contract: its id, title and location in the document."""
    rules = [clause for clause, _ in rule_clauses(contract, selection, catalogue)]
    found = [*requirements.clauses(contract), *rules]
    for operation in (op for op in contract.operations if only is None or op.id in only):
        yield on_one_line(operation.label)
        for clause in (entry for entry in found if entry.operation == operation.id):
            place = contract.locate(clause.pointer)
            yield f"  {on_one_line(clause.id)}"
            yield f"    {on_one_line(f'{clause.title} [{place}]')}"


def _contract(document: str | None, given: dict[str, Any]) -> Contract:
    name = the_document(document)
    chosen = {key: given[key] for key in ("allow_remote_refs", "strict", "limits")}
    return load_contract(name, **chosen)


def _run(target: str | None, contract: Contract, data: TargetData, options: Options) -> Verdict:
    live = Live()
    try:
        return run(target, contract, data, options, live)
    finally:
        live.clear()


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise click.UsageError(f"-H {text!r} is not a header. Use 'Name: value'.")
    return name.strip(), value.strip()
