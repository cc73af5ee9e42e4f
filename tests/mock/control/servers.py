"""Mocks with the control API."""

from contextlib import contextmanager

from signoff.mock import create_app
from signoff.mock.control.control import Control
from tests.conftest import ROOT, running

SHOP = ROOT / "tests" / "mock" / "shop.yaml"


@contextmanager
def controlled(document=SHOP, settings=None, control=None, **options):
    """The origin of a mock with the control API."""
    control = control or Control()
    with running(create_app(document, settings, control=control, **options)) as origin:
        yield origin
