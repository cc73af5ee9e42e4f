"""The table of `signoff mock --list-resources`: what was inferred of each resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.resources import infer
from signoff.printing import on_one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract import Contract
    from signoff.contract.resources import Resource, Use

_HEADINGS = ("RESOURCE", "ROLE", "OPERATION", "ID", "PARENTS")


def resource_lines(contract: Contract) -> Iterator[str]:
    """The resources of a contract as lines of a table: a line for each operation."""
    resources = infer(contract)
    rows = [_HEADINGS]
    for resource in resources.all:
        names = [resource.name, *[""] * len(resource.uses)]
        rows += [_row(name, resource, use) for name, use in zip(names, resource.uses, strict=False)]
    if len(rows) == 1:
        yield f"No resources found in {contract.source_name}."
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        yield "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
    rest = [operation.label for operation in contract.operations if resources.use_of(operation) is None]
    if rest:
        yield f"No resource: {on_one_line(', '.join(rest))}"
    yield "To correct it, set x-resource on a path or operation: a name, false, or name, role, id, parameter."


def _row(name: str, resource: Resource, use: Use) -> tuple[str, str, str, str, str]:
    parents = ", ".join(f"{each.parameter} of {each.resource or '?'}" for each in use.parents)
    member = resource.id_member or "none"
    has_id = use.id_parameter and use.id_parameter != member
    return (
        on_one_line(name),
        use.role,
        on_one_line(use.operation.label),
        on_one_line(f"{use.id_parameter} = {member}" if has_id else member),
        on_one_line(parents),
    )
