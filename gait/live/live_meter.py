"""From the picture of a camera to the value after it: keypoints at once, the whole window beside it on another core."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from gait._typing import FloatArray
from gait.live.live_picture import open_picture
from gait.live.live_targets import LIVE_TARGETS
from gait.live.stride_stream import WINDOW_S, LiveEstimate, StrideStream
from gait.live.window_measurement import WindowMeasurement, measure_window
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.pose_engine import PersonKeypoints
from gait.video import YuvPlanes

#: Seconds of pictures before the first window, and between two windows. [E]
FIRST_WINDOW_S, WINDOW_EVERY_S = 4.0, 2.0


class LiveKeypoints(Protocol):
    """What finds the runner, as `gait.pose.engines.live_tracking.LiveTracker`."""

    def keypoints(self, picture: bytes | YuvPlanes, time_s: float) -> PersonKeypoints | None:
        """Find the runner in the next picture.

        Parameters
        ----------
        picture : bytes or YuvPlanes
            JPEG, or the picture as the camera stored it.
        time_s : float

        Returns
        -------
        PersonKeypoints or None
        """

    def use_pause(self) -> None:
        """Do what can wait until a picture has been answered."""


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
            As `gait.live.live_picture.open_picture` takes it.
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
        size, pixels = open_picture(picture)
        if self._pictures and time_s <= self._pictures[-1][0]:
            return LiveReading(time_s, False, None, self._stream.reason)
        person = self._tracker.keypoints(pixels, time_s)
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
        if self._pending is not None and self._pending.done():
            window, self._pending = self._pending.result(), None
            self._stream.use_window(window)
        self._stream.add(time_s, None if person is None else position)
        return LiveReading(time_s, person is not None, self._stream.estimate(), self._stream.reason)

    def use_pause(self) -> None:
        """Do what can wait until a picture has been answered: begin a window, look for the place of the crop."""
        if self._pictures:
            self._begin_window(self._pictures[-1][0])
        self._tracker.use_pause()

    def _forget_window(self) -> None:
        self._pending, self._measured_s = None, -np.inf

    def _begin_window(self, time_s: float) -> None:
        seen = time_s - self._pictures[0][0]
        if self._pending is None and seen >= FIRST_WINDOW_S and time_s - self._measured_s >= WINDOW_EVERY_S:
            self._measured_s = time_s
            times, positions, confidences = (np.array(column) for column in zip(*self._pictures, strict=True))
            self._pending = self._executor.submit(
                self._measure, self._key, times, positions, confidences, self._size, language=self._language
            )
