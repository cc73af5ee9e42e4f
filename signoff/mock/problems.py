"""The problems that the mock answers with, from the catalogue `fixtures/problems.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from types import MappingProxyType
from typing import TYPE_CHECKING

from signoff.contract import DataError, Problem
from signoff.contract.json_value import as_list
from signoff.contract.problem import status_phrase
from signoff.contract.source import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.source import Source


NO_VALUES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One kind of problem; see the head of the catalogue for its fields."""

    code: str
    status: int
    title: str
    detail: Template
    actions: tuple[JsonObject, ...]
    retry_after_seconds: int | None


class ProblemCatalogue:
    """All kinds of problems, by code, with the type URIs of one document."""

    def __init__(self, entries: Mapping[str, CatalogueEntry], type_base: str | None) -> None:
        self._entries = entries
        self._type_base = type_base

    def status_of(self, code: str) -> int:
        """The status that the catalogue gives to a kind of problem."""
        return self._entries[code].status

    def problem(
        self,
        code: str,
        *,
        status: int | None = None,
        instance: str | None = None,
        operation_id: str | None = None,
        errors: Sequence[JsonObject] = (),
        values: Mapping[str, str] = NO_VALUES,
    ) -> Problem:
        """One occurrence of a problem.

        Args:
            code: its name in the catalogue.
            status: where it is another one than the catalogue's.
            instance: the path of the request, without the server's base path.
            operation_id: the operation that a recovery action leads back to.
            errors: one entry for each fault of the request.
            values: what the detail's `$names` stand for.
        """
        entry = self._entries[code]
        extensions: dict[str, JsonValue] = {"code": code}
        if entry.retry_after_seconds is not None:
            extensions["retry_after_seconds"] = entry.retry_after_seconds
        if entry.actions and operation_id:
            extensions["allowed_actions"] = [
                {**action, "operation_id": operation_id} for action in entry.actions
            ]
        if errors:
            extensions["errors"] = list(errors)
        sent = status or entry.status
        return Problem(
            status=sent,
            title=entry.title if self._type_base else status_phrase(sent),
            detail=entry.detail.safe_substitute(values),
            type=f"{self._type_base}{code}" if self._type_base else None,
            instance=instance,
            extensions=extensions,
        )


def load_catalogue(path: Path, document: JsonObject) -> ProblemCatalogue:
    """Read the catalogue.

    Args:
        path: the YAML file.
        document: the OpenAPI document, for its `x-problem-type-base`.

    Raises:
        DataError: an entry lacks a field or has one of the wrong kind.
    """
    source = read(path)
    value = source.value
    if not isinstance(value, dict):
        raise DataError("the problem catalogue is no mapping", location=source.locate(""))
    base = document.get("x-problem-type-base")
    entries = {code: _entry(source, code, item) for code, item in value.items()}
    return ProblemCatalogue(entries, base if isinstance(base, str) else None)


def _entry(source: Source, code: str, item: JsonValue) -> CatalogueEntry:
    fields = item if isinstance(item, dict) else {}
    status, title, detail = fields.get("status"), fields.get("title"), fields.get("detail")
    actions, retry = fields.get("actions", []), fields.get("retry_after_seconds")
    is_sound = (
        isinstance(status, int)
        and 400 <= status <= 599
        and isinstance(title, str)
        and isinstance(detail, str)
        and isinstance(actions, list)
        and (retry is None or isinstance(retry, int))
    )
    if not is_sound:
        raise DataError(
            f"the problem {code!r} needs a status from 400 to 599, a title and a detail",
            location=source.locate(f"/{code}"),
        )
    return CatalogueEntry(
        code=code,
        status=int(str(status)),
        title=str(title),
        detail=Template(str(detail)),
        actions=tuple(action for action in as_list(actions) if isinstance(action, dict)),
        retry_after_seconds=retry if isinstance(retry, int) else None,
    )
