"""The rules of a ruleset as rules of the review."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape, split
from signoff.reporting.markdown import one_line, plain
from signoff.reporting.model import Severity
from signoff.review.rules import RULES, Fault, Profile, Rule
from signoff.review.spectral import paths
from signoff.review.spectral.errors import NotChecked
from signoff.review.spectral.functions import FUNCTIONS, Problem, Value, shown
from signoff.review.spectral.ruleset import Plan, Ruleset, read
from signoff.review.spectral.tree import UNDEFINED, Node, Tree, Undefined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.contract.pointer import Location
    from signoff.review.configuration import Configuration
    from signoff.review.spectral.definitions import Definition, RawRule, Then, Unsupported
    from signoff.review.subject import Subject

UNSUPPORTED = "unsupported-spectral-rule"
_FAMILY = "spectral"
_VERSIONS = ("2.0", "3.0", "3.1", "3.2")
_PLACEHOLDER = re.compile(r"#?\{\{([^}\n]+)\}\}")
_TOKEN = re.compile(r"\[(?:'([^']*)'|\"([^\"]*)\"|([^\]]*))\]|([^.\[\]]+)")
_LONGEST_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class _Target:
    """What a function checks: a field of a node, or the node.

    Attributes:
        property: its name, or the path of a field that is missing.
    """

    value: JsonValue | Undefined
    pointer: str
    property: str


@dataclass(slots=True)
class _Rules:
    """Makes rules of a ruleset."""

    ruleset: Ruleset
    _subject: Subject | None = None
    _trees: dict[bool, Tree] = field(default_factory=dict)

    def all(self) -> Iterator[Rule]:
        """The rules that are checked in some document, and the one that reports what is not."""
        found: dict[str, RawRule] = {}
        for plan in (plan for version in _VERSIONS for plan in self.ruleset.plans(version)):
            for name in plan.definitions:
                if name not in found or not found[name].is_on:
                    found[name] = plan.rules[name]
        yield from (self.rule(name, rule) for name, rule in found.items())
        yield Rule(
            UNSUPPORTED,
            _FAMILY,
            Severity.WARNING,
            Profile.ESSENTIAL,
            "What a ruleset asks for and Signoff can't check has to be checked by other means.",
            "Signoff",
            self.unsupported,
            is_own=True,
        )

    def rule(self, name: str, raw: RawRule) -> Rule:
        url = raw.fields.get("documentationUrl", "")
        own_id = f"{_FAMILY}-{name}" if name in RULES else name
        return Rule(
            own_id,
            _FAMILY,
            raw.severity or Severity.WARNING,
            Profile.ALL if raw.is_optional else Profile.ESSENTIAL,
            _line(raw.fields.get("description") or raw.fields.get("message") or name),
            _line(url or raw.file.source.name),
            self.finder(name),
            is_own=True,
        )

    def finder(self, name: str) -> Callable[[Subject], list[Fault]]:
        def find(subject: Subject) -> list[Fault]:
            definition = self.plan(subject).definitions.get(name)
            return list(self.faults(definition, subject)) if definition else []

        return find

    def plan(self, subject: Subject) -> Plan:
        return self.ruleset.plan(subject.written.files[0].base, subject.version)

    def tree(self, subject: Subject, *, is_resolved: bool) -> Tree:
        """The document to search, kept for the next rule."""
        if self._subject is not subject:
            self._subject, self._trees = subject, {}
        if is_resolved not in self._trees:
            root = subject.document if is_resolved else as_object(subject.written.files[0].value)
            self._trees[is_resolved] = Tree(root, subject.document, is_resolved)
        return self._trees[is_resolved]

    def faults(self, definition: Definition, subject: Subject) -> Iterator[Fault]:
        tree = self.tree(subject, is_resolved=definition.is_resolved)
        tree.visits = 0
        try:
            for path in definition.given:
                for node in path.find(tree):
                    for then in definition.then:
                        yield from self.problems(definition, then, node, tree, subject)
        except NotChecked as reason:
            yield Fault(
                "", f"`{definition.name}` is not checked everywhere: {reason}", severity=Severity.WARNING
            )

    def problems(
        self, definition: Definition, then: Then, node: Node, tree: Tree, subject: Subject
    ) -> Iterator[Fault]:
        for target in _targets(tree, node, then.field):
            for problem in FUNCTIONS[then.function].check(Value(target.value, then.options, tree)):
                pointer = target.pointer + "".join(f"/{escape(key)}" for key in problem.keys)
                place = subject.written.locate(pointer)
                severity = self.severity_at(definition.name, place, subject)
                if severity is not _OFF:
                    yield Fault(
                        pointer,
                        _message(definition, target, problem, pointer),
                        severity=severity,
                        location=place,
                    )

    def severity_at(self, name: str, place: Location, subject: Subject) -> Any:  # noqa: ANN401 - or _OFF
        """The severity at a place; `_OFF` if an override turns the rule off there."""
        fitting = []
        for one in self.ruleset.places:
            if one.rule == name and f"{place.pointer}/".startswith(f"{one.pointer.rstrip('/')}/"):
                base = next(
                    (file.base for file in subject.written.files if file.name == place.file), place.file
                )
                if one.files.match(self.ruleset.relative(base)):
                    fitting.append(one)
        if not fitting:
            return self.plan(subject).rules[name].severity
        return max(fitting, key=lambda one: len(one.pointer)).severity or _OFF

    def unsupported(self, subject: Subject) -> list[Fault]:
        """One finding for each reason, with the names of the rules."""
        groups: dict[tuple[str, bool, str], list[Unsupported]] = {}
        for one in self.plan(subject).unsupported:
            groups.setdefault((one.reason, one.is_partial, one.place.file), []).append(one)
        return [_unsupported(reason, found) for (reason, _, _), found in groups.items()]


_OFF = object()


def _unsupported(reason: str, found: list[Unsupported]) -> Fault:
    names = list(dict.fromkeys(f"`{one.name}`" for one in found if one.name))
    part = "in part" if found[0].is_partial else ""
    what = f"{'Rule' if len(names) == 1 else 'Rules'} {', '.join(names)} not checked {part}".strip()
    message = f"{what if names else 'Not supported in the ruleset'}: {reason}"
    hint = "Write it as a custom rule in Python." if "JavaScript function" in reason else ""
    severity = Severity.INFO if found[0].is_minor else None
    return Fault("", _line(message), hint, severity=severity, location=found[0].place)


def _targets(tree: Tree, node: Node, wanted: str | None) -> Iterator[_Target]:
    value = node.value
    name = _name(node.pointer)
    if wanted is None or not isinstance(value, dict | list):
        yield _Target(value, node.pointer, name)
    elif wanted == "@key":
        for key in value if isinstance(value, dict) else map(str, range(len(value))):
            yield _Target(key, f"{node.pointer}/{escape(key)}", key)
    elif paths.is_path(wanted):
        found = paths.parse(wanted).find(tree, node)
        yield from (_Target(one.value, one.pointer, _name(one.pointer)) for one in found)
        if not found:
            yield _Target(UNDEFINED, node.pointer, name)
    else:
        yield _field(tree, node, wanted)


def _name(pointer: str) -> str:
    """What a value is called where it is written; empty for the document."""
    return "".join(split(pointer)[-1:])


def _field(tree: Tree, node: Node, wanted: str) -> _Target:
    """A field by its name, or by a path of names such as `info.contact` and `tags[0].name`."""
    is_name = isinstance(node.value, dict) and wanted in node.value
    tokens = [wanted] if is_name else ["".join(groups) for groups in _TOKEN.findall(wanted)]
    value: Any = node.value
    pointer = node.pointer
    for token in tokens:
        if not (isinstance(value, dict) and token in value) and not (
            isinstance(value, list) and token.isdecimal() and int(token) < len(value)
        ):
            rest = "".join(f"/{escape(name)}" for name in tokens)
            return _Target(UNDEFINED, node.pointer + rest, wanted)
        held = value[token] if isinstance(value, dict) else value[int(token)]
        value, pointer = tree.followed(held, f"{pointer}/{escape(token)}")
    return _Target(value, pointer, _name(pointer))


def _message(definition: Definition, target: _Target, problem: Problem, pointer: str) -> str:
    name = f"`{target.property}` " if target.property else ""
    error = problem.message if problem.is_whole else f"{name}{problem.message}"
    if not definition.message:
        return _line(definition.description or error)[:_LONGEST_MESSAGE]
    tokens = split(pointer)
    texts = {
        "error": error,
        "description": definition.description,
        "property": str(problem.keys[-1]) if problem.keys else target.property,
        "path": f"#{pointer}" if tokens else "#",
        "value": shown(target.value).strip("`"),
        'print("property")': name,
        'print("value")': shown(target.value),
    }
    text = _PLACEHOLDER.sub(lambda found: texts.get(found[1].strip(), ""), definition.message)
    return _line(text)[:_LONGEST_MESSAGE]


def _line(text: object) -> str:
    """A text of a ruleset or document on one line, safe to print."""
    return one_line(plain(str(text))).strip()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A ruleset whose rules are in use."""

    ruleset: Ruleset

    def applied_to(self, configuration: Configuration) -> Configuration:
        """The configuration with the rules of Signoff that check rules of `spectral:oas`.

        What the configuration itself says about them takes precedence.
        """
        severities, switched_on = dict(configuration.rules), set(configuration.switched_on)
        named = {*severities, *switched_on}
        groups: dict[str, list[RawRule]] = {}
        for rule in self.ruleset.rules.values():
            if rule.counterpart and rule.counterpart not in named:
                groups.setdefault(rule.counterpart, []).append(rule)
        for name, rules in groups.items():
            running = [rule for rule in rules if rule.is_on and rule.severity]
            stated = [rule.severity for rule in running if rule.is_stated and "severity" in rule.fields]
            if stated:
                severities[name] = next(severity for severity in Severity if severity in stated)
            elif running:
                switched_on.add(name)
            elif any(rule.is_stated for rule in rules):
                severities[name] = None
        return replace(configuration, rules=severities, switched_on=frozenset(switched_on))


@contextmanager
def spectral_rules(path: str) -> Iterator[Loaded]:
    """Add the rules of a ruleset while the context lasts.

    Args:
        path: the ruleset's file.

    Raises:
        SourceError: the file can't be read.
        DataError: it is not a ruleset, or invalid.
    """
    ruleset = read(path)
    rules = {rule.id: rule for rule in _Rules(ruleset).all()}
    RULES.update(rules)
    try:
        yield Loaded(ruleset)
    finally:
        for name in rules:
            del RULES[name]
