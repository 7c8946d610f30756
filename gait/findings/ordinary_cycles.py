"""Joint angles of healthy runners over the stride, at the runner's speed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

import numpy as np

from gait._typing import FloatArray
from gait.calibration import constants_file

#: Half width of the band, standard deviations between runners, as for most bands in ``metrics.toml``. [E]
BAND_SD = 2.0


@dataclass(frozen=True)
class OrdinaryCycle:
    """The ordinary range of one angle over the stride.

    Attributes
    ----------
    percent : (n,) float array
        0–100, contact to contact of the same foot.
    low, high : (n,) float array
        Degrees: mean ∓ two standard deviations between runners.
    runners : int
        Number of runners.
    """

    percent: FloatArray
    low: FloatArray
    high: FloatArray
    runners: int


def ordinary_cycle(signal: str, *, speed_mps: tuple[float, float] | None = None) -> OrdinaryCycle | None:
    """Look up the ordinary range of an angle.

    Parameters
    ----------
    signal : str
        As `gait.metrics.gait_cycles.gait_cycles` names it.
    speed_mps : (float, float), optional
        Range of the speed, m/s; by default all recorded speeds. The result covers the ordinary ranges of all speeds in
        it. Beyond the recorded speeds the nearest one is used.

    Returns
    -------
    OrdinaryCycle or None
        ``None`` for a signal that was not recorded.
    """
    rows = _recorded().get(signal)
    if rows is None:
        return None
    speeds = np.array(sorted(rows))
    low, high = (speeds[0], speeds[-1]) if speed_mps is None else np.clip(speed_mps, speeds[0], speeds[-1])
    covered = sorted({float(low), float(high), *(float(v) for v in speeds if low < v < high)})
    bands = []
    for speed in covered:
        mean, sd = (
            np.array([np.interp(speed, speeds, column) for column in np.array([rows[v][n] for v in speeds]).T])
            for n in (0, 1)
        )
        bands.append((mean - BAND_SD * sd, mean + BAND_SD * sd))
    return OrdinaryCycle(
        _percent(),
        np.min([band[0] for band in bands], axis=0),
        np.max([band[1] for band in bands], axis=0),
        min(rows[v][2] for v in rows),
    )


@cache
def _file() -> dict[str, object]:
    return tomllib.loads(constants_file("ordinary_cycles.toml").read_text(encoding="utf-8"))


def _percent() -> FloatArray:
    return np.array(_file()["percent"], dtype=float)


@cache
def _recorded() -> dict[str, dict[float, tuple[FloatArray, FloatArray, int]]]:
    made: dict[str, dict[float, tuple[FloatArray, FloatArray, int]]] = {}
    for row in _file()["cycle"]:  # type: ignore[attr-defined]
        made.setdefault(row["signal"], {})[row["speed"]] = (np.array(row["mean"]), np.array(row["sd"]), row["runners"])
    return made
