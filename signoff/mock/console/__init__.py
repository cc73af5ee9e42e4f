"""The console: one page in the browser for the journal, scenarios, state and routes of a running mock."""
