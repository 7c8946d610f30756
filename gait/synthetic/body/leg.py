"""A bare leg from the hip to the ankle."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.solids import SignedDistance, ellipsoid, smooth_union, tube


def leg_solid(body: BodyProportions, side: str) -> SignedDistance:
    """Model a bare leg without its foot.

    Parameters
    ----------
    body : BodyProportions
    side : {"left", "right"}

    Returns
    -------
    SignedDistance
    """
    h, skeleton = body.height, body.skeleton
    girth = (1.0 if body.male else 0.97) * (1 + 0.7 * (body.girth - 1)) * h
    thigh, shank = f"{side}_thigh", f"{side}_shank"
    a, b = skeleton.thigh / h, skeleton.shank / h
    out = 1.0 if side == "right" else -1.0
    # Thick thighs are shifted sideways, meant to keep them from passing through one another. As `tube` counts sideways
    # to the left, they move inwards instead: a known fault, kept until the validation's clips are rendered again.
    spare = 0.5 * skeleton.hip_width / h - 0.048
    shift = [
        out * max(0.0, r * girth / h - 0.001 - spare - 0.0495 * s)
        for r, s in zip((0.052, 0.049, 0.044), (1.0, 0.95, 0.88), strict=True)
    ]
    # Ankles hardly thicken.
    r, thin = girth / h, (girth / h) ** 0.3
    limb = tube(
        body.point(thigh),
        -body.up(thigh),
        np.array([1.0, 0.0, 0.0]),
        h
        * np.array(
            [
                (0.0, -0.004, shift[0] + out * 0.001, 0.0520 * r),
                (0.25 * a, 0.004, shift[1] + out * 0.001, 0.0490 * r),
                (0.50 * a, 0.005, shift[2] + out * 0.001, 0.0440 * r),
                (0.75 * a, 0.003, 0.4 * shift[2] + out * 0.001, 0.0375 * r),
                (a - 0.030, 0.003, 0.0, 0.0325 * r),
                (a, 0.003, 0.0, 0.0310 * r),
                (a + 0.10 * b, -0.002, 0.0, 0.0295 * r),
                (a + 0.25 * b, -0.005, 0.0, 0.0305 * r),
                (a + 0.45 * b, -0.004, 0.0, 0.0280 * r),
                (a + 0.70 * b, -0.002, 0.0, 0.0222 * r),
                (a + 0.85 * b, -0.002, 0.0, 0.0195 * thin),
                (a + b - 0.004, -0.003, 0.0, 0.0195 * thin),
                (a + b + 0.014, -0.008, 0.0, 0.0190 * thin),
            ]
        ),
    )
    knee_cap = ellipsoid(body.point(shank, 0.014, 0.004, 0), np.array([0.020, 0.026, 0.020]) * girth)
    calf = ellipsoid(body.point(shank, -0.016, -0.26 * b, out * 0.002), np.array([0.0225, 0.060, 0.026]) * girth)
    return smooth_union([limb, knee_cap, calf], 0.010 * h)
