"""Lists with more items than the mock keeps: those are not the items of a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.mock.world.base_world import LARGEST

if TYPE_CHECKING:
    from signoff.contract import Contract


def large_lists(contract: Contract) -> list[str]:
    """One sentence with its location for each list whose `minItems` is larger."""
    offers = [
        offer
        for operation in contract.operations
        for response in operation.responses
        for offer in response.content
        if offer.schema is not None
    ]
    found = {}
    for offer in offers:
        least = offer.schema.view.flat.get("minItems") if offer.schema is not None else None
        if isinstance(least, int | float) and least > LARGEST:
            found[offer.pointer] = (
                f"{contract.locate(offer.pointer)}: the list has at least {least:,} items, and the mock keeps"
                f" {LARGEST:,} of a resource, so its items are generated and can't be read by their ids"
            )
    return list(found.values())
