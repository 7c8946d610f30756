"""From a video to its pose dataset, and whether a saved one can be used again."""

from __future__ import annotations

import hashlib
import os
import queue
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import xarray as xr

from gait.errors import InputError
from gait.pose.dataset import make_pose_dataset
from gait.pose.engine import Landmarks, Model, PoseEngine, make_engine
from gait.pose.follow import follow_runner
from gait.pose.model import load_model
from gait.video import Frame, frame_times, probe, read_frames

Progress = Callable[[int, int | None], None]

#: Raised when the same video and model would give other poses than before, so that saved ones are not used again.
POSE_VERSION = 1
#: Memory per engine is some 100 MB, and decoding feeds no more than about eight.
_MOST_WORKERS = 8


def estimate_pose(
    video: str | os.PathLike[str],
    *,
    engine: str = "mediapipe",
    model: Model = None,
    start: float | None = None,
    end: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Estimate where the runner's joints are in every frame of a video; bystanders are told apart.

    Parameters
    ----------
    video : path
    engine : str
        A name in `gait.pose.engine.ENGINES`.
    model : path, optional
        Another model for the engine than the bundled one.
    start, end : float, optional
        Only frames with ``start <= time < end``, seconds on the file's own timeline.
    workers : int, optional
        Frames in work at the same time; one per processor core without it. Does not change the result.
    progress : callable, optional
        Called with (frames done, frames in all).

    Returns
    -------
    xr.Dataset
        See `gait.pose.dataset`. Frames without the runner hold NaN and confidence 0; a video without any person is
        not an error here. Attribute ``bystander_frames``: in how many frames somebody else was seen too.

    Raises
    ------
    InputError
        When the video, range, engine or model cannot be used.
    """
    path = Path(video)
    meta = probe(path)
    frames = read_frames(path, start=start, end=end)
    total = len(frame_times(path, start=start, end=end))
    if workers is None:
        workers = min(_available_cores(), _MOST_WORKERS)
    times: list[float] = []
    people: list[tuple[Landmarks, ...]] = []
    with ExitStack() as stack:
        first = stack.enter_context(make_engine(engine, model))
        pool = [first] + [stack.enter_context(make_engine(engine, model)) for _ in range(workers - 1)]
        for frame_time, seen in _people_in(frames, pool):
            times.append(frame_time)
            people.append(seen)
            if progress is not None:
                progress(len(times), total)
    found, others = follow_runner(people)
    count = len(first.keypoints)
    position = np.full((len(times), count, 2), np.nan)
    confidence = np.zeros((len(times), count))
    world = np.full((len(times), count, 3), np.nan)
    for index, landmarks in enumerate(found):
        if landmarks is not None:
            position[index] = landmarks.position
            confidence[index] = landmarks.confidence
            if landmarks.world is not None:
                world[index] = landmarks.world
    return make_pose_dataset(
        time_s=times,
        position=position,
        confidence=confidence,
        world=None if np.isnan(world).all() and any(found) else world,
        keypoints=first.keypoints,
        fps=meta.fps,
        capture_fps=meta.assumed_capture_fps,
        image_width=meta.width,
        image_height=meta.height,
        source_file=path.name,
        engine=first.name,
        model=first.model,
        attributes={
            "bystander_frames": others,
            **_identity(path, first.model_sha256, start, end),
        },
    )


def reusable(
    ds: xr.Dataset,
    video: str | os.PathLike[str],
    *,
    engine: str = "mediapipe",
    model: Model = None,
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
    expected = _identity(Path(video), load_model(model).sha256, start, end)
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


def _people_in(frames: Iterator[Frame], engines: list[PoseEngine]) -> Iterator[tuple[float, tuple[Landmarks, ...]]]:
    """Run the engines side by side and give the answers in the order of the frames.

    Each engine works on one picture at a time; at most two pictures per engine are in memory. Engines have no
    memory, so which of them takes a picture makes no difference.
    """
    if len(engines) == 1:
        for frame in frames:
            yield frame.time_s, engines[0](frame.image)
        return
    idle: queue.SimpleQueue[PoseEngine] = queue.SimpleQueue()
    for engine in engines:
        idle.put(engine)

    def work(frame: Frame) -> tuple[Landmarks, ...]:
        engine = idle.get()
        try:
            return engine(frame.image)
        finally:
            idle.put(engine)

    executor = ThreadPoolExecutor(len(engines), thread_name_prefix="gait-pose")
    try:
        waiting: deque[tuple[float, Future[tuple[Landmarks, ...]]]] = deque()
        for frame in frames:
            waiting.append((frame.time_s, executor.submit(work, frame)))
            if len(waiting) >= 2 * len(engines):
                at, future = waiting.popleft()
                yield at, future.result()
        for at, future in waiting:
            yield at, future.result()
    finally:
        # Also on Ctrl-C: engines must not be closed while a picture is in work.
        executor.shutdown(wait=True, cancel_futures=True)


def _available_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
