"""Reads Spectral rulesets: files that extend each other, with overrides for some documents."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from signoff.contract import source as sources
from signoff.contract.errors import DataError, SourceError
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import join
from signoff.review.spectral.definitions import (
    COUNTERPART,
    SEVERITIES,
    Definition,
    RawRule,
    RulesetFile,
    Unsupported,
    defined,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.source import Source
    from signoff.reporting.model import Severity

_OAS = Path(__file__).with_name("oas.yaml")
_KEYS = frozenset(("aliases", "description", "documentationUrl", "extends", "formats", "functions")) | {
    *("functionsDir", "overrides", "parserOptions", "rules")
}
_MOST_FILES = 100
_MOST_RULES = 5000
_ID = re.compile(r"[\w.:$@/-]{1,100}")
_JAVASCRIPT = (".js", ".mjs", ".cjs", ".ts")


class Plan(NamedTuple):
    """What is checked in a document, and what is not.

    Attributes:
        rules: all rules, also those that are off.
        definitions: the rules that are checked.
    """

    rules: Mapping[str, RawRule]
    definitions: Mapping[str, Definition]
    unsupported: tuple[Unsupported, ...]


class PlaceOverride(NamedTuple):
    """The severity of a rule in one part of some documents."""

    files: re.Pattern[str]
    pointer: str
    rule: str
    severity: Severity | None


class _FileOverride(NamedTuple):
    files: tuple[re.Pattern[str], ...]
    file: RulesetFile
    number: int


@dataclass(slots=True)
class _Reader:
    """Reads a ruleset and those that it extends."""

    unsupported: list[Unsupported] = field(default_factory=list)
    open_files: list[str] = field(default_factory=list)
    files: int = 0

    def read(self, source: Source, mode: str = "recommended") -> tuple[RulesetFile, dict[str, RawRule]]:
        self.files += 1
        if self.files > _MOST_FILES:
            raise DataError(f"the rulesets extend more than {_MOST_FILES} files", location=source.locate(""))
        value = source.value
        if not isinstance(value, dict):
            raise DataError("not a Spectral ruleset: must be a mapping", location=source.locate(""))
        if not {"extends", "rules", "overrides"} & set(value):
            raise DataError(
                "not a Spectral ruleset: `rules`, `extends` or `overrides` is missing",
                location=source.locate(""),
            )
        self.open_files.append(source.base)
        file = RulesetFile(source, value, functions=_function_names(value))
        self.note_ignored(file)
        aliases, rules = self.extended(file, value, ("extends",))
        file = replace(file, aliases={**aliases, **as_object(value.get("aliases"))})
        self.add(rules, file, value, (), mode)
        self.open_files.pop()
        return file, rules

    def note(
        self, file: RulesetFile, tokens: tuple[str | int, ...], reason: str, *, is_minor: bool = False
    ) -> None:
        place = replace(file.source.locate(join(tokens)), pointer="")
        self.unsupported.append(Unsupported("", reason, place, is_minor=is_minor))

    def note_ignored(self, file: RulesetFile) -> None:
        for key in file.value:
            if key == "parserOptions":
                self.note(file, (key,), "`parserOptions`", is_minor=True)
            elif key not in _KEYS and not key.startswith("x-"):
                self.note(file, (key,), f"the key `{key}`", is_minor=True)

    def extended(
        self, file: RulesetFile, value: JsonObject, at: tuple[str | int, ...]
    ) -> tuple[JsonObject, dict[str, RawRule]]:
        """The aliases and rules of the rulesets that one extends."""
        aliases: JsonObject = {}
        rules: dict[str, RawRule] = {}
        entries = value.get("extends", [])
        for number, entry in enumerate(entries if isinstance(entries, list) else [entries]):
            name, mode = entry if isinstance(entry, list) and len(entry) == 2 else (entry, None)
            place = (*at, number) if isinstance(entries, list) else at
            if not isinstance(name, str) or mode not in (None, "all", "recommended", "off"):
                raise file.error(
                    place, "`extends` must name rulesets, each alone or as [NAME, all|recommended|off]"
                )
            source = self.source_of(file, name, place)
            if source is None:
                continue
            parent, found = self.read(source, str(mode or "recommended"))
            aliases |= parent.aliases
            if mode:
                found = {key: replace(rule, is_on=_is_on(rule, str(mode))) for key, rule in found.items()}
            rules |= found
        return aliases, rules

    def source_of(self, file: RulesetFile, name: str, place: tuple[str | int, ...]) -> Source | None:
        """The file of an extended ruleset; None if it is not supported."""
        if name == "spectral:oas":
            return sources.Source(name, str(_OAS), _OAS.read_bytes())
        if sources.is_remote(name):
            self.note(file, place, f"`extends: {name}`, because URLs are not fetched; use a local copy")
        elif name.startswith("spectral:"):
            self.note(file, place, f"`extends: {name}`, which has no rules for OpenAPI", is_minor=True)
        elif name.endswith(_JAVASCRIPT):
            self.note(file, place, f"`extends: {name}`, which is JavaScript")
        else:
            path = Path(file.source.base).parent / name
            if not name.startswith((".", "/")) and not path.is_file():
                self.note(file, place, f"`extends: {name}`, an npm package; use a local copy")
                return None
            address = str(path.resolve())
            if address in self.open_files:
                return None  # rulesets may extend each other: Spectral reads each once
            try:
                return sources.read_reference(address, file.source)
            except SourceError as error:
                raise file.error(place, f"`extends`: {error.message}", error.suggestion) from None
        return None

    def add(
        self,
        rules: dict[str, RawRule],
        file: RulesetFile,
        value: JsonObject,
        at: tuple[str | int, ...],
        mode: str,
    ) -> None:
        """Add the rules of a ruleset to those that it extends."""
        held = value.get("rules", {})
        if not isinstance(held, dict):
            raise file.error((*at, "rules"), "`rules` must be a mapping of names and rules")
        for name, stated in held.items():
            place = (*at, "rules", name)
            if not _ID.fullmatch(name):
                raise file.error(
                    place, f"the name of rule {name[:100]!r} has characters that are not supported"
                )
            merged = self.merged(rules.get(name), name, stated, file, place, mode)
            if merged is not None:
                rules[name] = merged
        if len(rules) > _MOST_RULES:
            raise file.error(at, f"the ruleset has more than {_MOST_RULES:,} rules")

    def merged(
        self,
        existing: RawRule | None,
        name: str,
        stated: JsonValue,
        file: RulesetFile,
        at: tuple[str | int, ...],
        mode: str,
    ) -> RawRule | None:
        """A rule with what a ruleset states about it; None if it states nothing about a known one."""
        place = replace(file.source.locate(join(at)), pointer="")
        if isinstance(stated, dict):
            if stated.get("severity", "warn") not in SEVERITIES or isinstance(stated.get("severity"), bool):
                raise file.error((*at, "severity"), _severity_error(name, stated["severity"]))
            if existing is None:
                new = RawRule(name, stated, file, is_on=False, place=place)
                return replace(new, is_on=_is_on(new, mode))
            fields = {**existing.fields, **stated}
            if "then" in stated:
                fields.pop(COUNTERPART, None)  # it has a meaning of its own now
            return replace(existing, fields=fields, is_on=True, is_stated=True)
        if (
            stated is None
            or isinstance(stated, list)
            or (not isinstance(stated, bool) and stated not in SEVERITIES)
        ):
            raise file.error(at, _severity_error(name, stated))
        if existing is None:
            if stated not in (False, "off", -1):
                self.unsupported.append(Unsupported(name, "no ruleset that can be read defines it", place))
            return None
        if isinstance(stated, bool):
            return replace(existing, is_on=stated, is_stated=True)
        fields = {**existing.fields, "severity": stated}
        return replace(existing, fields=fields, is_on=SEVERITIES[stated] is not None, is_stated=True)


def _severity_error(name: str, value: object) -> str:
    known = "error, warn, info, hint, off, true or false"
    return f"rule `{name}`: the severity must be {known}, not {str(value)[:50]!r}"


def _is_on(rule: RawRule, mode: str) -> bool:
    return mode == "all" or (mode == "recommended" and rule.fields.get("recommended") is not False)


def _function_names(value: JsonObject) -> frozenset[str]:
    entries = as_list(value.get("functions"))
    names = [entry[0] if isinstance(entry, list) and entry else entry for entry in entries]
    return frozenset(name for name in names if isinstance(name, str))


@dataclass
class Ruleset:
    """A ruleset with all that it extends.

    Attributes:
        file: its own file.
        rules: by name; without overrides.
        notes: what of the files, not of their rules, is not supported.
    """

    file: RulesetFile
    rules: Mapping[str, RawRule]
    notes: tuple[Unsupported, ...]

    @cached_property
    def _plans(self) -> dict[tuple[tuple[int, ...], str], Plan]:
        return {}

    def plan(self, document: str, version: str) -> Plan:
        """What is checked in a document.

        Args:
            document: its absolute path.
            version: its OpenAPI version.

        Raises:
            DataError: a rule is invalid.
        """
        path = self.relative(document)
        applied = [one.number for one in self._overrides if any(glob.match(path) for glob in one.files)]
        return self._plan(tuple(applied), version[:3])

    def plans(self, version: str) -> list[Plan]:
        """What is checked in documents that no override is about, and in those of each override."""
        return [self._plan(applied, version) for applied in ((), *((one.number,) for one in self._overrides))]

    def _plan(self, applied: tuple[int, ...], version: str) -> Plan:
        key = (applied, version)
        if key not in self._plans:
            self._plans[key] = self._planned(applied, version)
        return self._plans[key]

    def _planned(self, applied: tuple[int, ...], version: str) -> Plan:
        rules, notes = dict(self.rules), list(self.notes)
        for override in self._overrides:
            if override.number in applied:
                reader = _Reader()
                value = as_object(as_list(self.file.value["overrides"])[override.number])
                at = ("overrides", override.number)
                _, extended = reader.extended(override.file, value, (*at, "extends"))
                rules |= extended
                reader.add(rules, override.file, value, at, "recommended")
                notes += reader.unsupported
        found: dict[str, Definition] = {}
        for name, rule in rules.items():
            if rule.severity is None or not (rule.is_on or rule.is_optional):
                continue
            definition, unsupported = defined(rule, version)
            notes += unsupported if rule.is_on else ()
            if definition is not None:
                found[name] = definition
        return Plan(rules, found, tuple(notes))

    def relative(self, document: str) -> str:
        """A document's path from the ruleset's folder, with slashes."""
        if "://" in document:
            return document
        return Path(os.path.relpath(document, Path(self.file.source.base).parent)).as_posix()

    @cached_property
    def _overrides(self) -> tuple[_FileOverride, ...]:
        found = []
        for index, entry, globs in self._override_entries():
            patterns = tuple(_glob(glob) for glob in globs if "#" not in glob)
            if patterns:
                aliases = {**self.file.aliases, **as_object(entry.get("aliases"))}
                found.append(_FileOverride(patterns, replace(self.file, aliases=aliases), index))
        return tuple(found)

    @cached_property
    def places(self) -> tuple[PlaceOverride, ...]:
        """The overrides for parts of documents."""
        found = []
        for index, entry, globs in self._override_entries():
            for glob, _, pointer in (glob.partition("#") for glob in globs if "#" in glob):
                for name, severity in as_object(entry.get("rules")).items():
                    if not isinstance(severity, str | int) or severity not in SEVERITIES:
                        raise self.file.error(
                            ("overrides", index, "rules", name), _severity_error(name, severity)
                        )
                    found.append(PlaceOverride(_glob(glob), pointer, name, SEVERITIES[severity]))
        return tuple(found)

    def _override_entries(self) -> Iterator[tuple[int, JsonObject, list[str]]]:
        held = self.file.value.get("overrides", [])
        for index, entry in enumerate(held if isinstance(held, list) else [held]):
            globs = as_object(entry).get("files") if isinstance(entry, dict) else None
            if not isinstance(globs, list) or not all(isinstance(glob, str) for glob in globs):
                raise self.file.error(
                    ("overrides", index), "each of `overrides` must have `files`, a list of globs"
                )
            yield index, as_object(entry), [str(glob) for glob in globs]


def _glob(pattern: str) -> re.Pattern[str]:
    """A glob; without a slash it is about the file's name in any folder."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\{[^{}]*\})", pattern.removeprefix("./"))
    meanings = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    spelled = ""
    for part in parts:
        if part.startswith("{") and part.endswith("}"):
            spelled += f"(?:{'|'.join(map(re.escape, part[1:-1].split(',')))})"
        else:
            spelled += meanings.get(part) or re.escape(part)
    return re.compile(("" if "/" in pattern else "(?:.*/)?") + spelled + r"\Z", re.DOTALL)


def read(path: str) -> Ruleset:
    """Read a ruleset.

    Raises:
        SourceError: its file can't be read.
        DataError: it, or one that it extends, is not a ruleset or invalid.
    """
    if sources.is_remote(path) or path == sources.STANDARD_INPUT:
        raise SourceError(f"the ruleset {path} is not a file", suggestion="Save it to a file.")
    if path.endswith(_JAVASCRIPT):
        raise SourceError(f"the ruleset {path} is JavaScript", suggestion="Use a ruleset in YAML or JSON.")
    reader = _Reader()
    file, rules = reader.read(sources.read(Path(path)))
    return Ruleset(file, rules, tuple(reader.unsupported))
