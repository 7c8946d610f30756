"""From a video to its pose dataset, and whether a saved one can be used again."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import xarray as xr

from gait.errors import InputError
from gait.pose.dataset import make_pose_dataset
from gait.pose.engine import DEFAULT_ENGINE, Memory, Model, PoseEngine, Seen, make_engine
from gait.pose.follow import follow_runner
from gait.pose.model import load_model
from gait.pose.parts import Part, PartStore
from gait.video import Picture, frame_times, probe, read_pictures

Progress = Callable[[int, int | None], None]

#: Raised when the same video and model would give other poses than before, so that saved ones are not used again.
POSE_VERSION = 1
#: Memory per worker is some 100 MB, and decoding feeds no more than about eight.
_MOST_WORKERS = 8
#: Frames in a part: a few seconds of work, which is what a killed run loses.
_PART_FRAMES = 512


def estimate_pose(
    video: str | os.PathLike[str],
    *,
    engine: str = DEFAULT_ENGINE,
    model: Model = None,
    start: float | None = None,
    end: float | None = None,
    workers: int | None = None,
    keep: str | os.PathLike[str] | None = None,
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
    keep : path, optional
        Folder in which finished parts are kept, and from which the same work, when it was killed, goes on. Made when
        needed; stays when the work is done (`gait.pose.parts.discard_parts` removes it). Does not change the result.
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
        When the video, range, engine or model cannot be used, or parts cannot be kept.
    """
    path = Path(video)
    meta = probe(path)
    times = frame_times(path, start=start, end=end)
    if workers is None:
        workers = min(available_cores(), _MOST_WORKERS)
    used = make_engine(engine, model, workers=workers)
    identity = _identity(path, used.model_sha256, start, end)
    landmarks = len(used.keypoints)
    store = None if keep is None else PartStore(keep, {"engine": used.name, "model": used.model, **identity})
    parts = [] if store is None else list(store.restore())
    done = sum(len(part.time) for part in parts)
    if progress is not None and done:
        progress(done, len(times))
    rest = times[times > parts[-1].time[-1] + 1e-6] if parts else times
    if len(rest):
        memory = parts[-1].memory if parts else None
        first = float(rest[0]) if parts else start
        with used, closing(_seen_in(path, used, meta.fps, first, end, memory)) as answers:
            at: list[float] = []
            seen: list[Seen] = []
            for time_s, one in answers:
                at.append(time_s)
                seen.append(one)
                if len(at) >= _PART_FRAMES and one.memory is not None:
                    parts.append(_part(at, seen, landmarks, store))
                    at, seen = [], []
                done += 1
                if progress is not None:
                    progress(done, len(times))
            if at:
                parts.append(_part(at, seen, landmarks, store))
    whole = Part.joined(parts, landmarks)
    del parts
    chosen, others = follow_runner(whole.frame, whole.position)
    frames = whole.frame[chosen]
    count = len(whole.time)
    position = np.full((count, landmarks, 2), np.nan, np.float32)
    confidence = np.zeros((count, landmarks), np.float32)
    world = np.full((count, landmarks, 3), np.nan, np.float32)
    for made, found in ((position, whole.position), (confidence, whole.confidence), (world, whole.world)):
        made[frames] = found[chosen]
    return make_pose_dataset(
        time_s=whole.time,
        position=position,
        confidence=confidence,
        world=None if len(chosen) and np.isnan(world).all() else world,
        keypoints=used.keypoints,
        fps=meta.fps,
        capture_fps=meta.assumed_capture_fps,
        image_width=meta.width,
        image_height=meta.height,
        source_file=path.name,
        engine=used.name,
        model=used.model,
        attributes={"bystander_frames": len({*others.tolist(), *np.flatnonzero(whole.others).tolist()}), **identity},
    )


def _seen_in(
    path: Path, engine: PoseEngine, fps: float, start: float | None, end: float | None, memory: Memory | None
) -> Generator[tuple[float, Seen]]:
    """Give the time of each frame and what the engine saw in it."""
    times: deque[float] = deque()

    def told() -> Iterator[Picture]:
        any_yet = False
        try:
            for picture in read_pictures(path, start=start, end=end):
                any_yet = True
                times.append(picture.time_s)
                yield picture
        except InputError:
            # Work that goes on after a part may find that nothing but damaged pictures was left.
            if memory is None or any_yet:
                raise

    with closing(engine.track(told(), fps=fps, memory=memory)) as answers:
        for seen in answers:
            yield times.popleft(), seen


def _part(times: list[float], seen: list[Seen], landmarks: int, store: PartStore | None) -> Part:
    part = Part.of(times, seen, landmarks)
    if store is not None:
        try:
            store.put(part)
        except OSError as error:
            reason = error.strerror or error
            raise InputError(f"poses cannot be kept: {reason}; free some space or use another folder") from None
    return part


def reusable(
    ds: xr.Dataset,
    video: str | os.PathLike[str],
    *,
    engine: str = DEFAULT_ENGINE,
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


def available_cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
