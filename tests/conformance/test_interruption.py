"""A signal that ends a run is never lost, wherever it comes."""

import signal

import pytest

from signoff.conformance import limits
from signoff.conformance.limits import Interruption, interruptible


class Finalised:
    """Gets the signal where Python only prints what is raised."""

    def __del__(self):
        signal.raise_signal(signal.SIGTERM)


def test_an_interruption_that_a_finaliser_loses_is_raised_at_the_next_step(capsys):
    with interruptible():
        Finalised()
        with pytest.raises(Interruption) as caught:
            limits.check()
    assert caught.value.number == signal.SIGTERM
    assert "Traceback" not in capsys.readouterr().err


def test_it_does_not_outlive_the_run():
    with pytest.raises(Interruption), interruptible():
        signal.raise_signal(signal.SIGINT)
    limits.check()


def test_an_error_of_interrupted_code_is_told_from_others():
    with interruptible():
        assert limits.behind(AssertionError()) == 0
        with pytest.raises(Interruption):
            signal.raise_signal(signal.SIGTERM)
        assert limits.behind(AssertionError()) == signal.SIGTERM
    assert limits.behind(KeyboardInterrupt()) == signal.SIGINT
