"""The program `signoff`, also as `python -m signoff`."""

from __future__ import annotations

from signoff import signals


def main() -> None:
    """Run the command line; signals are handled while it is imported, too."""
    with signals.owned(is_program=True):
        from signoff import cli  # noqa: PLC0415 - a signal during the import is handled

        cli.main(prog_name="signoff")


if __name__ == "__main__":
    main()
