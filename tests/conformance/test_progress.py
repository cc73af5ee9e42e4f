"""The progress of a run on standard error."""

import sys

import pytest

from signoff.conformance import progress
from signoff.conformance.progress import Live, Progress


@pytest.fixture
def clock(monkeypatch):
    """The time, in seconds, as a list with one entry that a test changes."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_terminal_has_one_line_that_changes(clock, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    live = Live()
    live(Progress("deterministic cases", 3))
    clock[0] += 0.01
    live(Progress("deterministic cases", 4))  # too soon
    live(Progress("fuzzing", 4, 1))
    clock[0] += 9.99
    live(Progress("fuzzing", 250, 2))
    live.clear()
    assert capsys.readouterr().err.split("\r\x1b[K")[1:] == [
        "Testing: deterministic cases, 3 requests, 0 s …",
        "Testing: fuzzing, 4 requests, 1 failed, 0 s …",
        "Testing: fuzzing, 250 requests (25/s), 2 failed, 10 s …",
        "",
    ]


def test_elsewhere_a_line_comes_every_ten_seconds(clock, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    live = Live()
    for number in range(60):
        clock[0] += 0.5
        live(Progress("coverage" if number < 30 else "fuzzing", 10 * number))
    live.clear()
    assert capsys.readouterr().err.splitlines() == [
        "Testing: coverage, 190 requests (19/s), 10 s …",
        "Testing: fuzzing, 390 requests (20/s), 20 s …",
        "Testing: fuzzing, 590 requests (20/s), 30 s …",
    ]
