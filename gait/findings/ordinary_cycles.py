"""How angles of healthy runners go over the stride, at the runner's speed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

#: Standard deviations to either side of the mean, as for most bands in ``metrics.toml``.
WIDTH = 2.0


@dataclass(frozen=True)
class UsualCycle:
    """The range of one angle over the stride.

    Attributes
    ----------
    percent : (n,) array
        0–100, contact to contact of the same foot.
    low, high : (n,) array
        Degrees: mean ∓ two standard deviations between runners.
    runners : int
    """

    percent: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    runners: int


def usual_cycle(signal: str, *, speed_mps: tuple[float, float] | None = None) -> UsualCycle | None:
    """Give the usual range of an angle, or ``None`` for a signal that was not recorded.

    Parameters
    ----------
    signal : str
        As `gait.metrics.gait_cycles.gait_cycles` names it.
    speed_mps : (float, float), optional
        Range in which the speed lies, m/s: the band holds everything usual within it. Without it, at any recorded
        speed; beyond those, the nearest counts.
    """
    rows = _recorded().get(signal)
    if rows is None:
        return None
    speeds = np.array(sorted(rows))
    low, high = (speeds[0], speeds[-1]) if speed_mps is None else np.clip(speed_mps, speeds[0], speeds[-1])
    asked = sorted({float(low), float(high), *(float(v) for v in speeds if low < v < high)})
    bands = []
    for speed in asked:
        mean, sd = (
            np.array([np.interp(speed, speeds, column) for column in np.array([rows[v][n] for v in speeds]).T])
            for n in (0, 1)
        )
        bands.append((mean - WIDTH * sd, mean + WIDTH * sd))
    return UsualCycle(
        _percent(),
        np.min([band[0] for band in bands], axis=0),
        np.max([band[1] for band in bands], axis=0),
        min(rows[v][2] for v in rows),
    )


@cache
def _file() -> dict[str, object]:
    return tomllib.loads((resources.files("gait.calibration") / "ordinary_cycles.toml").read_text(encoding="utf-8"))


def _percent() -> NDArray[np.float64]:
    return np.array(_file()["percent"], dtype=float)


@cache
def _recorded() -> dict[str, dict[float, tuple[NDArray[np.float64], NDArray[np.float64], int]]]:
    made: dict[str, dict[float, tuple[NDArray[np.float64], NDArray[np.float64], int]]] = {}
    for row in _file()["cycle"]:  # type: ignore[attr-defined]
        made.setdefault(row["signal"], {})[row["speed"]] = (np.array(row["mean"]), np.array(row["sd"]), row["runners"])
    return made
