"""Former names of ids, options, keys and values. Each still works for one release, with a notice.

The one table of renames. `current` and `renamed` resolve names where the kit reads them: the command line,
the project's file, data files, baselines. `signoff migrate` rewrites files by the same table.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of options, and so of keys in the project's file.
OPTIONS = {"corpus-only": "no-fuzzing", "waivers": "suppressions"}
# Of keys in a data file, at its top and in the entry of a user.
DATA_KEYS = {
    "people": "users",
    "act-as": "default-user",
    "may-not-see": "denied-resources",
    "may-not-call": "denied-operations",
    "set-up": "setup",
    "tear-down": "teardown",
}
CHECKS = {
    "head-like-get": "head-matches-get",
    "link-leads-somewhere": "link-target-exists",
    "made-up-credentials-refused": "invalid-credentials-rejected",
    "trace-off": "trace-disabled",
    "wait-is-told-twice": "retry-after-consistent",
}
RULES: dict[str, str] = {}
LEVELS = {"review": "needs-review"}
# By the option, or key, whose values they are.
VALUES = {"check": CHECKS, "skip": CHECKS, "fail-on": LEVELS, "rule": RULES}


class FormerNameWarning(FutureWarning):
    """A former name is in use. The message names the new one."""


def current(name: str, table: Mapping[str, str]) -> str:
    """The name that a former name has now, with a notice; any other name as it is."""
    if name in table:
        warnings.warn(
            f"`{name}` is now `{table[name]}`. `signoff migrate` updates your files.",
            FormerNameWarning,
            stacklevel=2,
        )
    return table.get(name, name)


def renamed(entry: Mapping[str, Any], table: Mapping[str, str]) -> dict[str, Any]:
    """A mapping with its keys renamed. Where both names are keys, the new one counts."""
    return {current(key, table): value for key, value in entry.items() if table.get(key) not in entry}


def renamed_configuration(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The table of a project's file: its keys, and the ids in it."""
    found: dict[str, Any] = {}
    for key, value in renamed(entry, OPTIONS).items():
        match value:
            case dict():
                found[key] = renamed(value, RULES) if key == "rules" else renamed_configuration(value)
            case list():
                found[key] = [
                    renamed_configuration(item) if isinstance(item, dict) else _value(key, item)
                    for item in value
                ]
            case _:
                found[key] = _value(key, value)
    return found


def _value(key: str, value: Any) -> Any:  # noqa: ANN401 - any value of TOML
    return (
        ",".join(current(name, VALUES[key]) for name in value.split(","))
        if (key in VALUES and isinstance(value, str))
        else value
    )


def renamed_words(words: list[str]) -> list[str]:
    """The arguments of a command: its options, and the ids that they take."""
    found: list[str] = []
    option = ""
    for position, word in enumerate(words):
        if word == "--":
            return [*found, *words[position:]]
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            option = current(name, OPTIONS)
            found.append(f"--{option}{equals}{_value(option, value)}")
        else:
            found.append(_value(option, word))
            option = ""
    return found


def written(pointer: str, value: Any, table: Mapping[str, str]) -> str:  # noqa: ANN401 - any document
    """A pointer in the names of now, in the names that a file has."""
    former = {new: old for old, new in table.items()}
    tokens = pointer.split("/")
    for index, token in enumerate(tokens[1:], 1):
        if isinstance(value, dict):
            if token not in value and former.get(token) in value:
                tokens[index] = former[token]
            value = value.get(tokens[index])
        else:
            value = value[int(token)] if isinstance(value, list) and token.isdecimal() else None
    return "/".join(tokens)
