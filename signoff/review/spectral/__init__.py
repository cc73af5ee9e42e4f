"""Spectral rulesets: their declarative rules run like rules of the review.

`ruleset` reads the files and merges what they extend. `definitions` makes a rule of each entry: JSONPaths
(`paths`, with the JavaScript of their `filters`) that select values in the document (`tree`), and `functions`
that check them. `rules` registers the result. What needs JavaScript is not run: it is reported by the rule
`unsupported-spectral-rule`, with the names of the rules that are not checked.

A ruleset may come from anywhere: nothing in it is executed, URLs are not fetched, regular expressions run
within a bound, and a path costs at most the size of the document for each of its steps.
"""

from signoff.review.spectral.rules import UNSUPPORTED, spectral_rules

__all__ = ["UNSUPPORTED", "spectral_rules"]
