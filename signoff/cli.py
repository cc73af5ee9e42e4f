"""The command line: `signoff` and its commands."""

from __future__ import annotations

import sys
import warnings
from copy import copy
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from signoff import signals
from signoff.aliases import FormerNameWarning, renamed_words
from signoff.printing import echo, prepare_streams, unwritable

EXIT_SETUP = 2

# Each command's module is imported only when the command is called.
COMMANDS = {
    "init": ("signoff.init.command:init", "Create the files of a new project."),
    "mock": ("signoff.mock.command:mock", "Start a mock server."),
    "test": ("signoff.conformance.command:test", "Test a server against its OpenAPI document."),
    "merge": ("signoff.conformance.merge:merge", "Merge the reports of sharded test runs."),
    "review": ("signoff.review.command:review", "Lint an OpenAPI document and find breaking changes."),
    "migrate": ("signoff.migrate:migrate", "Replace old names in your files."),
    "docs": ("signoff.docs.command:docs", "Generate API reference docs (HTML or Markdown)."),
}


def _version() -> str:
    try:
        return version("signoff")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


def _project_options(*, is_group: bool) -> list[click.Parameter]:
    """The options `--config` and `--no-config`; they belong to the group, not to the commands."""
    text = "Configuration file. Default: the nearest signoff.toml or pyproject.toml."
    return [
        click.Option(["--config"], type=click.Path(), metavar="FILE", expose_value=is_group, help=text),
        click.Option(
            ["--no-config"], is_flag=True, expose_value=is_group, help="Don't read a configuration file."
        ),
    ]


class _Commands(click.Group):
    """Imports commands on demand; prints a SignoffError as plain text with exit code 2."""

    def main(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command line; a signal ends it with 130 or 143."""
        with signals.owned():
            prepare_streams()
            try:
                return super().main(*args, **options)
            except OSError as error:
                echo(f"signoff: {unwritable(error)}", err=True)
                sys.exit(EXIT_SETUP)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = copy(getattr(import_module(module), name))
        if cmd_name != "init":
            command.params = [*command.params, *_project_options(is_group=False)]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Use the configuration's values as the command's defaults."""
        name, command, words = super().resolve_command(ctx, args)
        if name and name != "migrate":
            words = renamed_words(words)
        if name and command and name != "init" and not ctx.resilient_parsing:
            from signoff import defaults

            defaults.apply(ctx, name, command, words)
        return name, command, words

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        from signoff.contract import SignoffError

        noticed: set[str] = set()

        def notice(message: Warning | str, *_: object) -> None:
            if str(message) not in noticed:
                noticed.add(str(message))
                echo(click.style(f"notice: {message}", fg="yellow"), err=True)

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", FormerNameWarning)
                shown = warnings.showwarning
                warnings.showwarning = lambda message, category, *rest: (
                    notice(message) if category is FormerNameWarning else shown(message, category, *rest)
                )
                return super().invoke(ctx)
        except SignoffError as error:
            echo(f"signoff: {error}", err=True)
            ctx.exit(EXIT_SETUP)
        except KeyboardInterrupt as error:  # outside the part of a command that handles it
            ctx.exit(signals.EXIT_SIGNAL + signals.behind(error))


@click.group(
    cls=_Commands,
    params=_project_options(is_group=True),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 passed, 1 failed, 2 usage or setup error, 130 or 143 interrupted.",
)
@click.version_option(_version(), prog_name="signoff")
def main(**_: Any) -> None:  # noqa: ANN401 - read by `defaults.apply`
    """Mock, test and review an API from its OpenAPI document.

    DOCUMENT is a path, a URL, - for standard input, or REVISION:PATH in a git repository. OpenAPI 3.0,
    3.1, 3.2 and Swagger 2.0, YAML or JSON. Without DOCUMENT, the one in [tool.signoff] of pyproject.toml
    or in signoff.toml is used; outside a project, a built-in example.

    \b
      signoff mock openapi.yaml                    start a mock on http://127.0.0.1:4010
      signoff test http://127.0.0.1:8000 openapi.yaml   test a server
      signoff review openapi.yaml --base main      lint, and find breaking changes
      signoff docs openapi.yaml -o api.html        generate API reference docs
      signoff init --document openapi.yaml         create the files of a new project
    """
