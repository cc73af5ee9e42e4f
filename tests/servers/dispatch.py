"""One endpoint a path, so that a 405 knows all the methods that the path takes."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route


class _Endpoint:
    """An ASGI endpoint, to which Starlette leaves the choice of the method."""

    def __init__(self, handlers):
        self._handlers = handlers

    async def __call__(self, scope, receive, send):
        request = Request(scope, receive, send)
        handler = self._handlers.get(request.method)
        if handler is None:
            raise HTTPException(405, headers={"Allow": ", ".join(self._handlers)})
        response = await handler(request)
        await response(scope, receive, send)


def route(path, **handlers):
    """A route whose handlers are named by their methods in lower case; GET answers HEAD too."""
    by_method = {method.upper(): handler for method, handler in handlers.items()}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]
    return Route(path, _Endpoint(by_method))
