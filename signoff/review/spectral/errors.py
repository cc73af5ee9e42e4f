"""Why a rule of a ruleset is not checked, or not everywhere. Neither reaches the user as an error."""

from __future__ import annotations


class NotSupported(Exception):  # noqa: N818 - a statement, not an error
    """Signoff can't run a part of a rule. The message names the part, as in "the function `foo`"."""


class NotChecked(Exception):  # noqa: N818 - a statement, not an error
    """A bound ended a rule. The message names the bound."""
