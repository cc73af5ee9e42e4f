"""The contract: an OpenAPI document and everything that only reads it.

`load` gives a `Contract`; nothing here imports the mock server or the tests.
"""

from openapi.contract import (
    Contract,
    Example,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
)
from openapi.document import load
from openapi.errors import DataError, DocumentError, SetUpError, SignoffError, SourceError
from openapi.location import Location
from openapi.packaged import default_document, fixtures_folder
from openapi.problem import Problem
from openapi.schemas import Direction, Schema, Violation

__all__ = [
    "Contract",
    "DataError",
    "Direction",
    "DocumentError",
    "Example",
    "Header",
    "Location",
    "MediaType",
    "Operation",
    "Parameter",
    "Problem",
    "RequestBody",
    "Response",
    "Schema",
    "SetUpError",
    "SignoffError",
    "SourceError",
    "Violation",
    "default_document",
    "fixtures_folder",
    "load",
]
