"""One analysis from videos to findings, and what it holds."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import xarray as xr

from gait import tables
from gait._typing import ProgressCallback
from gait.analysis.view_analysis import ViewAnalysis, analyze_pose
from gait.errors import GaitError, InputError, RefusedError
from gait.findings.answers import Answers
from gait.findings.finder import derive_findings
from gait.findings.knowledge_loader import load_knowledge
from gait.geometry.camera import Camera
from gait.io import sessions as saved
from gait.metrics.asymmetry import asymmetries
from gait.metrics.drift import drifts
from gait.metrics.register import METRICS
from gait.netcdf import open_along_time
from gait.pose.checkpoints import WHOLE, discard_checkpoints
from gait.pose.dataset import load_pose, save_pose
from gait.pose.engines.engine import DEFAULT_ENGINE
from gait.pose.estimation import can_reuse_poses, estimate_pose, frame_times_to_estimate
from gait.quality.video_check import gate
from gait.records import Correction, Finding, Grade, Measurement, Notice, Runner
from gait.report import notebook

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

GRADE_ORDER: tuple[Grade, ...] = ("good", "fair", "poor", "refused")


@dataclass(frozen=True)
class Session:
    """One run of one runner, seen from one or several sides.

    Attributes
    ----------
    runner : Runner
    views : tuple of ViewAnalysis
        One per video, in the order given; ``Measurement.video`` counts them.
    measurements : tuple of Measurement
        Each metric and side once, from the video that shows it best, or refused with the reason.
    findings, corrections, notices : tuples
        Notices begin with warning signs in the answers.
    answers : Answers, optional
        What the runner said.
    """

    runner: Runner
    views: tuple[ViewAnalysis, ...]
    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...]
    corrections: tuple[Correction, ...]
    notices: tuple[Notice, ...]
    answers: Answers | None = None

    @property
    def pose(self) -> xr.Dataset:
        """Poses of the first video as estimated; those of others are in ``views[n].pose``."""
        return self.views[0].pose

    @property
    def events(self) -> pd.DataFrame:
        """Initial contacts and toe-offs of all videos: ``video, view, side, kind, time_s, uncertainty_s``."""
        return tables.events_table(self)

    @property
    def steps(self) -> pd.DataFrame:
        """One row a step, one column a metric: ``video, view, side, contact_s, toe_off_s, …``; as in ``steps.csv``."""
        return tables.steps_table(self)

    @property
    def cycles(self) -> xr.Dataset:
        """Gait cycles, time-normalised to 101 points, each leg's mean and sd; see `gait.tables.cycles_dataset`."""
        return tables.cycles_dataset(self)

    def measurements_frame(self) -> pd.DataFrame:
        """Measurements as a table, refused ones with their reason; see `gait.tables.measurements_table`."""
        return tables.measurements_table(self)

    def tidy(self, *, name: str = "") -> pd.DataFrame:
        """Means and single steps in one long table; see `gait.tables.tidy_table`."""
        return tables.tidy_table(self, name=name)

    def plot(self, signal: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Draw a signal over the stride, both legs; see `gait.report.notebook.plot_cycles`."""
        return notebook.plot_cycles(self, signal, ax=ax)

    def plot_steps(self, metric: str, *, ax: Axes | None = None) -> Axes:
        """Draw a metric step by step; see `gait.report.notebook.plot_steps`."""
        return notebook.plot_steps(self, metric, ax=ax)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Keep the session in a folder, without its videos; see `gait.io.sessions.save_session`."""
        return saved.save_session(self, folder)

    @staticmethod
    def load(folder: str | os.PathLike[str]) -> Session:
        """Measure a kept session, or that of a report, again from its poses; see `gait.io.sessions.load_session`."""
        return saved.load_session(folder)

    def _repr_html_(self) -> str:
        return notebook.card(self)


def analyze(
    videos: Sequence[str | os.PathLike[str]] | str | os.PathLike[str],
    *,
    height_m: float | None = None,
    leg_length_m: float | None = None,
    speed_mps: float | None = None,
    name: str | None = None,
    view: Literal["auto", "side", "rear", "front"] | str | Sequence[str] = "auto",
    capture_fps: float | None = None,
    engine: str = DEFAULT_ENGINE,
    model: str | os.PathLike[str] | None = None,
    start: float | None = None,
    end: float | None = None,
    poses: str | os.PathLike[str] | None = None,
    fresh: bool = False,
    answers: Answers | None = None,
    workers: int | None = None,
    progress: ProgressCallback | None = None,
) -> Session:
    """Analyse one run: poses, kinematics, findings.

    Parameters
    ----------
    videos : path or sequence of paths
        One video, or several of the same run from different sides.
    height_m, leg_length_m : float, optional
        Body height, hip to floor; metres. Without either, only ratios, angles and times are measured.
    speed_mps : float, optional
        Belt speed, m/s.
    name : str, optional
    view : {"auto", "side", "rear", "front"}, or a sequence of them
        Where the camera stood; one for all videos, or one for each.
    capture_fps : float, optional
        How fast the camera sampled reality, when the file plays slower than that.
    engine : str
    model : path, optional
        Another pose model than the bundled one.
    start, end : float, optional
        Part of each video, seconds of its own timeline.
    poses : path, optional
        Existing folder in which ``pose_<n>.nc`` are kept and looked for; while one is being made, its finished parts
        are kept in ``pose_<n>.part``, where work that was killed goes on. A video longer than two minutes also gets
        ``clean_<n>.nc``, from which the session reads its cleaned landmarks.
    fresh : bool
        Estimate poses even where kept ones would do.
    answers : Answers, optional
        What the runner said of pain, shoes, training and days (`gait.findings.answers.load_answers`): brings up
        advice and warning signs that no picture shows.
    workers : int, optional
        Frames in work at the same time; one per processor core without it. Does not change the result.
    progress : callable, optional
        Called with (frames done, frames in all), over all videos that need poses.

    Returns
    -------
    Session

    Raises
    ------
    InputError
        A file or an option cannot be used.
    RefusedError
        No video shows a run that can be measured; the message says what to film.
    """
    paths = [Path(videos)] if isinstance(videos, str | os.PathLike) else [Path(v) for v in videos]
    asked = [view] * len(paths) if isinstance(view, str) else list(view)
    if len(asked) != len(paths):
        raise InputError(f"{len(asked)} views for {len(paths)} videos; give one for all, or one for each")
    folder = Path(poses) if poses else None
    runner = Runner(name, height_m, leg_length_m, speed_mps)
    views: list[ViewAnalysis] = []
    refusals: list[str] = []
    warned: list[Notice] = []
    datasets = _poses(paths, engine, model, start, end, folder, fresh, workers, progress)
    numbers: list[int] = []
    for number, (path, pose) in enumerate(zip(paths, datasets, strict=True)):
        if capture_fps is not None:
            pose.attrs["capture_fps"] = capture_fps
        pose.attrs["source_file"] = str(path)
        notices_of_file = file_notices(path, pose)
        clean = None if folder is None else folder / f"clean_{number + 1}.nc"
        if clean is not None:
            clean.unlink(missing_ok=True)  # of an earlier, longer video
        seen = gate(path, pose, view=asked[number], start=start, end=end)  # type: ignore[arg-type]
        pose.attrs.pop("camera_roll_deg", None)  # as kept poses had it
        if seen.camera_roll_deg is not None:
            pose.attrs["camera_roll_deg"] = seen.camera_roll_deg
        try:
            pose = datasets[number] = _looked_at(path, pose, seen.camera)
            analysed = analyze_pose(pose, runner=runner, view=asked[number], video=len(views), keep=clean)  # type: ignore[arg-type]
            warnings = (*analysed.info.warnings, *seen.warnings)
            views.append(replace(analysed, info=replace(analysed.info, warnings=warnings)))
            warned.extend(notices_of_file)
            numbers.append(number)
        except RefusedError as error:
            refusals.append(f"{path.name}: {error}")
    if folder is not None:
        # Kept only now: a run that is refused leaves nothing behind.
        kept = [_kept(pose, folder, number) for number, pose in enumerate(datasets)] if views else []
        views = [replace(v, pose=kept[number]) for v, number in zip(views, numbers, strict=True)]
        for number in range(len(datasets)):
            discard_checkpoints(_parts(folder, number))
    if not views:
        raise RefusedError("; ".join(refusals))
    refused = [Notice("video_refused", text) for text in refusals]
    return assess(views, runner=runner, answers=answers, notices=(*refused, *warned))


def assess(
    views: ViewAnalysis | Sequence[ViewAnalysis],
    *,
    runner: Runner | None = None,
    answers: Answers | None = None,
    notices: Sequence[Notice] = (),
) -> Session:
    """Compare what was measured with what is usual, and say what follows: the last step of :func:`analyze`.

    Parameters
    ----------
    views : ViewAnalysis or sequence of ViewAnalysis
        One per video of the same run, numbered from 0 (`gait.analyze_pose`, `gait.measure`).
    runner : Runner, optional
        Height and speed decide about bands.
    answers : Answers, optional
        What the runner said (`gait.load_answers`).
    notices : sequence of Notice
        What else a reader must know; told after warning signs in the answers.

    Returns
    -------
    Session
        Each metric from the view that shows it best, findings, and what to do about them.

    Raises
    ------
    InputError
        No views.
    """
    views = [views] if isinstance(views, ViewAnalysis) else list(views)
    if not views:
        raise InputError("there is nothing to assess: give at least one measured view")
    runner = runner or Runner()
    belts = [v.belt_speed_mps for v in views if v.belt_speed_mps is not None]
    if runner.speed_mps is None and belts:
        runner = replace(runner, speed_seen_mps=belts[0])
    smallest = {m.key: m.smallest_detectable for m in load_knowledge().metrics.values() if m.smallest_detectable}
    measurements = (*best_of(views), *asymmetries(views, smallest), *drifts(views, smallest))
    findings, corrections, found = derive_findings(measurements, runner, answers=answers)
    signs = load_knowledge().warnings
    first = [n for n in found if n.code in signs]
    everything = (*first, *notices, *(n for n in found if n.code not in signs))
    return Session(runner, tuple(views), measurements, tuple(findings), tuple(corrections), everything, answers)


def options_of(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Give what :func:`analyze` was asked for when it made the report in a folder, as its arguments.

    Raises
    ------
    InputError
        There is no report, or a video is not where it was.
    """
    place = Path(folder)
    record = saved.read_report(place)
    runner, videos = record["runner"], record["videos"]
    paths = []
    for video in videos:
        known = Path(video["file"])
        found = next((p for p in (known, place / known.name, place.parent / known.name) if p.is_file()), None)
        if found is None:
            raise InputError(f"{known}: the video is not there any more; put it back, or beside {place}")
        paths.append(found)
    kept = place / "pose_1.nc"
    attributes = load_pose(kept).attrs if kept.is_file() else {}
    rates = {video["capture_fps"] for video in videos if video["capture_fps"] != video["playback_fps"]}
    limits = {name: attributes.get(f"{name}_s") for name in ("start", "end")}
    return {
        "videos": paths,
        "height_m": runner["height_m"],
        "leg_length_m": runner["leg_length_m"],
        "speed_mps": runner["speed_mps"],
        "name": runner["name"],
        "view": videos[0]["view"] if len(videos) == 1 else "auto",
        "capture_fps": rates.pop() if len(rates) == 1 else None,
        "engine": videos[0]["engine"],
        **{name: None if value is None or math.isnan(value) else float(value) for name, value in limits.items()},
    }


def _looked_at(path: Path, pose: xr.Dataset, camera: Camera | None) -> xr.Dataset:
    """Add to poses what only the pictures show, unless they have it: how shoes land (side), how the pelvis tilts."""
    from gait.analysis.shoe_following import follow_shoes
    from gait.pose.appearance.pelvis import PELVIS_VERSION, add_pelvis_tilt

    if camera is None:
        return pose
    if camera.view == "side":
        return follow_shoes(path, pose, camera)
    if pose.attrs.get("pelvis_version") == PELVIS_VERSION:
        return pose
    return add_pelvis_tilt(path, pose, view=camera.view, leg_px=camera.leg_px)


def file_notices(path: Path, pose: xr.Dataset) -> list[Notice]:
    """Say what is odd about a video file itself: cut off, no timestamps, other people in the picture."""
    from gait.video.reader import probe

    notices = [Notice("video_file", f"{path.name}: {text}") for text in probe(path).warnings]
    others = int(pose.attrs.get("bystander_frames", 0))
    if others > 0.05 * pose.sizes["time"]:
        notices.append(Notice("bystander", f"{path.name}: somebody else is in the picture in {others} frames"))
    return notices


def _poses(
    paths: list[Path],
    engine: str,
    model: str | os.PathLike[str] | None,
    start: float | None,
    end: float | None,
    folder: Path | None,
    fresh: bool,
    workers: int | None,
    progress: ProgressCallback | None,
) -> list[xr.Dataset]:
    """Load kept poses where they fit the videos and options, estimate the others."""
    kept: dict[int, xr.Dataset] = {}
    for number, path in enumerate(paths):
        file = folder / f"pose_{number + 1}.nc" if folder else None
        if file is None or fresh or not file.exists():
            continue
        try:
            pose = load_pose(file)
        except GaitError:
            continue  # damaged or from another program: estimate anew
        if can_reuse_poses(pose, path, engine=engine, model=model, start=start, end=end):
            kept[number] = pose
        else:
            pose.close()
    lengths = {n: len(frame_times_to_estimate(p, start=start, end=end)) for n, p in enumerate(paths) if n not in kept}
    total, done = sum(lengths.values()), 0
    datasets = []
    for number, path in enumerate(paths):
        if number not in kept:
            before = done

            def advance(frames: int, _of: int | None, before: int = before) -> None:
                if progress is not None:
                    progress(before + frames, total)

            keep = None if folder is None else _parts(folder, number)
            if keep is not None and fresh:
                discard_checkpoints(keep)
            kept[number] = estimate_pose(
                path, engine=engine, model=model, start=start, end=end, workers=workers, keep=keep, progress=advance
            )
            done += lengths[number]
        datasets.append(kept[number])
    return datasets


def _kept(pose: xr.Dataset, folder: Path, number: int) -> xr.Dataset:
    """Put poses where the next run looks for them, unless they come from there; give them back."""
    target = folder / f"pose_{number + 1}.nc"
    made = _parts(folder, number) / WHOLE
    if _versions(pose.attrs) != _kept_versions(made if made.exists() else target):
        save_pose(pose, target)
        return load_pose(target).assign_attrs(pose.attrs)
    if made.exists():
        pose.close()
        made.replace(target)
        return load_pose(target).assign_attrs(pose.attrs)
    if pose.encoding.get("source") != str(target):
        save_pose(pose, target)
    return pose


def _versions(attributes: Mapping[Any, Any]) -> tuple[int, int]:
    """Say how pelvis and feet were read off the pictures; 0 where they were not."""
    return int(attributes.get("pelvis_version", 0)), int(attributes.get("feet_version", 0))


def _kept_versions(file: Path) -> tuple[int, int]:
    """Say the same of a pose file; where there is none, nothing was read."""
    try:
        with open_along_time(file) as kept:
            return _versions(kept.attrs)
    except Exception:  # the reader raises whatever it likes on a broken file, which is replaced anyway
        return 0, 0


def _parts(folder: Path, number: int) -> Path:
    """Give the folder for the finished parts of a pose file that is being made."""
    return folder / f"pose_{number + 1}.part"


def best_of(views: Sequence[ViewAnalysis]) -> tuple[Measurement, ...]:
    """Each metric and side once: from the view that is best for it, then by grade, then by number of steps."""
    chosen = []
    for metric in METRICS:
        for side in ("left", "right") if metric.sided else ("both",):
            candidates = [m for v in views for m in v.measurements if m.key == metric.key and m.side == side]
            chosen.append(min(candidates, key=lambda m: _preference(m, views, metric.views)))
    return tuple(chosen)


def _preference(m: Measurement, views: Sequence[ViewAnalysis], order: Sequence[str]) -> tuple[bool, int, int, int]:
    view = views[m.video].info.view
    place = order.index(view) if view in order else len(order)
    return m.value is None, GRADE_ORDER.index(m.grade), place, -m.steps
