"""What an analysis says, as small frozen records. They know nothing of how it was measured or shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

View = Literal["side", "rear", "front"]
#: A view, or ``auto`` to find it from the poses.
ViewChoice = Literal["auto", "side", "rear", "front"]
Facing = Literal["left", "right", "away", "towards"]
Side = Literal["left", "right", "both"]
Grade = Literal["good", "fair", "poor", "refused"]
Severity = Literal["mild", "moderate", "marked"]
FindingEvidence = Literal["clear", "likely"]
CorrectionKind = Literal["cue", "drill", "exercise", "habit", "training", "care"]

#: What follows a metric's key where a measurement is the difference between its sides, left minus right.
ASYMMETRY = "_asymmetry"
#: What follows it where a measurement is the change in the course of a run, + = more at the end.
DRIFT = "_drift"


@dataclass(frozen=True)
class Runner:
    """Who runs, as far as the user said so. Metres and metres per second; ``None`` where not given.

    ``speed_seen_mps`` and ``leg_length_seen_m`` are not said but seen: the ranges in which the belt's speed, and the
    leg length (0.53 of the height), lie with 95 % confidence (`gait.findings.belt_reading`).
    """

    name: str | None = None
    height_m: float | None = None
    leg_length_m: float | None = None
    speed_mps: float | None = None
    speed_seen_mps: tuple[float, float] | None = None
    leg_length_seen_m: tuple[float, float] | None = None


@dataclass(frozen=True)
class VideoInfo:
    """One analysed video. ``duration_s`` and ``frames`` are those of the analysed part, in playback time.

    Rates and ``frames`` are the file's, also where poses were estimated in some of the frames only. ``frames_seen``: in
    how many, where the video was seen in windows (`gait.pose.sampling_plan`), and ``windows_s``: start and end of each,
    s of playback; ``None`` where it was seen whole.
    """

    file: str
    view: View
    facing: Facing
    playback_fps: float
    capture_fps: float
    duration_s: float
    frames: int
    width: int
    height: int
    detected_fraction: float
    swapped_frames_repaired: int
    engine: str
    warnings: tuple[str, ...] = ()
    frames_seen: int | None = None
    windows_s: tuple[tuple[float, float], ...] | None = None

    @property
    def real_per_playback(self) -> float:
        """Real seconds per second of playback; below 1 in slow motion."""
        return self.playback_fps / self.capture_fps


@dataclass(frozen=True)
class Measurement:
    """One metric of one side: a mean over steps with its 95 % interval, or a refusal with its reason.

    ``value`` and ``interval`` are in ``unit``; the sign convention of every key is in
    ``gait/metrics/<key>.py``. ``evidence_s`` is the time (seconds, playback timeline of video number
    ``video``) of the step that lies closest to the value: the frame to show a person.
    """

    key: str
    side: Side
    value: float | None
    unit: str
    interval: tuple[float, float] | None
    steps: int
    grade: Grade
    reason: str | None
    video: int
    evidence_s: float | None
    reason_code: str | None = None
    #: How the value was found, where there is more than one way: "at the given speed, 10.0 km/h".
    method: str | None = None
    #: Degrees of freedom of the interval, Student's t; ``None``: normal.
    freedom: float | None = None
    #: Of the change in the course of a run: between which times it begins (95 %), s of playback.
    onset_interval_s: tuple[float, float] | None = None


@dataclass(frozen=True)
class Finding:
    """A measurement, or a pattern of several, outside its band: clearly, or likely.

    ``probability`` is that of the true value lying outside (`gait.findings.probability`); ``None`` where it was kept by
    an earlier version. ``parts`` are the keys of the metrics of a pattern, ``metric`` among them; empty where one
    metric alone gives the finding.
    """

    key: str
    metric: str
    side: Side
    severity: Severity
    headline: str
    corrections: tuple[str, ...]
    evidence: FindingEvidence = "clear"
    probability: float | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class NextStep:
    """The one input or further clip that would decide most of the comparisons that are open now.

    ``code`` names it for programs, ``text`` for a person, in one sentence. ``decides`` is how many of the ``open_now``
    comparisons it is expected to decide, or how many new ones it would make possible.
    """

    code: str
    text: str
    decides: float
    open_now: int


@dataclass(frozen=True)
class Correction:
    """One thing to do about a finding, in plain words, with where it comes from."""

    id: str
    title: str
    kind: CorrectionKind
    text: str
    dose: str | None
    article: str
    research: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """Something the reader of a report must know before trusting it."""

    code: str
    message: str
