"""The rules of each session: which scenario it uses, its one-off rules, and what they have counted."""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field, replace
from itertools import chain
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract import DataError
from signoff.contract.expression_cost import Budget
from signoff.contract.expressions import ExpressionCostError, NoResultError
from signoff.mock.exchange import to_json
from signoff.mock.routing import operation_key
from signoff.mock.rules.reply import Reply
from signoff.mock.rules.rule_file import ONE_OFF
from signoff.mock.settings import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from signoff.contract import JsonObject, JsonValue, Operation
    from signoff.mock.exchange import Fault, Request
    from signoff.mock.rules.rule import Rule
    from signoff.mock.rules.rule_file import RuleFile

logger = logging.getLogger("signoff.mock")

MAX_RULES = 1000
MAX_SESSIONS = 10_000
_MAX_BYTES = 64 * MEBIBYTE  # of compiled one-off rules; a quarter of it for one session
_MOST_SKIPPED = 5
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
        skipped: the rules before it whose conditions have no value, and why, if the client asks for it.
    """

    rule: str
    reply: Reply
    values: _Values
    delay_s: float
    fault: Fault | None
    is_invalid: bool
    failure: str = ""
    skipped: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """How the response came about."""
        return (*((f"rule {self.rule}",) if self.rule else ()), *self.skipped)


@dataclass(slots=True)
class _Session:
    """What a session has of its own.

    Attributes:
        scenario: the chosen scenario; None for the initial one.
        rules: its one-off rules by id, the newest last.
        size: about how many bytes these take in memory.
        counts: by the place of a rule, how many requests matched, and to how many it applied.
    """

    scenario: str | None = None
    rules: dict[str, Rule] = field(default_factory=dict)
    size: int = 0
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def restart(self, scenario: str | None) -> None:
        """Use a scenario. The rules of the file count from the beginning, one-off rules go on."""
        self.scenario = scenario
        self.counts = {place: count for place, count in self.counts.items() if place.startswith(ONE_OFF)}


class RuleBook:
    """The rules that each session uses. The default session has the name "".

    A request is tried against the one-off rules of its session, the newest first, then the rules of its
    scenario, then those that the file has for all scenarios. The number of sessions and the memory that their
    rules take are bounded: beyond that, the one that was not used for the longest time starts again, which is
    logged. The thread of a reload calls `replace` while requests go on.

    Args:
        rule_file: the rules of the file, from `load_rules`, or `no_rules`.
        seed: the random seed of probabilities and delays.
    """

    def __init__(self, rule_file: RuleFile, seed: int = 0) -> None:
        self._file = rule_file
        self._seed = seed
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._size = 0
        self._concerned = _concerned(rule_file)  # how many rules are for an operation, by its key
        self._lock = Lock()

    @property
    def file(self) -> RuleFile:
        """The rules of the file, for which one-off rules are compiled."""
        return self._file

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
        """Switch the scenario of a session; an empty name is none.

        The rules of the file count from the beginning, one-off rules go on.

        Raises:
            DataError: the rule file has no such scenario.
        """
        if name and name not in self._file.scenarios:
            known = ", ".join(self._file.scenarios)
            raise DataError(
                f"unknown scenario {name!r}",
                suggestion=f"Scenarios: {known}." if known else "The mock has no scenarios: see --rules.",
            )
        with self._lock:
            held = self._session(session)
            held.restart(name)

    def rules(self, session: str) -> list[tuple[str, JsonObject]]:
        """The ids and rules of a session, in the order in which they are tried.

        One-off rules are first; `remove` removes only those.
        """
        return [(rule.id, rule.json) for rule in self._tried(session, self.scenario(session))]

    def rule(self, session: str, rule_id: str) -> JsonObject | None:
        """The first rule of a session with this id."""
        held = self._sessions.get(session)
        if held is not None and rule_id in held.rules:
            return held.rules[rule_id].json
        return next((json for found, json in self.rules(session) if found == rule_id), None)

    def put(self, session: str, rule_id: str, rule: JsonObject) -> None:
        """Compile a one-off rule and add it: see `add`.

        Raises:
            DataError: it is invalid, too large, or the session has too many.
        """
        self.add(session, self._file.one_off(rule_id, rule))

    def add(self, session: str, rule: Rule) -> None:
        """Add a one-off rule of `file`, or replace the one with this id. It counts from the beginning.

        Raises:
            DataError: the session has too many.
        """
        with self._lock:
            held = self._session(session)
            before = held.rules.get(rule.id)
            others = len(held.rules) - (before is not None)
            kept = held.size - (before.size if before is not None else 0)
            if others >= MAX_RULES or kept + rule.size > _MAX_BYTES // 4:
                most = _MAX_BYTES // 4 // MEBIBYTE
                raise DataError(
                    f"a session can have {MAX_RULES} one-off rules, in {most} MiB of memory",
                    suggestion="Remove rules, or reset the session.",
                )
            self._removed(held, rule.id)  # a replaced rule comes last
            held.rules[rule.id] = rule
            held.size += rule.size
            self._size += rule.size
            self._concerned.update(rule.targets.keys())
            while self._size > _MAX_BYTES:
                self._forget_oldest()

    def remove(self, session: str, rule_id: str) -> bool:
        """Remove a one-off rule; whether there was one."""
        with self._lock:
            held = self._sessions.get(session)
            return held is not None and self._removed(held, rule_id)

    def _removed(self, held: _Session, rule_id: str) -> bool:
        rule = held.rules.pop(rule_id, None)
        if rule is None:
            return False
        held.size -= rule.size
        self._size -= rule.size
        held.counts.pop(rule.place, None)
        self._concerned.subtract(rule.targets.keys())
        return True

    def reset(self, session: str, parts: Collection[str] = ("rules", "scenario")) -> None:
        """Forget the one-off rules of a session, or its scenario, or both.

        All rules count from the beginning; without `rules`, one-off rules go on.
        """
        with self._lock:
            held = self._sessions.get(session)
            if held is None:
                return
            if "rules" in parts:
                self._forget(session)
                if "scenario" not in parts and held.scenario is not None:
                    self._session(session).scenario = held.scenario
            elif "scenario" in parts:
                held.restart(None)

    def replace(self, rule_file: RuleFile) -> None:
        """Use the rules of a file that was read again.

        Sessions keep their scenario if it still exists, one-off rules that are still valid, and what they
        counted for rules that are the same as before.
        """
        moved = _moved(self._file, rule_file)
        known: dict[int, Rule | DataError] = {}
        before: list[Rule] = []  # so that what `known` holds keeps its identity
        # Compiling takes long, so requests go on; those that put rules meanwhile are few.
        for held in list(self._sessions.values()):
            for rule in list(held.rules.values()):
                before.append(rule)
                known[id(rule)] = _compiled_again(rule, rule_file)
        with self._lock:
            self._file = rule_file
            self._concerned, self._size = _concerned(rule_file), 0
            for name, held in self._sessions.items():
                held.counts = {
                    moved.get(place, place): count
                    for place, count in held.counts.items()
                    if place in moved or place.startswith(ONE_OFF)
                }
                if held.scenario and held.scenario not in rule_file.scenarios:
                    logger.warning("the scenario %r of the session %r is gone", held.scenario, name)
                    held.scenario = None
                self._take(name, held, known)

    def _take(self, name: str, held: _Session, known: Mapping[int, Rule | DataError]) -> None:
        """Give a session the rules that were compiled again."""
        rules: dict[str, Rule] = {}
        for rule_id, rule in held.rules.items():
            made = known.get(id(rule)) or _compiled_again(rule, self._file)
            if isinstance(made, DataError):
                logger.warning("the one-off rule %s of the session %r is gone: %s", rule_id, name, made)
                held.counts.pop(rule.place, None)
                continue
            rules[rule_id] = made
            self._concerned.update(made.targets.keys())
        held.rules = rules
        held.size = sum(rule.size for rule in rules.values())
        self._size += held.size

    def concerns(self, key: str) -> bool:
        """Whether any rule of any session is for an operation: one look-up, for the untouched path."""
        return self._concerned.get(key, 0) > 0

    def decide(
        self,
        operation: Operation,
        request: Request,
        session: str,
        scenario: str | None = None,
        *,
        explains: bool = False,
    ) -> Decision | None:
        """What the first matching rule decides for a request; None if none matches.

        Counts the request, so call it once for each.

        Args:
            operation: the request's operation.
            request: the request with all of its header fields.
            session: the name of its session.
            scenario: the scenario for this request only, which the client prefers; None for the session's.
            explains: whether to name the rules whose conditions have no value. If no rule matches, there is
                a decision without a rule then, which changes nothing.
        """
        key = operation_key(operation)
        if not self.concerns(key):
            return None
        skipped: list[str] = []
        with self._lock:
            found = self._decided(key, request, session, scenario, skipped)
        if not (explains and skipped):
            return found
        more = f"and {len(skipped) - _MOST_SKIPPED} more rules like that"
        shown = (*skipped[:_MOST_SKIPPED], *((more,) if len(skipped) > _MOST_SKIPPED else ()))
        none = Decision("", Reply(), {}, 0.0, None, is_invalid=False)
        return replace(found or none, skipped=shown)

    def _decided(
        self, key: str, request: Request, session: str, scenario: str | None, skipped: list[str]
    ) -> Decision | None:
        values: _Values | None = None
        budget = Budget(self._file.targets.limit.value)
        for rule in self._candidates(key, session, scenario):
            path = rule.targets[key].path
            if path and path != request.path:
                continue
            if rule.has_expressions and values is None:
                values = self._file.targets.values(key, request)
            try:
                if rule.condition is not None and rule.condition.result(values or {}, budget) is not True:
                    continue
            except ExpressionCostError as error:
                failure = f"`when`: {error}, with that of the rules before it, for this request"
                return Decision(rule.id, Reply(), {}, 0.0, None, is_invalid=False, failure=failure)
            except NoResultError as error:
                skipped.append(f"rule {rule.id} skipped, `when` has no value: {error}")
                continue
            decision = self._applied(rule, session, values or {})
            if decision is not None:
                return decision
        return None

    def _candidates(self, key: str, session: str, scenario: str | None) -> Iterator[Rule]:
        """The rules for an operation, in the order in which they are tried."""
        if session in self._sessions:
            self._sessions.move_to_end(session)
        name = self.scenario(session) if scenario is None else scenario
        return (rule for rule in self._tried(session, name) if key in rule.targets)

    def _tried(self, session: str, scenario: str) -> Iterator[Rule]:
        """The rules of a session with a scenario, in the order in which they are tried."""
        held = self._sessions.get(session)
        own = reversed(held.rules.values()) if held is not None else ()
        return chain(own, self._file.scenarios.get(scenario, ()), self._file.common)

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
        name, held = next(iter(self._sessions.items()))
        if held.rules or held.scenario is not None:
            logger.warning("too many sessions: the rules and the scenario of %r are forgotten", name)
        self._forget(name)

    def _forget(self, name: str) -> None:
        held = self._sessions.pop(name, None)
        for rule in held.rules.values() if held is not None else ():
            self._concerned.subtract(rule.targets.keys())
        self._size -= held.size if held is not None else 0


def _concerned(rule_file: RuleFile) -> Counter[str]:
    """How many rules of a file are for an operation, by its key."""
    parts = (*rule_file.scenarios.values(), rule_file.common)
    return Counter(key for part in parts for rule in part for key in rule.targets)


def _compiled_again(rule: Rule, rule_file: RuleFile) -> Rule | DataError:
    try:
        return rule_file.one_off(rule.id, rule.json)
    except DataError as error:
        return error


def _moved(before: RuleFile, after: RuleFile) -> dict[str, str]:
    """The new place, by the former one, of each rule that a scenario has in both versions of a file."""
    found: dict[str, str] = {}
    lists = [(rules, after.scenarios.get(name, ())) for name, rules in before.scenarios.items()]
    for former, new in (*lists, (before.common, after.common)):
        places: dict[bytes, deque[str]] = {}
        for rule in new:
            places.setdefault(to_json(rule.json), deque()).append(rule.place)
        for rule in former:
            if waiting := places.get(to_json(rule.json)):
                found[rule.place] = waiting.popleft()
    return found


_UNUSED = Random(0)  # noqa: S311 - as above
