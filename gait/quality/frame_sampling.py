"""A few frames spread over a video, and the runner in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import BoolArray, Image, PathLike
from gait.display_language import ngettext
from gait.errors import RefusedError
from gait.pose.checkpoints import PoseChunk
from gait.pose.dataset import BYSTANDER_FRAMES_ATTR, TRUNK_KEYPOINTS
from gait.pose.engines.pose_engine import FrameResult, PoseEngine
from gait.pose.estimation import pose_dataset_from_chunk
from gait.pose.tracking.runner_selection import select_runner
from gait.pose.worker_thread import in_worker_thread
from gait.video import DecodedFrame, VideoMeta, frame_times, read_bursts, read_decoded_frames

#: Number of bursts spread over a video, and consecutive frames in each: enough for a median, few to decode. [E]
BURSTS, FRAMES_PER_BURST = 8, 2
#: Two times closer than this are the same, s. [E]
SAME_TIME_S = 1e-3
#: Length and frame rate of the segment that shows the running rate: about seven strides, seven frames a step. With 15
#: frames a second somebody who crosses the picture is lost more often. [E]
SEGMENT_S, SEGMENT_FPS = 5.0, 20.0
#: A video up to this length is looked at from beginning to end, s. [E]
SHORT_S = 9.5
#: The same where no running rate was found in that segment, as in slow motion. [E]
LONG_SEGMENT_S, LONG_SEGMENT_FPS = 24.0, 5.0


@dataclass(frozen=True, eq=False)
class SampledFrame:
    """One frame: its time (s) and its brightness, a (height, width) uint8 array."""

    time_s: float
    grey: Image = field(repr=False)


#: Consecutive frames.
FrameBurst = tuple[SampledFrame, ...]


def sample_bursts(path: PathLike, *, start: float | None = None, end: float | None = None) -> list[FrameBurst]:
    """Read a few consecutive frames at moments spread over a video.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Part of the video, seconds.

    Returns
    -------
    list of FrameBurst

    Raises
    ------
    InputError
        As `gait.video.timeline.frame_times`.
    """
    return [tuple(SampledFrame(f.time_s, f.grey()) for f in burst) for burst in _bursts(path, start, end)]


def _bursts(path: PathLike, start: float | None, end: float | None) -> Iterator[tuple[DecodedFrame, ...]]:
    times = frame_times(path, start=start, end=end)
    wanted = np.quantile(times, (np.arange(BURSTS) + 0.5) / BURSTS)
    for burst in read_bursts(path, wanted.tolist(), count=FRAMES_PER_BURST):
        # Reading starts at a key frame, which may lie before ``start``.
        inside = tuple(f for f in burst if times[0] - 1e-6 <= f.time_s <= times[-1] + 1e-6)
        if inside:
            yield inside


@dataclass(frozen=True, eq=False)
class VideoSample:
    """The frames that a check of a video is based on.

    Attributes
    ----------
    bursts : list of FrameBurst
    pose : xarray.Dataset
        The runner in all sampled frames. Attributes: ``bystander_share``, the share of frames (0–1) with somebody
        else, and ``most_others``, the largest number of other people in one frame.
    segment : xarray.Dataset
        The evenly spaced part of ``pose``, long enough to show the running rate.
    """

    bursts: list[FrameBurst]
    pose: xr.Dataset
    segment: xr.Dataset


@dataclass(eq=False)
class _Detections:
    """Everybody in the frames sampled so far."""

    times: list[float] = field(default_factory=list)
    results: list[FrameResult] = field(default_factory=list)

    def add(self, engine: PoseEngine, frames: Iterable[DecodedFrame], fps: float) -> bool:
        """Detect people in consecutive frames; return whether there is anybody."""
        times: list[float] = []

        def record_times() -> Iterator[DecodedFrame]:
            for frame in frames:
                times.append(frame.time_s)
                yield frame

        anybody = False
        with closing(in_worker_thread(engine.track(record_times(), fps=fps))) as results:
            for number, result in enumerate(results):
                self.times.append(times[number])
                self.results.append(result)
                anybody |= bool(result.people)
        return anybody


def sample_video(path: Path, meta: VideoMeta, engine: PoseEngine, *, real_per_playback: float = 1.0) -> VideoSample:
    """Find the runner in a few frames of a video.

    Parameters
    ----------
    path : path
    meta : VideoMeta
        Its ``start_s`` and ``duration_s`` may be those of a part of the video: only that is looked at.
    engine : PoseEngine
        Entered.
    real_per_playback : float
        Real seconds per second of playback: the segment is as long in real time, also in slow motion.

    Returns
    -------
    VideoSample

    Raises
    ------
    RefusedError
        Nobody was found.
    """
    detections = _Detections()
    bursts: list[FrameBurst] = []
    occupied: list[float] = []
    for frames in _bursts(path, meta.start_s - SAME_TIME_S, meta.start_s + meta.duration_s):
        bursts.append(tuple(SampledFrame(f.time_s, f.grey()) for f in frames))
        if detections.add(engine, frames, meta.fps):
            occupied.append(frames[0].time_s)
    count = len(detections.times)
    if not occupied:
        text = ngettext(
            "nobody found in {count} frame of the video: film one runner, whole body in the picture, in good light",
            "nobody found in {count} frames spread over the video: film one runner, whole body in the picture, in "
            "good light",
            count,
        )
        raise RefusedError(text.format(count=count))
    length_s = segment_length_s(meta.duration_s * real_per_playback) / real_per_playback
    span, wanted_fps = _span(meta, occupied, length_s), SEGMENT_FPS * real_per_playback
    detections.add(engine, _thinned(path, meta, span, wanted_fps), _rate(meta, wanted_fps))
    pose, order, others = _runner_pose(path, meta, engine, detections)
    # The detector misses a bystander now and then, so the larger of both shares counts.
    shares = [float(others[chosen].mean()) for chosen in (order < count, order >= count) if chosen.any()]
    pose.attrs["bystander_share"] = max(shares)
    return VideoSample(bursts, pose, _subset(pose, order >= count, _rate(meta, wanted_fps)))


def segment_length_s(duration_s: float) -> float:
    """Return how long the segment is that shows the running rate.

    Parameters
    ----------
    duration_s : float
        Length of the video, s.

    Returns
    -------
    float
        Seconds: all of a short video, which may show a start or a stop beside a few steps.
    """
    return duration_s if duration_s <= SHORT_S else SEGMENT_S


def sample_long_segment(path: Path, meta: VideoMeta, engine: PoseEngine) -> xr.Dataset:
    """Find the runner in a long segment at a low frame rate, for slow motion.

    Parameters
    ----------
    path : path
    meta : VideoMeta
    engine : PoseEngine
        Entered.

    Returns
    -------
    xarray.Dataset
        Poses, evenly spaced.
    """
    detections = _Detections()
    span = _span(meta, [meta.start_s + meta.duration_s / 2], LONG_SEGMENT_S)
    detections.add(engine, _thinned(path, meta, span, LONG_SEGMENT_FPS), _rate(meta, LONG_SEGMENT_FPS))
    pose, order, _ = _runner_pose(path, meta, engine, detections)
    return _subset(pose, order >= 0, _rate(meta, LONG_SEGMENT_FPS))


def _span(meta: VideoMeta, occupied: Sequence[float], seconds: float) -> tuple[float, float]:
    """Return begin and end (s) of a segment around the median of the times at which somebody is visible."""
    last = meta.start_s + meta.duration_s
    begin = min(max(float(np.median(occupied)) - seconds / 2, meta.start_s), max(last - seconds, meta.start_s))
    return begin, min(begin + seconds, last)


def every_nth(fps: float, wanted_fps: float) -> int:
    """Return which frames to take so that about ``wanted_fps`` a second are left.

    Parameters
    ----------
    fps, wanted_fps : float
        Frames a second.

    Returns
    -------
    int
        1: every frame, 2: every second one, and so on.
    """
    return max(1, round(fps / wanted_fps))


def _rate(meta: VideoMeta, wanted_fps: float) -> float:
    return meta.fps / every_nth(meta.fps, wanted_fps)


def _thinned(path: Path, meta: VideoMeta, span: tuple[float, float], wanted_fps: float) -> Iterator[DecodedFrame]:
    # The networks keep all cores busy, so that more threads would only wait for each other.
    step = every_nth(meta.fps, wanted_fps)
    return read_decoded_frames(path, start=span[0], end=span[1], step=step, threads=1)


def _runner_pose(
    path: Path, meta: VideoMeta, engine: PoseEngine, detections: _Detections
) -> tuple[xr.Dataset, NDArray[np.intp], BoolArray]:
    """Make the pose dataset of the runner, in order of time.

    Returns
    -------
    pose : xarray.Dataset
    order : (n,) int array
        Index of each frame in ``detections``.
    others : (n,) bool array
        Somebody else is in the frame.
    """
    times, results = detections.times, detections.results
    _, order = np.unique(np.round(times, 6), return_index=True)
    chunk = PoseChunk.of([times[n] for n in order], [results[n] for n in order], len(engine.keypoints))
    # Numbers of the video's own frames, so that gaps between the sampled ones count.
    numbers = np.rint(chunk.time * meta.fps).astype(np.intp)
    trunk = [engine.keypoints.index(name) for name in TRUNK_KEYPOINTS]
    chosen, others = select_runner(numbers[chunk.frame], chunk.position, trunk=trunk)
    elsewhere = (chunk.bystanders > 0) | np.isin(numbers, others)
    count = np.bincount(chunk.frame, minlength=len(order)) + chunk.bystanders
    about = {
        "keypoints": engine.keypoints,
        "fps": meta.fps,
        "capture_fps": meta.assumed_capture_fps,
        "image_width": meta.width,
        "image_height": meta.height,
        "source_file": path.name,
        "engine": engine.name,
        "model": engine.model,
        "keypoint_family": engine.keypoint_family,
    }
    attributes = {BYSTANDER_FRAMES_ATTR: int(elsewhere.sum()), "most_others": int(max(count, default=1)) - 1}
    pose = pose_dataset_from_chunk(chunk, chosen, about, attributes, world=False)
    return pose, order, elsewhere


def _subset(pose: xr.Dataset, chosen: BoolArray, fps: float) -> xr.Dataset:
    slower = fps / float(pose.attrs["fps"])
    subset = pose.isel(time=np.flatnonzero(chosen))
    return subset.assign_attrs(fps=fps, capture_fps=slower * float(pose.attrs["capture_fps"]))
