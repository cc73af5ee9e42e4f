"""Shared by the commands: the document argument, loading, and the exit codes."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from signoff.contract.document import load
from signoff.contract.errors import SetupError
from signoff.contract.limits import ALL, Limits
from signoff.printing import echo, warn
from signoff.project import Project, reference_project, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signoff.contract.contract import Contract
    from signoff.contract.limits import Limit

_Command = TypeVar("_Command", bound="Callable[..., Any] | click.Command")
EXIT_PASS, EXIT_BROKEN, EXIT_SETUP = 0, 1, 2
_REFERENCE_NOTE = "No document given and no project found: using the built-in example (saved reports API)."

document_argument = click.argument("document", required=False)
remote_refs_option = click.option("--allow-remote-refs", is_flag=True, help="Fetch $refs to http(s) URLs.")
strict_option = click.option(
    "--strict", is_flag=True, help="Reject an invalid document instead of printing warnings."
)


def number_option(
    name: str,
    allowed: click.IntRange | click.FloatRange,
    text: str,
    default: float | None = None,
    unit: str | None = None,
) -> Callable[[_Command], _Command]:
    """An option with a number in a range; `unit` is what help shows for its value."""
    has_default = default is not None
    return click.option(
        name, type=allowed, help=text, default=default, show_default=has_default, metavar=unit
    )


def project_in_use() -> Project:
    """The project of the running command; an empty one without a configuration file."""
    context = click.get_current_context(silent=True)
    return (context.find_object(Project) if context else None) or Project(Path.cwd())


def is_on_command_line(name: str) -> bool:
    """Whether a parameter of the running command is on the command line, and not a default."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def the_documents(named: tuple[str, ...]) -> tuple[str, ...]:
    """The documents of a command: at least one, from the command line or the project.

    A note on standard error says if the built-in example is used.

    Raises:
        SetupError: there are none.
    """
    project = project_in_use()
    if not named:
        place = f", or set `{project.named('document')}` in {shown(project.file)}" if project.file else ""
        suggestion = (
            f"Use one of {', '.join(project.documents)}." if project.documents else f"Pass it{place}."
        )
        raise SetupError("missing DOCUMENT", suggestion=suggestion)
    if project.is_reference:
        echo(_REFERENCE_NOTE, err=True)
    return named


def the_document(named: str | None) -> str:
    """The same for a command with one document."""
    return the_documents((named,) if named else ())[0]


def limit_options(*limits: Limit) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that raise limits; the command gets them together, as `limits`."""

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_limits(*values: object, **given: object) -> object:
            others = {name: value for name, value in given.items() if name not in map(_parameter, limits)}
            return command(*values, limits=limits_of(given), **others)

        options: Callable[..., Any] = with_limits
        for limit in reversed(limits):
            allowed = click.IntRange(limit.value, limit.most)
            options = number_option(limit.option, allowed, limit.purpose, default=limit.value)(options)
        return options

    return decorated


def limits_of(given: Mapping[str, object]) -> Limits:
    """The limits among the parameters of a command."""
    found = ((limit.name, given.get(_parameter(limit))) for limit in ALL)
    return Limits({name: value for name, value in found if isinstance(value, int)})


def _parameter(limit: Limit) -> str:
    return f"max_{limit.name.replace('-', '_')}"


def load_contract(document: str, *, allow_remote_refs: bool, strict: bool, limits: Limits) -> Contract:
    """Load a document; the built-in example is not validated.

    Tolerated spec violations are printed to standard error.
    """
    if document == str(reference_project().document):
        return load(document, check_validity=False, limits=limits)
    contract = load(document, allow_remote_refs=allow_remote_refs, strict=strict, limits=limits)
    for warning in contract.warnings:
        warn(warning)
    return contract
