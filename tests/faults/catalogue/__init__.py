"""The table of faults and of correct variants, one file a family."""

from tests.faults.catalogue import (
    csv_content,
    inputs,
    json_content,
    methods,
    octets,
    problems,
    requests,
    shapes,
    statuses,
    variants,
)
from tests.faults.catalogue.entry import FAULTS, VARIANTS, Fault, Variant

__all__ = ["FAULTS", "VARIANTS", "Fault", "Variant"]
FAMILIES = (
    *(csv_content, inputs, json_content, methods, octets, problems, requests, shapes, statuses, variants),
)
