"""When each frame is shown, and how fast file and camera run.

Times are presentation timestamps in seconds. They are never computed from a frame number, because phones drop frames
and vary their rate. The *playback rate* is the rate of the timestamps; the *capture rate* is the rate at which the
camera sampled reality. They differ in slow motion and time lapse.
"""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import av
import numpy as np

from gait._typing import BoolArray, FloatArray, PathLike
from gait.errors import InputError
from gait.video.container import check_file, decode, no_frames_error, open_video, time_base
from gait.video.orientation import Orientation

#: An interval between frames that departs this far (fraction) from the usual one counts as irregular. [E]
_IRREGULAR = 0.10
#: A video with more than this share of irregular intervals has a variable frame rate. [E]
_IRREGULAR_SHARE = 0.01
#: Stream containers whose clock starts anywhere. Players show their first frame as time 0; so does this module.
_FREE_RUNNING_CLOCKS = {"mpegts", "mpeg"}
#: Frames with repeated timestamps are reported from this share of all on, a cut-off file below this share of the
#: announced frames. [E]
_REPEATED_SHARE, _COMPLETE_SHARE = 0.01, 0.98
#: Intervals that depart from the median by more than this share are pauses or dropped frames. [E]
_ORDINARY = 0.5
#: A rate that the file states is exact where it agrees with the timestamps to this share. [E]
_SAME_RATE = 1e-3
#: The file's own capture rate counts as slow motion or time lapse beyond this factor from the playback rate. [E]
_SLOW_MOTION = 1.5


@dataclass(frozen=True)
class VideoMeta:
    """What a video file is, without its frames.

    Attributes
    ----------
    path : Path
    width, height : int
        Pixels of the upright frame (after rotation, and after stretching non-square pixels).
    rotation : {0, 90, 180, 270}
        Degrees by which stored frames are turned clockwise to stand upright. Already applied to every frame.
    fps : float
        Playback rate, 1/s: one over the usual interval between frames (a pause or a dropped frame does not count).
    duration_s : float
        Seconds from the first frame to the end of the last one.
    frames : int
        Number of frames that are shown.
    variable_frame_rate : bool
        More than 1 % of the intervals depart by more than 10 % from the usual one.
    capture_fps : float or None
        Capture rate that the file states, 1/s (Android writes it).
    start_s : float
        Time of the first frame, seconds.
    warnings : tuple of str
        Faults of a file that can be used all the same, one line each.
    """

    path: Path
    width: int
    height: int
    rotation: int
    fps: float
    duration_s: float
    frames: int
    variable_frame_rate: bool
    capture_fps: float | None = None
    start_s: float = 0.0
    warnings: tuple[str, ...] = ()

    def __fspath__(self) -> str:
        return os.fspath(self.path)

    @property
    def assumed_capture_fps(self) -> float:
        """Capture rate to work with when the user gave none, 1/s.

        The file's own figure is nominal (30 where 28.6 were taken in dim light). It is used only where it means slow
        motion or time lapse: more than a factor 1.5 away from the playback rate.
        """
        if self.capture_fps is not None and not 1 / _SLOW_MOTION < self.capture_fps / self.fps < _SLOW_MOTION:
            return self.capture_fps
        return self.fps


@dataclass(frozen=True, eq=False)
class Timeline:
    """When each frame of a file is shown.

    Attributes
    ----------
    times_s : (n,) float array
        Seconds, strictly increasing.
    keys_s : (k,) float array
        Times of the key frames, which can be decoded without the frames before them, seconds.
    fps : float
        Playback rate, 1/s.
    tick_s : float
        One tick of the file's clock, seconds.
    shift_s : float
        Added to the file's timestamps, seconds.
    warnings : tuple of str
    """

    times_s: FloatArray
    keys_s: FloatArray
    fps: float
    tick_s: float
    shift_s: float
    warnings: tuple[str, ...]

    def index(self, time_s: float) -> int:
        """Return the number of the frame shown at a time.

        Parameters
        ----------
        time_s : float
            Seconds.

        Returns
        -------
        int
            From 0; the first frame before the first, the last one after the last.
        """
        return int(np.clip(np.searchsorted(self.times_s, time_s + self.tick_s / 2) - 1, 0, len(self.times_s) - 1))

    def key_before(self, time_s: float) -> float:
        """Return the time of the last key frame at or before a time.

        Parameters
        ----------
        time_s : float
            Seconds.

        Returns
        -------
        float
            Seconds; the time of the first frame where there is no such key frame.
        """
        before = self.keys_s[self.keys_s <= time_s + self.tick_s / 2]
        return float(before[-1] if len(before) else self.times_s[0])


def probe(path: PathLike) -> VideoMeta:
    """Read what a video file is. Goes through the whole file but decodes only its first frame.

    Parameters
    ----------
    path : path

    Returns
    -------
    VideoMeta
        Can be given wherever a video's path is expected: ``gait.estimate_pose(gait.probe("run.mp4"))``.

    Raises
    ------
    InputError
        When this is not a video that can be used; one line that names the file, the fault and the remedy.

    Examples
    --------
    >>> meta = probe("sample_videos/treadmill_side.mp4")
    >>> meta.width, meta.height, round(meta.fps, 2), meta.frames
    (960, 720, 60.0, 780)
    """
    path = Path(path)
    with open_video(path) as (container, stream):
        timeline = timeline_of(path)
        first = next((frame for frame in decode(container, stream)), None)
        if first is None:
            raise no_frames_error(path)
        orientation = Orientation.of(first, stream)
        metadata = dict(container.metadata) | dict(stream.metadata)
    intervals = np.diff(timeline.times_s)
    irregular = False
    if len(intervals):
        # A coarse clock (1 ms in WebM) makes regular frames look uneven by one tick.
        allowed = _IRREGULAR * float(np.median(intervals)) + 1.01 * timeline.tick_s
        irregular = float(np.mean(np.abs(intervals - 1 / timeline.fps) > allowed)) > _IRREGULAR_SHARE
    return VideoMeta(
        path=path,
        width=orientation.width,
        height=orientation.height,
        rotation=orientation.clockwise,
        fps=timeline.fps,
        duration_s=float(timeline.times_s[-1] - timeline.times_s[0] + 1 / timeline.fps),
        frames=len(timeline.times_s),
        variable_frame_rate=irregular,
        capture_fps=_stated_capture_fps(metadata),
        start_s=float(timeline.times_s[0]),
        warnings=timeline.warnings,
    )


def frame_times(path: PathLike, *, start: float | None = None, end: float | None = None) -> FloatArray:
    """Read the time of every frame without decoding any.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Only frames with ``start <= time < end``, seconds on the file's own timeline.

    Returns
    -------
    (n,) float array
        Seconds, strictly increasing, at least one.

    Raises
    ------
    InputError
        When the file cannot be used, or the range is empty or lies outside the video.
    """
    path = Path(path)
    timeline = timeline_of(path)
    if start is not None and end is not None and start >= end:
        raise InputError(f"start ({start:g} s) must be before end ({end:g} s)")
    wanted = _within(timeline.times_s, start, end)
    if not wanted.any():
        raise InputError(
            f"{path}: no frame between {_time_text(start, 'the start')} and {_time_text(end, 'the end')}; "
            f"the video runs from {timeline.times_s[0]:.2f} to {timeline.times_s[-1]:.2f} s"
        )
    return timeline.times_s[wanted]


def timeline_of(path: Path) -> Timeline:
    """Read the timeline of a file; once per file, not once per call.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Timeline

    Raises
    ------
    InputError
        When the file cannot be used.
    """
    check_file(path)
    state = path.stat()
    return _read_timeline(path.resolve(), str(path), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read_timeline(resolved: Path, given: str, mtime_ns: int, size: int) -> Timeline:
    """Collect every timestamp by walking through the file's packets, without decoding them."""
    path = Path(given)
    stamps = array("q")  # an hour has a quarter of a million
    keys: list[int] = []
    packets = 0
    with open_video(path) as (container, stream):
        base = time_base(stream)
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        announced = stream.frames
        shift_s = 0.0
        if container.format.name in _FREE_RUNNING_CLOCKS:
            shift_s = -(container.start_time or 0) / av.time_base
        try:
            for packet in container.demux(stream):
                # A packet that the edit list cuts away is decoded but never shown.
                if packet.size == 0 or packet.is_discard:
                    continue
                packets += 1
                if packet.pts is not None:
                    stamps.append(packet.pts)
                    if packet.is_keyframe:
                        keys.append(packet.pts)
        except (av.FFmpegError, OSError):
            pass  # what was read so far is used; the warnings below state the shortfall
    if not packets:
        raise no_frames_error(path)
    warnings: list[str] = []
    times: FloatArray
    if len(stamps) < packets / 2:
        if rate <= 0:
            raise InputError(f"{path}: carries no timestamps and no frame rate; export it as MP4 and try again")
        warnings.append("the file carries no timestamps; frames are taken to be evenly spaced")
        times = np.arange(packets, dtype=np.float64) / rate
    else:
        times = np.unique(np.array(stamps)).astype(np.float64) * float(base) + shift_s
        if len(times) < packets - len(times) * _REPEATED_SHARE:
            warnings.append(f"{packets - len(times)} of {packets} frames repeat a timestamp and are left out")
    if announced and packets < _COMPLETE_SHARE * announced:
        warnings.append(
            f"the file is cut off: {packets} of {announced} frames are there ({times[-1] - times[0]:.1f} s); "
            "only these are used"
        )
    intervals = np.diff(times)
    if len(intervals):
        middle = float(np.median(intervals))
        # The mean of the ordinary intervals: as robust as the median, and not rounded to the clock's tick.
        fps = 1 / float(np.mean(intervals[np.abs(intervals - middle) <= _ORDINARY * middle]))
        if abs(rate / fps - 1) < _SAME_RATE:
            fps = rate  # 60000/1001 rather than 59.9403
    else:
        fps = rate if rate > 0 else 30.0
    keys_s = np.array(sorted(set(keys)), dtype=np.float64) * float(base) + shift_s
    return Timeline(times, keys_s, fps, float(base), shift_s, tuple(warnings))


def _stated_capture_fps(metadata: dict[str, str]) -> float | None:
    try:
        value = float(metadata["com.android.capture.fps"])
    except (KeyError, ValueError):
        return None
    return value if 0 < value < 1e5 else None


def _within(times: FloatArray, start: float | None, end: float | None) -> BoolArray:
    low = -np.inf if start is None else start - 1e-6
    high = np.inf if end is None else end - 1e-6
    return (times >= low) & (times < high)


def _time_text(time_s: float | None, otherwise: str) -> str:
    return otherwise if time_s is None else f"{time_s:g} s"
