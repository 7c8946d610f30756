"""What the worker of the pages *Adjust* and *Label* does: pictures, and measuring again with what was set by hand.

It keeps the poses of the last session cleaned in memory, so that a change is measured in a fraction of a second. Poses
and the first report stay as they are.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gait._typing import FloatArray
from gait.app.job_process import JobTask, ReportFunction
from gait.display_language import Texts, _, speak, spoken_language
from gait.errors import GaitError, InputError
from gait.labelling.adjust_file import DEFAULT_SD_PX, HandMovedEvent, HandSetJoint
from gait.labelling.label_file import LABEL_POINTS, SIDES
from gait.session_files import REPORT_RECORD

if TYPE_CHECKING:
    import xarray as xr

    from gait.analysis.hand_adjustment import HandCorrections
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.analysis.view_stages import CleanedView
    from gait.labelling.label_server import FrameStore
    from gait.records import Runner
    from gait.session import Session

#: Folder in that of a session for its report as it was first measured.
MEASURED_FOLDER = "measured"
#: Cleaned views kept, and films whose frames are kept. [E]
_VIEWS_KEPT, _FILMS_KEPT = 6, 3
#: Quality of pictures as JPEG. [E]
_JPEG_QUALITY = 85
#: Frames on either side that a filmstrip may show. [E]
STRIP_FRAMES = 12
#: Times are the same within this, s. [E]
_SAME_S = 1e-3
#: An event must keep this far from its neighbours, s of the video. [E]
_LEAST_GAP_S = 0.01
#: Events this far from a picture are shown beside it, s of real time: those of the step and its neighbours. [E]
_EVENTS_ABOUT_S = 0.45
#: Moments of a step → words.
MOMENT_TEXTS: Mapping[str, str] = Texts(
    {
        "contact": "landing",
        "mid_stance": "mid-stance",
        "toe_off": "toe-off",
        "widest": "hand farthest across",
        "knee_bent": "knee bent most",
        "knee_forward": "knee farthest forward",
    }
)
_MOMENTS = ("contact", "mid_stance", "toe_off", "knee_bent", "knee_forward", "widest")


def preload() -> None:
    """Import what a change needs, before the first one comes."""
    import gait.labelling.label_server
    import gait.report.report_json  # noqa: F401
    from gait.session import preload as preload_analysis

    preload_analysis()


def run_adjust_task(task: JobTask, report: ReportFunction) -> dict[str, Any]:
    """Work on one request of the pages.

    Parameters
    ----------
    task : JobTask
        ``kind``: "measure" (options ``joints``, ``events``, ``write``), "picture" (``of_video``, ``time_s``,
        ``joints``, ``events``), "frame" (``number``, ``quality``), "film" or "people" (``number``); the last three
        on the first of the clips.
    report : callable
        Not used.

    Returns
    -------
    dict
    """
    options = task.options
    if task.kind == "frame":
        jpeg = _frames(task.clips[0], int(options.get("quality", _JPEG_QUALITY))).jpeg(options["number"])
        return {"jpeg": jpeg if options.get("box") is None else _cut_out(jpeg, options["box"])}
    if task.kind == "film":
        return _film(task.clips[0])
    if task.kind == "people":
        return {"people": _people(task.clips[0], int(options["number"]))}
    loaded = _loaded_session(task.folder)
    loaded.films, loaded.answers = task.clips, options.get("answers")
    if task.kind == "picture":
        measured = loaded.measure(options["joints"], options["events"])
        return {"picture": loaded.picture(measured, int(options["of_video"]), float(options["time_s"]))}
    return loaded.answer(options["joints"], options["events"], write=bool(options.get("write")))


def measure_with_corrections(
    folder: Path, joints: Sequence[Any], events: Sequence[Any], options: Mapping[str, Any]
) -> Session:
    """Measure a session from its kept poses, with what was set by hand.

    Parameters
    ----------
    folder : Path
        Of the session.
    joints, events : sequence of mapping
        As `gait.app.adjust_store` keeps them.
    options : mapping
        Of the job: ``height_m``, ``leg_length_m``, ``speed_mps``, ``athlete``, ``units``, ``answers``.

    Returns
    -------
    Session
    """
    loaded = _LoadedSession(folder)
    loaded.set_up(options)
    return loaded.measure(joints, events)


def corrections_of(joints: Sequence[Any], events: Sequence[Any], video: int) -> HandCorrections:
    """Take what was set by hand in one video.

    Parameters
    ----------
    joints, events : sequence of mapping
        As `gait.app.adjust_store` keeps them.
    video : int
        Number of the video in the session.

    Returns
    -------
    HandCorrections
    """
    from gait.analysis.hand_adjustment import HandCorrections, hand_point

    points = []
    for joint in joints:
        if joint["video"] == video:
            entry = HandSetJoint(**{"sd": DEFAULT_SD_PX, **{k: v for k, v in joint.items() if k != "video"}})
            points.append(hand_point(entry, float(joint["time_s"])))
    moved = [
        HandMovedEvent(**{name: value for name, value in event.items() if name != "video"})
        for event in events
        if event["video"] == video
    ]
    return HandCorrections(tuple(points), tuple(moved))


@lru_cache(maxsize=1)
def _loaded_once(folder: str, _changed: int, _about: str) -> _LoadedSession:
    return _LoadedSession(Path(folder))


def _loaded_session(folder: str) -> _LoadedSession:
    """Load a session; again only when its poses or its runner's data have been written again."""
    try:
        changed = max((path.stat().st_mtime_ns for path in Path(folder).glob("pose_*.nc")), default=0)
    except OSError:
        changed = 0
    from gait.io.report_reader import read_report

    report = read_report(Path(folder))
    about = json.dumps([report.record["runner"], report.units, report.language])
    return _loaded_once(folder, changed, about)


@lru_cache(maxsize=_FILMS_KEPT)
def _frames(clip: str, quality: int) -> FrameStore:
    from gait.labelling.label_server import FrameStore

    return FrameStore(Path(clip), quality=quality)


def _film(clip: str) -> dict[str, Any]:
    from gait.labelling.label_server import JPEG_QUALITY

    store = _frames(clip, JPEG_QUALITY)
    return {
        "width": store.meta.width,
        "height": store.meta.height,
        "times_s": [round(float(time), 6) for time in store.times],
    }


def _cut_out(jpeg: bytes, box: Sequence[int]) -> bytes:
    """Cut a part out of a picture; what lies outside of it is black."""
    import cv2

    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None  # it was encoded here
    left, top, width, height = box
    part = np.zeros((height, width, 3), np.uint8)
    inside = image[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    at_y, at_x = max(-top, 0), max(-left, 0)
    part[at_y : at_y + inside.shape[0], at_x : at_x + inside.shape[1]] = inside
    return bytes(cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes())


def _people(clip: str, number: int) -> list[dict[str, float]]:
    """Find everybody in one frame, as boxes from left to right."""
    from gait.pose.engines.engine_registry import make_engine
    from gait.video.reader import read_decoded_frames

    times = _frames(clip, _JPEG_QUALITY).times
    if not 0 <= number < len(times):
        raise InputError(_("there is no such picture"), code="not_found")
    end = None if number + 1 >= len(times) else float(times[number + 1])
    engine = make_engine()
    with engine:
        frames = read_decoded_frames(Path(clip), start=float(times[number]), end=end)
        found = next(iter(engine.track(frames, fps=30.0)), None)
    boxes = []
    for person in () if found is None else found.people:
        low, high = np.min(person.position, axis=0), np.max(person.position, axis=0)
        boxes.append(
            {
                "x": float(low[0]),
                "y": float(low[1]),
                "width": float(high[0] - low[0]),
                "height": float(high[1] - low[1]),
            }
        )
    return sorted(boxes, key=lambda box: box["x"])


@dataclass
class _LoadedSession:
    """A session with its poses in memory, cleaned with what holds for a whole film."""

    folder: Path
    record: Mapping[str, Any] = field(init=False)
    units: Any = field(init=False)
    language: str = field(init=False)
    runner: Runner = field(init=False)
    poses: list[xr.Dataset] = field(init=False)
    films: Sequence[str] = ()
    answers: Mapping[str, Any] | None = None
    _cleaned: OrderedDict[Any, CleanedView] = field(default_factory=OrderedDict)
    _views: OrderedDict[Any, ViewAnalysis] = field(default_factory=OrderedDict)
    _original: Session | None = None

    def __post_init__(self) -> None:
        from gait.io.report_reader import read_report
        from gait.io.sessions import session_poses
        from gait.pose.picture_stretch import measurable_part
        from gait.records import Runner

        report = read_report(self.folder)
        self.record, self.units, self.language = report.record, report.units, report.language or "en"
        about = self.record["runner"]
        self.runner = Runner(*(about.get(name) for name in ("name", "height_m", "leg_length_m", "speed_mps")))
        self.poses = [measurable_part(pose).load() for pose in session_poses(self.folder, self.record)]

    def set_up(self, options: Mapping[str, Any]) -> None:
        """Take the runner's data and units of a job in place of those of the report."""
        from gait.records import Runner

        names = ("athlete", "height_m", "leg_length_m", "speed_mps")
        self.runner = Runner(*(options.get(name) for name in names))
        self.units = options.get("units") or self.units
        self.language = spoken_language()
        self._views.clear()
        self.answers = options.get("answers")

    def original(self) -> Session:
        """Return the session as measured, without anything set by hand."""
        if self._original is None:
            self._original = self.measure((), ())
        return self._original

    def measure(self, joints: Sequence[Any], events: Sequence[Any]) -> Session:
        """Measure with what was set by hand."""
        from gait.findings.answers import parse_answers
        from gait.records import Notice
        from gait.session import assess

        views = [self._view(n, joints, events) for n in range(len(self.poses))]
        codes = ("video_refused", "video_file", "bystander")
        notices = [Notice(w["code"], w["message"]) for w in self.record.get("warnings", ()) if w["code"] in codes]
        return assess(
            views,
            runner=self.runner,
            answers=parse_answers(self.answers) if self.answers else None,
            notices=notices,
            units=self.units,
            language=self.language,
        )

    def _view(self, number: int, joints: Sequence[Any], events: Sequence[Any]) -> ViewAnalysis:
        from gait.analysis.hand_adjustment import add_hand_corrections
        from gait.analysis.view_analysis import grade_view
        from gait.analysis.view_stages import clean_view, locate_view_events, measure_view_steps
        from gait.display_units import show_in
        from gait.pose.dataset import HAND_EVENTS_ATTR, HAND_POINTS_ATTR

        about = self.record["videos"][number]
        corrections = corrections_of(joints, events, number)
        made = (number, corrections)
        if made in self._views:
            self._views.move_to_end(made)
            return self._views[made]
        pose = add_hand_corrections(self.poses[number], corrections)
        key = (number, tuple(point for point in corrections.points if point.scope == "film"))
        with show_in(self.units), speak(self.language):
            if key not in self._cleaned:
                self._cleaned[key] = clean_view(pose, runner=self.runner, view=about["view"])
                while len(self._cleaned) > _VIEWS_KEPT:
                    self._cleaned.popitem(last=False)
            self._cleaned.move_to_end(key)
            view = self._cleaned[key]
            clean = view.cleaned.pose.copy()
            names = (HAND_POINTS_ATTR, HAND_EVENTS_ATTR)
            clean.attrs = {k: v for k, v in clean.attrs.items() if k not in names}
            clean.attrs |= {k: pose.attrs[k] for k in names if k in pose.attrs}
            view = replace(view, cleaned=replace(view.cleaned, pose=clean))
            found = locate_view_events(view)
            _check_order(found, corrections.events)
            measured = measure_view_steps(view, found)
            analysis = grade_view(measured, pose, view.setup, runner=self.runner, video=number)
        self._views[made] = replace(analysis, info=replace(analysis.info, file=about["file"]))
        while len(self._views) > 2 * _VIEWS_KEPT:
            self._views.popitem(last=False)
        return self._views[made]

    def answer(self, joints: Sequence[Any], events: Sequence[Any], *, write: bool) -> dict[str, Any]:
        """Measure, write the numbers beside the report where that is wanted, and tell the page everything."""
        session = self.measure(joints, events)
        joints = [self._with_measured_place(joint) for joint in joints]
        if write:
            from gait.report.report_json import write_json
            from gait.report.steps_csv import write_csv

            write_csv(session, self.folder / "steps.csv")
            write_json(session, self.folder / REPORT_RECORD)
        original = self.original()
        return {
            "joints": joints,
            "events": list(events),
            "values": _values(original, session),
            "findings": [finding.headline for finding in (*session.findings, *session.likely)],
            "pictures": [self.picture(session, video, time_s) for video, time_s in self._evidence()],
            "steps": [step for number in range(len(original.views)) for step in self._steps(number)],
            "films": [
                {
                    "file": Path(view.info.file).name,
                    "view": view.info.view,
                    "width": view.info.width,
                    "height": view.info.height,
                }
                for view in original.views
            ],
        }

    def _with_measured_place(self, joint: Mapping[str, Any]) -> dict[str, Any]:
        if joint.get("from_x") is not None:
            return dict(joint)
        places = _places(self.original().views[joint["video"]], float(joint["time_s"]))
        found = places.get((joint["side"], joint["joint"]))
        if found is None:
            return dict(joint)
        return {**joint, "from_x": found[0], "from_y": found[1]}

    def _evidence(self) -> list[tuple[int, float]]:
        """Return the pictures that the report rests on: video and time of each, by moment and side."""
        found: dict[tuple[int, float], tuple[int, str]] = {}
        for measurement in self.original().measurements:
            if measurement.value is None or measurement.evidence_s is None:
                continue
            moment = _moment(measurement.key)
            if moment is None:
                continue
            time = self.original().views[measurement.video].clean["time"].values
            shown = float(time[int(np.abs(time - measurement.evidence_s).argmin())])
            found.setdefault((measurement.video, shown), (_MOMENTS.index(moment), measurement.side))
        return sorted(found, key=lambda picture: (picture[0], *found[picture], picture[1]))

    def picture(self, session: Session, video: int, time_s: float) -> dict[str, Any]:
        """Describe one picture: its joints as measured and as they are now, and what is measured in it."""
        original = self.original()
        if not 0 <= video < len(original.views):
            raise InputError(_("there is no such video"), code="not_found")
        view, now = original.views[video], session.views[video]
        time = np.asarray(view.clean["time"].values, dtype=float)
        time_s = float(time[int(np.abs(time - time_s).argmin())])
        places, places_now = _places(view, time_s), _places(now, time_s)
        moved = {
            (joint["side"], joint["joint"], joint["scope"])
            for joint in _kept(session, video)
            if abs(joint["time_s"] - time_s) < _SAME_S
        }
        shown = [
            {
                "side": side,
                "joint": joint,
                "x": places_now[side, joint][0],
                "y": places_now[side, joint][1],
                "measured_x": places[side, joint][0],
                "measured_y": places[side, joint][1],
                "scope": next((scope for s, j, scope in moved if (s, j) == (side, joint)), None),
            }
            for side in SIDES
            for joint in LABEL_POINTS
            if (side, joint) in places and (side, joint) in places_now
        ]
        times = self._film_times(video)
        number = None if times is None else int(np.abs(times - time_s).argmin())
        around = {}
        if times is not None and number is not None:
            strip = range(max(number - STRIP_FRAMES, 0), min(number + STRIP_FRAMES + 1, len(times)))
            around = {n: round(float(times[n]), 6) for n in strip}
        metrics = [
            {"key": m.key, "side": m.side, "moment": _moment(m.key)}
            for m in original.measurements
            if m.video == video
            and m.value is not None
            and m.evidence_s is not None
            and _moment(m.key) is not None
            and float(time[int(np.abs(time - m.evidence_s).argmin())]) == time_s
        ]
        moment = metrics[0]["moment"] if metrics else None
        side = metrics[0]["side"] if metrics else None
        return {
            "video": video,
            "time_s": round(time_s, 6),
            "number": number,
            "around": [[n, at] for n, at in around.items()],
            "events": self._events(session, video, time_s),
            "moment": moment,
            "moment_text": MOMENT_TEXTS[moment] if moment else "",
            "side": side,
            "metrics": [{"key": m["key"], "side": m["side"]} for m in metrics],
            "joints": shown,
        }

    def _steps(self, video: int) -> list[dict[str, Any]]:
        """List the steps as measured."""
        steps = self.original().views[video].steps
        times = steps[["contact_s", "toe_off_s"]].to_numpy(dtype=float).round(6).tolist()
        return [
            {"video": video, "side": str(side), "contact_s": contact_s, "toe_off_s": toe_off_s}
            for side, (contact_s, toe_off_s) in zip(steps.side, times, strict=True)
        ]

    def _events(self, session: Session, video: int, time_s: float) -> list[dict[str, Any]]:
        """List contacts and toe-offs about a picture: as measured, and where they are now."""
        view = self.original().views[video]
        events = view.events
        near = events[np.abs(events.time_s - time_s) <= _EVENTS_ABOUT_S / view.info.real_per_playback]
        moved = hand_moved(session, video)
        rows = []
        for side, kind, time in zip(near.side, near.kind, near.time_s.to_numpy(dtype=float).tolist(), strict=True):
            same = (m for m in moved if (m.side, m.kind) == (side, kind) and abs(m.from_s - time) < _SAME_S)
            now = next((m.to_s for m in same), time)
            rows.append({"side": side, "kind": kind, "measured_s": round(time, 6), "time_s": round(now, 6)})
        return rows

    def _film_times(self, video: int) -> FloatArray | None:
        try:
            return _frames(self.films[video], _JPEG_QUALITY).times
        except (GaitError, OSError, IndexError):
            return None  # the film is gone: what was measured in it can still be shown


def hand_moved(session: Session, video: int) -> tuple[HandMovedEvent, ...]:
    """Read the events that were moved by hand in a video.

    Parameters
    ----------
    session : Session
    video : int

    Returns
    -------
    tuple of HandMovedEvent
    """
    from gait.events.hand_moved_events import hand_moved_events

    return hand_moved_events(session.views[video].pose)


def _kept(session: Session, video: int) -> list[dict[str, Any]]:
    from gait.signal.hand_moved_keypoints import hand_points

    return [
        {
            "side": point.keypoint.split("_", 1)[0],
            "joint": point.keypoint.split("_", 1)[1].replace("foot_index", "toe"),
            "time_s": point.time_s,
            "scope": point.scope,
        }
        for point in hand_points(session.views[video].pose)
    ]


def _places(view: ViewAnalysis, time_s: float) -> dict[tuple[str, str], tuple[float, float]]:
    """Return where joints are in a frame, in pixels as files count them: whole numbers are the middles."""
    time = np.asarray(view.clean["time"].values, dtype=float)
    frame = view.clean["position"].isel(time=int(np.abs(time - time_s).argmin()), individual=0)
    frame = frame.transpose("keypoint", "space")
    known = dict(zip((str(name) for name in frame.keypoint.values), np.asarray(frame.values, dtype=float), strict=True))
    places = {}
    for side in SIDES:
        for joint in LABEL_POINTS:
            name = f"{side}_{'foot_index' if joint == 'toe' else joint}"
            if name not in known:
                continue
            x, y = (float(value) for value in known[name])
            if np.isfinite([x, y]).all():
                places[side, joint] = (round(x - 0.5, 2), round(y - 0.5, 2))
    return places


def _moment(key: str) -> str | None:
    """Return the moment of a step at which a metric shows; ``None`` where it has none of its own."""
    from gait.metrics.register import METRICS

    return next((spec.moment for spec in METRICS if spec.key == key and spec.measure is not None), None) or next(
        (spec.moment for spec in METRICS if spec.key == key and spec.measure_times is not None), None
    )


def _values(original: Session, session: Session) -> list[dict[str, Any]]:
    """List every measurement as measured and as it is now."""
    from gait.display_units import show_in
    from gait.findings.assessment import compare_with_bands
    from gait.findings.value_text import SIDE_TEXTS
    from gait.report.range_strips import measured_value

    with show_in(session.units):
        before = {
            (a.measurement.key, a.measurement.side): measured_value(a, original.runner)
            for a in compare_with_bands(original.measurements, original.runner)
        }
        numbers = {(m.key, m.side): m.value for m in original.measurements}
        rows = []
        for a in compare_with_bands(session.measurements, session.runner):
            m, was = a.measurement, before.get((a.measurement.key, a.measurement.side))
            now = measured_value(a, session.runner)
            if now is None and was is None:
                continue
            rows.append(
                {
                    "key": m.key,
                    "side": m.side,
                    "name": m.key.replace("_", " ") if a.metric is None else a.metric.name,
                    "side_text": SIDE_TEXTS[m.side],
                    "number": None if m.value is None else round(float(m.value), 6),
                    "measured_number": None if (n := numbers.get((m.key, m.side))) is None else round(float(n), 6),
                    "unit": m.unit,
                    "measured": None if was is None else was.value,
                    "now": None if now is None else now.value,
                    "interval": None if now is None else now.interval,
                    "steps": int(m.steps),
                    "note": m.method if m.value is not None else m.reason,
                }
            )
    return rows


def _check_order(events: Any, moved: Sequence[HandMovedEvent]) -> None:
    """Refuse an event that was moved past its neighbours of the same foot."""
    for event in moved:
        own = events[events.side == event.side]
        at = own.index[(own.kind == event.kind) & (np.abs(own.time_s - event.to_s) < 1e-6)]
        if not len(at):
            raise InputError(_("this event is not there any more; load the page again"), code="conflict")
        others = own.drop(index=at[0])
        before = others[others.time_s <= event.to_s + _LEAST_GAP_S]
        after = others[others.time_s >= event.to_s - _LEAST_GAP_S]
        if event.kind in (*before.kind.iloc[-1:], *after.kind.iloc[:1]) or set(before.index) & set(after.index):
            raise InputError(
                _("a landing must lie between two toe-offs of its foot, and a toe-off between two landings")
            )
