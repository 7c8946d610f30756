"""``method_error.toml``: the error that is left in each metric, by view and frame rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from calibration.constants_writer import HEADER, robust_sd
from gait.metrics.register import metrics_resting_on

#: A spread at one frame rate bounds that at a lower rate if it comes from at least this share of its clips. [E]
MIN_CLIP_SHARE = 0.6
#: An entry needs this many errors, or errors from this many clips. [E]
MIN_ERRORS, MIN_CLIPS = 6, 5
#: Normal quantile of a 95 % interval.
Z_95 = 1.96


def join_shoe_rows(with_shoes: pd.DataFrame, without_shoes: pd.DataFrame) -> pd.DataFrame:
    """Join measurements with and without shoe tracking.

    The errors of keypoints alone come from all clips, not only from those on which no shoe could be tracked.

    Parameters
    ----------
    with_shoes, without_shoes : DataFrame
        As `gait.validation.truth_comparison.ValidationResults.measurements`.

    Returns
    -------
    DataFrame
    """
    shoe_metrics = metrics_resting_on("shoe_motion")
    by_shoe = with_shoes.place.str.endswith("_seen") | ~with_shoes.key.isin(shoe_metrics)
    by_keypoints = without_shoes.key.isin(shoe_metrics)
    return pd.concat([with_shoes[by_shoe], without_shoes[by_keypoints]], ignore_index=True)


def method_error_lines(table: pd.DataFrame) -> list[str]:
    """Format the mean and spread of errors, by metric, view and frame rate.

    Parameters
    ----------
    table : DataFrame
        Columns ``key, place, fps, clip, value, truth``.

    Returns
    -------
    list of str
        Lines of ``method_error.toml``.
    """
    lines = [
        HEADER,
        "# Method error of each metric, in its unit, on rendered runners of many bodies, by view and frame rate:",
        "# bias = median, sd = robust spread from runner to runner (widened for the number of clips by Student's t),",
        "# p95 = 95th percentile of the absolute error. It does not shrink with the number of steps and enters every",
        "# interval.",
        "# near/far: the leg nearer to / farther from the camera in a side view; _seen: its shoe was tracked. rear,",
        "# front: those views; _marked: tape or a waistband was tracked.",
    ]
    measured = table[np.isfinite(table.value)]
    for (key, place), rows in measured.groupby(["key", "place"], sort=False):
        lines += ["", f"[metric.{key}.{place}]"]
        lower_bound, bound_clips, entries = 0.0, 0, []
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
        lines += entries[::-1]
    return lines
