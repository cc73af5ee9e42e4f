"""The contract: an OpenAPI document, loaded and compiled.

`load` returns a `Contract`. Nothing here imports the mock server or the tests.
"""

from signoff.contract.contract import (
    Contract,
    Example,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
)
from signoff.contract.document import load
from signoff.contract.errors import DataError, DocumentError, SetupError, SignoffError, SourceError
from signoff.contract.json_value import JsonObject, JsonValue
from signoff.contract.pointer import Location
from signoff.contract.problem import Problem
from signoff.contract.schemas import Direction, Schema, Violation
from signoff.contract.source import Source, read

__all__ = [
    "Contract",
    "DataError",
    "Direction",
    "DocumentError",
    "Example",
    "Header",
    "JsonObject",
    "JsonValue",
    "Location",
    "MediaType",
    "Operation",
    "Parameter",
    "Problem",
    "RequestBody",
    "Response",
    "Schema",
    "SetupError",
    "SignoffError",
    "Source",
    "SourceError",
    "Violation",
    "load",
    "read",
]
