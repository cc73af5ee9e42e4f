"""The built-in rules, by topic.

A rule is a function with a stable id. Importing this package registers all of them.
"""

from signoff.review.rules import (  # noqa: F401 - importing a module registers its rules
    descriptions,
    documentation,
    errors,
    examples,
    formats,
    impossible_schemas,
    keywords,
    lifecycle,
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
    stability,
    values,
)
from signoff.review.rules.registry import RULES, Fault, Profile, Rule, catalogue, rule

__all__ = ["RULES", "Fault", "Profile", "Rule", "catalogue", "rule"]
