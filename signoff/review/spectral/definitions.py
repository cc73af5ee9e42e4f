"""What a rule of a ruleset says, for documents of one OpenAPI version; and what of it is not supported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from signoff.contract.errors import DataError
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import join
from signoff.reporting.model import Severity
from signoff.review.spectral import paths
from signoff.review.spectral.errors import NotSupported
from signoff.review.spectral.functions import FUNCTIONS, wrong_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.pointer import Location
    from signoff.contract.source import Source

COUNTERPART = "x-signoff-rule"
SEVERITIES: dict[JsonValue, Severity | None] = {
    **dict.fromkeys(("error", 0, "0"), Severity.ERROR),
    **dict.fromkeys(("warn", 1, "1"), Severity.WARNING),
    **dict.fromkeys(("info", "hint", 2, 3, "2", "3"), Severity.INFO),
    **dict.fromkeys(("off", -1, "-1"), None),
}
_KEYS = frozenset(("description", "documentationUrl", "extensions", "formats", "given", "message")) | {
    *("recommended", "resolved", "severity", "tags", "then", "type")
}
_FORMATS = frozenset(("oas2", "oas3", "oas3_0", "oas3_1", "oas3_2"))
_OTHER_FORMATS = re.compile(r"(asyncapi|arazzo|json[-_]schema).*")  # of documents that are not OpenAPI
_ALIAS = re.compile(r"#([A-Za-z0-9_-]+)")
_MOST_PATHS = 500  # of one rule, with its aliases replaced


class Unsupported(NamedTuple):
    """Something in a ruleset that is not checked.

    Attributes:
        name: the rule; empty for something else in the file.
        reason: what is not supported.
        place: where it is.
        is_partial: whether the rest of the rule is checked.
        is_minor: whether nothing that could be checked in an OpenAPI document is left out.
    """

    name: str
    reason: str
    place: Location
    is_partial: bool = False
    is_minor: bool = False


class Then(NamedTuple):
    """A function for the selected values."""

    field: str | None
    function: str
    options: JsonObject


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule that can be checked."""

    name: str
    description: str
    message: str
    given: tuple[paths.Path, ...]
    then: tuple[Then, ...]
    is_resolved: bool


@dataclass(frozen=True, slots=True)
class RulesetFile:
    """A ruleset's file.

    Attributes:
        aliases: its own and, below them, those of the rulesets that it extends.
        functions: the names of its functions in JavaScript.
    """

    source: Source
    value: JsonObject
    aliases: Mapping[str, JsonValue] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()

    def error(self, tokens: Sequence[str | int], message: str, suggestion: str = "") -> DataError:
        """An error about a place in the file."""
        place = replace(self.source.locate(join(tokens)), pointer="")
        return DataError(message, location=place, suggestion=suggestion)


@dataclass(frozen=True, slots=True)
class RawRule:
    """A rule as merged from one or more files.

    Attributes:
        file: the file that defines it, with the aliases and functions it uses.
        is_on: whether it is checked.
        is_stated: whether the user's own ruleset turns it on or off, or sets its severity.
        place: where it is defined.
    """

    name: str
    fields: JsonObject
    file: RulesetFile
    is_on: bool
    place: Location
    is_stated: bool = False

    @property
    def counterpart(self) -> str | None:
        """The rule of Signoff that checks it; empty if nothing does; None for rules with a definition."""
        found = self.fields.get(COUNTERPART)
        return found if isinstance(found, str) else None

    @property
    def severity(self) -> Severity | None:
        """How much its findings matter; None if it is off."""
        return SEVERITIES.get(self.fields.get("severity", "warn"), Severity.WARNING)

    @property
    def is_optional(self) -> bool:
        """Whether it is off only because it is not recommended."""
        return not self.is_on and not self.is_stated and self.severity is not None

    def error(self, message: str) -> DataError:
        """An error about the rule."""
        return DataError(f"rule `{self.name}`: {message}", location=self.place)


def formats_of(version: str) -> frozenset[str]:
    """The formats that a document of an OpenAPI version has."""
    if version.startswith("2."):
        return frozenset(("oas2",))
    return frozenset(("oas3", f"oas3_{version.split('.')[1]}"))


def defined(rule: RawRule, version: str) -> tuple[Definition | None, list[Unsupported]]:
    """What a rule says for an OpenAPI version: None if it is about others or nothing of it is supported.

    Raises:
        DataError: it is invalid.
    """
    unsupported: list[Unsupported] = []

    def note(reason: str, *, is_minor: bool = False) -> None:
        unsupported.append(Unsupported(rule.name, reason, rule.place, is_minor=is_minor))

    formats = _formats(rule, note)
    if formats is not None and not formats & formats_of(version):
        return None, unsupported
    if rule.counterpart is not None:
        if not rule.counterpart:
            note("no rule of Signoff checks the same", is_minor=not rule.is_stated)
        return None, unsupported
    _check_fields(rule, note)
    given = list(_given(rule, version, note))
    then = list(_then(rule, note))
    definition = Definition(
        rule.name,
        _text(rule, "description"),
        _text(rule, "message"),
        tuple(given),
        tuple(then),
        rule.fields.get("resolved") is not False,
    )
    if not given or not then:
        return None, unsupported
    return definition, [one._replace(is_partial=True) for one in unsupported]


def _check_fields(rule: RawRule, note: Any) -> None:  # noqa: ANN401 - a function
    for key in ("given", "then"):
        if key not in rule.fields:
            raise rule.error(f"`{key}` is missing")
    for key in rule.fields:
        if key not in _KEYS and not key.startswith("x-"):
            note(f"the key `{key}`", is_minor=True)


def _text(rule: RawRule, key: str) -> str:
    value = rule.fields.get(key, "")
    if not isinstance(value, str):
        raise rule.error(f"`{key}` must be a string")
    return value


def _formats(rule: RawRule, note: Any) -> frozenset[str] | None:  # noqa: ANN401 - a function
    """The formats of a rule, else those of its ruleset; None for all."""
    stated = rule.fields.get("formats", rule.file.value.get("formats"))
    if stated is None:
        return None
    if not isinstance(stated, list) or not all(isinstance(name, str) for name in stated):
        raise rule.error("`formats` must be a list of strings")
    names = frozenset(str(name).replace(".", "_") for name in stated)
    for name in sorted(names - _FORMATS):
        if not _OTHER_FORMATS.fullmatch(name):
            note(f"the format `{name}`")
    return names


def _given(rule: RawRule, version: str, note: Any) -> Iterator[paths.Path]:  # noqa: ANN401 - a function
    stated = rule.fields["given"]
    texts = stated if isinstance(stated, list) else [stated]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise rule.error("`given` must be a JSONPath or a list of them")
    room = [_MOST_PATHS]
    for text in texts:
        for expanded in _without_aliases(rule, str(text), version, (), room):
            try:
                yield paths.parse(expanded)
            except NotSupported as reason:
                note(str(reason))


def _without_aliases(
    rule: RawRule, text: str, version: str, inside: tuple[str, ...], room: list[int]
) -> Iterator[str]:
    """A path with its alias replaced, which may stand for several paths."""
    found = _ALIAS.match(text)
    if found is None:
        room[0] -= 1
        if room[0] < 0:
            raise rule.error(f"its aliases stand for more than {_MOST_PATHS} paths")
        yield text
        return
    name = found[1]
    if name in inside:
        raise rule.error(f"the alias `#{name}` refers to itself")
    if name not in rule.file.aliases:
        raise rule.error(f"unknown alias `#{name}`")
    value = rule.file.aliases[name]
    if isinstance(value, dict):
        targets = [as_object(target) for target in as_list(value.get("targets")) if isinstance(target, dict)]
        fitting = [target for target in targets if _names(target.get("formats")) & formats_of(version)]
        value = fitting[-1].get("given", []) if fitting else []
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str):
            raise rule.error(f"the alias `#{name}` must be a JSONPath or a list of them")
        yield from _without_aliases(rule, one + text[found.end() :], version, (*inside, name), room)


def _names(value: JsonValue) -> frozenset[str]:
    return (
        frozenset(str(name).replace(".", "_") for name in value) if isinstance(value, list) else frozenset()
    )


def _then(rule: RawRule, note: Any) -> Iterator[Then]:  # noqa: ANN401 - a function
    stated = rule.fields["then"]
    for entry in stated if isinstance(stated, list) else [stated]:
        if not isinstance(entry, dict) or not isinstance(entry.get("function"), str):
            raise rule.error("each `then` must have a `function`")
        name, target, options = str(entry["function"]), entry.get("field"), entry.get("functionOptions")
        if target is not None and not isinstance(target, str):
            raise rule.error("`field` must be a string")
        if name in rule.file.functions or name not in FUNCTIONS:
            note(f"the JavaScript function `{name}`")
            continue
        try:
            if paths.is_path(target):
                paths.parse(str(target))
            wrong = wrong_options(name, options)
        except NotSupported as reason:
            note(str(reason))
            continue
        if wrong:
            raise rule.error(f"invalid `functionOptions` of `{name}`: {wrong}")
        yield Then(target, name, as_object(options))
