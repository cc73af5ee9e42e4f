"""`python -m signoff`: the same as the command `signoff`."""

from signoff.cli import main

main(prog_name="signoff")
