"""The resources of an API: which operations list, create, read, change and delete the same things.

How it is inferred. OpenAPI has no word for a resource, but its paths have a shape. A path that ends in a
parameter (`/pets/{petId}`) is the path of an item; the path without it (`/pets`) is the collection. Below an
item are actions (`POST /orders/{id}/cancel`) and further collections (`/owners/{ownerId}/pets`), whose
parent it is. The steps, each linear in the document:

1. `resource_roles`: the operations by the shape of their path, and which shapes are items and collections. A
   path whose GET has a list is never an item: `/repositories/{user}` may list repositories.
2. The role of each operation follows from its method and the place of its path. A list and an item are found
   in envelopes (`signoff.contract.envelopes`).
3. Operations elsewhere join the resource whose schema they share: `/pet/findByStatus`, `PUT /pet`, and
   `/providers/{id}/models` where `/models/{id}` has the items.
4. `resource_ids`: the id is the member of an item that is the value of the path parameter, by documented
   links, then by name (`petId`: `petId`, `id`, `uuid`).
5. Parents, and references: members that have another resource's id (`ownerId`), or the item (`owner`).
6. Lifecycles: a POST creates what has a path below its own, whatever it responds with.

The extension `x-resource`, of a path or an operation, corrects it: a name, `false` for none, or an object
with `name`, `role`, `id` (the member), `parameter` (the path parameter with the id).

    resources = infer(contract)
    resources.all                      every resource, in the document's order
    resources.use_of(operation)        (resource, use) of an operation, or None
    resources.lifecycles               what creates, with the operations on what it creates
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from signoff.contract.json_value import as_object
from signoff.contract.links import links_of
from signoff.contract.names import singular
from signoff.contract.pointer import from_ref, split
from signoff.contract.resource_ids import folded, id_member, references_of
from signoff.contract.resource_model import (
    Lifecycle,
    Parent,
    Reference,
    Resource,
    Resources,
    Role,
    Use,
)
from signoff.contract.resource_roles import PARAMETER, Draft, Roles, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signoff.contract.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema

__all__ = ["Lifecycle", "Parent", "Reference", "Resource", "Resources", "Role", "Use", "infer"]

_COMMON_PARAMETERS = ("id", "uuid", "name", "slug", "key", "code", "version", "type")


_INFERRED: WeakKeyDictionary[Contract, Resources] = WeakKeyDictionary()


def infer(contract: Contract) -> Resources:
    """The resources of a contract, inferred once.

    Raises:
        DocumentError: an `x-resource` is invalid.
    """
    if contract not in _INFERRED:
        roles = Roles(contract)
        found = tuple(_related(_made(contract, roles), roles))
        _INFERRED[contract] = Resources(found, tuple(_lifecycles(contract, roles, found)))
    return _INFERRED[contract]


def _made(contract: Contract, roles: Roles) -> list[Resource]:
    """The resources, without what they have to do with each other."""
    drafts = roles.drafts()
    _make_unique(drafts)
    linked = _linked_members(contract, roles)
    order = {operation.pointer: number for number, operation in enumerate(contract.operations)}
    made = []
    for draft in drafts:
        member = _id_of(draft, linked)
        uses = sorted(draft.uses, key=lambda use: order[use.operation.pointer])
        draft.uses = list(_with_own_items(uses, draft, member))
        parents = tuple(Parent(name) for name in PARAMETER.findall(draft.path))
        schemas = tuple(draft.schemas())
        made.append(
            Resource(
                name=draft.name,
                collection=draft.path,
                item=draft.item,
                id_parameter=draft.parameter,
                id_member=member,
                parents=parents,
                uses=tuple(draft.uses),
                schemas=schemas,
            )
        )
    return made


def _id_of(draft: Draft, linked: Mapping[str, str]) -> str:
    """The member that is the id: as corrected, as documented links say, else by name."""
    if not draft.path:
        return ""
    shown = draft.schemas()
    known = {name for schema in shown for name in _members(schema)}
    named = (id_member(schema, draft.parameter, draft.name) for schema in shown)
    stated = draft.member or linked.get(shape_of(draft.item), "")
    return stated if stated in known else next((name for name in named if name), "")


def _with_own_items(uses: Iterable[Use], draft: Draft, member: str) -> Iterator[Use]:
    """The uses; a response that has no item of the resource, such as a receipt, is left out."""
    own = {u.response.schema.pointer for u in draft.uses if u.response and u.role in ("read", "list")}
    for use in uses:
        shown = use.response
        is_own = shown is None or shown.schema.pointer in own or (member and member in _members(shown.schema))
        yield use if is_own else replace(use, response=None)


def _linked_members(contract: Contract, roles: Roles) -> dict[str, str]:
    """The members that documented links fill the id of an item path from, by the path's shape."""
    found: dict[str, str] = {}
    for operation in contract.operations:
        for response in operation.responses:
            for link in links_of(contract, response):
                path = roles.paths[link.target.pointer]
                for (place, name), expression in link.parameters.items():
                    tokens = _body_tokens(expression)
                    if place == "path" and tokens:
                        found.setdefault(shape_of(_up_to(path, name)), tokens[-1])
    return found


def _body_tokens(expression: JsonValue) -> list[str]:
    start = "$response.body#"
    if not isinstance(expression, str) or not expression.startswith(start):
        return []
    return split(from_ref(f"#{expression.removeprefix(start)}"))


def _related(made: list[Resource], roles: Roles) -> Iterator[Resource]:
    """The resources with the names of their parents, and their references."""
    by_kind: dict[str, Resource] = {}
    by_schema: dict[str, Resource] = {}
    for resource in made:
        by_kind.setdefault(singular(resource.name.rpartition(".")[2]), resource)
        for schema in resource.schemas:
            by_schema.setdefault(schema.pointer, resource)
    owners = _Owners(made)
    for resource in made:
        yield replace(
            resource,
            parents=tuple(owners.parent(resource, each, resource.collection) for each in resource.parents),
            uses=tuple(
                replace(
                    use,
                    parents=tuple(
                        owners.parent(resource, each, roles.paths[use.operation.pointer])
                        for each in use.parents
                    ),
                )
                for use in resource.uses
            ),
            references=tuple(references_of(resource, by_kind, by_schema)),
        )


def _lifecycles(contract: Contract, roles: Roles, resources: Iterable[Resource]) -> Iterator[Lifecycle]:
    """What each POST creates at the path below its own, then what `x-resource` says to be created."""
    at: dict[str, list[Operation]] = {}
    for operation in contract.operations:
        if roles.corrections[operation.pointer].get("name") is not False:
            at.setdefault(_whole_path(operation), []).append(operation)
    for path, on_item in at.items():
        collection, _, last = path.rpartition("/")
        for creator in at.get(collection, ()) if PARAMETER.fullmatch(last) else ():
            role = roles.corrections[creator.pointer].get("role", "create")
            if creator.method == "POST" and role == "create":
                yield Lifecycle(creator, tuple(on_item), last[1:-1])
    for use, read in (pair for resource in resources for pair in _stated(resource)):
        path = _whole_path(read.operation)
        if path.rpartition("/")[0] != _whole_path(use.operation):
            yield Lifecycle(use.operation, tuple(at[path]), read.id_parameter)


def _stated(resource: Resource) -> Iterator[tuple[Use, Use]]:
    """Uses that create an item, each with one that reads it, of which `x-resource` gives a role."""
    for use in resource.of_role("create"):
        known = set(PARAMETER.findall(use.operation.path))
        for read in resource.of_role("read"):
            is_stated = use.is_stated or read.is_stated
            if is_stated and read.id_parameter and known.issuperset(each.parameter for each in read.parents):
                yield use, read


def _whole_path(operation: Operation) -> str:
    return (operation.base_path + operation.path).rstrip("/")


class _Owners:
    """Finds what a path parameter is the id of."""

    def __init__(self, made: Iterable[Resource]) -> None:
        self._by_item: dict[str, Resource] = {}
        self._by_parameter: dict[str, Resource] = {}
        for resource in made:
            if resource.item:
                self._by_item.setdefault(shape_of(resource.item), resource)
            is_common = resource.id_parameter in ("", *_COMMON_PARAMETERS)
            if not is_common and "{" not in resource.collection:  # so that nothing is its own ancestor
                self._by_parameter.setdefault(resource.id_parameter, resource)

    def parent(self, resource: Resource, parent: Parent, path: str) -> Parent:
        """The parent with its resource, and the member of `resource` that has its id."""
        name = parent.parameter
        owner = self._by_item.get(shape_of(_up_to(path, name))) or self._by_parameter.get(name)
        owner = owner if owner is not resource else None
        names = {folded(name)}
        if owner is not None:
            kind = singular(owner.name.rpartition(".")[2])
            names |= {f"{kind}id", f"{kind}uuid", f"{kind}{folded(owner.id_member)}"}
        members = [member for schema in resource.schemas for member in _members(schema)]
        found = (m for m in members if folded(m) in names and (owner is None or m != resource.id_member))
        return Parent(name, owner.name if owner is not None else "", next(found, ""))


def _members(schema: Schema) -> list[str]:
    return list(as_object(schema.view.outline.get("properties")))


def _up_to(path: str, parameter: str) -> str:
    """The beginning of a path that ends in a parameter."""
    return path.partition(f"{{{parameter}}}")[0] + f"{{{parameter}}}"


def _make_unique(drafts: Iterable[Draft]) -> None:
    """Tell resources of one name apart by the words before it: `owners.pets`."""
    taken: set[str] = set()
    for draft in sorted(drafts, key=lambda draft: ("{" in draft.path, not draft.item)):
        literals = [part for part in (draft.path or draft.item).split("/") if part and "{" not in part]
        names = (".".join(literals[-count:]) for count in range(2, len(literals) + 1))
        numbered = (f"{draft.name}-{number}" for number in range(2, len(taken) + 3))
        draft.name = next(name for name in (draft.name, *names, *numbered) if name not in taken)
        taken.add(draft.name)
