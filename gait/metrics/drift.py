"""How metrics change in the course of a run. Only a change beyond doubt is reported."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.display_language import _
from gait.display_units import number_text
from gait.metrics import cadence, contact_time, trunk_lean
from gait.metrics.grading import FAIR_STEPS
from gait.metrics.measured_view import MeasuredView
from gait.metrics.metric_spec import MetricSpec
from gait.records import DRIFT, Grade, Measurement

#: Medians are taken over windows of so many seconds of real time (method §5).
WINDOW_S = 30.0
#: Values that such a window must hold to count; and where a video is seen in parts of some seconds each: half of these
#: hold fewer than five steps. [E]
MIN_WINDOW_VALUES, MIN_SEEN_VALUES = 5, 3
#: The course of a metric is interrupted where no step is for so many seconds: longer than a stride. [E]
GAP_S = 2.5
#: A part of the course counts by n / (1 + n / this number) for its n values: the form of a runner varies slowly, so
#: twice as many neighbouring steps do not tell twice as much. [E]
NEIGHBOUR_STEPS = 12.0
#: Share of the values of a part that its mean leaves out, at either end. [E]
TRIMMED = 4
#: Parts of the course before and behind the moment at which a change begins, at least; and of how many moments one is
#: chosen. [E]
MIN_SIDE, MOMENTS = 3, 300
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
        When the change begins, s, if a line that is level before fits better than a straight one.
    onset_low_s, onset_high_s : float or None
        Its 95 % interval, s.
    start : float
        Median of the first window.
    """

    change: float
    low: float
    high: float
    p: float
    onset_s: float | None
    start: float
    onset_low_s: float | None = None
    onset_high_s: float | None = None


@dataclass(frozen=True)
class Course:
    """How a quantity goes through a run: the mean of each part.

    Attributes
    ----------
    time_s, value, weight : (m,) float array
        Middle of the steps of each part, s of real time; the mean of their middle half, in the quantity's unit; how
        much it counts.
    """

    time_s: FloatArray
    value: FloatArray
    weight: FloatArray


def course_of_parts(time_s: FloatArray, values: FloatArray, *, width_s: float = WINDOW_S) -> Course:
    """Take means over parts of a run: what was seen without a gap, and of that no more than some seconds.

    Parameters
    ----------
    time_s : (n,) float array
        Seconds of real time, increasing.
    values : (n,) float array
        What was measured then; NaN where nothing was.
    width_s : float
        Longest part, s.

    Returns
    -------
    Course
        Of the parts with at least `MIN_SEEN_VALUES` values.
    """
    finite = np.isfinite(time_s) & np.isfinite(values)
    time_s, values = time_s[finite], values[finite]
    if not len(time_s):
        return Course(np.empty(0), np.empty(0), np.empty(0))
    begins = np.r_[0, np.flatnonzero(np.diff(time_s) > GAP_S) + 1]
    since = time_s - np.repeat(time_s[begins], np.diff(np.r_[begins, len(time_s)]))
    new = np.r_[True, (np.diff(since // width_s) != 0) | (np.diff(since) < 0)]
    parts = [part for part in np.split(np.arange(len(time_s)), np.flatnonzero(new)[1:]) if len(part) >= MIN_SEEN_VALUES]
    count = np.array([len(part) for part in parts], dtype=float)
    return Course(
        np.array([time_s[part].mean() for part in parts]),
        np.array([_middle_mean(values[part]) for part in parts]),
        count / (1 + count / NEIGHBOUR_STEPS),
    )


def _middle_mean(values: FloatArray) -> float:
    """Return the mean of the middle half of some values; of three, the one in the middle."""
    cut = max(len(values) // TRIMMED, 1)
    return float(np.sort(values)[cut:-cut].mean())


def window_medians(
    time_s: FloatArray, values: FloatArray, *, width_s: float = WINDOW_S, least: int = MIN_WINDOW_VALUES
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
    least : int
        Values that a window must hold.

    Returns
    -------
    middles : (m,) float array
        Middle of each whole window with at least so many values, s.
    medians : (m,) float array
        In the unit of ``values``.
    """
    finite = np.isfinite(time_s) & np.isfinite(values)
    time_s, values = time_s[finite], values[finite]
    if not len(time_s):
        return np.empty(0), np.empty(0)
    number = ((time_s - time_s.min()) // width_s).astype(int)
    count = int((np.ptp(time_s) + 1.0) // width_s)  # one second short still counts as whole
    whole = [n for n in range(count) if (number == n).sum() >= least]
    middles = time_s.min() + width_s * (np.array(whole, dtype=float) + 0.5)
    return middles, np.array([np.median(values[number == n]) for n in whole])


def fit_drift(time_s: FloatArray, values: FloatArray, course: Course | None = None) -> DriftFit | None:
    """Fit a trend to the medians of windows.

    Parameters
    ----------
    time_s : (m,) float array
        Middles of the windows, s of real time.
    values : (m,) float array
        Their medians.
    course : Course, optional
        What the beginning of the change is read from; the medians without it.

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
    begin = None
    if len(time_s) >= MIN_BREAK_WINDOWS:
        begin = find_onset(Course(time_s, values, np.ones_like(values)) if course is None else course)
    residuals = values - (middle + slope * time_s if begin is None else begin.line(time_s))
    p = float(2 * stats.norm.sf(stats.norm.isf(p / 2) / np.sqrt(_variance_inflation(residuals))))
    fit = DriftFit(slope * span, low * span, high * span, p, None, float(values[0]))
    if begin is None:
        return fit
    return replace(fit, onset_s=begin.time_s, onset_low_s=begin.low_s, onset_high_s=begin.high_s)


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


@dataclass(frozen=True)
class Onset:
    """When a quantity begins to change.

    Attributes
    ----------
    time_s, low_s, high_s : float
        s of real time, and the 95 % interval.
    end_s : float
        When the change is complete: that of ``time_s`` for a step, the end of the run where it goes on.
    before, after : float
        Level before and after it, in the quantity's unit.
    """

    time_s: float
    low_s: float
    high_s: float
    end_s: float
    before: float
    after: float

    def line(self, time_s: FloatArray) -> FloatArray:
        """Return the line that was fitted.

        Parameters
        ----------
        time_s : (n,) float array
            s of real time.

        Returns
        -------
        (n,) float array
            In the quantity's unit.
        """
        ramp: FloatArray = _ramps(time_s, self.time_s, [self.end_s])[0]
        return self.before + (self.after - self.before) * ramp


def find_onset(course: Course) -> Onset | None:
    """Find when a change begins: level before, then even to the end, or at once, or even and level again.

    Parameters
    ----------
    course : Course

    Returns
    -------
    Onset or None
        ``None`` where a straight line fits as well, or the course has fewer than `MIN_BREAK_WINDOWS` parts.

    Notes
    -----
    Least squares. The simplest shape that is not worse is taken (Bayesian information criterion, Schwarz 1978, with as
    many independent parts as the autocorrelation of the residuals leaves). The interval holds the moments at which the
    residuals are not significantly larger (F test), and half a window more on either side.
    """
    time_s, value, count = course.time_s, course.value, len(course.time_s)
    if count < MIN_BREAK_WINDOWS or not np.ptp(value) > 0:
        return None
    from scipy import stats  # slow to import

    weight = course.weight / course.weight.mean()
    step = max(float(np.ptp(time_s)) / MOMENTS, 1.0)
    begins = np.arange(time_s[MIN_SIDE - 1], time_s[-MIN_SIDE], step)
    if not len(begins):
        return None
    at_once, to_the_end, best = (np.full(len(begins), np.inf) for _ in range(3))
    ends = np.empty(len(begins))
    for number, begin in enumerate(begins):
        candidates = np.r_[begins[number:], time_s[-1]]
        errors = _squared_errors(_ramps(time_s, begin, candidates), value, weight)
        at_once[number], to_the_end[number], best[number] = errors[0], errors[-1], errors.min()
        ends[number] = candidates[errors.argmin()]
    straight = float(_squared_errors(time_s[None] - time_s[0], value, weight)[0])
    shapes = (
        (straight, 2, 0.0, 0.0),
        (float(to_the_end.min()), 3, float(begins[to_the_end.argmin()]), float(time_s[-1])),
        (float(at_once.min()), 3, *[float(begins[at_once <= at_once.min() * (1 + 1e-9)].mean())] * 2),
        (float(best.min()), 4, float(begins[best.argmin()]), float(ends[best.argmin()])),
    )
    line = _fitted(time_s, value, weight, shapes[-1][2], shapes[-1][3])
    inflation = _variance_inflation(value - line[0] - line[1] * _ramps(time_s, shapes[-1][2], shapes[-1][3:])[0])
    independent, tiny = count / inflation, np.finfo(float).tiny
    _, parameters, begin, end = min(
        shapes, key=lambda shape: independent * np.log(max(shape[0], tiny)) + shape[1] * np.log(independent)
    )
    if parameters == 2:
        return None
    freedom = count - 4
    limit = float(best.min()) * (1 + inflation * float(stats.f.isf(SIGNIFICANT, 1, freedom)) / freedom)
    inside = np.r_[begins[best <= limit], begin]
    before, change = _fitted(time_s, value, weight, begin, end)
    half = WINDOW_S / 2
    return Onset(begin, float(inside.min()) - half, float(inside.max()) + half, end, before, before + change)


def _ramps(time_s: FloatArray, begin: float, ends: Sequence[float] | FloatArray) -> FloatArray:
    """Return for each end a row that is 0 up to the beginning, 1 from the end on, and even between."""
    length = np.maximum(np.asarray(ends, dtype=float) - begin, 1e-3)
    ramps: FloatArray = np.clip((time_s[None] - begin) / length[:, None], 0.0, 1.0)
    return ramps


def _squared_errors(rows: FloatArray, value: FloatArray, weight: FloatArray) -> FloatArray:
    """Return for each row the weighted squared error of a line in it."""
    total = weight.sum()
    centred = rows - (rows @ weight / total)[:, None]
    value = value - value @ weight / total
    power, product = centred**2 @ weight, centred @ (weight * value)
    explained = np.divide(product**2, power, out=np.zeros_like(power), where=power > 0)
    errors: FloatArray = np.maximum(value**2 @ weight - explained, 0.0)
    return errors


def _fitted(time_s: FloatArray, value: FloatArray, weight: FloatArray, begin: float, end: float) -> tuple[float, float]:
    """Return the level before a change, and the change."""
    ramp = _ramps(time_s, begin, [end])[0]
    total = weight.sum()
    centred, level = ramp - ramp @ weight / total, float(value @ weight / total)
    power = float(centred**2 @ weight)
    change = float(centred @ (weight * (value - level))) / power if power > 0 else 0.0
    return level - change * float(ramp @ weight / total), change


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
    least = MIN_WINDOW_VALUES if view.info.windows_s is None else MIN_SEEN_VALUES
    middles, medians = window_medians(contacts * real_per_playback, values, least=least)
    course = course_of_parts(contacts * real_per_playback, values)
    if len(middles) and np.ptp(middles) > LONG_S:
        settled_s = middles[0] - WINDOW_S / 2 + SETTLED_S
        middles, medians = middles[middles >= settled_s], medians[middles >= settled_s]
        kept = course.time_s >= settled_s
        course = Course(course.time_s[kept], course.value[kept], course.weight[kept])
    fit = fit_drift(middles, medians, course)
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
        spec.key,
        "both",
        fit.change,
        spec.unit,
        (fit.low, fit.high),
        count,
        grade,
        None,
        number,
        nearest_s,
        method=_begin_text(fit),
        onset_interval_s=None
        if fit.onset_low_s is None or fit.onset_high_s is None
        else (fit.onset_low_s / real_per_playback, fit.onset_high_s / real_per_playback),
    )


def _begin_text(fit: DriftFit) -> str | None:
    """Tell when the change begins, and how exactly that is known; None where it is even from the beginning."""
    if fit.onset_s is None or fit.onset_low_s is None or fit.onset_high_s is None:
        return None
    text = _("the change begins at minute {minute} of the run (95 %: {low} to {high})")
    minute, low, high = (number_text(time / 60, 1) for time in (fit.onset_s, fit.onset_low_s, fit.onset_high_s))
    return text.format(minute=minute, low=low, high=high)


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
