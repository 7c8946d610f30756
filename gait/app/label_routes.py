"""The pages *Label*: the tool of ``gait label`` in the app, blind to what gait and others have found."""

from __future__ import annotations

import html
import json
import threading
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathField
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel, Field

from gait.app.adjust_routes import adjust_worker_of, run_in_worker, runner_name, session_films
from gait.app.api_models import ERROR_RESPONSES, ClosedModel
from gait.app.app_store import AppStore
from gait.app.page_rendering import login_of, page, settings_of, store_of
from gait.app.session_store import get_session, list_sessions
from gait.atomic_files import atomic_write
from gait.checked_json import parse_json
from gait.display_language import _
from gait.errors import InputError
from gait.labelling.label_agreement import compare_labellings
from gait.labelling.label_file import (
    DRAFT_SUFFIX,
    SIDES,
    LabelFile,
    LegSide,
    add_labelling,
    check_labeller,
    labelling_from_record,
    read_label_file,
    refuse_labeller,
)
from gait.labelling.label_server import JPEG_QUALITY, PAGE_FILES

#: Folder in that of a session for labels.
LABELS_FOLDER = "labels"
router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1/sessions/{session}/labels/{video}", responses=ERROR_RESPONSES, tags=["label"])
SessionId = Annotated[int, PathField(ge=1, le=2**63 - 1)]
VideoId = Annotated[int, PathField(ge=0, le=99)]
Labeller = Annotated[str, Field(max_length=40)]
_writing = threading.Lock()


class LabelTaskModel(BaseModel):
    """What is to be labelled: the film, its frames, and who has done so; never what was found."""

    clip: str
    video: str
    output: str
    labeller: str
    labellers: list[str]
    near_side: str | None
    width: int
    height: int
    times_s: list[float]


class NewLabellingModel(ClosedModel):
    """A finished labelling, as in a label file.

    Attributes
    ----------
    labeller : str
        Its name.
    near_side : {"left", "right"}
    labelling : dict
    """

    labeller: Labeller
    near_side: str | None = Field(default=None, max_length=10)
    labelling: dict[str, Any]


class DraftModel(ClosedModel):
    """An unfinished labelling, as the page keeps it.

    Attributes
    ----------
    labeller : str
    near_side : {"left", "right"} or None
    labels : list of dict
    """

    labeller: Labeller
    near_side: str | None = Field(default=None, max_length=10)
    labels: list[dict[str, Any]] = Field(max_length=5000)


class SavedModel(BaseModel):
    """Where a labelling went."""

    saved: str
    labellers: list[str]


class KeptDraftModel(BaseModel):
    """An unfinished labelling, and whether its name is taken."""

    draft: DraftModel | None
    taken: bool


class DraftSavedModel(BaseModel):
    """Where a draft went."""

    draft: str


# --- the API ---


@api.get("/about.json", summary="What is to be labelled")
def show_task(request: Request, session: SessionId, video: VideoId) -> LabelTaskModel:
    """Describe the task, blind.

    Parameters
    ----------
    request : Request
    session, video : int

    Returns
    -------
    LabelTaskModel
    """
    path = _label_path(store_of(request), session, video)
    film = run_in_worker(request, session, "film", video=video)
    labels = _labels(path)
    return LabelTaskModel(
        clip=path.stem,
        video=_film(store_of(request), session, video).name.removeprefix("clip "),
        output=path.name,
        labeller="",
        labellers=[] if labels is None else list(labels.labellings),
        near_side=None if labels is None else labels.near_side,
        **film,
    )


@api.get("/frame/{number}", summary="A picture of the film without loss, JPEG")
def send_label_frame(
    request: Request, session: SessionId, video: VideoId, number: Annotated[int, PathField(ge=0, le=10_000_000)]
) -> Response:
    """Send one frame, for labelling.

    Parameters
    ----------
    request : Request
    session, video, number : int

    Returns
    -------
    Response
    """
    jpeg = run_in_worker(request, session, "frame", video=video, number=number, quality=JPEG_QUALITY)["jpeg"]
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@api.get("/draft.json", summary="An unfinished labelling")
def show_draft(
    request: Request, session: SessionId, video: VideoId, labeller: Annotated[str, Query(max_length=40)]
) -> KeptDraftModel:
    """Return the draft of a labeller.

    Parameters
    ----------
    request : Request
    session, video : int
    labeller : str

    Returns
    -------
    KeptDraftModel
    """
    path = _label_path(store_of(request), session, video)
    try:
        kept = parse_json(_draft_path(path, labeller).read_bytes())
    except (OSError, ValueError):
        kept = None
    labels = _labels(path)
    taken = labels is not None and labeller.casefold() in {name.casefold() for name in labels.labellings}
    return KeptDraftModel(draft=kept, taken=taken)


@api.post("/draft", summary="Keep an unfinished labelling")
def save_draft(request: Request, session: SessionId, video: VideoId, body: DraftModel) -> DraftSavedModel:
    """Keep a draft beside the label file.

    Parameters
    ----------
    request : Request
    session, video : int
    body : DraftModel

    Returns
    -------
    DraftSavedModel
    """
    path = _label_path(store_of(request), session, video)
    draft = _draft_path(path, body.labeller.strip())
    with _writing:
        if (labels := _labels(path)) is not None:
            refuse_labeller(path, labels, body.labeller.strip())
        path.parent.mkdir(exist_ok=True, mode=0o700)
        with atomic_write(draft) as temporary:
            temporary.write_text(json.dumps(body.model_dump()), encoding="utf-8")
    return DraftSavedModel(draft=draft.name)


@api.post("/save", status_code=201, summary="Add a finished labelling to the label file")
def save_labelling(request: Request, session: SessionId, video: VideoId, body: NewLabellingModel) -> SavedModel:
    """Add a labelling; those that are there stay as they are.

    Parameters
    ----------
    request : Request
    session, video : int
    body : NewLabellingModel

    Returns
    -------
    SavedModel

    Raises
    ------
    InputError
        Something is missing or wrong, or the name is taken.
    """
    path, labeller = _label_path(store_of(request), session, video), check_labeller(body.labeller.strip())
    if body.near_side not in SIDES:
        raise InputError(_("say which leg is nearer to the camera"))
    labelling = labelling_from_record(body.labelling, where=_("this labelling"), path="")
    last = len(run_in_worker(request, session, "film", video=video)["times_s"]) - 1
    if any(event.frame > last for event in labelling.events):
        raise InputError(_("an event lies behind the last frame, {last}").format(last=last))
    with _writing:
        path.parent.mkdir(exist_ok=True, mode=0o700)
        labels = add_labelling(
            path,
            clip=path.stem,
            near_side=cast("LegSide", body.near_side),
            labeller=labeller,
            labelling=labelling,
        )
        _draft_path(path, labeller).unlink(missing_ok=True)
    return SavedModel(saved=path.name, labellers=list(labels.labellings))


@api.post("/finish", summary="End labelling: nothing happens, drafts are kept")
def finish_labelling(request: Request, session: SessionId, video: VideoId) -> dict[str, bool]:
    """Answer the page's last message.

    Parameters
    ----------
    request : Request
    session, video : int

    Returns
    -------
    dict
    """
    _label_path(store_of(request), session, video)
    return {"finished": True}


@api.get("/file", summary="The label file")
def send_label_file(request: Request, session: SessionId, video: VideoId) -> FileResponse:
    """Send the label file, as `gait.labelling.label_file` reads it.

    Parameters
    ----------
    request : Request
    session, video : int

    Returns
    -------
    FileResponse

    Raises
    ------
    InputError
        There is none yet (``not_found``).
    """
    path = _label_path(store_of(request), session, video)
    if not path.is_file():
        raise InputError(_("nobody has labelled this film yet"), code="not_found")
    return FileResponse(path, media_type="application/json", filename=path.name)


# --- pages ---


@router.get("/label")
def list_films_to_label(request: Request) -> HTMLResponse:
    """List the sessions whose films can be labelled.

    Parameters
    ----------
    request : Request

    Returns
    -------
    HTMLResponse
    """
    sessions = [session for session in list_sessions(store_of(request)) if session["report"]]
    return page(request, "label_sessions.html.j2", sessions=sessions)


@router.get("/sessions/{session}/label")
def show_labels(request: Request, session: SessionId) -> HTMLResponse:
    """Show who has labelled the films of a session, and how well they agree.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    HTMLResponse
    """
    store = store_of(request)
    _folder, films = session_films(store, session)
    adjust_worker_of(request).warm_up()
    rows = []
    for number, film in enumerate(films):
        labels = _labels(_label_path(store, session, number))
        rows.append(
            {
                "number": number,
                "name": film.name.removeprefix("clip "),
                "labellers": [] if labels is None else list(labels.labellings),
                "agreement": () if labels is None else compare_labellings(labels),
            }
        )
    found = get_session(store, session)
    return page(request, "labels.html.j2", session=found, name=runner_name(store, session), films=rows)


@router.get("/sessions/{session}/label/{video}/")
def show_label_page(request: Request, session: SessionId, video: VideoId) -> HTMLResponse:
    """Show the tool.

    Parameters
    ----------
    request : Request
    session, video : int

    Returns
    -------
    HTMLResponse

    Raises
    ------
    InputError
        No such film, or nothing can be changed here.
    """
    _film(store_of(request), session, video)
    if settings_of(request).read_only:
        raise InputError(_("this server only shows; nothing can be changed here"))
    adjust_worker_of(request).warm_up()
    text = (files("gait.labelling") / "page" / "label_page.html").read_text(encoding="utf-8")
    about = f'data-api="/api/v1/sessions/{session}/labels/{video}/" data-done="/sessions/{session}/label"'
    token = f'<meta name="csrf-token" content="{html.escape(login_of(request).csrf_token, quote=True)}">'
    text = text.replace('<html lang="en">', f'<html lang="en" {about}>', 1).replace("<head>", f"<head>\n{token}", 1)
    return HTMLResponse(text)


@router.get("/sessions/{session}/label/{video}/{name}")
def send_page_file(session: SessionId, video: VideoId, name: str) -> Response:
    """Send a script or style of the tool.

    Parameters
    ----------
    session, video : int
    name : str

    Returns
    -------
    Response

    Raises
    ------
    InputError
        There is no such file (``not_found``).
    """
    if name not in PAGE_FILES or name.endswith(".html"):
        raise InputError(_("there is no such file"), code="not_found")
    return Response((files("gait.labelling") / "page" / name).read_bytes(), media_type=PAGE_FILES[name])


def _film(store: AppStore, session: int, video: int) -> Path:
    films = session_films(store, session)[1]
    if video >= len(films):
        raise InputError(_("there is no such video"), code="not_found")
    return films[video]


def _label_path(store: AppStore, session: int, video: int) -> Path:
    """Return the label file of a film: its name is that of the film as it was uploaded."""
    folder, films = session_films(store, session)
    if video >= len(films):
        raise InputError(_("there is no such video"), code="not_found")
    names = [film.stem.removeprefix("clip ") for film in films]
    name = names[video] if names.count(names[video]) == 1 else f"{names[video]} {video + 1}"
    return folder / LABELS_FOLDER / f"{name}.json"


def _draft_path(path: Path, labeller: str) -> Path:
    return path.with_name(f"{path.stem}.{check_labeller(labeller)}{DRAFT_SUFFIX}")


def _labels(path: Path) -> LabelFile | None:
    return read_label_file(path) if path.is_file() else None
