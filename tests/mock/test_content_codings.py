"""Request bodies in a content coding are decoded, within the body limit."""

import gzip
import json
import random
import time
import zlib
from itertools import cycle, islice

import httpx2
import pytest

import signoff
from signoff.mock import create_app
from signoff.mock.content_codings import CodingError, TooLongError, decoded
from signoff.mock.settings import Settings
from tests.conftest import running
from tests.mock.test_app import OK, mocking

BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object", "required": ["n"]}}}}
PATHS = {"/a": {"post": {"requestBody": BODY, "responses": {"200": OK}}}}
DATA = json.dumps({"n": [1] * 50}).encode()


def raw_deflate(data):
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


CODED = [
    ("gzip", gzip.compress(DATA, mtime=0)),
    ("X-GZIP", gzip.compress(DATA, mtime=0)),
    ("gzip", gzip.compress(DATA[:9], mtime=0) + gzip.compress(DATA[9:], mtime=0)),
    ("deflate", zlib.compress(DATA)),
    ("deflate", raw_deflate(DATA)),
    ("identity", DATA),
    ("deflate, gzip", gzip.compress(zlib.compress(DATA), mtime=0)),
]


@pytest.mark.parametrize(("coding", "data"), CODED)
def test_coded_bodies_are_read(tmp_path, coding, data):
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    with mocking(tmp_path, PATHS) as client:
        assert client.post("/a", content=data, headers=headers).status_code == 200
        broken = client.post("/a", content=b"{}" + data, headers=headers)
    assert broken.status_code in (400, 422)


@pytest.mark.parametrize(("coding", "data"), CODED)
def test_every_cut_of_a_coded_body_is_an_error_or_too_short(coding, data):
    for end in range(len(data)):
        try:
            found = decoded(data[:end], coding, 10_000)
        except CodingError:
            continue
        assert coding == "identity" or (DATA.startswith(found) and found != DATA)


def test_an_unknown_coding_is_a_415_with_the_known_ones(tmp_path):
    headers = {"Content-Type": "application/json", "Content-Encoding": "compress"}
    with mocking(tmp_path, PATHS) as client:
        response = client.post("/a", content=DATA, headers=headers)
    assert response.status_code == 415
    assert response.headers["accept-encoding"].startswith("gzip, deflate")
    assert "unsupported content coding compress" in response.json()["detail"].lower()


def test_a_body_that_grows_beyond_the_limit_is_a_413(tmp_path):
    file = tmp_path / "doc.json"
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": PATHS}
    file.write_text(json.dumps(document))
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    app = create_app(signoff.load(file), Settings(max_body_bytes=1000))
    with running(app) as origin:
        for size, status in ((500, 200), (2_000_000, 413)):
            data = gzip.compress(json.dumps({"n": "a" * size}).encode())
            found = httpx2.post(f"{origin}/a", content=data, headers=headers)
            assert found.status_code == status


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_not_decoded_to_its_end(coding):
    data = bytes(20_000_000)
    match coding:
        case "gzip":
            bomb = gzip.compress(data, mtime=0)
        case "deflate":
            bomb = zlib.compress(data)
        case "br":
            bomb = pytest.importorskip("brotli").compress(data, quality=3)
        case _:
            bomb = pytest.importorskip("zstandard").ZstdCompressor().compress(data)
    with pytest.raises(TooLongError):
        decoded(bomb, coding, 1_000)


def test_brotli_and_zstandard_where_the_library_is_there():
    coded = {
        "br": pytest.importorskip("brotli").compress(DATA),
        "zstd": pytest.importorskip("zstandard").ZstdCompressor().compress(DATA),
    }
    for coding, data in coded.items():
        assert decoded(data, coding, 10_000) == DATA
        with pytest.raises(CodingError):
            decoded(data[:-4], coding, 10_000)
        with pytest.raises(CodingError):
            decoded(DATA, coding, 10_000)


def test_many_codings_are_not_tried():
    with pytest.raises(CodingError, match="more than 4"):
        decoded(DATA, ", ".join(islice(cycle(["gzip"]), 100)), 1_000)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_time_is_linear_in_the_parts_of_a_body(coding):
    if coding == "gzip":
        data = gzip.compress(b"") * 100_000  # each member is empty
    else:
        data = pytest.importorskip("zstandard").ZstdCompressor().compress(random.Random(0).randbytes(2**21))
    started = time.process_time()
    decoded(data, coding, 2**22)
    assert time.process_time() - started < 1.5  # quadratic: 3 and 7
