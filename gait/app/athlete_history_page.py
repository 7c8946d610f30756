"""The pages of history: all athletes; one over time, with target, reminder and pain diary."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi import Path as PathField
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from gait.app.about_form import units_of
from gait.app.athlete_course import course_cards, course_scale, day_text, draw_pain, live_rows, remind
from gait.app.athlete_details import change_athlete, get_athlete_details, list_athletes
from gait.app.body_map import AREAS, NO_AREA, area_name, check_areas, map_figures
from gait.app.diary_store import add_audit, add_pain, delete_pain, list_pain
from gait.app.page_rendering import check_form_token, page, store_of
from gait.app.session_store import list_sessions
from gait.display_language import _, date_text
from gait.display_units import show_in, speed_in_units
from gait.errors import InputError
from gait.findings.knowledge_loader import load_knowledge
from gait.history.history_page import describe_changes
from gait.metrics.grading import VIEW_WORDS

router = APIRouter(include_in_schema=False)
AthleteKey = Annotated[int, PathField(ge=1, le=2**63 - 1)]
#: Entries of the diary that are listed; the plot holds all. [E]
_LISTED_ENTRIES = 30
_MAX_TEXT = 1000
#: Days that a diary may look back.
_EARLIEST = dt.date(1990, 1, 1)


@router.get("/history")
def show_histories(request: Request) -> HTMLResponse:
    """List all athletes with their latest session.

    Parameters
    ----------
    request : Request

    Returns
    -------
    HTMLResponse
    """
    athletes = [
        {**athlete, "last": day_text(athlete["last_session"]) if athlete["last_session"] else ""}
        for athlete in list_athletes(store_of(request))
    ]
    return page(request, "histories.html.j2", athletes=athletes)


@router.get("/athletes/{athlete}/history")
def show_history(request: Request, athlete: AthleteKey) -> HTMLResponse:
    """Show an athlete over time.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    HTMLResponse
    """
    return _history_page(request, athlete)


@router.post("/athletes/{athlete}/pain")
async def keep_pain(request: Request, athlete: AthleteKey) -> Response:
    """Keep an entry of the pain diary for each area that was chosen.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    Response
    """
    form = await request.form(max_files=0, max_fields=200)
    return await anyio.to_thread.run_sync(_keep_pain, request, athlete, form)


def _keep_pain(request: Request, athlete: int, form: FormData) -> Response:
    check_form_token(request, str(form.get("csrf_token", "")))
    store = store_of(request)
    get_athlete_details(store, athlete)
    text = str(form.get("text", "")).strip()[:_MAX_TEXT]
    areas = tuple(str(area) for area in form.getlist("areas"))
    level_text = str(form.get("level", ""))
    try:
        areas = check_areas(areas)
        day = _read_day(str(form.get("day", "")))
        level = int(level_text) if level_text.isdecimal() and len(level_text) < 3 else -1
        if not 0 <= level <= 10:
            raise InputError(_("Choose how strong it is, from 0 to 10."))
        if level > 0 and not areas:
            raise InputError(_("Choose where it hurts."))
    except InputError as error:
        typed = {"areas": areas, "level": level_text, "text": text, "day": str(form.get("day", ""))[:20]}
        return _history_page(request, athlete, fault=str(error), typed=typed)
    for area in areas or (NO_AREA,):
        add_pain(store, athlete, day=day.isoformat(), area=area, level=level, text=text)
    return RedirectResponse(f"/athletes/{athlete}/history?kept=1#diary", status_code=303)


@router.post("/athletes/{athlete}/pain/{entry}/delete")
def remove_pain(
    request: Request, athlete: AthleteKey, entry: AthleteKey, csrf_token: Annotated[str, Form()]
) -> Response:
    """Delete an entry of the pain diary.

    Parameters
    ----------
    request : Request
    athlete, entry : int
    csrf_token : str

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    delete_pain(store_of(request), athlete, entry)
    return RedirectResponse(f"/athletes/{athlete}/history#diary", status_code=303)


@router.post("/athletes/{athlete}/target")
def take_target(
    request: Request,
    athlete: AthleteKey,
    csrf_token: Annotated[str, Form()],
    metric: Annotated[str, Form(max_length=60)],
    value: Annotated[float, Form(ge=-1e6, le=1e6)],
) -> Response:
    """Take the target that the last report calls for.

    Parameters
    ----------
    request : Request
    athlete : int
    csrf_token, metric : str
    value : float
        In the metric's unit.

    Returns
    -------
    Response

    Raises
    ------
    InputError
        There is no such metric (``not_found``).
    """
    check_form_token(request, csrf_token)
    if metric not in load_knowledge().metrics:
        raise InputError(_("there is no such measurement"), code="not_found")
    changes = {"target_metric": metric, "target_value": value}
    change_athlete(store_of(request), athlete, changes)
    add_audit(store_of(request), "target_set", athlete=athlete, detail=changes)
    return RedirectResponse(f"/athletes/{athlete}/history", status_code=303)


def _history_page(
    request: Request, athlete: int, *, fault: str = "", typed: dict[str, Any] | None = None
) -> HTMLResponse:
    store = store_of(request)
    details = get_athlete_details(store, athlete)
    today = dt.date.fromtimestamp(store.clock())
    pain = list_pain(store, athlete)
    with show_in(units_of(details)):
        with store.history() as history:
            trends = [trend for trend in history.trends(details["name"]) if trend.points]
        scale = course_scale(trends, pain)
        sessions = list_sessions(store, athlete)
        return page(
            request,
            "athlete_history.html.j2",
            422 if fault else 200,
            athlete=details,
            sessions=[{**session, "text": _session_text(session)} for session in sessions],
            changes=describe_changes(trends),
            cards=course_cards(store, details, trends, scale),
            pain_plot=draw_pain(pain, scale),
            pain=[{**e, "day": day_text(e["day"]), "area": area_name(e["area"])} for e in pain[:_LISTED_ENTRIES]],
            reminder=remind(store, details, trends, today=today),
            live=live_rows(store, athlete),
            figures=map_figures(),
            areas=list(AREAS.values()),
            typed=typed or {"areas": (), "level": "", "text": "", "day": today.isoformat()},
            fault=fault,
            kept="kept" in request.query_params,
            today=today.isoformat(),
        )


def _session_text(session: dict[str, Any]) -> str:
    parts = [date_text(dt.date.fromisoformat(session["date"][:10]), short=True)]
    if session["name"]:
        parts.append(session["name"])
    if session["speed_mps"] is not None:
        parts.append(speed_in_units(session["speed_mps"]))
    parts.extend(VIEW_WORDS[view] for view in session["views"] if view in VIEW_WORDS)
    return ", ".join(parts)


def _read_day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(_("Choose the day.")) from None
    if not _EARLIEST <= day <= dt.date.today() + dt.timedelta(days=1):
        raise InputError(_("Choose a day up to today."))
    return day
