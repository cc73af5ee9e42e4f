"""The repositories with one decision taken otherwise: wrongly, or in another correct way."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.servers.repositories import Repositories


class LinksToNowhere(Repositories):
    async def repository(self, request):
        shown = self.shown(*self.known_repository(request))
        return JSONResponse(shown | {"slug": shown["slug"].upper()})


class AnyState(Repositories):
    def is_state(self, text):
        return True


class TextIds(Repositories):
    def shown_request(self, owner, slug, pid):
        shown = super().shown_request(owner, slug, pid)
        return shown | {"id": str(shown["id"])}


class MissingIsSuccess(Repositories):
    def on_refusal(self, request, refusal):
        status = 200 if refusal.status_code == 404 else refusal.status_code
        return JSONResponse({"error": refusal.detail}, status, refusal.headers)


class MergeAnswersAtLength(Repositories):
    async def merge(self, request):
        await super().merge(request)
        return JSONResponse({"merged": True}, 200)


class CrashesOnUnknown(Repositories):
    def known_request(self, request):
        try:
            return super().known_request(request)
        except HTTPException as error:
            raise HTTPException(500, "Something went wrong.") from error


class OneInsteadOfList(Repositories):
    async def owned(self, request):
        self.known_user(request)
        return JSONResponse(self.shown("ada", "engine"))


class AnyMethod(Repositories):
    def on_refusal(self, request, refusal):
        if refusal.status_code == 405:
            return JSONResponse([])
        return super().on_refusal(request, refusal)


FLAWS = {
    LinksToNowhere: "link-target-exists",
    AnyState: "request-rejected",
    TextIds: "response-schema",
    MissingIsSuccess: "expected-status",
    MergeAnswersAtLength: "status-documented",
    CrashesOnUnknown: "server-error-never",
    OneInsteadOfList: "response-schema",
    AnyMethod: "method-not-allowed",
}


class SaysLess(Repositories):
    """Members that are optional are left out, and refusals have no body."""

    def shown(self, owner, slug):
        return {"slug": slug, "owner": {"username": owner}}

    def on_refusal(self, _, refusal):
        return Response(status_code=refusal.status_code, headers=refusal.headers)


class SaysMore(Repositories):
    """Members that the document does not name, in UTF-8 as JSON allows."""

    def shown(self, owner, slug):
        return {"forks": 3, "déjà": "vu", **super().shown(owner, slug)}


class InPieces(Repositories):
    """Chunked answers with a charset."""

    async def owned(self, request):
        body = (await super().owned(request)).body
        return StreamingResponse(iter([body[:5], body[5:]]), media_type="application/json; charset=utf-8")


VARIANTS = (SaysLess, SaysMore, InPieces)
