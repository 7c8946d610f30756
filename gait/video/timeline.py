"""When each frame is shown, and how fast file and camera run.

Times are presentation timestamps in seconds. They are never computed from a frame number, because phones drop frames
and vary their rate. The *playback rate* is the rate of the timestamps; the *capture rate* is the rate at which the
camera sampled reality. They differ in slow motion and time lapse.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray, PathLike
from gait.display_language import N_, _, pgettext
from gait.display_units import number_text
from gait.errors import InputError
from gait.formatted_message import format_message
from gait.video.container import STILLS, check_file, decode, no_frames_error, open_video, time_base
from gait.video.file_structure import cut_part
from gait.video.input_limits import BARE_STREAMS, MAX_DURATION_S, MAX_FPS, MAX_FRAMES, MIN_FPS
from gait.video.orientation import Orientation
from gait.video.stream_clock import StreamClock, read_clock

#: An interval between frames that departs this far (fraction) from the usual one counts as irregular. [E]
_IRREGULAR = 0.10
#: A video with more than this share of irregular intervals has a variable frame rate. [E]
_IRREGULAR_SHARE = 0.01
#: Stream containers whose clock starts anywhere. Players show their first frame as time 0; so does this module.
_FREE_RUNNING_CLOCKS = {"mpegts", "mpeg"}
#: Frames with repeated timestamps are reported from this share of all on. [E]
_REPEATED_SHARE = 0.01
#: Highest rate that is believed of a bare stream, frames/s. [E]
_MAX_BARE_FPS = 1000
#: A file that is shorter than it says by less than this is not told as shorter, s. [E]
_SAME_LENGTH_S = 0.1
#: Most places that one warning lists. [E]
_MAX_TOLD = 3
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
    clock : StreamClock
        How the timestamps in the file became these times.
    warnings : tuple of str
    sizes : (n,) int array
        Bytes of each frame as coded; empty where frames and packets cannot be matched by their times.
    """

    times_s: FloatArray
    keys_s: FloatArray
    fps: float
    clock: StreamClock
    warnings: tuple[str, ...]
    sizes: NDArray[np.int64]

    @property
    def tick_s(self) -> float:
        """One tick of the file's clock, seconds."""
        return self.clock.tick_s

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
        raise InputError(_("start ({start} s) must be before end ({end} s)").format(start=f"{start:g}", end=f"{end:g}"))
    wanted = _within(timeline.times_s, start, end)
    if not wanted.any():
        raise InputError(
            _(
                "{path}: no frame between {time_text} and {time_text_2}; the video runs from {times_s} to {times_s_2} s"
            ).format(
                path=path,
                time_text=_time_text(start, pgettext("between … and …", "the start")),
                time_text_2=_time_text(end, pgettext("between … and …", "the end")),
                times_s=number_text(timeline.times_s[0], 2),
                times_s_2=number_text(timeline.times_s[-1], 2),
            )
        )
    return timeline.times_s[wanted]


def key_times(path: PathLike) -> FloatArray:
    """Read the times of the key frames, which can be decoded without the frames before them.

    Parameters
    ----------
    path : path

    Returns
    -------
    (k,) float array
        Seconds, increasing; the first frame's alone where the file cannot be read from anywhere else.

    Raises
    ------
    InputError
        When the file cannot be used.
    """
    return timeline_of(Path(path)).keys_s


def coded_sizes(path: PathLike) -> NDArray[np.int64]:
    """Read how many bytes each frame takes in the file: a picture that repeats the one before takes next to none.

    Parameters
    ----------
    path : path

    Returns
    -------
    (n,) int array
        In the order of `frame_times`; empty where frames and packets cannot be matched by their times.

    Raises
    ------
    InputError
        When the file cannot be used.
    """
    return timeline_of(Path(path)).sizes


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
    sizes = array("q")
    keys: list[int] = []
    packets = 0
    warnings: list[str] = []
    with open_video(path) as (container, stream):
        base = float(time_base(stream))
        rate = _stated_rate(container, stream)
        free_running = container.format.name in _FREE_RUNNING_CLOCKS
        start_s = (container.start_time or 0) / av.time_base
        inexact = container.format.name == "mpeg" or container.format.name in BARE_STREAMS
        may_be_reordered = container.format.name == "avi" and bool(stream.codec_context.has_b_frames)
        others = sum(not other.disposition & STILLS for other in container.streams.video) - 1
        if others:
            warnings.append(
                format_message(
                    "the file holds {count} video streams; the one of {width} × {height} is used",
                    count=others + 1,
                    width=stream.width,
                    height=stream.height,
                )
            )
        try:
            for packet in container.demux(stream):
                # A packet that the edit list cuts away is decoded but never shown.
                if packet.size == 0 or packet.is_discard:
                    continue
                packets += 1
                if packets > MAX_FRAMES:
                    raise InputError(
                        _("{path}: has more than {max_frames} frames; cut out the part to be measured").format(
                            path=path, max_frames=MAX_FRAMES
                        )
                    )
                if packet.pts is not None:
                    stamps.append(packet.pts)
                    sizes.append(packet.size)
                    if packet.is_keyframe:
                        keys.append(packet.pts)
        except (av.FFmpegError, OSError):
            pass  # what was read so far is used; the warnings below state the shortfall
        listed = [entry.pos + entry.size for entry in stream.index_entries if not entry.is_discard]
        # An AVI's length is guessed from its size where its end is missing.
        announced_s = (container.duration or 0) / av.time_base if container.format.name != "avi" else 0.0
    if not packets:
        raise no_frames_error(path)
    times: FloatArray
    missing = packets - len(stamps)
    if missing and (rate > 0 or missing > packets / 2) and _evenly_spaced(stamps, base, rate):
        if rate <= 0:
            raise InputError(
                _(
                    "{path}: carries neither timestamps nor a frame rate; put it into an MP4 with the camera's "
                    "frame rate"
                ).format(path=path)
            )
        message = N_(
            "the file carries timestamps of only {count} of {frames} frames; the frames are taken to be evenly spaced, "
            "{rate} in a second"
        )
        if missing == packets:
            message = N_("the file carries no timestamps; the frames are taken to be evenly spaced, {rate} in a second")
        rounded = (rate, 0 if rate.is_integer() else 2)
        warnings.append(format_message(message, count=packets - missing, frames=packets, rate=rounded))
        times = np.arange(packets, dtype=np.float64) / rate
        clock = StreamClock(base, counted=True)
    else:
        clock, times, breaks_s = read_clock(stamps, base, free_running=free_running, start_s=start_s)
        if breaks_s:
            where = ", ".join(f"{value:.1f} s" for value in breaks_s[:_MAX_TOLD])
            message = N_("the clock of the file jumps at {times}; what follows is taken to follow at once")
            warnings.append(format_message(message, times=where))
        unusable = missing + sum(stamp in clock.wild for stamp in stamps) if clock.wild else missing
        if unusable:
            message = N_("{count} of {frames} frames have no timestamp that can be right, and are left out")
            warnings.append(format_message(message, count=unusable, frames=packets))
        repeated = packets - unusable - len(times)
        if repeated > len(times) * _REPEATED_SHARE:
            message = N_("{count} of {frames} frames repeat a timestamp and are left out")
            warnings.append(format_message(message, count=repeated, frames=packets))
        if may_be_reordered and (np.diff(np.array(stamps)) > 0).all():
            clock = replace(clock, reordered=True)
        clock = replace(clock, inexact=inexact)
    cut = _cut_warning(path, listed, times, announced_s)
    if cut is not None:
        warnings.append(cut)
    intervals = np.diff(times)
    if len(intervals):
        middle = float(np.median(intervals))
        # The mean of the ordinary intervals: as robust as the median, and not rounded to the clock's tick.
        fps = 1 / float(np.mean(intervals[np.abs(intervals - middle) <= _ORDINARY * middle]))
        if abs(rate / fps - 1) < _SAME_RATE:
            fps = rate  # 60000/1001 rather than 59.9403
    else:
        fps = rate if rate > 0 else 30.0
    _check_times(path, times, fps)
    keys_s = times[:1]
    if clock.can_seek and keys:
        keys_s = np.array(sorted(set(keys)), dtype=np.float64) * base + clock.shift_s
    shown_sizes = np.zeros(0, dtype=np.int64)
    if clock.can_seek and not clock.reordered:
        shown_sizes = np.array(sizes)[np.unique(np.array(stamps), return_index=True)[1]]
    if len(shown_sizes) != len(times):
        shown_sizes = np.zeros(0, dtype=np.int64)
    return Timeline(times, keys_s, fps, clock, tuple(warnings), shown_sizes)


def _stated_rate(container: Any, stream: Any) -> float:
    """Return the frame rate that the file states, 1/s; 0 where it states none."""
    if container.format.name in BARE_STREAMS:
        # libavformat gives such a stream 25 frames/s; only the coded pictures may know better. Encoders of a variable
        # rate write their clock there, which is no rate.
        rate = float(stream.codec_context.framerate or 0)
        return rate if rate <= _MAX_BARE_FPS else 0.0
    return float(stream.average_rate or stream.guessed_rate or 0)


def _evenly_spaced(stamps: Sequence[int], tick_s: float, rate: float) -> bool:
    """Return whether the timestamps that are there leave no doubt that all frames are evenly spaced at a rate."""
    if len(stamps) < 2 or rate <= 0:
        return True
    steps = np.diff(np.unique(np.array(stamps))) * tick_s
    return float(np.mean(np.abs(steps * rate - 1) > _IRREGULAR + 1.01 * tick_s * rate)) <= _IRREGULAR_SHARE


def _cut_warning(path: Path, listed: Sequence[int], times: FloatArray, announced_s: float) -> str | None:
    """Return the warning about a file whose end is missing; ``None`` where nothing is known to be missing.

    Parameters
    ----------
    path : Path
    listed : sequence of int
        Where each frame that the file's index lists ends in the file, bytes.
    times : (n,) float array
        Times of the frames that were found, seconds.
    announced_s : float
        How long the file says that it is, seconds; 0 where it does not.
    """
    part = cut_part(path)
    if part is None:
        return None
    size = path.stat().st_size
    present = sum(end <= size for end in listed)
    seconds = (float(times[-1] - times[0]), 1)
    if part == "mdat" and listed:
        if present == len(listed):
            return None  # only sound is missing, or nothing
        return format_message(
            "the file is cut off: {count} of {frames} frames are there ({seconds} s); only these are used",
            count=present,
            frames=len(listed),
            seconds=seconds,
        )
    if announced_s > times[-1] - times[0] + _SAME_LENGTH_S:
        return format_message(
            "the file is cut off: {seconds} of {announced} s are there; only these are used",
            seconds=seconds,
            announced=(announced_s, 1),
        )
    return format_message("the file is cut off: {seconds} s are there; only these are used", seconds=seconds)


def _check_times(path: Path, times: FloatArray, fps: float) -> None:
    """Refuse a file whose times cannot be those of a camera, before memory is taken for them."""
    duration_s = float(times[-1] - times[0])
    if not np.isfinite(fps):
        raise InputError(_("{path}: its timestamps give no frame rate; export it as MP4 again").format(path=path))
    if not MIN_FPS <= fps <= MAX_FPS:
        raise InputError(
            _(
                "{path}: states {fps} frames/s, which no camera films ({min_fps} to {max_fps}); export it as MP4 again"
            ).format(path=path, fps=f"{fps:.4g}", min_fps=f"{MIN_FPS:g}", max_fps=f"{MAX_FPS:g}")
        )
    if duration_s > MAX_DURATION_S or duration_s * fps > MAX_FRAMES:
        raise InputError(
            _(
                "{path}: its {count} frames are spread over {duration_s} hours, at {fps} frames/s; its times "
                "are damaged, or it is too long: cut out the part to be measured"
            ).format(path=path, count=len(times), duration_s=number_text(duration_s / 3600, 1), fps=f"{fps:g}")
        )


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
