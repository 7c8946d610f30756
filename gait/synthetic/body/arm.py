"""A bare arm with a loosely closed hand."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.solids import SignedDistance, ellipsoid, rod, smooth_union, tube


def arm_solid(body: BodyProportions, side: str) -> SignedDistance:
    """Model a bare arm from the shoulder to the fingers.

    Parameters
    ----------
    body : BodyProportions
    side : {"left", "right"}

    Returns
    -------
    SignedDistance
    """
    h, k = body.height, body.skeleton
    girth = (1.0 if body.male else 0.86) * (1 + 0.6 * (body.girth - 1)) * h
    upper = f"{side}_upper_arm"
    a, f = k.upper_arm / h, k.forearm / h
    elbow, wrist, r = a, a + f, girth / h
    limb = [
        tube(
            body.point(upper),
            -body.up(upper),
            np.array([1.0, 0.0, 0.0]),
            h
            * np.array(
                [
                    (0.0, 0.0, 0.0, 0.0245 * r),
                    (0.15 * a, 0.002, 0.0, 0.0282 * r),
                    (0.35 * a, 0.004, 0.0, 0.0285 * r),
                    (0.65 * a, 0.004, 0.0, 0.0262 * r),
                    (elbow, 0.0, 0.0, 0.0222 * r),
                    (elbow + 0.14 * f, 0.002, 0.0, 0.0238 * r),
                    (elbow + 0.30 * f, 0.002, 0.0, 0.0240 * r),
                    (elbow + 0.70 * f, 0.001, 0.0, 0.0185 * r),
                    (wrist - 0.004, 0.0, 0.0, 0.0150 * r),
                    (wrist + 0.022, 0.002, 0.0, 0.0160 * r),
                ]
            ),
        ),
        ellipsoid(body.point(upper, 0, -0.019, 0), np.array([0.031 * girth, 0.034 * girth, 0.029 * girth])),
        *_hand(body, side, girth),
    ]
    return smooth_union(limb, 0.009 * h)


def _hand(body: BodyProportions, side: str, girth: float) -> list[SignedDistance]:
    """Palm, four curled fingers and a thumb on top."""
    bone = f"{side}_hand"
    inward = -1.0 if side == "right" else 1.0
    hand = [ellipsoid(body.point(bone, 0.002, -0.030, 0), np.array([0.022 * girth, 0.026 * girth, 0.015 * girth]))]
    for n in range(4):
        x = 0.020 - 0.0125 * n
        knuckle = body.point(bone, x, -0.050, 0)
        middle = body.point(bone, x + 0.002, -0.060, inward * 0.018)
        tip = body.point(bone, x + 0.002, -0.040, inward * 0.027)
        hand.append(rod(knuckle, middle, 0.0078 * girth, 0.0072 * girth))
        hand.append(rod(middle, tip, 0.0072 * girth, 0.0062 * girth))
    thumb_root = body.point(bone, 0.020, -0.018, 0)
    thumb_joint = body.point(bone, 0.030, -0.036, inward * 0.012)
    thumb_tip = body.point(bone, 0.024, -0.050, inward * 0.022)
    hand.append(rod(thumb_root, thumb_joint, 0.009 * girth, 0.0075 * girth))
    hand.append(rod(thumb_joint, thumb_tip, 0.0075 * girth, 0.0062 * girth))
    return hand


def point_on_upper_arm(body: BodyProportions, side: str, share: float) -> FloatArray:
    """Place a point on the axis of an upper arm.

    Parameters
    ----------
    body : BodyProportions
    side : {"left", "right"}
    share : float
        Distance from the shoulder, lengths of the upper arm.

    Returns
    -------
    (3,) array
        Metres.
    """
    return body.point(f"{side}_upper_arm", 0.0, -share * body.skeleton.upper_arm / body.height, 0.0)
