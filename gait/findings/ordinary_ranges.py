"""What healthy treadmill runners measure, by speed and leg length: the fitted models of ``ordinary_ranges.toml``.

``python -m calibration.ordinary_ranges_fit`` fits them. A model is linear in speed, its square and, where that helps,
leg length; runners and laboratories are random effects. It predicts the value of a runner whom it has not seen.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from gait._typing import FloatArray
from gait.signal.distributions import NORMAL_95, normal_quantile, t_quantile, t_share

FILE = "ordinary_ranges.toml"
#: Fixed effects, in their order.
TERMS = ("constant", "speed", "speed_squared", "leg")
#: Mean and standard deviation of body height where nothing is known of it, m: women 1.65 ± 0.07, men 1.78 ± 0.07. [E]
ADULT_HEIGHT_M = (1.715, 0.096)
#: Share of the values that a range holds.
COVERAGE = 0.95
#: Points by which the distribution of an uncertain speed is represented.
_SPEED_POINTS = 25
#: How often the interval that holds a quantile is halved: to the last digit of a float64.
_HALVINGS = 60


@dataclass(frozen=True)
class LegPerHeight:
    """Leg length (hip to floor) over body height: mean and standard deviation between runners."""

    mean: float
    sd: float


@dataclass(frozen=True)
class LegLength:
    """A leg length and its standard error, metres."""

    mean_m: float
    sd_m: float


@dataclass(frozen=True)
class OrdinaryRange:
    """The fitted model of one metric.

    Attributes
    ----------
    key : str
        Of the metric.
    terms : tuple of str
        The p fixed effects, of `TERMS`.
    coefficients : (p,) array
    covariance : (p, p) array
        Of the coefficients, the difference between laboratories included.
    runner_covariance : (2, 2) array
        Between runners, of constant and slope in speed.
    within_sd : float
        Of one runner about a curve of their own, metric's unit.
    laboratory_sd : float
        Between laboratories, metric's unit.
    center_speed_mps, center_leg_m : float
        Speed and leg length from which the terms count.
    runners, trials : int
        Behind the fit.
    runners_by_source : mapping of str to int
        Id of a paper → its runners.
    speeds : tuple of float
        Recorded speeds, m/s, rising.
    leg_m : (float, float)
        Shortest and longest leg, m.
    leg_per_height : LegPerHeight
        Of the same runners.
    """

    key: str
    terms: tuple[str, ...]
    coefficients: FloatArray
    covariance: FloatArray
    runner_covariance: FloatArray
    within_sd: float
    laboratory_sd: float
    center_speed_mps: float
    center_leg_m: float
    runners: int
    trials: int
    runners_by_source: Mapping[str, int]
    speeds: tuple[float, ...]
    leg_m: tuple[float, float]
    leg_per_height: LegPerHeight

    @property
    def depends_on_leg(self) -> bool:
        """Whether leg length is a term."""
        return "leg" in self.terms

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the spread: runners less the coefficients that differ from runner to runner."""
        return self.runners - 1.0 - self.depends_on_leg

    def leg_of_height(self, height_m: float, height_sd_m: float = 0.0) -> LegLength:
        """Estimate the leg length from the body height.

        Parameters
        ----------
        height_m, height_sd_m : float
            Height and its standard error, m.

        Returns
        -------
        LegLength
        """
        ratio = self.leg_per_height
        return LegLength(ratio.mean * height_m, float(np.hypot(ratio.sd * height_m, ratio.mean * height_sd_m)))

    def ordinary_leg(self) -> LegLength:
        """Give the leg length of an adult of whom nothing is known.

        Returns
        -------
        LegLength
        """
        return self.leg_of_height(*ADULT_HEIGHT_M)

    def predict(self, speeds_mps: FloatArray, leg: LegLength) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Predict the value of a runner who is not among those of the fit.

        Parameters
        ----------
        speeds_mps : (n,) array
        leg : LegLength

        Returns
        -------
        mean : (n,) array
            Metric's unit.
        sd : (n,) array
            Of the prediction: runners, laboratories, error of the fit and of the leg length.
        mean_error : (n,) array
            Standard error of the mean alone.
        """
        speed = np.asarray(speeds_mps, dtype=float) - self.center_speed_mps
        columns = {
            "constant": np.ones_like(speed),
            "speed": speed,
            "speed_squared": speed**2,
            "leg": np.full_like(speed, leg.mean_m - self.center_leg_m),
        }
        design = np.column_stack([columns[name] for name in self.terms])
        mean_variance = np.einsum("ij,jk,ik->i", design, self.covariance, design)
        own = np.column_stack([np.ones_like(speed), speed])
        variance = mean_variance + np.einsum("ij,jk,ik->i", own, self.runner_covariance, own)
        variance = variance + self.within_sd**2 + self.laboratory_sd**2
        if self.depends_on_leg:
            at = self.terms.index("leg")
            variance = variance + (self.coefficients[at] ** 2 + self.covariance[at, at]) * leg.sd_m**2
        return design @ self.coefficients, np.sqrt(variance), np.sqrt(mean_variance)

    def limits(self, speeds_mps: FloatArray, weights: FloatArray, leg: LegLength) -> tuple[FloatArray, FloatArray]:
        """Compute the range that holds a new runner's value with 95 %, at a speed that is not quite known.

        Parameters
        ----------
        speeds_mps, weights : (n,) arrays
            Possible speeds, m/s, and their probabilities, which sum to 1.
        leg : LegLength

        Returns
        -------
        limits : (2,) array
            Low and high: quantiles of the mixture of Student's t over the speeds; for one speed the prediction
            interval.
        errors : (2,) array
            Their standard errors.
        """
        mean, sd, mean_error = self.predict(speeds_mps, leg)
        limits = mixture_quantiles(mean, sd, weights, self.freedom)
        # A limit k standard deviations away from the mean of the runners: its error is that of the mean, and that of
        # the standard deviation, sd / √(2 freedom), k times.
        away = float(t_quantile(self.freedom, 0.5 + COVERAGE / 2))
        variance = mean_error**2 + (away * sd) ** 2 / (2 * self.freedom)
        error = float(np.sqrt(np.sum(weights * variance)))
        return limits, np.array([error, error])


def mixture_quantiles(mean: FloatArray, sd: FloatArray, weights: FloatArray, freedom: float | None) -> FloatArray:
    """Compute the ends of the middle 95 % of a mixture of Student's t distributions.

    Parameters
    ----------
    mean, sd, weights : (n,) arrays
        Location, scale and probability of each component.
    freedom : float or None
        Degrees of freedom; ``None``: normal.

    Returns
    -------
    (2,) array
        Low and high.
    """
    degrees = np.inf if freedom is None else freedom
    tail = (1 - COVERAGE) / 2
    away = float(t_quantile(degrees, 1 - tail))
    if len(mean) == 1:
        return np.array([mean[0] - away * sd[0], mean[0] + away * sd[0]])
    # Halved here: `scipy.optimize` takes longer to import than all bands of a report take to compute.
    wanted = np.array([tail, 1 - tail])
    low = np.full(2, float((mean - away * sd).min()))
    high = np.full(2, float((mean + away * sd).max()))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = t_share(degrees, (middle[:, None] - mean) / sd) @ weights < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)


def speed_distribution(within: tuple[float, float], table: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Represent a speed of which a 95 % range is known by points of equal probability.

    Parameters
    ----------
    within : (float, float)
        The range, m/s; normal in its logarithm, because its error is a share of the speed.
    table : (float, float)
        Slowest and fastest recorded speed, m/s; points beyond count as the nearest.

    Returns
    -------
    speeds : (n,) array
        m/s.
    weights : (n,) array
        They sum to 1.
    """
    low, high = np.log(within)
    parts = (np.arange(_SPEED_POINTS) + 0.5) / _SPEED_POINTS
    spread = (high - low) / (2 * NORMAL_95)
    speeds = np.exp((low + high) / 2 + spread * normal_quantile(parts))
    return np.clip(speeds, *table), np.full(_SPEED_POINTS, 1 / _SPEED_POINTS)


@cache
def load_ordinary_ranges() -> Mapping[str, OrdinaryRange]:
    """Read the models that ship with the package.

    Returns
    -------
    mapping of str to OrdinaryRange
        By metric; the same object at every call.

    Examples
    --------
    >>> cadence = load_ordinary_ranges()["cadence"]
    >>> cadence.runners, cadence.terms
    (34, ('constant', 'speed', 'speed_squared', 'leg'))
    """
    text = (resources.files("gait.findings") / FILE).read_text(encoding="utf-8")
    return parse_ordinary_ranges(tomllib.loads(text))


def parse_ordinary_ranges(data: Mapping[str, Any]) -> dict[str, OrdinaryRange]:
    """Turn the parsed file into records.

    Parameters
    ----------
    data : mapping
        ``center_speed_mps``, ``center_leg_m``, ``leg_per_height`` and the tables ``range``.

    Returns
    -------
    dict
        By metric.

    Raises
    ------
    ValueError
        Coefficients and covariance do not fit the terms.
    """
    found = {}
    for row in data["range"]:
        terms = tuple(row["terms"])
        coefficients, covariance = np.array(row["coefficients"], float), np.array(row["covariance"], float)
        if set(terms) - set(TERMS) or coefficients.shape != (len(terms),) or covariance.shape != (len(terms),) * 2:
            raise ValueError(f"ordinary range {row['key']!r}: coefficients and covariance do not fit the terms {terms}")
        found[row["key"]] = OrdinaryRange(
            key=row["key"],
            terms=terms,
            coefficients=coefficients,
            covariance=covariance,
            runner_covariance=np.array(row["runner_covariance"], float),
            within_sd=row["within_sd"],
            laboratory_sd=row["laboratory_sd"],
            center_speed_mps=data["center_speed_mps"],
            center_leg_m=data["center_leg_m"],
            runners=row["runners"],
            trials=row["trials"],
            runners_by_source=dict(row["runners_by_source"]),
            speeds=tuple(row["speeds"]),
            leg_m=(row["leg_m"][0], row["leg_m"][1]),
            leg_per_height=LegPerHeight(*data["leg_per_height"]),
        )
    return found
