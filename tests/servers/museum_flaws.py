"""The museum with one decision taken otherwise: wrongly (`FLAWS`), or in another correct way (`VARIANTS`)."""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.servers.museum import ACCOUNTS, Museum


class AnybodyCancels(Museum):
    async def delete(self, request):
        event_id = request.path_params["event_id"]
        if event_id not in self.events:
            return await super().delete(request)
        self.removed(event_id)
        return Response(status_code=204)


class AnyPassword(Museum):
    def is_signed_in(self, scheme, name, password):
        return scheme.lower() == "basic" and name in ACCOUNTS


class AnyScheme(Museum):
    def is_signed_in(self, scheme, name, password):
        return ACCOUNTS.get(name) == password


class NobodyIsAsked(Museum):
    def account(self, request):
        return "curator" if "authorization" not in request.headers else super().account(request)


class EventsOfOthers(Museum):
    async def get(self, request):
        self.account(request)
        owner = self.events.get(request.path_params["event_id"].lower(), ("curator",))[0]
        return JSONResponse(self.event(owner, request.path_params["event_id"]))


class OthersCancel(Museum):
    async def delete(self, request):
        self.account(request)
        owner = self.events.get(request.path_params["event_id"].lower(), ("curator",))[0]
        self.removed(self.event(owner, request.path_params["event_id"])["eventId"])
        return Response(status_code=204)


class ForbiddenIsTold(Museum):
    def event(self, account, event_id):
        owner, event = self.events.get(event_id.lower(), ("", None))
        if event is not None and owner != account:
            raise HTTPException(403, "This event belongs to somebody else.")
        return super().event(account, event_id)


class PasswordInProblem(Museum):
    def event(self, account, event_id):
        try:
            return super().event(account, event_id)
        except HTTPException as error:
            detail = f"{account}:{ACCOUNTS[account]} cannot do that."
            raise HTTPException(error.status_code, detail) from error


class CancelledStays(Museum):
    def removed(self, event_id):
        pass


class ChangeIsLost(Museum):
    def changed(self, event, change):
        return event | change


class NewIsLost(Museum):
    async def create(self, request):
        response = await super().create(request)
        if self.made > 3:
            self.events.popitem()
        return response


class NoChallenge(Museum):
    def on_refusal(self, request, refusal):
        return self.problem(request, refusal.status_code, refusal.detail, None)


class AnyPage(Museum):
    def number(self, text):
        return int(text) if text.isdecimal() else 1


class LargePages(Museum):
    def is_page(self, limit):
        return True


class PriceAsText(Museum):
    def shown(self, event):
        return event | {"price": str(event["price"])}


class MissingIsEmpty(Museum):
    async def get(self, request):
        try:
            return await super().get(request)
        except HTTPException as error:
            if error.status_code == 404:
                return JSONResponse({})
            raise


class PlainProblems(Museum):
    def problem(self, request, status, detail, headers):
        return JSONResponse({"title": "Error", "status": 200}, status, headers)


FLAWS = {
    AnybodyCancels: "auth-enforced",
    AnyPassword: "auth-enforced",
    AnyScheme: "auth-enforced",
    NobodyIsAsked: "auth-enforced",
    EventsOfOthers: "object-authorization",
    OthersCancel: "object-authorization",
    ForbiddenIsTold: "expected-status",
    PasswordInProblem: "secrets-not-echoed",
    CancelledStays: "deleted-is-gone",
    ChangeIsLost: "updated-is-kept",
    NewIsLost: "created-is-found",
    NoChallenge: "unauthorized-challenge",
    AnyPage: "request-rejected",
    LargePages: "request-rejected",
    PriceAsText: "response-schema",
    MissingIsEmpty: "response-schema",
    PlainProblems: "problem-media-type",
}


class OtherWords(Museum):
    """Problems of other types, with members of the server's own."""

    def problem(self, request, status, detail, headers):
        body = {
            "type": f"https://museum.example/problems/{status}",
            "title": "No",
            "status": status,
            "trace": "a1",
        }
        return Response(
            json.dumps(body), status, headers, media_type="application/problem+json; charset=utf-8"
        )


class InPieces(Museum):
    """Chunked answers."""

    async def get(self, request):
        response = await super().get(request)
        return StreamingResponse(
            iter([response.body[:10], response.body[10:]]), media_type="application/json"
        )


class NullsAndMore(Museum):
    """Members that the document does not name, and its own in another order."""

    def shown(self, event):
        return {"etag": None, **dict(reversed(event.items())), "links": {"self": event["eventId"]}}


class RefusesLikeThis(Museum):
    """Another media type is simply a bad request."""

    def on_refusal(self, request, refusal):
        status = 400 if refusal.status_code == 415 else refusal.status_code
        return self.problem(request, status, refusal.detail, refusal.headers)


class NothingToSay(Museum):
    """A created event has no Location, and an undocumented method's refusal has no body."""

    async def create(self, request):
        response = await super().create(request)
        del response.headers["location"]
        return response

    def on_refusal(self, request, refusal):
        if refusal.status_code == 405:
            return Response(status_code=405, headers=refusal.headers)
        return super().on_refusal(request, refusal)


VARIANTS = (OtherWords, InPieces, NullsAndMore, RefusesLikeThis, NothingToSay)
