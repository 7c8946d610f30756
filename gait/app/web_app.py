"""The application: routes, errors in one line, and the guard in front of everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from gait.app import (
    about_page,
    adjust_page,
    adjust_routes,
    api_routes,
    athlete_history_page,
    athlete_page,
    batch_page,
    coach_api,
    coach_page,
    compare_page,
    label_routes,
    live_page,
    page_routes,
    share_page,
    upload_protocol,
)
from gait.app.access_guard import AccessGuard
from gait.app.app_settings import AppSettings
from gait.app.app_store import AppStore
from gait.app.batch_store import BatchImporter
from gait.app.film_folders import FilmFolders
from gait.app.invitation_link import host_names
from gait.app.job_queue import JobQueue
from gait.app.page_rendering import page, render_message
from gait.app.upload_store import SpaceLedger
from gait.display_language import _
from gait.errors import GaitError
from gait.report.report_json import gait_version

#: Pages. Another page: its router, one line here.
PAGE_ROUTERS: tuple[APIRouter, ...] = (
    page_routes.router,
    coach_page.router,
    athlete_page.router,
    batch_page.router,
    compare_page.router,
    live_page.router,
    share_page.router,
    about_page.router,
    adjust_routes.router,
    label_routes.api,
    label_routes.router,
    adjust_page.router,
    athlete_history_page.router,
)
#: Code of an error → status; 422 for all others.
STATUSES = {
    "not_found": 404,
    "conflict": 409,
    "quota": 507,
    "too_large": 413,
    "locked": 423,
    "busy": 503,
    "bad_request": 400,
    "media_type": 415,
    "tus_version": 412,
}
_DESCRIPTION = (
    "Everything that the pages of `gait serve` do. Sign in by opening the address that the server prints; changes "
    "carry the header `X-CSRF-Token` with the token of `GET /api/v1/me`. Uploads go by the protocol tus 1.0.0."
)


def create_app(settings: AppSettings) -> FastAPI:
    """Make the application of one server.

    Parameters
    ----------
    settings : AppSettings

    Returns
    -------
    FastAPI
        ``app.state`` holds ``store``, ``queue`` and ``ledger``.
    """
    store = AppStore(settings)
    ledger = SpaceLedger(store)
    queue = JobQueue(store, ledger)
    importer = BatchImporter(store, queue, ledger, FilmFolders(settings.films))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if not settings.read_only:
            queue.start()
            importer.start()
        yield
        app.state.stopping = True
        importer.stop()
        if (worker := getattr(app.state, "adjust_worker", None)) is not None:
            worker.end()
        queue.stop()
        store.close()

    app = FastAPI(
        title="gait",
        version=gait_version(),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    app.state.store, app.state.queue, app.state.ledger, app.state.stopping = store, queue, ledger, False
    app.state.importer = importer
    app.include_router(upload_protocol.router)
    app.include_router(api_routes.router)
    app.include_router(coach_api.router)
    for router in PAGE_ROUTERS:
        app.include_router(router)
    app.add_api_route("/api/openapi.json", lambda: JSONResponse(app.openapi()), include_in_schema=False)
    app.add_api_route("/api/docs", _show_api, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=page_routes.static_folder()), name="static")
    app.add_exception_handler(GaitError, _answer_gait_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http_error)
    app.add_exception_handler(Exception, _answer_fault)
    app.add_middleware(AccessGuard, store=store, hosts=[*host_names(lan=settings.lan), *settings.extra_hosts])
    return app


def _show_api(request: Request) -> HTMLResponse:
    document = request.app.openapi()
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    tags = dict.fromkeys(operation["tags"][0] for operation in operations)
    return page(request, "api_docs.html.j2", document=document, operations=operations, tags=list(tags))


async def _answer_gait_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, GaitError)
    return _error(request, STATUSES.get(error.code or "", 422), str(error), error.code)


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = next(iter(error.errors()), {})
    where = ".".join(str(part) for part in first.get("loc", ()))[:200]
    return _error(request, 422, _("{field}: {reason}").format(field=where, reason=first.get("msg", "")), "invalid")


async def _answer_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = {404: _("there is no such page"), 405: _("this cannot be done here")}.get(error.status_code, error.detail)
    return _error(request, error.status_code, text, f"http_{error.status_code}", dict(error.headers or {}))


async def _answer_fault(request: Request, _error_: Exception) -> Response:
    return _error(request, 500, _("a fault of the program; the server goes on"), "fault")


def _error(
    request: Request, status: int, text: str, code: str | None, headers: dict[str, str] | None = None
) -> Response:
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        # Lone halves of surrogate pairs, which a JSON text may hold, are no UTF-8.
        shown = text.encode(errors="replace").decode()
        return JSONResponse({"error": shown, "code": code}, status_code=status, headers=headers)
    return HTMLResponse(render_message(text), status_code=status, headers=headers)
