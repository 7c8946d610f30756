"""The page *Adjust*: joints and events of a session put right by hand, and what that does to its numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as PathField
from fastapi.responses import HTMLResponse

from gait.app.adjust_routes import adjust_worker_of, runner_name
from gait.app.page_rendering import page, store_of
from gait.app.session_store import get_session, report_folder

router = APIRouter(include_in_schema=False)


@router.get("/sessions/{session}/adjust")
def show_adjust_page(request: Request, session: Annotated[int, PathField(ge=1, le=2**63 - 1)]) -> HTMLResponse:
    """Show the page; its numbers and pictures come from the API.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    HTMLResponse
    """
    store = store_of(request)
    found = get_session(store, session)
    report_folder(store, session)
    adjust_worker_of(request).warm_up()
    return page(request, "adjust.html.j2", session=found, name=runner_name(store, session))
