"""Raw requests to a real mock; `python -m tests.fuzzing.requests --count 1000000` sends more."""

import sys

import pytest

from tests.fuzzing.requests import SERVED, fuzz, serving


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")
def test_the_mock_survives_raw_requests():
    with serving(SERVED[:2] + SERVED[3:4]) as mock:
        run = fuzz(mock, 3_000, connections=16)
    assert not run.faults, [(number, fault) for number, fault, _ in run.faults]
    assert run.requests >= 3_000
    # Requests of all kinds get through.
    assert {200, 201, 204, 400, 404, 405, 406, 415, 422} <= set(run.statuses)
