"""The JSON API under ``/api/v1``: everything that the pages do, for other programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathField
from fastapi.responses import FileResponse, StreamingResponse
from starlette.background import BackgroundTask

from gait.app.api_models import (
    ERROR_RESPONSES,
    AnswersModel,
    AthleteChangeModel,
    AthleteModel,
    AuditModel,
    ComparisonModel,
    DifferenceModel,
    InvitationModel,
    JobModel,
    MeModel,
    NewAnswersModel,
    NewAthleteModel,
    NewCheckModel,
    NewJobModel,
    NewNoteModel,
    NewPainModel,
    NoteModel,
    PainModel,
    SessionModel,
    TrendModel,
    TrendPointModel,
)
from gait.app.athlete_details import (
    add_athlete,
    change_athlete,
    get_athlete_details,
    list_athletes,
)
from gait.app.athlete_export import write_export
from gait.app.body_map import NO_AREA, check_areas
from gait.app.coach_store import delete_for_good
from gait.app.diary_store import (
    add_answers,
    add_note,
    add_pain,
    delete_note,
    latest_answers,
    list_audit,
    list_notes,
    list_pain,
)
from gait.app.invitation_link import invitation
from gait.app.job_store import FINAL_STATES, get_job, list_jobs
from gait.app.login_store import end_login
from gait.app.page_rendering import ledger_of, login_of, queue_of, settings_of, store_of
from gait.app.session_store import delete_session, get_session, list_sessions, report_file, report_folder
from gait.checked_json import parse_json
from gait.display_language import _
from gait.errors import InputError
from gait.history.metric_trend import TrendPoint
from gait.report.report_json import gait_version
from gait.report.single_file_report import portable_record
from gait.session_files import REPORT_RECORD

#: Seconds between two looks at a job that is followed, and between two signs of life. [E]
_FOLLOW_EVERY_S, _ALIVE_EVERY_S = 0.3, 15.0
#: Streams that may be open at the same time. [E]
MAX_STREAMS = 100

router = APIRouter(prefix="/api/v1", responses=ERROR_RESPONSES)
AthleteId = Annotated[int, PathField(ge=1, le=2**63 - 1)]
SessionId = Annotated[int, PathField(ge=1, le=2**63 - 1)]
JobId = Annotated[str, PathField(pattern=r"^[0-9a-f]{32}$")]
_open_streams = 0


# --- this browser ---


@router.get("/me", tags=["server"], summary="This browser and this server")
def me(request: Request) -> MeModel:
    """Describe the login, with the token that every change needs.

    Parameters
    ----------
    request : Request

    Returns
    -------
    MeModel
    """
    login, settings = login_of(request), settings_of(request)
    return MeModel(
        csrf_token=login.csrf_token,
        kind=login.kind,
        read_only=settings.read_only,
        lan=settings.lan,
        version=gait_version(),
        used_bytes=ledger_of(request).used_bytes(),
        quota_bytes=settings.quota_bytes,
    )


@router.post("/logout", status_code=204, tags=["server"], summary="Sign this browser out")
def logout(request: Request) -> Response:
    """Sign this browser out.

    Parameters
    ----------
    request : Request

    Returns
    -------
    Response
    """
    end_login(store_of(request), login_of(request).token_hash)
    return Response(status_code=204)


@router.post("/invitations", status_code=201, tags=["server"], summary="Let one more device in")
def invite_device(request: Request) -> InvitationModel:
    """Make an address, also as a code to be scanned, that lets one more device in, once.

    Parameters
    ----------
    request : Request

    Returns
    -------
    InvitationModel
    """
    made = invitation(store_of(request), request.url.port or settings_of(request).port)
    return InvitationModel(url=made.url, svg=made.svg_uri(), expires_in_s=settings_of(request).invitation_s)


# --- athletes ---


@router.get("/athletes", tags=["athletes"], summary="List athletes")
def get_athletes(request: Request) -> list[AthleteModel]:
    """List all athletes by name.

    Parameters
    ----------
    request : Request

    Returns
    -------
    list of AthleteModel
    """
    return [AthleteModel.model_validate(athlete) for athlete in list_athletes(store_of(request))]


@router.post("/athletes", status_code=201, tags=["athletes"], summary="Add an athlete, or find the one of this name")
def post_athlete(request: Request, athlete: NewAthleteModel) -> AthleteModel:
    """Add an athlete.

    Parameters
    ----------
    request : Request
    athlete : NewAthleteModel

    Returns
    -------
    AthleteModel
    """
    details = athlete.model_dump(mode="json", exclude={"name"})
    return AthleteModel.model_validate(add_athlete(store_of(request), athlete.name, details))


@router.get("/athletes/{athlete}", tags=["athletes"], summary="Read an athlete")
def get_one_athlete(request: Request, athlete: AthleteId) -> AthleteModel:
    """Read one athlete.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    AthleteModel
    """
    return AthleteModel.model_validate(get_athlete_details(store_of(request), athlete))


@router.patch("/athletes/{athlete}", tags=["athletes"], summary="Change an athlete")
def patch_athlete(request: Request, athlete: AthleteId, change: AthleteChangeModel) -> AthleteModel:
    """Change what is said of an athlete; refused (409) where somebody else was first.

    Parameters
    ----------
    request : Request
    athlete : int
    change : AthleteChangeModel

    Returns
    -------
    AthleteModel
    """
    changes = change.model_dump(mode="json", exclude={"version"}, exclude_unset=True)
    changed = change_athlete(store_of(request), athlete, changes, version=change.version)
    return AthleteModel.model_validate(changed)


@router.delete("/athletes/{athlete}", status_code=204, tags=["athletes"], summary="Delete an athlete for good")
def remove_athlete(request: Request, athlete: AthleteId) -> Response:
    """Delete an athlete with all sessions, videos, reports, notes and answers.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    Response
    """
    delete_for_good(store_of(request), queue_of(request), ledger_of(request), athlete)
    return Response(status_code=204)


@router.get("/athletes/{athlete}/sessions", tags=["athletes"], summary="List an athlete's sessions")
def get_athlete_sessions(request: Request, athlete: AthleteId) -> list[SessionModel]:
    """List sessions, the latest first.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    list of SessionModel
    """
    get_athlete_details(store_of(request), athlete)
    return [SessionModel.model_validate(session) for session in list_sessions(store_of(request), athlete)]


@router.get("/athletes/{athlete}/trends", tags=["athletes"], summary="Follow metrics over an athlete's sessions")
def get_trends(request: Request, athlete: AthleteId) -> list[TrendModel]:
    """Return the course of every metric and side that was measured.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    list of TrendModel
    """
    store = store_of(request)
    name = get_athlete_details(store, athlete)["name"]
    with store.history() as history:
        trends = history.trends(name)
    return [
        TrendModel(
            metric=trend.metric,
            side=trend.side,
            unit=trend.unit,
            points=[_trend_point(point) for point in trend.points],
        )
        for trend in trends
    ]


def _trend_point(point: TrendPoint) -> TrendPointModel:
    found = point.value
    return TrendPointModel(
        session=point.session,
        date=point.date,
        speed_mps=point.speed_mps,
        value=found.value,
        low=found.low,
        high=found.high,
    )


@router.get("/athletes/{athlete}/notes", tags=["diary"], summary="List notes")
def get_notes(request: Request, athlete: AthleteId) -> list[NoteModel]:
    """List the notes about an athlete, the latest first.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    list of NoteModel
    """
    get_athlete_details(store_of(request), athlete)
    return [NoteModel.model_validate(note) for note in list_notes(store_of(request), athlete)]


@router.post("/athletes/{athlete}/notes", status_code=201, tags=["diary"], summary="Keep a note")
def post_note(request: Request, athlete: AthleteId, note: NewNoteModel) -> NoteModel:
    """Keep a note about an athlete or one of the sessions.

    Parameters
    ----------
    request : Request
    athlete : int
    note : NewNoteModel

    Returns
    -------
    NoteModel
    """
    store = store_of(request)
    get_athlete_details(store, athlete)
    return NoteModel.model_validate(add_note(store, athlete, note.text, author=note.author, session=note.session))


@router.delete("/notes/{note}", status_code=204, tags=["diary"], summary="Delete a note")
def remove_note(request: Request, note: AthleteId) -> Response:
    """Delete a note.

    Parameters
    ----------
    request : Request
    note : int

    Returns
    -------
    Response
    """
    delete_note(store_of(request), note)
    return Response(status_code=204)


@router.get("/athletes/{athlete}/pain", tags=["diary"], summary="Read the pain diary")
def get_pain(request: Request, athlete: AthleteId) -> list[PainModel]:
    """List the pain diary, the latest day first.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    list of PainModel
    """
    get_athlete_details(store_of(request), athlete)
    return [PainModel.model_validate(entry) for entry in list_pain(store_of(request), athlete)]


@router.post("/athletes/{athlete}/pain", status_code=201, tags=["diary"], summary="Add to the pain diary")
def post_pain(request: Request, athlete: AthleteId, pain: NewPainModel) -> PainModel:
    """Keep an entry of the pain diary.

    Parameters
    ----------
    request : Request
    athlete : int
    pain : NewPainModel

    Returns
    -------
    PainModel
    """
    store = store_of(request)
    get_athlete_details(store, athlete)
    if pain.area != NO_AREA:
        check_areas((pain.area,))
    added = add_pain(store, athlete, day=pain.day.isoformat(), area=pain.area, level=pain.level, text=pain.text)
    return PainModel.model_validate(added)


@router.get("/athletes/{athlete}/answers", tags=["diary"], summary="Read the latest answers")
def get_answers(request: Request, athlete: AthleteId) -> AnswersModel | None:
    """Read the athlete's latest answers to the questions about pain, shoes and training.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    AnswersModel or None
    """
    get_athlete_details(store_of(request), athlete)
    found = latest_answers(store_of(request), athlete)
    return None if found is None else AnswersModel.model_validate(found)


@router.put("/athletes/{athlete}/answers", tags=["diary"], summary="Keep answers")
def put_answers(request: Request, athlete: AthleteId, answers: NewAnswersModel) -> AnswersModel:
    """Keep answers; earlier ones stay.

    Parameters
    ----------
    request : Request
    athlete : int
    answers : NewAnswersModel

    Returns
    -------
    AnswersModel
    """
    get_athlete_details(store_of(request), athlete)
    return AnswersModel.model_validate(add_answers(store_of(request), athlete, answers.content))


@router.get("/athletes/{athlete}/audit", tags=["diary"], summary="What was changed by hand")
def get_audit(request: Request, athlete: AthleteId) -> list[AuditModel]:
    """List what was changed by hand, the oldest first.

    Parameters
    ----------
    request : Request
    athlete : int

    Returns
    -------
    list of AuditModel
    """
    get_athlete_details(store_of(request), athlete)
    return [AuditModel.model_validate(entry) for entry in list_audit(store_of(request), athlete=athlete)]


@router.get(
    "/athletes/{athlete}/export",
    tags=["athletes"],
    summary="Export everything about an athlete",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
def export_athlete(request: Request, athlete: AthleteId, films: bool = False) -> FileResponse:
    """Pack tables, reports with their videos, notes, answers and the pain diary into one ZIP file.

    Parameters
    ----------
    request : Request
    athlete : int
    films : bool
        Whether the films that were uploaded go with it.

    Returns
    -------
    FileResponse
    """
    path = write_export(store_of(request), athlete, films=films)
    return FileResponse(
        path, filename="gait-export.zip", media_type="application/zip", background=BackgroundTask(path.unlink)
    )


# --- jobs ---


@router.post("/jobs", status_code=202, tags=["jobs"], summary="Measure a run")
def post_job(request: Request, job: NewJobModel) -> JobModel:
    """Queue the analysis of one run; a quick check (``after``) comes before it.

    Parameters
    ----------
    request : Request
    job : NewJobModel

    Returns
    -------
    JobModel
    """
    options = job.options.model_dump(mode="json", exclude_none=True)
    uploads = list(dict.fromkeys(job.uploads))
    identifier = queue_of(request).submit(athlete=job.athlete, uploads=uploads, options=options, check=job.check)
    return JobModel.model_validate(queue_of(request).snapshot(identifier))


@router.post("/checks", status_code=202, tags=["jobs"], summary="Check how clips are filmed, in seconds")
def post_check(request: Request, check: NewCheckModel) -> JobModel:
    """Queue a quick check alone; ``POST /jobs`` with its number as ``check`` measures the clips later.

    Parameters
    ----------
    request : Request
    check : NewCheckModel

    Returns
    -------
    JobModel
    """
    uploads = list(dict.fromkeys(check.uploads))
    identifier = queue_of(request).submit_check(athlete=check.athlete, uploads=uploads, options={})
    return JobModel.model_validate(queue_of(request).snapshot(identifier))


@router.get("/jobs", tags=["jobs"], summary="List jobs")
def get_jobs(
    request: Request,
    athlete: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    state: Annotated[Literal["waiting", "running", "done", "failed", "cancelled"] | None, Query()] = None,
) -> list[JobModel]:
    """List jobs, the latest first.

    Parameters
    ----------
    request : Request
    athlete : int, optional
    state : str, optional

    Returns
    -------
    list of JobModel
    """
    jobs = list_jobs(store_of(request), athlete=athlete, states=(state,) if state else ())
    return [JobModel.model_validate(job) for job in jobs]


@router.get("/jobs/{job}", tags=["jobs"], summary="Read a job")
def get_one_job(request: Request, job: JobId) -> JobModel:
    """Read a job with its progress at this moment.

    Parameters
    ----------
    request : Request
    job : str

    Returns
    -------
    JobModel
    """
    return JobModel.model_validate(queue_of(request).snapshot(job))


@router.get(
    "/jobs/{job}/events",
    tags=["jobs"],
    summary="Follow a job (server-sent events)",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def follow_job(request: Request, job: JobId) -> StreamingResponse:
    """Send an event ``job`` (the same record as *Read a job*) after each change, until it has ended.

    Parameters
    ----------
    request : Request
    job : str

    Returns
    -------
    StreamingResponse
    """
    await anyio.to_thread.run_sync(get_job, store_of(request), job)
    if _open_streams >= MAX_STREAMS:
        raise InputError(_("too many pages follow jobs; close some"), code="busy")
    return StreamingResponse(_job_events(request, job), media_type="text/event-stream")


async def _job_events(request: Request, job: str) -> AsyncIterator[str]:
    global _open_streams
    _open_streams += 1
    try:
        last, quiet_s = "", 0.0
        while True:
            try:
                snapshot = await anyio.to_thread.run_sync(queue_of(request).snapshot, job)
            except InputError:  # deleted meanwhile
                yield "event: gone\ndata: {}\n\n"
                return
            text = JobModel.model_validate(snapshot).model_dump_json()
            if text != last:
                yield f"event: job\ndata: {text}\n\n"
                last, quiet_s = text, 0.0
            elif quiet_s >= _ALIVE_EVERY_S:
                yield ": alive\n\n"
                quiet_s = 0.0
            if snapshot["state"] in FINAL_STATES or getattr(request.app.state, "stopping", False):
                return
            await asyncio.sleep(_FOLLOW_EVERY_S)
            quiet_s += _FOLLOW_EVERY_S
    finally:
        _open_streams -= 1


@router.post("/jobs/{job}/cancel", status_code=202, tags=["jobs"], summary="Stop a job")
def cancel_job(request: Request, job: JobId) -> JobModel:
    """Stop a job; what it has finished stays for another try.

    Parameters
    ----------
    request : Request
    job : str

    Returns
    -------
    JobModel
    """
    queue_of(request).cancel(job)
    return JobModel.model_validate(queue_of(request).snapshot(job))


@router.post("/jobs/{job}/retry", status_code=202, tags=["jobs"], summary="Try a job again")
def retry_one_job(request: Request, job: JobId) -> JobModel:
    """Queue a job again that failed or was stopped.

    Parameters
    ----------
    request : Request
    job : str

    Returns
    -------
    JobModel
    """
    queue_of(request).retry(job)
    return JobModel.model_validate(queue_of(request).snapshot(job))


# --- sessions ---


@router.get("/sessions", tags=["sessions"], summary="List all sessions")
def get_sessions(request: Request) -> list[SessionModel]:
    """List sessions of all athletes, the latest first.

    Parameters
    ----------
    request : Request

    Returns
    -------
    list of SessionModel
    """
    return [SessionModel.model_validate(session) for session in list_sessions(store_of(request))]


@router.get("/sessions/{session}", tags=["sessions"], summary="Read a session")
def get_one_session(request: Request, session: SessionId) -> SessionModel:
    """Describe a session.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    SessionModel
    """
    return SessionModel.model_validate(get_session(store_of(request), session))


@router.get("/sessions/{session}/report", tags=["sessions"], summary="Read a session's report")
def get_report(request: Request, session: SessionId) -> dict[str, Any]:
    """Return ``report.json`` (docs/formats.md), with the names of the clips but not the server's folders.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    dict
    """
    return portable_record(parse_json(report_file(store_of(request), session, REPORT_RECORD).read_bytes()))


@router.delete("/sessions/{session}", status_code=204, tags=["sessions"], summary="Delete a session for good")
def remove_session(request: Request, session: SessionId) -> Response:
    """Delete a session with its report and its videos.

    Parameters
    ----------
    request : Request
    session : int

    Returns
    -------
    Response
    """
    delete_session(store_of(request), session)
    ledger_of(request).forget()
    return Response(status_code=204)


@router.get("/compare", tags=["sessions"], summary="Compare two sessions")
def compare_sessions(
    request: Request,
    first: Annotated[int, Query(ge=1, le=2**63 - 1)],
    second: Annotated[int, Query(ge=1, le=2**63 - 1)],
) -> ComparisonModel:
    """Compare two sessions: the second minus the first.

    Parameters
    ----------
    request : Request
    first, second : int

    Returns
    -------
    ComparisonModel
    """
    from gait.history.comparison import compare

    store = store_of(request)
    same = get_session(store, first)["athlete"] == get_session(store, second)["athlete"]
    found = compare(report_folder(store, first), report_folder(store, second), same_runner=same)
    return ComparisonModel(
        labels=list(found.labels),
        views=list(found.views),
        notes=list(found.notes),
        same_runner=found.same_runner,
        differences=[
            DifferenceModel(
                metric=row.key,
                side=row.side,
                unit=row.first.unit,
                first=row.first.value,
                second=row.second.value,
                verdict=row.change.verdict,
                remark=row.remark,
            )
            for row in found.differences
        ],
    )
