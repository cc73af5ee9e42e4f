"""300 mutated documents under all commands; `python -m tests.fuzzing.documents --count 10000` tries more."""

import sys

import pytest

from tests.fuzzing.documents import fuzz


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")
def test_commands_end_on_mutated_documents():
    run = fuzz(300)
    assert run.count == 300
    assert not run.faults, "\n".join(f"{fault.what}\n{fault.text[:2_000]}" for fault in run.faults.values())
    # The mutations are neither harmless nor hopeless.
    assert run.outcomes["mock: served"] > 60
    assert run.outcomes["review: 1"] > 100
    assert run.outcomes["review: 2"] > 20
