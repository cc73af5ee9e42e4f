"""Applications of three kinds for the tests of targets."""

import json

from mock_server.app import app as asgi


def make_asgi():
    """A factory: a function without arguments that makes the application."""
    return asgi


def wsgi(environ, start_response):
    """Knows nothing but problems."""
    body = json.dumps({"title": "Gone", "status": 410}).encode()
    start_response(
        "410 Gone", [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    )
    return [body]


def _fixed(status, headers, body=b""):
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return app


redirecting = _fixed(302, [(b"location", b"https://login.example/")])
unauthorised = _fixed(401, [(b"www-authenticate", b"Bearer")])
unready = _fixed(503, [])
unknown = _fixed(404, [(b"content-type", b"application/json")], b'{"detail": "Not Found"}')


async def hanging_up(scope, receive, send):
    raise RuntimeError
