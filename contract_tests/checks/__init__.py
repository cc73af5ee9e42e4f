"""The checks of the reports API that neither a schema nor an `x-conformance` rule can express.

Use them with `signoff test --checks contract_tests/checks`; each module is searched for its checks.
"""
