"""A few pictures of a video, spread over it, and the runner in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import Image
from gait.errors import RefusedError
from gait.pose.checkpoints import PoseChunk
from gait.pose.dataset import TRUNK_KEYPOINTS
from gait.pose.engines.engine import FrameResult, PoseEngine
from gait.pose.estimation import pose_dataset_from_chunks
from gait.pose.tracking.runner_selection import select_runner
from gait.pose.worker_thread import in_worker_thread
from gait.video.reader import Picture, VideoMeta, frame_times, read_pictures, read_spots

#: Moments spread over a video, and pictures in a row at each: enough for a median over moments, few to decode.
SPOTS, IN_A_ROW = 8, 2
#: The stretch that shows the rhythm: seven strides, in pictures some seven of which make a step.
STRETCH_S, STRETCH_FPS = 5.0, 20.0
#: Where the rhythm is too slow for that stretch (slow motion), so many seconds at so many pictures are looked at.
LONG_S, LONG_FPS = 24.0, 5.0


@dataclass(frozen=True, eq=False)
class SampledFrame:
    """One picture: its time (s) and its brightness, (height, width) uint8."""

    time_s: float
    grey: Image = field(repr=False)


FrameBurst = tuple[SampledFrame, ...]


def sample_spots(
    path: str | os.PathLike[str], *, start: float | None = None, end: float | None = None
) -> list[FrameBurst]:
    """Read a few pictures in a row at moments spread over a video.

    Raises
    ------
    InputError
        As `gait.video.reader.frame_times`.
    """
    return [tuple(SampledFrame(p.time_s, p.grey()) for p in spot) for spot in _spots(path, start, end)]


def _spots(path: str | os.PathLike[str], start: float | None, end: float | None) -> Iterator[tuple[Picture, ...]]:
    times = frame_times(path, start=start, end=end)
    wanted = np.quantile(times, (np.arange(SPOTS) + 0.5) / SPOTS)
    for spot in read_spots(path, wanted.tolist(), count=IN_A_ROW):
        # A key frame may lie before the part that was asked for.
        inside = tuple(p for p in spot if times[0] - 1e-6 <= p.time_s <= times[-1] + 1e-6)
        if inside:
            yield inside


@dataclass(frozen=True, eq=False)
class Sample:
    """What `gait check` looks at.

    Attributes
    ----------
    spots : list of FrameBurst
    pose : xarray.Dataset
        The runner in all pictures looked at. Attributes ``bystander_share``: in how many of them (0–1) somebody else
        was seen, ``most_others``: how many at a time.
    stretch : xarray.Dataset
        The part of ``pose`` that is evenly spaced and long enough to show the rhythm.
    """

    spots: list[FrameBurst]
    pose: xr.Dataset
    stretch: xr.Dataset


@dataclass(eq=False)
class _Seen:
    """Everybody in the pictures looked at so far."""

    times: list[float] = field(default_factory=list)
    seen: list[FrameResult] = field(default_factory=list)

    def look(self, engine: PoseEngine, pictures: Iterable[Picture], fps: float) -> bool:
        """Add some pictures in a row; say whether anybody is in them."""
        taken: list[float] = []

        def told() -> Iterator[Picture]:
            for picture in pictures:
                taken.append(picture.time_s)
                yield picture

        anybody = False
        with closing(in_worker_thread(engine.track(told(), fps=fps))) as answers:
            for number, one in enumerate(answers):
                self.times.append(taken[number])
                self.seen.append(one)
                anybody |= bool(one.people)
        return anybody


def take_sample(path: Path, meta: VideoMeta, engine: PoseEngine) -> Sample:
    """Look at a few pictures of a video.

    Parameters
    ----------
    path : path
    meta : VideoMeta
    engine : PoseEngine
        Not yet entered.

    Raises
    ------
    RefusedError
        Nobody was found.
    """
    seen = _Seen()
    spots: list[FrameBurst] = []
    with engine:
        present: list[float] = []
        for pictures in _spots(path, None, None):
            spots.append(tuple(SampledFrame(p.time_s, p.grey()) for p in pictures))
            if seen.look(engine, pictures, meta.fps):
                present.append(pictures[0].time_s)
        if not present:
            raise RefusedError(
                f"nobody found in {len(seen.times)} picture{'s' if len(seen.times) > 1 else ''} spread over the video: "
                "film one runner, whole body in the picture, in good light"
            )
        rest = len(seen.times)
        span = _span(meta, present, STRETCH_S)
        seen.look(engine, _thinned(path, meta, span, STRETCH_FPS), _rate(meta, STRETCH_FPS))
    pose, kept, others = _followed(path, meta, engine, seen)
    # The detector misses a bystander now and then: who is seen at one moment in eight is there.
    shares = [float(others[chosen].mean()) for chosen in (kept < rest, kept >= rest) if chosen.any()]
    pose.attrs["bystander_share"] = max(shares)
    return Sample(spots, pose, _part(pose, kept >= rest, _rate(meta, STRETCH_FPS)))


def sample_longer(path: Path, meta: VideoMeta, engine: PoseEngine) -> xr.Dataset:
    """Look at a long stretch with few pictures a second, for a rhythm that is too slow for the short one."""
    seen = _Seen()
    span = _span(meta, [meta.start_s + meta.duration_s / 2], LONG_S)
    with engine:
        seen.look(engine, _thinned(path, meta, span, LONG_FPS), _rate(meta, LONG_FPS))
    pose, kept, _ = _followed(path, meta, engine, seen)
    return _part(pose, kept >= 0, _rate(meta, LONG_FPS))


def _span(meta: VideoMeta, present: Sequence[float], seconds: float) -> tuple[float, float]:
    """Place a stretch around the middle of the moments at which somebody is there."""
    last = meta.start_s + meta.duration_s
    begin = min(max(float(np.median(present)) - seconds / 2, meta.start_s), max(last - seconds, meta.start_s))
    return begin, min(begin + seconds, last)


def _every(meta: VideoMeta, wanted_fps: float) -> int:
    return max(1, round(meta.fps / wanted_fps))


def _rate(meta: VideoMeta, wanted_fps: float) -> float:
    return meta.fps / _every(meta, wanted_fps)


def _thinned(path: Path, meta: VideoMeta, span: tuple[float, float], wanted_fps: float) -> Iterator[Picture]:
    return islice(read_pictures(path, start=span[0], end=span[1]), 0, None, _every(meta, wanted_fps))


def _followed(
    path: Path, meta: VideoMeta, engine: PoseEngine, seen: _Seen
) -> tuple[xr.Dataset, NDArray[np.intp], NDArray[np.bool_]]:
    """Make the pose dataset of the runner, in order of time; say when each frame was looked at, and who else is there.

    Returns
    -------
    pose : xarray.Dataset
    kept : (n,) int
        The place of each frame in ``seen``.
    others : (n,) bool
        Somebody else is in the frame.
    """
    _, kept = np.unique(np.round(seen.times, 6), return_index=True)
    part = PoseChunk.of([seen.times[n] for n in kept], [seen.seen[n] for n in kept], len(engine.keypoints))
    # By the video's own frames, so that it counts how far apart the pictures are.
    numbers = np.rint(part.time * meta.fps).astype(np.intp)
    trunk = [engine.keypoints.index(name) for name in TRUNK_KEYPOINTS]
    chosen, others = select_runner(numbers[part.frame], part.position, trunk=trunk)
    elsewhere = (part.others > 0) | np.isin(numbers, others)
    count = np.bincount(part.frame, minlength=len(kept)) + part.others
    about = {
        "keypoints": engine.keypoints,
        "fps": meta.fps,
        "capture_fps": meta.assumed_capture_fps,
        "image_width": meta.width,
        "image_height": meta.height,
        "source_file": path.name,
        "engine": engine.name,
        "model": engine.model,
    }
    attributes = {"bystander_frames": int(elsewhere.sum()), "most_others": int(max(count, default=1)) - 1}
    pose = pose_dataset_from_chunks(part, chosen, about, attributes, world=False)
    return pose, kept, elsewhere


def _part(pose: xr.Dataset, chosen: NDArray[np.bool_], fps: float) -> xr.Dataset:
    slower = fps / float(pose.attrs["fps"])
    part = pose.isel(time=np.flatnonzero(chosen))
    return part.assign_attrs(fps=fps, capture_fps=slower * float(pose.attrs["capture_fps"]))
