"""150 mutated documents under all commands; `python -m tests.fuzzing.documents --count 10000` tries more."""

import sys

import pytest

from tests.fuzzing.documents import fuzz


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")
def test_commands_end_on_mutated_documents():
    run = fuzz(150)
    assert run.count == 150
    assert not run.faults, "\n".join(f"{fault.what}\n{fault.text[:2_000]}" for fault in run.faults.values())
    # The mutations are neither harmless nor hopeless.
    assert run.outcomes["mock: served"] > 30
    assert run.outcomes["review: 1"] > 50
    assert run.outcomes["review: 2"] > 10
