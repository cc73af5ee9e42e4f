"""What a reader of a document should know about it: one type for lint, examples and changes alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.contract.pointer import Location


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one place of a document.

    Attributes:
        rule: the id of the rule that found it, in kebab case.
        message: what is the matter, in one sentence.
        suggestion: what to do about it, in one sentence; may be empty.
        location: the place in the file that the author edits.
    """

    rule: str
    severity: Severity
    message: str
    suggestion: str
    location: Location

    @property
    def fingerprint(self) -> str:
        """What stays the same while other parts of the document change: neither line nor list position."""
        pointer = re.sub(r"/\d+(?=/|$)", "/*", self.location.pointer)
        return blake2b(f"{self.rule}\n{pointer}\n{self.message}".encode(), digest_size=8).hexdigest()
