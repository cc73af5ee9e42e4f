"""The command `signoff mock`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

import click

from signoff.command_line import load_contract, remote_refs_option, strict_option, the_documents
from signoff.mock.reloading import Build, ReloadingApp
from signoff.mock.request_log import log_to
from signoff.mock.serve import listen, serve
from signoff.mock.settings import MEBIBYTE, Settings, known_locale
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from signoff.contract import Contract


@click.command
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
    help="Custom handlers, functions by operationId: a Python module, file or package folder.",
)
@click.option("--problems", metavar="FILE", help="A problem catalogue, which adds to the mock's own.")
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
@strict_option
@remote_refs_option
def mock(
    documents: tuple[str, ...],
    host: str,
    port: int,
    base_paths: tuple[str, ...],
    *,
    handlers: str | None,
    problems: str | None,
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
    The query parameters __code, __example and __dynamic say the same.
    """
    documents = the_documents(documents)
    if len(base_paths) not in (0, len(documents)):
        raise click.UsageError(f"{len(base_paths)} base paths for {len(documents)} document(s)")
    if reload and any(name == "-" or "://" in name for name in documents):
        raise click.UsageError("--reload follows files; standard input and URLs cannot be followed")

    def load(document: str) -> Contract:
        return load_contract(document, allow_remote_refs=allow_remote_refs, strict=strict)

    chosen = Settings(locale=known_locale(locale), max_body_bytes=int(max_body * MEBIBYTE), **settings)
    build = Build(documents, base_paths, handlers, problems, chosen, load)
    app: Any = ReloadingApp(build.make) if reload else build.make()[0]
    listener = listen(host, port)
    log_to(form=log_format, quiet=quiet)
    shown = f"[{host}]" if ":" in host else host
    origin = f"http://{shown}:{listener.getsockname()[1]}"
    for contract in build.contracts:
        count = counted(len(contract.operations), "operation")
        click.echo(f"Mocking {contract.title} ({count}) on {origin}{contract.base_path}")
    if handlers:
        click.echo(f"Operations with a handler in {handlers}: {build.handled}")
    click.echo("Press Ctrl-C to stop.")
    try:
        with app if reload else nullcontext():
            serve(app, listener)
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
