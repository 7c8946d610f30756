"""The API of the pages *Adjust* and *Label*: pictures of a session, and what is set by hand in them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathField
from pydantic import BaseModel, Field

from gait.app.adjust_store import (
    AdjustStates,
    changed_states,
    keep_measured,
    read_adjust_states,
    write_adjust_states,
)
from gait.app.adjust_worker import AdjustWorker
from gait.app.api_models import ERROR_RESPONSES, ClosedModel, JobModel
from gait.app.app_store import AppStore
from gait.app.athlete_details import get_athlete_details
from gait.app.diary_store import add_audit, latest_answers, list_audit
from gait.app.job_process import JobTask
from gait.app.job_store import add_job, get_job
from gait.app.page_rendering import queue_of, settings_of, store_of
from gait.app.session_store import get_session, report_folder
from gait.app.upload_store import get_upload
from gait.display_language import _, spoken_language
from gait.errors import GaitError, InputError
from gait.io.report_reader import read_report

router = APIRouter(prefix="/api/v1/sessions/{session}", responses=ERROR_RESPONSES, tags=["adjust"])
SessionId = Annotated[int, PathField(ge=1, le=2**63 - 1)]
VideoNumber = Annotated[int, Field(ge=0, le=99)]
FrameNumber = Annotated[int, PathField(ge=0, le=10_000_000)]
Seconds = Annotated[float, Field(ge=-1e6, le=1e6)]
Pixels = Annotated[float, Field(ge=-20_000, le=20_000)]
SideName = Literal["left", "right"]
JointName = Literal["shoulder", "hip", "knee", "ankle", "heel", "toe"]
EventName = Literal["contact", "toe_off"]
#: One change at a time: each rests on the state before.
_changing = threading.Lock()


class JointChangeModel(ClosedModel):
    """A joint, put where it is in one picture, or back to where it was measured.

    Attributes
    ----------
    kind : str
    video : int
        Number of the video in the session.
    time_s : float
        Of the picture, s of the video.
    side, joint : str
    x, y : float
        Pixels of the upright picture; whole numbers are the middles of pixels. Not for ``joint_back``.
    scope : {"picture", "film"}
        Whether it was wrong in this picture alone, or everywhere by as much.
    """

    kind: Literal["joint", "joint_back"]
    video: VideoNumber
    time_s: Seconds
    side: SideName
    joint: JointName
    x: Pixels = 0.0
    y: Pixels = 0.0
    scope: Literal["picture", "film"] = "picture"


class EventChangeModel(ClosedModel):
    """A contact or toe-off, moved to another time, or back to the measured one.

    Attributes
    ----------
    kind : str
    video : int
    side, event : str
    from_s : float
        Where it was measured, s of the video.
    to_s : float
        Its new time. Not for ``event_back``.
    sd_s : float
        Standard uncertainty of the new time, s.
    """

    kind: Literal["event", "event_back"]
    video: VideoNumber
    side: SideName
    event: EventName
    from_s: Seconds
    to_s: Seconds = 0.0
    sd_s: Annotated[float, Field(gt=0, le=1)] = 1 / 120


class WalkChangeModel(ClosedModel):
    """One change back, one forward again, or everything back to the measured.

    Attributes
    ----------
    kind : str
    """

    kind: Literal["undo", "redo", "reset"]


class NewChangeModel(ClosedModel):
    """A change by hand.

    Attributes
    ----------
    version : int
        Of what the page shows.
    change : JointChangeModel, EventChangeModel or WalkChangeModel
    """

    version: Annotated[int, Field(ge=0, le=2**53)]
    change: Annotated[JointChangeModel | EventChangeModel | WalkChangeModel, Field(discriminator="kind")]


class NewRunnerModel(ClosedModel):
    """The runner, pointed at in a picture.

    Attributes
    ----------
    version : int
        Of what the page shows.
    video, number : int
        Of the video in the session, and of its frame from 0.
    x, y : float
        A point on the runner, pixels.
    """

    version: Annotated[int, Field(ge=0, le=2**53)]
    video: VideoNumber
    number: Annotated[int, Field(ge=0, le=10_000_000)]
    x: Pixels
    y: Pixels


class ShownJointModel(BaseModel):
    """A joint in a picture, in pixels: now, and as measured. ``scope`` is null where it is as measured."""

    side: str
    joint: str
    x: float
    y: float
    measured_x: float
    measured_y: float
    scope: str | None


class ShownEventModel(BaseModel):
    """A contact or toe-off near a picture, s of the video: now, and as measured."""

    side: str
    kind: str
    time_s: float
    measured_s: float


class MetricOfPictureModel(BaseModel):
    """Which measurement a picture shows."""

    key: str
    side: str


class PictureModel(BaseModel):
    """A picture of the film with its joints. ``around``: numbers and times (s) of the frames beside it."""

    video: int
    time_s: float
    number: int | None
    around: list[tuple[int, float]]
    moment: str | None
    moment_text: str
    side: str | None
    metrics: list[MetricOfPictureModel]
    joints: list[ShownJointModel]
    events: list[ShownEventModel]


class AdjustedValueModel(BaseModel):
    """A measurement as text: as measured, and now. ``number`` and ``measured_number`` are in ``unit``."""

    key: str
    side: str
    name: str
    side_text: str
    number: float | None
    measured_number: float | None
    unit: str
    measured: str | None
    now: str | None
    interval: str | None
    steps: int
    note: str | None


class StepModel(BaseModel):
    """A step as measured, s of the video."""

    video: int
    side: str
    contact_s: float
    toe_off_s: float


class FilmModel(BaseModel):
    """A video of the session."""

    file: str
    view: str
    width: int
    height: int


class AuditLineModel(BaseModel):
    """A change, as it was written down."""

    at: str
    action: str
    detail: dict[str, Any]


class AdjustModel(BaseModel):
    """What the page *Adjust* shows. ``changed``: names of the values that the last change moved."""

    version: int
    can_undo: bool
    can_redo: bool
    joints_moved: int
    events_moved: int
    values: list[AdjustedValueModel]
    findings: list[str]
    pictures: list[PictureModel]
    steps: list[StepModel]
    films: list[FilmModel]
    trail: list[AuditLineModel]


class PersonBoxModel(BaseModel):
    """Where a person was found, pixels."""

    x: float
    y: float
    width: float
    height: float


def adjust_worker_of(request: Request) -> AdjustWorker:
    """Return the worker for pictures and changes of the server that answers a request.

    Parameters
    ----------
    request : Request

    Returns
    -------
    AdjustWorker
    """
    worker: AdjustWorker | None = getattr(request.app.state, "adjust_worker", None)
    if worker is None:
        worker = request.app.state.adjust_worker = AdjustWorker(settings_of(request).limits)
    return worker


def session_films(store: AppStore, session: int) -> tuple[Path, list[Path]]:
    """Find the folder of a session and the films of its videos.

    Parameters
    ----------
    store : AppStore
    session : int

    Returns
    -------
    folder : Path
    films : list of Path
        In the order of ``videos`` in the report; files that are gone are named all the same.

    Raises
    ------
    InputError
        No such session or no report (``not_found``).
    """
    folder = report_folder(store, session)
    job = get_job(store, get_session(store, session)["job"])
    clips = [store.folder.clip(upload, get_upload(store, upload)["file_name"]) for upload in job["clips"]]
    try:
        names = [str(video["file"]) for video in read_report(folder).record["videos"]]
    except GaitError:
        raise InputError(_("the report of this session is not kept here"), code="not_found") from None
    films: list[Path] = []
    for name in names:
        left = [clip for clip in clips if clip not in films]
        same = [clip for clip in left if str(clip) == name] or [clip for clip in left if clip.name == Path(name).name]
        films.append((same or left or [Path(name).with_name("film is gone")])[0])
    return folder, films


def run_in_worker(
    request: Request, session: int, kind: str, *, video: int | None = None, **options: Any
) -> dict[str, Any]:
    """Let the worker do something with a session.

    Parameters
    ----------
    request : Request
    session : int
    kind : str
        See `gait.app.adjust_tasks.run_adjust_task`.
    video : int, optional
        The only film that it gets.
    **options
        For it.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        There is no such session or video, or the worker has refused.
    """
    store = store_of(request)
    folder, films = session_films(store, session)
    answers = latest_answers(store, get_session(store, session)["athlete"])
    options["answers"] = None if answers is None else answers["content"]
    if video is not None:
        if video >= len(films):
            raise InputError(_("there is no such video"), code="not_found")
        films = [films[video]]
    clips = tuple(str(film) for film in films)
    return adjust_worker_of(request).run(JobTask(kind, kind, clips, str(folder), options, spoken_language()))


@router.get("/adjust", summary="Evidence pictures, joints, events and numbers of a session")
def show_adjust(request: Request, session: SessionId) -> AdjustModel:
    """Tell everything that the page *Adjust* shows.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    AdjustModel
    """
    folder = report_folder(store_of(request), session)
    states = read_adjust_states(folder)
    answer = run_in_worker(request, session, "measure", joints=states.joints, events=states.events)
    return _answer(store_of(request), session, states, answer)


@router.get("/adjust/picture", summary="Another picture of the film, with its joints")
def show_picture(
    request: Request,
    session: SessionId,
    time_s: Annotated[float, Query(ge=-1e6, le=1e6)],
    video: Annotated[int, Query(ge=0, le=99)] = 0,
) -> PictureModel:
    """Describe the picture nearest to a time.

    Parameters
    ----------
    request : Request
    session : int
    time_s : float
        s of the video.
    video : int

    Returns
    -------
    PictureModel
    """
    states = read_adjust_states(report_folder(store_of(request), session))
    answer = run_in_worker(
        request, session, "picture", joints=states.joints, events=states.events, time_s=time_s, of_video=video
    )
    return PictureModel(**answer["picture"])


@router.post("/adjust", summary="Change something by hand, and measure again")
def change_adjust(request: Request, session: SessionId, body: NewChangeModel) -> AdjustModel:
    """Apply one change, measure again, and keep it with its audit entry; the measured report stays.

    Parameters
    ----------
    request : Request
    session : int
    body : NewChangeModel

    Returns
    -------
    AdjustModel

    Raises
    ------
    InputError
        Another browser was first (``conflict``), or the change cannot be measured; then nothing is kept.
    """
    store, change = store_of(request), body.change.model_dump()
    folder, films = session_films(store, session)
    with _changing:
        states = read_adjust_states(folder)
        if body.version != states.version:
            raise InputError(_("another browser has changed this session; load the page again"), code="conflict")
        changed = changed_states(states, change, store.now_text())
        keep_measured(folder)
        answer = run_in_worker(request, session, "measure", joints=changed.joints, events=changed.events, write=True)
        # Where each joint was measured belongs to the trail.
        present = {"joints": answer["joints"], "events": answer["events"]}
        all_states = list(changed.states)
        all_states[changed.position] = present
        changed = AdjustStates(changed.version, changed.position, tuple(all_states))
        write_adjust_states(folder, changed, [film.name for film in films])
        _write_down(store, session, change, states, changed)
        _queue_page(request, session)
    return _answer(store, session, changed, answer)


@router.get("/frames/{video}/{number}", summary="A picture of the film, JPEG")
def send_frame(
    request: Request,
    session: SessionId,
    video: Annotated[int, PathField(ge=0, le=99)],
    number: FrameNumber,
    box: Annotated[str | None, Query(pattern=r"^-?\d{1,5},-?\d{1,5},\d{1,4},\d{1,4}$")] = None,
) -> Response:
    """Send one frame as it was filmed, upright, without anything drawn on it.

    Parameters
    ----------
    request : Request
    session : int
    video : int
        Number of the video in the session.
    number : int
        Of the frame, from 0.
    box : str, optional
        Only a part of it: left, top, width and height, pixels, with commas between.

    Returns
    -------
    Response

    Raises
    ------
    InputError
        There is no such picture, or the part is empty or large.
    """
    part = None if box is None else [int(value) for value in box.split(",")]
    if part is not None and not (8 <= part[2] <= 2000 and 8 <= part[3] <= 2000):
        raise InputError(_("a part of a picture is 8 to 2000 pixels wide and high"))
    jpeg = run_in_worker(request, session, "frame", video=video, number=number, box=part)["jpeg"]
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/frames/{video}/{number}/people", summary="Everybody in a picture")
def show_people(
    request: Request,
    session: SessionId,
    video: Annotated[int, PathField(ge=0, le=99)],
    number: FrameNumber,
) -> list[PersonBoxModel]:
    """Find everybody in one frame.

    Parameters
    ----------
    request : Request
    session : int
    video : int
    number : int

    Returns
    -------
    list of PersonBoxModel
    """
    people = run_in_worker(request, session, "people", video=video, number=number)["people"]
    return [PersonBoxModel(**person) for person in people]


@router.post("/runner", status_code=202, summary="Say who the runner is, and measure the film again")
def choose_runner(request: Request, session: SessionId, body: NewRunnerModel) -> JobModel:
    """Queue an analysis in which the person at a point of a picture is the runner.

    Parameters
    ----------
    request : Request
    session : int
    body : NewRunnerModel

    Returns
    -------
    JobModel
        The analysis. Its report takes the place of this one; the files of this one stay.

    Raises
    ------
    InputError
        Another browser was first (``conflict``), or there is no such picture.
    """
    store = store_of(request)
    with _changing:
        folder, films = session_films(store, session)
        if body.version != read_adjust_states(folder).version:
            raise InputError(_("another browser has changed this session; load the page again"), code="conflict")
        if body.video >= len(films):
            raise InputError(_("there is no such video"), code="not_found")
        times = run_in_worker(request, session, "film", video=body.video)["times_s"]
        if body.number >= len(times):
            raise InputError(_("there is no such picture"), code="not_found")
        job = get_job(store, get_session(store, session)["job"])
        name, time_s = films[body.video].name, times[body.number]
        others = [runner for runner in job["options"].get("runners", ()) if runner["file_name"] != name]
        chosen = {"file_name": name, "time_s": time_s, "x": body.x, "y": body.y}
        options = {**job["options"], "video": True, "runners": [*others, chosen]}
        identifier = queue_of(request).submit(athlete=job["athlete"], uploads=job["clips"], options=options)
        detail = {"video": body.video, "time_s": time_s, "x": body.x, "y": body.y}
        add_audit(store, "runner_chosen", athlete=job["athlete"], session=session, detail=detail)
    return JobModel(**queue_of(request).snapshot(identifier))


def _write_down(
    store: AppStore, session: int, change: dict[str, Any], before: AdjustStates, after: AdjustStates
) -> None:
    """Add the change to the audit trail: what, from, to."""
    kind, detail = change["kind"], dict(change)
    detail.pop("kind")
    if kind in ("joint", "joint_back"):
        same = [
            joint
            for joint in (*before.joints, *after.joints)
            if all(joint[name] == change[name] for name in ("video", "side", "joint"))
            and abs(joint["time_s"] - change["time_s"]) < 1e-3
        ]
        if same:
            first = same[0]
            earlier = first if any(first == joint for joint in before.joints) else None
            detail["from_x"] = earlier["x"] if earlier else first.get("from_x")
            detail["from_y"] = earlier["y"] if earlier else first.get("from_y")
            if kind == "joint_back":
                detail["x"], detail["y"] = first.get("from_x"), first.get("from_y")
    detail["joints_moved"], detail["events_moved"] = len(after.joints), len(after.events)
    action = {
        "joint": "joint_moved",
        "joint_back": "joint_put_back",
        "event": "event_moved",
        "event_back": "event_put_back",
        "undo": "change_undone",
        "redo": "change_redone",
        "reset": "back_to_measured",
    }[kind]
    athlete = get_session(store, session)["athlete"]
    add_audit(store, action, athlete=athlete, session=session, detail=detail)


def _queue_page(request: Request, session: int) -> None:
    """Have the page of the report made again, once after the last of several changes."""
    store = store_of(request)
    job = get_job(store, get_session(store, session)["job"])
    waiting = store.row(
        "SELECT 1 FROM jobs WHERE folder = ? AND kind = 'remeasure' AND state = 'waiting'", job["folder"]
    )
    if waiting is not None:
        return
    options = {**job["options"], "video": False}
    identifier = add_job(
        store, "remeasure", athlete=job["athlete"], uploads=job["clips"], options=options, folder=job["folder"]
    )
    with store.write() as connection:
        connection.execute("UPDATE jobs SET session = ? WHERE id = ?", (session, identifier))
    queue_of(request).wake()


def _answer(store: AppStore, session: int, states: AdjustStates, answer: dict[str, Any]) -> AdjustModel:
    own = ("joint_", "event_", "change_", "back_", "runner_")
    trail = [
        AuditLineModel(at=entry["at"], action=entry["action"], detail=entry["detail"])
        for entry in list_audit(store, session=session)
        if entry["action"].startswith(own)
    ]
    return AdjustModel(
        version=states.version,
        can_undo=states.position > 0,
        can_redo=states.position + 1 < len(states.states),
        joints_moved=len(states.joints),
        events_moved=len(states.events),
        trail=trail,
        **{name: answer[name] for name in ("values", "findings", "pictures", "steps", "films")},
    )


def runner_name(store: AppStore, session: int) -> str:
    """Name the runner of a session.

    Parameters
    ----------
    store : AppStore
    session : int

    Returns
    -------
    str
    """
    name: str = get_athlete_details(store, get_session(store, session)["athlete"])["name"]
    return name
