"""How a live session went: seconds in the band, mean, drift, with and without feedback."""

from __future__ import annotations

from typing import Any

import numpy as np

from gait.live.feedback import OPENING_S, BandState

#: Seconds of one point of the course. [E]
POINT_S = 5.0
#: A pause longer than this does not count as measured, s. [E]
MAX_PAUSE_S = 1.0
#: Points from which a drift is told: two minutes. [E]
MIN_DRIFT_POINTS = 24
#: Points that are kept at the most: four hours. [E]
_MAX_POINTS = 2880


class LiveCourse:
    """Adds up a session, value by value.

    Parameters
    ----------
    begin_s : float
        When the session began, s of the clock of the values.
    """

    def __init__(self, begin_s: float) -> None:
        self._begin_s = begin_s
        self._last_s: float | None = None
        # Seconds measured, seconds inside, and the integral of the value, without and with feedback.
        self._sums = {False: np.zeros(3), True: np.zeros(3)}
        self._opening = np.zeros(3)
        self._points: list[tuple[int, float, float, float]] = []

    def add(self, time_s: float, value: float, state: BandState, *, feedback: bool) -> None:
        """Take the value after one picture.

        Parameters
        ----------
        time_s : float
        value : float
            In the metric's unit.
        state : {"inside", "low", "high"}
        feedback : bool
            Whether feedback might be given.
        """
        span = 0.0 if self._last_s is None else time_s - self._last_s
        self._last_s = time_s
        if not 0 < span <= MAX_PAUSE_S:
            return
        part = np.array([span, span * (state == "inside"), span * value])
        self._sums[feedback] += part
        if time_s - self._begin_s < OPENING_S:
            self._opening += part
        place = int((time_s - self._begin_s) / POINT_S)
        if self._points and self._points[-1][0] == place:
            _place, seconds, total, fed = self._points[-1]
            self._points[-1] = (place, seconds + span, total + span * value, fed + span * feedback)
        elif len(self._points) < _MAX_POINTS:
            self._points.append((place, span, span * value, span * feedback))

    @property
    def seconds(self) -> float:
        """Seconds with a value."""
        return float(sum(sums[0] for sums in self._sums.values()))

    @property
    def seconds_inside(self) -> float:
        """Seconds inside the band."""
        return float(sum(sums[1] for sums in self._sums.values()))

    def record(self) -> dict[str, Any]:
        """Return the session as it is kept.

        Returns
        -------
        dict
            ``seconds_measured``, ``seconds_inside``, ``mean``, ``drift_per_min`` (median of the slopes between all
            pairs of points, Theil and Sen; ``None`` under two minutes), ``with_feedback``, ``without_feedback`` and
            ``opening`` (each ``seconds, seconds_inside, mean``), ``course``: points of 5 s, each ``[seconds since the
            start, mean, share of feedback]``.
        """
        course = [
            [round(place * POINT_S, 1), round(total / seconds, 4), round(fed / seconds, 2)]
            for place, seconds, total, fed in self._points
            if seconds > 0.5
        ]
        return {
            "seconds_measured": round(self.seconds, 1),
            "seconds_inside": round(self.seconds_inside, 1),
            "mean": _mean(sum(self._sums.values(), np.zeros(3))),
            "drift_per_min": _drift_per_min(course),
            "with_feedback": _part(self._sums[True]),
            "without_feedback": _part(self._sums[False]),
            "opening": _part(self._opening),
            "course": course,
        }


def _mean(sums: Any) -> float | None:
    return round(float(sums[2] / sums[0]), 4) if sums[0] > 0 else None


def _part(sums: Any) -> dict[str, float | None]:
    return {"seconds": round(float(sums[0]), 1), "seconds_inside": round(float(sums[1]), 1), "mean": _mean(sums)}


def _drift_per_min(course: list[list[float]]) -> float | None:
    if len(course) < MIN_DRIFT_POINTS:
        return None
    from scipy.stats import theilslopes  # slow to import

    # A long course is thinned: all pairs of 2880 points are 4 million.
    points = np.array(course)[:: max(1, len(course) // 400)]
    return round(float(theilslopes(points[:, 1], points[:, 0] / 60)[0]), 4)
