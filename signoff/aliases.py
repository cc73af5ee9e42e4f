"""Former names of ids, options, keys and values. Each still works for one release, with a notice.

The one table of renames. `current` and `renamed` resolve names where the kit reads them: the command line,
the project's file, data files, baselines, JSON reports, calls from Python. `signoff migrate` rewrites files
by the same table, and `--report json-1` writes the former JSON report by it.
"""

from __future__ import annotations

import warnings
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    _Kind = TypeVar("_Kind", bound=type)

# Of options, and so of keys in the project's file.
OPTIONS = {"corpus-only": "no-fuzzing", "list-clauses": "list-requirements", "waivers": "suppressions"}
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
    "answers-in-time": "response-time-limit",
    "head-like-get": "head-matches-get",
    "link-leads-somewhere": "link-target-exists",
    "made-up-credentials-refused": "invalid-credentials-rejected",
    "request-refused": "request-rejected",
    "trace-off": "trace-disabled",
    "wait-is-told-twice": "retry-after-consistent",
}
RULES = {
    "additional-properties-of-request": "additional-properties-in-request",
    "all-of-contradicts": "conflicting-all-of",
    "array-without-items": "missing-array-items",
    "bad-request-undocumented": "missing-400-response",
    "body-without-example": "missing-example",
    "bounds-cross": "min-exceeds-max",
    "component-unused": "unused-component",
    "condition-never-holds": "unreachable-condition",
    "created-without-location": "missing-location-header",
    "default-breaks-schema": "invalid-default",
    "default-of-required-parameter": "default-on-required-parameter",
    "discriminator-without-target": "invalid-discriminator",
    "enum-breaks-schema": "invalid-enum-value",
    "enum-empty": "empty-enum",
    "enum-outside-type": "enum-type-mismatch",
    "enum-repeats": "duplicate-enum-value",
    "error-responses-missing": "missing-error-response",
    "error-without-problem-details": "missing-problem-details",
    "example-as-text": "json-example-as-string",
    "example-breaks-format": "invalid-example-format",
    "example-breaks-schema": "invalid-example",
    "example-of-another-direction": "example-direction-mismatch",
    "example-operation-unknown": "undefined-operation-in-example",
    "example-property-misspelt": "misspelled-example-property",
    "example-property-undeclared": "undefined-example-property",
    "examples-disagree": "conflicting-examples",
    "format-misspelt": "misspelled-format",
    "format-of-another-type": "format-type-mismatch",
    "format-unknown": "unknown-format",
    "id-types-differ": "inconsistent-id-type",
    "info-without-contact": "missing-info-contact",
    "info-without-description": "missing-info-description",
    "keyword-misspelt": "misspelled-keyword",
    "keyword-of-another-version": "keyword-version-mismatch",
    "keyword-unknown": "unknown-keyword",
    "keyword-without-effect": "keyword-type-mismatch",
    "link-without-target": "invalid-link",
    "list-without-pagination": "missing-pagination",
    "media-type-malformed": "invalid-media-type",
    "media-type-without-schema": "missing-body-schema",
    "not-found-undocumented": "missing-404-response",
    "nullable-without-effect": "ineffective-nullable",
    "one-of-overlaps": "overlapping-one-of",
    "operation-id-missing": "missing-operation-id",
    "operation-id-repeated": "duplicate-operation-id",
    "operation-without-words": "missing-description",
    "parameter-ignored": "ignored-header-parameter",
    "parameter-location": "invalid-parameter-location",
    "parameter-repeated": "duplicate-parameter",
    "parameter-without-words": "missing-parameter-description",
    "path-parameters": "path-parameter-mismatch",
    "path-template": "invalid-path-template",
    "paths-ambiguous": "ambiguous-paths",
    "paths-equivalent": "identical-paths",
    "pattern-invalid": "invalid-pattern",
    "pattern-of-another-dialect": "non-ecmascript-pattern",
    "problem-of-another-resource": "problem-resource-mismatch",
    "problem-status": "problem-status-mismatch",
    "problem-title-of-another-status": "problem-title-mismatch",
    "problem-title-varies": "inconsistent-problem-title",
    "problem-type-relative": "relative-problem-type",
    "property-without-words": "missing-property-description",
    "prose-contradicts-bound": "description-mismatch-bound",
    "prose-contradicts-default": "description-mismatch-default",
    "prose-contradicts-deprecated": "description-mismatch-deprecated",
    "prose-contradicts-enum": "description-mismatch-enum",
    "prose-contradicts-media-type": "description-mismatch-media-type",
    "prose-contradicts-null": "description-mismatch-null",
    "prose-contradicts-problem-media-type": "description-mismatch-problem-details",
    "prose-contradicts-required": "description-mismatch-required",
    "recursion-without-end": "infinite-recursion",
    "reference-dangling": "unresolved-ref",
    "reference-siblings-ignored": "ignored-ref-siblings",
    "request-array-unbounded": "unbounded-request-array",
    "request-body-ignored": "ignored-request-body",
    "request-number-unbounded": "unbounded-request-number",
    "request-string-unbounded": "unbounded-request-string",
    "required-impossible": "forbidden-required-property",
    "required-undeclared": "undefined-required-property",
    "response-header-ignored": "ignored-response-header",
    "response-with-impossible-content": "forbidden-response-body",
    "response-without-words": "missing-response-description",
    "retry-after-missing": "missing-retry-after",
    "security-scheme-undefined": "undefined-security-scheme",
    "security-scheme-unused": "unused-security-scheme",
    "security-scope-undefined": "undefined-security-scope",
    "security-unstated": "missing-security",
    "server-plain-http": "insecure-server-url",
    "server-url": "invalid-server-url",
    "server-variables": "invalid-server-variable",
    "status-code": "invalid-status-code",
    "status-in-prose-undocumented": "description-mismatch-status",
    "success-response-missing": "missing-success-response",
    "tag-undefined": "undefined-tag",
    "tag-unused": "unused-tag",
    "tag-without-words": "missing-tag-description",
    "time-without-format": "missing-date-time-format",
    "too-many-requests-undocumented": "missing-429-response",
    "unauthorized-undocumented": "missing-401-response",
    "unauthorized-without-security": "unexpected-401-response",
    "uuid-without-format": "missing-uuid-format",
    "valid-specification": "invalid-spec",
    "waiver-expired": "expired-suppression",
    "waiver-stale": "unused-suppression",
    "words-left-open": "placeholder-text",
}
LEVELS = {"review": "needs-review"}
CHANGES = {
    "parameter-empty-refused": "parameter-empty-rejected",
    "request-property-refused": "request-property-rejected",
    "request-required-property-refused": "request-required-property-rejected",
    "response-property-refused": "response-property-rejected",
    "response-required-property-refused": "response-required-property-rejected",
}
# By the option, or key, whose values they are.
VALUES = {"check": CHECKS, "skip": CHECKS, "fail-on": LEVELS, "rule": RULES}
# Of JSON reports. A path is a member's name after the name of the member that has its object.
REPORT_VERSION, FORMER_REPORT_VERSION = 2, 1
REPORT_MEMBERS = {
    "/waived": "suppressed",
    "body/octets": "size",
    "finding/mend": "suggestion",
    "findings/mend": "suggestion",
    "settings/corpus_only": "no_fuzzing",
}
REPORT_VALUES = {
    "/fail_on": LEVELS,
    "/verdict": LEVELS,
    "accepted/check": CHECKS,
    "accepted/clause": CHECKS,
    "changes/id": CHANGES,
    "changes/verdict": LEVELS,
    "clauses/id": CHECKS,
    "clauses/state": {"not exercised": "not covered"},
    "failures/check": CHECKS,
    "failures/clause": CHECKS,
    "finding/rule": RULES,
    "findings/rule": RULES,
    "settings/check": CHECKS,
    "settings/skip": CHECKS,
    "warnings/check": CHECKS,
    "warnings/clause": CHECKS,
}
# Of public names in Python: arguments and attributes by their class, and names in the package.
PYTHON = {
    "Options": {"corpus_only": "no_fuzzing"},
    "SignoffError": {"mend": "suggestion"},
    "Step": {"person": "user"},
    "Subject": {"dangling": "unresolved"},
    "TargetData": {
        "acting": "default_user",
        "acting_with": "sent_as_default_user",
        "people": "users",
        "person": "user",
        "set_up": "setup",
        "tear_down": "teardown",
    },
    "User": {"may_not_call": "denied_operations", "may_not_see": "denied_resources"},
    "signoff": {"SetUpError": "SetupError"},
}
_MIGRATE = "`signoff migrate` updates your files."


class FormerNameWarning(FutureWarning):
    """A former name is in use. The message names the new one."""


def current(name: str, table: Mapping[str, str], *, hint: str = _MIGRATE, depth: int = 1) -> str:
    """The name that a former name has now, with a notice; any other name as it is.

    Args:
        name: of a file, an option or a program.
        table: of former names.
        hint: how to change it.
        depth: the number of calls from the user's code to this one.
    """
    if name in table:
        notice(f"`{name}` is now `{table[name]}`. {hint}".rstrip(), depth=depth + 1)
    return table.get(name, name)


def notice(text: str, *, depth: int = 1) -> None:
    """Warn that a former name is in use."""
    warnings.warn(text, FormerNameWarning, stacklevel=depth + 1)


def renamed(entry: Mapping[str, Any], table: Mapping[str, str]) -> dict[str, Any]:
    """A mapping with its keys renamed. Where both names are keys, the new one counts."""
    return {current(key, table): value for key, value in entry.items() if table.get(key) not in entry}


def renamed_arguments(given: Mapping[str, Any], kind: str, *, depth: int = 1) -> dict[str, Any]:
    """Keyword arguments with their current names.

    Where both names are given, the former one counts: `dataclasses.replace` adds all that is not replaced.
    """
    table, found = PYTHON[kind], dict(given)
    for name in table:
        if name in given:
            found[current(name, table, hint="", depth=depth + 1)] = found.pop(name)
    return found


def accepts_former_names(kind: _Kind) -> _Kind:
    """A decorator of classes: their former arguments and attributes keep working, with a notice."""
    table, initialise = PYTHON[kind.__name__], vars(kind)["__init__"]

    @wraps(initialise)
    def init(self: object, *positional: Any, **given: Any) -> None:  # noqa: ANN401 - of any class
        if not table.keys().isdisjoint(given):
            given = renamed_arguments(given, kind.__name__, depth=2)
        initialise(self, *positional, **given)

    def former(name: str) -> property:
        return property(lambda self: getattr(self, current(name, table, hint="", depth=2)))

    for name, member in {"__init__": init, **{name: former(name) for name in table}}.items():
        setattr(kind, name, member)
    return kind


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


def former_report(report: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a JSON report in the form of the previous release."""
    members = {f"{_parent(path)}/{name}": path.rpartition("/")[2] for path, name in REPORT_MEMBERS.items()}
    values = {path: {name: former for former, name in table.items()} for path, table in REPORT_VALUES.items()}
    return {**_in_names_of(members, values, report), "format_version": FORMER_REPORT_VERSION}


def current_report(report: Any) -> Any:  # noqa: ANN401 - any JSON
    """The content of a JSON report of the previous release in the current form; any other value as it is."""
    if not isinstance(report, dict) or report.get("format_version") != FORMER_REPORT_VERSION:
        return report
    return {**_in_names_of(REPORT_MEMBERS, REPORT_VALUES, report), "format_version": REPORT_VERSION}


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _in_names_of(
    members: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    content: Any,  # noqa: ANN401 - any JSON
    path: str = "/",
) -> Any:  # noqa: ANN401
    """The content of a JSON report, or of its member at a path, in the names that two tables give."""
    own = path.rpartition("/")[2]
    match content:
        case dict() if own != "counterexample":  # a value of the user's API
            return {
                members.get(f"{own}/{name}", name): _in_names_of(members, values, item, f"{own}/{name}")
                for name, item in content.items()
            }
        case list() | tuple():
            return [_in_names_of(members, values, item, path) for item in content]
        case str():  # an id, or that of a requirement, which ends with the id of a check
            head, mark, tail = content.rpartition("/rules/")
            return f"{head}{mark}{values.get(path, {}).get(tail, tail)}"
    return content
