"""One analysis from videos to findings, and the record that holds it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait._typing import PathLike, ProgressCallback
from gait.accessors import resolve_accessor
from gait.background_work import import_in_background
from gait.display_language import ENGLISH, _, speak
from gait.display_units import Units, show_in
from gait.errors import InputError, RefusedError
from gait.heap_settings import return_free_memory
from gait.owned_files import remove_own_file
from gait.pose.appearance.seen_frames import SeenFrames
from gait.pose.checkpoints import discard_checkpoints
from gait.pose.dataset import PELVIS_MARKER_ATTR, network_of_errors
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.pose.picture_stretch import measurable_part
from gait.pose.pose_cache import checkpoint_folder, keep_pose, load_or_estimate_poses
from gait.records import Correction, Finding, Measurement, NextStep, Notice, Runner, Side, ViewChoice
from gait.session_files import check_session_folder

# The networks look at the first frames before xarray and what measures keypoints are loaded: functions import these.
if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

    from gait.analysis.hand_adjustment import HandCorrections
    from gait.analysis.sampling_need import MeasuredCallback
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.findings.answers import Answers
    from gait.findings.next_step import FilmedView

#: What an analysis needs after the first frames, in this order.
_LOADED_MEANWHILE = (
    "xarray",
    "gait.analysis.sampling_need",
    "gait.quality.video_pose",
    "gait.findings.finder",
    "scipy.special",
    "scipy.ndimage",
    "h5netcdf",
)


class Measurements(tuple[Measurement, ...]):
    """All measurements of a session: a tuple of records that also shows itself as a table.

    Parameters
    ----------
    records : iterable of Measurement
    views : sequence of ViewAnalysis
        The views that the records count by ``video``.
    runner : Runner, optional
        Speed and height narrow the ordinary ranges of the table.
    """

    _views: tuple[ViewAnalysis, ...]
    _runner: Runner | None

    def __new__(  # noqa: D102
        cls,
        records: Iterable[Measurement] = (),
        views: Sequence[ViewAnalysis] = (),
        runner: Runner | None = None,
    ) -> Measurements:
        made = super().__new__(cls, records)
        made._views, made._runner = tuple(views), runner
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self), self._views, self._runner

    def to_frame(self) -> pd.DataFrame:
        """Lay the measurements out as a table; see `gait.tables.measurements_table`.

        Returns
        -------
        pandas.DataFrame
            One row a metric and side, refused ones with their reason.
        """
        from gait import tables

        return tables.measurements_table(self, self._views, runner=self._runner)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(max_rows=60))


@dataclass(frozen=True)
class Session:
    """One run of one runner, seen from one or several sides.

    Attributes
    ----------
    runner : Runner
    views : tuple of ViewAnalysis
        One per video, in the order given; ``Measurement.video`` counts them.
    measurements : Measurements
        Each metric and side once, from the video that shows it best, or refused with the reason: a tuple of
        `Measurement`; ``measurements.to_frame()`` is the table.
    findings, corrections, notices : tuples
        Notices begin with warning signs in the answers.
    answers : Answers, optional
        The runner's answers.
    likely : tuple of Finding
        What is likely but not clear (``evidence = "likely"``); ``findings`` holds what is clear.
    next_step : NextStep, optional
        The one input or further clip that would decide most.
    units : {"metric", "imperial", "pace", "imperial-pace"}
        In which speeds and lengths are shown. Measurements stay in their own units.
    language : str
        In which texts are written, one of `gait.display_language.LANGUAGES`.
    """

    runner: Runner
    views: tuple[ViewAnalysis, ...]
    measurements: Measurements
    findings: tuple[Finding, ...]
    corrections: tuple[Correction, ...]
    notices: tuple[Notice, ...]
    answers: Answers | None = None
    likely: tuple[Finding, ...] = ()
    next_step: NextStep | None = None
    units: Units = "metric"
    language: str = ENGLISH

    def __post_init__(self) -> None:
        made = self.measurements
        if not isinstance(made, Measurements) or (made._views, made._runner) != (self.views, self.runner):
            object.__setattr__(self, "measurements", Measurements(made, self.views, self.runner))

    def measurement(self, key: str, *, side: Side | None = None) -> Measurement:
        """Look up one measurement.

        Parameters
        ----------
        key : str
            Of the metric, such as ``cadence``.
        side : {"left", "right", "both"}, optional
            Needed for a metric that has one value per leg.

        Returns
        -------
        Measurement
            With value, unit, interval and grade; refused with a reason where it could not be measured.

        Raises
        ------
        InputError
            No such metric, no such side of it, or a side is needed.

        Examples
        --------
        >>> import gait
        >>> session = gait.assess(gait.analyze_pose(gait.load_poses("notebooks/data/side.nc")))
        >>> cadence = session.measurement("cadence")
        >>> round(cadence.value), cadence.unit
        (150, 'steps/min')
        >>> session.measurement("overstride", side="left").unit
        'fraction of L'
        """
        by_side = {m.side: m for m in self.measurements if m.key == key}
        if not by_side:
            keys = ", ".join(dict.fromkeys(m.key for m in self.measurements))
            raise InputError(_("metric {key} is not in this session; it has: {keys}").format(key=repr(key), keys=keys))
        if side is None and len(by_side) == 1:
            return next(iter(by_side.values()))
        if side is None:
            raise InputError(_("{key} has one value per leg: give side='left' or side='right'").format(key=key))
        if side not in by_side:
            raise InputError(
                _("{key} has no side {side}; it has: {by_side}").format(
                    key=key, side=repr(side), by_side=", ".join(by_side)
                )
            )
        return by_side[side]

    @property
    def pose(self) -> xr.Dataset:
        """Poses of the first video as estimated; those of others are in ``views[n].pose``."""
        return self.views[0].pose

    @property
    def events(self) -> pd.DataFrame:
        """Initial contacts and toe-offs of all videos: ``video, view, side, kind, time_s, uncertainty_s``."""
        from gait import tables

        return tables.events_table(self.views)

    @property
    def steps(self) -> pd.DataFrame:
        """One row a step, one column a metric: ``video, view, side, contact_s, toe_off_s, …``; as in ``steps.csv``."""
        from gait import tables

        return tables.steps_table(self.views)

    @property
    def cycles(self) -> xr.Dataset:
        """Gait cycles, time-normalised to 101 points, each leg's mean and sd; see `gait.tables.cycles_dataset`."""
        from gait import tables

        return tables.cycles_dataset(self.views)

    def measurements_frame(self) -> pd.DataFrame:
        """Return ``measurements.to_frame()``; deprecated.

        Returns
        -------
        pandas.DataFrame
        """
        warnings.warn(
            "Session.measurements_frame() is now Session.measurements.to_frame()", DeprecationWarning, stacklevel=2
        )
        return self.measurements.to_frame()

    def tidy(self, *, name: str = "") -> pd.DataFrame:
        """Lay out means and single steps in one long table; see `gait.tables.tidy_table`.

        Parameters
        ----------
        name : str
            Name of the session, such as its folder: the second column.

        Returns
        -------
        pandas.DataFrame
        """
        from gait import tables

        return tables.tidy_table(self.measurements, self.views, athlete=self.runner.name or "", session=name)

    def plot(self, signal: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Draw a signal over the stride, both legs; see `gait.report.notebook.plot_cycles`.

        Parameters
        ----------
        signal : str, optional
            A signal of ``cycles``; the first without it.
        ax : matplotlib.axes.Axes, optional
            A new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        axes: Axes = resolve_accessor("session.plot")(self, signal, ax=ax)
        return axes

    def plot_steps(self, metric: str, *, ax: Axes | None = None) -> Axes:
        """Draw a metric step by step; see `gait.report.notebook.plot_steps`.

        Parameters
        ----------
        metric : str
            A column of ``steps``.
        ax : matplotlib.axes.Axes, optional
            A new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        axes: Axes = resolve_accessor("session.plot_steps")(self, metric, ax=ax)
        return axes

    def save(self, folder: PathLike) -> Path:
        """Keep the session in a folder, without its videos; see `gait.io.sessions.save_session`.

        Parameters
        ----------
        folder : path

        Returns
        -------
        Path
        """
        path: Path = resolve_accessor("session.save")(self, folder)
        return path

    @staticmethod
    def load(folder: PathLike) -> Session:
        """Measure a kept session again from its poses; see `gait.load_session`.

        Parameters
        ----------
        folder : path

        Returns
        -------
        Session
        """
        session: Session = resolve_accessor("session.load")(folder)
        return session

    def _repr_html_(self) -> str:
        return str(resolve_accessor("session.card")(self))


def analyze(
    videos: Sequence[PathLike] | PathLike,
    *,
    height_m: float | None = None,
    leg_length_m: float | None = None,
    speed_mps: float | None = None,
    name: str | None = None,
    view: ViewChoice | str | Sequence[str] = "auto",
    capture_fps: float | Sequence[float | None] | None = None,
    engine: str = DEFAULT_ENGINE,
    model: PathLike | None = None,
    start: float | None = None,
    end: float | None = None,
    cache_dir: PathLike | None = None,
    fresh: bool = False,
    answers: Answers | None = None,
    adjust: PathLike | Sequence[PathLike] | None = None,
    workers: int | None = None,
    progress: ProgressCallback | None = None,
    same_run: bool = False,
    units: Units = "metric",
    language: str = ENGLISH,
    every_frame: bool = False,
    on_measured: MeasuredCallback | None = None,
    poses: PathLike | None = None,
) -> Session:
    """Analyse one run: poses, events, metrics, findings.

    For one video it gives what the stages give one by one: `gait.estimate_pose`, `gait.clean_pose`,
    `gait.detect_events`, `gait.measure`, `gait.assess`.

    Parameters
    ----------
    videos : path or sequence of paths
        One video, or several of the same run from different sides.
    height_m, leg_length_m : float, optional
        Body height, hip to floor; metres. Without either, only ratios, angles and times are measured.
    speed_mps : float, optional
        Belt speed, m/s.
    name : str, optional
        The runner's name.
    view : {"auto", "side", "rear", "front"}, or a sequence of them
        Where the camera stood; one for all videos, or one for each.
    capture_fps : float, or a sequence of float or None, optional
        Capture rate, frames per second of real time, when the file plays slower than that; one for all videos, or one
        for each.
    engine : str
        Pose engine.
    model : str or path, optional
        "full", "heavy" or "mixed" (full in every frame, heavy in some strides as well), or a model file.
    start, end : float, optional
        Part of each video, seconds of its own timeline.
    cache_dir : path, optional
        Existing folder that keeps ``pose_<n>.nc`` for the next run. While poses are estimated, finished chunks lie in
        ``pose_<n>.part``, where a run that was killed continues. A video longer than two minutes also gets
        ``clean_<n>.nc``, from which the session reads its cleaned keypoints.
    fresh : bool
        Estimate poses even where kept ones fit.
    answers : Answers, optional
        The runner's answers about pain, shoes, training and days (`gait.load_answers`): they add advice and warning
        signs that no video shows.
    adjust : path or sequence of paths, optional
        Files of joints that were set by hand in some frames (``docs/formats.md``), or label files. They move these
        joints in the whole clip. Without any, those of an earlier run in ``cache_dir`` hold; a file without entries
        undoes them.
    workers : int, optional
        Frames in work at the same time; one per processor core without it. Does not change the result.
    progress : callable, optional
        Called with (frames done, frames in all), over all videos that need poses.
    same_run : bool
        The videos show one run, whatever their cadences say. Otherwise videos whose cadences cannot be those of one
        run at one speed are refused; their poses are kept for the next try.
    units : {"metric", "imperial", "pace", "imperial-pace"}
        In which the report shows speeds and lengths: km/h and cm; mph, feet and inches; minutes a kilometre and cm;
        minutes a mile, feet and inches. Measurements stay in their own units.
    language : {"en", "de", "es", "fr"}
        In which the report is written.
    every_frame : bool
        Estimate poses in every frame. Without it a longer video is seen in windows of some strides each, as many as
        narrow the intervals of what is measured.
    on_measured : callable, optional
        Called with the measurements that the first windows of a video give, before more of it is seen. They are for a
        runner of 1.75 m; of a short clip, which is seen whole, there are none.
    poses : path, optional
        Deprecated name of ``cache_dir``.

    Returns
    -------
    Session

    Raises
    ------
    InputError
        A file or an option cannot be used.
    RefusedError
        No video shows a run that can be measured; the message says what to film. Or the videos show different runs.
    """
    if poses is not None:
        warnings.warn("analyze(poses=…) is now analyze(cache_dir=…)", DeprecationWarning, stacklevel=2)
        cache_dir = poses if cache_dir is None else cache_dir
    paths = [Path(videos)] if isinstance(videos, str | os.PathLike) else [Path(v) for v in videos]
    view_of_video = [view] * len(paths) if isinstance(view, str) else list(view)
    if len(view_of_video) != len(paths):
        raise InputError(
            _("{count} views for {count_2} videos; give one for all, or one for each").format(
                count=len(view_of_video), count_2=len(paths)
            )
        )
    rate_of_video = list(capture_fps) if isinstance(capture_fps, Sequence) else [capture_fps] * len(paths)
    if len(rate_of_video) != len(paths):
        raise InputError(
            _("{count} capture rates for {count_2} videos; give one for all, or one each").format(
                count=len(rate_of_video), count_2=len(paths)
            )
        )
    folder = Path(cache_dir) if cache_dir else None
    runner = Runner(name, height_m, leg_length_m, speed_mps)
    adjust_files = [adjust] if isinstance(adjust, str | os.PathLike) else list(adjust or ())
    if folder is not None:
        check_session_folder(folder, videos=len(paths), sources=[*paths, *adjust_files])
    set_by_hand: dict[int, HandCorrections] = {}
    if adjust_files:
        from gait.analysis.hand_adjustment import read_hand_corrections

        set_by_hand = read_hand_corrections(adjust_files, paths, start=start, end=end)
    seen = [SeenFrames() for _ in paths]
    import_in_background(*_LOADED_MEANWHILE)

    def judging(judge: Callable[..., Any], number: int) -> Callable[[xr.Dataset], Any]:
        return partial(
            judge,
            ahead={"video": paths[number], "seen": seen[number], "start": start, "end": end},
            view=view_of_video[number],
            capture_fps=rate_of_video[number],
            on_measured=on_measured,
        )

    datasets = load_or_estimate_poses(
        paths,
        engine=engine,
        model=model,
        start=start,
        end=end,
        cache_dir=folder,
        fresh=fresh,
        workers=workers,
        progress=progress,
        # The frames that were set by hand must be among those with poses.
        every_frame=every_frame or any(corrections.points for corrections in set_by_hand.values()),
        watch=[frames.add for frames in seen],
        more=[judging(_times_needed, number) for number in range(len(paths))],
        where=[judging(_parts_where_change_begins, number) for number in range(len(paths))],
    )
    return_free_memory()  # of the networks
    from gait.analysis.hand_adjustment import add_hand_corrections
    from gait.analysis.same_run import refuse_different_runs
    from gait.analysis.view_analysis import analyze_pose
    from gait.quality.file_notices import file_notices
    from gait.quality.video_pose import read_appearance

    views: dict[int, ViewAnalysis] = {}
    refusals: list[str] = []
    codes: list[str | None] = []
    notices: list[Notice] = []
    for number, path in enumerate(paths):
        pose = datasets[number]
        if (rate := rate_of_video[number]) is not None:
            pose.attrs["capture_fps"] = rate
        with speak(language):
            notices_of_file = file_notices(path, pose)
        clean_file = None if folder is None else folder / f"clean_{number + 1}.nc"
        if clean_file is not None:
            remove_own_file(clean_file)  # of an earlier, longer video
        chosen: ViewChoice = view_of_video[number]  # type: ignore[assignment]
        try:
            with seen[number]:
                datasets[number] = read_appearance(path, pose, view=chosen, start=start, end=end, seen=seen[number])
            if number in set_by_hand:
                datasets[number] = add_hand_corrections(datasets[number], set_by_hand[number])
            with show_in(units), speak(language):
                view_analysis = analyze_pose(
                    datasets[number], runner=runner, view=chosen, video=len(views), keep=clean_file
                )
            with speak(language):
                _refuse_without_values(view_analysis)
            views[number] = view_analysis
        except RefusedError as refusal:
            refusals.append(f"{path.name}: {refusal}")
            codes.append(refusal.code)
            if clean_file is not None:
                remove_own_file(clean_file)
            continue
        notices.extend(notices_of_file)
    if folder is not None:
        # Kept only now: a run that is refused leaves nothing behind.
        if views:
            kept = [keep_pose(pose, folder, number) for number, pose in enumerate(datasets)]
            views = {number: replace(view, pose=measurable_part(kept[number])) for number, view in views.items()}
        for number in range(len(datasets)):
            discard_checkpoints(checkpoint_folder(folder, number))
    if not views:
        raise RefusedError("; ".join(refusals), code=next((code for code in codes if code is not None), None))
    if not same_run:
        with speak(language):
            refuse_different_runs(list(views.values()), [paths[number].name for number in views])
    refused = [Notice("video_refused", text) for text in refusals]
    return assess(
        list(views.values()),
        runner=runner,
        answers=answers,
        notices=(*refused, *notices),
        units=units,
        language=language,
    )


def preload() -> None:
    """Import all that :func:`analyze` needs, for a process that waits for its first video."""
    for module in _LOADED_MEANWHILE:
        import_module(module)


def _times_needed(pose: xr.Dataset, *, ahead: Mapping[str, Any], **options: Any) -> float:
    from gait.analysis.sampling_need import times_needed
    from gait.quality.video_pose import reading_ahead

    return reading_ahead(partial(times_needed, **options), **ahead)(pose)


def _parts_where_change_begins(
    pose: xr.Dataset, *, ahead: Mapping[str, Any], **options: Any
) -> Sequence[tuple[float, float]]:
    from gait.analysis.sampling_need import parts_where_change_begins
    from gait.quality.video_pose import reading_ahead

    return reading_ahead(partial(parts_where_change_begins, **options), **ahead)(pose)


def _refuse_without_values(view: ViewAnalysis) -> None:
    """Refuse a video of which every metric was refused: that is no measurement."""
    if any(measurement.grade != "refused" for measurement in view.measurements):
        return
    # Every view shows cadence, so its reason is not that another view is needed.
    first = next((m for m in view.measurements if m.key == "cadence"), view.measurements[0])
    raise RefusedError(_("nothing could be measured: {reason}").format(reason=first.reason), code=first.reason_code)


def assess(
    views: ViewAnalysis | Sequence[ViewAnalysis],
    *,
    runner: Runner | None = None,
    answers: Answers | None = None,
    notices: Sequence[Notice] = (),
    units: Units = "metric",
    language: str = ENGLISH,
) -> Session:
    """Compare measurements with ordinary values and derive findings: the last step of :func:`analyze`.

    Parameters
    ----------
    views : ViewAnalysis or sequence of ViewAnalysis
        One per video of the same run, numbered from 0 (`gait.analyze_pose`, `gait.measure`).
    runner : Runner, optional
        Height and speed decide about bands.
    answers : Answers, optional
        The runner's answers (`gait.load_answers`).
    notices : sequence of Notice
        What else a reader must know; they come after warning signs in the answers.
    units : {"metric", "imperial", "pace", "imperial-pace"}
        In which speeds and lengths are shown.
    language : {"en", "de", "es", "fr"}
        In which texts are written.

    Returns
    -------
    Session
        Each metric from the view that shows it best, findings, and what to do about them.

    Raises
    ------
    InputError
        No views.
    """
    from gait.analysis.best_view import best_measurements
    from gait.analysis.hand_adjustment import hand_correction_notice
    from gait.analysis.same_run import doubt_same_run
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.findings.belt_reading import complete_from_belt
    from gait.findings.finder import assess_form
    from gait.findings.knowledge_loader import load_knowledge
    from gait.metrics.asymmetry import measure_asymmetries
    from gait.metrics.drift import measure_drifts

    views = [views] if isinstance(views, ViewAnalysis) else list(views)
    if not views:
        raise InputError(_("there is nothing to assess: give at least one measured view"))
    runner = runner or Runner()
    belts = [v.belt_speed_mps for v in views if v.belt_speed_mps is not None]
    unscaled = [v.belt_heights_per_s for v in views if v.belt_heights_per_s is not None]
    runner = complete_from_belt(runner, belts[0] if belts else None, unscaled[0] if unscaled else None)
    smallest = {m.key: m.smallest_detectable for m in load_knowledge().metrics.values() if m.smallest_detectable}
    with show_in(units), speak(language):
        measurements = (
            *best_measurements(views),
            *measure_asymmetries(views, smallest),
            *measure_drifts(views, smallest),
        )
        form = assess_form(measurements, runner, answers=answers, filmed=[_filmed(view) for view in views])
    signs = load_knowledge().warnings
    warning_signs = [n for n in form.notices if n.code in signs]
    with speak(language):
        doubt = doubt_same_run(views)
        by_hand = hand_correction_notice([view.pose for view in views])
    doubts = () if doubt is None else (doubt,)
    if by_hand is not None:
        doubts = (Notice("moved_by_hand", by_hand), *doubts)
    everything = (*warning_signs, *doubts, *notices, *(n for n in form.notices if n.code not in signs))
    return Session(
        runner,
        tuple(views),
        Measurements(measurements, views, runner),
        form.findings,
        form.corrections,
        everything,
        answers,
        form.likely,
        form.next_step,
        units,
        language,
    )


def _filmed(view: ViewAnalysis) -> FilmedView:
    """Say how a video was filmed, as far as it decides about errors."""
    from gait.findings.next_step import FilmedView

    return FilmedView(
        view.camera.view,
        view.info.capture_fps,
        network_of_errors(view.pose),
        view.camera.near_side or "both",
        view.pose.attrs.get(PELVIS_MARKER_ATTR) in ("tape", "waistband"),
    )
