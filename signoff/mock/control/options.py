"""The options of the control API."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

import click

from signoff.mock.control.control import Control
from signoff.mock.control.guard import Guard
from signoff.mock.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_OPTIONS = (
    click.option("--no-control", is_flag=True, help="Don't serve the control API under /__signoff."),
    click.option("--control-token", metavar="TOKEN", help="Bearer token that the control API requires."),
    click.option(
        "--allow-host",
        "allowed_hosts",
        metavar="NAME",
        multiple=True,
        help="Host name under which the control API may be used, besides localhost; * for any. Repeatable.",
    ),
    click.option(
        "--journal-size",
        default=1000,
        show_default=True,
        type=click.IntRange(1, 100_000),
        help="Number of requests that the journal keeps.",
    ),
)


def control_options(command: Callable[..., T]) -> Callable[..., T]:
    """Adds the options of the control API; the command gets a `Control`, or None, as `control`."""

    @wraps(command)
    def with_control(
        *args: object,
        host: str,
        no_control: bool,
        control_token: str | None,
        allowed_hosts: tuple[str, ...],
        journal_size: int,
        **others: object,
    ) -> T:
        if control_token is not None and not control_token.strip():
            raise click.UsageError("--control-token is empty. Give it a token, or leave the option out.")
        if control_token is not None and no_control:
            raise click.UsageError("--control-token has no use with --no-control. Leave one of them out.")
        guard = Guard.of(control_token or "", (*allowed_hosts, host))
        control = None if no_control else Control(guard, Journal(journal_size))
        return command(*args, host=host, control=control, **others)

    for option in reversed(_OPTIONS):
        with_control = option(with_control)
    return with_control
