"""The command `signoff mock`."""

from __future__ import annotations

import signal
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

import click

from signoff import signals
from signoff.command_line import (
    limit_options,
    load_contract,
    number_option,
    remote_refs_option,
    strict_option,
    the_documents,
)
from signoff.contract.limits import BODY_VALUES, EXPRESSION, GENERATOR, PARTS, RULE, VALIDATION
from signoff.mock import banner
from signoff.mock.control.options import control_options
from signoff.mock.durations import MAX_MS
from signoff.mock.large_lists import large_lists
from signoff.mock.reloading import Build, ReloadingApp
from signoff.mock.request_log import log_to
from signoff.mock.resource_table import resource_lines
from signoff.mock.serve import listen, serve
from signoff.mock.settings import KIBIBYTE, MEBIBYTE, Settings, known_locale
from signoff.mock.tls import own_certificate, throwaway_certificate
from signoff.mock.unused_examples import unused_examples
from signoff.printing import echo, warn
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from signoff.contract import Contract
    from signoff.contract.limits import Limits
    from signoff.mock.control.control import Control


def _tls(host: str, certificate: str, key: str, *, https: bool) -> tuple[ssl.SSLContext | None, Path | None]:
    """The TLS context, None for HTTP; and the file of the authority of a throw-away certificate."""
    if key and not certificate:
        raise click.UsageError("--tls-key needs --tls-cert")
    if certificate:
        return own_certificate(certificate, key), None
    return throwaway_certificate(host) if https else (None, None)


def _check_usage(documents: tuple[str, ...], base_paths: tuple[str, ...], *, reload: bool) -> None:
    if len(base_paths) not in (0, len(documents)):
        raise click.UsageError(
            f"--base-path is given {len(base_paths)} times for {counted(len(documents), 'document')}"
        )
    if reload and any(name == "-" or "://" in name for name in documents):
        raise click.UsageError("--reload works with local files only, not with standard input or URLs")


def _announce(build: Build, origin: str, authority: Path | None) -> None:
    """Print what is served where, and what the user must know about it."""
    echo("\n".join(banner.lines(build, origin, authority)))
    for warning in banner.warnings(build):
        warn(warning)


@click.command
@click.argument("documents", metavar="[DOCUMENT]...", nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@number_option("--port", click.IntRange(0, 65535), "Port to listen on; 0 picks a free port.", default=4010)
@click.option(
    "--base-path",
    "base_paths",
    multiple=True,
    help="Base path, instead of the one in `servers`. With several documents, give one for each.",
)
@click.option("--seed", default=0, show_default=True, help="Random seed for generated values.")
@click.option("--dynamic", is_flag=True, help="Always generate values, even if the document has examples.")
@click.option("--locale", default="en_US", show_default=True, help="Locale of generated names and addresses.")
@click.option(
    "--handlers",
    metavar="MODULE",
    help="Custom handlers by operationId: a Python module, file or package folder.",
)
@click.option(
    "--problems", metavar="FILE", help="Problem catalogue (YAML) that changes or adds error responses."
)
@click.option(
    "--rules",
    metavar="FILE",
    help="Rule file (YAML): scenarios with other responses, delays and faults.",
)
@number_option(
    "--max-delay",
    click.FloatRange(0, 3600, min_open=True),
    "Longest delay in seconds that a rule or a request may ask for.",
    default=60.0,
)
@click.option(
    "--validate-requests/--no-validate-requests",
    default=True,
    show_default=True,
    help="Reject invalid requests.",
)
@click.option(
    "--validate-responses/--no-validate-responses",
    default=True,
    show_default=True,
    help="Validate handler responses; an invalid one is a 500 that explains why.",
)
@click.option(
    "--reload",
    is_flag=True,
    help="Reload when a document, a handler, a rule or the problem catalogue changes.",
)
@click.option(
    "--cors/--no-cors", default=True, show_default=True, help="Allow cross-origin requests from any origin."
)
@number_option(
    "--max-body",
    click.FloatRange(0, min_open=True),
    "Largest request body in MiB; larger ones are a 413.",
    default=10.0,
)
@number_option(
    "--max-head",
    click.IntRange(1, 1024),
    "Largest request target and header section in KiB; larger ones are a 414 and a 431.",
    default=64,
)
@click.option(
    "--auth/--no-auth",
    default=True,
    show_default=True,
    help="Require credentials where the document does.",
)
@click.option(
    "--https", is_flag=True, help="Serve HTTPS with a throw-away certificate (needs the extra https)."
)
@click.option("--tls-cert", metavar="FILE", default="", help="Certificate (PEM) for HTTPS, with its chain.")
@click.option("--tls-key", metavar="FILE", default="", help="Key (PEM) of --tls-cert, if in another file.")
@click.option("--stateless", is_flag=True, help="Don't keep what clients write.")
@click.option(
    "--state",
    metavar="URL",
    default="",
    help="Keep what clients write in a Redis or Valkey that several mocks share: redis://HOST:PORT/NUMBER.",
)
@click.option("--state-file", metavar="FILE", default="", help="Initial items by resource (YAML or JSON).")
@click.option("--state-prefix", default="signoff", show_default=True, help="Prefix of the Redis keys.")
@number_option(
    "--state-expiry", click.IntRange(1), "Idle seconds after which a session ends.", default=86_400
)
@number_option(
    "--list-size",
    click.IntRange(0, 1_000),
    "Items in a list, those of the document's examples included.",
    default=12,
)
@click.option(
    "--unknown-ids",
    default="open",
    show_default=True,
    type=click.Choice(["open", "404"]),
    help="Whether ids outside of lists and examples exist.",
)
@click.option(
    "--data",
    type=click.Path(),
    default="",
    help="Data file of the contract tests: missing and forbidden path values get a 404 and a 403.",
)
@number_option(
    "--stream-interval",
    click.IntRange(0, MAX_MS),
    "Milliseconds between two events or lines of a stream.",
    default=0,
    unit="MS",
)
@click.option("--stream-hold", is_flag=True, help="Keep streams open after their last event.")
@number_option(
    "--stream-heartbeat",
    click.FloatRange(0),
    "Idle seconds after which a stream gets a heartbeat; 0 for none.",
    default=15.0,
    unit="SECONDS",
)
@click.option("--callbacks", is_flag=True, help="Send the callbacks of operations to loopback addresses.")
@click.option(
    "--callback-host",
    "callback_hosts",
    metavar="HOST",
    multiple=True,
    help="Host that callbacks and webhooks may be sent to, besides loopback addresses; repeatable.",
)
@number_option(
    "--callback-delay",
    click.IntRange(0, MAX_MS),
    "Milliseconds between a response and its callbacks.",
    default=0,
    unit="MS",
)
@number_option(
    "--callback-retries",
    click.IntRange(0, 10),
    "Further attempts to deliver a callback or webhook.",
    default=3,
)
@click.option("--explain", is_flag=True, help="Add a response header that explains each response.")
@click.option("--list-resources", is_flag=True, help="Print the inferred resources as a table and exit.")
@control_options
@click.option(
    "--log-body",
    "log_bodies",
    is_flag=True,
    help="Log bodies, too: the first 2,000 characters of each, with secrets redacted.",
)
@click.option("--quiet", is_flag=True, help="Don't log requests.")
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Log format."
)
@strict_option
@remote_refs_option
@limit_options(PARTS, VALIDATION, GENERATOR, RULE, EXPRESSION, BODY_VALUES)
def mock(
    documents: tuple[str, ...],
    host: str,
    port: int,
    base_paths: tuple[str, ...],
    *,
    handlers: str | None,
    problems: str | None,
    rules: str | None,
    reload: bool,
    https: bool,
    tls_cert: str,
    tls_key: str,
    list_resources: bool,
    control: Control | None,
    quiet: bool,
    log_format: Literal["text", "json"],
    strict: bool,
    allow_remote_refs: bool,
    limits: Limits,
    max_body: float,
    max_head: int,
    locale: str,
    **settings: Any,  # noqa: ANN401 - the fields of `Settings` that have the option's own name
) -> None:
    """Start a mock server for each DOCUMENT.

    Responses are valid and deterministic. Invalid requests get error responses as Problem Details.

    \b
    Force a response with a request header:
      Prefer: code=403             the documented response with that status
      Prefer: example=json_export  a named example
      Prefer: dynamic=true         a generated value instead of an example
      Prefer: delay=1500           a delay in milliseconds
      Prefer: items=500            a list with this number of items
      Prefer: scenario=NAME        the rules of a scenario (see --rules)
    Or with query parameters, such as __code and __delay.
    """
    documents = the_documents(documents)
    _check_usage(documents, base_paths, reload=reload)

    def load(document: str) -> Contract:
        contract = load_contract(document, allow_remote_refs=allow_remote_refs, strict=strict, limits=limits)
        unused = [] if settings["dynamic"] else unused_examples(contract)
        for warning in unused + large_lists(contract):
            warn(warning)
        return contract

    if list_resources:
        for document in documents:
            echo("\n".join(resource_lines(load(document))))
        return
    chosen = Settings(locale=known_locale(locale), max_body_bytes=int(max_body * MEBIBYTE), **settings)
    build = Build(documents, base_paths, handlers, problems, chosen, load, rules, control)
    app: Any = ReloadingApp(build.make) if reload else build.make()[0]
    tls, authority = _tls(host, tls_cert, tls_key, https=https)
    listener = listen(host, port)
    log_to(form=log_format, quiet=quiet)
    shown = f"[{host}]" if ":" in host else host
    origin = f"{'https' if tls else 'http'}://{shown}:{listener.getsockname()[1]}"
    _announce(build, origin, authority)
    echo("Press Ctrl+C to stop.")
    try:
        with app if reload else nullcontext():
            serve(app, listener, tls, max_head * KIBIBYTE)
    except KeyboardInterrupt as stopped:
        echo("Stopped.", err=True)
        if signals.behind(stopped) != signal.SIGINT:
            raise
        signals.forget()
