"""The board with one decision taken otherwise: wrongly (`FLAWS`), or in another correct way (`VARIANTS`)."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.servers.tictactoe import Game


class AnyKey(Game):
    def has_key(self, request):
        return "api-key" in request.headers


class UnsignedTokens(Game):
    def is_signed(self, head, given):
        return True


class NoAlgorithm(Game):
    def algorithms(self):
        return ("HS256", "none")

    def is_signed(self, head, given):
        return given == "" or super().is_signed(head, given)


class AnyScheme(Game):
    def bearer(self, request):
        return request.headers.get("authorization", "").partition(" ")[2]


class EverythingIsPublic(Game):
    def authorise(self, request, scope):
        pass


class ReadersWrite(Game):
    def is_enough(self, scope, scopes):
        return "board:read" in scopes


class TokenInAnswer(Game):
    async def square(self, request):
        response = await super().square(request)
        response.headers["x-session"] = self.bearer(request)
        return response


class NoChallenge(Game):
    def authorise(self, request, scope):
        try:
            super().authorise(request, scope)
        except HTTPException as error:
            raise HTTPException(error.status_code, error.detail) from error


class BetweenRows(Game):
    def is_coordinate(self, text):
        return text in ("1", "1.5", "2", "3")

    def place(self, request):
        row, column = (request.path_params[name] for name in ("row", "column"))
        if not self.is_coordinate(row) or not self.is_coordinate(column):
            raise HTTPException(400, "Illegal coordinates.")
        return int(float(row)), int(float(column))


class FourthRow(Game):
    def is_coordinate(self, text):
        return text in ("1", "2", "3", "4")

    def place(self, request):
        return tuple(min(value, 3) for value in super().place(request))


class TwoRows(Game):
    def status(self):
        return super().status() | {"board": self.board[:2]}


class NobodyWins(Game):
    def winner(self):
        return None


class JsonRefusals(Game):
    def on_refusal(self, _, refusal):
        return JSONResponse({"detail": refusal.detail}, refusal.status_code, refusal.headers)


class BodiesOfAnyType(Game):
    async def wanted(self, request):
        headers = [(name, value) for name, value in request.scope["headers"] if name != b"content-type"]
        request.scope["headers"] = [*headers, (b"content-type", b"application/json")]
        return await super().wanted(type(request)(request.scope, request.receive))


FLAWS = {
    AnyKey: "auth-enforced",
    UnsignedTokens: "auth-enforced",
    NoAlgorithm: "auth-enforced",
    AnyScheme: "auth-enforced",
    EverythingIsPublic: "auth-enforced",
    ReadersWrite: "function-authorization",
    TokenInAnswer: "secrets-not-echoed",
    NoChallenge: "unauthorized-challenge",
    BetweenRows: "request-rejected",
    FourthRow: "request-rejected",
    TwoRows: "response-schema",
    NobodyWins: "response-schema",
    JsonRefusals: "media-type-documented",
    BodiesOfAnyType: "unsupported-media-415",
}


class ForbidsStrangers(Game):
    """Who is not known is forbidden, as the document says nothing of 401."""

    def authorise(self, request, scope):
        try:
            super().authorise(request, scope)
        except HTTPException as error:
            raise HTTPException(403, error.detail) from error


class SaysNothing(Game):
    """Refusals without a body where the document has none."""

    def on_refusal(self, _, refusal):
        if refusal.status_code == 400:
            return Response("No.", 400, media_type="text/html; charset=utf-8")
        return Response(status_code=refusal.status_code, headers=refusal.headers)


class InPieces(Game):
    """Chunked answers, with more than the document names."""

    async def whole(self, request):
        response = await super().whole(request)
        return StreamingResponse(iter([response.body[:7], response.body[7:]]), media_type="application/json")

    def status(self):
        return {"round": 1, **super().status()}


class Overwrites(Game):
    """A square may be marked again."""

    async def mark(self, request):
        row, column = request.path_params["row"], request.path_params["column"]
        if self.is_coordinate(row) and self.is_coordinate(column):
            kept, self.board[int(row) - 1][int(column) - 1] = self.board[int(row) - 1][int(column) - 1], "."
            try:
                return await super().mark(request)
            except HTTPException:
                self.board[int(row) - 1][int(column) - 1] = kept
                raise
        return await super().mark(request)


VARIANTS = (ForbidsStrangers, SaysNothing, InPieces, Overwrites)
