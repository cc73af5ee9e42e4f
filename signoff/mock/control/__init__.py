"""The control API under `/__signoff`: journal, scenarios, rules and state of a running mock, for tests."""
