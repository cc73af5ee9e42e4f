"""The table of conventions in docs/mock.md has what the mock returned.

`python -m tests.mock.test_guide_lists` writes it again.
"""

import json

from tests.conftest import ROOT
from tests.mock.test_resources import SHOP, Asked

GUIDE = ROOT / "docs" / "mock.md"
HEAD = "| convention | request | response |\n| --- | --- | --- |\n"
# What a client wants, and how it asks.
REQUESTS = [
    ("pages: `limit`, `per_page`, `pageSize`, `size`, `first`, `page[size]`", "/products?per_page=3"),
    ("`page`, `pageNumber`, `page[number]`, from 0 or 1", "/products?per_page=20&page=3"),
    ("`offset`, `skip`", "/suppliers?offset=55&limit=10"),
    ("`cursor`, `after`, `page_token`, `starting_after`, `next_token`", "/products/2/reviews?limit=2"),
    ("a filter with the name of a member", "/products?status=draft&per_page=3"),
    ("a filter by a member of a list or an object", "/products/2/reviews?filter[rating]=4&limit=2"),
    ("`min_…`, `max_…`, `…_from`, `…_to`, `…[gte]`", "/products?min_price=900&max_price=980"),
    ("`created_after`, `since`, `until`, `start_date`", "/products?created_after=2026-09-01T00:00:00Z"),
    ("`q`, `query`, `search` in all texts", "/products?q=walnut"),
    ("`sort`, `order_by`: `-price`, `price:desc`, `a,-b`", "/products?sort=-price&per_page=3"),
    ("`orderBy` with `order=desc`", "/suppliers?orderBy=name&order=desc&limit=3"),
    ("`fields`, `select`", "/products?fields=name&per_page=1"),
    ("`include`, `expand`, `embed`", "/products?include=supplier&per_page=1"),
    ("the items of a parent", "/suppliers/1/products"),
    ("the item that another one refers to", "/products/2/supplier"),
]


def shown(value):
    """A value as the table has it: the items by their ids, one item by its members."""
    if isinstance(value, list):
        ids = ", ".join(str(item["id"])[:8] for item in value[:3])
        return f"{len(value)} item{'' if len(value) == 1 else 's'} ({ids}{', …' if len(value) > 3 else ''})"
    if isinstance(value, dict):
        told = {name: inner for name, inner in value.items() if not str(inner).startswith("http")}
        return ", ".join(f"`{name}` {shown(inner)}" for name, inner in told.items())
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) < 20 else f"{text[:8]}…"


def summary(path, response):
    body = response.json()
    if isinstance(body, dict) and ("fields=" in path or "include=" in path):
        return f"members {', '.join(body['data'][0])}"
    if isinstance(body, dict) and "email" in body:
        return shown({name: body[name] for name in ("id", "name", "products")})
    return shown(body)


def table():
    with Asked(SHOP, list_size=57) as client:
        rows = [f"| {what} | `{path}` | {summary(path, client.get(path))} |\n" for what, path in REQUESTS]
    return HEAD + "".join(rows)


def test_the_guide_has_what_the_mock_returned():
    assert table() in GUIDE.read_text()


if __name__ == "__main__":
    before, _, rest = GUIDE.read_text().partition(HEAD)
    lines = rest.splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if not line.startswith("|")), len(lines))
    GUIDE.write_text(before + table() + "".join(lines[end:]))
