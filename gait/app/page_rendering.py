"""Pages from templates, and what their handlers need: the store, the queue, the login."""

from __future__ import annotations

import datetime as dt
import hmac
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse

from gait.app.login_store import Login
from gait.display_language import LANGUAGES, _, date_text, gettext, spoken_language
from gait.display_units import UNITS, Units, height_in_units, speed_in_units
from gait.report.page_templates import template_environment
from gait.report.report_json import gait_version

if TYPE_CHECKING:
    import jinja2

    from gait.app.app_settings import AppSettings
    from gait.app.app_store import AppStore
    from gait.app.job_queue import JobQueue
    from gait.app.upload_store import SpaceLedger


def store_of(request: Any) -> AppStore:
    """Return the store of the server that answers a request.

    Parameters
    ----------
    request : Request or WebSocket

    Returns
    -------
    AppStore
    """
    store: AppStore = request.app.state.store
    return store


def settings_of(request: Any) -> AppSettings:
    """Return the settings of the server that answers a request.

    Parameters
    ----------
    request : Request or WebSocket

    Returns
    -------
    AppSettings
    """
    return store_of(request).settings


def queue_of(request: Any) -> JobQueue:
    """Return the queue of the server that answers a request.

    Parameters
    ----------
    request : Request or WebSocket

    Returns
    -------
    JobQueue
    """
    queue: JobQueue = request.app.state.queue
    return queue


def ledger_of(request: Any) -> SpaceLedger:
    """Return the account of space of the server that answers a request.

    Parameters
    ----------
    request : Request or WebSocket

    Returns
    -------
    SpaceLedger
    """
    ledger: SpaceLedger = request.app.state.ledger
    return ledger


def login_of(request: Any) -> Login:
    """Return who asks; the guard has let nobody else in.

    Parameters
    ----------
    request : Request or WebSocket

    Returns
    -------
    Login

    Raises
    ------
    HTTPException
        401: nobody is signed in.
    """
    login: Login | None = request.scope["state"].get("login")
    if login is None:
        raise HTTPException(401, _("open the address that gait serve has printed, or scan its code"))
    return login


def check_form_token(request: Request, csrf_token: str) -> None:
    """Refuse a form that another site has sent.

    Parameters
    ----------
    request : Request
    csrf_token : str
        The form's field of this name.

    Raises
    ------
    HTTPException
        403.
    """
    if not hmac.compare_digest(csrf_token.encode(errors="replace"), login_of(request).csrf_token.encode()):
        raise HTTPException(403, _("the page is too old; load it again"))


def known_units(value: object) -> Units:
    """Return units that were chosen somewhere, where they are any.

    Parameters
    ----------
    value : object

    Returns
    -------
    {"metric", "imperial", "pace", "imperial-pace"}
        ``metric`` for everything else.
    """
    return next((units for units in UNITS if units == value), "metric")


def unit_choices() -> list[tuple[Units, str, str, str]]:
    """Name the units that somebody may choose.

    Returns
    -------
    list of (str, str, str, str)
        Units, their name, an example of a height and of a speed.
    """
    names: dict[Units, str] = {
        "metric": _("km/h and cm"),
        "pace": _("minutes per km, and cm"),
        "imperial": _("mph, feet and inches"),
        "imperial-pace": _("minutes per mile, feet and inches"),
    }
    height_m, speed_mps = 1.78, 10 / 3.6
    return [(u, name, height_in_units(height_m, u), speed_in_units(speed_mps, u)) for u, name in names.items()]


def day_text(moment: str) -> str:
    """Write the day of a session, a note or a consent as people do.

    Parameters
    ----------
    moment : str
        ISO 8601, with or without a time of day.

    Returns
    -------
    str
        Such as ``"3 May 2026"``; what is no date stays as it is.

    Examples
    --------
    >>> day_text("2026-05-03T18:05")
    '3 May 2026'
    """
    try:
        return date_text(dt.date.fromisoformat(moment[:10]), short=True)
    except ValueError:
        return moment[:10]


@cache
def app_templates() -> jinja2.Environment:
    """Load the templates of the app.

    Returns
    -------
    jinja2.Environment
        Beside ``_``, ``gettext`` leaves the named fields of a text as they are, for scripts that fill them, and the
        filter ``day`` is `day_text`.
    """
    environment = template_environment("gait.app")
    environment.globals["gettext"] = gettext
    environment.filters["day"] = day_text
    return environment


def page(request: Request, template: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """Render a page of the app.

    Parameters
    ----------
    request : Request
    template : str
        In ``gait/app/templates``.
    status_code : int
    **values
        For the template.

    Returns
    -------
    HTMLResponse
    """
    login: Login | None = request.scope["state"].get("login")
    settings = settings_of(request)
    known = {
        "csrf_token": login.csrf_token if login is not None else "",
        "signed_in": login is not None,
        "read_only": settings.read_only,
        "lan": settings.lan,
        "path": request.url.path,
        "version": gait_version(),
        "languages": LANGUAGES,
    }
    html = app_templates().get_template(template).render(**known, **values)
    return HTMLResponse(html, status_code=status_code, headers={"Content-Language": spoken_language()})


def render_message(text: str) -> str:
    """Render a page with one message, for somebody who is not signed in.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    template = app_templates().get_template("message.html.j2")
    return template.render(
        text=text,
        csrf_token="",
        signed_in=False,
        read_only=True,
        lan=False,
        path="",
        version=gait_version(),
        languages=LANGUAGES,
    )
