"""Mocks with the control API."""

from contextlib import contextmanager

from signoff.contract import DataError
from signoff.mock import create_app
from signoff.mock.control.control import Control
from tests.conftest import ROOT, running

SHOP = ROOT / "tests" / "mock" / "shop.yaml"


class FakeRules:
    scenarios = ("flaky", "happy")

    def __init__(self):
        self.chosen = {}
        self.added = {}

    def scenario(self, session):
        return self.chosen.get(session, "")

    def use(self, session, name):
        self.chosen[session] = name

    def rules(self, session):
        return list(self.added.get(session, {}).items())

    def put(self, session, rule_id, rule):
        if "operation" not in rule:
            raise DataError("a rule needs an operation")
        self.added.setdefault(session, {})[rule_id] = rule

    def remove(self, session, rule_id):
        return self.added.get(session, {}).pop(rule_id, None) is not None

    def reset(self, session):
        self.chosen.pop(session, None)
        self.added.pop(session, None)


@contextmanager
def controlled(document=SHOP, settings=None, control=None, **options):
    """The origin of a mock with the control API."""
    control = control or Control(rule_book=FakeRules())
    with running(create_app(document, settings, control=control, **options)) as origin:
        yield origin
