"""Documents of several files: what a schema is called does not depend on how many files there are."""

import yaml

import signoff
from signoff.review.cause import causes
from signoff.review.changes import compare
from tests.review.changes.test_cases import INTEGER, STRING, document, objects


def written(folder, schemas, body):
    """A document whose schemas are files, in the given order."""
    folder.mkdir()
    for name, schema in schemas.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(schema))
    content = {"application/json": {"schema": body}}
    before = {"application/json": {"schema": {"type": "object", "properties": {"x": {"$ref": "new.yaml"}}}}}
    responses = {"200": {"description": "Done.", "content": content}}
    paths = {"/z": {"post": {"requestBody": {"content": content}, "responses": responses}}}
    if "new" in schemas:  # read first, so that all other files get other numbers
        paths = {"/a": {"post": {"requestBody": {"content": before}, "responses": {}}}, **paths}
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(document(paths), sort_keys=False))
    return signoff.load(path, strict=False)


def test_alternatives_are_paired_by_file_and_not_by_number(tmp_path):
    body = {"oneOf": [{"$ref": f"{name}.yaml"} for name in ("cat", "dog", "cow")]}
    pets = {name: objects([name], **{name: STRING}) for name in ("cat", "dog", "cow")}
    before = written(tmp_path / "before", pets, body)
    after = written(tmp_path / "after", {"new": objects(n=INTEGER), **pets}, body)
    assert {change.id for change in compare(before, after)} == {"operation-added"}


def test_an_alternative_has_the_name_of_its_file(tmp_path):
    pets = {name: objects([name], **{name: STRING}) for name in ("cat", "dog", "cow")}
    bodies = [{"oneOf": [{"$ref": f"{name}.yaml"} for name in names]} for names in (pets, ("cat", "cow"))]
    found = compare(*(written(tmp_path / str(n), pets, body) for n, body in enumerate(bodies)))
    (change,) = [change for change in found if change.id == "request-alternative-removed"]
    assert "no longer has the alternative `dog`" in change.reason


def test_a_schema_that_is_a_file_gives_its_name_to_an_entry(tmp_path):
    cards = [objects(id=STRING, **dict.fromkeys(names, STRING)) for names in ("ab", "")]
    body = {"type": "object", "properties": {"card": {"$ref": "card.yaml"}}}
    found = compare(*(written(tmp_path / str(n), {"card": card}, body) for n, card in enumerate(cards)))
    assert {cause.message.partition(":")[0] for cause in causes(found)} == {
        "2 properties removed from `card`"
    }
