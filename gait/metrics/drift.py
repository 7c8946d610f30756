"""What changes in the course of a run, told only where it is beyond doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from gait._typing import FloatArray
from gait.analysis.view_analysis import ViewAnalysis
from gait.metrics.grading import FAIR_STEPS
from gait.records import DRIFT, Measurement

#: Medians are taken over so many seconds of real time (method §5).
WINDOW_S = 30.0
#: Below this nothing is said about fatigue (method §5).
SHORTEST_S = 90.0
#: Runners settle in the first minutes: where there is more than five, the course is followed from the second on.
SETTLED_S, LONG_S = 120.0, 300.0
SIGNIFICANT = 0.05
#: Metrics whose course is told, their units, and the least change that is worth a word: a number in the unit, or, for
#: the cadence, a share of it. The smallest detectable difference counts where it is larger (method §5).
LEAST: Mapping[str, tuple[str, float]] = {
    "cadence": ("steps/min", 0.02),
    "contact_time": ("ms", 10.0),
    "trunk_lean": ("deg", 2.0),
}


@dataclass(frozen=True)
class DriftFit:
    """How a quantity changes from the beginning to the end of what is followed.

    Attributes
    ----------
    change, low, high : float
        Theil–Sen slope times the time from the middle of the first window to the middle of the last, with its 95 %
        interval; in the quantity's unit.
    p : float
        Of a Mann–Kendall test, corrected for autocorrelation.
    onset_s : float or None
        Since when it changes, if a line with one break fits better than a straight one.
    start : float
        Median of the first window.
    """

    change: float
    low: float
    high: float
    p: float
    onset_s: float | None
    start: float


def windows(time_s: FloatArray, values: FloatArray, *, width_s: float = WINDOW_S) -> tuple[FloatArray, FloatArray]:
    """Give the middles and the medians of windows that follow each other.

    Parameters
    ----------
    time_s, values : (n,) array
        Seconds of real time and what was measured then; NaN where it was not.
    width_s : float

    Returns
    -------
    middles, medians : (m,) array
        Of whole windows with at least ten values.
    """
    known = np.isfinite(time_s) & np.isfinite(values)
    time_s, values = time_s[known], values[known]
    if not len(time_s):
        return np.empty(0), np.empty(0)
    number = ((time_s - time_s.min()) // width_s).astype(int)
    whole = [n for n in range(int((np.ptp(time_s) + 1.0) // width_s)) if (number == n).sum() >= 10]
    middles = time_s.min() + width_s * (np.array(whole, dtype=float) + 0.5)
    return middles, np.array([np.median(values[number == n]) for n in whole])


def fit_drift(time_s: FloatArray, values: FloatArray) -> DriftFit | None:
    """Follow a quantity through medians of windows; ``None`` where there are fewer than four.

    Parameters
    ----------
    time_s, values : (m,) array

    Returns
    -------
    Trend or None

    References
    ----------
    Theil 1950, Sen 1968 (slope); Yue & Wang 2004 (the test's variance under autocorrelation of what is left of the
    trend).
    """
    if len(time_s) < 4:
        return None
    slope, middle, low, high = stats.theilslopes(values, time_s, alpha=0.95)
    span = float(time_s[-1] - time_s[0])
    p = float(stats.kendalltau(time_s, values).pvalue)
    if not np.isfinite(p):  # all values are the same
        p = 1.0
    onset, broken = _broken(time_s, values)
    rest = values - (middle + slope * time_s if onset is None else broken)
    p = float(2 * stats.norm.sf(stats.norm.isf(p / 2) / np.sqrt(_inflation(rest))))
    return DriftFit(slope * span, low * span, high * span, p, onset, float(values[0]))


def _inflation(rest: FloatArray) -> float:
    """Give by how much the variance of Mann–Kendall's S grows because neighbours are alike, 1 or more.

    As for an AR(1) process; correlations that are "not significant" count too, since in short series most of them are.
    """
    n = len(rest)
    ranks = stats.rankdata(rest) - (n + 1) / 2
    power = float((ranks**2).sum())
    rho = float((ranks[:-1] * ranks[1:]).sum()) / power if power else 0.0
    rho += (1 + 4 * rho) / n  # a series without its own trend looks less correlated than it is
    rho = min(max(rho, 0.0), 0.9)
    return (1 + rho) / (1 - rho)


def _broken(time_s: FloatArray, values: FloatArray) -> tuple[float | None, FloatArray]:
    """Give the time of a break before which the quantity keeps still, by least squares, and the broken line.

    ``None`` for the time where a straight line fits as well, and where there are fewer than eight windows.
    """
    straight: FloatArray = np.polynomial.Polynomial.fit(time_s, values, 1)(time_s)
    if len(time_s) < 8:
        return None, straight
    plain = float(((values - straight) ** 2).sum())
    best, at, line = plain, None, straight
    for start in time_s[2:-2]:
        ramp = np.column_stack([np.ones_like(time_s), np.maximum(time_s - start, 0)])
        fitted = ramp @ np.linalg.lstsq(ramp, values, rcond=None)[0]
        error = float(((values - fitted) ** 2).sum())
        if error < best:
            best, at, line = error, float(start), fitted
    # One parameter more than the straight line: F test at 5 %.
    freedom = len(time_s) - 3
    if at is None or (plain - best) * freedom < stats.f.isf(SIGNIFICANT, 1, freedom) * best:
        return None, straight
    return at, line


def drifts(views: Sequence[ViewAnalysis], smallest: Mapping[str, float]) -> tuple[Measurement, ...]:
    """Say what changes in the course of the longest view that shows it.

    Parameters
    ----------
    views : sequence of ViewAnalysis
    smallest : mapping
        Metric → smallest difference that can be detected, in its unit.

    Returns
    -------
    tuple of Measurement
        ``<metric>_drift``: change until the end, + = more. Only of what is significant and larger than both the
        smallest detectable and the least worth a word. ``evidence_s`` is where it begins, or else the last window.
        Nothing where less than 90 s were filmed.
    """
    made = []
    for key, (unit, least) in LEAST.items():
        measured = [
            (number, view)
            for number, view in enumerate(views)
            if any(m.key == key and m.value is not None for m in view.measurements)
        ]
        if not measured:
            continue
        number, view = max(measured, key=lambda one: one[1].info.duration_s)
        factor = view.info.playback_fps / view.info.capture_fps
        if view.info.duration_s * factor < SHORTEST_S:
            continue
        values = _values(view.steps, key)
        contacts = view.steps.contact_s.to_numpy(dtype=float)
        middles, medians = windows(contacts * factor, values)
        if len(middles) and np.ptp(middles) > LONG_S:
            settled = middles - middles[0] + WINDOW_S / 2 >= SETTLED_S
            middles, medians = middles[settled], medians[settled]
        found = fit_drift(middles, medians)
        if found is None or found.p >= SIGNIFICANT or found.low <= 0 <= found.high:
            continue
        floor = least * found.start if key == "cadence" else least
        if abs(found.change) <= max(floor, smallest.get(key, 0.0)):
            continue
        shown = (found.onset_s if found.onset_s is not None else middles[-1]) / factor
        nearest = float(contacts[np.argmin(np.abs(contacts - shown))])
        count = int(np.isfinite(values).sum())
        grade = "good" if len(middles) >= 10 and count >= FAIR_STEPS else "fair"
        made.append(
            Measurement(
                f"{key}{DRIFT}",
                "both",
                found.change,
                unit,
                (found.low, found.high),
                count,
                grade,  # type: ignore[arg-type]
                None,
                number,
                nearest,
            )
        )
    return tuple(made)


def _values(steps: pd.DataFrame, key: str) -> FloatArray:
    if key == "cadence":
        made: FloatArray = 6e4 / steps.step_time.to_numpy(dtype=float)
        return made
    return steps[key].to_numpy(dtype=float) if key in steps else np.full(len(steps), np.nan)
