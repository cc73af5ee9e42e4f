"""The board of `tests/documents/tictactoe-3.1.yaml`: keys for applications, tokens with scopes for players.

Tokens are JSON Web Tokens signed with HMAC (RFC 7519, RFC 7515). They come from an address that the
document does not describe, as from the authorization server that it names.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from tests.servers.dispatch import route

KEYS = {"key-of-the-scoreboard"}
PLAYERS = {"ann": "board:read board:write", "watcher": "board:read"}
_SECRET = b"only the server knows this"
_LINES = [
    *([(row, column) for column in range(3)] for row in range(3)),
    *([(row, column) for row in range(3)] for column in range(3)),
    [(0, 0), (1, 1), (2, 2)],
    [(0, 2), (1, 1), (2, 0)],
]


def _encoded(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signature(signed):
    return _encoded(hmac.new(_SECRET, signed.encode(), hashlib.sha256).digest())


class Game:
    """The correct server."""

    def __init__(self):
        self.board = [["."] * 3 for _ in range(3)]

    def app(self):
        routes = [
            route("/board", get=self.whole),
            route("/board/{row}/{column}", get=self.square, put=self.mark),
            route("/oauth/token", post=self.token),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: self.on_refusal})
        app.router.redirect_slashes = False
        return app

    # Who asks

    async def token(self, request):
        form = parse_qs((await request.body()).decode())
        player = form.get("player", [""])[0]
        if player not in PLAYERS:
            raise HTTPException(400, "The player does not exist.")
        claims = {"sub": player, "scope": PLAYERS[player]}
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
        return JSONResponse({"access_token": f"{signed}.{signature(signed)}", "token_type": "Bearer"})

    def claims(self, token):
        """What a token says. Raises ValueError where it is none of ours."""
        head, _, given = token.rpartition(".")
        first, _, second = head.partition(".")
        if json.loads(_decoded(first))["alg"] not in self.algorithms():
            raise ValueError("another algorithm")
        if not self.is_signed(head, given):
            raise ValueError("another signature")
        return json.loads(_decoded(second))

    def algorithms(self):
        return ("HS256",)

    def is_signed(self, head, given):
        return hmac.compare_digest(signature(head).encode(), given.encode())

    def bearer(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def authorise(self, request, scope):
        """Raise a 401 for who is not known and a 403 for who lacks the scope."""
        token = self.bearer(request)
        try:
            scopes = self.claims(token)["scope"].split()
        except (ValueError, KeyError, TypeError, UnicodeDecodeError):
            challenge = {"WWW-Authenticate": 'Bearer realm="board", error="invalid_token"'}
            raise HTTPException(401, self.refused(token), challenge) from None
        if not self.is_enough(scope, scopes):
            raise HTTPException(403, f"The token lacks {scope}.")

    def refused(self, token):
        return "Sign in first."

    def is_enough(self, scope, scopes):
        return scope in scopes

    def has_key(self, request):
        return request.headers.get("api-key") in KEYS

    # What they ask

    async def whole(self, request):
        if not self.has_key(request):
            self.authorise(request, "board:read")
        return JSONResponse(self.status())

    async def square(self, request):
        self.authorise(request, "board:read")
        row, column = self.place(request)
        return JSONResponse(self.board[row - 1][column - 1])

    async def mark(self, request):
        self.authorise(request, "board:write")
        row, column = self.place(request)
        mark = await self.wanted(request)
        if self.board[row - 1][column - 1] not in (".", mark):
            raise HTTPException(400, "Square is not empty.")
        self.board[row - 1][column - 1] = mark
        if url := request.headers.get("progressUrl"):
            return self.postponed(url)
        return JSONResponse(self.status())

    def postponed(self, url):
        return Response(status_code=202, headers={"Location": "/board"})

    def place(self, request):
        texts = (request.path_params["row"], request.path_params["column"])
        if not all(self.is_coordinate(text) for text in texts):
            raise HTTPException(400, "Illegal coordinates.")
        return tuple(int(text) for text in texts)

    def is_coordinate(self, text):
        return text in ("1", "2", "3")

    async def wanted(self, request):
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "Send application/json.")
        try:
            mark = json.loads((await request.body()).decode())  # octets alone may be UTF-16 to it
        except (ValueError, RecursionError):
            raise HTTPException(400, "The body is not JSON.") from None
        if mark not in (".", "X", "O"):
            raise HTTPException(400, "Invalid Mark (X or O).")
        return mark

    def status(self):
        return {"winner": self.winner(), "board": self.board}

    def winner(self):
        for line in _LINES:
            marks = {self.board[row][column] for row, column in line}
            if len(marks) == 1 and "." not in marks:
                return marks.pop()
        return "."

    def on_refusal(self, _, refusal):
        return Response(refusal.detail, refusal.status_code, refusal.headers, media_type="text/html")


def create_app():
    """The correct server as an application."""
    return Game().app()
