"""The card of an athlete: sessions, findings, target, notes, pain, consent, and what joins, exports or deletes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi import Path as PathField
from fastapi.responses import HTMLResponse, RedirectResponse

from gait.app.athlete_details import change_athlete, get_athlete_details, list_athletes
from gait.app.coach_store import (
    MAX_NOTE,
    athlete_overviews,
    change_note,
    clean_lines,
    clean_note,
    delete_for_good,
    get_note,
    is_same_name,
    merge_into,
    metric_unit,
)
from gait.app.diary_store import add_audit, add_note, delete_note, list_notes, list_pain
from gait.app.form_reading import read_day, read_decimal, read_height_m, read_line, read_speed_mps
from gait.app.job_store import list_jobs
from gait.app.page_rendering import check_form_token, day_text, ledger_of, page, queue_of, store_of
from gait.app.session_store import list_sessions
from gait.display_language import _, pgettext
from gait.display_units import height_in_units, significant_text, speed_in_units
from gait.errors import GaitError, InputError
from gait.findings.knowledge_loader import load_knowledge
from gait.history.change_text import metric_display, metric_name

router = APIRouter(include_in_schema=False, prefix="/athletes/{athlete}")
AthleteNumber = Annotated[int, PathField(ge=1, le=2**63 - 1)]
FormText = Annotated[str, Form()]
#: Metrics that a target is set for, most wanted first. [E]
TARGET_METRICS = ("cadence", "overstride", "trunk_lean", "vertical_oscillation", "contact_time", "knee_flexion_contact")


@router.get("")
def show_athlete(request: Request, athlete: AthleteNumber) -> HTMLResponse:
    """Show the card of an athlete.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    HTMLResponse
    """
    return _card(request, athlete)


@router.post("/details")
def change_details(
    request: Request,
    athlete: AthleteNumber,
    csrf_token: FormText,
    version: Annotated[int, Form()],
    name: FormText = "",
    squad: FormText = "",
    height: FormText = "",
    speed: FormText = "",
    target_metric: FormText = "",
    target_value: FormText = "",
) -> Response:
    """Change what is said of an athlete, unless another browser did so meanwhile.

    Parameters
    ----------
    request : Request
    athlete : int
    csrf_token : str
    version : int
        The one that was shown.
    name, squad, height, speed, target_metric, target_value : str

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    typed = {
        **{"name": name, "squad": squad, "height": height, "speed": speed},
        **{"target_metric": target_metric, "target_value": target_value},
    }
    try:
        metric = target_metric if target_metric in load_knowledge().metrics else None
        value = read_decimal(target_value)
        _need(metric is None or value is not None, _("give the value of the target, too"))
        changes = {
            "name": read_line(name),
            "squad": read_line(squad),
            "height_m": read_height_m(height),
            "speed_mps": read_speed_mps(speed),
            "target_metric": metric,
            "target_value": None if metric is None or value is None else value / _display(metric).scale,
        }
        before = get_athlete_details(store_of(request), athlete)
        _need(changes["name"] is not None, _("give the athlete's name"))
        if version != before["version"]:
            return _conflict(request, before, changes, typed)
        change_athlete(store_of(request), athlete, changes, version=version)
    except GaitError as error:
        return _card(request, athlete, problem=str(error), typed=typed)
    if changes["name"] != before["name"]:
        add_audit(store_of(request), "athlete_renamed", athlete=athlete, detail={})
    return _back(athlete)


@router.post("/consent")
def note_consent(
    request: Request,
    athlete: AthleteNumber,
    csrf_token: FormText,
    version: Annotated[int, Form()],
    day: FormText = "",
    how: FormText = "",
    note: FormText = "",
    withdrawn: FormText = "",
) -> Response:
    """Note that an athlete agrees to be filmed and measured, or does so no more.

    Parameters
    ----------
    request : Request
    athlete : int
    csrf_token : str
    version : int
    day, how, note : str
    withdrawn : str
        Not empty: the consent is taken back.

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    try:
        when = read_day(day)
        _need(bool(withdrawn) or when is not None, _("give the day of the consent"))
        changes: dict[str, Any] = {
            "consent_at": None if withdrawn or when is None else when.isoformat(),
            "consent_how": None if withdrawn else read_line(how),
            "consent_note": None if withdrawn else clean_lines(note)[:MAX_NOTE] or None,
        }
        before = get_athlete_details(store_of(request), athlete)
        if version != before["version"]:
            return _conflict(request, before, changes, {"day": day, "how": how, "note": note, "withdrawn": withdrawn})
        change_athlete(store_of(request), athlete, changes, version=version)
    except GaitError as error:
        return _card(request, athlete, problem=str(error))
    action = "consent_withdrawn" if withdrawn else "consent_noted"
    add_audit(store_of(request), action, athlete=athlete, detail={"day": changes["consent_at"]})
    return _back(athlete, "consent")


@router.post("/notes")
def keep_note(
    request: Request,
    athlete: AthleteNumber,
    csrf_token: FormText,
    text: FormText = "",
    author: FormText = "",
    session: FormText = "",
) -> Response:
    """Keep a note.

    Parameters
    ----------
    request : Request
    athlete : int
    csrf_token, text, author : str
    session : str
        Number of one; empty: about the athlete.

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    store = store_of(request)
    get_athlete_details(store, athlete)
    try:
        number = int(session) if session.isdecimal() and session.isascii() and len(session) < 18 else None
        add_note(store, athlete, clean_note(text), author=read_line(author) or "", session=number)
    except GaitError as error:
        return _card(request, athlete, problem=str(error), typed={"text": text, "author": author})
    return _back(athlete, "notes")


@router.post("/notes/{note}")
def edit_note(
    request: Request,
    athlete: AthleteNumber,
    note: AthleteNumber,
    csrf_token: FormText,
    text: FormText = "",
    before: FormText = "",
    delete: FormText = "",
) -> Response:
    """Change or delete a note.

    Parameters
    ----------
    request : Request
    athlete, note : int
    csrf_token, text : str
    before : str
        Mark of the text that was shown.
    delete : str
        Not empty: the note goes.

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    store = store_of(request)
    found = get_note(store, note)
    _need(found["athlete"] == athlete, _("there is no such note"), "not_found")
    try:
        if delete:
            delete_note(store, note)
            return _back(athlete, "notes")
        if before != text_mark(found["text"]):
            return page(
                request,
                "note_conflict.html.j2",
                409,
                athlete=get_athlete_details(store, athlete),
                note=found,
                mine=text,
                mark=text_mark(found["text"]),
            )
        change_note(store, note, text, before=found["text"])
    except GaitError as error:
        return _card(request, athlete, problem=str(error))
    return _back(athlete, "notes")


@router.post("/merge")
def merge_from_page(request: Request, athlete: AthleteNumber, csrf_token: FormText, other: FormText = "") -> Response:
    """Give everything of another entry of the same person to this athlete.

    Parameters
    ----------
    request : Request
    athlete : int
    csrf_token : str
    other : str
        Number of the entry that goes.

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    try:
        number = int(other) if other.isdecimal() and other.isascii() and len(other) < 18 else 0
        merge_into(store_of(request), number, athlete)
    except GaitError as error:
        return _card(request, athlete, problem=str(error))
    return _back(athlete)


@router.post("/delete")
def delete_from_page(
    request: Request, athlete: AthleteNumber, csrf_token: FormText, typed_name: FormText = ""
) -> Response:
    """Delete an athlete for good, where the name was typed.

    Parameters
    ----------
    request : Request
    athlete : int
    csrf_token, typed_name : str

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    store = store_of(request)
    name = get_athlete_details(store, athlete)["name"]
    if not is_same_name(typed_name, name):
        return _card(request, athlete, problem=_("Nothing is deleted: the typed name is another one."))
    try:
        delete_for_good(store, queue_of(request), ledger_of(request), athlete)
    except GaitError as error:
        return page(request, "message.html.j2", 500 if error.code is None else 422, text=str(error))
    return RedirectResponse("/coach", status_code=303)


def text_mark(text: str) -> str:
    """Mark a text, so that a form shows which one it was made from.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return hashlib.sha256(clean_lines(text).encode(errors="replace")).hexdigest()[:16]


def _need(fulfilled: bool, message: str, code: str | None = None) -> None:
    if not fulfilled:
        raise InputError(message, code=code)


def _back(athlete: int, place: str = "") -> Response:
    return RedirectResponse(f"/athletes/{athlete}{'#' if place else ''}{place}", status_code=303)


def _card(request: Request, athlete: int, *, problem: str = "", typed: Mapping[str, str] | None = None) -> HTMLResponse:
    store = store_of(request)
    (overview,) = athlete_overviews(store, athlete)
    details = overview.details
    running = list_jobs(store, athlete=athlete, states=("waiting", "running"), limit=20)
    sessions = list_sessions(store, athlete)
    return page(
        request,
        "athlete.html.j2",
        status_code=422 if problem else 200,
        athlete=details,
        overview=overview,
        form={**_form(details), **(typed or {})},
        sessions=sessions,
        days={session["id"]: day_text(session["date"]) for session in sessions},
        notes=[{**note, "mark": text_mark(note["text"])} for note in list_notes(store, athlete)],
        pain=list_pain(store, athlete),
        running=[job for job in running if job["kind"] != "check"],
        others=[other for other in list_athletes(store) if other["id"] != athlete],
        metrics=[(key, _target_label(key)) for key in _targets()],
        today=store.now_text()[:10],
        problem=problem,
        metric_name=metric_name,
        height=height_in_units(details["height_m"]) if details["height_m"] else "",
        speed=speed_in_units(details["speed_mps"]) if details["speed_mps"] else "",
    )


def _targets() -> list[str]:
    known = load_knowledge().metrics
    wanted = [key for key in TARGET_METRICS if key in known]
    return [*wanted, *(key for key in known if key not in wanted)]


def _target_label(key: str) -> str:
    unit = _display(key).unit
    return f"{metric_name(key)}, {unit}" if unit else metric_name(key)


def _display(key: str) -> Any:
    return metric_display(key, metric_unit(key))


def _form(details: Mapping[str, Any]) -> dict[str, str]:
    target = details["target_value"]
    shown = ""
    if details["target_metric"] and target is not None:
        shown = f"{target * _display(details['target_metric']).scale:.6g}"
    return {
        "name": details["name"],
        "squad": details["squad"] or "",
        "height": f"{details['height_m'] * 100:.4g}" if details["height_m"] else "",
        "speed": f"{details['speed_mps'] * 3.6:.4g}" if details["speed_mps"] else "",
        "target_metric": details["target_metric"] or "",
        "target_value": shown,
        "text": "",
        "author": "",
    }


def _conflict(
    request: Request, saved: Mapping[str, Any], mine: Mapping[str, Any], typed: Mapping[str, str]
) -> HTMLResponse:
    """Show both versions: what another browser has saved, and what was to be saved here."""
    rows = [
        (label, _shown(key, saved), _shown(key, mine))
        for key, label in _labels().items()
        if key in mine and _shown(key, saved) != _shown(key, mine)
    ]
    action = "consent" if "consent_at" in mine else "details"
    return page(request, "athlete_conflict.html.j2", 409, athlete=saved, rows=rows, typed=typed, action=action)


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"),
        "squad": _("Group"),
        "height_m": _("Height"),
        "speed_mps": _("Speed"),
        "target_metric": pgettext("to be reached", "Target"),
        "target_value": _("Value of the target"),
        "consent_at": _("Consent given on"),
        "consent_how": _("How"),
        "consent_note": _("Note on the consent"),
    }


def _shown(key: str, record: Mapping[str, Any]) -> str:
    value = record[key]
    if value is None or value == "":
        return "–"
    if key == "height_m":
        return height_in_units(value)
    if key == "speed_mps":
        return speed_in_units(value)
    if key == "target_metric":
        return metric_name(value)
    if key == "target_value":
        scale = _display(record["target_metric"]).scale if record["target_metric"] else 1.0
        return significant_text(value * scale, 4)
    return day_text(value) if key == "consent_at" else str(value)
