"""Write files of constants to the folder of results, and the statistics that they share."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.stats import siegelslopes

from gait._typing import FloatArray
from gait.atomic_files import atomic_write

#: Where all calibration runs write; `calibration.install` copies from here into the package.
RESULTS = Path(__file__).resolve().parent / "results"
COMMAND = "python -m calibration.calibrate"
#: First line of every file that this command makes.
HEADER = f"# Made by: {COMMAND}"
#: Before any clip counts, an apparent value is taken for the true one, with the weight of this many clips. [E]
PRIOR_CLIPS = 1.0
#: A line through fewer clips keeps slope 1 and only moves: two clips, turned round, can give any slope, a negative one
#: too. [E]
MIN_CLIPS_FOR_SLOPE = 5
#: Scale factor from median absolute deviation to standard deviation of a normal distribution.
MAD_TO_SD = 1.4826
#: Residuals in robust standard deviations from which Huber's weights fall, and at which Tukey's reach zero (95 %
#: efficiency: 1.345 and 4.685, here rounded).
HUBER_LIMIT, TUKEY_LIMIT = 1.5, 4.685


def write_constants(path: Path, lines: Iterable[str]) -> None:
    """Write a file of constants, whole or not at all.

    Parameters
    ----------
    path : Path
        Its folder must exist.
    lines : iterable of str
    """
    with atomic_write(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{path} written\n")


def robust_sd(values: FloatArray) -> float:
    """Estimate a standard deviation that single outliers do not widen, but not below half of the plain one.

    Parameters
    ----------
    values : (n,) array

    Returns
    -------
    float
        Unit of the values.
    """
    return max(MAD_TO_SD * float(np.median(np.abs(values - np.median(values)))), 0.5 * float(np.std(values)))


def robust_line(
    apparent: FloatArray,
    true: FloatArray,
    *,
    prior_center: float,
    prior_half_width: float,
    ignore_outliers: bool = False,
) -> list[str]:
    """Fit the line from an apparent to the true value by Huber's regression.

    The apparent value is regressed on the true one, and the line is inverted: the value that it gives is right on
    average for every true value, and not drawn towards their mean.

    A prior keeps the line of few clips close to slope 1: two points, together as heavy as `PRIOR_CLIPS` clips.

    Parameters
    ----------
    apparent, true : (n,) arrays
        One value a clip.
    prior_center, prior_half_width : float
        The points of the prior lie on the line of slope 1, this far on either side of the centre.
    ignore_outliers : bool
        Tukey's biweight from Siegel's repeated medians instead: a clip on which something else was tracked has no
        weight, even where its true value lies far from the others, and turns the line in Huber's regression.

    Returns
    -------
    list of str
        Lines of a TOML table: ``offset``, ``slope``, ``sd`` (of what is left over) and ``clips``.
    """
    prior_points = [prior_center - prior_half_width, prior_center + prior_half_width]
    if len(apparent) < MIN_CLIPS_FOR_SLOPE:
        offset = float(np.sum(true - apparent)) / (len(apparent) + PRIOR_CLIPS)
        return _line(1.0, offset, apparent, true)
    x, y = np.concatenate([true, prior_points]), np.concatenate([apparent, prior_points])
    base_weight = np.concatenate([np.ones(len(apparent)), [PRIOR_CLIPS / 2] * 2])
    slope, offset = siegelslopes(y, x) if ignore_outliers else np.polyfit(x, y, 1, w=np.sqrt(base_weight))
    for _ in range(20):
        residual = y - offset - slope * x
        scale = max(MAD_TO_SD * float(np.median(np.abs(residual))), 0.2)  # degrees: never below the noise. [E]
        if ignore_outliers:
            weight = base_weight * np.maximum(1 - (residual / (TUKEY_LIMIT * scale)) ** 2, 0) ** 2
        else:
            weight = base_weight / np.maximum(np.abs(residual) / (HUBER_LIMIT * scale), 1)
        slope, offset = np.polyfit(x, y, 1, w=np.sqrt(weight))
    return _line(1 / slope, -offset / slope, apparent, true)


def _line(slope: float, offset: float, apparent: FloatArray, true: FloatArray) -> list[str]:
    return [
        f"offset = {offset:.3f}",
        f"slope = {slope:.3f}",
        f"sd = {np.std(true - offset - slope * apparent):.3f}",
        f"clips = {len(apparent)}",
    ]
