"""The options of `signoff test` on what is checked and demanded, and the lists of checks and clauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from signoff.conformance.checks import CHECKS, RELATIONS
from signoff.conformance.evidence import rule_clauses
from signoff.conformance.selection import REQUIREMENTS, Requirement, Selection, selection_of
from signoff.contract import requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.conformance.checks import Check, Relation
    from signoff.contract import Contract

    F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Demands:
    """What a user asks of the checks.

    Attributes:
        only, skipped: checks by id or family.
        require: what must have been shown for a pass.
        max_response_time_s: how long an answer may take; None for as long as it likes.
    """

    only: tuple[str, ...]
    skipped: tuple[str, ...]
    require: Requirement
    max_response_time_s: float | None

    def selection(self, contract: Contract) -> Selection:
        """The checks to make. Raises SetUpError: there is no such check."""
        return selection_of(contract, self.only, self.skipped)


def demand_options(function: F) -> F:
    """Add the options to a command, which hands them to `demands_of`."""
    for option in (
        click.option(
            "--max-response-time",
            type=click.FloatRange(0, min_open=True),
            help="Fail on an answer that takes longer, in seconds.",
        ),
        click.option(
            "--require",
            type=click.Choice(REQUIREMENTS),
            default=REQUIREMENTS[0],
            show_default=True,
            help="What a pass takes.",
        ),
        click.option("--skip", multiple=True, help="Leave out a check or family by its id. Repeatable."),
        click.option("--check", "checks", multiple=True, help="Make only this check or family. Repeatable."),
        click.option("--list-clauses", is_flag=True, help="Print the clauses of DOCUMENT and stop."),
        click.option("--list-checks", is_flag=True, help="Print the catalogue of checks and stop."),
    ):
        function = option(function)
    return function


def demands_of(options: dict[str, Any]) -> Demands:
    """The options of `demand_options`, taken out of a command's."""
    return Demands(
        options.pop("checks"),
        options.pop("skip"),
        cast("Requirement", options.pop("require")),
        options.pop("max_response_time"),
    )


def listed_checks() -> Iterator[str]:
    """The catalogue: each check with its severity, what it demands, why, and whence."""
    family = ""
    entries: list[Check | Relation] = [*CHECKS.values(), *RELATIONS.values()]
    for check in sorted(entries, key=lambda entry: entry.family):
        if check.family != family:
            family = check.family
            yield f"{family.replace('_', '-')}"
        yield f"  {check.id} ({check.severity.value})"
        yield f"    {' '.join((check.find.__doc__ or '').split())}"
        yield f"    {check.rationale} [{check.source}]"


def listed_clauses(contract: Contract, selection: Selection) -> Iterator[str]:
    """Each clause of a contract: its id, what it says, and where in the document."""
    found = [*requirements.clauses(contract), *rule_clauses(contract, selection)]
    for operation in contract.operations:
        yield operation.label
        for clause in (entry for entry in found if entry.operation == operation.id):
            place = contract.locate(clause.pointer)
            yield f"  {clause.id}"
            yield f"    {clause.title} [{place}]"
