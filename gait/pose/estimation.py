"""From a video to its pose dataset, and whether a saved one can be used again."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray, PathLike, ProgressCallback
from gait.display_language import _
from gait.errors import InputError
from gait.pose.checkpoints import FINISHED_FILE, REFINED_FOLDER, CheckpointFolder, PoseChunk, PoseChunks
from gait.pose.dataset import (
    BYSTANDER_FRAMES_ATTR,
    MODEL_VARIANT_ATTR,
    SAMPLED_WINDOWS_ATTR,
    SAMPLING_VERSION_ATTR,
    TRUNK_KEYPOINTS,
    VIDEO_FPS_ATTR,
    VIDEO_FRAMES_ATTR,
    load_pose,
    make_pose_dataset,
    write_pose,
)
from gait.pose.engines.engine_registry import DEFAULT_ENGINE, make_engine, model_hash, runs_mixed
from gait.pose.engines.model_file import MIXED, MIXED_NETWORKS, network_name
from gait.pose.engines.pose_engine import EngineState, FrameResult, PoseEngine
from gait.pose.engines.window_tracking import WatchFrame, WindowTracker
from gait.pose.refinement import add_refinement, refinement_windows
from gait.pose.sampling_plan import SAMPLING_VERSION, WINDOW_S, SamplingPlan, plan_windows
from gait.pose.tracking.chosen_runner import chosen_runner
from gait.pose.tracking.runner_selection import PersonChunk, select_runner_in_chunks
from gait.pose.window_estimation import ChunksInTime, DenserParts, MoreWindows, WindowEstimation, sampled_step
from gait.pose.worker_thread import in_worker_thread
from gait.single_core import available_cores
from gait.video import DecodedFrame, VideoMeta, frame_times, probe, read_decoded_frames
from gait.video.reader import SAME_FRAME_S
from gait.video.timeline import timeline_of

if TYPE_CHECKING:  # loaded while the networks look at the first frames
    import xarray as xr

_Judged = TypeVar("_Judged")
#: Poses of more frames than this (12 MB) lie in a file where there is a folder for it, and are read lazily. [E]
HELD_FRAMES = 5000

#: Increased when the same video and model would give other poses than before, so that saved ones are not used again.
POSE_VERSION = 3
#: Frames per second of real time that suffice: at twice as many, contact and toe-off of the force-plate runners came
#: out no better (contact 5.2 and 5.0 ms from the side, toe-off 13.7 and 13.1 ms).
_SUFFICIENT_FPS = 120.0
#: Memory per worker is some 100 MB, and decoding keeps no more than about eight busy. [E]
_MAX_WORKERS = 8
#: Windows of so many seconds are enough for all that is measured: some 40 strides. [E]
ENOUGH_S = 30.0
#: Frames in a chunk: a few seconds of work, which is what a killed run loses. [E]
_CHUNK_FRAMES = 512


def estimate_keypoints(
    video: PathLike,
    *,
    engine: str = DEFAULT_ENGINE,
    model: PathLike | None = None,
    start: float | None = None,
    end: float | None = None,
    workers: int | None = None,
    checkpoint_dir: PathLike | None = None,
    progress: ProgressCallback | None = None,
    every_frame: bool = True,
    more: MoreWindows | None = None,
    where: DenserParts | None = None,
    watch: WatchFrame | None = None,
) -> xr.Dataset:
    """Estimate where the runner's joints are in the frames of a video; bystanders are left out.

    Of a video with a capture rate of 240 frames per second or more, only every second frame, or fewer, is used.

    Parameters
    ----------
    video : path
    engine : str
        A name in `gait.pose.engines.engine_registry.ENGINES`.
    model : str or path, optional
        Another model for the engine than its own: a file, or of BlazePose "full", "heavy" or "mixed" (full in every
        frame, heavy in some strides as well; see `gait.pose.refinement`).
    start, end : float, optional
        Only frames with ``start <= time < end``, seconds on the file's own timeline.
    workers : int, optional
        Frames in work at the same time; one per processor core without it. Does not change the result.
    checkpoint_dir : path, optional
        Folder for finished chunks. The same work, when it was killed, continues from them. Made when needed; stays
        when the work is done (`gait.pose.checkpoints.discard_checkpoints` removes it). Does not change the result.
    progress : callable, optional
        Called with (frames done, frames in all).
    every_frame : bool
        ``False``: only in windows of consecutive frames, spread over the video (`gait.pose.sampling_plan`), and at
        most 60 of them per second of real time. A short video is one window.
    more : callable, optional
        Decides whether the windows seen so far are enough (`gait.analysis.sampling_need.times_needed`). Without it
        only the first round is seen.
    where : callable, optional
        Finds the parts of a long video that should be seen more densely
        (`gait.analysis.sampling_need.parts_where_change_begins`).
    watch : callable, optional
        Is shown each frame of these windows (`gait.pose.engines.window_tracking.WindowTracker`).

    Returns
    -------
    xr.Dataset
        See `gait.pose.dataset`. Frames without the runner hold NaN and confidence 0; a video without any person is
        not an error here. Attributes ``bystander_frames``: number of frames with somebody else; ``model_variant``:
        which network (`gait.pose.dataset.network_variant`). With
        ``checkpoint_dir`` and many frames the dataset lies in a file there and is read lazily
        (`gait.pose.dataset.load_pose`); else it is in memory.

    Raises
    ------
    InputError
        When the video, range, engine or model cannot be used, or chunks cannot be saved.
    """
    path = Path(video)
    meta = probe(path)
    step = _frame_step(meta)
    in_range = frame_times(path, start=start, end=end)
    times = in_range[::step]
    if workers is None:
        workers = min(available_cores(), _MAX_WORKERS)
    if not every_frame:
        plan = plan_windows(in_range, timeline_of(path).keys_s, meta.fps / meta.assumed_capture_fps)
        return _estimate_sampled(
            path, plan, in_range, engine, model, start, end, workers, checkpoint_dir, progress, more, where, watch
        )
    pose_engine = make_engine(engine, model, workers=workers)
    second_engine = make_engine(engine, MIXED_NETWORKS[1], workers=workers) if runs_mixed(engine, model) else None
    windows = []
    variant, sha256 = network_name(pose_engine.model_sha256), pose_engine.model_sha256
    if second_engine is not None:
        windows = refinement_windows(times, meta.fps / meta.assumed_capture_fps)
        variant, sha256 = MIXED, model_hash(engine, model)
    identity = pose_identity(path, sha256, start, end)
    total = len(times) + sum(window.stop - window.start for window in windows)
    chunks: PoseChunks = []
    done, last = 0, None
    if checkpoint_dir is not None:
        chunks = CheckpointFolder(checkpoint_dir, {"engine": pose_engine.name, "model": pose_engine.model, **identity})
        for last in chunks.restore():
            done += len(last.time)
    if progress is not None and done:
        progress(done, total)
    if last is None or (times > last.time[-1] + 1e-6).any():
        state = None if last is None else last.state
        first = start if last is None else float(times[times > last.time[-1] + 1e-6][0])
        with (
            pose_engine,
            closing(_engine_results(path, pose_engine, meta, float(times[0]), first, end, state)) as answers,
        ):
            chunk_times: list[float] = []
            results: list[FrameResult] = []
            for time_s, result in answers:
                chunk_times.append(time_s)
                results.append(result)
                if len(chunk_times) >= _CHUNK_FRAMES and result.state is not None:
                    _append(chunks, PoseChunk.of(chunk_times, results, len(pose_engine.keypoints)))
                    chunk_times, results = [], []
                done += 1
                if progress is not None:
                    progress(done, total)
            if chunk_times:
                _append(chunks, PoseChunk.of(chunk_times, results, len(pose_engine.keypoints)))
    pieces: Iterator[xr.Dataset] = _runner_datasets(
        chunks,
        _dataset_options(path, meta, step, pose_engine),
        {VIDEO_FPS_ATTR: meta.fps, VIDEO_FRAMES_ATTR: len(in_range), MODEL_VARIANT_ATTR: variant, **identity},
    )
    if second_engine is not None:
        refined: PoseChunks = []
        if checkpoint_dir is not None:
            work = {"engine": second_engine.name, "model": second_engine.model, **identity}
            refined = CheckpointFolder(Path(checkpoint_dir) / REFINED_FOLDER, work)
        advance = None if progress is None else partial(_advance, progress, len(times), total)
        _estimate_windows(path, second_engine, meta, times, windows, refined, advance)
        pieces = (add_refinement(piece, refined) for piece in pieces)
    if checkpoint_dir is None:
        return _joined(pieces)
    write_pose(pieces, Path(checkpoint_dir) / FINISHED_FILE)
    return load_pose(Path(checkpoint_dir) / FINISHED_FILE)


def _estimate_sampled(
    path: Path,
    plan: SamplingPlan,
    times: FloatArray,
    engine: str,
    model: PathLike | None,
    start: float | None,
    end: float | None,
    workers: int,
    checkpoint_dir: PathLike | None,
    progress: ProgressCallback | None,
    more: MoreWindows | None,
    where: DenserParts | None,
    watch: WatchFrame | None,
) -> xr.Dataset:
    """Estimate poses in the windows of a plan."""
    meta = probe(path)
    mixed = runs_mixed(engine, model)
    step = sampled_step(meta)
    tracker = WindowTracker(path, engine=engine, model=model, workers=workers, watch=watch)
    sha256 = model_hash(engine, model) if mixed else tracker.model_sha256
    identity = pose_identity(path, sha256, start, end) | {SAMPLING_VERSION_ATTR: SAMPLING_VERSION}
    variant = MIXED if mixed else network_name(tracker.model_sha256)
    work = {"engine": tracker.name, "model": tracker.model, **identity}
    first: list[PoseChunk] | CheckpointFolder = []
    second: list[PoseChunk] | CheckpointFolder = []
    if checkpoint_dir is not None:
        first = CheckpointFolder(checkpoint_dir, work)
        second = CheckpointFolder(Path(checkpoint_dir) / REFINED_FOLDER, work | {"network": MIXED_NETWORKS[1]})
        if mixed:
            Path(checkpoint_dir).mkdir(exist_ok=True)
    chunks, refined = ChunksInTime(first), ChunksInTime(second)
    options = _dataset_options(path, meta, step, tracker)
    attributes = {VIDEO_FPS_ATTR: meta.fps, VIDEO_FRAMES_ATTR: len(times), MODEL_VARIANT_ATTR: variant, **identity}

    def pieces(windows: list[tuple[float, float]]) -> Iterator[xr.Dataset]:
        edges = {} if plan.is_whole else {SAMPLED_WINDOWS_ATTR: np.array(windows, dtype=float).ravel()}
        for piece in _runner_datasets(chunks, options, attributes):
            if mixed:
                time = piece.time.values
                near = refined.between(float(time[0]) - SAME_FRAME_S, float(time[-1]) + SAME_FRAME_S)
                piece = add_refinement(piece, near)
            yield piece.assign_attrs(edges)

    latest: dict[tuple[tuple[float, float], ...], xr.Dataset] = {}

    def poses_of(windows: list[tuple[float, float]]) -> xr.Dataset:
        if tuple(windows) not in latest:
            for before in latest.values():
                before.close()
            latest.clear()
            frames = sum(int(np.ptp(np.searchsorted(times, window))) for window in windows) // step
            if checkpoint_dir is None or frames <= HELD_FRAMES:
                latest[tuple(windows)] = _joined(pieces(windows))
            else:
                write_pose(pieces(windows), Path(checkpoint_dir) / FINISHED_FILE)
                latest[tuple(windows)] = load_pose(Path(checkpoint_dir) / FINISHED_FILE)
        return latest[tuple(windows)]

    def of_poses(
        judge: Callable[[xr.Dataset], _Judged] | None,
    ) -> Callable[[list[tuple[float, float]]], _Judged] | None:
        """Have a function of poses judge those of the windows seen up to now."""
        if judge is None:
            return None
        return lambda windows: judge(poses_of(windows))

    estimation = WindowEstimation(path, meta, times, plan, step, tracker, mixed, chunks, refined, _append, progress)
    is_long = plan.first * WINDOW_S >= ENOUGH_S
    windows = estimation.run(of_poses(None if is_long or plan.is_whole else more), of_poses(where if is_long else None))
    if not len(list(chunks)):
        raise InputError(_("{path}: none of its frames can be decoded").format(path=path))
    return poses_of(windows)


def _joined(pieces: Iterator[xr.Dataset]) -> xr.Dataset:
    import xarray as xr

    return xr.concat(pieces, "time", combine_attrs="override")


def _dataset_options(path: Path, meta: VideoMeta, step: int, engine: PoseEngine | WindowTracker) -> dict[str, Any]:
    """Return what the pose dataset of a video says beside its arrays."""
    return {
        "keypoints": engine.keypoints,
        "fps": meta.fps / step,
        "capture_fps": meta.assumed_capture_fps,
        "image_width": meta.width,
        "image_height": meta.height,
        "source_file": path.name,
        "engine": engine.name,
        "model": engine.model,
        "keypoint_family": engine.keypoint_family,
    }


def _advance(progress: ProgressCallback, before: int, total: int, frames: int) -> None:
    progress(before + frames, total)


def _estimate_windows(
    path: Path,
    engine: PoseEngine,
    meta: VideoMeta,
    times: FloatArray,
    windows: Sequence[slice],
    chunks: PoseChunks,
    advance: Callable[[int], None] | None,
) -> None:
    """Run an engine in some windows of a video; each that is not yet there becomes one chunk."""
    after, done = -np.inf, 0
    if isinstance(chunks, CheckpointFolder):
        for chunk in chunks.restore():
            after, done = float(chunk.time[-1]), done + len(chunk.time)
    missing = [times[window] for window in windows if times[window][0] > after + 1e-6]
    if not missing:
        return
    with engine:
        for window in missing:
            chunk_times: list[float] = []
            results: list[FrameResult] = []
            span = (float(window[0]) - SAME_FRAME_S, float(window[-1]) + SAME_FRAME_S)
            with (
                suppress(InputError),  # a window of damaged frames
                closing(_engine_results(path, engine, meta, float(times[0]), *span, None)) as answers,
            ):
                for time_s, result in answers:
                    chunk_times.append(time_s)
                    results.append(result)
                    done += 1
                    if advance is not None:
                        advance(done)
            if chunk_times:
                _append(chunks, PoseChunk.of(chunk_times, results, len(engine.keypoints)))


def _runner_datasets(
    chunks: PoseChunks, dataset_options: Mapping[str, Any], attributes: Mapping[str, str | float]
) -> Iterator[xr.Dataset]:
    """Yield the pose dataset of the runner, chunk by chunk."""
    trunk = [dataset_options["keypoints"].index(name) for name in TRUNK_KEYPOINTS]
    pointed_at = chosen_runner(dataset_options["source_file"])
    at = None
    if pointed_at is not None:
        times = np.concatenate([np.asarray(chunk.time, dtype=float) for chunk in chunks] or [np.empty(0)])
        if len(times):
            at = (int(np.abs(times - pointed_at.time_s).argmin()), pointed_at.x, pointed_at.y)
    chosen, frames_with_others = select_runner_in_chunks(_PeopleOfChunks(chunks), trunk=trunk, at=at)
    bystander_frames = set(frames_with_others.tolist())
    begin = 0
    for chunk in chunks:
        bystander_frames.update((begin + np.flatnonzero(chunk.bystanders)).tolist())
        begin += len(chunk.time)
    all_attributes = {BYSTANDER_FRAMES_ATTR: len(bystander_frames), **attributes}
    # An engine gives all people world coordinates or none.
    without_world = len(chosen) and all(np.isnan(chunk.world).all() for chunk in chunks)
    before = 0
    for chunk in chunks:
        people = len(chunk.frame)
        chosen_here = chosen[np.searchsorted(chosen, before) : np.searchsorted(chosen, before + people)] - before
        before += people
        yield pose_dataset_from_chunk(chunk, chosen_here, dataset_options, all_attributes, world=not without_world)


def pose_dataset_from_chunk(
    chunk: PoseChunk,
    chosen: NDArray[np.intp],
    dataset_options: Mapping[str, Any],
    attributes: Mapping[str, str | float],
    *,
    world: bool = True,
) -> xr.Dataset:
    """Make the pose dataset of one person of a chunk.

    Parameters
    ----------
    chunk : PoseChunk
    chosen : (m,) int array
        Which people of the chunk, at most one a frame.
    dataset_options : mapping
        Arguments of :func:`gait.pose.dataset.make_pose_dataset` beside the arrays and ``attributes``.
    attributes : mapping
        Further attributes of the dataset.
    world : bool
        With the engine's world coordinates.

    Returns
    -------
    xarray.Dataset
        One row per frame of the chunk.
    """
    arrays: dict[str, Any] = {}
    for name in ("position", "confidence", "world") if world else ("position", "confidence"):
        found = getattr(chunk, name)
        arrays[name] = np.full((len(chunk.time), *found.shape[1:]), 0 if name == "confidence" else np.nan, np.float32)
        arrays[name][chunk.frame[chosen]] = found[chosen]
    return make_pose_dataset(time_s=chunk.time, **arrays, **dataset_options, attributes=attributes)


class _PeopleOfChunks:
    """People of chunks, with their frames counted from the first chunk; can be iterated over several times."""

    def __init__(self, chunks: PoseChunks) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[PersonChunk]:
        begin = 0
        for chunk in self._chunks:
            yield chunk.frame + begin, chunk.position
            begin += len(chunk.time)


def frame_times_to_estimate(video: PathLike, *, start: float | None = None, end: float | None = None) -> FloatArray:
    """Return the times of the frames in which :func:`estimate_keypoints` with these arguments looks for people.

    Parameters
    ----------
    video : path
    start, end : float, optional
        Only frames with ``start <= time < end``, seconds on the file's own timeline.

    Returns
    -------
    (n,) float array
        Seconds.

    Raises
    ------
    InputError
        As :func:`gait.video.timeline.frame_times`.
    """
    return frame_times(video, start=start, end=end)[:: _frame_step(probe(video))]


def _frame_step(meta: VideoMeta) -> int:
    """Return how far apart the frames are that are used: 1 for every one, 2 for every second."""
    # Phones film 239.76 frames per second where they state 240.
    return max(int(meta.assumed_capture_fps / _SUFFICIENT_FPS + 0.02), 1)


def _engine_results(
    path: Path,
    engine: PoseEngine,
    meta: VideoMeta,
    counted_from: float,
    start: float | None,
    end: float | None,
    state: EngineState | None,
) -> Generator[tuple[float, FrameResult]]:
    """Yield the time of each frame that is used, and what the engine found in it."""
    times: deque[float] = deque()
    step = _frame_step(meta)
    first = int(np.searchsorted(frame_times(path), counted_from - 1e-6))

    def used_frames() -> Iterator[DecodedFrame]:
        any_yet = False
        try:
            for frame in read_decoded_frames(path, start=start, end=end):
                any_yet = True
                if (frame.index - first) % step == 0:
                    times.append(frame.time_s)
                    yield frame
        except InputError:
            # Work that continues after a chunk may find that nothing but damaged frames was left.
            if state is None or any_yet:
                raise

    with closing(in_worker_thread(engine.track(used_frames(), fps=meta.fps / step, state=state))) as results:
        for result in results:
            yield times.popleft(), result


def _append(chunks: PoseChunks, chunk: PoseChunk) -> None:
    try:
        chunks.append(chunk)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(
            _("poses cannot be saved: {reason}; free some space or use another folder").format(reason=reason)
        ) from None


def can_reuse_poses(
    ds: xr.Dataset,
    video: PathLike,
    *,
    engine: str = DEFAULT_ENGINE,
    model: PathLike | None = None,
    start: float | None = None,
    end: float | None = None,
    every_frame: bool = True,
) -> bool:
    """Return whether :func:`estimate_keypoints` with these arguments would give this dataset again.

    The content of video and model decides, not names or dates: a renamed copy counts, a changed file does not.

    Parameters
    ----------
    ds : xarray.Dataset
        Saved poses.
    video : path
    engine : str
    model : str or path, optional
    start, end : float, optional
        Seconds.
    every_frame : bool
        ``False``: poses of every frame serve as well as those of windows.

    Returns
    -------
    bool

    Raises
    ------
    InputError
        When the model or the video cannot be read.
    """
    if ds.attrs.get("engine") != engine:
        return False
    if SAMPLING_VERSION_ATTR in ds.attrs and (
        every_frame or not _same(ds.attrs[SAMPLING_VERSION_ATTR], SAMPLING_VERSION)
    ):
        return False
    expected = pose_identity(Path(video), model_hash(engine, model), start, end)
    return all(_same(ds.attrs.get(key), value) for key, value in expected.items())


def pose_identity(
    path: Path, model_sha256: str, start: float | None, end: float | None
) -> dict[str, str | int | float]:
    """Return what decides the poses, as attributes of the pose dataset.

    Parameters
    ----------
    path : Path
        The video.
    model_sha256 : str
    start, end : float or None
        Seconds.

    Returns
    -------
    dict
        NetCDF attributes cannot be empty, so an open end of the range is NaN.

    Raises
    ------
    InputError
        When the video cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            _("{path}: cannot be read: {reason}").format(path=path, reason=error.strerror or error)
        ) from None
    return {
        "pose_version": POSE_VERSION,
        "video_sha256": digest,
        "model_sha256": model_sha256,
        "start_s": np.nan if start is None else float(start),
        "end_s": np.nan if end is None else float(end),
    }


def _same(stored: object, expected: str | float) -> bool:
    if isinstance(expected, str) or not isinstance(stored, int | float | np.generic):
        return stored == expected
    return bool(np.array_equal(np.float64(stored), np.float64(expected), equal_nan=True))
