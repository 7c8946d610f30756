"""Two sessions beside each other: differences with their certainty, the films, and the mean strides overlaid."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from gait.app.about_form import units_of
from gait.app.app_store import AppStore
from gait.app.athlete_details import get_athlete_details
from gait.app.page_rendering import app_templates, day_text, page, store_of
from gait.app.session_store import get_session, list_sessions, report_folder
from gait.display_language import _, spoken_language
from gait.display_units import show_in
from gait.errors import GaitError, InputError, RefusedError
from gait.history.comparison import ReportComparison, compare
from gait.history.comparison_clip import load_comparison_clip
from gait.history.comparison_page import (
    VIEW_TITLES,
    clip_cycles,
    comparison_headline,
    comparison_lead,
    difference_row,
    shown_metrics,
    stride_plots,
)
from gait.report.single_file_report import report_videos
from gait.session_files import REPORT_RECORD

router = APIRouter(include_in_schema=False)
SessionNumber = Annotated[str, Query(max_length=30)]


@router.get("/compare")
def show_comparison(request: Request, first: SessionNumber = "", second: SessionNumber = "") -> HTMLResponse:
    """Compare two sessions: of one athlete, or of two.

    Parameters
    ----------
    request : Request
    first, second : str
        Numbers of sessions; empty: nothing is chosen yet.

    Returns
    -------
    HTMLResponse
    """
    store = store_of(request)
    numbers = [_number(text) for text in (first, second)]
    values: dict[str, Any] = {"comparison": None, "problem": "", "same": False}
    if all(numbers):
        try:
            values |= _compared(store, numbers[0], numbers[1])
        except GaitError as error:
            values["problem"] = str(error)
    sessions = [session for session in list_sessions(store) if session["report"]]
    return page(request, "compare.html.j2", **{"sessions": sessions, "chosen": numbers, **values})


@router.get("/compare/strides")
def show_strides(request: Request, first: SessionNumber = "", second: SessionNumber = "") -> HTMLResponse:
    """Draw the mean strides of two sessions one over the other, as a part of the page.

    Parameters
    ----------
    request : Request
    first, second : str

    Returns
    -------
    HTMLResponse

    Raises
    ------
    InputError
        There is no such session (``not_found``).
    """
    numbers = [_number(text) for text in (first, second)]
    if not all(numbers):
        raise InputError(_("there is no such session"), code="not_found")
    store = store_of(request)
    sessions = [get_session(store, number) for number in numbers]
    folders = [report_folder(store, number) for number in numbers]
    stamps = tuple((folder / REPORT_RECORD).stat().st_mtime_ns for folder in folders)
    same = sessions[0]["athlete"] == sessions[1]["athlete"]
    drawn = _strides(folders[0], folders[1], stamps, same, spoken_language(), _labels(sessions))
    html = app_templates().get_template("compare_strides.html.j2").render(views=drawn, labels=_labels(sessions))
    return HTMLResponse(html)


def _compared(store: AppStore, first: int, second: int) -> dict[str, Any]:
    """Compare two sessions: of one athlete the earlier first, and in the athlete's units."""
    sessions = [get_session(store, number) for number in (first, second)]
    athlete = sessions[0]["athlete"]
    same = athlete == sessions[1]["athlete"]
    if same:
        sessions.sort(key=lambda session: (session["date"], session["id"]))
    folders = [report_folder(store, session["id"]) for session in sessions]
    found = compare(folders[0], folders[1], same_runner=same)
    units = units_of(get_athlete_details(store, athlete)) if same else "metric"
    with show_in(units):
        return {"chosen": [s["id"] for s in sessions], "athlete": athlete, **_shown(found, sessions, folders, same)}


def _shown(found: ReportComparison, sessions: list[dict[str, Any]], folders: list[Path], same: bool) -> dict[str, Any]:
    order = {"changed": 0, "within noise": 1, "not comparable": 2}
    ordered = sorted(found.differences, key=lambda d: order[d.change.verdict])
    rows = [difference_row(d, same) for d in ordered if d.change.verdict != "not comparable"]
    refused = [difference_row(d, same) for d in ordered if d.change.verdict == "not comparable"]
    files = [{path.name for path in report_videos(folder)} for folder in folders]
    clips = [
        (VIEW_TITLES[view], [next((n for n in sorted(names) if n.startswith(view)), "") for names in files])
        for view in found.views
    ]
    return {
        "comparison": found,
        "labels": _labels(sessions),
        "headline": comparison_headline(found),
        "lead": comparison_lead(found),
        "rows": rows,
        "refused": refused,
        "same": same,
        "clips": [(title, names) for title, names in clips if all(names)],
    }


@lru_cache(maxsize=16)
def _strides(
    first: Path, second: Path, _stamps: tuple[int, ...], same: bool, _language: str, labels: tuple[str, str]
) -> list[tuple[str, list[Any], str]]:
    """Draw the plots of each view, or say why there are none."""
    found = compare(first, second, same_runner=same)
    return [_strides_of(found, view, labels) for view in found.views]


def _strides_of(found: ReportComparison, view: str, labels: tuple[str, str]) -> tuple[str, list[Any], str]:
    try:
        clips = [load_comparison_clip(report, view) for report in (found.first, found.second)]
        cycles = [clip_cycles(clip) for clip in clips]
    except (InputError, RefusedError) as error:
        return VIEW_TITLES[view], [], str(error)
    return VIEW_TITLES[view], stride_plots(cycles[0], cycles[1], shown_metrics(found), labels), ""


def _labels(sessions: list[dict[str, Any]]) -> tuple[str, str]:
    """Label two sessions by what tells them apart."""
    one, other = sessions
    if one["athlete"] != other["athlete"]:
        return one["athlete_name"], other["athlete_name"]
    days = [day_text(session["date"]) for session in sessions]
    if days[0] != days[1]:
        return days[0], days[1]
    return tuple(session["name"] or f"#{session['id']}" for session in sessions)  # type: ignore[return-value]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else 0
