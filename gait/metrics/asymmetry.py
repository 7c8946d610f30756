"""Differences between left and right, told only where they are beyond doubt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.analysis.view_analysis import ViewAnalysis
from gait.metrics.grading import FAIR_STEPS, GOOD_STEPS
from gait.metrics.register import METRICS, MetricSpec
from gait.records import ASYMMETRY, Grade, Measurement

#: Strides that are drawn together, because neighbours are alike (moving-block bootstrap).
BLOCK = 5
DRAWS = 2000


@dataclass(frozen=True)
class Difference:
    """Left minus right: mean, 95 % interval, and strides compared."""

    mean: float
    low: float
    high: float
    count: int

    def is_beyond(self, smallest: float) -> bool:
        """Whether the interval leaves out zero and the difference exceeds the smallest that can be detected."""
        return (self.low > 0 or self.high < 0) and abs(self.mean) > smallest


def paired(steps: pd.DataFrame, key: str) -> FloatArray:
    """Give left minus right of the two steps of each stride, (n,), where both were measured."""
    ordered = steps.sort_values("contact_s")
    values, sides = ordered[key].to_numpy(dtype=float), ordered.side.to_numpy()
    numbers = ordered.step.to_numpy()
    follows = (sides[:-1] == "left") & (sides[1:] == "right") & (np.diff(numbers) == 1)
    made: FloatArray = (values[:-1] - values[1:])[follows]
    return made[np.isfinite(made)]


def bootstrapped(differences: FloatArray, *, seed: int = 0) -> Difference:
    """Give the mean of paired differences with an interval by moving blocks of `BLOCK` strides.

    Parameters
    ----------
    differences : (n,) array
        In order of time; at least `BLOCK` + 1.
    seed : int

    Returns
    -------
    Difference
    """
    count = len(differences)
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, count - BLOCK + 1, size=(DRAWS, -(-count // BLOCK)))
    drawn = differences[(starts[:, :, None] + np.arange(BLOCK)).reshape(DRAWS, -1)[:, :count]]
    low, high = np.percentile(drawn.mean(axis=1), [2.5, 97.5])
    return Difference(float(differences.mean()), float(low), float(high), count)


def between(left: Measurement, right: Measurement) -> Difference | None:
    """Compare legs that were measured in different videos, from the intervals of both."""
    if left.value is None or right.value is None or left.interval is None or right.interval is None:
        return None
    half = math.hypot(*(0.5 * (high - low) for low, high in (left.interval, right.interval)))
    mean = left.value - right.value
    return Difference(mean, mean - half, mean + half, min(left.steps, right.steps))


def asymmetries(views: Sequence[ViewAnalysis], smallest: Mapping[str, float]) -> tuple[Measurement, ...]:
    """Compare left and right in every metric for which that can be told.

    Parameters
    ----------
    views : sequence of ViewAnalysis
    smallest : mapping
        MetricSpec → smallest difference that can be detected, in its unit.

    Returns
    -------
    tuple of Measurement
        ``<metric>_asymmetry``: left minus right. Only from a view that shows both legs alike, or from two side views
        that show each leg as the near one; and only where the difference is beyond the guard: the interval excludes
        zero and the difference exceeds the smallest detectable (method).
    """
    made = []
    for metric in METRICS:
        if not metric.sided or metric.key not in smallest:
            continue
        found = _difference(metric, views)
        if found is not None and found[0].is_beyond(smallest[metric.key]):
            made.append(_told(metric, *found))
    return tuple(made)


def _difference(metric: MetricSpec, views: Sequence[ViewAnalysis]) -> tuple[Difference, int] | None:
    """Give the difference and the video that shows it."""
    near: dict[str, Measurement] = {}
    for number, view in enumerate(views):
        own = {m.side: m for m in view.measurements if m.key == metric.key and m.value is not None}
        if view.camera.near_side is not None:
            if view.camera.near_side in own:
                near.setdefault(view.camera.near_side, own[view.camera.near_side])
        elif len(own) == 2 and len(pairs := paired(view.steps, metric.key)) > BLOCK:
            return bootstrapped(pairs), number
    if len(near) == 2 and (difference := between(near["left"], near["right"])) is not None:
        return difference, near["left"].video
    return None


def _told(metric: MetricSpec, d: Difference, video: int) -> Measurement:
    grade: Grade = "poor" if d.count < FAIR_STEPS else "fair" if d.count < GOOD_STEPS else "good"
    key = f"{metric.key}{ASYMMETRY}"
    return Measurement(key, "both", d.mean, metric.unit, (d.low, d.high), d.count, grade, None, video, None)
