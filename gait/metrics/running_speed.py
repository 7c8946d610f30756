"""The speed of the belt: as given, or measured on the stance foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Speed of ankle and heel in stance over the belt's: mean and standard deviation on rendered runners (0.957 and 0.976
#: on the exact joints of recorded and planned motion: the foot rolls).
BELT_RATIO, BELT_RATIO_SD = 0.965, 0.05


@dataclass(frozen=True)
class RunningSpeed:
    """The speed of the belt, and where it comes from.

    Attributes
    ----------
    mps : float
        m/s.
    source : {"given", "belt"}
        Given by the runner, or measured on the stance foot in a side view with a scale.
    """

    mps: float
    source: Literal["given", "belt"]

    @property
    def method(self) -> str:
        """How it was found, in words."""
        value = f"{3.6 * self.mps:.1f} km/h"
        return f"at the given speed, {value}" if self.source == "given" else f"at the belt's measured speed, {value}"


def running_speed(given_mps: float | None, foot_mps: float | None) -> RunningSpeed | None:
    """Choose the speed from which step length follows: the given one, otherwise that of the stance foot.

    Parameters
    ----------
    given_mps : float or None
        As given by the runner, m/s.
    foot_mps : float or None
        Speed at which the stance foot travels back, m/s.

    Returns
    -------
    RunningSpeed or None
        ``None`` where neither is known.
    """
    if given_mps is not None:
        return RunningSpeed(given_mps, "given")
    return None if foot_mps is None else RunningSpeed(foot_mps / BELT_RATIO, "belt")
