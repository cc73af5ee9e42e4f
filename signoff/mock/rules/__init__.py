"""Rules: other responses than usual, for scenarios of a rule file and for single tests."""

from signoff.mock.rules.book import Decision, RuleBook
from signoff.mock.rules.rule_file import RuleFile, load_rules, no_rules

__all__ = ["Decision", "RuleBook", "RuleFile", "load_rules", "no_rules"]
