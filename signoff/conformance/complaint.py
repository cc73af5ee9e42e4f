"""What an independent validator finds wrong with an exchange, or why it can't judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "media type", "schema", "header", "parameter", "empty"]


class CannotJudgeError(Exception):
    """The validator can't judge an exchange. The text is the reason."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the validator finds wrong; `places` are JSON Pointers into a body, or the name of a parameter."""

    kind: Kind
    text: str
    places: tuple[str, ...] = ()
