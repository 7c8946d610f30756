"""Statistics of agreement between measured and true values, with the clip as the unit.

The legs of one clip share body, camera and light, so they are not independent. Intervals therefore rest on clips: the
slope is bootstrapped over clips, limits of agreement separate the variance between and within clips, and a share is
judged as if each clip had given one answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta
from scipy.stats import t as student

from gait._typing import FloatArray

#: Resamples of the bootstrap. [E]
RESAMPLES = 2000
#: A slope needs at least this many clips. [E]
MIN_SLOPE_CLIPS = 8
#: Extremes of the true values are looked at where there are at least this many legs, so that a fifth holds three. [E]
MIN_EXTREME_LEGS = 15
#: Share of the legs that counts as an extreme.
EXTREME_SHARE = 0.2
#: Normal quantile of limits of agreement that hold 95 % of the differences.
Z_95 = 1.96


def slope_of_measured_on_true(
    value: FloatArray, truth: FloatArray, clip: Sequence[Any] | FloatArray, *, seed: int = 0
) -> tuple[float, float, float]:
    """Fit the slope of measured on true values by least squares, and bootstrap its interval over clips.

    Parameters
    ----------
    value, truth : (n,) float arrays
    clip : (n,) sequence
        Clip of each pair.
    seed : int
        Seed of the resampling.

    Returns
    -------
    slope, low, high : float
        The slope and its 95 % interval (percentiles); NaN with fewer than `MIN_SLOPE_CLIPS` clips, or where all true
        values are the same.

    Examples
    --------
    >>> import numpy as np
    >>> true = np.arange(10.0)
    >>> [round(number, 2) for number in slope_of_measured_on_true(1 + 0.8 * true, true, np.arange(10))]
    [0.8, 0.8, 0.8]
    """
    codes, clips = pd.factorize(np.asarray(clip))
    if len(clips) < MIN_SLOPE_CLIPS or np.ptp(truth) == 0:
        return math.nan, math.nan, math.nan
    x, y = truth - truth.mean(), value - value.mean()
    sums = np.zeros((len(clips), 5))
    np.add.at(sums, codes, np.column_stack([np.ones_like(x), x, y, x * x, x * y]))

    def slope(totals: FloatArray) -> FloatArray:
        n, sx, sy, sxx, sxy = totals.T
        spread = n * sxx - sx * sx
        fitted: FloatArray = np.where(spread > 0, n * sxy - sx * sy, np.nan) / np.where(spread > 0, spread, 1.0)
        return fitted

    drawn = np.random.default_rng(seed).multinomial(len(clips), np.full(len(clips), 1 / len(clips)), size=RESAMPLES)
    low, high = np.nanpercentile(slope(drawn @ sums), [2.5, 97.5])
    return float(slope(sums.sum(axis=0)[None])[0]), float(low), float(high)


def limits_of_agreement(error: FloatArray, clip: Sequence[Any] | FloatArray) -> dict[str, float]:
    """Compute bias and 95 % limits of agreement of legs nested in clips (Bland & Altman 2007).

    Parameters
    ----------
    error : (n,) float array
        Measured minus true.
    clip : (n,) sequence
        Clip of each error.

    Returns
    -------
    dict
        ``bias``; ``sd``, of a single error: the variance between clips plus that within them; ``limits_low``,
        ``limits_high`` = bias ∓ 1.96 sd; ``limits_margin``, half of the 95 % interval of each limit, t √(3 / clips) sd
        (Bland & Altman 1999). NaN but for the bias with a single clip.

    Examples
    --------
    >>> import numpy as np
    >>> found = limits_of_agreement(np.array([-1.0, 0.0, 1.0]), [1, 2, 3])
    >>> found["bias"], found["sd"], found["limits_high"]
    (0.0, 1.0, 1.96)
    """
    if len(error) == 0:
        return dict.fromkeys(("bias", "sd", "limits_low", "limits_high", "limits_margin"), math.nan)
    codes, clips = pd.factorize(np.asarray(clip))
    bias = float(error.mean())
    n, k = len(error), len(clips)
    if k < 2:
        return {"bias": bias} | dict.fromkeys(("sd", "limits_low", "limits_high", "limits_margin"), math.nan)
    counts = np.bincount(codes)
    means = np.bincount(codes, error) / counts
    between = float(np.sum(counts * (means - bias) ** 2)) / (k - 1)
    if n > k:
        within = float(np.sum((error - means[codes]) ** 2)) / (n - k)
        per_clip = (n - np.sum(counts**2) / n) / (k - 1)
        sd = math.sqrt(within + max(between - within, 0.0) / per_clip)
    else:
        sd = math.sqrt(between)
    margin = float(student.ppf(0.975, k - 1)) * math.sqrt(3 / k) * sd
    return {
        "bias": bias,
        "sd": sd,
        "limits_low": bias - Z_95 * sd,
        "limits_high": bias + Z_95 * sd,
        "limits_margin": margin,
    }


def clustered_share(holds: Sequence[bool] | FloatArray, clip: Sequence[Any] | FloatArray) -> tuple[float, float, float]:
    """Compute a share and its Clopper–Pearson bounds with clips as the unit.

    The effective number is that of clips, as if all legs of a clip agreed. This is the widest that nesting can make
    the bounds; with one leg a clip they are those of Clopper and Pearson (1934). A count of clips that is no whole
    number goes into the beta quantiles as it is (Korn & Graubard 1998).

    Parameters
    ----------
    holds : (n,) sequence of bool
    clip : (n,) sequence
        Clip of each answer.

    Returns
    -------
    share, low, high : float
        0 to 1; NaN without answers.

    Examples
    --------
    >>> [round(number, 3) for number in clustered_share([True] * 20, range(20))]
    [1.0, 0.832, 1.0]
    >>> [round(number, 3) for number in clustered_share([True] * 20, [n // 2 for n in range(20)])]
    [1.0, 0.692, 1.0]
    """
    answers = np.asarray(holds, dtype=float)
    if len(answers) == 0:
        return math.nan, math.nan, math.nan
    share, n = float(answers.mean()), len(set(np.asarray(clip).tolist()))
    held = share * n
    low = 0.0 if share == 0 else float(beta.ppf(0.025, held, n - held + 1))
    high = 1.0 if share == 1 else float(beta.ppf(0.975, held + 1, n - held))
    return share, low, high


def errors_at_extremes(rows: pd.DataFrame) -> dict[str, float]:
    """Compare errors and coverage in the lowest and in the highest fifth of the true values.

    Parameters
    ----------
    rows : DataFrame
        ``value, low, high, truth``; one row a leg.

    Returns
    -------
    dict
        ``bias_lowest``, ``held_lowest``, ``n_lowest`` and the same with ``highest``: mean error, number of intervals
        that contain the truth, legs. NaN and 0 with fewer than `MIN_EXTREME_LEGS` legs.
    """
    found: dict[str, float] = {}
    count = round(EXTREME_SHARE * len(rows)) if len(rows) >= MIN_EXTREME_LEGS else 0
    ordered = rows.sort_values("truth", kind="stable")
    for name, part in (("lowest", ordered.head(count)), ("highest", ordered.tail(count))):
        found |= {
            f"bias_{name}": float((part.value - part.truth).mean()) if count else math.nan,
            f"held_{name}": int(contains_truth(part).sum()),
            f"n_{name}": count,
        }
    return found


def contains_truth(rows: pd.DataFrame) -> pd.Series:
    """Say which intervals contain the true value.

    Parameters
    ----------
    rows : DataFrame
        ``low, high, truth``.

    Returns
    -------
    Series of bool
    """
    return (rows.low <= rows.truth) & (rows.truth <= rows.high)


def agreement(rows: pd.DataFrame) -> Mapping[str, float]:
    """Compute all statistics of agreement of one metric, in one leg view.

    Parameters
    ----------
    rows : DataFrame
        ``clip, value, low, high, truth``; one row a leg, with values.

    Returns
    -------
    dict
        ``n`` legs in ``clips``; ``truth_low``, ``truth_high``, range of the true values; those of
        `limits_of_agreement`; ``median_abs``, ``p95_abs`` of the absolute error; ``slope``, ``slope_low``,
        ``slope_high``; ``half_width``, median of half the interval; ``coverage``, ``coverage_low``, ``coverage_high``
        (`clustered_share`); those of `errors_at_extremes`.
    """
    value, truth = rows.value.to_numpy(dtype=float), rows.truth.to_numpy(dtype=float)
    clip, error = rows["clip"].to_numpy(), value - truth
    some = len(rows) > 0
    slope, slope_low, slope_high = slope_of_measured_on_true(value, truth, clip)
    coverage, coverage_low, coverage_high = clustered_share(contains_truth(rows).to_numpy(dtype=float), clip)
    return {
        "n": len(rows),
        "clips": len(set(clip.tolist())),
        "truth_low": float(truth.min()) if some else math.nan,
        "truth_high": float(truth.max()) if some else math.nan,
        **limits_of_agreement(error, clip),
        "median_abs": float(np.median(np.abs(error))) if some else math.nan,
        "p95_abs": float(np.percentile(np.abs(error), 95)) if some else math.nan,
        "slope": slope,
        "slope_low": slope_low,
        "slope_high": slope_high,
        "half_width": float(((rows.high - rows.low) / 2).median()) if some else math.nan,
        "coverage": coverage,
        "coverage_low": coverage_low,
        "coverage_high": coverage_high,
        **errors_at_extremes(rows),
    }
