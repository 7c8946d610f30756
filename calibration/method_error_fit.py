"""``method_error.toml``: the error that is left in each metric, by view and frame rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import t as student

from calibration.calibration_clips import usable_clip
from calibration.constants_writer import HEADER, robust_sd
from gait.analysis.view_analysis import analyze_pose
from gait.errors import RefusedError
from gait.events import stride_model
from gait.metrics.register import METRICS, metrics_resting_on
from gait.records import Runner
from gait.validation.cases import ValidationCase
from gait.validation.evaluation import held_out_model
from gait.validation.process_pool import worker_inputs
from gait.validation.rendered_clips import RenderedClip
from gait.validation.truth_comparison import measurement_rows

#: A spread at one frame rate bounds that at a lower rate if it comes from at least this share of its clips. [E]
MIN_CLIP_SHARE = 0.6
#: An entry needs this many errors, or errors from this many clips. [E]
MIN_ERRORS, MIN_CLIPS = 6, 5
#: Frame rates at which errors are measured, frames/s. A higher one inherits the errors of the highest. [E]
RATES = (30.0, 60.0)
RATE_TOLERANCE = 1e-6
#: Normal quantile of a 95 % interval.
Z_95 = 1.96


def clip_errors(case: ValidationCase) -> list[dict[str, Any]]:
    """Measure one clip at each rate, with constants and a stride model that were not fitted to it.

    Where a shoe was tracked, metrics that rest on it are measured without it as well: the errors of keypoints alone
    come from all clips, not only from those on which no shoe could be tracked.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of dict
        Rows of `gait.validation.truth_comparison.measurement_rows`, with ``network, source, body, fps``; empty for a
        clip that is not usable.
    """
    network = worker_inputs().network
    clip = usable_clip(case, network)
    if clip is None:
        return []
    facts = {"network": network, "source": case.source, "body": case.factors["body"]}
    rows: list[dict[str, Any]] = []
    with stride_model.use_stride_model(held_out_model(case)):
        for rate in RATES:
            step = clip.case.camera.fps / rate
            if step < 1 or abs(step - round(step)) > RATE_TOLERANCE:
                continue
            thinned = clip.thinned(round(step))
            of_rate = _measured(thinned, thinned.with_tracked_shoes())
            if any(row["place"].endswith("_seen") for row in of_rate):
                shoe_metrics = metrics_resting_on("shoe_motion")
                by_keypoints = _measured(thinned, thinned.pose)
                tracked = {(row["key"], row["side"]) for row in of_rate if row["place"].endswith("_seen")}
                of_rate += [
                    row for row in by_keypoints if row["key"] in shoe_metrics and (row["key"], row["side"]) in tracked
                ]
            rows += [{**facts, "fps": rate, **row} for row in of_rate]
    return rows


def _measured(clip: RenderedClip, pose: xr.Dataset) -> list[dict[str, Any]]:
    try:
        analysis = analyze_pose(pose, runner=Runner(height_m=clip.height_m), corrected=False)
    except RefusedError:
        return []
    return measurement_rows(clip, analysis)


def method_error_lines(table: pd.DataFrame) -> list[str]:
    """Format the mean and spread of errors, by metric, view and frame rate.

    Parameters
    ----------
    table : DataFrame
        Columns ``network, key, place, source, fps, clip, value, truth, level``.

    Returns
    -------
    list of str
        Lines of ``method_error.toml``.
    """
    lines = [
        HEADER,
        "# Method error of each metric, in its unit, by network, view and frame rate: on rendered runners of a family",
        "# of bodies that the constants were not fitted to, and moved as runners that they were not fitted to.",
        "# bias = median, sd = robust spread from runner to runner (widened for the number of clips by Student's t),",
        "# p95 = 95th percentile of the absolute error. It does not shrink with the number of steps and enters every",
        "# interval.",
        "# near/far: the leg nearer to / farther from the camera in a side view; _seen: its shoe was tracked. rear,",
        "# front: those views; _marked: tape or a waistband was tracked.",
    ]
    # A higher frame rate shows more, never less. Few clips have one.
    measured = table[np.isfinite(table.value) & (table.fps <= max(RATES))]
    # The roll that nobody could read is added where it applies, see `gait.metrics.method_error`.
    sensitive = {spec.key for spec in METRICS if spec.per_degree_of_roll}
    measured = measured[measured.level | ~measured.key.isin(sensitive)]
    # From the side, planned legs meet the belt with a jerk that recorded ones do not have.
    from_side = measured.place.str.startswith(("near", "far"))
    measured = measured[(measured.source == "recorded") | ~from_side]
    for (network, key, place), rows in measured.groupby(["network", "key", "place"], sort=False):
        entries: list[str] = []
        lower_bound, bound_clips = 0.0, 0
        for rate, at_rate in reversed(list(rows.groupby("fps"))):
            error = (at_rate.value - at_rate.truth).to_numpy(dtype=float)
            clips = len(at_rate["clip"].unique())
            if len(error) < MIN_ERRORS and clips < MIN_CLIPS:
                continue
            # Robust: one clip on which the engine fails must not widen the intervals of all others, within limits.
            plain = 0.8 * float(np.std(error, ddof=1))
            sd = max(robust_sd(error), plain) * float(student.ppf(0.975, clips - 1)) / Z_95
            # Fewer frames never show more: with as many clips, a smaller spread at a lower rate is chance.
            if bound_clips >= MIN_CLIP_SHARE * clips:
                sd = max(sd, lower_bound)
            lower_bound, bound_clips = sd, clips
            entries.append(
                f'"{rate:.0f}" = {{ bias = {np.median(error):.4g}, sd = {sd:.4g}, '
                f"p95 = {np.percentile(np.abs(error), 95):.4g}, clips = {clips} }}"
            )
        if entries:
            lines += ["", f"[{network}.{key}.{place}]", *entries[::-1]]
    return lines
