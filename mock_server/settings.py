"""What a user can set about the mock server."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """How the mock answers.

    Attributes:
        seed: what all made-up values follow from; the same seed gives the same bytes.
        cors: whether browsers of any origin may read the answers.
        auth: whether the document's security requirements are enforced.
        max_body_bytes: the largest request body that is read.
    """

    seed: int = 0
    cors: bool = True
    auth: bool = True
    max_body_bytes: int = 10 * MEBIBYTE
