"""Differences between left and right. Only a difference beyond doubt is reported."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.metrics.grading import FAIR_STEPS, GOOD_STEPS
from gait.metrics.measured_view import MeasuredView
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.register import METRICS
from gait.records import ASYMMETRY, Grade, Measurement

#: Strides that are drawn together, because neighbours are alike (moving-block bootstrap, method §5).
BLOCK_STRIDES = 5
#: Bootstrap samples. [E]
BOOTSTRAP_SAMPLES = 2000


@dataclass(frozen=True)
class SideDifference:
    """Left minus right.

    Attributes
    ----------
    mean, low, high : float
        Mean and its 95 % interval, in the metric's unit.
    count : int
        Strides compared.
    """

    mean: float
    low: float
    high: float
    count: int

    def is_beyond(self, smallest_detectable: float) -> bool:
        """Say whether the difference is beyond doubt.

        Parameters
        ----------
        smallest_detectable : float
            In the metric's unit.

        Returns
        -------
        bool
            The interval leaves out zero and the mean exceeds the smallest detectable difference.
        """
        return (self.low > 0 or self.high < 0) and abs(self.mean) > smallest_detectable


def paired_differences(steps: pd.DataFrame, key: str) -> FloatArray:
    """Subtract the right step from the left one in each stride.

    Parameters
    ----------
    steps : pandas.DataFrame
        One row a step: ``step, side, contact_s`` and the metric.
    key : str
        Metric.

    Returns
    -------
    (n,) float array
        Left minus right, in order of time, of the strides in which both were measured.
    """
    ordered = steps.sort_values("contact_s")
    values, sides = ordered[key].to_numpy(dtype=float), ordered.side.to_numpy()
    numbers = ordered.step.to_numpy()
    is_pair = (sides[:-1] == "left") & (sides[1:] == "right") & (np.diff(numbers) == 1)
    differences: FloatArray = (values[:-1] - values[1:])[is_pair]
    return differences[np.isfinite(differences)]


def bootstrap_difference(differences: FloatArray, *, seed: int = 0) -> SideDifference:
    """Compute the mean of paired differences, with an interval by moving blocks of `BLOCK_STRIDES` strides.

    Parameters
    ----------
    differences : (n,) float array
        In order of time; at least `BLOCK_STRIDES` + 1.
    seed : int
        Of the random draws.

    Returns
    -------
    SideDifference
    """
    count = len(differences)
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, count - BLOCK_STRIDES + 1, size=(BOOTSTRAP_SAMPLES, -(-count // BLOCK_STRIDES)))
    chosen = (starts[:, :, None] + np.arange(BLOCK_STRIDES)).reshape(BOOTSTRAP_SAMPLES, -1)[:, :count]
    low, high = np.percentile(differences[chosen].mean(axis=1), [2.5, 97.5])
    return SideDifference(float(differences.mean()), float(low), float(high), count)


def difference_between_videos(left: Measurement, right: Measurement) -> SideDifference | None:
    """Compare legs that were measured in different videos, from the intervals of both.

    Parameters
    ----------
    left, right : Measurement
        The same metric of both sides.

    Returns
    -------
    SideDifference or None
        ``None`` where one of them was refused.
    """
    if left.value is None or right.value is None or left.interval is None or right.interval is None:
        return None
    half = math.hypot(*(0.5 * (high - low) for low, high in (left.interval, right.interval)))
    mean = left.value - right.value
    return SideDifference(mean, mean - half, mean + half, min(left.steps, right.steps))


def measure_asymmetries(
    views: Sequence[MeasuredView], smallest_detectable: Mapping[str, float]
) -> tuple[Measurement, ...]:
    """Compare left and right in every metric in which that is possible.

    Parameters
    ----------
    views : sequence of ViewAnalysis
        The videos of one run.
    smallest_detectable : mapping
        By metric the smallest difference that can be detected, in its unit. Metrics without one are not compared.

    Returns
    -------
    tuple of Measurement
        ``<metric>_asymmetry``: left minus right. Only from a view that shows both legs alike, or from two side views
        that show each leg as the near one; and only where the interval excludes zero and the difference exceeds the
        smallest detectable one (method §5).
    """
    asymmetries = []
    for spec in METRICS:
        if not spec.sided or spec.key not in smallest_detectable:
            continue
        compared = _compare_sides(spec, views)
        if compared is not None and compared[0].is_beyond(smallest_detectable[spec.key]):
            asymmetries.append(_to_measurement(spec, *compared))
    return tuple(asymmetries)


def _compare_sides(spec: MetricSpec, views: Sequence[MeasuredView]) -> tuple[SideDifference, int] | None:
    """Compute the difference, and name the video that shows it."""
    near: dict[str, Measurement] = {}
    for number, view in enumerate(views):
        by_side = {m.side: m for m in view.measurements if m.key == spec.key and m.value is not None}
        if view.camera.near_side is not None:
            if view.camera.near_side in by_side:
                near.setdefault(view.camera.near_side, by_side[view.camera.near_side])
        elif len(by_side) == 2 and len(pairs := paired_differences(view.steps, spec.key)) > BLOCK_STRIDES:
            return bootstrap_difference(pairs), number
    if len(near) == 2 and (difference := difference_between_videos(near["left"], near["right"])) is not None:
        return difference, near["left"].video
    return None


def _to_measurement(spec: MetricSpec, difference: SideDifference, video: int) -> Measurement:
    count = difference.count
    grade: Grade = "poor" if count < FAIR_STEPS else "fair" if count < GOOD_STEPS else "good"
    interval = (difference.low, difference.high)
    return Measurement(
        f"{spec.key}{ASYMMETRY}", "both", difference.mean, spec.unit, interval, count, grade, None, video, None
    )
