"""Loads the plugin for `pytest contract_tests` in a checkout."""

pytest_plugins = ["signoff.conformance.plugin"]
