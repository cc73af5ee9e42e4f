"""What each process would do at its start, done once by the one that others are forked from.

Hypothesis makes tables of Unicode and reads the constants of all imported modules, which takes two seconds.
"""

import gc

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TEXTS = st.text(st.characters(codec="utf-8")) | st.text(st.characters(exclude_categories=["Cs"]))


@settings(
    database=None, deadline=None, derandomize=True, max_examples=20, suppress_health_check=[*HealthCheck]
)
@given(TEXTS, st.integers() | st.floats() | st.binary())
def _draw(text, other):
    assert type(text) is not type(other)


_draw()
gc.collect()
gc.freeze()  # so that no process need walk through it
