"""The rules: what is asked of every document, one file a family.

A rule is a function registered with a stable id. Importing this package registers all of them.
"""

from signoff.review.rules import (
    collections_of_values,
    descriptions,
    documentation,
    errors,
    examples,
    formats,
    hypermedia,
    impossible_compositions,
    impossible_schemas,
    keywords,
    media,
    naming,
    operations,
    paths,
    patterns,
    problems,
    references,
    security,
    servers,
    specification,
    typing_of_values,
)
from signoff.review.rules.registry import RULES, Fault, Profile, Rule, catalogue, rule

__all__ = [
    "RULES",
    "Fault",
    "Profile",
    "Rule",
    "catalogue",
    "collections_of_values",
    "descriptions",
    "documentation",
    "errors",
    "examples",
    "formats",
    "hypermedia",
    "impossible_compositions",
    "impossible_schemas",
    "keywords",
    "media",
    "naming",
    "operations",
    "paths",
    "patterns",
    "problems",
    "references",
    "rule",
    "security",
    "servers",
    "specification",
    "typing_of_values",
]
