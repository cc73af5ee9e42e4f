"""Serves applications inside a test, quick to start and to stop.

Uvicorn looks every 0.1 s whether it should stop, then waits as long again, and a second for responses without
an end. With a thousand servers that is most of what a suite waits for, so this server is told.
"""

import asyncio
import threading
from contextlib import contextmanager, suppress

import uvicorn

from signoff.mock.serve import listen, server_config

_GRACE_S = 0.2  # for responses that are under way


class _Server(uvicorn.Server):
    """Sets `ready` when it listens or has failed, and stops as soon as `stop` is called."""

    def __init__(self, config):
        super().__init__(config)
        self.ready = threading.Event()
        self._stopping = asyncio.Event()
        self._loop = None

    def run(self, sockets=None):
        try:
            super().run(sockets)
        finally:
            self.ready.set()

    async def main_loop(self):
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)  # the Date of the first responses
        self.ready.set()
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)
            await self.on_tick(0)

    async def shutdown(self, sockets=None):
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if tasks := set(self.server_state.tasks):
            _, left = await asyncio.wait(tasks, timeout=_GRACE_S)
            for task in left:
                task.cancel()
            await asyncio.wait(tasks, timeout=_GRACE_S)

    def stop(self):
        self.should_exit = True
        with suppress(AttributeError, RuntimeError):  # it has not started, or has stopped
            self._loop.call_soon_threadsafe(self._stopping.set)


@contextmanager
def serving(config, port=0):
    """Serve with a configuration of uvicorn on a loopback port, a free one unless it is given."""
    listener = listen("127.0.0.1", port)
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    server.ready.wait(10)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop()
        thread.join(timeout=5)
        listener.close()


def running(app, port=0):
    """Serve an application on a loopback port, a free one unless it is given, and give its origin."""
    return serving(server_config(app), port)
