"""Defaults of the commands' options, from the configuration file.

They are passed as click's `default_map`, so the command line takes precedence. Which file is read depends on
the command's arguments, so these are parsed once in advance.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from signoff.contract.errors import DataError, SetupError
from signoff.contract.pointer import Location
from signoff.project import OF_THE_DOCUMENT, Project, find, is_module, load, reference_project, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Options that can't be configured.
_NO_KEYS = frozenset(("config", "help", "no-config", "version"))
# Keys of any project, whether the command at hand has an option of that name or not.
_OTHER_KEYS = ("document", "profile", "rules", "suppressions", *sorted(OF_THE_DOCUMENT))
# Keys of a command's table that are not options, or not only.
_OTHER_KEYS_OF = {"review": ("extends", "rules", "suppressions")}
# Keys of a command's table only, for the project's own documents: elsewhere the key means something else.
_OWN_KEYS = frozenset(("mock.rules",))


def apply(group: click.Context, name: str, command: click.Command, words: list[str]) -> None:
    """Use the values of the configuration file as a command's defaults, before its arguments are parsed.

    Args:
        group: the context of the group; its object becomes the `Project`.
        name: the command's name.
        command: the command, with `--config` and `--no-config`.
        words: its arguments.

    Raises:
        SetupError: both `--config` and `--no-config` are given.
        DataError: the file can't be read, has an unknown key, or a value of the wrong type.
    """
    context = click.Context(command, info_name=name, parent=group)
    given, _, order = command.make_parser(context).parse_args(list(words))
    if any(parameter.is_eager for parameter in order):  # --help works with a broken file, too
        return
    documents = _documents(given)
    project = _project({**group.params, **given}, documents)
    group.obj = project
    group.default_map = {name: dict(_Defaults(project, group, name, context).given_to(documents))}


def _documents(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The documents on the command line."""
    found = given.get("documents", given.get("document"))
    if (given.get("har") or given.get("list_requirements")) and not isinstance(found, str):
        found = given.get(
            "target"
        )  # of `signoff test`, which sends nothing then: one argument is the document
    names = found if isinstance(found, tuple) else (found,)
    return tuple(name for name in names if isinstance(name, str))


def _project(given: Mapping[str, Any], documents: tuple[str, ...]) -> Project:
    file, is_off = given.get("config"), given.get("no_config") is True
    if isinstance(file, str) and is_off:
        raise SetupError("--config and --no-config can't be combined", suggestion="Remove one of them.")
    if isinstance(file, str):
        return load(Path(file))
    project = None if is_off else find(Path.cwd())
    return project or (Project(Path.cwd()) if documents else reference_project())


@dataclass(frozen=True, slots=True)
class _Defaults:
    """The configured defaults of one command."""

    project: Project
    group: click.Context
    name: str
    context: click.Context

    def given_to(self, documents: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        """The names and values of the configured parameters.

        Args:
            documents: the documents on the command line.
        """
        other_keys = _OTHER_KEYS_OF.get(self.name, ())
        own = self.project.of_command(self.name)
        options = _options_of(self.context.command)
        self._check_known(own, [*options, *other_keys], self.name)
        self._check_known(self.project.table, self._keys_at_the_top(options), "")
        yield from self._documents()
        has_foreign = bool(self.project.documents) and not all(map(self.project.owns, documents))
        for key, option in options.items():
            name = f"{self.name}.{key}" if f"{self.name}.{key}" in _OWN_KEYS else key
            if has_foreign and (key in OF_THE_DOCUMENT or name in _OWN_KEYS):
                continue
            is_own = key in own and not (key in other_keys and isinstance(own[key], dict))
            table, where = (own, f"{self.name}.{key}") if is_own else (self.project.table, key)
            if key in table and (is_own or name not in _OWN_KEYS):
                yield str(option.name), self._value(name, table[key], option, where)

    def _documents(self) -> Iterator[tuple[str, Any]]:
        """The project's documents; for a command with one document, only if there is exactly one."""
        found = [_shown(document) for document in self.project.documents]
        for parameter in self.context.command.params:
            if parameter.name == "documents" and found:
                yield "documents", found
            elif parameter.name == "document" and len(found) == 1:
                yield "document", found[0]

    def _keys_at_the_top(self, options: Iterable[str]) -> list[str]:
        """The allowed top-level keys: options of any command, and command names."""
        group = self.group.command
        names = group.list_commands(self.group) if isinstance(group, click.Group) else []
        known = [*options, *_OTHER_KEYS, *names]
        if isinstance(group, click.Group) and not set(self.project.table) <= set(known):
            for name in names:  # only if needed: importing every command is slow
                command = group.get_command(self.group, name)
                known += _options_of(command) if command else {}
        return known

    def _check_known(self, table: Mapping[str, Any], known: list[str], command: str) -> None:
        for key in table:
            if key not in known:
                place = self.project.named(command)
                meant = get_close_matches(key, known, n=1)
                suggestion = "A key is the long name of an option, without --."
                if meant:
                    suggestion = f"Did you mean `{meant[0]}`?"
                elif key == "tool":
                    suggestion = "Leave out `tool.signoff`: it is for pyproject.toml."
                raise DataError(
                    f"unknown key `{key}`{f' in `{place}`' if place else ''}",
                    suggestion=suggestion,
                    location=Location(shown(self.project.file)) if self.project.file else None,
                )

    def _value(self, key: str, value: object, option: click.Option, where: str) -> object:
        """The value for click, with paths resolved.

        Raises:
            DataError: the value is invalid for the option.
        """
        items = value if option.multiple and isinstance(value, list) else [value]
        kind, description = _kind(option.type)
        if not all(isinstance(item, kind) and isinstance(item, bool) == (kind is bool) for item in items):
            raise self.project.error(where, f"must be {description}{' or a list of them' * option.multiple}")
        found = [self._resolved(key, item) for item in items]
        try:
            for item in found:
                option.type.convert(item, option, self.context)
        except click.BadParameter as error:
            raise self.project.error(where, f"is invalid: {error.message}") from None
        return found if option.multiple else found[0]

    def _resolved(self, key: str, item: object) -> object:
        if not isinstance(item, str):
            return item
        if is_module(key, item) and str(self.project.folder) not in sys.path:
            sys.path.insert(0, str(self.project.folder))  # module names are relative to it
        return self.project.resolved(key, item)


def _shown(document: str) -> str:
    """A document as shown in reports: relative to the working directory if it is below it."""
    return shown(Path(document)) if Path(document).is_absolute() else document


def _options_of(command: click.Command) -> dict[str, click.Option]:
    """The configurable options, by key."""
    return {
        name.removeprefix("--"): option
        for option in command.params
        if isinstance(option, click.Option)
        for name in option.opts
        if name.startswith("--") and name.removeprefix("--") not in _NO_KEYS
    }


def _kind(type_: click.ParamType[Any]) -> tuple[type | tuple[type, ...], str]:
    """The TOML type for a click type, and its name."""
    if isinstance(type_, click.types.BoolParamType):
        return bool, "true or false"
    if isinstance(type_, click.types.IntParamType):
        return int, "an integer"
    if isinstance(type_, click.types.FloatParamType):
        return (int, float), "a number"
    return str, "a string"
