"""Several documents at once, each under its own base path, and base paths of the user's choice."""

import httpx2
import pytest

import signoff
from signoff.contract import SetupError
from signoff.mock import create_app
from tests.conftest import DOCUMENTS, running


@pytest.fixture(scope="module")
def museum():
    return signoff.load(DOCUMENTS / "museum.yaml", strict=False)


@pytest.fixture(scope="module")
def pets():
    return signoff.load(DOCUMENTS / "petstore-expanded-2.0.yaml", strict=False)


def test_each_document_answers_under_its_own_base_path(museum, pets):
    with running(create_app([museum, pets])) as origin, httpx2.Client(base_url=origin) as client:
        assert client.get(f"{pets.base_path}/pets").status_code == 200
        assert client.get(f"{museum.base_path}/museum-hours", auth=("a", "b")).status_code == 200
        unknown = client.get(f"{pets.base_path}/nothing/like/it")
        assert (unknown.status_code, unknown.json()["instance"]) == (404, "/nothing/like/it")
        assert client.put(f"{pets.base_path}/pets").headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/pets", "Museum is served under /museum: try /museum/pets"),
        ("/pet/pets", "Museum is served under /museum: try /museum/pets"),
        ("/pet/nothing", "No path in the API matches."),
        ("/museum/museum-hours", "Pets is served under /pet: try /pet/museum-hours"),
        ("/nothing", "The APIs are served under /pet, /museum."),
    ],
)
def test_a_404_suggests_the_document_that_has_the_path(tmp_path, path, hint):
    """Also that of a path under the base path of the other one."""
    documents = []
    for name, own in (("pet", "museum-hours"), ("museum", "pets")):
        document = tmp_path / f"{name}.yaml"
        title = "Pets" if name == "pet" else "Museum"
        document.write_text(
            f"openapi: 3.1.0\ninfo: {{title: {title}, version: '1'}}\nservers: [{{url: /{name}}}]\n"
            f"paths: {{/{own}: {{get: {{responses: {{'200': {{description: ok}}}}}}}}}}\n"
        )
        documents.append(document)
    with running(create_app(documents)) as origin:
        response = httpx2.get(origin + path)
    assert response.status_code == 404
    assert response.json()["detail"].endswith(hint)


@pytest.mark.parametrize(("given", "expected"), [("/v2", "/v2"), ("v2/", "/v2"), ("/", ""), ("", "")])
def test_a_base_path_can_be_chosen(pets, given, expected):
    with running(create_app(pets.rebased(given))) as origin:
        assert httpx2.get(f"{origin}{expected}/pets").status_code == 200
        assert httpx2.get(f"{origin}{pets.base_path}/pets").status_code == 404


def test_documents_with_the_same_operation_are_refused_with_the_mend(pets):
    with pytest.raises(SetupError, match=r"duplicate operation GET /api/pets(?s:.*)--base-path"):
        create_app([pets, pets.rebased("/api")])
