"""Reads rule files: scenarios of rules, in YAML or JSON.

scenario: happy                # the one that sessions start with
scenarios:
  happy: []
  checkout-flaky:
    - operation: createOrder
      every: 3
      respond: {status: 503, headers: {Retry-After: '2'}}
rules: []                      # in each scenario
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signoff.contract import DataError, read
from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.mock.exchange import to_json
from signoff.mock.rules.reply import File
from signoff.mock.rules.rule import Rule, compile_rule
from signoff.mock.rules.schema_faults import schema_fault
from signoff.mock.rules.targets import RuleError, Targets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from signoff.contract import Contract, JsonValue, Location, Source

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_RULE_BYTES = 128 * 1024  # of a one-off rule
_MAX_EXPRESSIONS = 1000
_FILE = "/respond/file"
ONE_OFF = "one-off "  # what the places of one-off rules begin with; those of the file are JSON Pointers


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules of a file, compiled for the served documents.

    Attributes:
        targets: the operations of the documents.
        scenarios: the rules of each scenario, by name.
        common: the rules of all scenarios.
        initial: the scenario that sessions start with; empty for none.
        files: the paths of the file, and of those that its responses send.
        max_delay_s: the largest delay.
    """

    targets: Targets
    scenarios: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    common: tuple[Rule, ...] = ()
    initial: str = ""
    files: tuple[str, ...] = ()
    max_delay_s: float = 60.0

    def one_off(self, rule_id: str, written: JsonValue) -> Rule:
        """Compile a one-off rule.

        Raises:
            DataError: it is invalid, or too large.
        """
        text = to_json(written)
        if len(text) > MAX_RULE_BYTES:
            raise DataError(f"the rule is larger than {MAX_RULE_BYTES} bytes")
        if text.count(b"${") > _MAX_EXPRESSIONS:
            raise DataError(f"the rule has more than {_MAX_EXPRESSIONS} expressions")
        fault = schema_fault(written, "/$defs/rule")
        if fault is not None:
            place = f"at {fault.pointer}: " if fault.pointer else ""
            raise DataError(f"invalid rule: {place}{fault.message}", suggestion=fault.suggestion)
        made: dict[str, Any] = {**as_object(written), "id": rule_id}
        try:
            return compile_rule(
                made,
                f"{ONE_OFF}{rule_id}",
                rule_id,
                self.targets,
                read_file=_no_file,
                max_delay_s=self.max_delay_s,
            )
        except RuleError as error:
            place = f"at {error.place}: " if error.place else ""
            raise DataError(f"invalid rule: {place}{error.message}", suggestion=error.suggestion) from None


def no_rules(contracts: Sequence[Contract], max_delay_s: float = 60.0) -> RuleFile:
    """What a mock without a rule file has: one-off rules can be added."""
    return RuleFile(Targets(contracts), max_delay_s=max_delay_s)


def load_rules(path: str | Path, contracts: Sequence[Contract], max_delay_s: float = 60.0) -> RuleFile:
    """Read a rule file.

    Args:
        path: the file.
        contracts: the documents that the mock serves.
        max_delay_s: the largest delay.

    Raises:
        SourceError: it cannot be read.
        DataError: it is invalid, or a rule can never match.
    """
    source = read(path)
    fault = schema_fault(source.value)
    if fault is not None:
        location = source.locate(fault.pointer)
        raise DataError(f"invalid rule file: {fault.message}", suggestion=fault.suggestion, location=location)
    content = as_object(source.value)
    targets = Targets(contracts)
    files: set[str] = set()
    compiler = _Compiler(source, targets, _reader(Path(path), files), max_delay_s)
    scenarios = {
        name: compiler.rules(f"/scenarios/{escape(name)}", name, rules)
        for name, rules in as_object(content.get("scenarios")).items()
    }
    initial = str(content.get("scenario", ""))
    if initial and initial not in scenarios:
        known = ", ".join(scenarios) or "none"
        raise DataError(
            f"unknown scenario {initial!r}",
            suggestion=f"Scenarios: {known}.",
            location=source.locate("/scenario"),
        )
    common = compiler.rules("/rules", "rules", content.get("rules"))
    return RuleFile(targets, scenarios, common, initial, (str(path), *sorted(files)), max_delay_s)


@dataclass(frozen=True, slots=True)
class _Compiler:
    source: Source
    targets: Targets
    read_file: Callable[[str], File]
    max_delay_s: float

    def rules(self, pointer: str, name: str, written: Any) -> tuple[Rule, ...]:  # noqa: ANN401 - JSON
        """Compile a list of rules."""
        found: list[Rule] = []
        for index, each in enumerate(written or ()):
            place = f"{pointer}/{index}"
            rule = self._rule(each, place, f"{name}/{index + 1}")
            if any(rule.id == other.id for other in found):
                raise DataError(f"duplicate rule id {rule.id!r}", location=self.source.locate(f"{place}/id"))
            above = next((other for other in found if other.covers(rule)), None)
            if above is not None:
                raise DataError(
                    f"the rule can never match: {above.id} above matches all of its requests",
                    suggestion="Put the rule with the condition first.",
                    location=self.source.locate(place),
                )
            found.append(rule)
        return tuple(found)

    def _rule(self, written: Mapping[str, Any], place: str, default_id: str) -> Rule:
        try:
            return compile_rule(
                written,
                place,
                default_id,
                self.targets,
                read_file=self.read_file,
                max_delay_s=self.max_delay_s,
            )
        except RuleError as error:
            location: Location = self.source.locate(f"{place}{error.place}")
            raise DataError(error.message, suggestion=error.suggestion, location=location) from None


def _no_file(_: str) -> File:
    """A client could read any file of the folder."""
    raise RuleError("a one-off rule can't send a file", _FILE, "Use `body`, or a rule file.")


def _reader(rule_file: Path, files: set[str]) -> Callable[[str], File]:
    """Reads files in the folder of the rule file."""

    @cache
    def read_file(name: str) -> File:
        try:
            path, data = _content(rule_file.resolve().parent, name)
        except RuleError:
            raise
        except (OSError, RuntimeError, ValueError) as error:  # also a loop of links, or a NUL
            reason = getattr(error, "strerror", None) or str(error)
            raise RuleError(f"the file {name!r} can't be read: {reason}", _FILE) from None
        if len(data) > MAX_FILE_BYTES:
            raise RuleError(f"the file {name!r} is larger than {MAX_FILE_BYTES} bytes", _FILE)
        files.add(str(path))
        return File(data, mimetypes.guess_type(path.name)[0])

    return read_file


def _content(folder: Path, name: str) -> tuple[Path, bytes]:
    """The path of a file, and its beginning: one byte more than it may have."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise RuleError(f"the file {name!r} is outside the folder of the rule file", _FILE, "Move it there.")
    if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
        raise RuleError(f"{name!r} is not a regular file", _FILE)
    with path.open("rb") as opened:
        return path, opened.read(MAX_FILE_BYTES + 1)
