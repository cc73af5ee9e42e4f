"""References by anchor, which 3.1 brought, as references by place (JSON Schema 2020-12, section 8.2.2).

Schemas are compiled as parts of the whole document, where a validator looks for anchors in vain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.pointer import to_ref
from signoff.contract.structure import walk

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject


def upgrade(document: JsonObject) -> None:
    """Rewrite the references of a bundled document in place.

    A dynamic reference leads to the one schema that has its anchor. Where there are several, which one it is
    depends on the way there, and it is left out: then the place admits any value.
    """
    schemas = [node for node in walk(document) if node.kind == "schema"]
    anchors: dict[str, list[str]] = {}
    for node in schemas:
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(node.value.get(keyword), str):
                anchors.setdefault(f"#{node.value[keyword]}", []).append(node.pointer)
    for node in schemas if anchors else ():
        ref, dynamic = node.value.get("$ref"), node.value.get("$dynamicRef")
        if isinstance(ref, str) and ref in anchors:
            node.value["$ref"] = to_ref(anchors[ref][0])
        elif isinstance(dynamic, str) and dynamic in anchors:
            del node.value["$dynamicRef"]
            if ref is None and len(anchors[dynamic]) == 1:
                node.value["$ref"] = to_ref(anchors[dynamic][0])
