from dataclasses import dataclass

import pytest

from signoff.contract import media_types


@dataclass
class Offer:
    name: str


@pytest.mark.parametrize(
    ("accept", "offers", "chosen"),
    [
        (None, ["a/x", "a/y"], "a/x"),
        ("", ["a/x"], "a/x"),
        ("*/*", ["a/x", "a/y"], "a/x"),
        ("a/y", ["a/x", "a/y"], "a/y"),
        ("a/x;q=0.5, a/y", ["a/x", "a/y"], "a/y"),
        ("a/*;q=0.9, a/x;q=0", ["a/x", "a/y"], "a/y"),
        ("text/html", ["a/x"], None),
        ("a/x;q=0", ["a/x"], None),
        ("A/X", ["a/x"], "a/x"),
        ("a/x;q=nonsense", ["a/x"], "a/x"),
        (",,", ["a/x"], None),
    ],
)
def test_negotiate(accept, offers, chosen):
    found = media_types.negotiate(accept, [Offer(name) for name in offers])
    assert (found and found.name) == chosen


@pytest.mark.parametrize(
    ("content_type", "entries", "matched"),
    [
        ("application/json; charset=utf-8", ["application/json"], "application/json"),
        ("Application/JSON", ["*/*", "application/json"], "application/json"),
        ("image/png", ["image/*", "*/*"], "image/*"),
        ("text/plain", ["application/json"], None),
    ],
)
def test_match(content_type, entries, matched):
    found = media_types.match(content_type, [Offer(name) for name in entries])
    assert (found and found.name) == matched
