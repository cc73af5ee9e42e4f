"""The application: one operation, and problems for everything else."""

from __future__ import annotations

import json
import logging
import re
from typing import Literal

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from examples.report_server import problems
from examples.report_server.export import envelope
from examples.report_server.problems import ProblemError
from examples.report_server.store import Store

logger = logging.getLogger("report_server")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ExportRequest(BaseModel):
    """What a client asks for."""

    format: Literal["csv", "json"] = "csv"


def create_app(database: str = ":memory:") -> FastAPI:
    """The application over a database, which is made and filled where there is none yet."""
    store = Store(database)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)

    @app.post("/api/v1/reports/saved/{report_id}/export")
    async def export_saved_report(report_id: str, request: Request) -> JSONResponse:
        if not _UUID.fullmatch(report_id):
            raise ProblemError("invalid_report_id")
        wanted = await _read(request)
        report = store.report(report_id)
        if report is None:
            raise ProblemError("saved_report_not_found")
        if not report.is_shared:
            raise ProblemError("forbidden")
        return JSONResponse(envelope(report, store.run(report), wanted.format))

    @app.exception_handler(ProblemError)
    async def on_problem(request: Request, error: ProblemError) -> JSONResponse:
        return problems.response(request, error.code, error.headers)

    @app.exception_handler(HTTPException)
    async def on_http_error(request: Request, error: HTTPException) -> JSONResponse:
        code = "method_not_allowed" if error.status_code == 405 else "not_found"
        return problems.response(request, code, error.headers)

    @app.exception_handler(Exception)
    async def on_fault(request: Request, error: Exception) -> JSONResponse:
        logger.error("the request failed", exc_info=error)
        return problems.response(request, "internal_error")

    return app


async def _read(request: Request) -> ExportRequest:
    """The body of a request. Raises ProblemError when it cannot be used."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError("unsupported_media_type")
    try:
        value = json.loads((await request.body()).decode(), parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ProblemError("malformed_body") from None
    try:
        return ExportRequest.model_validate(value)
    except ValidationError:
        raise ProblemError("invalid_body") from None


def _refuse(name: str) -> float:
    raise ValueError(name)
