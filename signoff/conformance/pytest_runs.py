"""The runs of the pytest plugin: one for each operation, cached for the session."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from signoff.aliases import renamed_arguments
from signoff.conformance.checks.loading import load_checks
from signoff.conformance.options import Options
from signoff.conformance.report import report_of
from signoff.conformance.suite import run, target_name
from signoff.conformance.target import reachable
from signoff.conformance.target_data import TargetData, load_data
from signoff.contract import SignoffError, load
from signoff.project import project_of
from signoff.reporting.formats.terminal import verdict as verdict_line
from signoff.reporting.messages import describe
from signoff.reporting.model import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    from signoff.conformance.checks import Catalogue
    from signoff.conformance.evidence import Verdict
    from signoff.contract import Contract, Operation

_NAMES = frozenset(member.name for member in fields(Options)) - {"checks", "headers", "only", "shard"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The settings of a test.

    Attributes:
        document: path or URL.
        data: path; empty for none.
        base_url: the default target.
    """

    target: Any
    document: str
    data: str
    options: Options = field(default_factory=Options)
    base_url: str | None = None

    def at(self, target: Any) -> Asked:  # noqa: ANN401 - any ASGI or WSGI application
        """The same settings with another target."""
        return replace(self, target=target)


class Runs:
    """The contracts, served applications and verdicts of one pytest session."""

    def __init__(self, config: pytest.Config, stack: ExitStack) -> None:
        self._config, self._stack = config, stack
        self._contracts: dict[str, Contract] = {}
        self._data: dict[str, TargetData] = {}
        self._catalogues: dict[tuple[str, ...], Catalogue] = {}
        self._urls: dict[tuple[int, str], tuple[Any, str]] = {}
        self._verdicts: dict[tuple[int, str, str, str, str], Verdict] = {}

    def asked(self, node: Any) -> Asked:  # noqa: ANN401 - an item or a definition of one
        """The settings in the marker of a test, overridden by command-line options."""
        marker = node.get_closest_marker("signoff")
        given = dict(marker.kwargs) if marker else {}
        if marker and marker.args:
            given["target"] = marker.args[0]
        option = self._config.getoption
        folder = Path(node.path).parent
        document = option("--signoff-document") or given.pop("document", None) or ""
        data = option("--signoff-data") or given.pop("data", None) or ""
        target = option("--signoff-target") or given.pop("target", None)
        checks = option("--signoff-checks") or given.pop("checks", ())
        base_url = None
        if not document:
            with _collecting():
                project = project_of(folder)
            document, base_url = str(project.document), project.text("base-url", "test")
            data = data or project.text("data", "test") or ""
            own = project.text("checks", "test")
            checks = checks or ([own] if own else [])
        catalogue = self._catalogue(tuple(_found(name, folder) for name in checks))
        options = replace(self._options(given), checks=catalogue)
        return Asked(target, _found(document, folder), _found(data, folder), options, base_url)

    def _options(self, given: dict[str, Any]) -> Options:
        headers = given.pop("headers", None) or {}
        given = renamed_arguments(given, "Options")
        for name in ("document", "data", "target", "checks"):
            given.pop(name, None)
        unknown = sorted(set(given) - _NAMES)
        if unknown:
            raise pytest.Collector.CollectError(
                f"unknown signoff option {unknown[0]!r}. Options: {', '.join(sorted(_NAMES))}"
            )
        for name in ("seed", "max_examples", "no_fuzzing"):
            value = self._config.getoption(f"signoff_{name}")
            if value not in (None, False):
                given[name] = value
        return Options(headers=headers, **given)

    def _catalogue(self, names: tuple[str, ...]) -> Catalogue:
        """The checks; loaded once."""
        if names not in self._catalogues:
            with _collecting():
                self._catalogues[names] = load_checks(names)
        return self._catalogues[names]

    def contract(self, asked: Asked) -> Contract:
        """The contract; loaded once.

        Raises:
            CollectError: it cannot be read.
        """
        if asked.document not in self._contracts:
            with _collecting():
                self._contracts[asked.document] = load(asked.document)
        return self._contracts[asked.document]

    def verdict(self, asked: Asked, operation: Operation) -> Verdict:
        """The result of testing one operation; a setup error fails the test with its message."""
        if asked.target is None:
            pytest.fail(
                "no target given. Pass a target to signoff_contract, override the fixture signoff_target, or"
                " use --signoff-target URL.",
                pytrace=False,
            )
        key = (_identity(asked.target), asked.document, asked.data, repr(asked.options), operation.id)
        if key not in self._verdicts:
            try:
                self._verdicts[key] = self._run(asked, operation)
            except SignoffError as error:
                pytest.fail(f"signoff: {error}", pytrace=False)
        return self._verdicts[key]

    def _run(self, asked: Asked, operation: Operation) -> Verdict:
        contract = self.contract(asked)
        options = replace(asked.options, only=frozenset({operation.id}))
        verdict = run(self._url(asked, contract), contract, self._known(asked), options)
        if verdict.signal:
            raise KeyboardInterrupt
        return replace(verdict, target=target_name(asked.target))

    def _url(self, asked: Asked, contract: Contract) -> str:
        """The URL of the target; an application is served until the session ends."""
        key = (_identity(asked.target), asked.document)
        if key not in self._urls:
            url = self._stack.enter_context(reachable(asked.target, contract))
            self._urls[key] = (asked.target, url)
        return self._urls[key][1]

    def _known(self, asked: Asked) -> TargetData:
        if asked.data not in self._data:
            self._data[asked.data] = load_data(asked.data) if asked.data else TargetData()
        return self._data[asked.data]


@contextmanager
def _collecting() -> Iterator[None]:
    """Turn errors into collection errors."""
    try:
        yield
    except SignoffError as error:
        raise pytest.Collector.CollectError(str(error)) from None


def _identity(target: Any) -> int:  # noqa: ANN401 - any ASGI or WSGI application
    return hash(target) if isinstance(target, str) else id(target)


def _found(name: str, folder: Path) -> str:
    """A path relative to the working directory or to the folder of the test."""
    near = folder / name
    return str(near) if name and "://" not in name and not Path(name).exists() and near.exists() else name


def assert_passed(operation: Operation, verdict: Verdict) -> None:
    """Pass, fail or skip a test by the verdict of its operation."""
    found = report_of(verdict)
    messages = [*found.errors, *found.cut_short, *found.notes]
    print(verdict_line(found), *messages, sep="\n")  # noqa: T201 - pytest shows it with a failure, or with -rP
    if found.failures:
        text = "\n\n".join("\n".join(describe(failure)) for failure in found.failures)
        pytest.fail(f"{operation.label} does not match the document\n\n{text}", pytrace=False)
    if found.setup_problem:
        pytest.skip(found.setup_problem)
    if found.shortfalls:
        pytest.fail("\n".join(found.shortfalls), pytrace=False)
    if not found.count(State.VERIFIED):
        pytest.skip(
            f"no requirement of {operation.label} was verified: {'; '.join(messages) or 'none was covered'}"
        )
