"""Answers are kept within a budget, and only by all that decides them."""

import tracemalloc

import httpx2

from signoff.mock import app as app_module
from signoff.mock import create_app
from signoff.mock.exchange import RawResponse
from signoff.mock.middleware import ResponseCache
from tests.conftest import DOCUMENTS, KNOWN, export_path, reference_app, running
from tests.mock.control.servers import SHOP


def test_the_budget_holds():
    kept = ResponseCache(budget=100_000, largest=20_000)
    for number in range(1000):
        kept.put(number, RawResponse(200, (), b"x" * 500, "example"), 100)
        assert len(kept) <= 100_000 // 1600
    assert kept.get(999) is not None
    kept.put("large", RawResponse(200, (), b"x" * 30_000, "example"), 0)
    assert kept.get("large") is None


def test_every_deciding_part_of_a_request_decides():
    with running(reference_app()) as origin, httpx2.Client(base_url=origin) as client:

        def status(path=None, body=b"{}", **fields):
            headers = {"Content-Type": "application/json"} | {
                k.replace("_", "-"): v for k, v in fields.items()
            }
            response = client.post(path or export_path(), content=body, headers=headers)
            return response.status_code, response.content

        for _ in range(2):  # the second time from what is kept
            assert status()[0] == 200
            assert status(body=b'{"format": "json"}')[1] != status()[1]
            assert status(Accept="text/html")[0] == 406
            assert status(Content_Type="text/plain")[0] == 415
            assert status(Prefer="code=403")[0] == 403
            assert status(export_path(KNOWN[:-1]))[0] == 400
            assert status(body=b"{")[0] == 400


def test_the_documents_of_a_mock_share_the_budget(monkeypatch):
    made = []
    monkeypatch.setattr(app_module, "ResponseCache", lambda: made.append(ResponseCache()) or made[-1])
    with running(create_app([SHOP, DOCUMENTS / "museum.yaml"])) as origin:
        for path in ("/shop/products", "/_mock/docs/openapi/museum-api/museum-hours"):
            httpx2.get(origin + path, auth=("a", "b"))
    assert [len(cache) for cache in made] == [2]


def test_long_header_fields_count():
    def accept(number):
        return {"Accept": f"application/json, a/b;n={number}x{'y' * 60_000}"}

    with running(reference_app()) as origin, httpx2.Client(base_url=origin) as client:
        assert client.post(export_path(), json={}, headers=accept("first")).status_code == 200
        tracemalloc.start()
        for number in range(400):
            client.post(export_path(), json={}, headers=accept(number))
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert kept < 20 * 1024 * 1024
