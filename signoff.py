"""The command line: one OpenAPI document drives a mock server and contract tests."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from openapi import Contract

EXIT_PASS, EXIT_BROKEN, EXIT_SET_UP = 0, 1, 2


def _version() -> str:
    try:
        return version("signoff")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


def load_contract(document: str | None, *, allow_remote_refs: bool, strict: bool) -> Contract:
    """The contract of a document; without one the packaged contract, which is known to be valid.

    What is put up with in a document is told on standard error.
    """
    import openapi

    if document is None:
        return openapi.load(openapi.default_document(), check_validity=False)
    contract = openapi.load(document, allow_remote_refs=allow_remote_refs, strict=strict)
    for warning in contract.warnings:
        click.secho(f"warning: {warning}", err=True, fg="yellow")
    return contract


_document = click.argument("document", required=False)
_remote_refs = click.option(
    "--allow-remote-refs", is_flag=True, help="Fetch $refs that lead to http(s) URLs. Off by default."
)

_strict = click.option(
    "--strict", is_flag=True, help="Refuse a document that breaks its specification anywhere."
)


class _Commands(click.Group):
    """Turns every error that is meant for a user into plain lines and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        from openapi import SignoffError

        try:
            return super().invoke(ctx)
        except SignoffError as error:
            click.echo(f"signoff: {error}", err=True)
            ctx.exit(EXIT_SET_UP)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 pass, 1 the contract is broken, 2 usage or set-up error.",
)
@click.version_option(_version(), prog_name="signoff")
def main() -> None:
    """One OpenAPI document drives a mock server and contract tests.

    DOCUMENT is always a path, a URL or - for standard input, YAML or JSON: OpenAPI 3.0, 3.1 or 3.2
    or Swagger 2.0. Without one, the packaged contract of the saved reports export API is used.

    \b
      signoff mock                          start the mock on http://127.0.0.1:4010
      signoff test http://127.0.0.1:4010/api    check a server against the contract
    """


@main.command(short_help="Serve a mock of the contract.")
@click.argument("documents", metavar="[DOCUMENT]...", nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=4010, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port."
)
@click.option(
    "--base-path",
    "base_paths",
    multiple=True,
    help="Where to serve, in place of the document's own server path; with several documents once for each.",
)
@click.option("--seed", default=0, show_default=True, help="What made-up values follow from.")
@click.option("--dynamic", is_flag=True, help="Make values up even where the document has examples.")
@click.option("--locale", default="en_US", show_default=True, help="The language of made-up names.")
@click.option(
    "--handlers",
    metavar="MODULE",
    help="Functions of your own, by operationId: a Python module or file. The rest stays mocked.",
)
@click.option(
    "--validate-responses/--no-validate-responses",
    default=True,
    show_default=True,
    help="Answer 500 where a handler's answer breaks the contract.",
)
@click.option("--reload", is_flag=True, help="Follow changes of the document's files and the handlers.")
@click.option(
    "--cors/--no-cors", default=True, show_default=True, help="Let pages of any origin read the answers."
)
@click.option(
    "--max-body",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="In MiB; larger is 413.",
)
@click.option(
    "--auth/--no-auth",
    default=True,
    show_default=True,
    help="Ask for the credentials that the document requires.",
)
@click.option("--quiet", is_flag=True, help="Do not print a line for each request.")
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of the log."
)
@_strict
@_remote_refs
def mock(
    documents: tuple[str, ...],
    host: str,
    port: int,
    base_paths: tuple[str, ...],
    *,
    handlers: str | None,
    reload: bool,
    quiet: bool,
    log_format: Literal["text", "json"],
    strict: bool,
    allow_remote_refs: bool,
    max_body: float,
    locale: str,
    **settings: Any,  # noqa: ANN401 - the fields of `Settings` that have the option's own name
) -> None:
    """Serve a mock of each DOCUMENT: valid, deterministic answers, and problems for requests that break it.

    \b
    A client can force an answer of the document:
      Prefer: code=403             the documented response of that status
      Prefer: example=json_export  a named example
      Prefer: dynamic=true         a made-up value in place of an example
    """
    if len(base_paths) not in (0, max(1, len(documents))):
        raise click.UsageError(f"{len(base_paths)} base paths for {max(1, len(documents))} document(s)")
    if reload and any(name == "-" or "://" in name for name in documents):
        raise click.UsageError("--reload follows files; standard input and URLs cannot be followed")

    from mock_server.build import Build
    from mock_server.reloading import ReloadingApp
    from mock_server.request_log import log_to
    from mock_server.serve import listen, serve
    from mock_server.settings import MEBIBYTE, Settings, known_locale

    def load(document: str | None) -> Contract:
        return load_contract(document, allow_remote_refs=allow_remote_refs, strict=strict)

    chosen = Settings(locale=known_locale(locale), max_body_bytes=int(max_body * MEBIBYTE), **settings)
    build = Build(documents or (None,), base_paths, handlers, chosen, load)
    app: Any = ReloadingApp(build.make) if reload else build.make()[0]
    listener = listen(host, port)
    log_to(form=log_format, quiet=quiet)
    shown = f"[{host}]" if ":" in host else host
    origin = f"http://{shown}:{listener.getsockname()[1]}"
    for contract in build.contracts:
        count = f"{len(contract.operations)} operation{'' if len(contract.operations) == 1 else 's'}"
        click.echo(f"Mocking {contract.title} ({count}) on {origin}{contract.base_path}")
    if handlers:
        click.echo(f"Handlers of {handlers} answer {build.handled} of them.")
    click.echo("Press Ctrl-C to stop.")
    try:
        with app if reload else nullcontext():
            serve(app, listener)
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)


@main.command(short_help="Test a server against the contract.")
@click.argument("target")
@_document
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
@_strict
@_remote_refs
def test(
    target: str,
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
) -> None:
    """Test TARGET against DOCUMENT: first a fixed list of requests, then Schemathesis' search.

    TARGET is a base URL, or module:app for an ASGI or WSGI application, which is then served on a
    loopback port for the run. Every clause of the contract ends verified, violated or not exercised.

    \b
      signoff test http://127.0.0.1:4010/api
      signoff test app.main:app openapi.yaml --data staging.yaml -H 'Authorization: Bearer …'
    """
    from contract_tests import Options, TargetData, load_data, report, run
    from contract_tests.report import terminal
    from contract_tests.target_data import default_data_file

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
    )
    verdict = run(target, contract, known, options, _progress)
    _progress("")
    found = report.report_of(verdict)
    to_stdout = [name for name, file in requested if file == "-"]
    click.echo(terminal.render(found), nl=False, err=bool(to_stdout))
    for name, file in requested:
        if text := report.write(found, name, file):
            click.echo(text, nl=False)
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


if __name__ == "__main__":
    main()
