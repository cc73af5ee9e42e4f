"""A real Redis (or Valkey) for tests, on a free loopback port."""

import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager

BINARY = shutil.which("redis-server") or shutil.which("valkey-server")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def start(port, *options):
    """Start a server on `port` that keeps nothing on disk, and wait until it listens."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *options]
        process = subprocess.Popen([BINARY, *arguments], cwd=folder, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return process
    process.kill()
    raise RuntimeError("redis-server does not start")


@contextmanager
def redis_server(*options):
    """The URL of a server that runs inside the `with` block."""
    port = free_port()
    process = start(port, *options)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()
