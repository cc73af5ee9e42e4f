"""Values for the schemas of one document, each proven to satisfy its schema before it is given."""

from __future__ import annotations

import copy
import json
import logging
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from signoff.contract import Direction
from signoff.contract.hidden_members import without_hidden
from signoff.contract.limits import GENERATOR
from signoff.contract.pointer import join, resolve, split
from signoff.generate.branches import Branches
from signoff.generate.builder import Builder
from signoff.generate.errors import CannotGenerateError, ExhaustedError
from signoff.generate.facts import FactBook
from signoff.generate.names import Realism
from signoff.generate.shortcuts import Shortcuts
from signoff.generate.slices import OutOfStepsError, current_slices
from signoff.generate.suitability import Suitability
from signoff.generate.sure_members import sure_members
from signoff.generate.walk import Place

if TYPE_CHECKING:
    from signoff.contract import Schema, Violation
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet
    from signoff.generate.branches import Kept
    from signoff.generate.slices import Slice

logger = logging.getLogger("signoff.mock")

# How many parts a value may have beside the required ones, try by try: plainer values break fewer rules.
_ROOMS = (400, 400, 400, 120, 120, 30, 8, 0, 0)
_REALISTIC_TRIES = 5
_PLAIN = 5  # times as many steps for plain tries; see `slices` for those that a request may take at once
_REPAIRS = 12
_MOST_TEXTS = 1024
_PLAIN_TRIES = 7  # from then on the simplest branches come first


class _Attempts(NamedTuple):
    """What several attempts at a value have in common."""

    schema: Schema
    direction: Direction
    varied: bool
    name: str
    within: Slice | None


class Generator:
    """Makes values for the schemas of one document. The same seed and key give the same value."""

    def __init__(self, schemas: SchemaSet, seed: int, locale: str = "en_US") -> None:
        self._schemas = schemas
        self._limit = schemas.limits.of(GENERATOR)
        self._seed = seed
        self._realism = Realism(locale)
        self._kept: Kept = {}
        self._texts: dict[int, tuple[JsonObject, str]] = {}  # by identity
        self._suitability: dict[Direction, Suitability] = {}
        self._facts: dict[Direction, FactBook] = {}
        self._shortcuts = Shortcuts()
        self._first: dict[tuple[bytes, Direction, bool], int] = {}

    def generate(
        self, schema: Schema, direction: Direction, key: str, *, name: str = "", varied: bool = False
    ) -> JsonValue:
        """A value that satisfies `schema`.

        Args:
            schema: what to satisfy; schemas that are equal are given equal values.
            direction: which way the value travels.
            key: what the value is for; another key gives another value.
            name: what the value is called, like the name of a property.
            varied: whether the schema's own examples are not the values, but what others are like.

        Raises:
            CannotGenerateError: every try failed.
            TakesLongError: it takes longer than the slice that this runs in.
        """
        text = self._text_of(schema.raw)

        def make(within: Slice | None) -> JsonValue:
            return self._made(_Attempts(schema, direction, varied, name, within), key, text)

        slices = current_slices()
        if slices is None:
            return make(None)
        return slices.value((id(self), key, text, direction, name, varied), make)

    def _made(self, attempts: _Attempts, key: str, text: str) -> JsonValue:
        """A value.

        Raises:
            CannotGenerateError: every try failed.
            OutOfStepsError: it takes more steps than the slice has left.
        """
        schema = attempts.schema
        value, reason, most = self._attempted(attempts, f"{self._seed}|{key}|{text}", 0, _ROOMS[0])
        if not reason:
            return value
        # What fails for one key mostly fails for all; so the other attempts are those that do not fail for a
        # key that is the same for all.
        first = self._first_attempt(attempts, text)
        for attempt in range(max(first, 1), len(_ROOMS)):
            value, reason, most = self._attempted(attempts, f"{self._seed}|{key}|{text}", attempt, most)
            if not reason:
                return value
        logger.info("no value for %s: %s", schema.pointer, reason)
        raise CannotGenerateError(reason)

    def _first_attempt(self, attempts: _Attempts, text: str) -> int:
        """The first attempt that gives a value for a key made of the schema alone; else the last one."""
        digest = blake2b(text.encode(), digest_size=16).digest()
        known = (digest, attempts.direction, attempts.varied)
        found = self._first.get(known)
        if found is None:
            most, reason, attempt = _ROOMS[0], "", 0
            for attempt in range(len(_ROOMS)):
                _, reason, most = self._attempted(attempts, f"{self._seed}|{text}", attempt, most)
                if not reason:
                    break
            if len(self._first) >= _MOST_TEXTS:
                self._first.clear()
            found = self._first[known] = len(_ROOMS) - 1 if reason else attempt
        return found

    def _attempted(
        self, attempts: _Attempts, seed_text: str, attempt: int, most: int
    ) -> tuple[JsonValue, str, int]:
        """One attempt: a value, or why there is none, and the most room that the next attempt may take."""
        schema, direction, varied, name, within = attempts
        room = min(_ROOMS[attempt], most)
        walk = self._walk(f"{seed_text}|{attempt}", direction, attempt)
        walk.varied = varied
        if within is not None:
            walk.limit(within)
        try:
            value = without_hidden(walk.value(schema.raw, Place(room=room, name=name)), schema, direction)
            if schema.is_valid(value, direction):
                return value, "", most
            value, reason = _repaired(value, schema, direction, walk)
        except CannotGenerateError as error:
            return None, str(error), most
        except (ExhaustedError, RecursionError):
            if within is not None:
                raise OutOfStepsError from None
            reason = f"the schema at {schema.pointer} takes {self._limit.exceeded}"
            return None, reason, room // 3  # as much room again would most likely come to no end either
        if not reason:
            logger.info("a value for %s was repaired after validation", schema.pointer)
        return value, reason, most

    def members(self, schema: Schema, direction: Direction) -> tuple[str, ...] | None:
        """The members of all values that `generate` makes for a schema; None if they are not sure."""
        return sure_members(self._walk("", direction, 0), schema.raw)

    def _text_of(self, raw: JsonObject) -> str:
        """A schema as text; kept for each schema object."""
        known = self._texts.get(id(raw))
        if known is None or known[0] is not raw:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            known = self._texts[id(raw)] = (raw, json.dumps(raw, sort_keys=True, default=str))
        return known[1]

    def _walk(self, seed_text: str, direction: Direction, attempt: int) -> Builder:
        random = Random(blake2b(seed_text.encode(), digest_size=16).digest())
        hidden = "writeOnly" if direction is Direction.RESPONSE else "readOnly"
        suitability = self._suitability.get(direction)
        if suitability is None:
            suitability = self._suitability[direction] = Suitability(self._schemas, hidden)
        facts = self._facts.get(direction)
        if facts is None:
            facts = self._facts[direction] = FactBook(self._schemas, hidden)
        return Builder(
            branches=Branches(
                self._schemas, random, plain=attempt >= _PLAIN_TRIES, steps=self._limit.value, kept=self._kept
            ),
            suitability=suitability,
            facts=facts,
            shortcuts=self._shortcuts,
            random=random,
            hidden=hidden,
            realism=self._realism if attempt < _REALISTIC_TRIES else None,
            steps=self._limit.value // (1 if attempt >= _PLAIN_TRIES else _PLAIN),
        )


def _repaired(value: JsonValue, schema: Schema, direction: Direction, walk: Builder) -> tuple[JsonValue, str]:
    """The last resort: the value with each violated part generated again, and what is still wrong with it.

    Raises:
        ExhaustedError: too many parts were tried.
    """
    value = copy.deepcopy(value)
    reason = ""
    for _ in range(_REPAIRS):
        violations = schema.violations(value, direction)
        if not violations:
            return value, ""
        first = violations[0]
        reason = f"{first.pointer or 'the value'}: {first.message}"
        try:
            value = _changed(value, first, walk)
        except (CannotGenerateError, LookupError):
            return value, reason
    return value, reason


def _changed(value: JsonValue, violation: Violation, walk: Builder) -> JsonValue:
    """The value after one change that should do away with the violation."""
    tokens = split(violation.pointer)
    part = resolve(value, violation.pointer)
    around = _around(violation, walk)
    if violation.keyword in ("additionalProperties", "unevaluatedProperties", "falseSchema", "propertyNames"):
        return _without_extras(value, tokens, part, around)
    if violation.keyword == "required" and isinstance(part, dict):
        wanted = around.get("required")
        for name in wanted if isinstance(wanted, list) else []:
            properties = around.get("properties")
            known = properties.get(str(name), True) if isinstance(properties, dict) else True
            if name not in part and not walk.is_hidden(known):
                part[str(name)] = walk.value(known, Place(name=str(name)))
        return value
    return _put(value, tokens, walk.value(around, Place(name=tokens[-1] if tokens else "")))


def _around(violation: Violation, walk: Builder) -> JsonObject:
    """The schema that the violated keyword stands in."""
    pointer = violation.schema_pointer.rpartition("/")[0]
    found = walk.branches.schemas.at(pointer)
    if not isinstance(found, dict):
        raise CannotGenerateError(violation.message)
    return found


def _without_extras(value: JsonValue, tokens: list[str], part: JsonValue, around: JsonObject) -> JsonValue:
    known = around.get("properties")
    if isinstance(part, dict) and isinstance(known, dict):
        for name in [name for name in part if name not in known]:
            del part[name]
        return value
    if not tokens:
        raise CannotGenerateError("the schema matches no value")
    holder = resolve(value, join(tokens[:-1]))
    if isinstance(holder, dict):
        holder.pop(tokens[-1], None)
    elif isinstance(holder, list):
        holder.pop(int(tokens[-1]))
    return value


def _put(value: JsonValue, tokens: list[str], part: JsonValue) -> JsonValue:
    if not tokens:
        return part
    holder = resolve(value, join(tokens[:-1]))
    if isinstance(holder, list):
        holder[int(tokens[-1])] = part
    elif isinstance(holder, dict):
        holder[tokens[-1]] = part
    return value
