"""The finding: one type for lint rules and example checks."""

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
    """One finding at one place of a document.

    Attributes:
        rule: the id of the rule, in kebab case.
        message: the problem, in one sentence.
        suggestion: how to fix it, in one sentence; may be empty.
        location: the place in the author's file.
        also_at: other places with the same finding.
    """

    rule: str
    severity: Severity
    message: str
    suggestion: str
    location: Location
    also_at: tuple[Location, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A stable id: independent of line numbers, list positions and changes elsewhere in the document."""
        pointer = re.sub(r"/\d+(?=/|$)", "/*", self.location.pointer)
        return blake2b(f"{self.rule}\n{pointer}\n{self.message}".encode(), digest_size=8).hexdigest()
