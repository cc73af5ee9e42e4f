"""Generated values that a front-end can show."""

import base64
import re
import struct
import xml.etree.ElementTree as ET
from datetime import date
from urllib.parse import unquote

import pytest

from signoff.generate.tokens import subject_of
from tests.mock.test_app import mocking
from tests.mock.test_generator import made

TEXT, NUMBER, WHOLE = ({"type": kind} for kind in ("string", "number", "integer"))
MOMENT, DAY, URL, EMAIL = ({**TEXT, "format": form} for form in ("date-time", "date", "uri", "email"))
KEYS = "abcdefgh"


def record(**members):
    return {"type": "object", "required": list(members), "properties": members}


def rows(item, count=8):
    return {"type": "array", "items": item, "minItems": count, "maxItems": count}


def size_of(png):
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def picture(url):
    """The sides of the picture in a `data:` URL."""
    head, _, data = url.partition(",")
    if head == "data:image/png;base64":
        return size_of(base64.b64decode(data, validate=True))
    assert head == "data:image/svg+xml"
    root = ET.fromstring(unquote(data))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return int(root.get("width")), int(root.get("height"))


@pytest.mark.parametrize(
    "name", ["avatarUrl", "image_url", "logo", "thumbnailURI", "qrCode", "profile_picture"]
)
@pytest.mark.parametrize("schema", [TEXT, URL, {**TEXT, "format": "uri-reference"}])
def test_pictures_are_urls_that_load(name, schema):
    assert min(picture(made(record(**{name: schema}))[name])) >= 64


def test_each_item_of_a_list_of_pictures_is_one():
    urls = made(record(photoUrls=rows(TEXT, 4)))["photoUrls"]
    assert all(min(picture(url)) >= 64 for url in urls)
    assert len(set(urls)) > 1


@pytest.mark.parametrize("schema", [{**TEXT, "format": "byte"}, {**TEXT, "contentEncoding": "base64"}])
def test_pictures_in_base64_are_files(schema):
    found = made(record(ticketQr=schema, photo=schema))
    assert all(min(size_of(base64.b64decode(text, validate=True))) >= 64 for text in found.values())
    assert found["ticketQr"] != found["photo"]


@pytest.mark.parametrize("schema", [{**TEXT, "maxLength": 30}, {**URL, "pattern": "^https://img[.]"}])
def test_pictures_match_their_schema_before_all(schema):
    url = made(record(imageUrl=schema))["imageUrl"]
    assert len(url) <= 30 or url.startswith("https://img.")


def sides(data):
    if data.startswith(b"GIF89a"):
        return struct.unpack("<HH", data[6:10])
    if data.startswith(b"\xff\xd8"):
        frame = data.index(b"\xff\xc0")
        return struct.unpack(">HH", data[frame + 5 : frame + 9])
    return size_of(data)


@pytest.mark.parametrize("media_type", ["image/png", "image/gif", "image/jpeg"])
def test_files_of_pictures_are_large_enough_to_see(tmp_path, media_type):
    content = {media_type: {"schema": {**TEXT, "format": "binary"}}}
    paths = {
        f"/{name}": {"get": {"responses": {"200": {"description": "d", "content": content}}}}
        for name in ("qr-code", "logo")
    }
    with mocking(tmp_path, paths) as client:
        code, logo = (client.get(path).content for path in paths)
    assert min(*sides(code), *sides(logo)) >= 64
    assert (code == logo) == (media_type != "image/png")


def test_names_decide_before_formats():
    raw = record(
        birthDate=DAY, dob=MOMENT, customerName=TEXT, customerEmail=EMAIL, supportEmail=EMAIL, sellerName=TEXT
    )
    for key in KEYS:
        found = made(raw, key)
        born = [date.fromisoformat(found[name][:10]) for name in ("birthDate", "dob")]
        assert all(day.year < 2026 - 17 for day in born)
        words = re.findall(r"[a-z]+", found["customerName"].lower())
        assert found["customerEmail"].partition("@")[0] == ".".join(words)
        assert len(found["sellerName"].split()) > 1
        assert "@" in found["supportEmail"]


def test_an_address_for_mail_stays_within_its_pattern():
    raw = record(name=TEXT, email={**EMAIL, "pattern": r"^[a-z]{3}@corp\.example$"})
    assert re.fullmatch(r"[a-z]{3}@corp\.example", made(raw)["email"])


def test_tokens_look_like_tokens():
    found = made(record(token=TEXT, sessionToken=TEXT, proof={**TEXT, "format": "jwt"}))
    assert all(re.fullmatch(r"[A-Za-z0-9]{40}", found[name]) for name in ("token", "sessionToken"))
    assert subject_of(found["proof"])


@pytest.mark.parametrize("currency", [TEXT, {"enum": ["GBP", "EUR", "SEK"]}, {**TEXT, "example": "CHF"}])
def test_one_list_has_one_currency(currency):
    price = record(amount=NUMBER, currency=currency)
    found = made(rows(record(price=price, fee=price)))
    assert len({item[name]["currency"] for item in found for name in item}) == 1


@pytest.mark.parametrize("kind", [NUMBER, WHOLE])
def test_bills_add_up(kind):
    line = record(name=TEXT, quantity=WHOLE, unit_price=kind, subtotal=kind)
    raw = record(
        tags=rows(TEXT, 2),
        items=rows(line, 3),
        history=rows(record(note=TEXT), 2),
        subtotal=kind,
        tax=kind,
        shipping_fee=kind,
        discount=kind,
        total=kind,
    )
    for key in KEYS:
        bill = made(raw, key)
        assert all(
            item["subtotal"] == pytest.approx(item["quantity"] * item["unit_price"]) for item in bill["items"]
        )
        assert bill["subtotal"] == pytest.approx(sum(item["subtotal"] for item in bill["items"]))
        parts = bill["subtotal"] + bill["tax"] + bill["shipping_fee"] - bill["discount"]
        assert bill["total"] == pytest.approx(parts)
        assert min(bill["tax"], bill["discount"]) >= 0
        assert bill["tax"] <= bill["subtotal"] / 4


def test_a_tax_is_as_its_rate_says_and_lines_without_a_sum_count_by_quantity():
    line = record(quantity=WHOLE, price=NUMBER)
    bill = made(record(lines=rows(line, 3), taxRate={"const": 19}, tax=NUMBER, total=NUMBER))
    base = sum(item["quantity"] * item["price"] for item in bill["lines"])
    assert bill["tax"] == pytest.approx(base * 0.19, abs=0.01)
    assert bill["total"] == pytest.approx(base + bill["tax"])


@pytest.mark.parametrize("name", ["TotalRecordCount", "numItems", "number_of_results", "hitsCount", "size"])
@pytest.mark.parametrize("length", [0, 3])
def test_a_count_is_the_length_of_the_one_list_beside_it(name, length):
    found = made(record(**{name: WHOLE, "things": rows(TEXT, length), "StartIndex": WHOLE}))
    assert found[name] == len(found["things"]) == length


@pytest.mark.parametrize(
    "names",
    [
        ("orderDate", "shipDate", "deliveryDate"),
        ("placed_at", "shipped_at", "delivered_at"),
        ("createdAt", "paidAt", "estimatedDeliveryAt"),
    ],
)
def test_orders_are_delivered_last(names):
    for key in KEYS:
        found = made(record(**dict.fromkeys(reversed(names), MOMENT)), key)
        assert sorted(found[name] for name in names) == [found[name] for name in names]


@pytest.mark.parametrize(
    "names",
    [
        ("price", "oldPrice"),
        ("price", "compare_at_price"),
        ("salePrice", "price"),
        ("sale_price", "price", "msrp"),
    ],
)
def test_old_prices_are_higher(names):
    for key in KEYS:
        found = made(record(**dict.fromkeys(names, NUMBER)), key)
        values = [found[name] for name in names]
        assert values == sorted(set(values))


def test_products_and_categories_have_names_of_such():
    found = made(
        rows(
            record(product=record(name=TEXT, category=TEXT), productName=TEXT, category=record(name=TEXT)), 6
        )
    )
    names = [text for row in found for text in (row["product"]["name"], row["productName"])]
    assert all(re.fullmatch(r"[A-Z][a-z]+( [A-Z][a-z]+){1,3}", text) for text in names)
    assert len(set(names)) > 6
    assert all(row["category"]["name"].istitle() for row in found)


def test_an_example_of_a_schema_is_once_in_a_list_and_never_for_an_id():
    row = record(
        id={**WHOLE, "example": 10},
        ownerId={**TEXT, "example": "own_77"},
        seat={**TEXT, "example": "Row 4 left"},
        motto={**TEXT, "example": "Always be kind."},
        weight={**NUMBER, "example": 3.25},
    )
    found = made(rows(row, 9))
    for name in ("seat", "motto", "weight"):
        example = row["properties"][name]["example"]
        assert [item[name] for item in found].count(example) == 1
    assert 10 not in [item["id"] for item in found]
    assert "own_77" not in [item["ownerId"] for item in found]
    assert len({item["id"] for item in found}) > 6


def test_words_that_a_server_knows_are_repeated():
    found = made(rows(record(unit={**TEXT, "example": "kg"}, kind={**TEXT, "example": "text/plain"})))
    assert {(item["unit"], item["kind"]) for item in found} == {("kg", "text/plain")}


def test_texts_of_a_list_differ_in_length():
    lengths = [len(row["description"]) for row in made(rows(record(description=TEXT), 12))]
    assert max(lengths) > 2 * min(lengths)


def test_the_total_of_what_is_created_is_of_the_lines_that_were_sent(tmp_path):
    line = record(name=TEXT, quantity=WHOLE, price=NUMBER)
    server = {**NUMBER, "readOnly": True}
    order = record(
        id={**WHOLE, "readOnly": True}, lines=rows(line, 2), tip=NUMBER, total=server, subtotal=server
    )
    content = {"content": {"application/json": {"schema": order}}}
    single = {"get": {"responses": {"200": {"description": "d", **content}}}}
    parameter = {"name": "orderId", "in": "path", "required": True, "schema": WHOLE}
    create = {"requestBody": content, "responses": {"201": {"description": "d", **content}}}
    paths = {"/orders": {"post": create}, "/orders/{orderId}": {"parameters": [parameter], **single}}
    lines = [{"name": "a", "quantity": 3, "price": 2.5}, {"name": "b", "quantity": 1, "price": 100}]
    with mocking(tmp_path, paths) as client:
        made_one = client.post("/orders", json={"lines": lines, "tip": 50.25}).json()
        shown = client.get(f"/orders/{made_one['id']}").json()
    assert (made_one["subtotal"], made_one["total"], made_one["tip"]) == (107.5, 157.75, 50.25)
    assert shown == made_one
