"""From the JPEG of a camera to the value after it: keypoints at once, the whole window beside it on another core."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from gait._typing import FloatArray
from gait.display_language import _
from gait.errors import InputError
from gait.live.live_targets import LIVE_TARGETS
from gait.live.stride_stream import WINDOW_S, LiveEstimate, StrideStream
from gait.live.window_measurement import WindowMeasurement, measure_window
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.pose_engine import PersonKeypoints

#: Largest picture, bytes and pixels. A page sends 640 × 480 as about 40 kB. [E]
MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS = 400_000, 2_100_000
#: Seconds of pictures before the first window, and between two windows. [E]
FIRST_WINDOW_S, WINDOW_EVERY_S = 4.0, 2.0


class LiveKeypoints(Protocol):
    """What finds the runner, as `gait.pose.engines.live_tracking.LiveTracker`."""

    def keypoints(self, picture: bytes, time_s: float) -> PersonKeypoints | None:
        """Find the runner in the next picture.

        Parameters
        ----------
        picture : bytes
            JPEG.
        time_s : float

        Returns
        -------
        PersonKeypoints or None
        """


@dataclass(frozen=True)
class LiveReading:
    """What one picture gave.

    Attributes
    ----------
    time_s : float
        Of the picture.
    found : bool
        Whether somebody is in it.
    estimate : LiveEstimate or None
    reason : str or None
        Why there is no value.
    """

    time_s: float
    found: bool
    estimate: LiveEstimate | None = None
    reason: str | None = None

    def record(self) -> dict[str, Any]:
        """Return the reading as plain values.

        Returns
        -------
        dict
        """
        return asdict(self)


def jpeg_size(content: bytes) -> tuple[int, int]:
    """Read the size of a JPEG from its header, before anything is decoded.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    (int, int)
        Width and height, pixels.

    Raises
    ------
    InputError
        It is no JPEG, or larger than a live picture may be.
    """
    if len(content) > MAX_PICTURE_BYTES:
        raise InputError(
            _("a picture has {size} kB, at most {limit} kB can be taken; send smaller pictures").format(
                size=len(content) // 1000, limit=MAX_PICTURE_BYTES // 1000
            ),
            code="too_large",
        )
    size = _frame_header(content)
    if size is None:
        raise InputError(_("a picture cannot be read; send JPEG"), code="media_type")
    if not 0 < size[0] * size[1] <= MAX_PICTURE_PIXELS:
        raise InputError(
            _("a picture has {width} × {height} pixels; send at most 1920 × 1080").format(
                width=size[0], height=size[1]
            ),
            code="too_large",
        )
    return size


def _frame_header(content: bytes) -> tuple[int, int] | None:
    """Find the frame header (ITU-T T.81, B.2.2: markers C0 to CF but C4, C8 and CC)."""
    place = 2
    if content[:2] != b"\xff\xd8":
        return None
    while place + 9 < len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = (int.from_bytes(content[at : at + 2], "big") for at in (place + 5, place + 7))
            return width, height
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if marker in (0xD8, 0xD9, 0xDA) or length < 2:
            return None
        place += 2 + length
    return None


class LiveMeter:
    """Takes pictures of one session, one after the other.

    Parameters
    ----------
    tracker : LiveKeypoints
    key : str
        Of `gait.live.live_targets.LIVE_TARGETS`.
    executor : Executor
        On which windows are measured; another process, so that pictures need not wait.
    language : str
        Of the reasons.
    measure : callable
        As `gait.live.window_measurement.measure_window`.
    """

    def __init__(
        self,
        tracker: LiveKeypoints,
        key: str,
        executor: Executor,
        *,
        language: str = "en",
        measure: Callable[..., WindowMeasurement] = measure_window,
    ) -> None:
        self._tracker, self._key, self._executor = tracker, key, executor
        self._language, self._measure = language, measure
        self._stream = StrideStream(LIVE_TARGETS[key])
        self._pictures: deque[tuple[float, FloatArray, FloatArray]] = deque()
        self._size = (0, 0)
        self._pending: Future[WindowMeasurement] | None = None
        self._measured_s = -np.inf

    def read(self, picture: bytes, time_s: float) -> LiveReading:
        """Take the next picture.

        Parameters
        ----------
        picture : bytes
            JPEG.
        time_s : float
            When it was taken, s of any clock that goes on.

        Returns
        -------
        LiveReading

        Raises
        ------
        InputError
            The picture cannot be read, or is too large.
        """
        size = jpeg_size(picture)
        if self._pictures and time_s <= self._pictures[-1][0]:
            return LiveReading(time_s, False, None, self._stream.reason)
        person = self._tracker.keypoints(picture, time_s)
        if size != self._size:  # the phone was turned
            self._pictures.clear()
            self._stream, self._size = StrideStream(LIVE_TARGETS[self._key]), size
            self._forget_window()
        count = len(BLAZEPOSE_KEYPOINTS)
        position = np.full((count, 2), np.nan) if person is None else np.asarray(person.position, dtype=float)
        confidence = np.zeros(count) if person is None else np.asarray(person.confidence, dtype=float)
        self._pictures.append((time_s, position, confidence))
        while self._pictures[0][0] < time_s - WINDOW_S:
            self._pictures.popleft()
        self._use_windows(time_s)
        self._stream.add(time_s, None if person is None else position)
        return LiveReading(time_s, person is not None, self._stream.estimate(), self._stream.reason)

    def _forget_window(self) -> None:
        self._pending, self._measured_s = None, -np.inf

    def _use_windows(self, time_s: float) -> None:
        if self._pending is not None and self._pending.done():
            window, self._pending = self._pending.result(), None
            self._stream.use_window(window)
        seen = time_s - self._pictures[0][0]
        if self._pending is None and seen >= FIRST_WINDOW_S and time_s - self._measured_s >= WINDOW_EVERY_S:
            self._measured_s = time_s
            times, positions, confidences = (np.array(column) for column in zip(*self._pictures, strict=True))
            self._pending = self._executor.submit(
                self._measure, self._key, times, positions, confidences, self._size, language=self._language
            )
