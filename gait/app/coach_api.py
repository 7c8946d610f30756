"""The part of the API for coaches: overview, groups, notes, joining, batches, and reports to give away."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathField
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field, StringConstraints

from gait.app.api_models import (
    ERROR_RESPONSES,
    AthleteModel,
    ClosedModel,
    Height,
    Identifier,
    JobModel,
    LegLength,
    Line,
    NoteModel,
    NoteText,
    RowNumber,
    Speed,
)
from gait.app.batch_page import chosen_runs, importer_of
from gait.app.batch_store import (
    MAX_SESSIONS,
    PlannedRun,
    add_batch,
    add_sent_run,
    batch_rows,
    list_batches,
    plan_folder,
    plan_names,
)
from gait.app.coach_page import overview_record
from gait.app.coach_store import athlete_overviews, change_note, measure_again, merge_into, set_group
from gait.app.diary_store import latest_answers, list_notes
from gait.app.page_rendering import queue_of, store_of
from gait.app.session_store import get_session, report_file, report_folder
from gait.app.share_page import VideoChoice, shared_notes, single_file, small_state, start_small_videos
from gait.checked_json import parse_json
from gait.display_language import _, date_text, speak
from gait.display_units import show_in
from gait.errors import InputError
from gait.io.report_reader import read_report
from gait.report.single_file_report import portable_record, private_record
from gait.session_files import REPORT_RECORD

router = APIRouter(prefix="/api/v1", responses=ERROR_RESPONSES)
RowId = Annotated[int, PathField(ge=1, le=2**63 - 1)]
BatchId = Annotated[str, PathField(pattern=r"^[0-9a-f]{32}$")]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class FindingModel(BaseModel):
    """A clear finding.

    Attributes
    ----------
    metric, headline : str
    """

    metric: str
    headline: str


class OverviewModel(BaseModel):
    """An athlete at a glance.

    Attributes
    ----------
    athlete : int
    name : str
    group, last_session : str or None
    session, weeks : int or None
        ``weeks`` since the latest session.
    consent : bool
    findings : list of FindingModel
    outside : list of str
        Metrics of the latest session whose value lies outside its range.
    target_metric : str or None
    target_value, target_share : float or None
        ``target_share``: part of the way since the first session, 0 to 1.
    """

    athlete: int
    name: str
    group: str | None
    last_session: str | None
    session: int | None
    weeks: int | None
    consent: bool
    findings: list[FindingModel]
    outside: list[str]
    target_metric: str | None
    target_value: float | None
    target_share: float | None


class AthletesModel(ClosedModel):
    """Several athletes.

    Attributes
    ----------
    athletes : list of int
    """

    athletes: Annotated[list[RowNumber], Field(min_length=1, max_length=2000)]


class GroupModel(AthletesModel):
    """Athletes who go into a group.

    Attributes
    ----------
    group : str
        Empty: into none.
    """

    group: Line = ""


class NoteChangeModel(ClosedModel):
    """A changed note.

    Attributes
    ----------
    text : str
    before : str or None
        The text that was shown; refused (409) where somebody else was first.
    """

    text: NoteText
    before: Annotated[str, StringConstraints(max_length=20_000)] | None = None


class MergeModel(ClosedModel):
    """The athlete who gets everything.

    Attributes
    ----------
    into : int
    """

    into: RowNumber


class FolderModel(BaseModel):
    """A folder of films on the server's machine.

    Attributes
    ----------
    root : int
    path : str
        Below it.
    folders, manifests : list of str
    films : int
    """

    root: int
    path: str
    folders: list[str]
    manifests: list[str]
    films: int


class NamesModel(ClosedModel):
    """Names of films that will be sent.

    Attributes
    ----------
    names : list of str
        With the folders that they lie in.
    """

    names: Annotated[list[FileName], Field(min_length=1, max_length=MAX_SESSIONS)]


class RunModel(BaseModel):
    """A session that films make.

    Attributes
    ----------
    athlete, session : str
    known : bool
        Whether there is such an athlete.
    films : list of str
    options : dict
    problem : str or None
    """

    athlete: str
    session: str
    known: bool
    films: list[str]
    options: dict[str, Any]
    problem: str | None


class NewBatchModel(ClosedModel):
    """A batch: of a folder on the server's machine, or, without ``root``, of films that will be sent.

    Attributes
    ----------
    root : int or None
    path : str
    rows : list of int or None
        Numbers of the planned sessions; all of them without it.
    """

    root: Annotated[int, Field(ge=0, le=1000)] | None = None
    path: Annotated[str, StringConstraints(max_length=4000)] = ""
    rows: Annotated[list[Annotated[int, Field(ge=0, le=MAX_SESSIONS)]], Field(max_length=MAX_SESSIONS)] | None = None


class NewBatchRunModel(ClosedModel):
    """A run of a batch whose films have been sent.

    Attributes
    ----------
    athlete : int
    uploads : list of str
    session : str
    date : str or None
        ISO 8601.
    height_m, leg_length_m, speed_mps : float or None
    """

    athlete: RowNumber
    uploads: Annotated[list[Identifier], Field(min_length=1, max_length=6)]
    session: Line = ""
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")] | None = None
    height_m: Height | None = None
    leg_length_m: LegLength | None = None
    speed_mps: Speed | None = None


class BatchRowModel(BaseModel):
    """One session of a batch.

    Attributes
    ----------
    number : int
    athlete : int or None
    athlete_name : str or None
    name, state : str
    stage, reason, job : str or None
    done, total, session : int or None
    seconds_left : float or None
    """

    number: int
    athlete: int | None
    athlete_name: str | None
    name: str
    state: str
    stage: str | None
    done: int | None
    total: int | None
    seconds_left: float | None
    reason: str | None
    job: str | None
    session: int | None


class BatchModel(BaseModel):
    """A batch.

    Attributes
    ----------
    id : str
    rows : list of BatchRowModel
    """

    id: str
    rows: list[BatchRowModel]


class BatchListModel(BaseModel):
    """A batch in the list.

    Attributes
    ----------
    id, created_at : str
    sessions, open : int
        ``open``: not ended yet.
    """

    id: str
    created_at: str
    sessions: int
    open: int


class SmallVideoModel(BaseModel):
    """The small version of a report's videos.

    Attributes
    ----------
    state : {"none", "making", "ready", "failed"}
    """

    state: Literal["none", "making", "ready", "failed"]


@router.get("/coach", tags=["coach"], summary="All athletes at a glance")
def get_overviews(request: Request) -> list[OverviewModel]:
    """List all athletes with their latest session, open findings and targets.

    Parameters
    ----------
    request : Request

    Returns
    -------
    list of OverviewModel
    """
    return [OverviewModel.model_validate(overview_record(one)) for one in athlete_overviews(store_of(request))]


@router.post("/coach/group", status_code=204, tags=["coach"], summary="Put athletes into a group")
def post_group(request: Request, chosen: GroupModel) -> Response:
    """Put athletes into a group.

    Parameters
    ----------
    request : Request
    chosen : GroupModel

    Returns
    -------
    Response
    """
    set_group(store_of(request), chosen.athletes, chosen.group)
    return Response(status_code=204)


@router.post("/coach/again", status_code=202, tags=["coach"], summary="Measure the latest sessions again")
def post_again(request: Request, chosen: AthletesModel) -> list[JobModel]:
    """Queue the latest session of each athlete again; those without a film here are left out.

    Parameters
    ----------
    request : Request
    chosen : AthletesModel

    Returns
    -------
    list of JobModel
    """
    jobs, _left_out = measure_again(store_of(request), queue_of(request), chosen.athletes)
    return [JobModel.model_validate(queue_of(request).snapshot(job)) for job in jobs]


@router.patch("/notes/{note}", tags=["diary"], summary="Change a note")
def patch_note(request: Request, note: RowId, change: NoteChangeModel) -> NoteModel:
    """Change a note; refused (409) where somebody else was first.

    Parameters
    ----------
    request : Request
    note : int
    change : NoteChangeModel

    Returns
    -------
    NoteModel
    """
    return NoteModel.model_validate(change_note(store_of(request), note, change.text, before=change.before))


@router.post("/athletes/{athlete}/merge", tags=["athletes"], summary="Join two entries of one athlete")
def post_merge(request: Request, athlete: RowId, merge: MergeModel) -> AthleteModel:
    """Give everything of this athlete to another one, who is the same person; this entry goes.

    Parameters
    ----------
    request : Request
    athlete : int
    merge : MergeModel

    Returns
    -------
    AthleteModel
    """
    return AthleteModel.model_validate(merge_into(store_of(request), athlete, merge.into))


@router.get("/films", tags=["batches"], summary="List a folder of films on the server's machine")
def get_films(
    request: Request,
    root: Annotated[int, Query(ge=0, le=1000)] = 0,
    path: Annotated[str, Query(max_length=4000)] = "",
) -> FolderModel:
    """List a folder below those that were named when the server was started.

    Parameters
    ----------
    request : Request
    root : int
    path : str
        Below it.

    Returns
    -------
    FolderModel
    """
    content = importer_of(request).films.content(root, path)
    return FolderModel(
        root=root,
        path=path,
        folders=[_plain(name) for name in content.folders],
        manifests=[_plain(name) for name in content.manifests],
        films=content.films,
    )


@router.get("/films/plan", tags=["batches"], summary="Plan the sessions of a folder")
def get_plan(
    request: Request,
    root: Annotated[int, Query(ge=0, le=1000)] = 0,
    path: Annotated[str, Query(max_length=4000)] = "",
) -> list[RunModel]:
    """Say which sessions the films of a folder or manifest make, as ``gait batch`` does.

    Parameters
    ----------
    request : Request
    root : int
    path : str

    Returns
    -------
    list of RunModel
    """
    return [_run_model(run) for run in plan_folder(store_of(request), importer_of(request).films, root, path)]


@router.post("/films/plan", tags=["batches"], summary="Plan the sessions of films that will be sent")
def post_plan(request: Request, names: NamesModel) -> list[RunModel]:
    """Say which sessions films make, from their names, as ``gait batch`` does.

    Parameters
    ----------
    request : Request
    names : NamesModel

    Returns
    -------
    list of RunModel
    """
    return [_run_model(run) for run in plan_names(store_of(request), names.names)]


@router.get("/batches", tags=["batches"], summary="List batches")
def get_batches(request: Request) -> list[BatchListModel]:
    """List batches, the latest first.

    Parameters
    ----------
    request : Request

    Returns
    -------
    list of BatchListModel
    """
    return [BatchListModel.model_validate(batch) for batch in list_batches(store_of(request), 200)]


@router.post("/batches", status_code=202, tags=["batches"], summary="Begin a batch")
def post_batch(request: Request, batch: NewBatchModel) -> BatchModel:
    """Measure the sessions of a folder, or begin a batch of films that will be sent.

    Parameters
    ----------
    request : Request
    batch : NewBatchModel

    Returns
    -------
    BatchModel
    """
    store, importer = store_of(request), importer_of(request)
    runs: list[PlannedRun] = []
    if batch.root is not None:
        planned = plan_folder(store, importer.films, batch.root, batch.path)
        runs = planned if batch.rows is None else chosen_runs(planned, batch.rows, {})
    identifier = add_batch(store, runs)
    importer.start()
    return BatchModel(id=identifier, rows=_rows(request, identifier))


@router.get("/batches/{batch}", tags=["batches"], summary="How far a batch is")
def get_batch(request: Request, batch: BatchId) -> BatchModel:
    """Describe how far each session of a batch is.

    Parameters
    ----------
    request : Request
    batch : str

    Returns
    -------
    BatchModel
    """
    return BatchModel(id=batch, rows=_rows(request, batch))


@router.post("/batches/{batch}/runs", status_code=202, tags=["batches"], summary="Add a run to a batch")
def post_run(request: Request, batch: BatchId, run: NewBatchRunModel) -> JobModel:
    """Queue a run whose films have been sent, as a part of a batch.

    Parameters
    ----------
    request : Request
    batch : str
    run : NewBatchRunModel

    Returns
    -------
    JobModel
    """
    options = run.model_dump(mode="json", exclude={"athlete", "uploads"}, exclude_none=True)
    options = {key: value for key, value in options.items() if value != ""}
    uploads = list(dict.fromkeys(run.uploads))
    job = add_sent_run(
        store_of(request), queue_of(request), batch, athlete=run.athlete, uploads=uploads, options=options
    )
    return JobModel.model_validate(queue_of(request).snapshot(job))


@router.get(
    "/sessions/{session}/single-file",
    tags=["share"],
    summary="A report in one file, with its videos inside",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/html": {}}}},
)
def get_single_file(
    request: Request, session: RowId, video: VideoChoice = "full", private: bool = False
) -> StreamingResponse:
    """Send a report as one HTML file.

    Parameters
    ----------
    request : Request
    session : int
    video : {"full", "small", "none"}
        Small videos are made by *Make the small video*.
    private : bool
        Without the name and the notes.

    Returns
    -------
    StreamingResponse
    """
    made = single_file(request, session, video=video, private=private)
    headers = {
        "Content-Disposition": f'attachment; filename="{_file_name(request, session)}.html"',
        "Content-Length": str(made.size),
    }
    return StreamingResponse(made.pieces(), media_type="text/html; charset=utf-8", headers=headers)


@router.get(
    "/sessions/{session}/physio",
    tags=["share"],
    summary="The page for a physiotherapist, as PDF",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def get_physio(request: Request, session: RowId, private: bool = False) -> Response:
    """Send the page for a physiotherapist.

    Parameters
    ----------
    request : Request
    session : int
    private : bool
        Without the name.

    Returns
    -------
    Response
    """
    import datetime as dt

    from gait.findings.answers import parse_answers
    from gait.report.physio_pdf import physio_pdf

    store = store_of(request)
    about = get_session(store, session)
    report = read_report(report_folder(store, session))
    told = latest_answers(store, about["athlete"])
    with speak(report.language or "en"), show_in(report.units):
        try:
            day = date_text(dt.date.fromisoformat(about["date"][:10]))
        except ValueError:
            day = ""
        answers = None if told is None else parse_answers(told["content"])
        content = physio_pdf(report.record, day=day, answers=answers, private=private)
    name = f'attachment; filename="{_file_name(request, session)}.pdf"'
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": name})


@router.get("/sessions/{session}/data", tags=["share"], summary="A report as data, with its notes")
def get_data(request: Request, session: RowId, private: bool = False) -> JSONResponse:
    """Send ``report.json`` with the notes about the session.

    Parameters
    ----------
    request : Request
    session : int
    private : bool
        Without the name, the names of the clips and the notes.

    Returns
    -------
    JSONResponse
    """
    store = store_of(request)
    about = get_session(store, session)
    record = parse_json(report_file(store, session, REPORT_RECORD).read_bytes())
    if private:
        record = private_record(record)
    else:
        notes = shared_notes(list_notes(store, about["athlete"]), session)
        record = {
            **portable_record(record),
            "notes": [{"day": n.day, "author": n.author, "text": n.text} for n in notes],
        }
    name = f'attachment; filename="{_file_name(request, session)}.json"'
    return JSONResponse(record, headers={"Content-Disposition": name})


@router.post("/sessions/{session}/small-video", status_code=202, tags=["share"], summary="Make the small video")
def post_small_video(request: Request, session: RowId) -> SmallVideoModel:
    """Begin to make small versions of the report's videos, for mail.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    SmallVideoModel
    """
    folder = report_folder(store_of(request), session)
    start_small_videos(folder)
    return SmallVideoModel(state=small_state(folder))


@router.get("/sessions/{session}/small-video", tags=["share"], summary="How far the small video is")
def get_small_video(request: Request, session: RowId) -> SmallVideoModel:
    """Tell how far the small versions are.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    SmallVideoModel
    """
    return SmallVideoModel(state=small_state(report_folder(store_of(request), session)))


def _rows(request: Request, batch: str) -> list[BatchRowModel]:
    return [BatchRowModel.model_validate(row) for row in batch_rows(store_of(request), queue_of(request), batch)]


def _run_model(run: PlannedRun) -> RunModel:
    return RunModel(
        athlete=run.athlete,
        session=run.session,
        known=run.known,
        films=[_plain(name) for name in run.films],
        options=dict(run.options),
        problem=run.problem,
    )


def _plain(name: str) -> str:
    """Make a name of a file fit for JSON: bytes that are no UTF-8 become question marks."""
    return name.encode(errors="replace").decode()


def _file_name(request: Request, session: int) -> str:
    day = get_session(store_of(request), session)["date"][:10]
    if not day.replace("-", "").isdecimal() or not day.isascii():
        raise InputError(_("there is no such session"), code="not_found")
    return f"running-form-{day}"
