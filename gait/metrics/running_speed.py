"""The speed of the belt: as given, or measured on the stance foot."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gait.calibration import constants_file
from gait.display_language import N_, _, gettext
from gait.display_units import speed_in_units, speed_range_in_units, speeds_in_units
from gait.pose.dataset import NetworkVariant

#: Relative standard deviation of a speed that the runner reads off the treadmill's display. [E]
GIVEN_SPEED_SD = 0.02

#: Speeds of a belt on which somebody runs, m/s: a slow jog, and the fastest treadmills (45 km/h). [E]
PLAUSIBLE_BELT_MPS = (0.8, 12.5)


@dataclass(frozen=True)
class BeltRatio:
    """The speed of ankle and heel in stance over that of the belt.

    Attributes
    ----------
    mean, sd : float
        Mean, and standard deviation from runner to runner.
    """

    mean: float
    sd: float

    def range_mps(self, foot_mps: float) -> tuple[float, float]:
        """Give the 95 % interval of the belt's speed.

        Parameters
        ----------
        foot_mps : float
            Speed at which ankle and heel travel back in stance, m/s.

        Returns
        -------
        (float, float)
            m/s.
        """
        return foot_mps / (self.mean + 1.96 * self.sd), foot_mps / (self.mean - 1.96 * self.sd)


@cache
def belt_ratio(network: NetworkVariant | None) -> BeltRatio:
    """Look up how fast the stance foot seems to travel, over the speed of the belt.

    Parameters
    ----------
    network : {"full", "heavy", "mixed"} or None
        Pose network; ``None``, or one that was not calibrated: as for exact joints.

    Returns
    -------
    BeltRatio
    """
    table = tomllib.loads(constants_file("belt_speed.toml").read_text(encoding="utf-8"))
    row = table.get(network or "joints", table["joints"])
    return BeltRatio(float(row["ratio"]), float(row["sd"]))


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
        # English, in km/h: reports keep it, and a report's hash must not change with its language (`method_text`).
        return _METHODS[self.source].format(speed=f"{3.6 * self.mps:.1f} km/h")


_METHODS = {"given": N_("at the given speed, {speed}"), "belt": N_("at the belt's measured speed, {speed}")}
_WRITTEN_SPEED = re.compile(r", ([0-9.]+) km/h$")


def method_text(method: str) -> str:
    """Tell how a speed was found, in the reader's language and units.

    Parameters
    ----------
    method : str
        As a report keeps it: English, in km/h.

    Returns
    -------
    str
        Other texts with their speeds in the reader's units.

    Examples
    --------
    >>> method_text("at the given speed, 10.0 km/h")
    'at the given speed, 10.0 km/h'
    """
    found = _WRITTEN_SPEED.search(method)
    for english in _METHODS.values():
        if found is not None and method == english.format(speed=f"{found[1]} km/h"):
            return gettext(english).format(speed=speed_in_units(float(found[1]) / 3.6))
    return speeds_in_units(method)


def running_speed(
    given_mps: float | None, foot_mps: float | None, network: NetworkVariant | None = None
) -> RunningSpeed | None:
    """Choose the speed from which step length follows: the given one, otherwise that of the stance foot.

    Parameters
    ----------
    given_mps : float or None
        As given by the runner, m/s.
    foot_mps : float or None
        Speed at which the stance foot travels back, m/s.
    network : {"full", "heavy", "mixed"} or None
        Pose network that saw the foot.

    Returns
    -------
    RunningSpeed or None
        ``None`` where neither is known.
    """
    if given_mps is not None:
        return RunningSpeed(given_mps, "given")
    return None if foot_mps is None else RunningSpeed(foot_mps / belt_ratio(network).mean, "belt")


def implausible_belt(foot_mps: float) -> str | None:
    """Say why the speed of the stance foot cannot be that of a belt.

    Parameters
    ----------
    foot_mps : float
        Speed at which ankle and heel travel back in stance, m/s.

    Returns
    -------
    str or None
        One line; ``None`` where somebody may run at this speed.
    """
    low, high = PLAUSIBLE_BELT_MPS
    if low <= foot_mps <= high:
        return None
    return _(
        "the foot on the ground seems to travel back at {speed}, and a belt runs at {range}: no speed is "
        "read, check the scale (height, units) and that this is a treadmill"
    ).format(speed=speed_in_units(foot_mps), range=speed_range_in_units(low, high))
