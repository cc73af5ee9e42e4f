"""The path values that a data file lists as missing or forbidden, which the mock answers as a server would.

The file is that of the contract tests, which validate all of it: see docs/test.md. Only `missing` and
`forbidden` of `values`, and of single `operations`, matter here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from signoff.contract import DataError
from signoff.contract.json_value import as_list, as_object
from signoff.contract.source import read
from signoff.mock.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from signoff.contract import Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.requests import ParsedRequest

Verdict = Literal["missing", "forbidden"]
_VERDICTS: tuple[Verdict, ...] = ("forbidden", "missing")


@dataclass(frozen=True, slots=True)
class KnownIds:
    """The values of path parameters that don't exist, or that the user is denied.

    Attributes:
        values: the verdicts by operation (empty for all), parameter and value.
    """

    values: Mapping[tuple[str, str, str], Verdict]

    def verdict(self, operation: Operation, parsed: ParsedRequest) -> tuple[Verdict, str] | None:
        """The verdict on the first path value that the file lists, and the value; None without one."""
        for (place, name), value in parsed.parameters.items() if self.values else ():
            for owner in (operation.id, operation.label, "") if place == "path" else ():
                found = self.values.get((owner, name, str(value)))
                if found is not None:
                    return found, str(value)
        return None

    def check(self, operation: Operation, parsed: ParsedRequest) -> None:
        """Check that no path value is listed as missing or forbidden.

        Raises:
            ProblemError: one is.
        """
        found = self.verdict(operation, parsed)
        if found is not None:
            verdict, value = found
            can_deny = any(response.status.upper() in ("403", "4XX") for response in operation.responses)
            name = "access_denied" if verdict == "forbidden" and can_deny else "resource_not_found"
            raise ProblemError(name, id=value, resource=operation.path)


NO_KNOWN_IDS = KnownIds({})


def load_known_ids(path: str | Path) -> KnownIds:
    """Read the missing and forbidden values of a data file.

    Raises:
        SourceError: it cannot be read.
        DataError: it is not an object.
    """
    source = read(path)
    if not isinstance(source.value, dict):
        raise DataError("invalid data file: it is not an object", location=source.locate(""))
    found = dict(_listed("", source.value))
    for name, operation in as_object(source.value.get("operations")).items():
        found |= _listed(name, operation)
    return KnownIds(found)


def _listed(owner: str, content: JsonValue) -> dict[tuple[str, str, str], Verdict]:
    return {
        (owner, name.removeprefix("path."), str(value)): verdict
        for name, known in as_object(as_object(content).get("values")).items()
        for verdict in _VERDICTS
        for value in as_list(as_object(known).get(verdict))
    }
