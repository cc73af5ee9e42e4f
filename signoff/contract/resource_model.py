"""The model of resources: which operations list, create, read, change and delete the same things.

`signoff.contract.resources` infers it from a contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from signoff.contract.contract import Operation
    from signoff.contract.envelopes import Held
    from signoff.contract.schemas import Schema

Role = Literal["list", "create", "read", "replace", "update", "delete", "action"]


@dataclass(frozen=True, slots=True)
class Parent:
    """A path parameter before the item's own: whose collection it is.

    Attributes:
        parameter: the name of the path parameter.
        resource: the name of the parent; empty if no path has its items.
        member: the member of the items that has the parent's id; empty if the schema has none.
    """

    parameter: str
    resource: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A member of an item that refers to another item.

    Attributes:
        member: the name of the member.
        resource: the name of what it refers to.
        is_embedded: whether the member has the other item itself, not its id.
        is_list: whether it has several.
        stem: equal for the members that refer to the same item: `owner` of `owner` and `ownerId`.
    """

    member: str
    resource: str
    is_embedded: bool
    is_list: bool
    stem: str


@dataclass(frozen=True, slots=True)
class Use:
    """What one operation does with a resource.

    Attributes:
        id_parameter: the path parameter that has the item's id. Empty if none does: the id is in the body
            (`PUT /pet`), is new (`POST /pets`), follows from the user (`GET /me`), or there is only one item.
        parents: the path parameters before it, each with what it is the id of.
        response: where the first success has the items or the item; None if it has neither.
        body: where the request body has the item, or several; None without one.
        is_stated: whether `x-resource` gives the role.
    """

    operation: Operation
    role: Role
    id_parameter: str = ""
    parents: tuple[Parent, ...] = ()
    response: Held | None = None
    body: Held | None = None
    is_stated: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its paths, its id and the operations on it.

    Attributes:
        name: unique in the contract; the last word of its path, such as `pets`.
        collection: the path of the collection, below the contract's base path; empty for a single item, such
            as `/settings`.
        item: the path of an item, which may have no operation of its own; empty without one.
        id_parameter: the path parameter that has the id; empty without one.
        id_member: the member of an item that is its id; empty if the schema has none.
        parents: what the key of an item has besides its id; empty if ids alone are unique.
        uses: its operations, in the document's order.
        schemas: the schemas that its items are shown by, the fullest use (reading one) first.
        references: the members that refer to other items, or its own.
    """

    name: str
    collection: str
    item: str
    id_parameter: str
    id_member: str
    parents: tuple[Parent, ...]
    uses: tuple[Use, ...]
    schemas: tuple[Schema, ...]
    references: tuple[Reference, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether there is one item only, without an id."""
        return not self.collection

    def of_role(self, *roles: Role) -> list[Use]:
        """The uses with one of some roles, in the order of the roles."""
        return [use for role in roles for use in self.uses if use.role == role]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """An operation that creates something, and the operations on what it creates.

    Attributes:
        on_item: those of one path, in the document's order.
        parameter: the path parameter that has the id of what is created.
    """

    creator: Operation
    on_item: tuple[Operation, ...]
    parameter: str

    @property
    def reader(self) -> Operation | None:
        """The operation that reads what is created; None without one."""
        return next((operation for operation in self.on_item if operation.method == "GET"), None)


@dataclass(frozen=True)
class Resources:
    """The resources of a contract, and the lifecycles of what its operations create."""

    all: tuple[Resource, ...]
    lifecycles: tuple[Lifecycle, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, Resource]:
        return {resource.name: resource for resource in self.all}

    @cached_property
    def _by_operation(self) -> dict[str, tuple[Resource, Use]]:
        return {use.operation.pointer: (resource, use) for resource in self.all for use in resource.uses}

    def named(self, name: str) -> Resource | None:
        """The resource with that name."""
        return self._by_name.get(name)

    def use_of(self, operation: Operation) -> tuple[Resource, Use] | None:
        """The resource that an operation belongs to, and what it does with it."""
        return self._by_operation.get(operation.pointer)

    def created_by(self, operation: Operation) -> list[Lifecycle]:
        """The lifecycles that an operation begins."""
        return [each for each in self.lifecycles if each.creator.pointer == operation.pointer]

    def with_item_of(self, operation: Operation) -> list[Lifecycle]:
        """The lifecycles of what an operation acts on."""
        pointer = operation.pointer
        return [each for each in self.lifecycles if any(on.pointer == pointer for on in each.on_item)]
