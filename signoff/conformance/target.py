"""The server under test: a base URL, or an application that is served locally during the run.

An application given as `module:app` is served on a free loopback port, so that it is judged by the
same bytes as any other server.
"""

from __future__ import annotations

import importlib
import inspect
import logging
import socket
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from signoff.contract import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.contract import Contract

_START_S = 20.0


@contextmanager
def reachable(target: Any, contract: Contract) -> Iterator[str]:  # noqa: ANN401 - any application
    """The base URL of a target, while the context lasts.

    Args:
        target: a base URL with scheme, `module:app` naming an ASGI or WSGI application or a
            function without arguments that makes one, or such an application itself.
        contract: for the base path of an application.

    Raises:
        SetupError: the URL is invalid, or the application cannot be imported or started.
    """
    if isinstance(target, str) and "://" in target:
        yield _checked_url(target)
        return
    app = import_application(target) if isinstance(target, str) else target
    if not callable(app):
        raise SetupError(
            f"{app!r} is not a URL, module:app or an application",
            suggestion="Pass a base URL, module:app, or an ASGI or WSGI application.",
        )
    with _served(app) as origin:
        yield origin + contract.base_path


def _checked_url(target: str) -> str:
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SetupError(
            f"{target!r} is not an http(s) URL",
            suggestion="Use a base URL such as http://127.0.0.1:4010/api.",
        )
    return target.partition("?")[0].partition("#")[0].rstrip("/")


def import_application(target: str) -> Any:  # noqa: ANN401 - any ASGI or WSGI application
    """The application that `module:app` names.

    Raises:
        SetupError: the format is invalid, the module cannot be imported, or the application does not exist.
    """
    module_name, colon, attribute = target.partition(":")
    if not colon or not module_name or not attribute:
        raise SetupError(
            f"{target!r} is not a URL or module:app",
            suggestion="Use a base URL (http://127.0.0.1:4010/api) or an application (app.main:app).",
        )
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        found: Any = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:  # noqa: BLE001 - importing runs anybody's code
        reason = str(error).splitlines()[0] if str(error) else ""
        raise SetupError(
            f"cannot import {target}: {type(error).__name__}: {reason}",
            suggestion="Use the importable name of a module and the name of the application in it.",
        ) from None
    if not callable(found):
        raise SetupError(
            f"{target} is not an application: it is not callable",
            suggestion="Use the name of an ASGI or WSGI application, such as app.main:app.",
        )
    return found() if _is_factory(found) else found


def _is_factory(found: Callable[..., Any]) -> bool:
    """Whether this is a plain function that can be called without arguments."""
    if not inspect.isfunction(found) or inspect.iscoroutinefunction(found):
        return False
    parameters = inspect.signature(found).parameters.values()
    return all(parameter.default is not parameter.empty for parameter in parameters)


def _is_asgi(app: Callable[..., Any]) -> bool:
    call = app if inspect.isfunction(app) else getattr(app, "__call__", app)  # noqa: B004 - the method itself
    return inspect.iscoroutinefunction(call)


@contextmanager
def _served(app: Any) -> Iterator[str]:  # noqa: ANN401 - any ASGI or WSGI application
    """Serve an application on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    run, stop = (_asgi if _is_asgi(app) else _wsgi)(app, listener)
    thread = threading.Thread(target=run, name="target", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop()
        thread.join(timeout=5)
        listener.close()


def _asgi(app: Any, listener: socket.socket) -> tuple[Callable[[], None], Callable[[], None]]:  # noqa: ANN401
    import uvicorn  # noqa: PLC0415 - only for targets that are applications

    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1))

    def stop() -> None:
        server.should_exit = True

    return lambda: server.run(sockets=[listener]), stop


def _wsgi(app: Any, listener: socket.socket) -> tuple[Callable[[], None], Callable[[], None]]:  # noqa: ANN401
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 - as above

    class QuietHandler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401 - its own signature
            """Log nothing."""

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    host, port = listener.getsockname()[:2]
    server = make_server(host, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
    return server.serve_forever, server.shutdown


def wait_until_listening(url: str, *, patience_s: float = 0.0) -> None:
    """Wait until something accepts connections at `url`.

    Raises:
        SetupError: the connection fails.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    deadline = time.monotonic() + patience_s
    while True:
        try:
            socket.create_connection((parts.hostname or "", port), timeout=_START_S).close()
        except OSError as error:
            if time.monotonic() >= deadline:
                reason = error.strerror or str(error) or "no response"
                raise SetupError(
                    f"cannot connect to {url}: {reason}",
                    suggestion="Start the server, or correct the URL.",
                ) from None
            time.sleep(0.05)
        else:
            return
