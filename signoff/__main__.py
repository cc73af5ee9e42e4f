"""The program `signoff`, also as `python -m signoff`."""

from __future__ import annotations

import os

from signoff import signals

# Hypothesis keeps caches in the working directory, unless this names another one. Nothing can be created in
# os.devnull, and Hypothesis does without them.
_HYPOTHESIS = "HYPOTHESIS_STORAGE_DIRECTORY"


def main() -> None:
    """Run the command line; signals are handled while it is imported, too."""
    with signals.owned(is_program=True):
        os.environ.setdefault(_HYPOTHESIS, os.devnull)
        from signoff import cli  # noqa: PLC0415 - a signal during the import is handled

        cli.main(prog_name="signoff")


if __name__ == "__main__":
    main()
