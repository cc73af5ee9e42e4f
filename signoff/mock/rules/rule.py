"""A rule: which requests it is for, how often it applies, and which response they get.

A rule is compiled against the documents that the mock serves. What can be checked without a request is an
error then: an operation or example that does not exist, a status that the document does not define, or a
body without expressions that does not match its schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signoff.contract import Direction, media_types
from signoff.contract.expressions import Expression, ExpressionError
from signoff.mock.choice import Preference, inventory, preferred, success, suggestion
from signoff.mock.exchange import Fault
from signoff.mock.rules.delays import Delay
from signoff.mock.rules.targets import RuleError, Target, Targets
from signoff.mock.rules.templates import MAX_STEPS, VARIABLES, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signoff.contract import JsonObject, Operation

# Set by the server itself.
_FRAMING = frozenset({"connection", "content-length", "date", "transfer-encoding"})
# What decides the body of a response; one of them at a time.
_BODIES = frozenset({"example", "body", "merge", "file", "items"})


@dataclass(frozen=True, slots=True)
class File:
    """A file to send: its bytes, and its media type if the name says it."""

    data: bytes
    media_type: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a rule changes of the usual response.

    Attributes:
        status: the status code; None for the usual one.
        example: the name of a documented example.
        body: the body, instead of the usual one.
        merge: a merge patch for the usual body.
        file: the file to send.
        items: how many items the list has.
        headers: header fields to set; a value None removes one.
        delay: how long to wait first.
        fault: how to break the response.
    """

    status: int | None = None
    example: str | None = None
    body: Template | None = None
    merge: Template | None = None
    file: File | None = None
    items: int | None = None
    headers: tuple[tuple[str, Template | None], ...] = ()
    delay: Delay | None = None
    fault: Fault | None = None

    @property
    def is_usual(self) -> bool:
        """Whether status and body are the usual ones."""
        parts = self.status, self.example, self.body, self.merge, self.file, self.items
        return all(part is None for part in parts)

    @property
    def has_expressions(self) -> bool:
        """Whether it depends on the values of the request."""
        templates = [self.body, self.merge, *(value for _, value in self.headers)]
        return any(not template.is_plain for template in templates if template is not None)


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
    condition = _expression(written["when"]) if "when" in written else None
    common = {name: written[name] for name in ("delay", "fault") if name in written}
    respond = {**common, **written.get("respond", {})}
    steps = respond.get("sequence")
    outer = {name: value for name, value in respond.items() if name not in ("sequence", "cycle")}
    replies = []
    for index, step in enumerate([{}] if steps is None else steps):
        at = "/respond" if steps is None else f"/respond/sequence/{index}"
        shared = outer if _BODIES.isdisjoint(step) else {k: v for k, v in outer.items() if k not in _BODIES}
        reply = _reply({**shared, **step}, at, read_file, max_delay_s)
        if not written.get("invalid"):
            for target in found:
                _check(reply, target.operation, at)
        replies.append(reply)
    return Rule(
        id=written.get("id", default_id),
        place=place,
        json=dict(written),
        targets={target.key: target for target in found},
        condition=condition,
        every=int(written.get("every", 1)),
        times=_whole(written.get("times")),
        after=int(written.get("after", 0)),
        probability=written.get("probability", 1),
        replies=tuple(replies),
        cycles=respond.get("cycle", False),
        is_invalid=written.get("invalid", False),
    )


def _expression(source: str) -> Expression:
    try:
        return Expression.compiled(source, VARIABLES, MAX_STEPS)
    except ExpressionError as error:
        raise RuleError(str(error), "/when") from None


def _reply(
    written: Mapping[str, Any], at: str, read_file: Callable[[str], File], max_delay_s: float
) -> Reply:
    delay = Delay.read(written["delay"]) if "delay" in written else None
    if delay is not None and delay.sigma is None and max(delay.low, delay.high) > max_delay_s * 1000:
        raise RuleError(
            f"the delay is longer than {max_delay_s:g} s", at, "Raise --max-delay, or lower the delay."
        )
    if delay is not None and delay.low > delay.high:
        raise RuleError("the range of `uniform` is empty", at, "Give the lower number first.")
    fault = None
    if "fault" in written:
        fault = _fault(written["fault"])
        if fault.seconds is not None and fault.seconds > max_delay_s:
            raise RuleError(f"the fault takes longer than {max_delay_s:g} s", at, "Raise --max-delay.")
    for name in written.get("headers", {}):
        if name.lower() in _FRAMING:
            raise RuleError(f"the header {name} can't be set: the server does", f"{at}/headers/{name}")
    return Reply(
        status=_whole(written.get("status")),
        example=written.get("example"),
        body=_template(written["body"], f"{at}/body") if "body" in written else None,
        merge=_template(written["merge"], f"{at}/merge") if "merge" in written else None,
        file=read_file(written["file"]) if "file" in written else None,
        items=_whole(written.get("items")),
        headers=tuple(
            (name, None if value is None else _template(_as_text(value), f"{at}/headers/{name}"))
            for name, value in written.get("headers", {}).items()
        ),
        delay=delay,
        fault=fault,
    )


def _whole(number: float | None) -> int | None:
    """An integer, which JSON Schema lets a document write as 503.0."""
    return None if number is None else int(number)


def _fault(written: Any) -> Fault:  # noqa: ANN401 - validated by the JSON Schema
    if isinstance(written, str):
        return Fault(written)  # type: ignore[arg-type]
    [(kind, milliseconds)] = written.items()
    return Fault(kind, milliseconds / 1000)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _template(value: Any, at: str) -> Template:  # noqa: ANN401 - JSON
    try:
        return Template.compiled(value)
    except ExpressionError as error:
        raise RuleError(str(error), at) from None


def _check(reply: Reply, operation: Operation, at: str) -> None:
    """Check what does not depend on a request against the document.

    Raises:
        RuleError: the document does not allow it.
    """
    hint = "Change it, or say that it is meant to be wrong: `invalid: true`."
    if reply.example is not None:
        wanted = Preference(None if reply.status is None else str(reply.status), reply.example)
        if preferred(operation, wanted) is None:
            text = suggestion(operation, wanted).strip() or f"Available {inventory(operation)}."
            raise RuleError(f"{operation.label} has no response {wanted}", at, text)
    if reply.status is None and reply.body is None:
        return
    status = reply.status or success(operation).status
    response = operation.response_for(status)
    if response is None:
        if status < 400 and operation.responses:
            known = ", ".join(each.status for each in operation.responses)
            raise RuleError(
                f"the document has no status {status} for {operation.label}, so the rule can never match it",
                f"{at}/status",
                f"Documented: {known}. {hint}",
            )
        return
    if reply.body is None or not reply.body.is_plain:
        return
    if not response.content and reply.body.value is not None:
        raise RuleError(f"the document defines no body for {status} of {operation.label}", f"{at}/body", hint)
    offers = [offer for offer in response.content if media_types.is_json(offer.name)]
    offers = offers or list(response.content)
    schemas = [offer.schema for offer in offers]
    value = reply.body.filled({})
    if schemas and None not in schemas:
        faults = [schema.violations(value, Direction.RESPONSE) for schema in schemas if schema is not None]
        if all(faults):
            first = faults[0][0]
            where = f"the body at {first.pointer}" if first.pointer else "the body"
            raise RuleError(
                f"{where} does not match the schema of {operation.label}: {first.message}", f"{at}/body", hint
            )
