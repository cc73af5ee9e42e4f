"""The problem catalogue: the mock's own entries, extended by a project's.

A catalogue is a YAML file with `problems` (entries by name) and `extensions` (members of every problem). An
entry of the project overrides the fields of the mock's entry with the same name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import TYPE_CHECKING

from signoff.contract import DataError, Problem, read
from signoff.contract.problem import STANDARD_MEMBERS, status_phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from signoff.contract import JsonObject, JsonValue, Source

NO_VALUES: Mapping[str, str] = MappingProxyType({})
_OWN = Path(__file__).with_name("problems.yaml")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One kind of problem.

    Attributes:
        detail: text with `$name` placeholders.
        extensions: further members; their texts may have placeholders too.
    """

    status: int
    title: str
    detail: str
    extensions: JsonObject


class ProblemError(Exception):
    """A problem of the catalogue; a handler raises or returns it.

    The mock raises it too, for its own entries.

    Args:
        name: the entry.
        errors: the `errors` array, one object per error.
        values: the values of the entry's placeholders.
    """

    def __init__(self, name: str, /, *, errors: Sequence[JsonObject] = (), **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.errors = errors
        self.notes: tuple[str, ...] = ()  # for the log
        self.values = {key: str(value) for key, value in values.items()}


class ProblemCatalogue:
    """The problems by name, with the type URIs of one document."""

    def __init__(self, entries: Mapping[str, CatalogueEntry], type_base: str | None) -> None:
        self._entries = entries
        self._type_base = type_base

    def status_of(self, name: str) -> int:
        """The status of an entry."""
        return self._entries[name].status

    def __contains__(self, name: str) -> bool:
        """Whether there is an entry with that name."""
        return name in self._entries

    def problem(
        self,
        name: str,
        *,
        status: int | None = None,
        instance: str | None = None,
        operation_id: str | None = None,
        errors: Sequence[JsonObject] = (),
        values: Mapping[str, str] = NO_VALUES,
    ) -> Problem:
        """Create a problem.

        Args:
            name: its entry in the catalogue.
            status: overrides the catalogue's status.
            instance: the path of the request, without the server's base path.
            operation_id: the operation; None without one, or if it has no id.
            errors: one entry per error.
            values: placeholder values, besides `$problem`, `$status` and `$operation_id`.
        """
        entry = self._entries[name]
        sent = status or entry.status
        known = {**values, "problem": name, "status": str(sent)}
        if operation_id:
            known["operation_id"] = operation_id
        extensions: dict[str, JsonValue] = {}
        for member, value in entry.extensions.items():
            try:
                extensions[member] = _filled(value, known)
            except KeyError:
                continue  # a placeholder has no value this time
        if errors:
            extensions["errors"] = list(errors)
        return Problem(
            status=sent,
            title=entry.title if self._type_base else status_phrase(sent),
            detail=Template(entry.detail).safe_substitute(known),
            type=f"{self._type_base}{name}" if self._type_base else None,
            instance=instance,
            extensions=extensions,
        )


def load_catalogue(path: str | Path | None, document: JsonObject) -> ProblemCatalogue:
    """Load the mock's own catalogue, extended by a project's.

    Args:
        path: the project's YAML file or its URL; None without one.
        document: the OpenAPI document, for its `x-problem-type-base`.

    Raises:
        SourceError: the file cannot be read.
        DataError: it is invalid.
    """
    entries = _joined({}, read(_OWN))
    if path is not None:
        entries = _joined(entries, read(path))
    base = document.get("x-problem-type-base")
    return ProblemCatalogue(entries, base if isinstance(base, str) else None)


def _joined(known: Mapping[str, CatalogueEntry], source: Source) -> dict[str, CatalogueEntry]:
    """The known entries with those of a file; members of every problem come first."""
    fields = _fields(source, source.value, "", ("extensions", "problems"))
    common = _extensions(source, fields, "")
    joined = dict(known)
    for name, item in _fields(source, fields.get("problems"), "/problems").items():
        joined[name] = _entry(source, name, item, known.get(name))
    return {name: replace(entry, extensions={**common, **entry.extensions}) for name, entry in joined.items()}


def _entry(source: Source, name: str, item: JsonValue, known: CatalogueEntry | None) -> CatalogueEntry:
    place = f"/problems/{name}"
    fields = _fields(source, item, place, ("status", "title", "detail", "extensions"))
    extensions = _extensions(source, fields, place)
    if known is not None:
        fields = {"status": known.status, "title": known.title, "detail": known.detail, **fields}
        extensions = {**known.extensions, **extensions}
    status, title, detail = fields.get("status"), fields.get("title"), fields.get("detail")
    is_status = isinstance(status, int) and not isinstance(status, bool) and 400 <= status <= 599
    if not (is_status and isinstance(title, str) and isinstance(detail, str)):
        raise DataError(
            f"the problem {name!r} needs `status` (400 to 599), `title` and `detail`",
            location=source.locate(place),
        )
    return CatalogueEntry(int(str(status)), title, detail, extensions)


def _fields(source: Source, value: JsonValue, place: str, known: Iterable[str] = ()) -> JsonObject:
    """The fields of a mapping; unknown ones are an error."""
    if not isinstance(value, dict | None):
        raise DataError("must be a mapping", location=source.locate(place))
    for name in value or () if known else ():
        if name not in known:
            close = get_close_matches(name, known, 1)
            raise DataError(
                f"unknown field {name!r}",
                suggestion=f"Did you mean {close[0]!r}?" if close else f"Known fields: {', '.join(known)}.",
                location=source.locate(f"{place}/{name}"),
            )
    return value or {}


def _extensions(source: Source, fields: JsonObject, place: str) -> JsonObject:
    found = _fields(source, fields.get("extensions"), f"{place}/extensions")
    for name, value in found.items():
        where = source.locate(f"{place}/extensions/{name}")
        if name in (*STANDARD_MEMBERS, "errors"):
            raise DataError(f"{name!r} can't be an extension: the mock sets it", location=where)
        if not all(Template(text).is_valid() for text in _texts(value)):
            raise DataError(
                f"{name!r} contains an invalid placeholder. Write $$ for a dollar sign", location=where
            )
    return found


def _texts(value: JsonValue) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in _texts(item)]


def _filled(value: JsonValue, values: Mapping[str, str]) -> JsonValue:
    """`value` with the placeholders in its texts filled in. Raises KeyError if one has no value."""
    if isinstance(value, str):
        return Template(value).substitute(values)
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if isinstance(value, dict):
        return {name: _filled(item, values) for name, item in value.items()}
    return value
