"""The requests that the page is prefilled with, as the console of the mock has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import SignoffError
from signoff.contract.resources import infer
from signoff.generate import Generator
from signoff.mock import Settings
from signoff.mock.samples import Samples
from signoff.mock.world.base_world import BaseWorld

if TYPE_CHECKING:
    from signoff.contract import Contract, JsonObject


def sample_requests(contract: Contract) -> JsonObject:
    """A valid request for each operation, by its method and path, such as `GET /pets/{petId}`.

    Operations whose schemas are invalid have none.
    """
    settings = Settings()
    generator = Generator(contract.schemas, settings.seed, settings.locale)
    world = BaseWorld(infer(contract), generator, seed=settings.seed, list_size=settings.list_size)
    samples = Samples(contract, world, settings)
    found: JsonObject = {}
    for operation in contract.operations:
        try:
            request = samples.request(operation)
        except SignoffError:
            continue
        found[operation.label] = {"method": operation.method, **request}
    return found
