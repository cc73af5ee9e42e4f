"""The repositories of `tests/documents/link-example-3.0.yaml`: users, what they own, what is asked of it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from tests.servers.dispatch import route

_STATES = ("open", "merged", "declined")


class Repositories:
    """The correct server."""

    def __init__(self):
        self.users = {name: {"username": name, "uuid": f"{{{name}-1}}"} for name in ("ada", "bob")}
        self.repositories = {("ada", "engine"), ("ada", "notes"), ("bob", "website")}
        self.requests = {
            ("ada", "engine", 1): ("Faster loops", "open"),
            ("ada", "engine", 2): ("Print numbers", "merged"),
        }

    def app(self):
        repository = "/2.0/repositories/{username}/{slug}"
        routes = [
            route("/2.0/users/{username}", get=self.user),
            route("/2.0/repositories/{username}", get=self.owned),
            route(repository, get=self.repository),
            route(f"{repository}/pullrequests", get=self.listed),
            route(f"{repository}/pullrequests/{{pid}}", get=self.request),
            route(f"{repository}/pullrequests/{{pid}}/merge", post=self.merge),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: self.on_refusal})
        app.router.redirect_slashes = False
        return app

    async def user(self, request):
        return JSONResponse(self.known_user(request))

    async def owned(self, request):
        user = self.known_user(request)
        own = sorted(slug for owner, slug in self.repositories if owner == user["username"])
        return JSONResponse([self.shown(user["username"], slug) for slug in own])

    async def repository(self, request):
        return JSONResponse(self.shown(*self.known_repository(request)))

    async def listed(self, request):
        owner, slug = self.known_repository(request)
        wanted = request.query_params.get("state")
        if not self.is_state(wanted):
            raise HTTPException(400, "The state is unknown.")
        return JSONResponse(
            [
                self.shown_request(*key)
                for key, (_, state) in self.requests.items()
                if key[:2] == (owner, slug) and wanted in (None, state)
            ]
        )

    async def request(self, request):
        return JSONResponse(self.shown_request(*self.known_request(request)))

    async def merge(self, request):
        key = self.known_request(request)
        title, _ = self.requests[key]
        self.requests[key] = (title, "merged")
        return Response(status_code=204)

    def is_state(self, text):
        return text is None or text in _STATES

    def known_user(self, request):
        user = self.users.get(request.path_params["username"])
        if user is None:
            raise HTTPException(404, "The user does not exist.")
        return user

    def known_repository(self, request):
        key = (self.known_user(request)["username"], request.path_params["slug"])
        if key not in self.repositories:
            raise HTTPException(404, "The repository does not exist.")
        return key

    def known_request(self, request):
        text = request.path_params["pid"]
        key = (*self.known_repository(request), int(text) if text in ("1", "2") else 0)
        if key not in self.requests:
            raise HTTPException(404, "The pull request does not exist.")
        return key

    def shown(self, owner, slug):
        return {"slug": slug, "owner": self.users[owner]}

    def shown_request(self, owner, slug, pid):
        title, _ = self.requests[owner, slug, pid]
        return {"id": pid, "title": title, "repository": self.shown(owner, slug), "author": self.users[owner]}

    def on_refusal(self, _, refusal):
        return JSONResponse({"error": refusal.detail}, refusal.status_code, refusal.headers)


def create_app():
    """The correct server as an application."""
    return Repositories().app()
