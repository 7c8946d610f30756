"""How metrics change in the course of a run. Only a change beyond doubt is reported."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.metrics import cadence, contact_time, trunk_lean
from gait.metrics.grading import FAIR_STEPS
from gait.metrics.measured_view import MeasuredView
from gait.metrics.metric_spec import MetricSpec
from gait.records import DRIFT, Grade, Measurement

#: Medians are taken over windows of so many seconds of real time (method §5).
WINDOW_S = 30.0
#: Values a window must hold to count: of a video that is seen in parts, a window holds some seconds. [E]
MIN_WINDOW_VALUES = 5
#: Shorter runs, s of real time, show no fatigue (method §5).
SHORTEST_S = 90.0
#: Runners settle in the first minutes: of runs longer than the second number, s, only what comes after the first counts
#: (method §5).
SETTLED_S, LONG_S = 120.0, 300.0
#: Windows from which a trend is fitted, and from which a break is searched. [E]
MIN_WINDOWS, MIN_BREAK_WINDOWS = 4, 8
#: Windows from which the grade is good. [E]
GOOD_WINDOWS = 10
SIGNIFICANT = 0.05
#: Largest lag-1 autocorrelation that is corrected for, so that the variance stays finite. [E]
MAX_AUTOCORRELATION = 0.9
#: Smallest change that is reported, in the metric's unit; of the cadence as a share of it (method §5). The smallest
#: detectable difference counts where it is larger.
MIN_CHANGE: Mapping[str, float] = {cadence.SPEC.key: 0.02, contact_time.SPEC.key: 10.0, trunk_lean.SPEC.key: 2.0}


@dataclass(frozen=True)
class DriftFit:
    """How a quantity changes from the first to the last window.

    Attributes
    ----------
    change, low, high : float
        Theil–Sen slope times the time from the middle of the first window to the middle of the last, with its 95 %
        interval; in the quantity's unit, + = more at the end.
    p : float
        Of a Mann–Kendall test, corrected for autocorrelation.
    onset_s : float or None
        When the change begins, s, if a line with one break fits better than a straight one.
    start : float
        Median of the first window.
    """

    change: float
    low: float
    high: float
    p: float
    onset_s: float | None
    start: float


def window_medians(
    time_s: FloatArray, values: FloatArray, *, width_s: float = WINDOW_S
) -> tuple[FloatArray, FloatArray]:
    """Take medians over consecutive windows.

    Parameters
    ----------
    time_s : (n,) float array
        Seconds of real time.
    values : (n,) float array
        What was measured then; NaN where nothing was.
    width_s : float
        Length of a window, s.

    Returns
    -------
    middles : (m,) float array
        Middle of each whole window with at least `MIN_WINDOW_VALUES` values, s.
    medians : (m,) float array
        In the unit of ``values``.
    """
    finite = np.isfinite(time_s) & np.isfinite(values)
    time_s, values = time_s[finite], values[finite]
    if not len(time_s):
        return np.empty(0), np.empty(0)
    number = ((time_s - time_s.min()) // width_s).astype(int)
    count = int((np.ptp(time_s) + 1.0) // width_s)  # one second short still counts as whole
    whole = [n for n in range(count) if (number == n).sum() >= MIN_WINDOW_VALUES]
    middles = time_s.min() + width_s * (np.array(whole, dtype=float) + 0.5)
    return middles, np.array([np.median(values[number == n]) for n in whole])


def fit_drift(time_s: FloatArray, values: FloatArray) -> DriftFit | None:
    """Fit a trend to the medians of windows.

    Parameters
    ----------
    time_s : (m,) float array
        Middles of the windows, s of real time.
    values : (m,) float array
        Their medians.

    Returns
    -------
    DriftFit or None
        ``None`` with fewer than `MIN_WINDOWS` windows.

    References
    ----------
    Theil 1950, Sen 1968 (slope); Yue & Wang 2004 (variance of the test under autocorrelation of the residuals).
    """
    if len(time_s) < MIN_WINDOWS:
        return None
    from scipy import stats  # slow to import

    slope, middle, low, high = stats.theilslopes(values, time_s, alpha=0.95)
    span = float(time_s[-1] - time_s[0])
    p = float(stats.kendalltau(time_s, values).pvalue)
    if not np.isfinite(p):  # all values are the same
        p = 1.0
    onset, broken = _fit_break(time_s, values)
    residuals = values - (middle + slope * time_s if onset is None else broken)
    p = float(2 * stats.norm.sf(stats.norm.isf(p / 2) / np.sqrt(_variance_inflation(residuals))))
    return DriftFit(slope * span, low * span, high * span, p, onset, float(values[0]))


def _variance_inflation(residuals: FloatArray) -> float:
    """Compute by how much autocorrelation inflates the variance of Mann–Kendall's S, 1 or more.

    As for an AR(1) process. Correlations that are not significant count too: in short series most are not.
    """
    from scipy import stats  # slow to import

    n = len(residuals)
    ranks = stats.rankdata(residuals) - (n + 1) / 2
    power = float((ranks**2).sum())
    rho = float((ranks[:-1] * ranks[1:]).sum()) / power if power else 0.0
    rho += (1 + 4 * rho) / n  # removing the trend lowers the correlation that is measured
    rho = min(max(rho, 0.0), MAX_AUTOCORRELATION)
    return (1 + rho) / (1 - rho)


def _fit_break(time_s: FloatArray, values: FloatArray) -> tuple[float | None, FloatArray]:
    """Fit a line that is level before one break, by least squares; return the time of the break and the line.

    The time is ``None`` where a straight line fits as well, and with fewer than `MIN_BREAK_WINDOWS` windows.
    """
    straight: FloatArray = np.polynomial.Polynomial.fit(time_s, values, 1)(time_s)
    if len(time_s) < MIN_BREAK_WINDOWS:
        return None, straight
    from scipy import stats  # slow to import

    straight_error = float(((values - straight) ** 2).sum())
    best, at, line = straight_error, None, straight
    for start in time_s[2:-2]:
        ramp = np.column_stack([np.ones_like(time_s), np.maximum(time_s - start, 0)])
        fitted = ramp @ np.linalg.lstsq(ramp, values, rcond=None)[0]
        error = float(((values - fitted) ** 2).sum())
        if error < best:
            best, at, line = error, float(start), fitted
    # One parameter more than the straight line: F test at 5 %.
    freedom = len(time_s) - 3
    if at is None or (straight_error - best) * freedom < stats.f.isf(SIGNIFICANT, 1, freedom) * best:
        return None, straight
    return at, line


def measure_drifts(views: Sequence[MeasuredView], smallest_detectable: Mapping[str, float]) -> tuple[Measurement, ...]:
    """Measure what changes in the course of the longest view that shows it.

    Parameters
    ----------
    views : sequence of ViewAnalysis
        The videos of one run.
    smallest_detectable : mapping
        By metric the smallest difference that can be detected, in its unit.

    Returns
    -------
    tuple of Measurement
        ``<metric>_drift``: change until the end, + = more. Only changes that are significant, larger than the smallest
        detectable difference and larger than `MIN_CHANGE`. ``evidence_s`` is where the change begins, or else the last
        window. Empty where less than 90 s were filmed.
    """
    drifts = (_measure_drift(spec, views, smallest_detectable) for spec in DRIFT_METRICS)
    return tuple(drift for drift in drifts if drift is not None)


def _measure_drift(
    spec: MetricSpec, views: Sequence[MeasuredView], smallest_detectable: Mapping[str, float]
) -> Measurement | None:
    key = spec.key.removesuffix(DRIFT)
    measured = [
        (number, view)
        for number, view in enumerate(views)
        if any(m.key == key and m.value is not None for m in view.measurements)
    ]
    if not measured:
        return None
    number, view = max(measured, key=lambda numbered: numbered[1].info.duration_s)
    real_per_playback = view.info.real_per_playback
    if view.info.duration_s * real_per_playback < SHORTEST_S:
        return None
    values = _step_values(view.steps, key)
    contacts = view.steps.contact_s.to_numpy(dtype=float)
    middles, medians = window_medians(contacts * real_per_playback, values)
    if len(middles) and np.ptp(middles) > LONG_S:
        settled = middles - middles[0] + WINDOW_S / 2 >= SETTLED_S
        middles, medians = middles[settled], medians[settled]
    fit = fit_drift(middles, medians)
    if fit is None or fit.p >= SIGNIFICANT or fit.low <= 0 <= fit.high:
        return None
    min_change = MIN_CHANGE[key] * (fit.start if key == cadence.SPEC.key else 1.0)
    if abs(fit.change) <= max(min_change, smallest_detectable.get(key, 0.0)):
        return None
    shown_s = (fit.onset_s if fit.onset_s is not None else middles[-1]) / real_per_playback
    nearest_s = float(contacts[np.argmin(np.abs(contacts - shown_s))])
    count = int(np.isfinite(values).sum())
    grade: Grade = "good" if len(middles) >= GOOD_WINDOWS and count >= FAIR_STEPS else "fair"
    return Measurement(
        spec.key, "both", fit.change, spec.unit, (fit.low, fit.high), count, grade, None, number, nearest_s
    )


def _step_values(steps: pd.DataFrame, key: str) -> FloatArray:
    if key == cadence.SPEC.key:
        step_cadence: FloatArray = 6e4 / steps.step_time.to_numpy(dtype=float)
        return step_cadence
    return steps[key].to_numpy(dtype=float) if key in steps else np.full(len(steps), np.nan)


def _drift_spec(base: MetricSpec, sign: str, source: str) -> MetricSpec:
    """Describe the drift of a metric."""
    return replace(
        base,
        key=f"{base.key}{DRIFT}",
        sided=False,
        definition=(
            "Slope of a robust line (Theil-Sen) through the medians of 30 seconds each, times the time from the first "
            "of them to the last. In runs longer than five minutes, the first two minutes are left out."
        ),
        formula="Theil–Sen slope of 30 s medians × (middle of the last window − middle of the first)",
        sign=sign,
        sources=(source,),
        measure=None,
        measure_times=None,
        measure_clip=None,
        measure_run=measure_drifts,
        correction="",
        max_method_error_sd=math.inf,
    )


#: Drift of the metrics whose course is reported.
DRIFT_METRICS: tuple[MetricSpec, ...] = (
    _drift_spec(cadence.SPEC, "+ = quicker at the end", "fukuchi2017"),
    _drift_spec(contact_time.SPEC, "+ = longer at the end", "fukuchi2017"),
    _drift_spec(trunk_lean.SPEC, "+ = further forward at the end", "teng2015"),
)
