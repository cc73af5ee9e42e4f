"""The data file of a target: what exists there, what is forbidden, what is missing, and credentials.

Its format is a JSON Schema, `fixtures/targets/target-data.schema.yaml`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import jsonschema_rs

from openapi import DataError, fixtures_folder
from openapi.pointer import join
from openapi.source import read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openapi.json_value import JsonValue
    from openapi.source import Source

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Values of one path parameter, by what becomes of a request that names them."""

    existing: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetData:
    """What the tests know about a target.

    Attributes:
        values: known values by the name of the path parameter.
        headers: sent with every request, environment variables filled in.
    """

    values: Mapping[str, KnownValues] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def known(self, name: str) -> KnownValues:
        """The known values of a parameter; none where the file does not name it."""
        return self.values.get(name, KnownValues())


def default_data_file() -> Path:
    """The data of the default contract: it holds for the mock and for the example server."""
    return fixtures_folder() / "targets" / "reports.yaml"


def load_data(path: str | Path) -> TargetData:
    """Read a data file.

    Raises:
        SourceError: it cannot be read.
        DataError: it breaks its schema, or names an environment variable that is not set.
    """
    source = read(path)
    _validate(source)
    value = source.value
    content = value if isinstance(value, dict) else {}
    values, headers = content.get("values", {}), content.get("headers", {})
    return TargetData(
        values={
            name: KnownValues(**{kind: _texts(item) for kind, item in known.items()})
            for name, known in (values.items() if isinstance(values, dict) else ())
            if isinstance(known, dict)
        },
        headers={
            name: _filled(source, f"/headers/{name}", str(text))
            for name, text in (headers.items() if isinstance(headers, dict) else ())
        },
    )


def _validate(source: Source) -> None:
    schema = read(fixtures_folder() / "targets" / "target-data.schema.yaml").value
    validator = jsonschema_rs.Draft202012Validator(schema if isinstance(schema, dict) else True)
    for error in validator.iter_errors(source.value):
        place = source.locate(join(error.instance_path))
        raise DataError(
            f"the data file breaks its format: {error.message}",
            mend="It holds `values` (by parameter: existing, forbidden, missing) and `headers`.",
            location=place,
        )


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _filled(source: Source, pointer: str, text: str) -> str:
    """The text with `${NAME}` replaced by environment variables."""
    missing = [name for name in _VARIABLE.findall(text) if name not in os.environ]
    if missing:
        raise DataError(
            f"the environment variable {missing[0]} is not set",
            mend=f"Set {missing[0]}, or leave the header out.",
            location=source.locate(pointer),
        )
    return _VARIABLE.sub(lambda match: os.environ[match[1]], text)
