"""The rules of each session: which scenario it uses, its one-off rules, and what they have counted."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract import DataError
from signoff.contract.expression_cost import Budget
from signoff.contract.expressions import ExpressionCostError
from signoff.mock.exchange import to_json
from signoff.mock.routing import operation_key
from signoff.mock.rules.rule import Reply
from signoff.mock.rules.templates import MAX_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract import JsonObject, JsonValue, Operation
    from signoff.mock.exchange import Fault, Request
    from signoff.mock.rules.rule import Rule
    from signoff.mock.rules.rule_file import RuleFile

logger = logging.getLogger("signoff.mock")

MAX_RULES = 1000
MAX_RULE_BYTES = 256 * 1024
MAX_SESSIONS = 10_000
_MAX_BYTES = 64 * 1024 * 1024
_Values: TypeAlias = "Mapping[str, JsonValue]"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule decided for one request.

    Attributes:
        rule: the id of the rule, such as `checkout-flaky/1`.
        reply: what it changes of the usual response.
        values: the variables of the reply's expressions.
        delay_s: how long to wait before the response.
        fault: how to break the response; None not to.
        is_invalid: whether the response does not have to match the document.
        failure: why it can't be decided; empty if it can.
    """

    rule: str
    reply: Reply
    values: _Values
    delay_s: float
    fault: Fault | None
    is_invalid: bool
    failure: str = ""


@dataclass(slots=True)
class _Session:
    """What a session has of its own.

    Attributes:
        scenario: the chosen scenario; None for the initial one.
        rules: its one-off rules by id, the newest last.
        size: the size of their JSON in bytes.
        counts: by the place of a rule, how many requests matched, and to how many it applied.
    """

    scenario: str | None = None
    rules: dict[str, Rule] = field(default_factory=dict)
    size: int = 0
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)


class RuleBook:
    """The rules that each session uses. The default session has the name "".

    A request is tried against the one-off rules of its session, the newest first, then the rules of its
    scenario, then those that the file has for all scenarios. Sessions are bounded: beyond `MAX_SESSIONS`, the
    one that was not used for the longest time starts again, which is logged.

    Args:
        rule_file: the rules of the file, from `load_rules`, or `no_rules`.
        seed: the random seed of probabilities and delays.
    """

    def __init__(self, rule_file: RuleFile, seed: int = 0) -> None:
        self._file = rule_file
        self._seed = seed
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._concerned = self._found_concerned()

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios, in the order of the file."""
        return tuple(self._file.scenarios)

    def scenario(self, session: str) -> str:
        """The scenario of a session; empty for none."""
        held = self._sessions.get(session)
        chosen = held.scenario if held is not None else None
        return self._file.initial if chosen is None else chosen

    def use(self, session: str, name: str) -> None:
        """Switch the scenario of a session, and count from the beginning; an empty name is none.

        Raises:
            DataError: the rule file has no such scenario.
        """
        if name and name not in self._file.scenarios:
            known = ", ".join(self._file.scenarios)
            raise DataError(
                f"unknown scenario {name!r}",
                suggestion=f"Scenarios: {known}." if known else "The mock has no scenarios: see --rules.",
            )
        held = self._session(session)
        held.scenario = name
        held.counts.clear()

    def rules(self, session: str) -> list[tuple[str, JsonObject]]:
        """The ids and rules of a session, in the order in which they are tried.

        One-off rules are first; `remove` removes only those.
        """
        held = self._sessions.get(session)
        own = list(reversed(held.rules.values())) if held is not None else []
        return [
            (rule.id, rule.json)
            for rule in (*own, *self._file.scenarios.get(self.scenario(session), ()), *self._file.common)
        ]

    def put(self, session: str, rule_id: str, rule: JsonObject) -> None:
        """Add a one-off rule, or replace the one with this id. It counts from the beginning.

        Raises:
            DataError: it is invalid, too large, or the session has too many.
        """
        size = len(to_json(rule))
        if size > MAX_RULE_BYTES:
            raise DataError(f"the rule is larger than {MAX_RULE_BYTES} bytes")
        compiled = self._file.one_off(rule_id, rule)
        held = self._session(session)
        before = held.rules.get(rule_id)
        others = len(held.rules) - (before is not None)
        kept = held.size - (len(to_json(before.json)) if before is not None else 0)
        if others >= MAX_RULES or kept + size > _MAX_BYTES // 4:
            raise DataError(
                f"a session can have {MAX_RULES} one-off rules of {_MAX_BYTES // 4} bytes together",
                suggestion="Remove rules, or reset the session.",
            )
        held.rules.pop(rule_id, None)  # a replaced rule comes last
        held.size = kept
        held.rules[rule_id] = compiled
        held.size += len(to_json(compiled.json))
        held.counts.pop(compiled.place, None)
        while len(self._sessions) > 1 and sum(each.size for each in self._sessions.values()) > _MAX_BYTES:
            self._forget_oldest()
        self._concerned = self._found_concerned()

    def remove(self, session: str, rule_id: str) -> bool:
        """Remove a one-off rule; whether there was one."""
        held = self._sessions.get(session)
        rule = held.rules.pop(rule_id, None) if held is not None else None
        if held is None or rule is None:
            return False
        held.size -= len(to_json(rule.json))
        held.counts.pop(rule.place, None)
        self._concerned = self._found_concerned()
        return True

    def reset(self, session: str) -> None:
        """Forget the one-off rules of a session, its scenario and what it counted."""
        self._sessions.pop(session, None)
        self._concerned = self._found_concerned()

    def replace(self, rule_file: RuleFile) -> None:
        """Use the rules of a file that was read again.

        Sessions keep their scenario if it still exists, and one-off rules that are still valid.
        """
        self._file = rule_file
        for name, held in self._sessions.items():
            held.counts.clear()
            if held.scenario and held.scenario not in rule_file.scenarios:
                logger.warning("the scenario %r of the session %r is gone", held.scenario, name)
                held.scenario = None
            for rule_id, rule in list(held.rules.items()):
                try:
                    held.rules[rule_id] = rule_file.one_off(rule_id, rule.json)
                except DataError as error:
                    logger.warning("the one-off rule %s of the session %r is gone: %s", rule_id, name, error)
                    held.size -= len(to_json(rule.json))
                    del held.rules[rule_id]
        self._concerned = self._found_concerned()

    def concerns(self, key: str) -> bool:
        """Whether any rule of any session is for an operation: one look-up, for the untouched path."""
        return key in self._concerned

    def decide(
        self, operation: Operation, request: Request, session: str, scenario: str | None = None
    ) -> Decision | None:
        """What the first matching rule decides for a request; None if none matches.

        Counts the request, so call it once for each.

        Args:
            operation: the request's operation.
            request: the request with all of its header fields.
            session: the name of its session.
            scenario: the scenario for this request only, which the client prefers; None for the session's.
        """
        key = operation_key(operation)
        if key not in self._concerned:
            return None
        values: _Values | None = None
        budget = Budget(MAX_STEPS)
        for rule in self._candidates(key, session, scenario):
            path = rule.targets[key].path
            if path and path != request.path:
                continue
            if rule.has_expressions and values is None:
                values = self._file.targets.values(key, request)
            try:
                if rule.condition is not None and rule.condition.holds(values or {}, budget) is not True:
                    continue
            except ExpressionCostError as error:
                failure = f"`when`: {error}, with that of the rules before it, for this request"
                return Decision(rule.id, Reply(), {}, 0.0, None, is_invalid=False, failure=failure)
            decision = self._applied(rule, session, values or {})
            if decision is not None:
                return decision
        return None

    def _candidates(self, key: str, session: str, scenario: str | None) -> Iterator[Rule]:
        """The rules for an operation, in the order in which they are tried."""
        held = self._sessions.get(session)
        if held is not None:
            self._sessions.move_to_end(session)
        name = self.scenario(session) if scenario is None else scenario
        parts: list[Sequence[Rule]] = [self._file.scenarios.get(name, ()), self._file.common]
        if held is not None and held.rules:
            parts.insert(0, list(reversed(held.rules.values())))
        return (rule for part in parts for rule in part if key in rule.targets)

    def _applied(self, rule: Rule, session: str, values: _Values) -> Decision | None:
        """What a matching rule decides; None if it does not apply to this request."""
        index, random = 0, _UNUSED
        if rule.counts:
            counts = self._session(session).counts
            matched, applied = counts.get(rule.place, (0, 0))
            matched += 1
            random = Random(f"{self._seed}|{rule.place}|{matched}")  # noqa: S311 - no secret
            turn = matched - rule.after
            is_due = turn > 0 and turn % rule.every == 0 and (rule.times is None or applied < rule.times)
            is_due = is_due and (rule.probability >= 1 or random.random() < rule.probability)
            counts[rule.place] = matched, applied + is_due
            if not is_due:
                return None
            index = applied % len(rule.replies) if rule.cycles else min(applied, len(rule.replies) - 1)
        reply = rule.replies[index]
        delay_s = reply.delay.seconds(random, self._file.max_delay_s) if reply.delay is not None else 0.0
        return Decision(rule.id, reply, values, delay_s, reply.fault, rule.is_invalid)

    def _session(self, name: str) -> _Session:
        """The session with a name, as the one that was used last."""
        held = self._sessions.get(name)
        if held is None:
            held = self._sessions[name] = _Session()
            if len(self._sessions) > MAX_SESSIONS:
                self._forget_oldest()
        self._sessions.move_to_end(name)
        return held

    def _forget_oldest(self) -> None:
        """Forget the session that was not used for the longest time."""
        name, held = self._sessions.popitem(last=False)
        if held.rules or held.scenario is not None:
            logger.warning("too many sessions: the rules and the scenario of %r are forgotten", name)

    def _found_concerned(self) -> frozenset[str]:
        parts = [*self._file.scenarios.values(), self._file.common]
        parts += [tuple(held.rules.values()) for held in self._sessions.values() if held.rules]
        return frozenset(key for part in parts for rule in part for key in rule.targets)


_UNUSED = Random(0)  # noqa: S311 - as above
