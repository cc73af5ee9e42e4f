"""The rules: what is asked of every document, one file a family.

A rule is a function registered with a stable id. Importing this package registers all of them.
"""

from openapi.review.rules import (
    collections_of_values,
    documentation,
    errors,
    examples,
    formats,
    impossible_compositions,
    impossible_schemas,
    keywords,
    media,
    naming,
    operations,
    paths,
    patterns,
    problems,
    prose,
    prose_of_presence,
    references,
    security,
    servers,
    specification,
    typing_of_values,
)
from openapi.review.rules.registry import RULES, Fault, Profile, Rule, catalogue

__all__ = [
    "RULES",
    "Fault",
    "Profile",
    "Rule",
    "catalogue",
    "collections_of_values",
    "documentation",
    "errors",
    "examples",
    "formats",
    "impossible_compositions",
    "impossible_schemas",
    "keywords",
    "media",
    "naming",
    "operations",
    "paths",
    "patterns",
    "problems",
    "prose",
    "prose_of_presence",
    "references",
    "security",
    "servers",
    "specification",
    "typing_of_values",
]
