"""From a video to its pose dataset, and whether a saved one can be used again."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import ProgressCallback
from gait.errors import InputError
from gait.pose.checkpoints import WHOLE, CheckpointFolder, PoseChunk, PoseChunks
from gait.pose.dataset import TRUNK_KEYPOINTS, load_pose, make_pose_dataset, write_pose
from gait.pose.engines.engine import (
    DEFAULT_ENGINE,
    EngineState,
    FrameResult,
    ModelPath,
    PoseEngine,
    make_engine,
    model_hash,
)
from gait.pose.tracking.runner_selection import PersonChunk, select_runner_in_chunks
from gait.pose.worker_thread import in_worker_thread
from gait.video.reader import Picture, VideoMeta, frame_times, probe, read_pictures

#: Raised when the same video and model would give other poses than before, so that saved ones are not used again.
POSE_VERSION = 3
#: Frames per second of real time that are enough: at twice as many, contact and toe-off of the force-plate runners came
#: out no better (contact 5.2 and 5.0 ms from the side, toe-off 13.7 and 13.1 ms).
_ENOUGH_FPS = 120.0
#: Memory per worker is some 100 MB, and decoding feeds no more than about eight.
_MOST_WORKERS = 8
#: Frames in a part: a few seconds of work, which is what a killed run loses.
_PART_FRAMES = 512


def estimate_pose(
    video: str | os.PathLike[str],
    *,
    engine: str = DEFAULT_ENGINE,
    model: ModelPath = None,
    start: float | None = None,
    end: float | None = None,
    workers: int | None = None,
    keep: str | os.PathLike[str] | None = None,
    progress: ProgressCallback | None = None,
) -> xr.Dataset:
    """Estimate where the runner's joints are in the frames of a video; bystanders are told apart.

    Of a video that was filmed at 240 frames per second or more only every second frame, or fewer, is looked at.

    Parameters
    ----------
    video : path
    engine : str
        A name in `gait.pose.engines.engine.ENGINES`.
    model : path, optional
        Another model for the engine than the bundled one.
    start, end : float, optional
        Only frames with ``start <= time < end``, seconds on the file's own timeline.
    workers : int, optional
        Frames in work at the same time; one per processor core without it. Does not change the result.
    keep : path, optional
        Folder in which finished parts are kept, and from which the same work, when it was killed, goes on. Made when
        needed; stays when the work is done (`gait.pose.checkpoints.discard_parts` removes it). Does not change the result.
    progress : callable, optional
        Called with (frames done, frames in all).

    Returns
    -------
    xr.Dataset
        See `gait.pose.dataset`. Frames without the runner hold NaN and confidence 0; a video without any person is
        not an error here. Attribute ``bystander_frames``: in how many frames somebody else was seen too. With ``keep``
        it lies in a file there and is read when asked for (`gait.pose.dataset.load_pose`); without, it is in memory.

    Raises
    ------
    InputError
        When the video, range, engine or model cannot be used, or parts cannot be kept.
    """
    path = Path(video)
    meta = probe(path)
    step = _step(meta)
    in_range = frame_times(path, start=start, end=end)
    times = in_range[::step]
    if workers is None:
        workers = min(available_cores(), _MOST_WORKERS)
    used = make_engine(engine, model, workers=workers)
    identity = _identity(path, used.model_sha256, start, end)
    parts: PoseChunks = []
    done, last = 0, None
    if keep is not None:
        parts = CheckpointFolder(keep, {"engine": used.name, "model": used.model, **identity})
        for last in parts.restore():
            done += len(last.time)
    if progress is not None and done:
        progress(done, len(times))
    if last is None or (times > last.time[-1] + 1e-6).any():
        memory = None if last is None else last.memory
        first = start if last is None else float(times[times > last.time[-1] + 1e-6][0])
        with used, closing(_seen_in(path, used, meta, float(times[0]), first, end, memory)) as answers:
            at: list[float] = []
            seen: list[FrameResult] = []
            for time_s, one in answers:
                at.append(time_s)
                seen.append(one)
                if len(at) >= _PART_FRAMES and one.memory is not None:
                    _keep(parts, PoseChunk.of(at, seen, len(used.keypoints)))
                    at, seen = [], []
                done += 1
                if progress is not None:
                    progress(done, len(times))
            if at:
                _keep(parts, PoseChunk.of(at, seen, len(used.keypoints)))
    pieces = _of_runner(
        parts,
        {
            "keypoints": used.keypoints,
            "fps": meta.fps / step,
            "capture_fps": meta.assumed_capture_fps,
            "image_width": meta.width,
            "image_height": meta.height,
            "source_file": path.name,
            "engine": used.name,
            "model": used.model,
        },
        {"video_fps": meta.fps, "video_frames": len(in_range), **identity},
    )
    if keep is None:
        return xr.concat(pieces, "time", combine_attrs="override")
    write_pose(pieces, Path(keep) / WHOLE)
    return load_pose(Path(keep) / WHOLE)


def _of_runner(
    parts: PoseChunks, about: Mapping[str, Any], attributes: Mapping[str, str | float]
) -> Iterator[xr.Dataset]:
    """Give the pose dataset of the runner, part by part."""
    trunk = [about["keypoints"].index(name) for name in TRUNK_KEYPOINTS]
    chosen, others = select_runner_in_chunks(_Placed(parts), trunk=trunk)
    elsewhere = set(others.tolist())
    begin = 0
    for part in parts:
        elsewhere.update((begin + np.flatnonzero(part.others)).tolist())
        begin += len(part.time)
    told = {"bystander_frames": len(elsewhere), **attributes}
    # An engine gives all people world coordinates or none.
    without_world = len(chosen) and all(np.isnan(part.world).all() for part in parts)
    seen = 0
    for part in parts:
        people = len(part.frame)
        mine = chosen[np.searchsorted(chosen, seen) : np.searchsorted(chosen, seen + people)] - seen
        seen += people
        yield pose_dataset_from_chunks(part, mine, about, told, world=not without_world)


def pose_dataset_from_chunks(
    part: PoseChunk,
    chosen: NDArray[np.intp],
    about: Mapping[str, Any],
    attributes: Mapping[str, str | float],
    *,
    world: bool = True,
) -> xr.Dataset:
    """Make the pose dataset of one person of a part.

    Parameters
    ----------
    part : PoseChunk
    chosen : (m,) array
        Which people of the part, at most one a frame.
    about, attributes : mapping
        As :func:`gait.pose.dataset.make_pose_dataset` takes them.
    world : bool
        With what the engine gives in metres.
    """
    arrays: dict[str, Any] = {}
    for name in ("position", "confidence", "world") if world else ("position", "confidence"):
        found = getattr(part, name)
        arrays[name] = np.full((len(part.time), *found.shape[1:]), 0 if name == "confidence" else np.nan, np.float32)
        arrays[name][part.frame[chosen]] = found[chosen]
    return make_pose_dataset(time_s=part.time, **arrays, **about, attributes=attributes)


class _Placed:
    """People of parts, with their frames counted from the first part; as often as they are asked for."""

    def __init__(self, parts: PoseChunks) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[PersonChunk]:
        begin = 0
        for part in self._parts:
            yield part.frame + begin, part.position
            begin += len(part.time)


def frame_times_to_estimate(
    video: str | os.PathLike[str], *, start: float | None = None, end: float | None = None
) -> NDArray[np.float64]:
    """Give the times of the frames in which :func:`estimate_pose` with these arguments looks for people.

    Raises
    ------
    InputError
        As :func:`gait.video.reader.frame_times`.
    """
    return frame_times(video, start=start, end=end)[:: _step(probe(video))]


def _step(meta: VideoMeta) -> int:
    """Say how far apart the frames are that are looked at: 1 for every one, 2 for every second."""
    # Phones film 239.76 frames per second where they say 240.
    return max(int(meta.assumed_capture_fps / _ENOUGH_FPS + 0.02), 1)


def _seen_in(
    path: Path,
    engine: PoseEngine,
    meta: VideoMeta,
    counted_from: float,
    start: float | None,
    end: float | None,
    memory: EngineState | None,
) -> Generator[tuple[float, FrameResult]]:
    """Give the time of each frame that is looked at, and what the engine saw in it."""
    times: deque[float] = deque()
    step = _step(meta)
    first = int(np.searchsorted(frame_times(path), counted_from - 1e-6))

    def told() -> Iterator[Picture]:
        any_yet = False
        try:
            for picture in read_pictures(path, start=start, end=end):
                any_yet = True
                if (picture.index - first) % step == 0:
                    times.append(picture.time_s)
                    yield picture
        except InputError:
            # Work that goes on after a part may find that nothing but damaged pictures was left.
            if memory is None or any_yet:
                raise

    with closing(in_worker_thread(engine.track(told(), fps=meta.fps / step, memory=memory))) as answers:
        for seen in answers:
            yield times.popleft(), seen


def _keep(parts: PoseChunks, part: PoseChunk) -> None:
    try:
        parts.append(part)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"poses cannot be kept: {reason}; free some space or use another folder") from None


def can_reuse_poses(
    ds: xr.Dataset,
    video: str | os.PathLike[str],
    *,
    engine: str = DEFAULT_ENGINE,
    model: ModelPath = None,
    start: float | None = None,
    end: float | None = None,
) -> bool:
    """Say whether :func:`estimate_pose` with these arguments would give this dataset again.

    Decided by the content of video and model, not by names or dates: a renamed copy counts, a changed file does not.

    Raises
    ------
    InputError
        When the model or the video cannot be read.
    """
    if ds.attrs.get("engine") != engine:
        return False
    expected = _identity(Path(video), model_hash(engine, model), start, end)
    return all(_same(ds.attrs.get(key), value) for key, value in expected.items())


def _identity(path: Path, model_sha256: str, start: float | None, end: float | None) -> dict[str, str | int | float]:
    """Name what decides the poses. NetCDF attributes cannot be empty, so an open end of the range is NaN."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
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


def available_cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
