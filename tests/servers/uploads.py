"""The store of `uploads.yaml`: files come as multipart forms, a search as a URL-encoded one."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from tests.servers.dispatch import route
from tests.servers.strict import application, bad, checked, checker, json_body, media_type, number

TITLE = checker(
    {
        "type": "object",
        "required": ["title"],
        "properties": {"title": {"type": "string", "minLength": 1, "maxLength": 40}},
    }
)
FORM = "application/x-www-form-urlencoded"


class Uploads:
    """The correct server."""

    def __init__(self):
        self.files = {f"f{n}": ({"id": f"f{n}", "title": "Notes", "size": 5}, b"notes") for n in (1, 2, 3)}
        self.next = 4

    def app(self):
        return application(
            [
                route("/files", post=self.add),
                route("/files/{file_id}", get=self.get, delete=self.remove),
                route("/files/{file_id}/content", get=self.content),
                route("/files/{file_id}/title", put=self.retitle),
                route("/search", post=self.search),
            ]
        )

    def file(self, request):
        file_id = request.path_params["file_id"]
        if file_id not in self.files:
            raise HTTPException(404)
        return self.files[file_id]

    async def parts(self, request):
        """The parts of the multipart body by name. Raises a 415 or a 400."""
        if media_type(request) != "multipart/form-data":
            raise HTTPException(415, "Send multipart/form-data.")
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1")
        message = BytesParser(policy=HTTP).parsebytes(head + await request.body())
        if not message.is_multipart():
            raise bad("The body is not a form.")
        found = {}
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            if name is None:
                raise bad("A part has no name.")
            if name in found:
                raise bad("A part is there twice.")
            found[name] = part.get_payload(decode=True) or b""
        return found

    async def form(self, request):
        """The fields of the URL-encoded body. Raises a 415 or a 400."""
        if media_type(request) != FORM:
            raise HTTPException(415, "Send a form.")
        try:
            pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, errors="strict")
        except ValueError:
            raise bad("The form is not UTF-8.") from None
        if len(dict(pairs)) != len(pairs):
            raise bad("A field is there twice.")
        return dict(pairs)

    def title(self, octets):
        try:
            text = octets.decode()
        except UnicodeDecodeError:
            raise bad("The title is not UTF-8.") from None
        return checked({"title": text}, TITLE)["title"]

    def one_of(self, text, names):
        if text not in names:
            raise bad(f"It is none of {names}.")
        return text

    async def add(self, request):
        parts = await self.parts(request)
        if not {"file", "title"} <= parts.keys():
            raise bad("A part is missing.")
        file = {"id": f"f{self.next}", "title": self.title(parts["title"]), "size": len(parts["file"])}
        if "visibility" in parts:
            file["visibility"] = self.one_of(parts["visibility"].decode("latin-1"), ("public", "private"))
        if "pages" in parts:
            number(parts["pages"].decode("latin-1"), 1, 500)
        self.next += 1
        self.files[file["id"]] = (file, parts["file"])
        return JSONResponse(file, 201, {"Location": f"/files/{file['id']}"})

    async def get(self, request):
        return JSONResponse(self.file(request)[0])

    async def remove(self, request):
        del self.files[self.file(request)[0]["id"]]
        return Response(status_code=204)

    async def content(self, request):
        return Response(self.file(request)[1], media_type="application/octet-stream")

    async def retitle(self, request):
        file, _ = self.file(request)
        is_form = media_type(request) == FORM
        wanted = checked(await self.form(request), TITLE) if is_form else await json_body(request, TITLE)
        file["title"] = wanted["title"]
        return JSONResponse(file)

    async def search(self, request):
        fields = await self.form(request)
        if not fields.get("q"):
            raise bad("Search for something.")
        self.one_of(fields.get("order", "title"), ("title", "size"))
        limit = number(fields.get("limit", "20"), 1, 100)
        found = [file for file, _ in self.files.values() if fields["q"].lower() in file["title"].lower()]
        return JSONResponse(found[:limit])
