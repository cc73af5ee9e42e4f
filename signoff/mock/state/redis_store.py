"""The store that several processes share: Redis or Valkey.

A session is one hash, so all of it expires at once and lies on one node of a cluster. Its fields are:

    v                     the version, a random token
    n:NAME                a counter
    e:COLLECTION NUL ID   an entry, as a JSON array: order, revision, value

A script compares the version and writes all fields in one step, so two processes never overwrite each other's
changes. The client repeats a call that failed on the way; the script recognizes a repeated change by its
token.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from signoff.contract import SetupError
from signoff.mock.exchange import to_json
from signoff.mock.state.memory import MEBIBYTE
from signoff.mock.state.store import (
    UNTOUCHED,
    ConflictError,
    Entry,
    State,
    StoreDownError,
    StoreFullError,
    cost_of,
)

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from signoff.contract import JsonValue
    from signoff.mock.state.store import Changes, Transaction

_KEPT_STATES = 64
_TIMEOUT_S = 2
_MAX_CONNECTIONS = 32
_COMMIT = """
local held = redis.call('HGET', KEYS[1], 'v') or ''
if held == ARGV[2] then return 1 end
if held ~= ARGV[1] then return 0 end
local fields = cjson.decode(ARGV[4])
for _, name in ipairs(fields.removed) do redis.call('HDEL', KEYS[1], name) end
local place = 5
while place < #ARGV do
  redis.call('HSET', KEYS[1], ARGV[place], ARGV[place + 1])
  place = place + 2
end
redis.call('HSET', KEYS[1], 'v', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


class RedisStore:
    """Keeps the states of all sessions in Redis or Valkey.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
        initial: the state that each session starts with.
        prefix: the beginning of all keys.
        expiry: after how many idle seconds a session ends.
        limit: the size limit of a session in bytes.

    Raises:
        SetupError: the URL is invalid, or redis-py is not installed.
    """

    is_remote = True

    def __init__(
        self,
        url: str,
        initial: State | None = None,
        *,
        prefix: str = "signoff",
        expiry: int = 86_400,
        limit: int = 16 * MEBIBYTE,
    ) -> None:
        self.shown = shown_url(url)
        self._redis = _client(url, self.shown)
        self._commit = self._redis.register_script(_COMMIT)
        self._initial = initial
        self._prefix = prefix
        self._expiry = expiry
        self._limit = limit
        self._untouched = State(initial=initial)
        self._states: OrderedDict[str, State] = OrderedDict()

    def _key(self, session: str) -> str:
        return f"{self._prefix}:{session}"

    async def load(self, session: str) -> State:
        """The state of a session; only its version is fetched if this process has read it before."""
        key = self._key(session)
        version = await self._call(self._version(key))
        if version is None:
            self._states.pop(session, None)
            return self._untouched
        known = self._states.get(session)
        if known is not None and known.version == version.decode():
            return known
        return self._remember(session, _read(await self._call(self._redis.hgetall(key)), self._initial))

    async def commit(self, session: str, transaction: Transaction) -> None:
        """Store the changes of a transaction.

        Raises:
            ConflictError: another request has changed the session.
            StoreFullError: the session or the server is full.
            StoreDownError: the server does not respond.
        """
        before, changes = transaction.state, transaction.changes
        grown = before.growth(changes)
        if grown > 0 and before.size + grown > self._limit:
            raise StoreFullError(f"the {self._limit} bytes for the items of a session are in use")
        token = secrets.token_hex(8)
        written, removed = _fields(changes)
        version = b"" if transaction.version == UNTOUCHED else str(transaction.version).encode()
        arguments: list[bytes | str | int] = [
            *(version, token, self._expiry),
            to_json({"removed": removed}),
            *written,
        ]
        done = await self._call(self._commit(keys=[self._key(session)], args=arguments))
        if not done:
            raise ConflictError
        if self._states.get(session) is before and before.version == transaction.version:
            before.apply(changes, token)  # as it is stored now

    async def clear(self, session: str) -> None:
        """Forget what clients wrote in a session. Raises StoreDownError."""
        await self._call(self._redis.delete(self._key(session)))
        self._states.pop(session, None)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _version(self, key: str) -> bytes | None:
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hget(key, "v")
        pipeline.expire(key, self._expiry)
        version, _ = await pipeline.execute()
        return version  # type: ignore[no-any-return]

    async def _call(self, awaited: Any) -> Any:  # noqa: ANN401 - whatever the command returns
        from redis.exceptions import OutOfMemoryError, RedisError  # noqa: PLC0415 - optional

        try:
            return await awaited
        except OutOfMemoryError as error:
            raise StoreFullError(f"{self.shown} is out of memory") from error
        except (RedisError, OSError) as error:
            raise StoreDownError(f"{self.shown} does not respond") from error

    def _remember(self, session: str, state: State) -> State:
        self._states[session] = state
        self._states.move_to_end(session)
        if len(self._states) > _KEPT_STATES:
            self._states.popitem(last=False)
        return state


def shown_url(url: str) -> str:
    """A URL without user, password and query, for messages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _client(url: str, shown: str) -> Redis:
    try:
        from redis.asyncio import BlockingConnectionPool, Redis  # noqa: PLC0415 - optional
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
    except ModuleNotFoundError:
        raise SetupError(
            "--state redis:// needs redis-py", suggestion="Install it: pip install 'signoff[redis]'."
        ) from None
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_MAX_CONNECTIONS,
            timeout=_TIMEOUT_S,
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),
        )
        return Redis.from_pool(pool)
    except (ValueError, TypeError):
        raise SetupError(
            f"invalid URL of a state store: {shown}",
            suggestion="Use redis://HOST:PORT/NUMBER, such as redis://localhost:6379/0.",
        ) from None


def _fields(changes: Changes) -> tuple[list[bytes], list[JsonValue]]:
    """The fields to write, names and values in turn, and the names of those to remove."""
    written: list[bytes] = []
    removed: list[JsonValue] = []
    for (collection, entity_id), entry in changes.entries.items():
        name = f"e:{collection}\0{entity_id}"
        if entry is None:
            removed.append(name)
        else:
            written += [name.encode(), to_json([entry.order, entry.revision, entry.value])]
    for name, number in changes.counts.items():
        written += [f"n:{name}".encode(), str(number).encode()]
    return written, removed


def _read(fields: dict[bytes, bytes], initial: State | None) -> State:
    """The state that a hash holds."""
    state = State(initial=initial)
    for field, value in fields.items():
        kind, _, name = field.decode().partition(":")
        if kind == "v":
            state.version = value.decode()
        elif kind == "n":
            state.counts[name] = int(value)
        else:
            collection, _, entity_id = name.partition("\0")
            order, revision, held = json.loads(value)
            entry = Entry(held, order, revision)
            state.entries.setdefault(collection, {})[entity_id] = entry
            state.size += cost_of(entity_id, entry)
    return state
