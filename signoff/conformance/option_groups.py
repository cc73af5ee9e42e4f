"""A command whose `--help` shows its options by what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class GroupedCommand(click.Command):
    """Shows its options in groups; those in none come last."""

    def __init__(self, *args: Any, groups: Mapping[str, Sequence[str]], **more: Any) -> None:  # noqa: ANN401
        """Make the command.

        Args:
            groups: the long names of options, by the title of their group.
            args: as `click.Command` takes them.
            more: as `click.Command` takes them.
        """
        super().__init__(*args, **more)
        self._groups = groups

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section a group."""
        homes = {name: title for title, names in self._groups.items() for name in names}
        rows: dict[str, list[tuple[str, str]]] = {title: [] for title in self._groups}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                title = next((homes[name] for name in parameter.opts if name in homes), "Other")
                rows.setdefault(title, []).append(record)
        for title, records in rows.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
