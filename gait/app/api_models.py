"""Records of the API, from which its description (OpenAPI) is made."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

#: Numbers of rows in SQLite.
RowNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]
#: Texts of people: no control characters but line breaks and tabs.
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[Line, StringConstraints(min_length=1)]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=5000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"),
]
#: A note about an athlete.
NoteText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=20_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
    ),
]
Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Height = Annotated[float, Field(ge=0.5, le=2.6, description="metres")]
LegLength = Annotated[float, Field(ge=0.2, le=1.6, description="hip to floor, metres")]
Speed = Annotated[float, Field(ge=0.3, le=13.0, description="belt speed, m/s")]
UnitsName = Literal["metric", "imperial", "pace", "imperial-pace"]
LanguageName = Literal["en", "de", "es", "fr"]


class ClosedModel(BaseModel):
    """A record that is sent here: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ErrorModel(BaseModel):
    """Why a request was refused.

    Attributes
    ----------
    error : str
        One line for a person.
    code : str or None
        Short name of the cause.
    """

    error: str
    code: str | None = None


#: What every address of the API may answer instead.
ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorModel, "description": text}
    for status, text in {
        400: "The request cannot be read.",
        401: "Nobody is signed in.",
        403: "Not allowed: another site, no token, or a server that only shows.",
        404: "There is no such thing.",
        408: "The request came too slowly.",
        409: "Somebody else was first, or it is in use.",
        413: "Too large.",
        422: "A value cannot be used.",
        429: "Too many requests.",
        503: "Too much to do at the moment.",
        507: "No space left.",
    }.items()
}


class MeModel(BaseModel):
    """The browser that asks, and the server.

    Attributes
    ----------
    csrf_token : str
        Goes into the header ``X-CSRF-Token`` of every change.
    kind : str
    read_only, lan : bool
    version : str
    used_bytes, quota_bytes : int
    """

    csrf_token: str
    kind: str
    read_only: bool
    lan: bool
    version: str
    used_bytes: int
    quota_bytes: int


class AthleteDetailsModel(ClosedModel):
    """What may be said of an athlete.

    Attributes
    ----------
    height_m, leg_length_m, speed_mps : float or None
    units, language, squad : str or None
    consent_at : datetime or None
    consent_how, consent_note : str or None
    target_metric : str or None
    target_value : float or None
    """

    height_m: Height | None = None
    leg_length_m: LegLength | None = None
    speed_mps: Speed | None = None
    units: UnitsName | None = None
    language: LanguageName | None = None
    squad: Line | None = None
    consent_at: dt.datetime | None = None
    consent_how: Line | None = None
    consent_note: Prose | None = None
    target_metric: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,60}$")] | None = None
    target_value: Annotated[float, Field(ge=-1e6, le=1e6)] | None = None


class NewAthleteModel(AthleteDetailsModel):
    """An athlete to be added.

    Attributes
    ----------
    name : str
    """

    name: Name


class AthleteChangeModel(AthleteDetailsModel):
    """Changes of an athlete: fields that are left out stay, ``null`` removes.

    Attributes
    ----------
    name : str or None
    version : int
        The one that was shown; refused (409) where somebody else was first.
    """

    name: Name | None = None
    version: Annotated[int, Field(ge=0, le=2**31)]


class AthleteModel(BaseModel):
    """An athlete.

    Attributes
    ----------
    id, version, sessions : int
    name : str
    last_session : str or None
    height_m, leg_length_m, speed_mps : float or None
    units, language, squad, consent_at, consent_how, consent_note, target_metric : str or None
    target_value : float or None
    """

    id: int
    name: str
    version: int
    sessions: int
    last_session: str | None
    height_m: float | None
    leg_length_m: float | None
    speed_mps: float | None
    units: str | None
    language: str | None
    squad: str | None
    consent_at: str | None
    consent_how: str | None
    consent_note: str | None
    target_metric: str | None
    target_value: float | None


class UploadModel(BaseModel):
    """An upload.

    Attributes
    ----------
    id, file_name, state, created_at : str
    athlete : int or None
    size, received : int
        Bytes.
    reason : str or None
    """

    id: str
    athlete: int | None
    file_name: str
    size: int
    received: int
    state: str
    created_at: str
    reason: str | None


class JobOptionsModel(ClosedModel):
    """What decides a report, beside the clips; what is left out comes from the athlete.

    Attributes
    ----------
    height_m, leg_length_m, speed_mps : float or None
    view : str or None
    capture_fps, start_s, end_s : float or None
    units, language : str or None
    video : bool
        Whether annotated videos are written.
    """

    height_m: Height | None = None
    leg_length_m: LegLength | None = None
    speed_mps: Speed | None = None
    view: Literal["auto", "side", "rear", "front"] | None = None
    capture_fps: Annotated[float, Field(ge=5, le=2000)] | None = None
    start_s: Annotated[float, Field(ge=0, le=1e6)] | None = None
    end_s: Annotated[float, Field(ge=0, le=1e6)] | None = None
    units: UnitsName | None = None
    language: LanguageName | None = None
    video: bool = True


class NewJobModel(ClosedModel):
    """A run to be measured: a quick check first, then the analysis.

    Attributes
    ----------
    athlete : int
    uploads : list of str
        Clips of one run from different sides.
    options : JobOptionsModel
    check : str or None
        A check of these clips that was queued before; without it one is queued now.
    """

    athlete: RowNumber
    uploads: Annotated[list[Identifier], Field(min_length=1, max_length=6)]
    options: JobOptionsModel = JobOptionsModel()
    check: Identifier | None = None


class NewCheckModel(ClosedModel):
    """Clips to be checked before the rest is said.

    Attributes
    ----------
    athlete : int
    uploads : list of str
        Clips of one run from different sides.
    """

    athlete: RowNumber
    uploads: Annotated[list[Identifier], Field(min_length=1, max_length=6)]


class JobModel(BaseModel):
    """A job.

    Attributes
    ----------
    id, kind, state, created_at : str
    athlete, attempts : int
    stage, reason, reason_code, ended_at, after : str or None
    done, total : int or None
    seconds_left : float or None
    session : int or None
    clips : list of str
    result : dict or None
    """

    id: str
    kind: str
    state: str
    created_at: str
    athlete: int
    attempts: int
    stage: str | None
    done: int | None
    total: int | None
    seconds_left: float | None = None
    reason: str | None
    reason_code: str | None
    ended_at: str | None
    after: str | None
    session: int | None
    clips: list[str]
    result: dict[str, Any] | None


class SessionModel(BaseModel):
    """A session of the history.

    Attributes
    ----------
    id, athlete, measured : int
    athlete_name, date : str
    name, job : str or None
    speed_mps, height_m : float or None
    views : list of str
    report : bool
        Whether there is a page.
    """

    id: int
    athlete: int
    athlete_name: str
    date: str
    name: str | None
    speed_mps: float | None
    height_m: float | None
    views: list[str]
    measured: int
    job: str | None
    report: bool


class TrendPointModel(BaseModel):
    """A measurement in its session.

    Attributes
    ----------
    session : int
    date : str
    speed_mps, value, low, high : float or None
        In the trend's unit; low to high is the 95 % interval.
    """

    session: int
    date: str
    speed_mps: float | None
    value: float | None
    low: float | None
    high: float | None


class TrendModel(BaseModel):
    """The course of one metric of one side.

    Attributes
    ----------
    metric, side, unit : str
    points : list of TrendPointModel
    """

    metric: str
    side: str
    unit: str
    points: list[TrendPointModel]


class NewNoteModel(ClosedModel):
    """A note to be kept.

    Attributes
    ----------
    text : str
    author : str
    session : int or None
    """

    text: NoteText
    author: Line = ""
    session: RowNumber | None = None


class NoteModel(BaseModel):
    """A note.

    Attributes
    ----------
    id, athlete : int
    session : int or None
    at, author, text : str
    changed_at : str or None
    """

    id: int
    athlete: int
    session: int | None
    at: str
    author: str
    text: str
    changed_at: str | None = None


class NewPainModel(ClosedModel):
    """An entry for the pain diary.

    Attributes
    ----------
    day : date
    area : str
    level : int
        0 (none) to 10.
    text : str
    """

    day: dt.date
    area: Name
    level: Annotated[int, Field(ge=0, le=10)]
    text: Prose = ""


class PainModel(BaseModel):
    """An entry of the pain diary.

    Attributes
    ----------
    id, athlete, level : int
    day, area, text : str
    """

    id: int
    athlete: int
    day: str
    area: str
    level: int
    text: str


class AnswersModel(BaseModel):
    """Answers of an athlete.

    Attributes
    ----------
    at : str
    content : dict
        Question → answer, as in ``answers.toml``.
    """

    at: str
    content: dict[str, Any]


class NewAnswersModel(ClosedModel):
    """Answers to be kept.

    Attributes
    ----------
    content : dict
    """

    content: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")], bool | int | float | str | list[str]],
        Field(max_length=100),
    ]


class AuditModel(BaseModel):
    """Something that was changed by hand.

    Attributes
    ----------
    id : int
    athlete, session : int or None
    at, action : str
    detail : dict
    """

    id: int
    athlete: int | None
    session: int | None
    at: str
    action: str
    detail: dict[str, Any]


class DifferenceModel(BaseModel):
    """A metric in two sessions.

    Attributes
    ----------
    metric, side, unit, verdict : str
        ``verdict``: "changed", "same" or another word of `gait.history.measurement_change`.
    first, second : float or None
    remark : str or None
    """

    metric: str
    side: str
    unit: str
    first: float | None
    second: float | None
    verdict: str
    remark: str | None


class ComparisonModel(BaseModel):
    """Two sessions compared.

    Attributes
    ----------
    labels, views, notes : list of str
    same_runner : bool
    differences : list of DifferenceModel
    """

    labels: list[str]
    views: list[str]
    notes: list[str]
    same_runner: bool
    differences: list[DifferenceModel]


class InvitationModel(BaseModel):
    """A way in for one more device, once.

    Attributes
    ----------
    url : str
    svg : str
        The same as a code to be scanned: an image as a data URI.
    expires_in_s : float
    """

    url: str
    svg: str
    expires_in_s: float
