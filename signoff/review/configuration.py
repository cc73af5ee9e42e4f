"""The configuration of a review: `[tool.signoff.review]`, or `[review]` in signoff.toml.

extends = ["recommended", "policies/api.toml"]
rules = { unused-component = "off", response-enum-value-added = "warning" }

[[tool.signoff.review.suppressions]]
rule = "invalid-example"
pointer = "/components/examples/*/value"
reason = "The examples are generated; the generator gets fixed in April."
expires = 2027-04-30
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from signoff import project as projects
from signoff.aliases import OPTIONS
from signoff.contract.pointer import Location
from signoff.reporting.model import Severity
from signoff.review.change import ChangeVerdict
from signoff.review.ids import is_kind, is_known, unknown
from signoff.review.rules import Profile
from signoff.review.suppressions import SUPPRESSION_RULES, Suppression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from signoff.contract.errors import DataError
    from signoff.project import Project
    from signoff.review.rules import Rule

_SUPPRESSION_KEYS = ("rule", "file", "pointer", "operation", "reason", "expires")
_EXTENDABLE = ("extends", "profile", "rules", "suppressions")
_MOST_FILES = 50
_PROFILES = tuple(profile.value for profile in Profile)
# A severity or verdict by each of its names: changes have the names of severities as well.
_SEVERITIES = {severity.value: severity for severity in Severity} | {"warn": Severity.WARNING}
_OF_SEVERITY = {
    Severity.ERROR: ChangeVerdict.BREAKING,
    Severity.WARNING: ChangeVerdict.REVIEW,
    Severity.INFO: ChangeVerdict.COMPATIBLE,
}
_Level: TypeAlias = Severity | ChangeVerdict | bool | None
_VERDICTS = {name: _OF_SEVERITY[severity] for name, severity in _SEVERITIES.items()} | {
    verdict.value: verdict for verdict in ChangeVerdict
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration of a review.

    Attributes:
        profile: the rule set.
        rules: severities by rule id; None turns a rule off.
        kinds: verdicts by kind of change; None turns a kind off.
        switched_on: rules that run although the profile does not include them.
        suppressions: the findings to suppress.
        file: the configuration file; empty for the defaults.
    """

    profile: Profile = Profile.ESSENTIAL
    rules: Mapping[str, Severity | None] = field(default_factory=dict)
    kinds: Mapping[str, ChangeVerdict | None] = field(default_factory=dict)
    switched_on: frozenset[str] = frozenset()
    suppressions: tuple[Suppression, ...] = ()
    file: str = ""

    def enables(self, rule: Rule) -> bool:
        """Whether a rule runs."""
        if rule.id in self.rules:
            return self.rules[rule.id] is not None
        return rule.id in self.switched_on or self.profile.includes(rule.profile)


def of(project: Project) -> Configuration:
    """The review configuration in a project's file, with the files that it extends.

    Raises:
        DataError: it is invalid; the error names the key.
    """
    profile = Profile.ESSENTIAL
    stated: dict[str, _Level] = {}
    suppressions: list[Suppression] = []
    for layer in _layers(project):
        profile = layer.profile() or profile
        stated |= layer.rules()
        suppressions += layer.suppressions()
    return Configuration(
        profile=profile,
        rules={name: level for name, level in stated.items() if level is None or isinstance(level, Severity)},
        kinds={
            name: level
            for name, level in stated.items()
            if isinstance(level, ChangeVerdict) or (level is None and is_kind(name))
        },
        switched_on=frozenset(name for name, level in stated.items() if level is True),
        suppressions=tuple(suppressions),
        file=str(project.file or ""),
    )


def _layers(project: Project) -> list[_Reader]:
    """The configurations that apply, the strongest last: those that the file extends, then its own."""
    found: list[_Reader] = []
    root = project.folder.resolve()

    def add(layer: Project, chain: tuple[Path, ...]) -> None:
        reader = _Reader(layer, layer.of_command("review"), is_extended=bool(chain))
        for index, name in enumerate(reader.extends()):
            key = f"review.extends[{index}]"
            if name in _PROFILES:
                found.append(_Reader(projects.Project(layer.folder), {"profile": name}))
                continue
            path = (layer.folder / name).resolve()
            if not path.is_relative_to(root):
                raise reader.error(key, f"must be a file in {projects.shown(root)}, not {name!r}")
            if not path.is_file():
                profiles = ", ".join(_PROFILES)
                raise reader.error(key, f"is neither a file nor a profile ({profiles}): {name!r}")
            if path in (*chain, layer.file):
                raise reader.error(key, f"extends {name!r}, which extends this file")
            if len(found) >= _MOST_FILES:
                raise reader.error(key, f"leads to more than {_MOST_FILES} files")
            add(projects.load(path), (*chain, *([layer.file] if layer.file else [])))
        found.append(reader)

    add(project, ())
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the configuration of one file.

    Attributes:
        held: the table of the review.
        is_extended: whether another file extends this one.
    """

    project: Project
    held: Mapping[str, Any]
    is_extended: bool = False

    def extends(self) -> list[str]:
        """What the file extends: files, and names of profiles."""
        if self.is_extended:
            self.check_keys()
        held = self.held.get("extends", [])
        names = [held] if isinstance(held, str) else held
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            raise self.error("review.extends", "must be a list of files and profiles")
        return names

    def check_keys(self) -> None:
        if not self.held:
            raise self.error("review", "is missing, but another file extends this one")
        for key in self.held:
            if key not in _EXTENDABLE:
                supported = ", ".join(_EXTENDABLE)
                raise self.error(f"review.{key}", f"can't be extended; supported: {supported}")

    def found(self, key: str, default: object) -> tuple[str, Any]:
        """The full name and the value of a key, in the review's table or at the top of the file."""
        if key in self.held:
            return f"review.{key}", self.held[key]
        return key, self.project.table.get(key, default)

    def profile(self) -> Profile | None:
        key, value = self.found("profile", None)
        if value is not None and value not in _PROFILES:
            raise self.error(key, f"must be one of {', '.join(_PROFILES)}, not {value!r}")
        return Profile(value) if value else None

    def rules(self) -> dict[str, _Level]:
        """What is stated for rules and kinds of change, by id; True for on, None for off."""
        held = self.held.get("rules", {})
        if isinstance(held, str) and not self.is_extended:
            return {}  # the option --rules: a module with custom rules
        if not isinstance(held, dict):
            raise self.error("review.rules", "must be a table of rule ids and severities")
        return {name: self.level(name, value) for name, value in held.items()}

    def level(self, name: str, value: object) -> _Level:
        self.known_rule(name, f"review.rules.{name}")
        if value in (True, "on"):
            return True
        if value in (False, "off"):
            return None
        levels: Mapping[str, Severity | ChangeVerdict] = _VERDICTS if is_kind(name) else _SEVERITIES
        if isinstance(value, str) and value in levels:
            return levels[value]
        options = "on, off, error, warning or info"
        options = f"{options} (or {', '.join(v.value for v in ChangeVerdict)})" if is_kind(name) else options
        raise self.error(f"review.rules.{name}", f"must be {options}, not {value!r}")

    def suppressions(self) -> Iterator[Suppression]:
        key, held = self.found("suppressions", [])
        if not isinstance(held, list):
            raise self.error(key, "must be an array of tables")
        lines = self.suppression_lines(key)
        for index, item in enumerate(held):
            line = lines[index] if index < len(lines) else 0
            yield self.suppression(item, f"{key}[{index}]", line)

    def suppression(self, item: object, key: str, line: int) -> Suppression:
        if not isinstance(item, dict):
            raise self.error(key, "must be a table", line)
        for name in item:
            if name not in _SUPPRESSION_KEYS:
                raise self.error(
                    key, f"has an unknown key `{name}`; supported: {', '.join(_SUPPRESSION_KEYS)}", line
                )
        texts = {name: item.get(name, "") for name in _SUPPRESSION_KEYS if name != "expires"}
        for name, value in texts.items():
            if not isinstance(value, str):
                raise self.error(f"{key}.{name}", "must be a string", line)
        if not texts["reason"].strip():
            raise self.error(f"{key}.reason", "is missing: explain why the finding is accepted", line)
        self.known_rule(texts["rule"], f"{key}.rule", line)
        if not any(texts[name] for name in ("file", "pointer", "operation")):
            raise self.error(key, "has no place: set `file`, `pointer` or `operation`", line)
        expires = self.date(item.get("expires"), f"{key}.expires", line)
        location = Location(str(self.project.file), line, 1 if line else 0)
        return Suppression(**texts, expires=expires, location=location)

    def date(self, value: object, key: str, line: int) -> date | None:
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.error(key, f"must be a date such as 2027-04-30, not {value}", line) from None

    def known_rule(self, name: object, key: str, line: int = 0) -> None:
        if not name:
            raise self.error(key, "is missing: set the id of a rule", line)
        if not is_known(str(name), SUPPRESSION_RULES):
            raise self.error(key, unknown(str(name), SUPPRESSION_RULES), line)

    def suppression_lines(self, key: str) -> list[int]:
        """The lines of the `[[suppressions]]` headers, which the TOML parser does not keep."""
        names = [key, *(key.replace(new, old) for old, new in OPTIONS.items() if new in key)]
        named = "|".join(re.escape(self.project.named(name)) for name in names)
        header = re.compile(rf"\s*\[\[\s*(?:{named})\s*\]\]")
        text = self.project.file.read_text(encoding="utf-8") if self.project.file else ""
        return [number for number, line in enumerate(text.splitlines(), 1) if header.match(line)]

    def error(self, key: str, message: str, line: int = 0) -> DataError:
        return self.project.error(key, message, line)
