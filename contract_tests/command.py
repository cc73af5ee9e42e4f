"""The command `signoff test`."""

from __future__ import annotations

import sys
from typing import Any

import click

from contract_tests import Options, TargetData, load_data, report, run
from contract_tests.demands import demand_options, demands_of, listed_checks, listed_clauses
from contract_tests.report import terminal
from contract_tests.target_data import default_data_file
from openapi.command_line import (
    EXIT_BROKEN,
    EXIT_PASS,
    document_argument,
    load_contract,
    remote_refs_option,
    strict_option,
)


@click.command
@click.argument("target", required=False)
@document_argument
@click.option(
    "--data", type=click.Path(), help="What exists, is forbidden and is missing at the target, as YAML."
)
@click.option(
    "-H", "--header", "headers", multiple=True, help="A field for every request: 'Name: value'. Repeatable."
)
@click.option("--seed", default=0, show_default=True, help="What generated requests follow from.")
@click.option(
    "--max-examples",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    help="The most generated requests for one operation.",
)
@click.option("--corpus-only", is_flag=True, help="Send the fixed requests only: a quick gate.")
@click.option(
    "--request-timeout",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="In seconds.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    help="FORMAT=FILE: json, junit, html, sarif, github, gitlab or markdown; - is stdout. Repeatable.",
)
@demand_options
@strict_option
@remote_refs_option
def test(
    target: str | None,
    document: str | None,
    data: str | None,
    headers: tuple[str, ...],
    *,
    seed: int,
    max_examples: int,
    corpus_only: bool,
    request_timeout: float,
    reports: tuple[str, ...],
    strict: bool,
    allow_remote_refs: bool,
    list_checks: bool,
    list_clauses: bool,
    **more: Any,  # noqa: ANN401 - what `demand_options` adds
) -> None:
    """Test TARGET against DOCUMENT: first a fixed list of requests, then Schemathesis' search.

    TARGET is a base URL, or module:app for an ASGI or WSGI application, which is then served on a
    loopback port for the run. Every clause of the contract ends verified, violated or not exercised.

    \b
      signoff test http://127.0.0.1:4010/api
      signoff test app.main:app openapi.yaml --data staging.yaml -H 'Authorization: Bearer …'
      signoff test --list-clauses openapi.yaml
    """
    demands = demands_of(more)
    if list_checks:
        click.echo("\n".join(listed_checks()))
        return
    if list_clauses:  # nothing is tested, so a single argument is the document
        contract = load_contract(document or target, allow_remote_refs=allow_remote_refs, strict=strict)
        click.echo("\n".join(listed_clauses(contract, demands.selection(contract))))
        return
    if target is None:
        raise click.UsageError("Missing argument 'TARGET'.")
    requested = report.parse_requests(reports)
    fields = dict(_header(text) for text in headers)
    contract = load_contract(document, allow_remote_refs=allow_remote_refs, strict=strict)
    data_file = data or (None if document else default_data_file())
    known = load_data(data_file) if data_file else TargetData()
    options = Options(
        seed=seed,
        max_examples=max_examples,
        corpus_only=corpus_only,
        headers=fields,
        timeout_s=request_timeout,
        selection=demands.selection(contract),
        require=demands.require,
        max_response_time_s=demands.max_response_time_s,
    )
    verdict = run(target, contract, known, options, _progress)
    _progress("")
    found = report.report_of(verdict)
    to_stdout = [name for name, file in requested if file == "-"]
    click.echo(terminal.render(found), nl=False, err=bool(to_stdout))
    for name, file in requested:
        if text := report.write(found, name, file):
            click.echo(text, nl=False)
    for sentence in verdict.shortfalls:
        click.echo(sentence, err=True)
    sys.exit(EXIT_PASS if verdict.passed else EXIT_BROKEN)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise click.UsageError(f"-H {text!r} is no header: say 'Name: value'")
    return name.strip(), value.strip()


def _progress(what: str) -> None:
    """Show on a terminal what is being done, on one line that is overwritten."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{f'Testing: {what} …' if what else ''}", nl=False, err=True)
