"""The stores: what is committed is read, nothing is lost, and limits are reported."""

import asyncio
import json

import pytest
import redis as redis_py

from signoff.contract import SetupError
from signoff.mock import Settings
from signoff.mock.state import (
    UNTOUCHED,
    ConflictError,
    MemoryStore,
    State,
    StoreDownError,
    StoreFullError,
    Transaction,
)
from signoff.mock.state.redis_store import RedisStore
from signoff.mock.state.setup import store_for
from tests.redis_server import free_port, redis_server, start


@pytest.fixture(scope="module")
def redis_url():
    with redis_server() as url:
        yield url


def stores(kind, url, **options):
    """A store, empty."""
    if kind == "memory":
        return MemoryStore(**options)
    with redis_py.Redis.from_url(url) as client:
        client.flushall()
    return redis_store(url, **options)


OPENED = []


def redis_store(url, **options):
    OPENED.append(RedisStore(url, **options))
    return OPENED[-1]


def complete(test):
    """Run a test's coroutine, and close the stores that it opened."""

    async def run():
        try:
            await test
        finally:
            while OPENED:
                await OPENED.pop().close()

    asyncio.run(run())


def kinds(*, both=("memory", "redis")):
    return pytest.mark.parametrize("kind", both)


async def write(store, session, *steps):
    """Commit one transaction of several steps: `(method, *arguments)`."""
    transaction = Transaction(await store.load(session))
    for method, *arguments in steps:
        getattr(transaction, method)(*arguments)
    await store.commit(session, transaction)


async def fill(store, count, size):
    """Create some entities of a size."""
    for number in range(count):
        await write(store, "", ("create", "/pets", str(number), {"a": "b" * size}))


async def shown(store, session, collection):
    """The values of a collection by id; the deleted ones as None."""
    found = Transaction(await store.load(session)).collection(collection)
    return {name: entry.value for name, entry in sorted(found.items())}


@kinds()
def test_what_is_committed_is_read(kind, redis_url):
    async def run():
        store = stores(kind, redis_url)
        assert (await store.load("")).version == UNTOUCHED
        await write(store, "", ("create", "/pets", "7", {"name": "Ünal"}), ("delete", "/pets", "1"))
        await write(store, "", ("update", "/pets", "7", {"name": "B"}), ("create", "/pets", "8", {}))
        state = await store.load("")
        assert await shown(store, "", "/pets") == {"1": None, "7": {"name": "B"}, "8": {}}
        assert [state.entry("/pets", name).order for name in ("1", "7", "8")] == [0, 1, 2]
        assert state.entry("/pets", "7").revision == 2
        assert Transaction(state).next("/pets") == 3
        assert Transaction(state).next("/owners") == 1
        assert state.entry("/owners", "7") is None

    complete(run())


@kinds()
def test_sessions_are_apart(kind, redis_url):
    async def run():
        store = stores(kind, redis_url)
        await write(store, "a", ("create", "/pets", "7", {"of": "a"}))
        await write(store, "b", ("create", "/pets", "7", {"of": "b"}))
        assert await shown(store, "a", "/pets") == {"7": {"of": "a"}}
        assert await shown(store, "b", "/pets") == {"7": {"of": "b"}}
        assert await shown(store, "", "/pets") == {}

    complete(run())


@kinds()
def test_each_change_has_a_version_of_its_own(kind, redis_url):
    async def run():
        seen = {UNTOUCHED}
        for _ in range(2):  # the second store starts again at nothing, like a session that expired
            store = stores(kind, redis_url)
            for number in range(5):
                await write(store, "", ("create", "/pets", str(number), {}))
                seen.add((await store.load("")).version)
        assert len(seen) == 11

    complete(run())


@kinds()
def test_a_forgotten_entity_leaves_nothing(kind, redis_url):
    async def run():
        store = stores(kind, redis_url)
        await write(store, "", ("create", "/pets", "7", {"a": "b" * 1000}))
        transaction = Transaction(await store.load(""))
        transaction.delete("/pets", "7", forget=True)
        await store.commit("", transaction)
        state = await store.load("")
        assert state.entry("/pets", "7") is None
        assert state.size == 0
        assert Transaction(state).count("/pets") == 1  # the id is not used again

    complete(run())


@kinds()
def test_an_initial_entity_stays_deleted(kind, redis_url):
    async def run():
        initial = State()
        seeded = Transaction(initial)
        seeded.create("/pets", "1", {"name": "Rex"})
        initial.apply(seeded.changes, UNTOUCHED)
        store = stores(kind, redis_url, initial=initial)
        assert await shown(store, "a", "/pets") == {"1": {"name": "Rex"}}
        transaction = Transaction(await store.load("a"))
        transaction.delete("/pets", "1", forget=True)
        transaction.create("/pets", "2", {})
        await store.commit("a", transaction)
        assert await shown(store, "a", "/pets") == {"1": None, "2": {}}
        assert (await store.load("a")).entry("/pets", "2").order == 2
        assert await shown(store, "b", "/pets") == {"1": {"name": "Rex"}}

    complete(run())


@kinds()
def test_a_full_store_rejects_changes_and_keeps_the_rest(kind, redis_url):
    async def run():
        store = stores(kind, redis_url, limit=10_000)
        with pytest.raises(StoreFullError, match="10000 bytes"):
            await fill(store, 100, 1000)
        fitting = len(await shown(store, "", "/pets"))
        assert 5 < fitting < 10
        await write(store, "", ("delete", "/pets", "0"))  # makes room
        await write(store, "", ("create", "/pets", "new", {}))

    complete(run())


def test_idle_sessions_make_room_for_others():
    now = 0.0
    store = MemoryStore(limit=12_000, expiry=60, clock=lambda: now)

    async def fill(session):
        await write(store, session, ("create", "/pets", "1", {"a": "b" * 4000}))

    async def run():
        nonlocal now
        await fill("")
        await fill("a")
        now = 59.0
        with pytest.raises(StoreFullError):
            await fill("b")
        now = 61.0
        await fill("b")
        assert await shown(store, "a", "/pets") == {}
        assert len(await shown(store, "", "/pets")) == 1  # the common session never goes
        assert len(store) == store.state_of("").size + store.state_of("b").size + 2 * 1000

    complete(run())


def test_a_stale_write_is_a_conflict(redis_url):
    async def run():
        one, other = stores("redis", redis_url), redis_store(redis_url)
        for _ in range(2):  # for a new session, and for one that exists
            stale = Transaction(await one.load(""))
            stale.create("/pets", "stale", {})
            name = str(stale.count("/pets"))
            await write(other, "", ("create", "/pets", name, {}))
            with pytest.raises(ConflictError):
                await one.commit("", stale)
            assert "stale" not in await shown(one, "", "/pets")

    complete(run())


def test_processes_share_a_session_without_losing_a_write(redis_url):
    async def create(store, number):
        while True:
            transaction = Transaction(await store.load("s"))
            name = str(transaction.count("/pets") + 1)
            transaction.create("/pets", name, {"by": number})
            try:
                await store.commit("s", transaction)
            except ConflictError:
                continue
            return name

    async def run():
        both = [stores("redis", redis_url), redis_store(redis_url)]
        names = await asyncio.gather(*(create(both[number % 2], number) for number in range(60)))
        assert sorted(names, key=int) == [str(number) for number in range(1, 61)]
        for store in both:
            found = await shown(store, "s", "/pets")
            assert {found[name]["by"] for name in names} == set(range(60))

    complete(run())


def test_keys_have_a_prefix_and_expire(redis_url):
    async def run():
        store = stores("redis", redis_url, prefix="shop", expiry=100)
        await write(store, "a", ("create", "/pets", "7", {}))
        with redis_py.Redis.from_url(redis_url) as client:
            assert client.keys() == [b"shop:a"]
            assert 90 < client.ttl("shop:a") <= 100
            client.expire("shop:a", 5)
            await store.load("a")
            assert client.ttl("shop:a") > 90
            client.delete("shop:a")  # as the expiry does
        assert (await store.load("a")).version == UNTOUCHED

    complete(run())


def test_a_repeated_commit_is_applied_once(redis_url):
    async def run():
        store = stores("redis", redis_url)
        transaction = Transaction(await store.load(""))
        transaction.create("/pets", "7", {})
        await store.commit("", transaction)
        with redis_py.Redis.from_url(redis_url) as client:
            token = client.hget("signoff:", "v")
            # What the client sends again if the connection broke after the server had applied it.
            sha = client.script_load(store._commit.script)
            again = [b"", token, 100, json.dumps({"removed": []}), "n:/pets", "99"]
            assert client.evalsha(sha, 1, "signoff:", *again) == 1
            assert client.hget("signoff:", "n:/pets") == b"1"

    complete(run())


def test_a_store_that_is_down_is_reported():
    async def run():
        port = free_port()
        store = redis_store(f"redis://user:secret@127.0.0.1:{port}/0")
        with pytest.raises(StoreDownError) as caught:
            await store.load("")
        assert str(caught.value) == f"redis://127.0.0.1:{port}/0 does not respond"
        process = start(port)
        store = redis_store(f"redis://127.0.0.1:{port}/0")
        try:
            transaction = Transaction(await store.load(""))
            transaction.create("/pets", "7", {})
        finally:
            process.kill()
            process.wait()
        with pytest.raises(StoreDownError):
            await store.commit("", transaction)

    complete(run())


def test_a_server_without_memory_is_a_full_store():
    async def run():
        with redis_server("--maxmemory", "1mb", "--maxmemory-policy", "noeviction") as url:
            store = redis_store(url)
            with pytest.raises(StoreFullError, match="out of memory"):
                await fill(store, 40, 100_000)

    complete(run())


@pytest.mark.parametrize("url", ["postgres://user:secret@localhost/0", "redis://localhost:port/0", "memory"])
def test_urls_that_are_no_redis_are_rejected(url):
    with pytest.raises(SetupError) as caught:
        store_for(Settings(state=url))
    assert "secret" not in str(caught.value)
    assert "redis://localhost:6379/0" in str(caught.value)


@kinds()
def test_the_deletions_that_a_session_remembers_are_bounded(kind, redis_url, monkeypatch):
    monkeypatch.setattr("signoff.mock.state.store.MAX_DELETED", 5)

    async def delete(store, name, **known):
        await write(store, "", ("create", "/pets", name, {}))
        transaction = Transaction(await store.load(""))
        transaction.delete("/pets", name, **known)
        await store.commit("", transaction)

    async def run():
        store = stores(kind, redis_url)
        await delete(store, "generated", is_generated=True)
        sizes = []
        for number in range(10, 40):
            await delete(store, str(number), is_generated=False)
            sizes.append((await store.load("")).size)
            if kind == "redis" and number == 30:  # another process goes on in the same order
                store = redis_store(redis_url)
        assert await shown(store, "", "/pets") == dict.fromkeys(["generated", *map(str, range(35, 40))])
        assert len(set(sizes[4:])) == 1
        await write(store, "", ("create", "/pets", "36", {"is": "back"}))
        await delete(store, "40", is_generated=False)
        found = await shown(store, "", "/pets")
        assert found == dict.fromkeys(["generated", "35", "37", "38", "39", "40"]) | {"36": {"is": "back"}}
        assert list((await store.load("")).deleted) == [
            ("/pets", name) for name in ("35", "37", "38", "39", "40")
        ]

    complete(run())


def test_the_round_trips_of_a_read_do_not_grow_with_the_state(redis_url):
    async def run():
        one, other = stores("redis", redis_url), redis_store(redis_url)
        with redis_py.Redis.from_url(redis_url) as client:
            counts = []
            await one.load("")  # opens its connection
            for size in (1, 400):
                steps = [("create", "/pets", f"{size}.{number}", {"n": number}) for number in range(size)]
                await write(other, "", *steps)
                for _ in range(2):  # after a write of another process, and again
                    before = client.info("stats")["total_commands_processed"]
                    await one.load("")
                    counts.append(client.info("stats")["total_commands_processed"] - before)
        assert counts[:2] == counts[2:]
        assert counts[0] <= 4  # the version, the expiry, all fields, and `INFO` itself
        assert counts[1] <= 3

    complete(run())
