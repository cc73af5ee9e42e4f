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
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from signoff.contract import SetupError
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.contract import Contract

_START_S = 20.0
_POLL_S = 0.02
_WSGI_PARAMETERS, _ASGI_PARAMETERS = 2, 3
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


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
    if inspect.iscoroutinefunction(found) and not inspect.signature(found).parameters:
        raise SetupError(
            f"{target} is an async function without arguments, not an application",
            suggestion="Name the application, or a plain function that returns it.",
        )
    return found() if _is_factory(found) else found


def _is_factory(found: Callable[..., Any]) -> bool:
    """Whether this is a plain function that can be called without arguments."""
    if not inspect.isfunction(found) or inspect.iscoroutinefunction(found):
        return False
    parameters = inspect.signature(found).parameters.values()
    return all(parameter.default is not parameter.empty for parameter in parameters)


def _interface(app: Callable[..., Any]) -> Literal["asgi3", "asgi2", "wsgi"]:
    """Which kind of application this is, by its parameters: ASGI 3 has three, ASGI 2 the scope, WSGI two.

    Raises:
        SetupError: it is none of them.
    """
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None)):  # noqa: B004
        return "asgi3"
    try:
        parameters = inspect.signature(app).parameters.values()
    except (TypeError, ValueError):
        return "wsgi"
    plain = [entry for entry in parameters if entry.kind not in _VARIADIC]
    needed = [entry.name for entry in plain if entry.default is entry.empty]
    if len(needed) == _ASGI_PARAMETERS:
        return "asgi3"
    if needed == ["scope"]:
        return "asgi2"
    if len(needed) == _WSGI_PARAMETERS or len(plain) < len(parameters):
        return "wsgi"
    raise SetupError(
        f"{getattr(app, '__qualname__', app)} is not an ASGI or WSGI application: it takes"
        f" {counted(len(needed), 'argument')}",
        suggestion="Pass an application, or a function without arguments that returns one.",
    )


@contextmanager
def _served(app: Any) -> Iterator[str]:  # noqa: ANN401 - any ASGI or WSGI application
    """Serve an application on a free loopback port.

    Raises:
        SetupError: it fails at its start.
    """
    interface = _interface(app)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = _wsgi(app, listener) if interface == "wsgi" else _asgi(app, listener, interface)
    thread = threading.Thread(target=server.run, name="target", daemon=True)
    thread.start()
    try:
        while not server.is_started() and thread.is_alive():
            thread.join(_POLL_S)
        if not server.is_started():
            reason = server.log[-1].strip() if server.log else "it stopped without a reason"
            raise SetupError(f"the application failed to start: {reason.splitlines()[-1]}", suggestion=reason)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        thread.join(timeout=5)
        listener.close()


@dataclass(frozen=True, slots=True)
class _Server:
    """A server in a thread; `log` has what it reported, the reason of a failed start first."""

    run: Callable[[], None]
    stop: Callable[[], None]
    is_started: Callable[[], bool] = lambda: True
    log: list[str] = field(default_factory=list)


class _Messages(logging.Handler):
    """Collects the errors that uvicorn logs while an application starts."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text, with the traceback if there is one."""
        if not self.texts:
            self.texts.append(self.format(record))


def _asgi(app: Any, listener: socket.socket, interface: Literal["asgi3", "asgi2"]) -> _Server:  # noqa: ANN401
    import uvicorn  # noqa: PLC0415 - only for targets that are applications

    config = uvicorn.Config(
        app,
        interface=interface,
        log_config=None,
        log_level="error",
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )
    logger, messages = logging.getLogger("uvicorn.error"), _Messages()
    logger.addHandler(messages)
    logger.propagate = False
    server = uvicorn.Server(config)

    def stop() -> None:
        server.should_exit = True
        logger.removeHandler(messages)

    def run() -> None:
        with suppress(SystemExit):  # uvicorn's way to end after a failed start
            server.run(sockets=[listener])

    return _Server(run, stop, lambda: server.started, messages.texts)


def _wsgi(app: Any, listener: socket.socket) -> _Server:  # noqa: ANN401
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 - as above

    class QuietHandler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401 - its own signature
            """Log nothing."""

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    host, port = listener.getsockname()[:2]
    server = make_server(host, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
    return _Server(server.serve_forever, server.shutdown)


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
