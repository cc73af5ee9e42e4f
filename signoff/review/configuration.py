"""The configuration of a review: `[tool.signoff.review]`, or `[review]` in signoff.toml.

profile = "recommended"
rules = { unused-component = "off", insecure-server-url = "warning" }

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
from typing import TYPE_CHECKING, Any

from signoff.aliases import OPTIONS
from signoff.contract.pointer import Location
from signoff.reporting.model import Severity
from signoff.review.rules import RULES, Profile
from signoff.review.suppressions import SUPPRESSION_RULES, Suppression
from signoff.review.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.errors import DataError
    from signoff.project import Project
    from signoff.review.rules import Rule

_SUPPRESSION_KEYS = ("rule", "file", "pointer", "operation", "reason", "expires")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration of a review.

    Attributes:
        profile: the rule set.
        rules: severities by rule id; None turns a rule off.
        switched_on: rules that run although the profile does not include them.
        suppressions: the findings to suppress.
        file: the configuration file; empty for the defaults.
    """

    profile: Profile = Profile.ESSENTIAL
    rules: Mapping[str, Severity | None] = field(default_factory=dict)
    switched_on: frozenset[str] = frozenset()
    suppressions: tuple[Suppression, ...] = ()
    file: str = ""

    def enables(self, rule: Rule) -> bool:
        """Whether a rule runs."""
        if rule.id in self.rules:
            return self.rules[rule.id] is not None
        return rule.id in self.switched_on or self.profile.includes(rule.profile)


def of(project: Project) -> Configuration:
    """The review configuration in a project's file.

    Raises:
        DataError: it is invalid; the error names the key.
    """
    return _Reader(project, project.of_command("review")).configuration()


@dataclass(frozen=True, slots=True)
class _Reader:
    project: Project
    held: Mapping[str, Any]

    def configuration(self) -> Configuration:
        rules = self.held.get("rules", {})
        # A string is the option --rules: a module with custom rules.
        severities, switched_on = self.rules({} if isinstance(rules, str) else rules)
        return Configuration(
            profile=self.profile(),
            rules=severities,
            switched_on=switched_on,
            suppressions=tuple(self.suppressions()),
            file=str(self.project.file or ""),
        )

    def found(self, key: str, default: object) -> tuple[str, Any]:
        """The full name and the value of a key, in the review's table or at the top of the file."""
        if key in self.held:
            return f"review.{key}", self.held[key]
        return key, self.project.table.get(key, default)

    def profile(self) -> Profile:
        names = [profile.value for profile in Profile]
        key, value = self.found("profile", Profile.ESSENTIAL.value)
        if value not in names:
            raise self.error(key, f"must be one of {', '.join(names)}, not {value!r}")
        return Profile(value)

    def rules(self, held: object) -> tuple[dict[str, Severity | None], frozenset[str]]:
        if not isinstance(held, dict):
            raise self.error("review.rules", "must be a table of rule ids and severities")
        severities: dict[str, Severity | None] = {}
        switched_on = set()
        for name, value in held.items():
            self.known_rule(name, f"review.rules.{name}")
            if value in (True, "on"):
                switched_on.add(name)
            elif value in (False, "off"):
                severities[name] = None
            elif value in [severity.value for severity in Severity]:
                severities[name] = Severity(value)
            else:
                options = "on, off, error, warning or info"
                raise self.error(f"review.rules.{name}", f"must be {options}, not {value!r}")
        return severities, frozenset(switched_on)

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
        if name in RULES or name in SUPPRESSION_RULES:
            return
        if not name:
            raise self.error(key, "is missing: set the id of a rule", line)
        meant = nearest(str(name), [*RULES, *SUPPRESSION_RULES])
        raise self.error(key, f"unknown rule {name!r}" + (f"; did you mean {meant}?" if meant else ""), line)

    def suppression_lines(self, key: str) -> list[int]:
        """The lines of the `[[suppressions]]` headers, which the TOML parser does not keep."""
        names = [key, *(key.replace(new, old) for old, new in OPTIONS.items() if new in key)]
        named = "|".join(re.escape(self.project.named(name)) for name in names)
        header = re.compile(rf"\s*\[\[\s*(?:{named})\s*\]\]")
        text = self.project.file.read_text(encoding="utf-8") if self.project.file else ""
        return [number for number, line in enumerate(text.splitlines(), 1) if header.match(line)]

    def error(self, key: str, message: str, line: int = 0) -> DataError:
        return self.project.error(key, message, line)
