"""Custom checks of the reports API that neither a schema nor an `x-conformance` rule can express.

Use them with `signoff test --checks contract_tests/checks`, which loads all modules of the package.
"""
