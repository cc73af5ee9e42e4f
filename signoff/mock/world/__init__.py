"""The interface to the entities of a mocked API: which there are, and what each one is.

An operation's response is made of these two questions only, so that a store of changes can stand in front:
the base world (`signoff.mock.world.base_world.BaseWorld`) has what follows from the document and the seed,
and a world with state answers from its own store first and asks the base world for the rest.

An entity is a plain JSON object with all the members that any operation shows of it. The items of other
resources that are embedded in it are looked up when it is shown (`signoff.mock.world.showing`). It is never
changed in place; copy it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract.json_value import JsonObject
    from signoff.contract.resources import Resource
    from signoff.mock.listing.index import ListIndex

# The ids of the parents in the order of `Resource.parents`, as texts (percent-decoded).
Parents: TypeAlias = "tuple[str, ...]"


class World(Protocol):
    """The entities of an API, as one request sees them. Ids are texts: `str` of the member's value."""

    def ids(self, resource: Resource, parents: Parents = ()) -> Sequence[str]:
        """The ids of a collection, in order; of a single item (`/settings`) the empty text."""

    def listing(self, resource: Resource, parents: Parents = ()) -> ListIndex:
        """The items of a collection, to be filtered and sorted; not to be kept for another request."""

    def entity(self, resource: Resource, item_id: str, parents: Parents = ()) -> JsonObject | None:
        """An entity; None if it was deleted, or if it is unknown and ids are not open."""
