"""The deterministic cases: the fixed list of requests that every run sends first.

Theory of operation
-------------------
Results must not depend on chance. So before fuzzing, a run sends requests that are derived from the document
and the data file alone, always the same ones in the same order.

*Base requests.* For each operation there is at least one request that should succeed: path values from the
data file or the schema's example, a body from the document's examples, else a generated or a minimal one
(`base_requests`). If it is rejected, the next of these candidates is tried. If all are rejected, no valid
variation is sent, because its rejection would show nothing. Every other case is a base request with exactly
one change, so that the response shows the effect of that change. A rejection verifies a constraint only if
the base request succeeds.

*Known values* (`known`). Existing, forbidden and missing values of the data file are requested in upper and
lower case, and once more at the end (`repeated`). Relations compare these: the same request twice, one UUID
in two spellings.

*Boundaries of a schema* (`parameters`, `bodies`). Keywords such as `maximum`, `maxLength` and `enum` separate
valid from invalid values. `values` lists candidates on both sides. The compiled validator decides whether a
candidate is valid (`Meanings`), so a mistake in `values` can miss a case, but not report a false failure.

*HTTP* (`fields`). Spellings of Content-Type, Accept headers, undocumented media types, malformed JSON, and
undocumented methods, which are tried once per path.

*Limits.* Each kind of case has a limit for each operation (`_MOST_…`). Parameters and properties take turns,
so that the limit applies to all of them equally. In a large document, the limits are reduced, down to
`_LEAST_SHARE`, so that a run has at most about `_MOST_IN_ALL` cases.

A case has a request and its purpose (`intent`, `label`, `expected`). The checks decide whether the response
is correct. Shards and runs of single operations send the same requests as a whole run.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signoff.conformance.base_requests import BaseRequests
from signoff.conformance.cases import bodies, fields, known, parameters
from signoff.conformance.cases.maker import Maker, Planned
from signoff.conformance.exchange import Meanings
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator

    import schemathesis

    from signoff.conformance.exchange import Exchange
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract

__all__ = ["Planned", "plan", "share_notes"]

# Requests to one operation, by what they are for; of a large document each operation gets fewer.
_MOST_KNOWN, _MOST_VALID, _MOST_PARAMETERS, _MOST_MALFORMED, _MOST_INVALID = 60, 30, 60, 48, 40
_MOST_HUGE = 20
_MOST_IN_ALL = 6000
_LARGE = 200
_LEAST_SHARE = 0.15


def plan(
    contract: Contract,
    schema: schemathesis.BaseSchema,
    base_url: str,
    data: TargetData,
    chosen: Collection[str] | None = None,
    bases: BaseRequests | None = None,
) -> Generator[Planned, Exchange | None, None]:
    """All deterministic cases, in order. Each can be answered with its exchange (`send`).

    Args:
        contract: the whole contract, so that an operation's requests are the same in every shard.
        schema: creates the base requests.
        base_url: the target's base URL.
        data: the known values.
        chosen: the ids of the operations to plan for; None for all.
        bases: remember which bodies succeed.
    """
    bases = bases or BaseRequests(contract, schema, base_url)
    meanings = Meanings(contract, urlsplit(base_url).path)
    documented: dict[str, list[str]] = {}
    for operation in contract.operations:
        documented.setdefault(operation.path, []).append(operation.method)
    share = _share(len(contract.operations))
    makers = [
        Maker(contract, operation, bases, meanings, data)
        for operation in contract.operations
        if not data.of(operation).skip
    ]
    first = {maker.operation.path: maker.operation.id for maker in reversed(makers)}
    makers = [maker for maker in makers if chosen is None or maker.operation.id in chosen]
    for maker in makers:
        path = maker.operation.path
        says_something = yield from bodies.base(maker)
        yield from (
            case
            for case in _varied(maker, share)
            if says_something or case.intent not in ("positive", "boundary", "accept")
        )
        if first[path] == maker.operation.id:
            yield from fields.undocumented_methods(maker, documented[path])
        if says_something:
            yield from fields.head_and_get(maker, documented[path])
    for maker in makers:
        yield from known.repeated(maker)


def share_notes(operations: int) -> list[str]:
    """A note if each of so many operations gets fewer variations than usual."""
    share = _share(operations)
    text = f"deterministic cases: up to {share:.0%} of the usual variations per operation"
    return [f"{text}, because there are {counted(operations, 'operation')}"] if share < 1 else []


def _share(operations: int) -> float:
    return max(_LEAST_SHARE, min(1.0, _MOST_IN_ALL / (_LARGE * max(1, operations))))


def _varied(maker: Maker, share: float) -> Iterator[Planned]:
    """The base request of an operation with one change each."""
    yield from islice(known.known_values(maker), _MOST_KNOWN)
    yield from islice(bodies.valid(maker), int(_MOST_VALID * share) + 1)
    yield from fields.spellings(maker)
    yield from islice(parameters.around_limits(maker), int(_MOST_PARAMETERS * share) + 1)
    yield from islice(bodies.malformed(maker), int(_MOST_MALFORMED * share) + 1)
    yield from islice(bodies.invalid(maker), int(_MOST_INVALID * share) + 1)
    yield from islice(bodies.huge(maker), int(_MOST_HUGE * share) + 1)
    yield from fields.headers(maker)
