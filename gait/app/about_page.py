"""The page about an athlete: body, treadmill, language, target, pain on the body map, and the questions."""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathField
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from gait.app.about_form import BY_MAP, asked_topics, form_values, read_form, units_of
from gait.app.access_guard import LANGUAGE_COOKIE
from gait.app.app_store import AppStore
from gait.app.athlete_details import change_athlete, get_athlete_details
from gait.app.body_map import AREAS, PAIN_AREAS, map_figures
from gait.app.diary_store import add_answers, add_audit, latest_answers
from gait.app.job_store import add_job, get_job, list_jobs
from gait.app.page_rendering import check_form_token, page, queue_of, store_of, unit_choices
from gait.app.session_store import list_sessions
from gait.display_language import LANGUAGES, _
from gait.display_units import show_in
from gait.errors import InputError
from gait.findings.knowledge_loader import load_knowledge
from gait.history.change_text import metric_display, metric_name

#: Reports that are written again with new answers, the latest first; older ones keep what they say. [E]
MAX_REWRITTEN = 10
_LANGUAGE_KEPT_S = 365 * 24 * 3600

router = APIRouter(include_in_schema=False)
AthleteNumber = Annotated[int, PathField(ge=1, le=2**63 - 1)]


@router.get("/language/{code}")
def choose_language(code: str, back: Annotated[str, Query(max_length=300)] = "/") -> Response:
    """Show the pages in another language from now on.

    Parameters
    ----------
    code : str
    back : str
        Path of the page to go back to; anything else leads to the first page.

    Returns
    -------
    Response

    Raises
    ------
    InputError
        gait does not speak it (``not_found``).
    """
    if code not in LANGUAGES:
        raise InputError(_("there is no such page"), code="not_found")
    own = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    response = RedirectResponse(back if own else "/", status_code=303)
    _keep_language(response, code)
    return response


@router.get("/athletes/{athlete}/about")
def show_about(
    request: Request,
    athlete: AthleteNumber,
    saved: Annotated[int | None, Query(ge=0, le=MAX_REWRITTEN)] = None,
) -> HTMLResponse:
    """Show what is known about an athlete, as a form.

    Parameters
    ----------
    request : Request
    athlete : int
    saved : int, optional
        What was sent has been kept, and that many reports are written again.

    Returns
    -------
    HTMLResponse
    """
    store = store_of(request)
    details = get_athlete_details(store, athlete)
    answers = latest_answers(store, athlete) or {"content": {}, "areas": ()}
    values = form_values(details, answers["content"])
    return _page(request, details, values, answers["areas"], saved=saved)


@router.post("/athletes/{athlete}/about")
async def save_about(request: Request, athlete: AthleteNumber) -> Response:
    """Keep what the form says, or show it again with its faults.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    Response
    """
    form = await request.form(max_files=0, max_fields=500)
    return await anyio.to_thread.run_sync(_save, request, athlete, form)


def _save(request: Request, athlete: int, form: FormData) -> Response:
    check_form_token(request, str(form.get("csrf_token", "")))
    store = store_of(request)
    before = get_athlete_details(store, athlete)
    given = read_form(form)
    values = {name: [str(text) for text in form.getlist(name)] for name in form}
    if given.faults:
        return _page(request, before, values, given.areas, faults=given.faults)
    typed = str(form.get("version", ""))
    version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    try:
        details = change_athlete(store, athlete, given.details, version=version)
    except InputError as error:
        where = "name" if given.details["name"] != before["name"] and before["version"] == version else ""
        return _page(request, before, values, given.areas, faults={where: str(error)})
    changed = {k: [before[k], details[k]] for k in given.details if before[k] != details[k]}
    if changed:
        add_audit(store, "details_changed", athlete=athlete, detail=changed)
    last = latest_answers(store, athlete)
    rewritten = 0
    if (last is None and given.answers) or (
        last is not None and (last["content"], set(last["areas"])) != (given.answers, set(given.areas))
    ):
        add_answers(store, athlete, given.answers, areas=given.areas)
        rewritten = rewrite_reports(store, athlete)
        queue_of(request).wake()
    response = RedirectResponse(f"/athletes/{athlete}/about?saved={rewritten}", status_code=303)
    if details["language"]:
        _keep_language(response, details["language"])
    return response


def rewrite_reports(store: AppStore, athlete: int) -> int:
    """Queue an athlete's reports to be written again, with the answers of now; poses are there already.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Returns
    -------
    int
        How many.
    """
    # A job that waits takes the answers of the moment it begins; after one that runs, `JobQueue` queues another.
    busy = {job["folder"] for job in list_jobs(store, athlete=athlete, states=("waiting", "running"))}
    count = 0
    for session in list_sessions(store, athlete):
        if not session["report"] or session["job"] is None or count == MAX_REWRITTEN:
            continue
        job = get_job(store, session["job"])
        if job["folder"] in busy or not job["clips"]:
            continue
        options = {**job["options"], "video": False}
        add_job(store, "remeasure", athlete=athlete, uploads=job["clips"], options=options, folder=job["folder"])
        count += 1
    return count


def _page(
    request: Request,
    athlete: dict[str, Any],
    values: dict[str, list[str]],
    areas: tuple[str, ...],
    *,
    faults: dict[str, str] | None = None,
    saved: int | None = None,
) -> HTMLResponse:
    knowledge = load_knowledge()
    units = units_of(athlete)
    with show_in(units):
        metrics = [(key, metric_name(key), metric_display(key, m.unit).unit) for key, m in knowledge.metrics.items()]
    return page(
        request,
        "about.html.j2",
        422 if faults else 200,
        athlete=athlete,
        values=values,
        faults=faults or {},
        saved=saved,
        choices=unit_choices(),
        metrics=metrics,
        figures=map_figures(),
        areas=list(AREAS.values()),
        chosen=areas,
        map_fault=(faults or {}).get(PAIN_AREAS, ""),
        map_questions=[knowledge.questions[key] for key in BY_MAP],
        topics=asked_topics(),
    )


def _keep_language(response: Response, code: str) -> None:
    response.set_cookie(LANGUAGE_COOKIE, code, max_age=_LANGUAGE_KEPT_S, httponly=True, samesite="strict")
