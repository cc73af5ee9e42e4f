"""The command line: one OpenAPI document drives a mock server, contract tests and reviews."""

from __future__ import annotations

from copy import copy
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

EXIT_SETUP, EXIT_INTERRUPTED = 2, 130

# Each command lives in the package that does its work, which is only imported when it is called.
COMMANDS = {
    "init": ("signoff.init.command:init", "Write the files of a new project."),
    "mock": ("signoff.mock.command:mock", "Serve a mock of the contract."),
    "test": ("signoff.conformance.command:test", "Test a server against the contract."),
    "merge": ("signoff.conformance.merge_command:merge", "Join the reports of a test's shards."),
    "review": ("signoff.review.command:review", "Review a document, and what a change of it breaks."),
    "docs": ("signoff.docs.command:docs", "Write a page or a Markdown reference of a document."),
}


def _version() -> str:
    try:
        return version("signoff")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


def _project_options(*, is_group: bool) -> list[click.Parameter]:
    """The options that choose the project's file. A command is not called with them, the group is."""
    text = "The project's file; by default signoff.toml or pyproject.toml, here or in a folder above."
    return [
        click.Option(["--config"], type=click.Path(), metavar="FILE", expose_value=is_group, help=text),
        click.Option(
            ["--no-config"], is_flag=True, expose_value=is_group, help="Do not read a project's file."
        ),
    ]


class _Commands(click.Group):
    """Imports a command when it is asked for; a user's error becomes plain lines, exit code 2."""

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
        """Make the project's values the command's defaults."""
        name, command, words = super().resolve_command(ctx, args)
        if name and command and name != "init" and not ctx.resilient_parsing:
            from signoff import defaults

            defaults.apply(ctx, name, command, words)
        return name, command, words

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        from signoff.contract import SignoffError

        try:
            return super().invoke(ctx)
        except SignoffError as error:
            click.echo(f"signoff: {error}", err=True)
            ctx.exit(EXIT_SETUP)
        except KeyboardInterrupt:  # before or after the part of a command that ends by itself
            ctx.exit(EXIT_INTERRUPTED)


@click.group(
    cls=_Commands,
    params=_project_options(is_group=True),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 pass, 1 the contract is broken, 2 usage or set-up error, 130 interrupted.",
)
@click.version_option(_version(), prog_name="signoff")
def main(**_: Any) -> None:  # noqa: ANN401 - the file's options, which `defaults.apply` reads
    """One OpenAPI document drives a mock server and contract tests.

    DOCUMENT is always a path, a URL, - for standard input, or REVISION:PATH of a git repository, YAML
    or JSON: OpenAPI 3.0, 3.1 or 3.2 or Swagger 2.0. Without one, the project's document is used, which
    [tool.signoff] of pyproject.toml or signoff.toml names; outside a project, the reference project's.

    \b
      signoff init --document openapi.yaml  write the files of a new project
      signoff mock                          start the mock on http://127.0.0.1:4010
      signoff test http://127.0.0.1:4010/api    check a server against the contract
      signoff review openapi.yaml --base main   say what the change of a document breaks
      signoff docs openapi.yaml -o api.html     write its reference as one page
    """
