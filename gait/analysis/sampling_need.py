"""Whether the windows of a video that were seen are enough: what more strides would still change.

The interval of a metric holds the method error, which does not shrink with the number of strides, and the spread over
the steps, which does. So beyond some number of steps more of them change nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import FloatArray
from gait.analysis.view_analysis import ViewAnalysis, analyze_pose
from gait.errors import RefusedError
from gait.metrics.drift import WINDOW_S, measure_drifts
from gait.metrics.grading import STEPS_SEEN
from gait.pose.dataset import length_per_seen
from gait.records import Measurement, Runner, ViewChoice
from gait.signal.distributions import t_quantile
from gait.signal.intervals import effective_count

#: Called with the measurements of a part of a video.
MeasuredCallback = Callable[[Sequence[Measurement]], None]
#: Steps of every frame may shrink the interval of a metric by no more than this share of it (issue 21).
MAX_GAIN = 0.02
#: A height for metrics in centimetres; the shares of method error and spread do not depend on it.
_NOMINAL = Runner(height_m=1.75)


def times_needed(
    pose: xr.Dataset,
    *,
    view: ViewChoice = "auto",
    capture_fps: float | None = None,
    on_measured: MeasuredCallback | None = None,
) -> float:
    """Return how many times as much of a video should be seen.

    Parameters
    ----------
    pose : xarray.Dataset
        Poses of the windows that were seen.
    view : {"auto", "side", "rear", "front"}
        Where the camera stood.
    capture_fps : float, optional
        As in `gait.analyze`.
    on_measured : callable, optional
        Called with what the windows seen up to now give.

    Returns
    -------
    float
        1 where that is enough; at most what shows every frame; infinite where nothing could be measured.
    """
    if capture_fps is not None:
        pose = pose.assign_attrs(capture_fps=capture_fps)
    try:
        measured = analyze_pose(pose, runner=_NOMINAL, view=view)
    except RefusedError:
        return math.inf
    if on_measured is not None:
        on_measured(measured.measurements)
    all_times = length_per_seen(pose)
    needed = [_needed(m, measured, all_times) for m in measured.measurements]
    return float(min(max(needed, default=math.inf), all_times))


def parts_where_change_begins(
    pose: xr.Dataset,
    *,
    view: ViewChoice = "auto",
    capture_fps: float | None = None,
    on_measured: MeasuredCallback | None = None,
) -> list[tuple[float, float]]:
    """Find between which moments a change in the course of a run begins, where that is not known well.

    Parameters
    ----------
    pose : xarray.Dataset
        Poses of the windows that were seen.
    view, capture_fps, on_measured
        As in `times_needed`.

    Returns
    -------
    list of (float, float)
        Start and end of the 95 % interval of each change, s of playback; those that are longer than two windows of
        `gait.metrics.drift`.
    """
    if capture_fps is not None:
        pose = pose.assign_attrs(capture_fps=capture_fps)
    try:
        measured = analyze_pose(pose, runner=_NOMINAL, view=view)
    except RefusedError:
        return []
    if on_measured is not None:
        on_measured(measured.measurements)
    onsets = [drift.onset_interval_s for drift in measure_drifts([measured], {})]
    longest_s = 2 * WINDOW_S / measured.info.real_per_playback
    return [onset for onset in onsets if onset is not None and onset[1] - onset[0] > longest_s]


def _needed(m: Measurement, measured: ViewAnalysis, all_times: float) -> float:
    if m.reason_code == "too_few_steps":
        return math.inf
    if m.value is None or m.interval is None:
        return 1.0
    legs = 1 if m.side != "both" else 2
    for_steps = STEPS_SEEN * legs / max(m.steps, 1)
    values = _values(measured.steps, m)
    if m.grade == "poor" or m.key == "cadence" or len(values) < 2:
        return for_steps
    half = 0.5 * (m.interval[1] - m.interval[0])
    spread = float(values.std(ddof=1))
    count = effective_count(values)
    method = math.sqrt(max(half**2 - (_t(count) * spread) ** 2 / count, 0.0))

    def width(times: float) -> float:
        return math.hypot(method, _t(count * times) * spread / math.sqrt(count * times))

    least = width(all_times) / (1 - MAX_GAIN)
    grid = np.geomspace(1.0, max(all_times, 1.0), 40)
    enough = next((float(times) for times in grid if width(float(times)) <= least), all_times)
    return max(for_steps, enough)


def _t(count: float) -> float:
    return float(t_quantile(max(count - 1, 1.0), 0.975))


def _values(steps: pd.DataFrame, m: Measurement) -> FloatArray:
    if m.key not in steps:
        return np.empty(0)
    of_side = steps if m.side == "both" else steps[steps.side == m.side]
    values = of_side[m.key].to_numpy(dtype=float)
    return np.asarray(values[np.isfinite(values)])
