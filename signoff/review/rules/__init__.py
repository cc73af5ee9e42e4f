"""The rules: what is asked of every document, one file a family.

A rule is a function registered with a stable id. Importing this package registers all of them.
"""

from signoff.review.rules import (  # noqa: F401 - to import a family is to register its rules
    descriptions,
    documentation,
    errors,
    examples,
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
    values,
)
from signoff.review.rules.registry import RULES, Fault, Profile, Rule, catalogue, rule

__all__ = ["RULES", "Fault", "Profile", "Rule", "catalogue", "rule"]
