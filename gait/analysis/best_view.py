"""Several views of one run: each metric from the view that shows it best."""

from __future__ import annotations

from collections.abc import Sequence

from gait.analysis.view_analysis import ViewAnalysis
from gait.metrics.register import METRICS
from gait.records import Grade, Measurement

#: Grades from the best to the worst.
GRADE_ORDER: tuple[Grade, ...] = ("good", "fair", "poor", "refused")


def best_measurements(views: Sequence[ViewAnalysis]) -> tuple[Measurement, ...]:
    """Choose one measurement for each metric and side.

    Parameters
    ----------
    views : sequence of ViewAnalysis
        One per video of the same run.

    Returns
    -------
    tuple of Measurement
        A value before a refusal, then the better grade, then the view that is best for the metric, then more steps.
    """
    chosen = []
    for metric in METRICS:
        for side in ("left", "right") if metric.sided else ("both",):
            candidates = [m for v in views for m in v.measurements if m.key == metric.key and m.side == side]
            chosen.append(min(candidates, key=lambda m: _rank(m, views, metric.views)))
    return tuple(chosen)


def _rank(measurement: Measurement, views: Sequence[ViewAnalysis], order: Sequence[str]) -> tuple[bool, int, int, int]:
    view = views[measurement.video].info.view
    place = order.index(view) if view in order else len(order)
    return measurement.value is None, GRADE_ORDER.index(measurement.grade), place, -measurement.steps
