"""Reports: the report model, one writer per format, and the `--report` option."""
