"""The control API by our own kit: its document is reviewed, and its server is tested against it."""

from pathlib import Path

import httpx2
import pytest
import yaml

import signoff
from signoff.cli import main
from signoff.conformance import Options, load_data, run
from signoff.mock import Settings, create_app
from signoff.mock.control.control import DOCUMENT, Control
from signoff.mock.control.guard import Guard
from signoff.mock.reloading import Build, ReloadingApp
from signoff.review.run import review
from tests.conftest import DOCUMENTS, running
from tests.mock.control.servers import PREFIX, SHOP, Session, controlled
from tests.mock.test_reloading import comes_true

DATA = Path(__file__).parent / "data.yaml"
