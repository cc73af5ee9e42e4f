import time
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


@pytest.mark.parametrize(
    ("content_type", "entries", "matched"),
    [
        ("a/x; v=2", ["a/x; v=1", "a/x; v=2"], "a/x; v=2"),
        ("a/x;v=2", ["a/x", "a/x; v=2"], "a/x; v=2"),
        ("a/x; V=2", ["a/x; v=2"], "a/x; v=2"),
        ("a/x; v=3", ["a/x; v=1", "a/*"], "a/*"),
        ("a/x; v=3", ["a/x; v=1"], None),
        ("a/x", ["a/x; v=1", "a/x; v=2"], "a/x; v=1"),
        ("a/x", ["a/x; v=1; w=2", "a/x; v=2"], "a/x; v=2"),
        ("a/x; w=9", ["a/x; v=1"], "a/x; v=1"),
        ("a/x; charset=latin1", ["a/x; charset=utf-8"], "a/x; charset=utf-8"),
        ("a/x; boundary=b", ["a/x; boundary=a"], "a/x; boundary=a"),
        ('a/x; p="1;v=2"', ["a/x; v=2; p=1", 'a/x; p="1;v=2"'], 'a/x; p="1;v=2"'),
        ('a/x; p="q\\"r"', ['a/x; p="q\\"r"'], 'a/x; p="q\\"r"'),
        ("a/x; v=2", ["*/*", "a/*; v=2", "a/*"], "a/*; v=2"),
    ],
)
def test_parameters_count(content_type, entries, matched):
    found = media_types.match(content_type, [Offer(name) for name in entries])
    assert (found and found.name) == matched


def test_quoted_commas_do_not_end_an_entry():
    assert media_types.split_list('a/x; p="1,2" , b/y,') == ['a/x; p="1,2"', "b/y"]
    offers = [Offer("b/y"), Offer('a/x; p="1,2"')]
    assert media_types.negotiate('a/x; p="1,2"', offers) is offers[1]


@pytest.mark.parametrize(
    "accept",
    [
        '"' + '\\"' * 3_000,
        ",".join(f"a{number}/b" for number in range(8_000)),
        ",".join(f"a/b;c={number}" for number in range(8_000)),
    ],
    ids=["a quote that is never closed", "many ranges", "many parameters"],
)
def test_long_lists_take_little_time(accept):
    offers = [Offer(f"x/{number}") for number in range(60)]
    started = time.process_time()
    media_types.negotiate(accept, offers)
    assert time.process_time() - started < 0.5  # with work for each pair: 3 and more
