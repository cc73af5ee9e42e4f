"""Whether a value satisfies any schema of a document, by the document's own compiled validators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.contract.errors import DocumentError
from signoff.contract.schemas import SchemaSet
from signoff.contract.structure import walk

if TYPE_CHECKING:
    from signoff.contract.contract import Contract
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Direction, Schema
    from signoff.review.changes.sets.parts import Conjunction


@dataclass(slots=True)
class Judge:
    """Judges values by any schema of a contract: those inside others and those of webhooks as well.

    The validators are compiled at the first question, since most comparisons ask none.
    """

    contract: Contract
    _schemas: dict[str, Schema] = field(default_factory=dict)
    _is_broken: bool = False

    def takes(self, conjunction: Conjunction, value: JsonValue, direction: Direction) -> bool | None:
        """Whether `value` satisfies every part; None where the document's schemas do not compile."""
        if any(part.raw is False for part in conjunction):
            return False
        try:
            return all(
                self._schema(part.pointer).is_valid(value, direction)
                for part in conjunction
                if isinstance(part.raw, dict)
            )
        except DocumentError:
            self._is_broken = True
        except (ValueError, OverflowError, KeyError):
            pass  # a number that the validator cannot hold, or a place that only the reader made up
        return None

    def _schema(self, pointer: str) -> Schema:
        if self._is_broken:
            raise DocumentError("the schemas do not compile")
        if not self._schemas:
            schemas = SchemaSet(self.contract.bundle)
            self._schemas = {
                node.pointer: schemas.add(node.pointer, node.value)
                for node in walk(self.contract.document)
                if node.kind == "schema"
            }
        return self._schemas[pointer]
