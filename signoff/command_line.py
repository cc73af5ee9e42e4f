"""What the commands share: how a document is named and loaded, and the exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from signoff.contract.document import load
from signoff.packaged import default_document

if TYPE_CHECKING:
    from signoff.contract.contract import Contract

EXIT_PASS, EXIT_BROKEN, EXIT_SET_UP = 0, 1, 2

document_argument = click.argument("document", required=False)
remote_refs_option = click.option(
    "--allow-remote-refs", is_flag=True, help="Fetch $refs that lead to http(s) URLs. Off by default."
)
strict_option = click.option(
    "--strict", is_flag=True, help="Refuse a document that breaks its specification anywhere."
)


def load_contract(document: str | None, *, allow_remote_refs: bool, strict: bool) -> Contract:
    """The contract of a document; without one the packaged contract, which is known to be valid.

    What is put up with in a document is told on standard error.
    """
    if document is None:
        return load(default_document(), check_validity=False)
    contract = load(document, allow_remote_refs=allow_remote_refs, strict=strict)
    for warning in contract.warnings:
        click.secho(f"warning: {warning}", err=True, fg="yellow")
    return contract
