"""The command `signoff init`."""

from __future__ import annotations

from pathlib import Path

import click

from signoff.command_line import remote_refs_option
from signoff.init.new_project import write_project


@click.command
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path())
@click.option("--document", metavar="FILE_OR_URL", help="The OpenAPI document; without it, a small starter.")
@remote_refs_option
def init(folder: str, *, document: str | None, allow_remote_refs: bool) -> None:
    """Write the files of a new project to DIR, by default the working directory.

    The document is copied with the local files that it refers to. A file that exists is never changed.

    \b
      signoff init --document openapi.yaml
      signoff init shop --document https://example.com/openapi.json
    """
    outcome = write_project(Path(folder), document, allow_remote_refs=allow_remote_refs)
    place = "" if Path(folder).resolve() == Path.cwd().resolve() else f" in {folder}"
    for title, names in ((f"Written{place}:", outcome.written), ("Left as they were:", outcome.left)):
        if names:
            click.echo("\n".join([title, *(f"  {name}" for name in names)]))
    click.echo(f"Next{place}:")
    click.echo("  signoff mock              serve the mock")
    click.echo("  signoff test              test the mock, or the server that base-url names")
    click.echo("  pytest contract_tests     the same as pytest tests")
