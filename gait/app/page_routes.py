"""The pages that lead from a video to its report: upload, progress, report, sessions, devices."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse

from gait.app.about_form import read_body_and_belt
from gait.app.access_guard import COOKIE
from gait.app.athlete_details import get_athlete_details, list_athletes
from gait.app.invitation_link import invitation
from gait.app.job_store import list_jobs
from gait.app.login_store import accept_invitation, end_login, find_login
from gait.app.page_rendering import (
    check_form_token,
    known_units,
    ledger_of,
    login_of,
    page,
    queue_of,
    settings_of,
    store_of,
    unit_choices,
)
from gait.app.report_bar import report_links, with_report_bar
from gait.app.session_store import delete_session, get_session, list_sessions, report_file
from gait.checked_json import parse_json
from gait.display_language import _
from gait.display_units import height_in_units, speed_in_units
from gait.records import View
from gait.report.single_file_report import portable_record
from gait.session_files import REPORT_PAGE, REPORT_RECORD

if TYPE_CHECKING:
    from markupsafe import Markup

    from gait.report.camera_drawings import CameraKind


@dataclass(frozen=True)
class FilmingView:
    """How to film one view.

    Attributes
    ----------
    view : {"side", "rear", "front"}
    title, text : str
    drawing : Markup
    """

    view: View
    title: str
    text: str
    drawing: Markup


#: Cookie with the units in which the last run was described, and how long it is kept, seconds.
UNITS_COOKIE, _YEAR_S = "gait_units", 365 * 24 * 3600
router = APIRouter(include_in_schema=False)
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@router.get("/healthz", status_code=204)
def answer_health() -> Response:
    """Say that the server lives, and nothing else.

    Returns
    -------
    Response
    """
    return Response(status_code=204)


@router.get("/enter")
def enter(request: Request, token: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Let a browser in that brings an invitation.

    Parameters
    ----------
    request : Request
    token : str

    Returns
    -------
    Response
    """
    settings = settings_of(request)
    secret = accept_invitation(store_of(request), token) if token else None
    if secret is None:
        if (login := request.scope["state"].get("login")) is not None:
            return RedirectResponse(login.landing, status_code=303)
        text = _("This address has been used or is too old. Take the one that the server shows now.")
        return page(request, "message.html.j2", 401, text=text)
    entered = find_login(store_of(request), secret)
    response = RedirectResponse("/" if entered is None else entered.landing, status_code=303)
    response.set_cookie(
        COOKIE.format(port=settings.port),
        secret,
        max_age=int(settings.session_s),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/leave")
def leave(request: Request, csrf_token: Annotated[str, Form()]) -> Response:
    """Sign this browser out.

    Parameters
    ----------
    request : Request
    csrf_token : str

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    end_login(store_of(request), login_of(request).token_hash)
    return page(request, "message.html.j2", text=_("You are signed out."))


@router.get("/")
def home(request: Request, athlete: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None) -> HTMLResponse:
    """Show where a video is chosen.

    Parameters
    ----------
    request : Request
    athlete : int, optional
        The runner whose data are filled in.

    Returns
    -------
    HTMLResponse
    """
    store = store_of(request)
    running = list_jobs(store, states=("waiting", "running"), limit=20)
    athletes = list_athletes(store)
    names = {one["id"]: one["name"] for one in athletes}
    chosen = next((one for one in athletes if one["id"] == athlete), None)
    units = known_units((chosen and chosen["units"]) or request.cookies.get(UNITS_COOKIE))
    return page(
        request,
        "upload.html.j2",
        athletes=athletes,
        chosen=chosen,
        units=units,
        choices=unit_choices(),
        known=[{"name": one["name"], "units": one["units"]} for one in athletes],
        height=height_in_units(chosen["height_m"], units) if chosen and chosen["height_m"] else "",
        speed=speed_in_units(chosen["speed_mps"], units) if chosen and chosen["speed_mps"] else "",
        views=filming_views(),
        running=[{**job, "name": names.get(job["athlete"], "")} for job in running if job["kind"] != "check"],
        sessions=list_sessions(store)[:5],
        space_left=settings_of(request).quota_bytes - ledger_of(request).used_bytes(),
    )


@router.post("/body-and-belt")
async def read_measures(request: Request) -> JSONResponse:
    """Read height and speed from the form of a new run, in the units chosen there, and keep these for the next time.

    Parameters
    ----------
    request : Request
        A form with ``csrf_token``, ``height``, ``speed``, ``units``, and ``shown`` (other units to write both in).

    Returns
    -------
    JSONResponse
        ``height_m``, ``speed_mps``, ``units``, ``faults`` (field → one line), and both as ``texts``.
    """
    async with request.form(max_files=0, max_fields=20) as form:
        check_form_token(request, str(form.get("csrf_token", "")))
        units = known_units(form.get("units"))
        values, faults = read_body_and_belt(form, units)
        shown = known_units(form.get("shown") or units)
    height, speed = values["height_m"], values["speed_mps"]
    texts = {
        "height": "" if height is None else height_in_units(height, shown),
        "speed": "" if speed is None else speed_in_units(speed, shown),
    }
    response = JSONResponse({**values, "units": units, "faults": faults, "texts": texts})
    response.set_cookie(UNITS_COOKIE, shown, max_age=_YEAR_S, httponly=True, samesite="strict")
    return response


def filming_views() -> list[FilmingView]:
    """Tell how to film each view.

    Returns
    -------
    list of FilmingView
        The side view first.
    """
    from gait.findings.knowledge_loader import load_knowledge
    from gait.report.camera_drawings import camera_drawing
    from gait.report.filming_advice import FILMING_TITLES

    filming = load_knowledge().filming
    kinds: tuple[tuple[View, CameraKind], ...] = (("side", "side"), ("rear", "rear_tape"), ("front", "front"))
    return [
        FilmingView(view, FILMING_TITLES["rear" if view == "rear" else kind], filming[view], camera_drawing(kind))
        for view, kind in kinds
    ]


@router.get("/jobs/{job}")
def show_job(request: Request, job: str) -> HTMLResponse:
    """Show how far a job is.

    Parameters
    ----------
    request : Request
    job : str

    Returns
    -------
    HTMLResponse
    """
    found = queue_of(request).snapshot(job)
    athlete = get_athlete_details(store_of(request), found["athlete"])
    return page(request, "progress.html.j2", job=found, athlete=athlete)


@router.get("/sessions")
def show_sessions(request: Request) -> HTMLResponse:
    """List all sessions.

    Parameters
    ----------
    request : Request

    Returns
    -------
    HTMLResponse
    """
    return page(request, "sessions.html.j2", sessions=list_sessions(store_of(request)))


@router.post("/sessions/{session}/delete")
def delete_from_page(request: Request, session: int, csrf_token: Annotated[str, Form()]) -> Response:
    """Delete a session for good.

    Parameters
    ----------
    request : Request
    session : int
    csrf_token : str

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    delete_session(store_of(request), session)
    ledger_of(request).forget()
    return RedirectResponse("/sessions", status_code=303)


@router.get("/sessions/{session}")
def redirect_to_report(session: int) -> Response:
    """Lead to the report, whose videos are beside it.

    Parameters
    ----------
    session : int

    Returns
    -------
    Response
    """
    return RedirectResponse(f"/sessions/{session}/report/", status_code=303)


@router.get("/sessions/{session}/report/")
def show_report(request: Request, session: int) -> HTMLResponse:
    """Show a report: the same page as the file.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    HTMLResponse
    """
    get_session(store_of(request), session)
    path = report_file(store_of(request), session, REPORT_PAGE)
    content = path.read_bytes()
    policy = report_policy(content)
    links = report_links(session, read_only=settings_of(request).read_only)
    if not login_of(request).may_visit("GET", "/sessions"):  # a device that sees this report alone
        links = []
    return HTMLResponse(with_report_bar(content, links), headers={"Content-Security-Policy": policy})


@router.get("/sessions/{session}/report/{name}")
def send_report_file(request: Request, session: int, name: str) -> Response:
    """Send a file beside a report; videos also in parts (range requests).

    Parameters
    ----------
    request : Request
    session : int
    name : str

    Returns
    -------
    Response
    """
    path = report_file(store_of(request), session, name)
    if name == REPORT_RECORD:
        return JSONResponse(portable_record(parse_json(path.read_bytes())))
    if path.suffix == ".html":
        return FileResponse(path, headers={"Content-Security-Policy": report_policy(path.read_bytes())})
    return FileResponse(path, headers={"Cache-Control": "private, no-cache"})


@router.get("/devices")
def show_devices(request: Request) -> HTMLResponse:
    """Show a code that lets one more device in, once.

    Parameters
    ----------
    request : Request

    Returns
    -------
    HTMLResponse
    """
    settings = settings_of(request)
    made = invitation(store_of(request), settings.port) if settings.lan else None
    minutes = round(settings.invitation_s / 60)
    return page(
        request,
        "devices.html.j2",
        url=None if made is None else made.url,
        code=None if made is None else made.svg_uri(),
        minutes=minutes,
    )


@lru_cache(maxsize=64)
def report_policy(content: bytes) -> str:
    """Allow exactly the scripts that a report came with.

    Parameters
    ----------
    content : bytes
        The page, written by gait.

    Returns
    -------
    str
        Content-Security-Policy.
    """
    hashes = {base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _SCRIPT.findall(content)}
    scripts = " ".join(f"'sha256-{digest}'" for digest in sorted(hashes)) or "'none'"
    return (
        f"default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; script-src {scripts}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def static_folder() -> Path:
    """Return the folder of styles and scripts.

    Returns
    -------
    Path
    """
    return Path(__file__).parent / "static"
