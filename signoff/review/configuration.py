"""What a team asks of its documents: `[tool.signoff.review]` of pyproject.toml, `[review]` of signoff.toml.

profile = "recommended"
rules = { unused-component = "off", server-plain-http = "warning" }

[[tool.signoff.review.waivers]]
rule = "example-breaks-schema"
pointer = "/components/examples/*/value"
reason = "The examples are generated; the generator is mended in April."
expires = 2027-04-30
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from signoff.contract.errors import DataError
from signoff.contract.location import Location
from signoff.reporting.findings import Severity
from signoff.review.rules import RULES, Profile
from signoff.review.suppressions import WAIVER_RULES, Waiver
from signoff.review.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from signoff.review.rules import Rule

_FILES = (("signoff.toml", ("review",)), ("pyproject.toml", ("tool", "signoff", "review")))
_KEYS = ("profile", "rules", "waivers")
_WAIVER_KEYS = ("rule", "file", "pointer", "operation", "reason", "expires")


@dataclass(frozen=True, slots=True)
class Configuration:
    """How a document is to be reviewed.

    Attributes:
        profile: which rules are asked.
        rules: by rule id, its severity in place of its own; None turns it off.
        switched_on: rules that are asked though the profile leaves them out.
        waivers: which findings are accepted, and why.
        file: where it was read from; empty for the defaults.
    """

    profile: Profile = Profile.ESSENTIAL
    rules: Mapping[str, Severity | None] = field(default_factory=dict)
    switched_on: frozenset[str] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    file: str = ""

    def asks(self, rule: Rule) -> bool:
        """Whether a rule is asked at all."""
        if rule.id in self.rules:
            return self.rules[rule.id] is not None
        return rule.id in self.switched_on or self.profile.holds(rule.profile)


def find(folder: Path) -> Configuration:
    """The configuration for documents reviewed in a folder: its own, or that of the nearest folder above.

    Raises:
        DataError: a file that holds one says something unusable.
    """
    for place in (folder.absolute(), *folder.absolute().parents):
        for name, keys in _FILES:
            path = place / name
            if path.is_file() and _section(_parsed(path), keys, path) is not None:
                return load(path)
    return Configuration()


def load(path: Path) -> Configuration:
    """The configuration in a TOML file.

    Raises:
        DataError: it cannot be read, or says something unusable; the key is named.
    """
    parsed = _parsed(path)
    keys = ("tool", "signoff", "review") if path.name == "pyproject.toml" else ("review",)
    section = _section(parsed, keys, path)
    reader = _Reader(path, ".".join(keys))
    return reader.configuration(section or {})


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"not TOML: {error}", location=Location(str(path))) from None


def _section(value: Any, keys: tuple[str, ...], path: Path) -> dict[str, Any] | None:  # noqa: ANN401 - any TOML
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    if not isinstance(value, dict):
        raise DataError(f"`{'.'.join(keys)}` must be a table", location=Location(str(path)))
    return value


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    section: str

    def configuration(self, held: dict[str, Any]) -> Configuration:
        self.refuse_others(held, _KEYS, self.section)
        severities, switched_on = self.rules(held.get("rules", {}))
        return Configuration(
            profile=self.profile(held.get("profile", "essential")),
            rules=severities,
            switched_on=switched_on,
            waivers=tuple(self.waivers(held.get("waivers", []))),
            file=str(self.path),
        )

    def profile(self, value: object) -> Profile:
        names = [profile.value for profile in Profile]
        if value not in names:
            raise self.error("profile", f"must be one of {', '.join(names)}; it is {value!r}")
        return Profile(value)

    def rules(self, held: object) -> tuple[dict[str, Severity | None], frozenset[str]]:
        if not isinstance(held, dict):
            raise self.error("rules", "must be a table from rule to severity")
        severities: dict[str, Severity | None] = {}
        switched_on = set()
        for name, value in held.items():
            self.known_rule(name, f"rules.{name}")
            if value in (True, "on"):
                switched_on.add(name)
            elif value in (False, "off"):
                severities[name] = None
            elif value in [severity.value for severity in Severity]:
                severities[name] = Severity(value)
            else:
                options = "on, off, error, warning or info"
                raise self.error(f"rules.{name}", f"must be {options}; it is {value!r}")
        return severities, frozenset(switched_on)

    def waivers(self, held: object) -> Iterator[Waiver]:
        if not isinstance(held, list):
            raise self.error("waivers", "must be a list of tables")
        lines = self.waiver_lines()
        for index, item in enumerate(held):
            line = lines[index] if index < len(lines) else 0
            yield self.waiver(item, f"waivers[{index}]", line)

    def waiver(self, item: object, key: str, line: int) -> Waiver:
        if not isinstance(item, dict):
            raise self.error(key, "must be a table", line)
        self.refuse_others(item, _WAIVER_KEYS, f"{self.section}.{key}")
        texts = {name: item.get(name, "") for name in _WAIVER_KEYS if name != "expires"}
        for name, value in texts.items():
            if not isinstance(value, str):
                raise self.error(f"{key}.{name}", "must be a text", line)
        if not texts["reason"].strip():
            raise self.error(f"{key}.reason", "is missing: say why the finding is accepted", line)
        self.known_rule(texts["rule"], f"{key}.rule", line)
        if not any(texts[name] for name in ("file", "pointer", "operation")):
            raise self.error(key, "names no place: give `file`, `pointer` or `operation`", line)
        expires = self.date(item.get("expires"), f"{key}.expires", line)
        return Waiver(**texts, expires=expires, location=Location(str(self.path), line, 1 if line else 0))

    def date(self, value: object, key: str, line: int) -> date | None:
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.error(key, f"must be a date such as 2027-04-30; it is {value}", line) from None

    def known_rule(self, name: object, key: str, line: int = 0) -> None:
        if name in RULES or name in WAIVER_RULES:
            return
        if not name:
            raise self.error(key, "is missing: name the rule", line)
        meant = nearest(str(name), [*RULES, *WAIVER_RULES])
        raise self.error(key, f"there is no rule {name!r}" + (f"; is {meant} meant?" if meant else ""), line)

    def refuse_others(self, held: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in held:
            if key not in known:
                raise DataError(
                    f"`{where}` has no key `{key}`",
                    mend=f"It takes {', '.join(known)}.",
                    location=Location(str(self.path)),
                )

    def waiver_lines(self) -> list[int]:
        """The lines on which waivers begin, where each has a header of its own; TOML's reader keeps none."""
        header = re.compile(rf"\s*\[\[\s*{re.escape(self.section)}\.waivers\s*\]\]")
        text = self.path.read_text(encoding="utf-8")
        return [number for number, line in enumerate(text.splitlines(), 1) if header.match(line)]

    def error(self, key: str, message: str, line: int = 0) -> DataError:
        return DataError(f"`{self.section}.{key}` {message}", location=Location(str(self.path), line))
