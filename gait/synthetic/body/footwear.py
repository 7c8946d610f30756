"""Socks and running shoes."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.surface_patterns import uniform_colour
from gait.synthetic.body_segments import Skeleton
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import SignedDistance, clipped, half_space, thickened

# The shoe in the axes of the foot, body heights: x forward from the ankle, y up from the ground. All shapes [E].
_AXIS_X, _AXIS_Z = [-0.05, 0.0, 0.06, 0.10, 0.125], [0.0, 0.001, -0.001, -0.006, -0.010]
_OUTLINE_X = [-0.0425, -0.0405, -0.035, -0.024, -0.005, 0.025, 0.055, 0.080, 0.098, 0.110, 0.117, 0.1205, 0.122]
_HALF_WIDTH = [0.0, 0.009, 0.0155, 0.0195, 0.0195, 0.0185, 0.0235, 0.0260, 0.0245, 0.0200, 0.0145, 0.008, 0.0]
_BACK, _FRONT = 0.0425, 0.122
_SOLE_X, _SOLE_THICKNESS = [-0.04, 0.02, 0.08, 0.12], [0.0215, 0.0195, 0.0150, 0.0140]
_ROOF_X = [-0.045, -0.038, -0.028, -0.012, 0.012, 0.030, 0.050, 0.080, 0.105, 0.122]
_ROOF = [0.052, 0.063, 0.061, 0.052, 0.053, 0.060, 0.049, 0.038, 0.031, 0.022]
_CLOSING_X, _CLOSING = [-0.04, 0.02, 0.045, 0.12], [0.0, 0.001, 0.0135, 0.0175]
_UPPER_FROM = 0.010
_RUBBER = np.array([0.16, 0.16, 0.17])  # colour of the underside of the sole


def add_socks_and_shoes(builder: MeshBuilder, body: BareBody, look: LookSpec) -> None:
    """Add socks and shoes of both feet.

    Parameters
    ----------
    builder : MeshBuilder
    body : BareBody
    look : LookSpec
    """
    for side, sign in (("left", -1.0), ("right", 1.0)):
        _add_foot(builder, body, look, side, sign)


def _add_foot(builder: MeshBuilder, body: BareBody, look: LookSpec, side: str, sign: float) -> None:
    proportions = body.proportions
    h, k = proportions.height, proportions.skeleton
    foot = proportions.point(f"{side}_foot")
    ground = foot[1] - k.ankle_height
    sock = clipped(
        thickened(body.legs[side], 0.0015 * h),
        half_space(proportions.point(f"{side}_foot", 0, 0.040, 0), proportions.up(f"{side}_shank")),
    )
    low = np.array([-0.06 * h, ground - 0.004 * h, foot[2] - 0.045 * h])
    high = np.array([0.135 * h, foot[1] + 0.06 * h, foot[2] + 0.045 * h])
    builder.add(sock, low, high, uniform_colour(look.socks), triangle_size=0.9)
    sole, upper = shoe_solids(k, foot, sign)
    shoe_colour, sole_colour = np.asarray(look.shoes), np.asarray(look.sole)

    def paint_upper(p: FloatArray) -> FloatArray:
        x, y = (p[:, 0] - foot[0]) / h, (p[:, 1] - ground) / h
        laces = (x > 0.030) & (x < 0.072) & (np.abs(p[:, 2] - foot[2]) < 0.009 * h)
        side_stripe = np.abs(x - 0.034 - 0.55 * (y - 0.028)) < 0.005
        heel_tab = (x < -0.032) & (y > 0.038)
        base = np.tile(shoe_colour, (len(p), 1)) * (1 + 0.04 * np.sin(p[:, [0]] * 500) * np.sin(p[:, [2]] * 500))
        return np.where((laces | side_stripe | heel_tab)[:, None], look.sole, base)

    def paint_sole(p: FloatArray) -> FloatArray:
        under = (p[:, 1] - ground) < 0.004 * h
        return np.where(under[:, None], _RUBBER, sole_colour[None])

    builder.add(upper, low, high, paint_upper, triangle_size=0.7, texel_size=0.6)
    builder.add(sole, low, high, paint_sole, triangle_size=0.7, texel_size=0.8)


def shoe_solids(skeleton: Skeleton, ankle: FloatArray, sign: float) -> tuple[SignedDistance, SignedDistance]:
    """Model a shoe that stands flat.

    Parameters
    ----------
    skeleton : Skeleton
    ankle : (3,) array
        Ankle joint, m; the ground is `Skeleton.ankle_height` below it.
    sign : float
        1 for the right shoe, -1 for the left one.

    Returns
    -------
    sole, upper : SignedDistance
    """
    h, ground = skeleton.height, ankle[1] - skeleton.ankle_height

    def forward(p: FloatArray) -> FloatArray:
        along: FloatArray = (p[:, 0] - ankle[0]) / h
        return along

    def outline(p: FloatArray, grow: float) -> FloatArray:
        """Distance from the sole's outline in the ground plane, negative inside."""
        x = forward(p)
        # The shoe's axis bends inwards towards the big toe.
        middle = np.interp(x, _AXIS_X, _AXIS_Z) * sign
        side = np.abs((p[:, 2] - ankle[2]) / h - middle) - np.interp(x, _OUTLINE_X, _HALF_WIDTH) - grow
        ends = np.maximum(-_BACK - grow - x, x - _FRONT - grow)
        value: FloatArray = np.maximum(side, ends) * h
        return value

    def rocker(p: FloatArray) -> FloatArray:
        """How far the sole is lifted off the ground: a bevelled heel and a turned-up toe."""
        x = forward(p)
        heel = np.clip(-skeleton.pivot_back / h - x, 0, None)
        toe = np.clip(x - skeleton.toe / h, 0, None)
        value: FloatArray = (0.75 * heel + 9 * heel**2 + 0.55 * toe) * h
        return value

    def sole(p: FloatArray) -> FloatArray:
        thickness = np.interp(forward(p), _SOLE_X, _SOLE_THICKNESS) * h
        y = p[:, 1] - ground
        value: FloatArray = np.maximum(outline(p, 0.0), np.maximum(rocker(p) - y, y - thickness))
        return value

    def upper(p: FloatArray) -> FloatArray:
        x = forward(p)
        roof = np.interp(x, _ROOF_X, _ROOF)
        y = (p[:, 1] - ground) / h
        rise = np.clip((y - _UPPER_FROM) / np.maximum(roof - _UPPER_FROM, 1e-3), 0, 1.5)
        # The collar stands round the ankle; the toe box closes over the toes.
        narrower = np.interp(x, _CLOSING_X, _CLOSING) * rise**2.2 - 0.001
        value: FloatArray = np.maximum(
            np.maximum(outline(p, 0.0) + narrower * h, (y - roof) * h), (_UPPER_FROM - y) * h
        )
        return value

    return sole, upper
