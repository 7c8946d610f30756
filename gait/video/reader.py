"""Frames with their true times, upright, out of any video a phone makes; and H.264 that every browser plays.

Nothing here knows what is in the picture. Times are presentation timestamps in seconds; they are never computed
from a frame number, because phones drop frames and vary their rate.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from numpy.typing import NDArray

from gait._typing import Image, PathLike
from gait.atomic_files import atomic_write
from gait.errors import InputError

#: An interval between frames that departs this far (fraction) from the usual one counts as irregular …
_IRREGULAR = 0.10
#: … and a video with more than this share of them has a variable frame rate.
_IRREGULAR_SHARE = 0.01
#: The clock of files that we write, ticks per second: whole ticks per frame at 24, 25, 30, 50, 60, 120, 240 frames
#: per second and at their 1000/1001 relatives.
_CLOCK = 600_000
#: Stream containers whose clock starts anywhere; players show their first picture as time 0, and so do we.
_FREE_RUNNING_CLOCKS = {"mpegts", "mpeg"}


@dataclass(frozen=True)
class VideoMeta:
    """What a video file is, without its pictures.

    Attributes
    ----------
    path : Path
    width, height : int
        Pixels of the upright picture (after rotation, and after stretching non-square pixels).
    rotation : {0, 90, 180, 270}
        Degrees by which stored pictures are turned clockwise to stand upright. Already applied to every frame.
    fps : float
        Playback rate, 1/s: one over the usual interval between frames (a pause or a dropped frame does not count).
    duration_s : float
        Seconds from the first frame to the end of the last one.
    frames : int
        Pictures that are shown.
    variable_frame_rate : bool
        More than 1 % of the intervals depart by more than 10 % from the usual one.
    capture_fps : float or None
        Rate at which the camera says it sampled reality, 1/s, where the file carries it (Android does).
    start_s : float
        Time of the first frame, seconds.
    warnings : tuple of str
        What is wrong with the file although it can be used, one line each.
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

        The file's own figure is nominal (30 where 28.6 were taken in dim light), so it is believed only where it
        speaks of slow motion or time lapse: more than a factor 1.5 away from the playback rate.
        """
        if self.capture_fps is not None and not 1 / 1.5 < self.capture_fps / self.fps < 1.5:
            return self.capture_fps
        return self.fps


@dataclass(frozen=True)
class Frame:
    """One picture: ``index`` in the file (from 0), ``time_s`` (seconds), ``image`` (height, width, 3) uint8 RGB."""

    index: int
    time_s: float
    image: Image = field(repr=False)


@dataclass(frozen=True, eq=False)
class Planes:
    """A picture as cameras store it: brightness, and two colours at half the size. Shares memory with the picture.

    Attributes
    ----------
    y : (height, width) uint8
        As stored: possibly lying on its side or mirrored.
    u, v : (about height / 2, about width / 2) uint8
    to_rgb : (3, 4) float
        Turns (y, u, v, 1) into red, green and blue, 0–255; values beyond must be clipped.
    from_upright : (2, 3) float
        Turns (x, y, 1) in the upright picture into (x, y) in ``y``; whole numbers are the middles of pixels.
    """

    y: Image
    u: Image
    v: Image
    to_rgb: NDArray[np.float64]
    from_upright: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture as it was decoded; what is asked of it is made only then, in any thread.

    Attributes
    ----------
    index : int
        In the file, from 0.
    time_s : float
        Seconds.
    """

    index: int
    time_s: float
    _decoded: Any = field(repr=False)
    _orientation: _Orientation = field(repr=False)

    @property
    def width(self) -> int:
        """Pixels of the upright picture."""
        return self._orientation.width

    @property
    def height(self) -> int:
        """Pixels of the upright picture."""
        return self._orientation.height

    def rgb(self) -> Image:
        """Give the picture as (height, width, 3) uint8 RGB, upright, contiguous."""
        return self._orientation.upright(self._decoded)

    def grey(self) -> Image:
        """Give the brightness alone as (height, width) uint8, upright, 0 = black, 255 = white; cheaper than `rgb`."""
        import cv2

        orientation, planes = self._orientation, self.planes()
        if planes.y.shape[1] != orientation.stored_width:
            return np.asarray(np.rint(self.rgb() @ (0.299, 0.587, 0.114)), dtype=np.uint8)
        levels = np.clip(planes.to_rgb[0, 0] * np.arange(256) + planes.to_rgb[0] @ (0, 128, 128, 1), 0, 255)
        return orientation.turned(np.asarray(cv2.LUT(planes.y, np.rint(levels).astype(np.uint8)), dtype=np.uint8))

    def planes(self) -> Planes:
        """Give the picture as it is stored, which for nearly every video costs nothing."""
        picture = self._decoded
        if picture.format.name in ("yuv420p", "yuvj420p"):
            space, full = picture.colorspace, picture.color_range == 2 or picture.format.name == "yuvj420p"
        else:
            picture = picture.reformat(format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG")
            space, full = 5, False
        y, u, v = (
            np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
            for plane in picture.planes
        )
        return Planes(y, u, v, _yuv_to_rgb(int(space), full), self._orientation.from_upright(picture.width))


def read_video(path: PathLike) -> VideoMeta:
    """Open a video for the steps of an analysis: what :func:`probe` says of it, which stands for the file.

    Parameters
    ----------
    path : path

    Returns
    -------
    VideoMeta
        Taken as a path by whatever takes the path of a video: ``gait.estimate_pose(gait.read_video("run.mp4"))``.

    Raises
    ------
    InputError
        When this is not a video that can be used.
    """
    return probe(path)


def probe(path: PathLike) -> VideoMeta:
    """Say what a video file is. Reads the whole file but decodes only its first picture.

    Parameters
    ----------
    path : path

    Returns
    -------
    VideoMeta

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
    with _opened(path) as (container, stream):
        timeline = _timeline_of(path)
        first = next((frame for frame in _decoded(container, stream)), None)
        if first is None:
            raise _no_pictures(path)
        orientation = _Orientation.of(first, stream)
        meta = dict(container.metadata) | dict(stream.metadata)
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
        capture_fps=_capture_fps(meta),
        start_s=float(timeline.times_s[0]),
        warnings=timeline.warnings,
    )


def frame_times(path: PathLike, *, start: float | None = None, end: float | None = None) -> NDArray[np.float64]:
    """Give the time of every frame without decoding any.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Only frames with ``start <= time < end``, seconds on the file's own timeline.

    Returns
    -------
    (n,) array
        Seconds, strictly increasing, at least one.

    Raises
    ------
    InputError
        When the file cannot be used, or the range is empty or lies outside the video.
    """
    path = Path(path)
    timeline = _timeline_of(path)
    if start is not None and end is not None and start >= end:
        raise InputError(f"start ({start:g} s) must be before end ({end:g} s)")
    wanted = _within(timeline.times_s, start, end)
    if not wanted.any():
        raise InputError(
            f"{path}: no frame between {_shown(start, 'the start')} and {_shown(end, 'the end')}; "
            f"the video runs from {timeline.times_s[0]:.2f} to {timeline.times_s[-1]:.2f} s"
        )
    return timeline.times_s[wanted]


def read_frames(path: PathLike, *, start: float | None = None, end: float | None = None) -> Iterator[Frame]:
    """Give the frames one after another, upright; only a few are in memory at any time.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Only frames with ``start <= time_s < end``, seconds on the file's own timeline.

    Yields
    ------
    Frame
        ``time_s`` strictly increases: a frame whose timestamp repeats or precedes the one before is never shown
        by a player either, and is left out. Pictures that are damaged in the file are left out too.

    Raises
    ------
    InputError
        At the call: as :func:`frame_times`. While reading: when not
        a single picture can be decoded.

    Examples
    --------
    >>> times = [frame.time_s for frame in read_frames("sample_videos/treadmill_side.mp4", end=0.05)]
    >>> [round(time, 4) for time in times]
    [0.0, 0.0167, 0.0333]
    """
    return (Frame(p.index, p.time_s, p.rgb()) for p in read_pictures(path, start=start, end=end))


def read_pictures(path: PathLike, *, start: float | None = None, end: float | None = None) -> Iterator[Picture]:
    """Give the frames as :func:`read_frames` does, but leave it to the caller which pixels to convert, and where.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Only frames with ``start <= time_s < end``, seconds on the file's own timeline.

    Yields
    ------
    Picture

    Raises
    ------
    InputError
        As :func:`read_frames`.
    """
    path = Path(path)
    first = float(frame_times(path, start=start, end=end)[0])
    return _read(path, _timeline_of(path), start, end, None if start is None else first)


def read_spots(
    path: PathLike, times: Sequence[float], *, count: int = 1, patience: int = 120
) -> Iterator[tuple[Picture, ...]]:
    """Give a few pictures in a row at each of several moments, without decoding what lies between.

    Parameters
    ----------
    path : path
    times : sequence of float
        Moments in the video, seconds, increasing. Each is answered from the key frame at or before it, so that
        nothing is decoded in vain; only where that one has been used already, decoding goes on towards the moment.
    count : int
        Pictures in a row.
    patience : int
        Most pictures decoded in vain per moment: a file with few key frames is answered with earlier pictures than
        asked for.

    Yields
    ------
    tuple of Picture
        In the order of the file, one to ``count`` pictures that have not been given before; a moment for which
        there are none is left out.

    Raises
    ------
    InputError
        As :func:`probe`.
    """
    path = Path(path)
    timeline = _timeline_of(path)
    given = -np.inf
    pictures: Iterator[tuple[float, Any, _Orientation]] = iter(())
    for moment in times:
        aim = float(timeline.times_s[timeline.index(moment)])
        key = timeline.key_before(aim)
        from_key = key > given
        if from_key:
            pictures = _timed(path, timeline, seek_to=key)
        spot: list[Picture] = []
        skipped = 0
        for at, picture, orientation in pictures:
            if at <= given or (not from_key and at < aim - timeline.tick_s / 2 and skipped < patience):
                skipped += 1
                continue
            spot.append(Picture(timeline.index(at), at, picture, orientation))
            if len(spot) == count:
                break
        if spot:
            given = spot[-1].time_s
            yield tuple(spot)


def frame_at(path: PathLike, time_s: float) -> Frame:
    """Give the frame that a player shows at a time.

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
        As :func:`probe`.

    Examples
    --------
    >>> frame = frame_at("sample_videos/treadmill_side.mp4", 0.5)
    >>> frame.index, frame.image.shape
    (30, (720, 960, 3))
    """
    path = Path(path)
    timeline = _timeline_of(path)
    index = max(int(np.searchsorted(timeline.times_s, time_s + 1e-6, side="right")) - 1, 0)
    for seek in (True, False):  # a damaged index can make a seek miss; decoding from the start cannot
        best: tuple[float, Any, _Orientation] | None = None
        for at, picture, orientation in _timed(path, timeline, seek_to=timeline.times_s[index] if seek else None):
            if at > time_s + 1e-6 and best is not None:
                break
            best = (at, picture, orientation)
            if at > time_s + 1e-6:
                break
        if best is not None and (best[0] <= time_s + 1e-6 or not seek):
            at, picture, orientation = best
            return Frame(timeline.index(at), at, orientation.upright(picture))
    raise _no_pictures(path)


class VideoWriter:
    """Write an H.264 MP4 that browsers and phones play, or nothing at all.

    Parameters
    ----------
    path : path
        The file to make or replace; its folder must exist.
    width, height : int
        Pixels of the images that will be written. Odd sizes are padded by one pixel, which the format requires.
    fps : float
        Rate for frames that are written without a time, and how long the last frame is shown.
    crf : int
        x264's constant quality: lower is better and larger; 18 looks lossless, 23 is its default.
    rotation : {0, 90, 180, 270}
        Store the pictures turned, with metadata that tells players to turn them clockwise by so many degrees, as
        phones do. Images are given upright and are shown upright; ``width`` and ``height`` are the upright ones.

    Notes
    -----
    The file appears under its name when the ``with`` block ends without an exception, complete; on an exception
    or Ctrl-C nothing is left behind. Its timeline starts at 0: ``time_s`` of the first image is kept in
    ``start_s`` and is subtracted from every later one.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with VideoWriter(f"{folder}/out.mp4", width=64, height=48, fps=30) as writer:
    ...         for _ in range(3):
    ...             writer.write(np.zeros((48, 64, 3), np.uint8))
    ...     probe(f"{folder}/out.mp4").frames
    3
    """

    def __init__(
        self, path: PathLike, *, width: int, height: int, fps: float, crf: int = 21, rotation: int = 0
    ) -> None:
        if width < 1 or height < 1:
            raise ValueError(f"width={width}, height={height}: both must be at least 1")
        if not 0 < fps <= 1000:
            raise ValueError(f"fps={fps:g} must be above 0 and at most 1000")
        if rotation not in (0, 90, 180, 270):
            raise ValueError(f"rotation={rotation} must be one of 0, 90, 180, 270")
        self.path = Path(path)
        self.width, self.height, self.fps = width, height, fps
        self.start_s: float | None = None
        self._crf = crf
        self._rotation = rotation
        self._stack = ExitStack()
        self._last_tick = -1
        self._written = 0

    def __enter__(self) -> Self:
        try:
            temporary = self._stack.enter_context(atomic_write(self.path))
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}; choose another folder") from None
        try:
            self._container = av.open(
                f"file:{temporary}", mode="w", format="mp4", container_options={"movflags": "+faststart"}
            )
            stream = self._container.add_stream(
                "libx264",
                rate=Fraction(self.fps).limit_denominator(1001),
                # Without B-frames decoding order is display order: no edit list, exact seeking everywhere.
                options={"crf": str(self._crf), "preset": "veryfast", "bf": "0"},
            )
            even = (self.width + self.width % 2, self.height + self.height % 2)
            stream.width, stream.height = even if self._rotation % 180 == 0 else even[::-1]
            stream.pix_fmt = "yuv420p"
            context = stream.codec_context
            context.time_base = Fraction(1, _CLOCK)
            context.gop_size = max(round(self.fps), 1)
            # Said and meant: without the tags players guess the colours by the picture's size.
            context.colorspace = context.color_primaries = context.color_trc = 1  # BT.709
            context.color_range = 1  # 16–235
            if self._rotation:
                stream.set_display_rotation(-self._rotation)  # libav counts counter-clockwise
            self._stream = stream
        except BaseException:
            self._abandon()
            raise
        return self

    def write(self, image: Image, time_s: float | None = None) -> None:
        """Append one image.

        Parameters
        ----------
        image : (height, width, 3) uint8, RGB
        time_s : float, optional
            When it is shown, seconds; must increase. Without it: the frame's number over ``fps``.

        Raises
        ------
        ValueError
            When the image has another size or type, or the time does not increase.
        """
        if image.shape != (self.height, self.width, 3) or image.dtype != np.uint8:
            raise ValueError(
                f"image is {image.dtype} {image.shape}, must be uint8 ({self.height}, {self.width}, 3) as announced"
            )
        if time_s is None:
            time_s = (self.start_s or 0.0) + self._written / self.fps
        if self.start_s is None:
            self.start_s = time_s
        tick = round((time_s - self.start_s) * _CLOCK)
        if tick <= self._last_tick:
            raise ValueError(f"time_s={time_s:g} does not come after the image before it")
        if self.width % 2 or self.height % 2:
            image = np.pad(image, ((0, self.height % 2), (0, self.width % 2), (0, 0)), mode="edge")
        if self._rotation:
            image = np.rot90(image, k=self._rotation // 90)  # counter-clockwise; players undo it
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
        frame.pts, frame.time_base = tick, Fraction(1, _CLOCK)
        frame.duration = round(_CLOCK / self.fps)
        self._container.mux(self._stream.encode(frame))
        self._last_tick = tick
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._abandon()
            return
        try:
            if not self._written:
                raise ValueError(f"{self.path}: no image was written")
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except BaseException:
            self._abandon()
            raise
        self._stack.close()

    def _abandon(self) -> None:
        """Close without finishing; the temporary file goes away, whatever was at ``path`` stays."""
        abort = RuntimeError("abandoned")
        try:
            container = getattr(self, "_container", None)
            if container is not None:
                container.close()
        except Exception:  # the file is thrown away: how its closing failed is of no interest
            pass
        finally:
            # An exception makes `atomic_write` remove instead of rename.
            self._stack.__exit__(RuntimeError, abort, None)


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Timeline:
    """When each picture is shown: ``times_s`` (n,), strictly increasing; ``shift_s`` is added to timestamps.

    ``keys_s`` are the times of pictures that can be decoded without the ones before them.
    """

    times_s: NDArray[np.float64]
    keys_s: NDArray[np.float64]
    fps: float
    tick_s: float
    shift_s: float
    warnings: tuple[str, ...]

    def index(self, time_s: float) -> int:
        """Give the number of the picture shown at ``time_s``, from 0."""
        return int(np.clip(np.searchsorted(self.times_s, time_s + self.tick_s / 2) - 1, 0, len(self.times_s) - 1))

    def key_before(self, time_s: float) -> float:
        """Give the time of the last key picture at or before ``time_s``; the first picture where there is none."""
        before = self.keys_s[self.keys_s <= time_s + self.tick_s / 2]
        return float(before[-1] if len(before) else self.times_s[0])


def _timeline_of(path: Path) -> _Timeline:
    """Read the timeline once per file, not once per call."""
    _check_file(path)
    state = path.stat()
    return _timeline(path.resolve(), str(path), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _timeline(resolved: Path, shown: str, mtime_ns: int, size: int) -> _Timeline:
    """Collect every timestamp by walking through the file's packets, without decoding them."""
    path = Path(shown)
    stamps = array("q")  # an hour has a quarter of a million
    keys: list[int] = []
    packets = 0
    with _opened(path) as (container, stream):
        base = stream.time_base or Fraction(1, _CLOCK)
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
            pass  # what was read so far is used; the shortfall is reported below
    if not packets:
        raise _no_pictures(path)
    warnings: list[str] = []
    times: NDArray[np.float64]
    if len(stamps) < packets / 2:
        if rate <= 0:
            raise InputError(f"{path}: carries no timestamps and no frame rate; export it as MP4 and try again")
        warnings.append("the file carries no timestamps; frames are taken to be evenly spaced")
        times = np.arange(packets, dtype=np.float64) / rate
    else:
        times = np.unique(np.array(stamps)).astype(np.float64) * float(base) + shift_s
        if len(times) < packets - len(times) * 0.01:
            warnings.append(f"{packets - len(times)} of {packets} frames repeat a timestamp and are left out")
    if announced and packets < 0.98 * announced:
        warnings.append(
            f"the file is cut off: {packets} of {announced} frames are there ({times[-1] - times[0]:.1f} s); "
            "only these are used"
        )
    intervals = np.diff(times)
    if len(intervals):
        middle = float(np.median(intervals))
        # The mean of the ordinary intervals: as robust as the median, and not rounded to the clock's tick.
        fps = 1 / float(np.mean(intervals[np.abs(intervals - middle) <= 0.5 * middle]))
        if abs(rate / fps - 1) < 1e-3:
            fps = rate  # 60000/1001 rather than 59.9403
    else:
        fps = rate if rate > 0 else 30.0
    keys_s = np.array(sorted(set(keys)), dtype=np.float64) * float(base) + shift_s
    return _Timeline(times, keys_s, fps, float(base), shift_s, tuple(warnings))


def _read(
    path: Path, timeline: _Timeline, start: float | None, end: float | None, seek_to: float | None
) -> Iterator[Picture]:
    given = False
    for at, picture, orientation in _timed(path, timeline, seek_to=seek_to):
        if start is not None and at < start - timeline.tick_s / 2:
            continue
        if end is not None and at >= end - timeline.tick_s / 2:
            break
        given = True
        yield Picture(timeline.index(at), at, picture, orientation)
    if not given:
        raise _no_pictures(path)


def _timed(path: Path, timeline: _Timeline, *, seek_to: float | None) -> Iterator[tuple[float, Any, _Orientation]]:
    """Decode, from the key frame at or before ``seek_to``, and give each picture with its time.

    A seek that lands too late (files with a damaged index) is undone: decoding then starts at the beginning.
    """
    with _opened(path) as (container, stream):
        base = stream.time_base or Fraction(1, _CLOCK)
        if seek_to is not None:
            try:
                container.seek(round((seek_to - timeline.shift_s) / base), stream=stream, backward=True)
            except (av.FFmpegError, OSError):
                container.seek(0)
        last = -np.inf
        counted = 0
        orientation: _Orientation | None = None
        for picture in _decoded(container, stream):
            if picture.pts is None:
                at = float(timeline.times_s[min(counted, len(timeline.times_s) - 1)])
            else:
                at = picture.pts * float(base) + timeline.shift_s
            counted += 1
            if seek_to is not None and last == -np.inf and at > seek_to + timeline.tick_s / 2:
                break
            if at <= last:
                continue
            last = at
            orientation = orientation or _Orientation.of(picture, stream)
            yield at, picture, orientation
        else:
            return
    yield from _timed(path, timeline, seek_to=None)


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """Decode every picture that can be decoded; damaged ones are skipped, a damaged end is the end."""
    stream.thread_type = "AUTO"
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.FFmpegError, OSError):
            packet = None
        try:
            for picture in stream.decode(packet):
                if not picture.is_corrupt:
                    yield picture
        except (av.FFmpegError, OSError):
            if packet is None:
                return
            continue
        if packet is None:
            return


@dataclass(frozen=True)
class _Orientation:
    """How a stored picture becomes upright: mirror, quarter turns, and square pixels."""

    width: int
    height: int
    stored_width: int
    transpose: bool
    flip_x: bool
    flip_y: bool

    @classmethod
    def of(cls, picture: Any, stream: Any) -> _Orientation:
        """Read the display matrix, which maps stored (x, y) to shown (a·x + c·y, b·x + d·y)."""
        a, b, c, d = 1, 0, 0, 1
        for data in picture.side_data:
            if data.type == SideDataType.DISPLAYMATRIX:
                matrix = np.frombuffer(bytes(data), dtype=np.int32)
                a, b, c, d = (int(matrix[k]) for k in (0, 1, 3, 4))
        aspect = stream.sample_aspect_ratio or 1
        stored_width = round(picture.width * aspect) if 0.2 < aspect < 5 else picture.width
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(stored_width, picture.height, stored_width, False, a < 0, d < 0)
        return cls(picture.height, stored_width, stored_width, True, c < 0, b < 0)

    @property
    def clockwise(self) -> int:
        """Degrees of the turn, clockwise; a mirrored picture is described as the turn before the mirror."""
        if self.transpose:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0

    def upright(self, picture: Any) -> Image:
        """Give the picture as (height, width, 3) uint8 RGB, contiguous."""
        image: Image = picture.to_ndarray(
            format="rgb24", **({} if picture.width == self.stored_width else {"width": self.stored_width})
        )
        return self.turned(image)

    def turned(self, image: Image) -> Image:
        """Turn and mirror a picture as it is stored, (height, width) or (height, width, colours), upright."""
        if self.transpose:
            image = image.swapaxes(0, 1)
        if self.flip_x:
            image = image[:, ::-1]
        if self.flip_y:
            image = image[::-1]
        return np.ascontiguousarray(image)

    def from_upright(self, decoded_width: int) -> NDArray[np.float64]:
        """Give the (2, 3) map from upright pixels to those of a decoded picture of that width; see `Planes`."""
        x, y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
        if self.flip_x:
            x = np.array([-1.0, 0.0, self.width - 1])
        if self.flip_y:
            y = np.array([0.0, -1.0, self.height - 1])
        if self.transpose:
            x, y = y, x
        stretch = decoded_width / self.stored_width
        return np.stack([x * stretch + (0.0, 0.0, (stretch - 1) / 2), y])


@lru_cache(maxsize=16)
def _yuv_to_rgb(space: int, full: bool) -> NDArray[np.float64]:
    """Give `Planes.to_rgb` for a colour space, numbered as in H.273; untagged is taken for BT.601, as libav does."""
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


# --- opening ---------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open the container and its video stream, or say in one line why that cannot be."""
    _check_file(path)
    try:
        # "file:" keeps a name such as "a:b.mp4" from being taken for a protocol, and the white list keeps a
        # playlist that calls itself .mp4 from reaching out to the network.
        container = av.open(
            f"file:{path.resolve()}",
            mode="r",
            metadata_errors="replace",
            container_options={"protocol_whitelist": "file"},
        )
    except (av.FFmpegError, OSError, ValueError):
        raise _unreadable(path) from None
    with container:
        if container.format.name.endswith("_pipe") or container.format.name == "image2":
            raise InputError(f"{path}: is a picture, not a video; give the video file itself")
        covers = av.stream.Disposition.attached_pic
        streams = [stream for stream in container.streams.video if not stream.disposition & covers]
        if not streams:
            kind = "holds only sound" if container.streams.audio else "holds no moving pictures"
            raise InputError(f"{path}: {kind}; give a video of the run")
        if streams[0].codec_context is None or not streams[0].width:
            raise InputError(f"{path}: is coded in a way that cannot be read here; export it as MP4 (H.264)")
        yield container, streams[0]


def _check_file(path: Path) -> None:
    try:
        state = path.stat()
        if path.is_dir():
            raise InputError(f"{path}: is a folder; give the video file inside it")
        if not path.is_file():
            raise InputError(f"{path}: is not an ordinary file; save the video to a file first")
        if state.st_size == 0:
            raise InputError(f"{path}: is empty (0 bytes); copy it from the phone again")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the name and the folder") from None
    except NotADirectoryError:
        raise InputError(f"{path}: no such file; part of this path is not a folder") from None
    except PermissionError:
        raise InputError(f"{path}: may not be read; change its permissions or copy it elsewhere") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}; copy it to this computer") from None


def _unreadable(path: Path) -> InputError:
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return InputError(
            f"{path}: is cut off (its index is missing), as when recording or copying was interrupted; copy it again"
        )
    return InputError(f"{path}: is not a video that can be read; give an MP4, MOV or similar file")


def _no_pictures(path: Path) -> InputError:
    return InputError(f"{path}: holds no picture that can be decoded; copy it again or export it as MP4 (H.264)")


def _capture_fps(metadata: dict[str, str]) -> float | None:
    try:
        value = float(metadata["com.android.capture.fps"])
    except (KeyError, ValueError):
        return None
    return value if 0 < value < 1e5 else None


def _within(times: NDArray[np.float64], start: float | None, end: float | None) -> NDArray[np.bool_]:
    low = -np.inf if start is None else start - 1e-6
    high = np.inf if end is None else end - 1e-6
    return (times >= low) & (times < high)


def _shown(time_s: float | None, otherwise: str) -> str:
    return otherwise if time_s is None else f"{time_s:g} s"
