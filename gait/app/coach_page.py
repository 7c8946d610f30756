"""The page of a coach: all athletes at a glance, filters, groups, and measuring again."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from gait.app.batch_store import list_batches
from gait.app.coach_store import (
    ORDERS,
    AthleteOverview,
    CoachFilter,
    Order,
    athlete_overviews,
    find_or_add,
    measure_again,
    set_group,
)
from gait.app.form_reading import read_line
from gait.app.page_rendering import check_form_token, page, queue_of, store_of
from gait.display_language import _, ngettext
from gait.errors import GaitError
from gait.history.change_text import metric_name

router = APIRouter(include_in_schema=False)
#: Weeks without a film that can be asked for. [E]
_WEEKS = (2, 4, 8, 12, 26)


@router.get("/coach")
def show_coach(
    request: Request,
    q: str = "",
    group: str = "",
    finding: str = "",
    outside: str = "",
    weeks: str = "",
    consent: str = "",
    order: str = "name",
    done: str = "",
    count: Annotated[int, Query(ge=0, le=10**6)] = 0,
    left: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> HTMLResponse:
    """Show all athletes at a glance.

    Parameters
    ----------
    request : Request
    q, group, finding, outside, weeks, consent, order : str
        As in `CoachFilter`; what cannot be used does not count.
    done : {"", "group", "again", "none"}
        What was done a moment ago.
    count, left : int
        With how many athletes, and how many were left out.

    Returns
    -------
    HTMLResponse
    """
    chosen = CoachFilter(
        text=q[:200],
        group=group,
        finding=finding,
        outside=outside,
        weeks=int(weeks) if weeks.isdecimal() and weeks.isascii() and len(weeks) < 5 else 0,
        consent=bool(consent),
        order=next((one for one in ORDERS if one == order), "name"),
    )
    return _coach(request, chosen, told=_told(done, count, left))


@router.post("/coach/athletes")
def add_from_page(
    request: Request,
    csrf_token: Annotated[str, Form()],
    name: Annotated[str, Form()] = "",
    group: Annotated[str, Form()] = "",
) -> Response:
    """Add an athlete.

    Parameters
    ----------
    request : Request
    csrf_token, name, group : str

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    try:
        added = find_or_add(store_of(request), read_line(name) or "", read_line(group) or "")
    except GaitError as error:
        return _coach(request, CoachFilter(), problem=str(error), typed=name[:200])
    return RedirectResponse(f"/athletes/{added['id']}", status_code=303)


@router.post("/coach/bulk")
def change_many(
    request: Request,
    csrf_token: Annotated[str, Form()],
    action: Annotated[str, Form()] = "",
    group: Annotated[str, Form()] = "",
    athlete: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Put the chosen athletes into a group, or measure their latest sessions again.

    Parameters
    ----------
    request : Request
    csrf_token : str
    action : {"group", "again"}
    group : str
    athlete : list of int

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    store, chosen = store_of(request), list(dict.fromkeys(athlete or ()))
    try:
        if not chosen:
            done = {"done": "none"}
        elif action == "again":
            jobs, left_out = measure_again(store, queue_of(request), chosen)
            done = {"done": "again", "count": str(len(jobs)), "left": str(left_out)}
        else:
            done = {"done": "group", "count": str(set_group(store, chosen, read_line(group) or ""))}
    except GaitError as error:
        return _coach(request, CoachFilter(), problem=str(error))
    return RedirectResponse(f"/coach?{urlencode(done)}", status_code=303)


def _coach(
    request: Request, chosen: CoachFilter, *, told: str = "", problem: str = "", typed: str = ""
) -> HTMLResponse:
    athletes = athlete_overviews(store_of(request))
    shown = chosen.apply(athletes)
    orders: dict[Order, str] = {
        "name": _("Name"),
        "last": _("Longest not filmed"),
        "findings": _("Most findings"),
        "group": _("Group"),
    }
    return page(
        request,
        "coach.html.j2",
        status_code=422 if problem else 200,
        shown=shown,
        count=len(athletes),
        groups=sorted({one.group for one in athletes if one.group}, key=str.casefold),
        findings=_metrics(metric for one in athletes for metric, _headline in one.findings),
        outside=_metrics(metric for one in athletes for metric in one.outside),
        weeks=_WEEKS,
        orders=orders,
        chosen=chosen,
        filtered=chosen != CoachFilter(order=chosen.order),
        problem=problem,
        told=told,
        typed=typed,
        batches=list_batches(store_of(request), 3),
        metric_name=metric_name,
    )


def _told(done: str, count: int, left: int) -> str:
    if done == "none":
        return _("Choose athletes first.")
    if done == "group":
        text = ngettext("The group of {count} athlete is set.", "The group of {count} athletes is set.", count)
        return text.format(count=count)
    if done != "again":
        return ""
    text = ngettext("{count} session is measured again.", "{count} sessions are measured again.", count)
    told = text.format(count=count)
    if left:
        more = ngettext(
            "{count} athlete has no film here, or is being measured.",
            "{count} athletes have no film here, or are being measured.",
            left,
        )
        told = f"{told} {more.format(count=left)}"
    return told


def _metrics(keys: Any) -> list[tuple[str, str]]:
    return sorted(((key, metric_name(key)) for key in dict.fromkeys(keys)), key=lambda pair: pair[1].casefold())


def overview_record(one: AthleteOverview) -> dict[str, Any]:
    """Describe an athlete at a glance as plain data.

    Parameters
    ----------
    one : AthleteOverview

    Returns
    -------
    dict
    """
    return {
        "athlete": one.details["id"],
        "name": one.details["name"],
        "group": one.details["squad"],
        "last_session": one.details["last_session"],
        "session": one.session,
        "weeks": one.weeks,
        "consent": one.consent,
        "findings": [{"metric": metric, "headline": headline} for metric, headline in one.findings],
        "outside": list(one.outside),
        "target_metric": one.details["target_metric"],
        "target_value": one.details["target_value"],
        "target_share": None if one.target is None else one.target.share,
    }
