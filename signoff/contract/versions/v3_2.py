"""OpenAPI 3.2 to 3.1: streams of items become lists, and both forms of an example its value (3.2.0).

What is added stands beside what the document says, so that every place of the document stays one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.pointer import to_ref
from signoff.contract.structure import walk

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject


def upgrade(document: JsonObject) -> None:
    """Rewrite the media types and examples of a bundled 3.2 document in place."""
    for node in list(walk(document)):
        if node.kind == "media_type" and "itemSchema" in node.value:
            items: JsonObject = {"$ref": to_ref(f"{node.pointer}/itemSchema")}
            node.value.setdefault("schema", {"type": "array", "minItems": 1, "items": items})
        elif node.kind == "example":
            for field in ("dataValue", "serializedValue"):
                if field in node.value:
                    node.value.setdefault("value", node.value[field])
