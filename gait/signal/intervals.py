"""Means and slopes with 95 % intervals, for values that resemble their neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray
from gait.signal.distributions import t_quantile


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval.

    Attributes
    ----------
    mean, low, high : float
        In the unit of the values; NaN where there are fewer than two values.
    count : int
        Values behind it.
    freedom : float or None
        Degrees of freedom of the interval (Welch–Satterthwaite); ``None``: normal.
    """

    mean: float
    low: float
    high: float
    count: int
    freedom: float | None = None


def effective_count(values: FloatArray) -> float:
    """Return the effective sample size of a correlated series, n(1 − ρ₁)/(1 + ρ₁).

    Parameters
    ----------
    values : (n,) float array
        In time order, without NaN.

    Returns
    -------
    float
        Between 2 and n; n where the lag-1 autocorrelation ρ₁ is negative.
    """
    n = len(values)
    centred = values - values.mean()
    power = float(centred @ centred)
    if n < 4 or power == 0:
        return float(n)
    rho = max(0.0, float(centred[1:] @ centred[:-1]) / power)
    return max(2.0, n * (1 - rho) / (1 + rho))


def mean_interval(values: FloatArray, method_sd: float) -> Estimate:
    """Return the mean with a 95 % interval that covers sampling error and method error.

    Parameters
    ----------
    values : (n,) float array
        One value a step, in time order; NaN is left out.
    method_sd : float
        Standard deviation of the method error, in the unit of ``values``. It does not shrink with the number of steps.

    Returns
    -------
    Estimate
        NaN throughout for fewer than two values.

    Examples
    --------
    Ten contact times, ms; the method error keeps the interval wide:

    >>> steps = np.array([251, 247, 255, 249, 252, 246, 254, 250, 248, 253])
    >>> for sd in (0.0, 12.0):
    ...     mean = mean_interval(steps, sd)
    ...     print(f"{mean.mean:.1f} ({mean.low:.1f} to {mean.high:.1f}), {mean.count} steps")
    250.5 (248.3 to 252.7), 10 steps
    250.5 (226.9 to 274.1), 10 steps
    """
    good = np.asarray(values, dtype=float)
    good = good[np.isfinite(good)]
    if len(good) < 2:
        return Estimate(float("nan"), float("nan"), float("nan"), len(good))
    n = effective_count(good)
    degrees, error = max(n - 1, 1.0), float(good.std(ddof=1) / np.sqrt(n))
    half = float(np.hypot(float(t_quantile(degrees, 0.975)) * error, 1.96 * method_sd))
    freedom = degrees * (1 + (method_sd / error) ** 2) ** 2 if error > 0 else None
    centre = float(good.mean())
    return Estimate(centre, centre - half, centre + half, len(good), freedom)


def line_fit(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Fit a line by least squares.

    Parameters
    ----------
    x, y : (n,) float array
        In time order; at least three points.

    Returns
    -------
    slope : float
        Unit of ``y`` over unit of ``x``.
    error : float
        Standard error of the slope, widened where neighbouring deviations are correlated (`effective_count`).
    """
    centred = x - x.mean()
    power = float(centred @ centred)
    slope = float(centred @ y) / power
    residual = y - y.mean() - slope * centred
    inflation = len(residual) / effective_count(residual)
    return slope, float(np.sqrt(inflation * (residual @ residual) / max(len(x) - 2, 1) / power))
