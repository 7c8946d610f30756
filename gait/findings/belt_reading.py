"""What the belt in the picture says about speed and leg length where the runner did not give them."""

from __future__ import annotations

import math
from dataclasses import replace

from gait.findings.ordinary_ranges import ADULT_HEIGHT_M
from gait.geometry.camera import LEG_PER_HEIGHT
from gait.metrics.running_speed import GIVEN_SPEED_SD
from gait.records import Runner

#: Half of a 95 % range of a normal distribution, standard deviations.
_NORMAL_95 = 1.96
#: A height that the belt shows and that differs from those of adults by more standard deviations is not believed: then
#: the given speed is not that of the film. [E]
MAX_DEVIATION = 3.0


def complete_from_belt(
    runner: Runner,
    belt_mps: tuple[float, float] | None,
    belt_heights_per_s: tuple[float, float] | None,
) -> Runner:
    """Add the speed, or the leg length, that the belt shows and the runner did not give.

    Parameters
    ----------
    runner : Runner
    belt_mps : (float, float) or None
        95 % range of the belt's speed, m/s, where a scale is known.
    belt_heights_per_s : (float, float) or None
        The same in body heights per second, where none is known.

    Returns
    -------
    Runner
        With ``speed_seen_mps`` where no speed was given: of the belt, or of the belt under an adult of unknown height.
        With ``leg_length_seen_m`` where the speed alone was given: the height at which the belt runs at this speed,
        weighed with the heights of adults.

    Examples
    --------
    >>> seen = complete_from_belt(Runner(speed_mps=3.0), None, (1.55, 1.85))
    >>> tuple(round(metres, 2) for metres in seen.leg_length_seen_m)
    (0.86, 1.0)
    """
    if runner.speed_mps is None and belt_mps is not None:
        return replace(runner, speed_seen_mps=belt_mps)
    if belt_heights_per_s is None or runner.height_m is not None or runner.leg_length_m is not None:
        return runner
    heights_per_s, belt_sd = _log_normal(belt_heights_per_s)
    adult, adult_sd = math.log(ADULT_HEIGHT_M[0]), ADULT_HEIGHT_M[1] / ADULT_HEIGHT_M[0]
    if runner.speed_mps is None:
        return replace(runner, speed_seen_mps=_range(heights_per_s + adult, math.hypot(belt_sd, adult_sd)))
    height, height_sd = math.log(runner.speed_mps) - heights_per_s, math.hypot(belt_sd, GIVEN_SPEED_SD)
    if abs(height - adult) > MAX_DEVIATION * math.hypot(height_sd, adult_sd):
        return runner
    weights = 1 / height_sd**2, 1 / adult_sd**2
    middle = (weights[0] * height + weights[1] * adult) / sum(weights)
    low, high = _range(middle, 1 / math.sqrt(sum(weights)))
    return replace(runner, leg_length_seen_m=(LEG_PER_HEIGHT * low, LEG_PER_HEIGHT * high))


def _log_normal(interval: tuple[float, float]) -> tuple[float, float]:
    """Turn a 95 % range into the mean and standard deviation of the logarithm."""
    low, high = math.log(interval[0]), math.log(interval[1])
    return (low + high) / 2, (high - low) / (2 * _NORMAL_95)


def _range(mean: float, sd: float) -> tuple[float, float]:
    return math.exp(mean - _NORMAL_95 * sd), math.exp(mean + _NORMAL_95 * sd)
