"""The fixed list of requests that is sent first: what must be reached, accepted and refused.

Derived from the contract and the data file alone, in one order, so that the verdict does not depend
on a seed: known values in both letter cases and twice, every example and enumerated value, both sides
of every line that a schema draws, broken bodies, wrong methods and media types, and Accept.
Bounded for each operation, with a cut that is fair to its parameters and members.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signoff.conformance.base_requests import BaseRequests
from signoff.conformance.cases import bodies, fields, known, methods, parameters
from signoff.conformance.cases.maker import Maker, Planned
from signoff.conformance.meaning import Meanings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import schemathesis

    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract

__all__ = ["Planned", "plan"]

# Requests to one operation, by what they are for; of a large document each operation gets fewer.
_MOST_KNOWN, _MOST_SOUND, _MOST_PARAMETERS, _MOST_BROKEN, _MOST_WRONG = 60, 30, 60, 48, 40
_MOST_IN_ALL = 6000
_LARGE = 200
_LEAST_SHARE = 0.15


def plan(
    contract: Contract,
    schema: schemathesis.BaseSchema,
    base_url: str,
    data: TargetData,
    chosen: Collection[str] | None = None,
) -> Iterator[Planned]:
    """Every request of the corpus, in order.

    Args:
        contract: the whole of it, so that an operation's requests are the same in each part of a run.
        schema: makes the plain requests.
        base_url: where the target answers.
        data: what is known.
        chosen: the ids of the operations to plan for; None for all.
    """
    bases = BaseRequests(contract, schema, base_url)
    meanings = Meanings(contract, urlsplit(base_url).path)
    documented: dict[str, list[str]] = {}
    for operation in contract.operations:
        documented.setdefault(operation.path, []).append(operation.method)
    share = max(_LEAST_SHARE, min(1.0, _MOST_IN_ALL / (_LARGE * max(1, len(contract.operations)))))
    makers = [
        Maker(contract, operation, bases, meanings, data)
        for operation in contract.operations
        if not data.of(operation).skip
    ]
    first = {maker.operation.path: maker.operation.id for maker in reversed(makers)}
    makers = [maker for maker in makers if chosen is None or maker.operation.id in chosen]
    for maker in makers:
        path = maker.operation.path
        yield from islice(known.found_and_missed(maker), _MOST_KNOWN)
        yield from islice(bodies.sound(maker), int(_MOST_SOUND * share) + 1)
        yield from fields.spellings(maker)
        yield from islice(parameters.both_sides(maker), int(_MOST_PARAMETERS * share) + 1)
        yield from islice(bodies.broken(maker), int(_MOST_BROKEN * share) + 1)
        yield from islice(bodies.wrong(maker), int(_MOST_WRONG * share) + 1)
        yield from fields.accepts(maker)
        if first[path] == maker.operation.id:
            yield from methods.undocumented(maker, documented[path])
        yield from methods.heads(maker, documented[path])
    for maker in makers:
        yield from known.again(maker)
