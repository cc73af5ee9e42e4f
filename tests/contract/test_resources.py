"""What belongs to one resource, inferred from the document alone."""

import gc
import re
import weakref

import pytest
import yaml

import signoff
from signoff.contract import DocumentError
from signoff.contract.resources import infer
from signoff.contract.schema_view import References
from tests.conftest import DOCUMENTS

PETSTORE = {
    "GET /pets": "list",
    "POST /pets": "create",
    "GET /pets/{id}": "read",
    "DELETE /pets/{id}": "delete",
}


def of(document, tmp_path):
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return infer(signoff.load(file))


def published(name):
    return infer(signoff.load(DOCUMENTS / name))


def roles(resource):
    return {use.operation.label: use.role for use in resource.uses}


def described(schema):
    return {"description": "ok", "content": {"application/json": {"schema": schema}}}


def operation(path, schema=None, status="200", body=None, **more):
    names = re.findall(r"\{(.*?)\}", path)
    made = {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ],
        "responses": {status: described(schema) if schema is not None else {"description": "ok"}},
        **more,
    }
    if body is not None:
        made["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return made


def paths(table):
    """Paths of a document from `{"GET /pets": (schema, status)}`."""
    found = {}
    for label, given in table.items():
        method, _, path = label.partition(" ")
        found.setdefault(path, {})[method.lower()] = operation(path, **given)
    return found


def document(table, **schemas):
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": paths(table),
        "components": {"schemas": schemas},
    }


def named(name):
    return {"$ref": f"#/components/schemas/{name}"}


def thing(*members):
    return {"type": "object", "properties": {name: {"type": "string"} for name in members}}


def listed(item):
    return {"type": "array", "items": item}


PET = thing("id", "name")

# A published document, the resource, its item path, the id, and the roles of its operations.
PUBLISHED = [
    (
        "museum.yaml",
        "special-events",
        "/special-events/{eventId}",
        ("eventId", "eventId"),
        {
            "GET /special-events": "list",
            "POST /special-events": "create",
            "GET /special-events/{eventId}": "read",
            "PATCH /special-events/{eventId}": "update",
            "DELETE /special-events/{eventId}": "delete",
        },
    ),
    ("museum.yaml", "tickets", "/tickets/{ticketId}", ("ticketId", "ticketId"), {"POST /tickets": "create"}),
    ("museum.yaml", "museum-hours", "", ("", ""), {"GET /museum-hours": "list"}),
    (
        "petstore-3.yaml",
        "pet",
        "/pet/{petId}",
        ("petId", "id"),
        {
            "PUT /pet": "replace",
            "POST /pet": "create",
            "GET /pet/findByStatus": "list",
            "GET /pet/findByTags": "list",
            "GET /pet/{petId}": "read",
            "POST /pet/{petId}": "update",
            "DELETE /pet/{petId}": "delete",
            "POST /pet/{petId}/uploadImage": "action",
        },
    ),
    (
        "petstore-3.yaml",
        "user",
        "/user/{username}",
        ("username", "username"),
        {
            "POST /user": "create",
            "POST /user/createWithList": "create",
            "GET /user/{username}": "read",
            "PUT /user/{username}": "replace",
            "DELETE /user/{username}": "delete",
        },
    ),
    (
        "petstore-expanded-2.0.yaml",
        "pets",
        "/pets/{id}",
        ("id", "id"),
        PETSTORE,
    ),
    (
        "petstore-separate-2.0/spec/swagger.yaml",
        "pets",
        "/pets/{id}",
        ("id", "id"),
        PETSTORE,
    ),
    (
        "everruns-2026-01.json",
        "llm-models",
        "/v1/llm-models/{id}",
        ("id", "id"),
        {
            "GET /v1/llm-models": "list",
            "GET /v1/llm-models/{id}": "read",
            "DELETE /v1/llm-models/{id}": "delete",
            "PATCH /v1/llm-models/{id}": "update",
            "GET /v1/llm-providers/{provider_id}/models": "list",
            "POST /v1/llm-providers/{provider_id}/models": "create",
        },
    ),
]


@pytest.mark.parametrize(("file", "name", "item", "identity", "expected"), PUBLISHED)
def test_published_documents(file, name, item, identity, expected):
    found = published(file).named(name)
    assert (found.item, (found.id_parameter, found.id_member)) == (item, identity)
    assert roles(found) == expected


def test_an_id_comes_from_a_documented_link():
    found = published("link-example-3.0.yaml").named("pullrequests")
    assert (found.id_parameter, found.id_member) == ("pid", "id")
    assert [(parent.parameter, parent.resource) for parent in found.parents] == [
        ("username", "users"),
        ("slug", "repositories"),
    ]


def test_a_path_whose_get_has_a_list_is_no_item():
    found = published("link-example-3.0.yaml").named("repositories")
    assert (found.collection, found.item) == (
        "/2.0/repositories/{username}",
        "/2.0/repositories/{username}/{slug}",
    )
    assert roles(found)["GET /2.0/repositories/{username}"] == "list"


def test_a_receipt_is_not_the_item():
    upload = next(use for use in published("petstore-3.yaml").named("pet").uses if use.role == "action")
    assert upload.response is None


def test_an_object_is_not_an_id(tmp_path):
    item = thing("owner", "id")
    item["properties"]["owner"] = thing("login")
    assert of(document({"GET /owners/{owner}": {"schema": item}}), tmp_path).all[0].id_member == "id"


@pytest.mark.parametrize(
    ("parameter", "member"),
    [
        ("petId", "petId"),
        ("petId", "pet_id"),
        ("pet_id", "id"),
        ("petId", "uuid"),
        ("id", "_id"),
        ("slug", "slug"),
        ("pet", "id"),
        ("name", "petName"),
        ("petName", "name"),
        ("orderId", "id"),
    ],
)
def test_the_id_of_an_item_by_name(tmp_path, parameter, member):
    path = f"/pets/{{{parameter}}}"
    found = of(document({f"GET {path}": {"schema": thing("age", member, "color")}}), tmp_path).all[0]
    assert (found.id_parameter, found.id_member) == (parameter, member)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        (listed(named("Pet")), ()),
        ({"type": "object", "properties": {"data": listed(named("Pet")), "meta": thing("total")}}, ("data",)),
        ({"type": "object", "properties": {"items": listed(PET), "next_cursor": {}}}, ("items",)),
        ({"type": "object", "properties": {"pets": listed(PET), "tags": listed(thing("a"))}}, ("pets",)),
        (
            {"type": "object", "properties": {"animals": listed(PET), "total": {"type": "integer"}}},
            ("animals",),
        ),
        (
            {
                "type": "object",
                "properties": {"_embedded": {"type": "object", "properties": {"pets": listed(PET)}}},
            },
            ("_embedded", "pets"),
        ),
        (
            {
                "allOf": [
                    {"type": "object", "properties": {"total": {"type": "integer"}}},
                    {"type": "object", "properties": {"results": listed(named("Pet"))}},
                ]
            },
            ("results",),
        ),
        ({"anyOf": [listed(named("Pet")), {"type": "null"}]}, ()),
        (
            {
                "type": "object",
                "properties": {"pets": {"type": "object", "properties": {"items": listed(PET), "total": {}}}},
            },
            ("pets", "items"),
        ),
    ],
)
def test_the_list_is_found_in_its_envelope(tmp_path, schema, path):
    table = {"GET /pets": {"schema": schema}, "GET /pets/{petId}": {"schema": named("Pet")}}
    use = of(document(table, Pet=PET), tmp_path).named("pets").of_role("list")[0]
    assert (use.response.path, use.response.is_list) == (path, True)
    assert set(use.response.schema.raw["properties"]) == {"id", "name"}


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        (named("Pet"), ()),
        ({"type": "object", "properties": {"data": named("Pet")}}, ("data",)),
        ({"type": "object", "properties": {"pet": named("Pet")}}, ("pet",)),
        ({"type": "object", "properties": {"id": {}, "data": thing("a")}}, ()),
        ({"type": "object", "properties": {"pet_id": {}, "items": listed(thing("a"))}}, ()),
        ({"type": "object", "properties": {"a": {}, "b": {}, "c": {}, "members": listed(thing("a"))}}, ()),
        (
            {
                "type": "object",
                "properties": {
                    "data": {"type": "object", "properties": {"gid": {}, "members": listed(thing("gid"))}}
                },
            },
            ("data",),
        ),
        ({"type": "object", "properties": {"id": {}, "toys": listed(thing("id"))}}, ()),
        ({"oneOf": [named("Pet"), {"type": "null"}]}, ()),
    ],
)
def test_the_item_is_found_in_its_envelope(tmp_path, schema, path):
    use = of(document({"GET /pets/{petId}": {"schema": schema}}, Pet=PET), tmp_path).all[0].uses[0]
    assert (use.role, use.response.path, use.response.is_list) == ("read", path, False)


def test_parents_references_and_actions(tmp_path):
    owner, visit = thing("id"), thing("id", "pet_id", "vetId")
    visit["properties"] |= {"pet": named("Pet"), "vets": listed(named("Vet")), "tagIds": listed({})}
    table = {
        "GET /owners/{ownerId}": {"schema": named("Owner")},
        "GET /owners/{ownerId}/pets": {"schema": listed(named("Pet"))},
        "GET /owners/{ownerId}/pets/{petId}": {"schema": named("Pet")},
        "GET /owners/{ownerId}/pets/{petId}/visits/{visitId}": {"schema": named("Visit")},
        "POST /owners/{ownerId}/pets/{petId}/feed": {"status": "204"},
        "GET /vets/{id}": {"schema": named("Vet")},
    }
    made = document(table, Owner=owner, Pet=thing("id", "ownerId"), Visit=visit, Vet=thing("id", "first"))
    found = of(made, tmp_path)
    pets, visits = found.named("pets"), found.named("visits")
    assert [(p.parameter, p.resource, p.member) for p in pets.parents] == [("ownerId", "owners", "ownerId")]
    assert [p.resource for p in visits.parents] == ["owners", "pets"]
    assert visits.parents[1].member == "pet_id"
    assert roles(pets)["POST /owners/{ownerId}/pets/{petId}/feed"] == "action"
    shown = {(r.member, r.resource, r.is_embedded, r.is_list, r.stem) for r in visits.references}
    assert shown == {
        ("pet_id", "pets", False, False, "pet"),
        ("vetId", "vets", False, False, "vet"),
        ("pet", "pets", True, False, "pet"),
        ("vets", "vets", True, True, "vet"),
    }


def test_one_thing_at_two_paths_is_one_resource(tmp_path):
    table = {
        "GET /owners/{ownerId}/pets/{petId}": {"schema": named("Pet")},
        "GET /owners/{ownerId}": {"schema": thing("id")},
        "GET /pets/{petId}": {"schema": named("Pet")},
        "GET /pets/mine": {"schema": listed(named("Pet"))},
        "GET /pet-of-the-day": {"schema": named("Pet")},
    }
    found = of(document(table, Pet=thing("id", "ownerId")), tmp_path)
    pets = found.named("pets")
    assert [resource.name for resource in found.all] == ["owners", "pets"]
    assert pets.parents == ()
    assert roles(pets)["GET /pets/mine"] == "list"
    assert roles(pets)["GET /pet-of-the-day"] == "read"
    nested = next(use for use in pets.uses if use.parents)
    assert (nested.parents[0].resource, nested.parents[0].member) == ("owners", "ownerId")


def test_a_summary_below_a_parent_is_of_the_item_elsewhere(tmp_path):
    table = {
        "GET /shows/{id}/episodes": {"schema": listed(thing("id", "title"))},
        "GET /shows/{id}": {"schema": thing("id")},
        "GET /episodes/{id}": {"schema": thing("id", "title", "text")},
        "GET /shows/{id}/images": {"schema": listed(thing("url"))},
    }
    found = of(document(table), tmp_path)
    assert [resource.name for resource in found.all] == ["shows", "episodes", "images"]
    assert roles(found.named("episodes")) == {
        "GET /shows/{id}/episodes": "list",
        "GET /episodes/{id}": "read",
    }


def test_a_command_is_no_single_item(tmp_path):
    table = {"GET /player": {"schema": thing("device")}, "PUT /player": {"body": thing("position")}}
    assert of(document(table), tmp_path).all == ()


def test_two_resources_of_one_name_are_told_apart(tmp_path):
    table = {
        "GET /users/{id}/settings/{key}": {"schema": thing("key", "a")},
        "GET /teams/{id}/settings/{key}": {"schema": thing("key", "b")},
    }
    names = [resource.name for resource in of(document(table), tmp_path).all]
    assert names == ["settings", "teams.settings"]


def test_a_single_item_has_no_id(tmp_path):
    settings = thing("theme")
    table = {"GET /settings": {"schema": settings}, "PUT /settings": {"schema": settings, "body": settings}}
    found = of(document(table), tmp_path).named("settings")
    assert found.is_single
    assert roles(found) == {"GET /settings": "read", "PUT /settings": "replace"}


def test_x_resource_corrects_name_role_and_id(tmp_path):
    made = document(
        {
            "GET /zoo/{tag}": {"schema": thing("label", "tag", "nickname")},
            "POST /zoo/new": {"schema": thing("label"), "x-resource": {"name": "beasts", "role": "create"}},
            "GET /zoo/map": {"schema": listed(thing("id")), "x-resource": False},
        }
    )
    made["paths"]["/zoo/{tag}"]["x-resource"] = {"name": "beasts", "id": "nickname"}
    found = of(made, tmp_path)
    assert [resource.name for resource in found.all] == ["beasts"]
    assert found.all[0].id_member == "nickname"
    assert roles(found.all[0]) == {"GET /zoo/{tag}": "read", "POST /zoo/new": "create"}


def test_x_resource_gives_an_operation_elsewhere_to_a_resource(tmp_path):
    correction = {"name": "pets", "role": "create"}
    made = document(
        {
            "GET /pets": {"schema": listed(PET)},
            "GET /pets/{petId}": {"schema": PET},
            "POST /adoptions": {"schema": PET, "status": "201", "x-resource": correction},
        }
    )
    found = of(made, tmp_path)
    assert [resource.name for resource in found.all] == ["pets"]
    assert found.all[0].item == "/pets/{petId}"
    assert roles(found.all[0])["POST /adoptions"] == "create"


def lives(found):
    """The lifecycles: what creates, and on what."""
    return {
        lifecycle.creator.label: [operation.label for operation in lifecycle.on_item]
        for lifecycle in found.lifecycles
    }


@pytest.mark.parametrize(
    "shown", [PET, listed(PET), {"type": "object", "properties": {"pets": listed(PET)}}, None]
)
@pytest.mark.parametrize("path", ["/pets", "/owners/{owner}/pets", "/"])
def test_a_post_begins_a_lifecycle_whatever_it_responds_with(tmp_path, path, shown):
    item = f"{path.rstrip('/')}/{{id}}"
    table = {f"POST {path}": {"schema": shown}, f"GET {item}": {"schema": shown}, f"PATCH {item}": {}}
    found = of(document({**table, f"GET {item}/toys": {}, "POST /toys": {}}), tmp_path)
    assert lives(found) == {f"POST {path}": [f"GET {item}", f"PATCH {item}"]}
    assert found.lifecycles[0].parameter == "id"
    assert found.lifecycles[0].reader.label == f"GET {item}"


def test_without_a_read_a_lifecycle_has_no_reader(tmp_path):
    found = of(document({"POST /pets": {"schema": PET}, "DELETE /pets/{id}": {}}), tmp_path)
    assert lives(found) == {"POST /pets": ["DELETE /pets/{id}"]}
    assert found.lifecycles[0].reader is None


@pytest.mark.parametrize(
    ("corrected", "correction", "expected"),
    [
        ("POST /pets", {"role": "action"}, {}),
        ("POST /pets", False, {}),
        ("GET /pets/{id}", False, {"POST /pets": ["DELETE /pets/{id}"]}),
        ("POST /pets", {"role": "create"}, {"POST /pets": ["GET /pets/{id}", "DELETE /pets/{id}"]}),
        ("POST /pets", {"id": "name"}, {"POST /pets": ["GET /pets/{id}", "DELETE /pets/{id}"]}),
    ],
)
def test_x_resource_corrects_lifecycles(tmp_path, corrected, correction, expected):
    table = {"POST /pets": {"schema": PET}, "GET /pets/{id}": {"schema": PET}, "DELETE /pets/{id}": {}}
    table[corrected] |= {"x-resource": correction}
    assert lives(of(document(table), tmp_path)) == expected


@pytest.mark.parametrize(
    ("creator", "item", "is_created"),
    [
        ("/adoptions", "/pets/{id}", True),
        ("/owners/{owner}/adoptions", "/owners/{owner}/pets/{id}", True),
        ("/adoptions", "/owners/{owner}/pets/{id}", False),  # whose pet it is remains unknown
    ],
)
def test_x_resource_says_what_is_created_elsewhere(tmp_path, creator, item, is_created):
    correction = {"name": "pets", "role": "create"}
    made = document(
        {
            f"POST {creator}": {"schema": PET, "x-resource": correction},
            f"GET {item}": {"schema": PET},
            f"DELETE {item}": {},
        }
    )
    expected = {f"POST {creator}": [f"GET {item}", f"DELETE {item}"]} if is_created else {}
    assert lives(of(made, tmp_path)) == expected


def test_what_is_inferred_is_kept_as_long_as_its_contract(tmp_path):
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document({"GET /pets": {"schema": listed(PET)}})))
    first, second = signoff.load(file), signoff.load(file)
    assert infer(first) is infer(first)
    assert infer(first) is not infer(second)
    found = weakref.ref(infer(first))
    del first
    gc.collect()
    assert found() is None


@pytest.mark.parametrize("value", [5, "", [], {"name": 1}, {"nmae": "a"}, {"role": "reader"}])
def test_an_invalid_x_resource_is_an_error_with_its_place(tmp_path, value):
    made = document({"GET /pets/{petId}": {"schema": PET, "x-resource": value}})
    with pytest.raises(DocumentError, match=r"x-resource of GET /pets/\{petId\}") as caught:
        of(made, tmp_path)
    assert caught.value.location.line > 1


def test_many_operations_take_linear_time(tmp_path):
    """Twice the document takes about twice the steps, counted by the schemas that are looked at."""
    steps = []
    walk = References.walk

    def counted(self, *args, **more):
        for part in walk(self, *args, **more):
            steps.append(1)
            yield part

    counts = []
    for size in (100, 200):
        table = {}
        for number in range(size):
            table[f"GET /things{number}"] = {"schema": listed(named(f"Thing{number}"))}
            table[f"GET /things{number}/{{id}}"] = {"schema": named(f"Thing{number}")}
        schemas = {f"Thing{number}": thing("id", "thing0_id") for number in range(size)}
        file = tmp_path / "doc.yaml"
        file.write_text(yaml.safe_dump(document(table, **schemas)))
        contract = signoff.load(file)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(References, "walk", counted)
            steps.clear()
            assert len(infer(contract).all) == size
        counts.append(len(steps))
    assert counts[1] < 2.2 * counts[0]
