"""Frames with their true times, upright, out of any video that a phone makes.

It does not interpret what the frames show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from gait._typing import FloatArray, Image, PathLike
from gait.errors import InputError
from gait.video.container import decode, no_frames_error, open_video
from gait.video.orientation import IN_ONE_THREAD, Orientation, rgb_pixels
from gait.video.timeline import Timeline, frame_times, timeline_of

#: Weights of red, green and blue in the brightness (ITU-R BT.601).
_BRIGHTNESS = (0.299, 0.587, 0.114)
#: Number of BT.601 among the colour spaces of libav.
_BT601 = 5
#: Two times closer than this are the same, s. [E]
_SAME_TIME_S = 1e-6
#: The same where the time was stored elsewhere, s. [E]
SAME_FRAME_S = 1e-4
#: Fewer frames between two that are wanted are decoded, not skipped by seeking. [E]
SEEK_GAP_FRAMES = 6


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

    @classmethod
    def from_rgb(cls, image: Image) -> YuvPlanes:
        """Convert a picture.

        Parameters
        ----------
        image : (height, width, 3) uint8 array
            RGB, upright. A last odd row or column is left out.

        Returns
        -------
        YuvPlanes
        """
        import cv2

        height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        stored = np.asarray(cv2.cvtColor(image[:height, :width], cv2.COLOR_RGB2YUV_I420), dtype=np.uint8)
        u, v = stored[height:].reshape(2, height // 2, width // 2)
        return cls.from_planes(stored[:height], u, v)

    @classmethod
    def from_planes(cls, y: Image, u: Image, v: Image) -> YuvPlanes:
        """Take planes in BT.601 and limited range, as cameras give them.

        Parameters
        ----------
        y : (height, width) uint8 array
            Upright.
        u, v : (height / 2, width / 2) uint8 array

        Returns
        -------
        YuvPlanes
        """
        return cls(y, u, v, _yuv_to_rgb(_BT601, False), np.eye(2, 3))


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
    #: Kept, because a frame of 10 bits is converted (1 ms at 1080p), and asked for its planes some three times.
    _planes: YuvPlanes | None = field(default=None, init=False, repr=False)

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
        return orientation.turn(np.asarray(cv2.LUT(planes.y, self._grey_levels(planes)), dtype=np.uint8))

    def grey_part(self, left: int, top: int, right: int, bottom: int) -> Image:
        """Return a part of `grey`, in less time.

        Parameters
        ----------
        left, top, right, bottom : int
            Pixels of the upright frame; what lies beyond it is left out.

        Returns
        -------
        (h, w) uint8 array
            ``grey()[top:bottom, left:right]``.
        """
        import cv2

        planes, orientation = self.planes(), self._orientation
        if planes.y.shape[1] != orientation.stored_width:
            return self.grey()[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        x0, y0, x1, y1 = orientation.stored_box(left, top, right, bottom)
        part = np.ascontiguousarray(planes.y[y0:y1, x0:x1])
        return orientation.turn(
            np.asarray(cv2.LUT(part, self._grey_levels(planes)), dtype=np.uint8) if part.size else part
        )

    def rgb_part(self, left: int, top: int, right: int, bottom: int) -> Image:
        """Return a part of `rgb`, in less time.

        Parameters
        ----------
        left, top, right, bottom : int
            Pixels of the upright frame; what lies beyond it is left out.

        Returns
        -------
        (h, w, 3) uint8 array
            ``rgb()[top:bottom, left:right]``.
        """
        decoded, orientation = self._decoded, self._orientation
        x0, y0, x1, y1 = orientation.stored_box(left, top, right, bottom)
        if (
            decoded.format.name not in ("yuv420p", "yuvj420p")
            or decoded.width != orientation.stored_width
            or decoded.width % 2 + decoded.height % 2  # the last row or column has a colour of its own
            or x1 <= x0
            or y1 <= y0
        ):
            return self.rgb()[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        # Colours are stored for two by two pixels.
        begin_x, begin_y = x0 // 2 * 2, y0 // 2 * 2
        part: Any = av.VideoFrame(
            min(x1 + x1 % 2, decoded.width) - begin_x, min(y1 + y1 % 2, decoded.height) - begin_y, decoded.format.name
        )
        for number, (source, target) in enumerate(zip(decoded.planes, part.planes, strict=True)):
            by = 1 if number == 0 else 2
            pixels = np.frombuffer(source, np.uint8).reshape(-1, source.line_size)
            pixels = pixels[begin_y // by : begin_y // by + target.height, begin_x // by : begin_x // by + target.width]
            np.frombuffer(target, np.uint8).reshape(-1, target.line_size)[: target.height, : target.width] = pixels
        part.colorspace, part.color_range = decoded.colorspace, decoded.color_range
        return orientation.turn(rgb_pixels(part)[y0 - begin_y : y1 - begin_y, x0 - begin_x : x1 - begin_x])

    def _grey_levels(self, planes: YuvPlanes) -> Image:
        levels = np.clip(planes.to_rgb[0, 0] * np.arange(256) + planes.to_rgb[0] @ (0, 128, 128, 1), 0, 255)
        return np.asarray(np.rint(levels), dtype=np.uint8)

    def planes(self) -> YuvPlanes:
        """Return the frame as it is stored, which takes no time for nearly every video.

        Returns
        -------
        YuvPlanes
            The same at each call: not to be written to.
        """
        planes = self._planes
        if planes is None:
            planes = self._read_planes()
            object.__setattr__(self, "_planes", planes)
        return planes

    def _read_planes(self) -> YuvPlanes:
        decoded = self._decoded
        if decoded.format.name in ("yuv420p", "yuvj420p"):
            space, full = decoded.colorspace, decoded.color_range == 2 or decoded.format.name == "yuvj420p"
        else:
            decoded = decoded.reformat(
                format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG", **IN_ONE_THREAD
            )
            space, full = _BT601, False
        y, u, v = (
            np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
            for plane in decoded.planes
        )
        return YuvPlanes(y, u, v, _yuv_to_rgb(int(space), full), self._orientation.from_upright(decoded.width))

    def scaled_planes(self, width: int, height: int) -> tuple[Image, Image, Image]:
        """Return the frame upright, at another size, as brightness and two colours.

        Parameters
        ----------
        width, height : int
            Upright size, pixels; even.

        Returns
        -------
        tuple of (height, width), (height / 2, width / 2), (height / 2, width / 2) uint8 arrays
            In the colour space of `colour_space`; they share no memory with the frame.
        """
        import cv2

        planes, orientation = self.planes(), self._orientation
        turned: list[Image] = []
        for plane, by in ((planes.y, 1), (planes.u, 2), (planes.v, 2)):
            size = (height // by, width // by) if orientation.transpose else (width // by, height // by)
            # Beyond half the size, linear interpolation would leave pixels out.
            method = cv2.INTER_AREA if plane.shape[1] > 2 * size[0] else cv2.INTER_LINEAR
            scaled = plane if plane.shape[::-1] == size else cv2.resize(plane, size, interpolation=method)
            image = orientation.turn(np.asarray(scaled, dtype=np.uint8))
            turned.append(image.copy() if np.shares_memory(image, plane) else image)
        return turned[0], turned[1], turned[2]

    @property
    def colour_space(self) -> tuple[int, bool]:
        """Matrix of the planes, numbered as in ITU-T H.273, and whether black is 0 and white 255."""
        decoded = self._decoded
        if decoded.format.name not in ("yuv420p", "yuvj420p"):
            return _BT601, False
        space = int(decoded.colorspace)
        known = space if space in (1, 9, 10) else _BT601
        return known, decoded.color_range == 2 or decoded.format.name == "yuvj420p"


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
    path: PathLike, *, start: float | None = None, end: float | None = None, step: int = 1, threads: int | None = None
) -> Iterator[DecodedFrame]:
    """Read frames as :func:`read_frames` does, and leave it to the caller which pixels to convert, and where.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Only frames with ``start <= time_s < end``, seconds on the file's own timeline.
    step : int
        Every ``step``-th of these frames, from the first one on. Frames between them are not even decoded where the
        file allows.
    threads : int, optional
        Threads of the decoder; one per processor core without it. One costs least where several parts of a file are
        read at the same time.

    Yields
    ------
    DecodedFrame

    Raises
    ------
    InputError
        As :func:`read_frames`.
    """
    path = Path(path)
    times = frame_times(path, start=start, end=end)[::step]
    timeline = timeline_of(path)
    return _in_range(path, timeline, times, None if start is None else float(times[0]), threads)


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


def read_frames_at(path: PathLike, times: FloatArray, *, threads: int | None = None) -> Iterator[DecodedFrame]:
    """Read chosen frames, and decode as little as possible between them.

    Parameters
    ----------
    path : path
    times : (n,) float array
        Times of the frames, s on the file's own timeline, increasing; those at which no frame is shown give none.
    threads : int, optional
        As of :func:`read_decoded_frames`.

    Yields
    ------
    DecodedFrame
        In the order of the file. Frames that are damaged in the file are left out.

    Raises
    ------
    InputError
        As :func:`gait.video.timeline.probe`.
    """
    path = Path(path)
    timeline = timeline_of(path)
    groups = frame_groups(path, times)
    if not groups:
        return
    with open_video(path) as opened:
        for group in groups:
            with suppress(InputError):  # nothing but damaged frames
                yield from _in_range(path, timeline, group, float(group[0]), threads, opened)


def frame_groups(path: PathLike, times: FloatArray) -> list[FloatArray]:
    """Split times of frames into groups, each of which is read best from one key frame on.

    Parameters
    ----------
    path : path
    times : (n,) float array
        Times, s on the file's own timeline, increasing.

    Returns
    -------
    list of (m,) float array
        Times of frames of the file; those at which no frame is shown are left out.

    Raises
    ------
    InputError
        As :func:`gait.video.timeline.probe`.
    """
    timeline = timeline_of(Path(path))
    if not len(times):
        return []
    number = np.clip(np.searchsorted(timeline.times_s, np.asarray(times) - SAME_FRAME_S), 0, len(timeline.times_s) - 1)
    shown = np.unique(timeline.times_s[number][np.abs(timeline.times_s[number] - times) <= SAME_FRAME_S])
    if not timeline.clock.can_seek or not len(shown):
        return [shown] if len(shown) else []
    key = np.searchsorted(timeline.keys_s, shown + timeline.tick_s / 2)
    # Opening the file anew takes as long as decoding a few frames.
    new = (np.diff(key) > 0) & (np.diff(shown) > SEEK_GAP_FRAMES / timeline.fps)
    return [np.asarray(part) for part in np.split(shown, np.flatnonzero(new) + 1)]


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
    path: Path,
    timeline: Timeline,
    times: FloatArray,
    seek_to: float | None,
    threads: int | None,
    opened: tuple[Any, Any] | None = None,
) -> Iterator[DecodedFrame]:
    """Yield the frames at these times: all frames between the first and the last of them, or every n-th."""
    close = timeline.tick_s / 2
    wanted: frozenset[int] | None = None
    if timeline.clock.can_seek and not timeline.clock.reordered:
        wanted = frozenset(timeline.clock.ticks(time) for time in times.tolist())
    indices = frozenset(np.searchsorted(timeline.times_s, times - close).tolist())
    last = max(indices)
    any_yielded = False
    frames = _with_times(path, timeline, seek_to=seek_to, threads=threads, wanted=wanted, opened=opened)
    for at, decoded, orientation in frames:
        index = timeline.index(at)
        if index > last:
            break
        if index not in indices:
            continue
        any_yielded = True
        yield DecodedFrame(index, at, decoded, orientation)
        if index == last < len(timeline.times_s) - 1:
            break
    if not any_yielded:
        raise no_frames_error(path)


def _with_times(
    path: Path,
    timeline: Timeline,
    *,
    seek_to: float | None,
    threads: int | None = None,
    wanted: frozenset[int] | None = None,
    opened: tuple[Any, Any] | None = None,
) -> Iterator[tuple[float, Any, Orientation]]:
    """Decode from the key frame at or before ``seek_to``, and yield each frame with its time and orientation.

    A seek that fails or lands too late (a damaged index, or none) is undone: decoding then starts at the beginning.
    ``opened``: container and stream, to seek in; opening a file takes as long as decoding a few frames.
    """
    clock = timeline.clock
    if seek_to is not None and clock.can_seek and timeline.key_before(seek_to) > timeline.times_s[0]:
        any_yielded = False
        frames = _decoded(path, timeline, seek_to=seek_to, threads=threads, wanted=wanted, opened=opened)
        for at, decoded, orientation in frames:
            if not any_yielded and at > seek_to + timeline.tick_s / 2:
                break
            any_yielded = True
            yield at, decoded, orientation
        if any_yielded:
            return
    yield from _decoded(path, timeline, seek_to=None, threads=threads, wanted=wanted)


def _decoded(
    path: Path,
    timeline: Timeline,
    *,
    seek_to: float | None,
    threads: int | None,
    wanted: frozenset[int] | None,
    opened: tuple[Any, Any] | None = None,
) -> Iterator[tuple[float, Any, Orientation]]:
    clock = timeline.clock
    with open_video(path) if opened is None else nullcontext(opened) as (container, stream):
        if seek_to is not None:
            try:
                container.seek(clock.ticks(timeline.key_before(seek_to)), stream=stream, backward=True)
            except (av.FFmpegError, OSError):
                return
        last = -np.inf
        orientation: Orientation | None = None
        frames = decode(container, stream, from_s=seek_to, shift_s=clock.shift_s, threads=threads, wanted=wanted)
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
