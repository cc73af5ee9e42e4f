import pytest

from signoff.contract.paths import PathTable


@pytest.fixture
def table():
    table = PathTable()
    for method, template in [
        ("GET", "/pets/{id}"),
        ("GET", "/pets/mine"),
        ("POST", "/pets/{pet_id}"),
        ("GET", "/pets/{id}/toys/{toy}"),
        ("GET", "/files/{name}.{ext}"),
        ("GET", "/"),
        ("GET", "/{a}/mine/x"),
    ]:
        table.add(method, template, f"{method} {template}")
    return table


@pytest.mark.parametrize(
    ("method", "path", "value", "texts"),
    [
        ("GET", "/pets/7", "GET /pets/{id}", {"id": "7"}),
        ("POST", "/pets/7", "POST /pets/{pet_id}", {"pet_id": "7"}),
        ("GET", "/pets/mine", "GET /pets/mine", {}),
        ("GET", "/pets/%6Dine", "GET /pets/mine", {}),
        ("GET", "/pets/a%2Fb", "GET /pets/{id}", {"id": "a%2Fb"}),
        ("GET", "/pets/1/toys/2", "GET /pets/{id}/toys/{toy}", {"id": "1", "toy": "2"}),
        ("GET", "/files/a.b.c", "GET /files/{name}.{ext}", {"name": "a.b", "ext": "c"}),
        ("GET", "/", "GET /", {}),
        ("GET", "/pets/mine/x", "GET /{a}/mine/x", {"a": "pets"}),
    ],
)
def test_match(table, method, path, value, texts):
    assert table.match(method, path) == (value, texts)


@pytest.mark.parametrize("path", ["/pets", "/pets/", "/pets/1/", "/nope/1", "/files/plain", ""])
def test_unknown(table, path):
    assert table.match("GET", path) is None or path == ""


def test_all_methods_of_a_path_are_known(table):
    assert set(table.methods("/pets/7")) == {"GET", "POST"}


@pytest.mark.parametrize("order", [1, -1])
def test_a_segment_that_ends_in_literal_text_comes_before_one_that_does_not(order):
    table = PathTable()
    for template in ["/v1/{name}", "/v1/{name}:cancel", "/v1/{name}:cancel-all"][::order]:
        table.add("POST", template, template)
    assert table.match("POST", "/v1/a:cancel") == ("/v1/{name}:cancel", {"name": "a"})
    assert table.match("POST", "/v1/a:cancel-all") == ("/v1/{name}:cancel-all", {"name": "a"})
    assert table.match("POST", "/v1/a:b") == ("/v1/{name}", {"name": "a:b"})


def test_a_method_is_looked_for_in_the_next_template_that_matches():
    table = PathTable()
    table.add("GET", "/pets/mine", "mine")
    table.add("DELETE", "/pets/{id}", "any")
    assert table.match("DELETE", "/pets/mine") == ("any", {"id": "mine"})
    assert set(table.methods("/pets/mine")) == {"GET", "DELETE"}


def test_choices_tell_where_neighbouring_parameters_end():
    table = PathTable()
    table.add("GET", "/pets/{id}{ext}", "typed", {"ext": [".json", ".x y"]})
    assert table.match("GET", "/pets/a.b.json") == ("typed", {"id": "a.b", "ext": ".json"})
    assert table.match("GET", "/pets/a.x%20y") == ("typed", {"id": "a", "ext": ".x%20y"})
    assert table.match("GET", "/pets/a.html") is None
