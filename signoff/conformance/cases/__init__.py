"""The deterministic cases: the fixed list of requests that every run sends first.

Theory of operation
-------------------
A verdict must not depend on luck. So before anything is generated at random, a run sends requests that are
derived from the document and the data file alone, always the same ones in the same order.

*Base requests.* For each operation there is at least one request that should succeed: path values from the
data file or the schema's example, a body from the document's examples, else the least valid one
(`base_requests`). Every other case is a base request with exactly one thing changed, so that a response
tells something about that one thing. A rejection proves a constraint only where the base request succeeds.

*Known values* (`known`). What the data file calls existing, forbidden or missing is requested in both letter
cases, and once more at the very end (`again`), when everything else has been sent. That is what the relations
compare: the same request twice, one id in two spellings.

*Lines of a schema* (`parameters`, `bodies`). Each keyword draws a line between valid and invalid: a bound, a
length, an enumeration. `values` lists candidates on both sides of it. It never decides which side a candidate
is on: the compiled validator does (`Meanings`), so a mistake in `values` loses a case and accuses nobody.

*The rest of HTTP* (`fields`). Spellings of Content-Type, Accept headers, bodies of the wrong media
type, broken JSON, methods that the path does not have. A path's methods
are tried once, by its first operation.

*Bounds.* Each kind of case has a limit for each operation (`_MOST_…`). The limit is a cut from a fair order:
the cases of the parameters and members take turns, so that the last one gets its share. In a large document
the shares shrink together, down to `_LEAST_SHARE`, so that a run has at most about `_MOST_IN_ALL` cases.

The cases say what is sent and what it was sent for (`intent`, `label`, `expected`), never what is wrong: the
checks decide that from the exchange. Shards and single operations get the very requests of a whole run.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signoff.conformance.base_requests import BaseRequests
from signoff.conformance.cases import bodies, fields, known, parameters
from signoff.conformance.cases.maker import Maker, Planned
from signoff.conformance.exchange import Meanings

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
        base_url: the target's base URL.
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
            yield from fields.undocumented(maker, documented[path])
        yield from fields.heads(maker, documented[path])
    for maker in makers:
        yield from known.again(maker)
