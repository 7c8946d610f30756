"""Units of markers: what a file states, and whether a body of that size can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gait._typing import FloatArray
from gait.display_language import _, list_text
from gait.errors import InputError
from gait.formatted_message import format_message

#: Unit → metres.
METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001, "inch": 0.0254, "foot": 0.3048}
_SPELLINGS = {
    "m": ("m", "meter", "meters", "metre", "metres"),
    "cm": ("cm", "centimeter", "centimeters", "centimetre", "centimetres"),
    "mm": ("mm", "millimeter", "millimeters", "millimetre", "millimetres"),
    "inch": ("in", "inch", "inches", '"'),
    "foot": ("ft", "foot", "feet"),
    "px": ("px", "pixel", "pixels"),
}
#: Length of a leg from hip to ankle that a runner can have, m: 49 % of a height of 1.2 to 2.2 m (Winter 2009, table
#: 4.1) is 0.59 to 1.08. Markers lie beside the joints, children are smaller, and one camera sees legs shortened. [E]
LEG_RANGE_M = (0.4, 1.35)
#: Legs of fewer pixels are in another unit. [E]
MIN_LEG_PX = 5.0
#: Units into which a wrong one is corrected. They differ by ten times, so that only one fits; inches are taken only
#: where the file states them or nothing.
_DECIMAL = ("m", "cm", "mm")


@dataclass(frozen=True)
class MarkerScale:
    """What one unit of a file is.

    Attributes
    ----------
    metres : float or None
        ``None`` for pixels.
    note : str or None
        What a reader should know, where the file states something else.
    """

    metres: float | None
    note: str | None = None


def unit_of(path: Path, stated: str) -> str | None:
    """Read the name of a unit.

    Parameters
    ----------
    path : Path
        For the message.
    stated : str

    Returns
    -------
    str or None
        A key of `METRES`, or "px"; ``None`` where nothing is stated.

    Raises
    ------
    InputError
        It is no unit of length.
    """
    word = stated.strip().strip("[]()").lower()
    if word in ("", "none", "unknown", "nan"):
        return None
    unit = next((unit for unit, words in _SPELLINGS.items() if word in words), None)
    if unit is None:
        raise InputError(
            _("{path}: its unit is {stated}, must be m, cm, mm, inch, foot or px; see docs/formats.md").format(
                path=path, stated=repr(stated)
            )
        )
    return unit


def leg_length(position: FloatArray, names: Sequence[str]) -> float:
    """Measure the legs, from hip over knee to ankle.

    Parameters
    ----------
    position : (T, K, 2 or 3) array
        NaN where missing.
    names : sequence of K str
        BlazePose keypoints.

    Returns
    -------
    float
        Median of both legs over all frames, in the unit of ``position``; NaN where no leg is whole.
    """
    lengths = []
    for side in ("left", "right"):
        hip, knee, ankle = (position[:, names.index(f"{side}_{joint}")] for joint in ("hip", "knee", "ankle"))
        lengths.append(np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1))
    whole = np.concatenate(lengths)
    whole = whole[np.isfinite(whole)]
    return float(np.median(whole)) if len(whole) else float("nan")


def marker_scale(path: Path, position: FloatArray, names: Sequence[str], unit: str | None) -> MarkerScale:
    """Check the unit that a file states against the length of the legs.

    Parameters
    ----------
    path : Path
        For the message.
    position : (T, K, 2 or 3) array
        In the file's unit.
    names : sequence of K str
        BlazePose keypoints.
    unit : str or None
        As `unit_of` gives it.

    Returns
    -------
    MarkerScale
        Another unit than the stated one where only that fits a body; its note says so.

    Raises
    ------
    InputError
        No unit fits a body, or several do where none is stated.
    """
    leg = leg_length(position, names)
    if not np.isfinite(leg):  # no leg is whole; the projection says so
        return MarkerScale(None if unit in (None, "px") else METRES[unit])
    if unit == "px":
        if leg >= MIN_LEG_PX:
            return MarkerScale(None)
        if position.shape[2] == 2 or not np.ptp(position[..., 2][np.isfinite(position[..., 2])]):
            raise InputError(
                _(
                    "{path}: the legs are {leg} pixels long; coordinates that are shares of the picture must be "
                    "multiplied by its width and height; see docs/formats.md"
                ).format(path=path, leg=f"{leg:.2g}")
            )
    if unit in METRES and _fits(leg * METRES[unit]):
        return MarkerScale(METRES[unit])
    fitting = [name for name in (METRES if unit is None else _DECIMAL) if _fits(leg * METRES[name])]
    if len(fitting) == 1:
        (only,) = fitting
        if unit is None:
            note = format_message("the file states no unit; its numbers were read as {read_as}", read_as=only)
        else:
            note = format_message(
                "the file states the unit {unit}, in which the legs would be {leg} {unit} long; its numbers were read "
                "as {read_as}",
                unit=unit,
                leg=f"{leg:.3g}",
                read_as=only,
            )
        return MarkerScale(METRES[only], note)
    if fitting:  # only where the file states none
        message = _("{path}: states no unit, and legs of {leg} may be in {units}; correct the unit in the file")
    elif unit is None:
        message = _(
            "{path}: states no unit, and legs of {leg} fit no unit: a leg has {low} to {high} m; correct the unit in "
            "the file"
        )
    else:
        message = _(
            "{path}: states the unit {unit}, and legs of {leg} fit no unit: a leg has {low} to {high} m; correct the "
            "unit in the file"
        )
    low, high = LEG_RANGE_M
    raise InputError(
        message.format(
            path=path,
            unit=unit,
            leg=f"{leg:.3g}",
            units=list_text(fitting, word="or"),
            low=f"{low:g}",
            high=f"{high:g}",
        )
    )


def _fits(leg_m: float) -> bool:
    return LEG_RANGE_M[0] <= leg_m <= LEG_RANGE_M[1]
