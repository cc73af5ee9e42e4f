"""A rule: which requests it is for, how often it applies, and which response they get.

A rule is compiled against the documents that the mock serves. What can be checked without a request is an
error then: an operation or example that does not exist, a status that the document does not define, or a
body without expressions that does not match its schema.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signoff.contract.expressions import Expression, ExpressionError, NoResultError
from signoff.mock.exchange import Fault
from signoff.mock.rules.checks import Checks
from signoff.mock.rules.conditions import check_expression
from signoff.mock.rules.delays import Delay
from signoff.mock.rules.reply import File, Reply
from signoff.mock.rules.targets import RuleError, Target, Targets
from signoff.mock.rules.templates import VARIABLES, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from signoff.contract import JsonObject, JsonValue, Operation
    from signoff.contract.limits import Limit
    from signoff.mock.exchange import FaultKind

# Set by the server itself.
_FRAMING = frozenset({"connection", "content-length", "date", "transfer-encoding"})
# What decides the body of a response; one of them at a time.
_BODIES = frozenset({"example", "body", "merge", "file", "items"})
# What a rule, a response or header field, an expression and a character of it take in memory, as measured.
_RULE_BYTES, _REPLY_BYTES, _EXPRESSION_BYTES, _CHARACTER_BYTES = 1500, 200, 500, 150


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule.

    Attributes:
        id: its name, for the journal.
        place: identifies it among all rules of a session.
        json: as it was written.
        targets: the operations that it is for, by key.
        condition: the expression of `when`.
        every, times, after, probability: which of the matching requests it applies to.
        replies: the responses, one after the other.
        cycles: whether the first response follows the last one.
        is_invalid: whether the response does not have to match the document.
        size: about how many bytes it takes in memory.
    """

    id: str
    place: str
    json: JsonObject
    targets: Mapping[str, Target]
    condition: Expression | None
    every: int
    times: int | None
    after: int
    probability: float
    replies: tuple[Reply, ...]
    cycles: bool
    is_invalid: bool
    size: int

    @property
    def is_limited(self) -> bool:
        """Whether it applies to some of the matching requests only."""
        return self.every > 1 or self.times is not None or self.after > 0 or self.probability < 1

    @property
    def counts(self) -> bool:
        """Whether the requests before matter."""
        is_random = any(reply.delay is not None and reply.delay.is_random for reply in self.replies)
        return self.is_limited or len(self.replies) > 1 or is_random

    @property
    def has_expressions(self) -> bool:
        """Whether it depends on the values of the request."""
        return self.condition is not None or any(reply.has_expressions for reply in self.replies)

    def covers(self, other: Rule) -> bool:
        """Whether this rule, tried first, leaves no request to the other one."""
        if self.condition is not None or self.is_limited:
            return False
        return all(
            (own := self.targets.get(key)) is not None and own.path in ("", target.path)
            for key, target in other.targets.items()
        )


def compile_rule(
    written: Mapping[str, Any],
    place: str,
    default_id: str,
    targets: Targets,
    *,
    read_file: Callable[[str], File],
    max_delay_s: float,
) -> Rule:
    """Compile a rule that matches the JSON Schema.

    Args:
        written: the rule.
        place: identifies it.
        default_id: its id if it has none.
        targets: the operations of the documents.
        read_file: reads a file of the rule file's folder; raises RuleError.
        max_delay_s: the largest delay.

    Raises:
        RuleError: it can never match, or its response is impossible.
    """
    found = targets.of(written)
    operations = [target.operation for target in found.values()]
    condition = _condition(written["when"], targets.limit) if "when" in written else None
    if condition is not None:
        check_expression(condition, operations, "/when")
    times = _whole(written.get("times"))
    respond = _respond(written)
    _check_steps(respond, times)
    compiler = _Compiler(read_file, max_delay_s, operations, targets.limit)
    checks = Checks(operations, written)
    replies = []
    for at, step in _steps(respond):
        reply = compiler.reply(step, at)
        if not written.get("invalid"):
            checks.check(reply, at)
        replies.append(reply)
    json = dict(written)
    size = _RULE_BYTES + compiler.size + _bytes_of(json)
    size += _bytes_of_expression(condition) if condition is not None else 0
    return Rule(
        id=written.get("id", default_id),
        place=place,
        json=json,
        targets=found,
        condition=condition,
        every=int(written.get("every", 1)),
        times=times,
        after=int(written.get("after", 0)),
        probability=written.get("probability", 1),
        replies=tuple(replies),
        cycles=respond.get("cycle", False),
        is_invalid=written.get("invalid", False),
        size=size,
    )


def _respond(written: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule responds, with its own delay and fault."""
    common = {name: written[name] for name in ("delay", "fault") if name in written}
    return {**common, **written.get("respond", {})}


def _steps(respond: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The responses of a rule with their places: one, or those of its sequence with what they share."""
    outer = {name: value for name, value in respond.items() if name not in ("sequence", "cycle")}
    if "sequence" not in respond:
        yield "/respond", outer
        return
    for index, step in enumerate(respond["sequence"]):
        shared = outer if _BODIES.isdisjoint(step) else {k: v for k, v in outer.items() if k not in _BODIES}
        yield f"/respond/sequence/{index}", {**shared, **step}


def _check_steps(respond: Mapping[str, Any], times: int | None) -> None:
    count = len(respond.get("sequence", ()))
    if times is not None and times < count:
        raise RuleError(
            f"the sequence has {count} responses, but `times: {times}` sends {times} of them only",
            f"/respond/sequence/{times}",
            "Remove `times`, or the responses that are never sent.",
        )


def _condition(source: str, limit: Limit) -> Expression | None:
    """The condition of a rule; None for one that is true for each request."""
    try:
        made = Expression.compiled(source, VARIABLES, limit)
    except ExpressionError as error:
        raise RuleError(str(error), "/when") from None
    try:
        found = made.result({})
    except NoResultError:  # it depends on the request
        return made
    if found is not True:
        raise RuleError(
            "the condition is not true for any request, so the rule can never match",
            "/when",
            "Remove the rule, or compare something of `request`.",
        )
    return None


class _Compiler:
    """Compiles the responses of one rule. What they share is compiled once: a sequence can be long.

    Attributes:
        size: about how many bytes the responses take in memory, without files and what is in the JSON.
    """

    def __init__(
        self,
        read_file: Callable[[str], File],
        max_delay_s: float,
        operations: Sequence[Operation],
        limit: Limit,
    ) -> None:
        self.size = 0
        self._operations = operations
        self._limit = limit
        self._read_file = read_file
        self._max_delay_s = max_delay_s
        # By the identity of what was written, which the rule keeps.
        self._bodies: dict[int, Template] = {}
        self._headers: dict[int, tuple[tuple[str, Template | None], ...]] = {}

    def reply(self, written: Mapping[str, Any], at: str) -> Reply:
        """Compile a response."""
        self.size += _REPLY_BYTES
        return Reply(
            status=_whole(written.get("status")),
            example=written.get("example"),
            body=self._body(written["body"], f"{at}/body") if "body" in written else None,
            merge=self._body(written["merge"], f"{at}/merge") if "merge" in written else None,
            file=self._read_file(written["file"]) if "file" in written else None,
            items=_whole(written.get("items")),
            headers=self._fields(written["headers"], f"{at}/headers") if "headers" in written else (),
            delay=self._delay(written["delay"], at) if "delay" in written else None,
            fault=self._fault(written["fault"], at) if "fault" in written else None,
        )

    def _body(self, value: JsonValue, at: str) -> Template:
        if id(value) not in self._bodies:
            self._bodies[id(value)] = self._template(value, at)
        return self._bodies[id(value)]

    def _fields(self, written: Mapping[str, Any], at: str) -> tuple[tuple[str, Template | None], ...]:
        if id(written) not in self._headers:
            for name in written:
                if name.lower() in _FRAMING:
                    raise RuleError(f"the header {name} can't be set: the server does", f"{at}/{name}")
            self.size += _REPLY_BYTES * len(written)
            self._headers[id(written)] = tuple(
                (name, None if value is None else self._template(_as_text(value), f"{at}/{name}"))
                for name, value in written.items()
            )
        return self._headers[id(written)]

    def _template(self, value: JsonValue, at: str) -> Template:
        try:
            made = Template.compiled(value, self._limit)
        except ExpressionError as error:
            raise RuleError(str(error), at) from None
        for expression in made.expressions:
            check_expression(expression, self._operations, at)
        self.size += sum(map(_bytes_of_expression, made.expressions))
        if not made.is_plain:
            self.size += _bytes_of(value)  # its parts are another copy
        return made

    def _delay(self, written: float | Mapping[str, Any], at: str) -> Delay:
        delay = Delay.read(written)
        most = self._max_delay_s
        if delay.sigma is None and max(delay.low, delay.high) > most * 1000:
            raise RuleError(
                f"the delay is longer than {most:g} s", at, "Raise --max-delay, or lower the delay."
            )
        if delay.low > delay.high:
            raise RuleError("the range of `uniform` is empty", at, "Give the lower number first.")
        return delay

    def _fault(self, written: FaultKind | Mapping[FaultKind, float], at: str) -> Fault:
        if isinstance(written, str):
            return Fault(written)
        [(kind, milliseconds)] = written.items()
        if milliseconds > self._max_delay_s * 1000:
            raise RuleError(f"the fault takes longer than {self._max_delay_s:g} s", at, "Raise --max-delay.")
        return Fault(kind, milliseconds / 1000)


def _whole(number: float | None) -> int | None:
    """An integer, which JSON Schema lets a document write as 503.0."""
    return None if number is None else int(number)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bytes_of_expression(expression: Expression) -> int:
    return _EXPRESSION_BYTES + _CHARACTER_BYTES * len(expression.source)


def _bytes_of(value: JsonValue) -> int:
    size, waiting = 0, [value]
    while waiting:
        part = waiting.pop()
        size += sys.getsizeof(part)
        if isinstance(part, dict):
            size += sum(map(sys.getsizeof, part))
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return size
