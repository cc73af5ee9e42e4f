"""Lists page, filter, sort and search as their parameters say, and what is beside them is true."""

import json
from urllib.parse import urlsplit

import pytest

from tests.mock.test_resources import SHOP, Asked, changed

SIZE = 57


@pytest.fixture(scope="module")
def shop():
    with Asked(SHOP, list_size=SIZE) as client:
        yield client


@pytest.fixture(scope="module")
def products(shop):
    return shop.get("/products?per_page=100").json()["data"]


def ids(items):
    return [item["id"] for item in items]


@pytest.mark.parametrize("size", [1, 7, 10, 57, 100])
def test_pages_by_number_join_to_the_whole_list(shop, size):
    found, number, more = [], 1, True
    while more:
        body = shop.get(f"/products?per_page={size}&page={number}").json()
        assert (body["total"], body["page"]) == (SIZE, number)
        assert body["total_pages"] == -(-SIZE // size)
        assert body["count"] == len(body["data"]) <= size
        found += ids(body["data"])
        more, number = body["has_more"], number + 1
    assert len(found) == len(set(found)) == SIZE
    beyond = shop.get(f"/products?per_page={size}&page=999").json()
    assert (beyond["data"], beyond["total"], beyond["has_more"]) == ([], SIZE, False)


@pytest.mark.parametrize("size", [1, 8, 57])
def test_pages_by_offset_join_to_the_whole_list(shop, size):
    found = []
    for offset in range(0, SIZE, size):
        body = shop.get(f"/suppliers?offset={offset}&limit={size}").json()
        assert body["meta"] == {"total": SIZE, "offset": offset, "limit": size}
        found += ids(body["suppliers"])
    assert len(found) == len(set(found)) == SIZE


@pytest.mark.parametrize("size", [1, 9, 57])
def test_pages_by_cursor_join_to_the_whole_list(shop, size):
    found, cursor = [], ""
    while cursor is not None:
        query = {"limit": size} | ({"cursor": cursor} if cursor else {})
        body = shop.get("/products/2/reviews", params=query).json()
        found += ids(body["items"])
        cursor = body["next_cursor"]
    assert len(found) == len(set(found)) == SIZE


def test_the_links_lead_through_the_whole_list(shop):
    url, found = "/products?per_page=20", []
    while url:
        response = shop.get(url)
        body = response.json()
        found += ids(body["data"])
        url = body["next"]
        assert ('rel="next"' in response.headers["link"]) is (url is not None)
        assert response.headers["x-total-count"] == str(SIZE)
    assert len(set(found)) == SIZE
    last = shop.get("/products?per_page=20").headers["link"].rpartition("<")[2].partition(">")[0]
    assert urlsplit(last).query == "per_page=20&page=3"
    assert shop.get(last).json()["has_more"] is False


# A query, and which of all products it keeps.
FILTERS = [
    ("status=draft", lambda item: item["status"] == "draft"),
    (
        "status=sold_out&category=toys",
        lambda item: (item["status"], item["category"]) == ("sold_out", "toys"),
    ),
    ("min_price=500", lambda item: item["price"] >= 500),
    ("max_price=200", lambda item: item["price"] <= 200),
    ("min_price=200&max_price=500", lambda item: 200 <= item["price"] <= 500),
    ("created_after=2026-06-01T00:00:00Z", lambda item: item["created_at"] > "2026-06-01T00:00:00Z"),
    ("q=AR", lambda item: "ar" in json.dumps([v for v in item.values() if isinstance(v, str)]).lower()),
    ("dry_run=true", lambda item: True),
]


@pytest.mark.parametrize(("query", "keeps"), FILTERS)
def test_filters(shop, products, query, keeps):
    body = shop.get(f"/products?per_page=100&{query}").json()
    expected = [item for item in products if keeps(item)]
    assert body["data"] == expected
    assert body["total"] == len(expected)
    assert 0 < len(expected) <= SIZE
    if query != "dry_run=true":
        assert len(expected) < SIZE


@pytest.mark.parametrize(
    ("query", "key", "is_descending"),
    [
        ("sort=price", "price", False),
        ("sort=-price", "price", True),
        ("sort=name", "name", False),
        ("sort=created_at:desc", "created_at", True),
        ("sort=createdAt_desc", "created_at", True),
        ("sort=-createdAt", "created_at", True),
    ],
)
def test_sort(shop, products, query, key, is_descending):
    found = shop.get(f"/products?per_page=100&{query}").json()["data"]
    values = [item[key] for item in found]
    assert values == sorted(values, reverse=is_descending)
    assert sorted(ids(found)) == sorted(ids(products))
    assert ids(found) != ids(products)


def test_sort_by_two_members_and_by_a_direction(shop, products):
    found = shop.get("/products?per_page=100&sort=category,-price").json()["data"]
    assert ids(found) == ids(sorted(products, key=lambda item: (item["category"], -item["price"])))
    names = [
        item["name"] for item in shop.get("/suppliers?limit=57&orderBy=name&order=desc").json()["suppliers"]
    ]
    assert names == sorted(names, reverse=True)


def test_the_filtered_list_is_what_is_paged(shop):
    whole = shop.get("/products?per_page=100&status=draft&sort=-price").json()["data"]
    pages = [
        shop.get(f"/products?per_page=4&status=draft&sort=-price&page={number}").json()
        for number in range(1, -(-len(whole) // 4) + 1)
    ]
    assert [item for page in pages for item in page["data"]] == whole
    assert {page["total"] for page in pages} == {len(whole)}
    assert {item["status"] for item in whole} == {"draft"}
    prices = [item["price"] for item in whole]
    assert len(set(prices)) > 1
    assert prices == sorted(prices, reverse=True)


def test_fields_keep_what_the_schema_requires(shop):
    shown = shop.get("/products?fields=category").json()["data"][0]
    assert set(shown) == {"id", "name", "price", "created_at", "supplierId", "category"}


def test_embedded_items_come_where_they_are_asked_for(shop):
    plain, expanded = (
        shop.get("/products").json()["data"],
        shop.get("/products?include=supplier").json()["data"],
    )
    assert not any("supplier" in item for item in plain)
    assert all(item["supplier"]["id"] == item["supplierId"] for item in expanded)


def test_an_object_parameter_filters_by_its_members(shop):
    every = shop.get("/products/2/reviews?limit=57").json()["items"]
    found = shop.get("/products/2/reviews?limit=57&filter[rating]=4").json()["items"]
    assert found == [item for item in every if item["rating"] == 4] != []
    author = every[0]["author"]
    assert shop.get("/products/2/reviews", params={"filter[author]": author}).json()["items"][0] == every[0]


def listing(parameters, schema=None, headers=None):
    """A change of the shop: a list of suppliers with other parameters and another envelope."""

    def change(document):
        operation = document["paths"]["/suppliers"]["get"]
        operation["parameters"] = [{"in": "query", "schema": {}, **each} for each in parameters]
        items = {"type": "array", "items": {"$ref": "#/components/schemas/Supplier"}}
        response = operation["responses"]["200"]
        response["headers"] = {name: {"schema": {}} for name in headers or ()}
        for key in (schema or {}).get("properties", {}):
            if schema["properties"][key] == "LIST":
                schema["properties"][key] = items
        response["content"]["application/json"]["schema"] = schema or items

    return change


INTEGER, TEXT = {"type": "integer"}, {"type": "string"}


@pytest.mark.parametrize(
    ("limit", "start", "second"),
    [
        ("limit", "offset", 10),
        ("pageSize", "pageNumber", 2),
        ("size", "page", 2),
        ("first", "skip", 10),
        ("page[size]", "page[number]", 2),
        ("page[limit]", "page[offset]", 10),
        ("$top", "$skip", 10),
        ("per-page", "p", 2),
        ("max_results", "start_index", 10),
    ],
)
def test_the_names_of_the_field(tmp_path, limit, start, second):
    parameters = [{"name": name, "schema": INTEGER} for name in (limit, start, "[]")]
    with Asked(changed(tmp_path, listing(parameters)), list_size=25) as client:
        pages = [
            ids(client.get("/suppliers", params={limit: 10, start: value}).json())
            for value in (0 if second == 10 else 1, second)
        ]
    assert pages == [list(range(1, 11)), list(range(11, 21))]


def test_a_page_that_is_counted_from_zero(tmp_path):
    page = {
        "type": "object",
        "properties": {
            "content": "LIST",
            "number": INTEGER,
            "size": INTEGER,
            "totalElements": INTEGER,
            "totalPages": INTEGER,
            "numberOfElements": INTEGER,
            "first": {"type": "boolean"},
            "last": {"type": "boolean"},
            "empty": {"type": "boolean"},
        },
    }
    parameters = [
        {"name": "page", "schema": {**INTEGER, "minimum": 0}},
        {"name": "size", "schema": {**INTEGER, "default": 10}},
    ]
    with Asked(changed(tmp_path, listing(parameters, page)), list_size=25) as client:
        body = client.get("/suppliers?page=2").json()
    assert ids(body.pop("content")) == [21, 22, 23, 24, 25]
    assert body == {
        "number": 2,
        "size": 10,
        "totalElements": 25,
        "totalPages": 3,
        "numberOfElements": 5,
        "first": False,
        "last": True,
        "empty": False,
    }


@pytest.mark.parametrize(
    ("name", "schema", "token"),
    [
        ("starting_after", INTEGER, 10),
        ("after", TEXT, None),
        ("page_token", TEXT, None),
        ("next_token", {"type": "string", "maxLength": 6}, "10"),
        ("cursor", INTEGER, 10),
    ],
)
def test_cursors_of_all_kinds(tmp_path, name, schema, token):
    body = {
        "type": "object",
        "properties": {
            "data": "LIST",
            "has_more": {"type": "boolean"},
            "last_id": INTEGER,
            "paging": {
                "type": "object",
                "properties": {"next_cursor": {"type": ["string", "integer", "null"]}},
            },
        },
    }
    parameters = [{"name": name, "schema": schema}, {"name": "limit", "schema": {**INTEGER, "default": 10}}]
    with Asked(changed(tmp_path, listing(parameters, body)), list_size=25) as client:
        first = client.get("/suppliers").json()
        cursor = first["paging"]["next_cursor"]
        second = client.get("/suppliers", params={name: cursor}).json()
        by_id = client.get("/suppliers", params={name: 10}).json()
        last = client.get("/suppliers", params={name: second["paging"]["next_cursor"]}).json()
    assert token is None or cursor == token
    assert ids(second["data"]) == ids(by_id["data"]) == list(range(11, 21))
    assert (first["last_id"], first["has_more"]) == (10, True)
    assert (ids(last["data"]), last["has_more"]) == (list(range(21, 26)), False)
    assert last["paging"].get("next_cursor") is None


def test_links_as_objects_and_the_members_of_json_api(tmp_path):
    href = {"type": "object", "properties": {"href": TEXT}}
    body = {
        "type": "object",
        "properties": {
            "items": "LIST",
            "_links": {
                "type": "object",
                "properties": {"self": href, "next": href, "prev": href, "last": href},
            },
        },
    }
    parameters = [
        {"name": "offset", "schema": INTEGER},
        {"name": "limit", "schema": {**INTEGER, "default": 10}},
    ]
    with Asked(changed(tmp_path, listing(parameters, body)), list_size=25) as client:
        links = client.get("/suppliers?offset=10").json()["_links"]
        assert ids(client.get(links["next"]["href"]).json()["items"]) == [21, 22, 23, 24, 25]
        assert ids(client.get(links["prev"]["href"]).json()["items"]) == list(range(1, 11))
        assert ids(client.get(links["self"]["href"]).json()["items"]) == list(range(11, 21))
        last = client.get(links["last"]["href"]).json()
    assert ids(last["items"]) == [21, 22, 23, 24, 25]
    assert "next" not in last["_links"] or not last["_links"]["next"].get("href")


def test_headers_about_the_page(tmp_path):
    names = [
        "X-Total",
        "X-Total-Pages",
        "X-Page",
        "X-Per-Page",
        "X-Next-Page",
        "Content-Range",
        "X-Request-Cost",
    ]
    parameters = [{"name": "page", "schema": INTEGER}, {"name": "per_page", "schema": INTEGER}]
    with Asked(changed(tmp_path, listing(parameters, headers=names)), list_size=25) as client:
        found = client.get("/suppliers?per_page=10&page=2").headers
        last = client.get("/suppliers?per_page=10&page=3").headers
    assert [found[name] for name in names[:6]] == ["25", "3", "2", "10", "3", "items 10-19/25"]
    assert "x-next-page" not in last


def test_a_list_without_parameters_is_whole(tmp_path):
    with Asked(changed(tmp_path, listing([])), list_size=SIZE) as client:
        assert len(client.get("/suppliers").json()) == SIZE


def test_the_response_explains_itself(shop):
    asked = {"Signoff-Explain": "1"}
    found = shop.get("/products?status=draft&sort=-price&per_page=2&dry_run=true", headers=asked)
    assert found.headers["signoff-explain"] == (
        "products: 57 in all; filter by status: 21 of 57; sort by price descending; items 1 to 2 of 21; "
        "dry_run is not used"
    )
    assert shop.get("/products/3", headers=asked).headers["signoff-explain"] == "products 3, generated"
    assert "signoff-explain" not in shop.get("/products/3").headers


def test_every_response_can_explain_itself():
    with Asked(SHOP, explain=True) as client:
        assert client.get("/products/3").headers["signoff-explain"] == "products 3, generated"
