"""The shapes of running shoes, as differences from an ordinary trainer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# All shapes are [E], after what shops sell: stacks of 12 to 40 mm, outlines a few millimetres wider or narrower.


@dataclass(frozen=True)
class ShoeShape:
    """One kind of shoe. Lengths are shares of body height.

    Attributes
    ----------
    sole_thickness : float
        1 = 37 mm at the heel, 25 mm at the toes of somebody 1.76 m tall.
    width : float
        Added to half the width of the outline all round.
    heel_flare : float
        How much wider the sole is at the ground than at its upper edge, at the heel, to each side and behind.
    heel_bevel : float
        Slope by which the sole rises behind the first touch of a heel strike.
    toe_spring : float
        Slope by which it rises in front of the last touch.
    longer : float
        Added to its length in front, and half as much behind.
    collar : float
        How much higher it closes round the ankle.
    roof : float
        Height of the upper over the forefoot, 1 = trainer.
    trim : {"stripe", "bars", "plain", "midsole"}
        What is painted on the upper.
    rubber : float
        Height of the dark outsole on the side of the sole.
    seam : float or None
        Height at which the upper begins, as a share of the sole's thickness; ``None``: 18 mm above the ground.
    """

    sole_thickness: float = 1.0
    width: float = 0.0
    heel_flare: float = 0.0
    heel_bevel: float = 0.75
    toe_spring: float = 0.55
    longer: float = 0.0
    collar: float = 0.0
    roof: float = 1.0
    trim: Literal["stripe", "bars", "plain", "midsole"] = "stripe"
    rubber: float = 0.004
    seam: float | None = 0.82


SHOE_SHAPES: dict[str, ShoeShape] = {
    "trainer": ShoeShape(seam=None),
    "cushioned": ShoeShape(1.65, 0.0022, 0.0030, 0.60, 0.75, 0.0035, 0.004, 1.10, "midsole", 0.003, 0.86),
    "racer": ShoeShape(1.30, -0.0012, -0.0010, 1.10, 0.80, 0.0015, -0.004, 0.90, "plain", 0.002),
    "trail": ShoeShape(1.05, 0.0020, 0.0022, 0.65, 0.50, 0.0020, 0.004, 1.06, "bars", 0.009),
    "minimal": ShoeShape(0.38, 0.0012, 0.0, 0.45, 0.35, -0.0035, -0.006, 0.92, "plain", 0.004),
    "spike": ShoeShape(0.48, -0.0020, -0.0010, 0.95, 0.95, -0.0025, -0.005, 0.86, "bars", 0.002),
    "high_top": ShoeShape(0.90, 0.0008, 0.0, 0.50, 0.45, 0.0, 0.030, 1.05, "stripe", 0.006),
}
"""Name → shape. ``LookSpec.footwear`` also has ``socks`` and ``bare``, which are no shoes."""
