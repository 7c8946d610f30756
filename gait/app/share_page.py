"""Give a report away: one file with the videos inside, a page for a physiotherapist, a link for one device."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi import Path as PathField
from fastapi.responses import HTMLResponse, RedirectResponse

from gait.app.athlete_details import get_athlete_details
from gait.app.diary_store import list_notes
from gait.app.invitation_link import invitation
from gait.app.login_store import REPORT_KIND
from gait.app.page_rendering import check_form_token, page, settings_of, store_of
from gait.app.session_store import get_session, report_folder
from gait.display_language import _
from gait.errors import InputError
from gait.report.single_file_report import (
    MAIL_BYTES,
    SharedNote,
    SingleFileReport,
    report_videos,
    write_small_video,
)

router = APIRouter(include_in_schema=False, prefix="/sessions/{session}/share")
SessionNumber = Annotated[int, PathField(ge=1, le=2**63 - 1)]
VideoChoice = Literal["full", "small", "none"]
_SMALL = "small_{name}"
_pool = ThreadPoolExecutor(1, thread_name_prefix="gait-share")
_making: dict[Path, Future[Any]] = {}
_lock = threading.Lock()


@router.get("")
def show_share(request: Request, session: SessionNumber) -> HTMLResponse:
    """Show in which forms a report can be given away, each with its size.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    HTMLResponse
    """
    return _share(request, session)


@router.post("/small")
def prepare_small(request: Request, session: SessionNumber, csrf_token: Annotated[str, Form()]) -> Response:
    """Begin to make the small version of the videos.

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
    start_small_videos(report_folder(store_of(request), session))
    return RedirectResponse(f"/sessions/{session}/share#one-file", status_code=303)


@router.post("/link")
def make_link(request: Request, session: SessionNumber, csrf_token: Annotated[str, Form()]) -> HTMLResponse:
    """Make a link that shows this report, and nothing else, to one device in the network, once.

    Parameters
    ----------
    request : Request
    session : int
    csrf_token : str

    Returns
    -------
    HTMLResponse

    Raises
    ------
    InputError
        No such session (``not_found``), or no other device may come in (``conflict``).
    """
    check_form_token(request, csrf_token)
    get_session(store_of(request), session)
    if not settings_of(request).lan:
        raise InputError(_("the server is not open to other devices"), code="conflict")
    made = invitation(store_of(request), settings_of(request).port, f"{REPORT_KIND}{session}")
    return _share(request, session, link=made.url, code=made.svg_uri())


def single_file(request: Request, session: int, *, video: VideoChoice, private: bool) -> SingleFileReport:
    """Put a report into one file.

    Parameters
    ----------
    request : Request
    session : int
    video : {"full", "small", "none"}
    private : bool
        Without the name and the notes.

    Returns
    -------
    SingleFileReport

    Raises
    ------
    InputError
        No such session (``not_found``), or the small videos are not made yet (``conflict``).
    """
    store = store_of(request)
    about, folder = get_session(store, session), report_folder(store, session)
    videos = report_videos(folder)
    chosen: dict[str, Path] = {}
    if video == "full":
        chosen = {path.name: path for path in videos}
    elif video == "small":
        if not has_small_videos(folder):
            raise InputError(_("the small video is not made yet"), code="conflict")
        chosen = {path.name: small_video(path) for path in videos}
    notes = [] if private else shared_notes(list_notes(store, about["athlete"]), session)
    return SingleFileReport(folder, chosen, private=private, notes=notes)


def shared_notes(notes: list[dict[str, Any]], session: int) -> list[SharedNote]:
    """Pick the notes that go with a session's report.

    Parameters
    ----------
    notes : list of dict
        Of the athlete.
    session : int

    Returns
    -------
    list of SharedNote
        Those about this session.
    """
    own = [note for note in notes if note["session"] == session]
    return [SharedNote(note["at"][:10], note["author"], note["text"]) for note in own]


def start_small_videos(folder: Path) -> None:
    """Begin to make small versions of a report's videos, in a thread of their own, one report after the other.

    Parameters
    ----------
    folder : Path
        Of the report.
    """
    with _lock:
        at_work = _making.get(folder)
        if at_work is None or at_work.done():
            _making[folder] = _pool.submit(_make_small, folder)


def small_state(folder: Path) -> Literal["none", "making", "ready", "failed"]:
    """Tell how far the small versions are.

    Parameters
    ----------
    folder : Path
        Of the report.

    Returns
    -------
    {"none", "making", "ready", "failed"}
    """
    at_work = _making.get(folder)
    if at_work is not None and not at_work.done():
        return "making"
    if has_small_videos(folder):
        return "ready"
    return "failed" if at_work is not None else "none"


def has_small_videos(folder: Path) -> bool:
    """Tell whether each video of a report has a small version of it as it is now.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    bool
    """
    videos = report_videos(folder)
    return bool(videos) and all(_is_fresh(path, small_video(path)) for path in videos)


def small_video(video: Path) -> Path:
    """Name the small version of a video.

    Parameters
    ----------
    video : Path

    Returns
    -------
    Path
    """
    return video.with_name(_SMALL.format(name=video.name))


def _make_small(folder: Path) -> None:
    for path in report_videos(folder):
        small = small_video(path)
        if not _is_fresh(path, small):
            write_small_video(path, small)


def _is_fresh(video: Path, small: Path) -> bool:
    try:
        return small.stat().st_mtime_ns >= video.stat().st_mtime_ns
    except FileNotFoundError:
        return False


def _share(request: Request, session: int, *, link: str = "", code: str = "") -> HTMLResponse:
    store = store_of(request)
    about = get_session(store, session)
    athlete = get_athlete_details(store, about["athlete"])
    folder = report_folder(store, session) if about["report"] else None
    videos = [] if folder is None else report_videos(folder)
    state = "none" if folder is None else small_state(folder)
    sizes: dict[str, int] = {}
    if folder is not None:
        choices: list[VideoChoice] = ["full", "small", "none"] if videos else ["none"]
        for choice in choices:
            if choice != "small" or state == "ready":
                sizes[choice] = single_file(request, session, video=choice, private=False).size
    return page(
        request,
        "share.html.j2",
        session=about,
        athlete=athlete,
        has_report=folder is not None,
        sizes={choice: megabytes(size) for choice, size in sizes.items()},
        too_large={choice for choice, size in sizes.items() if size > MAIL_BYTES},
        mail=megabytes(MAIL_BYTES),
        small=state,
        has_video=bool(videos),
        notes=len(shared_notes(list_notes(store, about["athlete"]), session)),
        link=link,
        code=code,
        minutes=round(settings_of(request).invitation_s / 60),
    )


def megabytes(size: int) -> str:
    """Show a size.

    Parameters
    ----------
    size : int
        Bytes.

    Returns
    -------
    str
        Megabytes, without the unit.
    """
    from gait.display_units import number_text

    return number_text(size / 1e6, 1 if size < 10e6 else 0)
