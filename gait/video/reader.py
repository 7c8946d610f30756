"""Frames with their true times, upright, out of any video that a phone makes.

It does not interpret what the frames show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from gait._typing import FloatArray, Image, PathLike
from gait.video.container import decode, no_frames_error, open_video
from gait.video.orientation import Orientation
from gait.video.timeline import Timeline, frame_times, timeline_of

#: Weights of red, green and blue in the brightness (ITU-R BT.601).
_BRIGHTNESS = (0.299, 0.587, 0.114)
#: Two times closer than this are the same, s. [E]
_SAME_TIME_S = 1e-6


@dataclass(frozen=True)
class Frame:
    """One frame of a video.

    Attributes
    ----------
    index : int
        Its number in the file, from 0.
    time_s : float
        When it is shown, seconds.
    image : (height, width, 3) uint8 array
        RGB, upright.
    """

    index: int
    time_s: float
    image: Image = field(repr=False)


@dataclass(frozen=True, eq=False)
class YuvPlanes:
    """A frame as cameras store it: brightness, and two colours at half the size. Shares memory with the frame.

    Attributes
    ----------
    y : (height, width) uint8 array
        As stored: possibly lying on its side or mirrored.
    u, v : (about height / 2, about width / 2) uint8 array
    to_rgb : (3, 4) float array
        Turns (y, u, v, 1) into red, green and blue, 0–255; values beyond must be clipped.
    from_upright : (2, 3) float array
        Turns (x, y, 1) in the upright frame into (x, y) in ``y``; whole numbers are the middles of pixels.
    """

    y: Image
    u: Image
    v: Image
    to_rgb: FloatArray
    from_upright: FloatArray


@dataclass(frozen=True, eq=False)
class DecodedFrame:
    """One frame as it was decoded. Its methods convert the pixels, when they are called, in any thread.

    Attributes
    ----------
    index : int
        Its number in the file, from 0.
    time_s : float
        When it is shown, seconds.
    """

    index: int
    time_s: float
    _decoded: Any = field(repr=False)
    _orientation: Orientation = field(repr=False)

    @property
    def width(self) -> int:
        """Width of the upright frame, pixels."""
        return self._orientation.width

    @property
    def height(self) -> int:
        """Height of the upright frame, pixels."""
        return self._orientation.height

    def rgb(self) -> Image:
        """Convert the frame to RGB.

        Returns
        -------
        (height, width, 3) uint8 array
            RGB, upright, contiguous.
        """
        return self._orientation.upright_rgb(self._decoded)

    def grey(self) -> Image:
        """Convert the frame to brightness alone, which takes less time than `rgb`.

        Returns
        -------
        (height, width) uint8 array
            Upright; 0 = black, 255 = white.
        """
        import cv2

        orientation, planes = self._orientation, self.planes()
        if planes.y.shape[1] != orientation.stored_width:
            return np.asarray(np.rint(self.rgb() @ _BRIGHTNESS), dtype=np.uint8)
        levels = np.clip(planes.to_rgb[0, 0] * np.arange(256) + planes.to_rgb[0] @ (0, 128, 128, 1), 0, 255)
        return orientation.turn(np.asarray(cv2.LUT(planes.y, np.rint(levels).astype(np.uint8)), dtype=np.uint8))

    def planes(self) -> YuvPlanes:
        """Return the frame as it is stored, which takes no time for nearly every video.

        Returns
        -------
        YuvPlanes
        """
        decoded = self._decoded
        if decoded.format.name in ("yuv420p", "yuvj420p"):
            space, full = decoded.colorspace, decoded.color_range == 2 or decoded.format.name == "yuvj420p"
        else:
            decoded = decoded.reformat(format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG")
            space, full = 5, False
        y, u, v = (
            np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
            for plane in decoded.planes
        )
        return YuvPlanes(y, u, v, _yuv_to_rgb(int(space), full), self._orientation.from_upright(decoded.width))


def read_frames(path: PathLike, *, start: float | None = None, end: float | None = None) -> Iterator[Frame]:
    """Read frames one after another, upright; only a few are in memory at any time.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Only frames with ``start <= time_s < end``, seconds on the file's own timeline.

    Yields
    ------
    Frame
        ``time_s`` strictly increases. Left out are frames that are damaged in the file, and frames whose timestamp
        repeats or precedes the one before, which no player shows either.

    Raises
    ------
    InputError
        At the call: as :func:`gait.video.timeline.frame_times`. While reading: when not a single frame can be decoded.

    Examples
    --------
    >>> times = [frame.time_s for frame in read_frames("sample_videos/treadmill_side.mp4", end=0.05)]
    >>> [round(time, 4) for time in times]
    [0.0, 0.0167, 0.0333]
    """
    return (Frame(f.index, f.time_s, f.rgb()) for f in read_decoded_frames(path, start=start, end=end))


def read_decoded_frames(
    path: PathLike, *, start: float | None = None, end: float | None = None
) -> Iterator[DecodedFrame]:
    """Read frames as :func:`read_frames` does, and leave it to the caller which pixels to convert, and where.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Only frames with ``start <= time_s < end``, seconds on the file's own timeline.

    Yields
    ------
    DecodedFrame

    Raises
    ------
    InputError
        As :func:`read_frames`.
    """
    path = Path(path)
    first = float(frame_times(path, start=start, end=end)[0])
    return _in_range(path, timeline_of(path), start, end, None if start is None else first)


def read_bursts(
    path: PathLike, times: Sequence[float], *, count: int = 1, patience: int = 120
) -> Iterator[tuple[DecodedFrame, ...]]:
    """Read a few frames in a row at each of several moments, without decoding what lies between.

    Parameters
    ----------
    path : path
    times : sequence of float
        Moments in the video, seconds, increasing. A burst starts at the key frame at or before its moment, so that no
        frame is decoded in vain. Where that key frame has been used already, decoding goes on towards the moment.
    count : int
        Frames in a row.
    patience : int
        Most frames decoded in vain per moment. In a file with few key frames a burst may start before its moment.

    Yields
    ------
    tuple of DecodedFrame
        In the order of the file, one to ``count`` frames, none of them twice; a moment without frames is left out.

    Raises
    ------
    InputError
        As :func:`gait.video.timeline.probe`.
    """
    path = Path(path)
    timeline = timeline_of(path)
    last_s = -np.inf
    decoded_frames: Iterator[tuple[float, Any, Orientation]] = iter(())
    for moment in times:
        aim = float(timeline.times_s[timeline.index(moment)])
        key = timeline.key_before(aim)
        from_key = key > last_s
        if from_key:
            decoded_frames = _with_times(path, timeline, seek_to=key)
        burst: list[DecodedFrame] = []
        skipped = 0
        for at, decoded, orientation in decoded_frames:
            if at <= last_s or (not from_key and at < aim - timeline.tick_s / 2 and skipped < patience):
                skipped += 1
                continue
            burst.append(DecodedFrame(timeline.index(at), at, decoded, orientation))
            if len(burst) == count:
                break
        if burst:
            last_s = burst[-1].time_s
            yield tuple(burst)


def frame_at(path: PathLike, time_s: float) -> Frame:
    """Read the frame that a player shows at a time.

    Parameters
    ----------
    path : path
    time_s : float
        Seconds on the file's own timeline. Before the first frame: the first; after the last: the last.

    Returns
    -------
    Frame
        The last frame with ``frame.time_s <= time_s``.

    Raises
    ------
    InputError
        As :func:`gait.video.timeline.probe`.

    Examples
    --------
    >>> frame = frame_at("sample_videos/treadmill_side.mp4", 0.5)
    >>> frame.index, frame.image.shape
    (30, (720, 960, 3))
    """
    path = Path(path)
    timeline = timeline_of(path)
    index = max(int(np.searchsorted(timeline.times_s, time_s + _SAME_TIME_S, side="right")) - 1, 0)
    for seek in (True, False):  # a damaged index can make a seek miss; decoding from the start cannot
        best: tuple[float, Any, Orientation] | None = None
        for at, decoded, orientation in _with_times(path, timeline, seek_to=timeline.times_s[index] if seek else None):
            if at > time_s + _SAME_TIME_S and best is not None:
                break
            best = (at, decoded, orientation)
            if at > time_s + _SAME_TIME_S:
                break
        if best is not None and (best[0] <= time_s + _SAME_TIME_S or not seek):
            at, decoded, orientation = best
            return Frame(timeline.index(at), at, orientation.upright_rgb(decoded))
    raise no_frames_error(path)


def _in_range(
    path: Path, timeline: Timeline, start: float | None, end: float | None, seek_to: float | None
) -> Iterator[DecodedFrame]:
    any_yielded = False
    for at, decoded, orientation in _with_times(path, timeline, seek_to=seek_to):
        if start is not None and at < start - timeline.tick_s / 2:
            continue
        if end is not None and at >= end - timeline.tick_s / 2:
            break
        any_yielded = True
        yield DecodedFrame(timeline.index(at), at, decoded, orientation)
    if not any_yielded:
        raise no_frames_error(path)


def _with_times(path: Path, timeline: Timeline, *, seek_to: float | None) -> Iterator[tuple[float, Any, Orientation]]:
    """Decode from the key frame at or before ``seek_to``, and yield each frame with its time and orientation.

    A seek that fails or lands too late (a damaged index, or none) is undone: decoding then starts at the beginning.
    """
    clock = timeline.clock
    if seek_to is not None and clock.can_seek and timeline.key_before(seek_to) > timeline.times_s[0]:
        any_yielded = False
        for at, decoded, orientation in _decoded(path, timeline, seek_to=seek_to):
            if not any_yielded and at > seek_to + timeline.tick_s / 2:
                break
            any_yielded = True
            yield at, decoded, orientation
        if any_yielded:
            return
    yield from _decoded(path, timeline, seek_to=None)


def _decoded(path: Path, timeline: Timeline, *, seek_to: float | None) -> Iterator[tuple[float, Any, Orientation]]:
    clock = timeline.clock
    with open_video(path) as (container, stream):
        if seek_to is not None:
            try:
                container.seek(clock.ticks(timeline.key_before(seek_to)), stream=stream, backward=True)
            except (av.FFmpegError, OSError):
                return
        last = -np.inf
        orientation: Orientation | None = None
        frames = decode(container, stream, from_s=seek_to, shift_s=clock.shift_s)
        for at, decoded in clock.timed(frames, timeline.times_s, 1 / timeline.fps):
            if at <= last:
                continue
            last = at
            orientation = orientation or Orientation.of(decoded, stream)
            yield at, decoded, orientation


@lru_cache(maxsize=16)
def _yuv_to_rgb(space: int, full: bool) -> FloatArray:
    """Return `YuvPlanes.to_rgb` for a colour space, numbered as in ITU-T H.273; untagged is BT.601, as in libav."""
    red, blue = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593), 10: (0.2627, 0.0593)}.get(space, (0.299, 0.114))
    green = 1 - red - blue
    brightness, colour, black = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    matrix = np.array(
        [
            [1.0, 0.0, 2 * (1 - red)],
            [1.0, -2 * (1 - blue) * blue / green, -2 * (1 - red) * red / green],
            [1.0, 2 * (1 - blue), 0.0],
        ]
    ) * (brightness, colour, colour)
    return np.column_stack([matrix, -matrix @ (black, 128.0, 128.0)])
