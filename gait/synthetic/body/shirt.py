"""The shirt: loose or tight, with or without sleeves, with its print and seams."""

from __future__ import annotations

import numpy as np

from gait._typing import BoolArray, FloatArray
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.body.legwear import WAISTBAND_TOP
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.rest_pose import ARM_SPREAD_RAD
from gait.synthetic.body.surface_patterns import on_line, speckle
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import (
    SignedDistance,
    clipped,
    ellipsoid,
    half_space,
    inverted,
    oval_stack,
    smooth_union,
    thickened,
    union,
)
from gait.synthetic.texture_atlas import ColourFunction

# Length of a short sleeve, lengths of the upper arm. [E]
SLEEVE = 0.58
# Slices of a loose shirt, as for `fitted_slices`: at the ribs, and below them hanging or bloused over a band. [E]
_RIBS = ((0.10, 0.098, 0.074, 0.0), (0.19, 0.101, 0.073, 0.002), (0.24, 0.100, 0.068, 0.0))
_HANGING_TAIL = ((-0.035, 0.110, 0.083, -0.008), (0.02, 0.107, 0.081, -0.008))
_BLOUSED_TAIL = ((0.045, 0.088, 0.063, -0.004), (0.068, 0.096, 0.071, -0.002))


def add_shirt(builder: MeshBuilder, body: BareBody, look: LookSpec) -> SignedDistance:
    """Add the shirt.

    Parameters
    ----------
    builder : MeshBuilder
    body : BareBody
    look : LookSpec

    Returns
    -------
    SignedDistance
        The shirt as a solid.
    """
    h, k = body.proportions.height, body.proportions.skeleton
    collar = ellipsoid(np.array([0.014, k.trunk / h + 0.050, 0]) * h, np.array([0.062 * h, 0.042 * h, 0.054 * h]))
    garment = _garment(body, look, collar)
    wide = k.shoulder_width / 2 + np.sin(ARM_SPREAD_RAD) * 0.95 * k.upper_arm
    builder.add(
        garment,
        np.array([-0.17 * h, -0.06 * h, -wide]),
        np.array([0.19 * h, k.trunk + 0.06 * h, wide]),
        shirt_paint(body.proportions, look, collar),
        attachment="shirt",
        triangle_size=1.1,
        fold_depth=0.0045 if look.loose else 0.0015,
    )
    return garment


def _hem(look: LookSpec, h: float) -> float:
    """Height of the shirt's lower edge above the hip joints, m."""
    if look.waist_is_bare:
        return (WAISTBAND_TOP - 0.0015) * h
    return (-0.022 if look.loose else 0.030) * h


def _garment(body: BareBody, look: LookSpec, collar: SignedDistance) -> SignedDistance:
    proportions = body.proportions
    h, k = proportions.height, proportions.skeleton
    slack = (0.0065 if look.loose else 0.004) * h
    covered = [smooth_union([body.torso, body.neck], 0.030 * h)]
    for side in ("left", "right"):
        length = SLEEVE * k.upper_arm / h if look.sleeves else 0.02
        sleeve = thickened(body.arms[side], (0.6 if look.loose else 0.4) * slack)
        cuff = half_space(proportions.point(f"{side}_upper_arm", 0, -length, 0), -proportions.up(f"{side}_upper_arm"))
        covered.append(clipped(sleeve, cuff))
    cloth = thickened(smooth_union(covered, 0.024 * h), slack * 0.8)
    if look.loose:
        # A loose shirt hangs straight from the ribs; where it is tucked in it blouses over the band.
        tail = _BLOUSED_TAIL if look.waist_is_bare else _HANGING_TAIL
        slices = proportions.fitted_slices(np.array([*tail, *_RIBS]))
        cloth = smooth_union(
            [cloth, oval_stack(slices * np.array([1, *(3 * [1.0 if proportions.male else 0.955])]))], 0.03 * h
        )
    keep = [
        half_space(np.array([0, _hem(look, h), 0]), np.array([0.0, -1.0, 0.0])),
        inverted(collar),
        # Behind, the neck's own cloth ends below the hair.
        union(
            [
                half_space(np.array([0.0, k.trunk + 0.026 * h, 0.0]), np.array([0.1, 1.0, 0.0])),
                lambda p: 0.058 * h - np.abs(p[:, 2]),
            ]
        ),
    ]
    if not look.sleeves:
        for side, sign in (("left", -1.0), ("right", 1.0)):
            hole = proportions.point(f"{side}_upper_arm", 0, -0.010, 0)
            keep.append(half_space(hole, np.array([0.0, 0.25, sign])))
    return clipped(cloth, *keep)


def shirt_paint(proportions: BodyProportions, look: LookSpec, collar: SignedDistance) -> ColourFunction:
    """Paint a shirt with its print and seams.

    Parameters
    ----------
    proportions : BodyProportions
    look : LookSpec
    collar : SignedDistance
        What is cut out for the neck.

    Returns
    -------
    ColourFunction
    """
    return lambda p: _painted(p, proportions, look, collar)


def _painted(p: FloatArray, proportions: BodyProportions, look: LookSpec, collar: SignedDistance) -> FloatArray:
    """Cloth of the shirt with its print and seams."""
    h, k = proportions.height, proportions.skeleton
    colour = np.tile(np.asarray(look.shirt), (len(p), 1))
    # Along the shirt from the shoulder, m: down the trunk, or down the sleeve.
    along, on_sleeve = k.trunk - p[:, 1], np.zeros(len(p), dtype=bool)
    cuff, seam = np.full(len(p), 1.0), np.full(len(p), 1.0)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        axis, shoulder = proportions.up(f"{side}_upper_arm"), proportions.point(f"{side}_upper_arm")
        down = (p - shoulder) @ -axis
        across = p - shoulder + down[:, None] * axis
        sleeve = (np.linalg.norm(across, axis=1) < 0.046 * h * proportions.girth) & (down > 0.012 * h)
        sleeve &= sign * p[:, 2] > 0.8 * k.shoulder_width / 2
        on_sleeve |= sleeve
        along = np.where(sleeve, down + 0.02 * h, along)
        near_shoulder = sign * p[:, 2] > 0.72 * k.shoulder_width / 2
        seam = np.where(near_shoulder, down - 0.012 * h, seam)
        cuff = np.where(sleeve, SLEEVE * k.upper_arm - down, cuff)
    colour = _printed(colour, p, along, on_sleeve, look, h)
    for edge, offset, width in (
        (p[:, 1] - _hem(look, h), 0.011 * h, 0.0022),
        (cuff, 0.010 * h, 0.0022),
        (seam, 0.0, 0.0022),
        (np.where(on_sleeve, 1.0, p[:, 0] + 0.004 * h), 0.0, 0.002),
        (collar(p), 0.008 * h, 0.0024),
    ):
        colour = np.where(on_line(edge - offset, width), 0.72 * colour, colour)
    neckband = collar(p) < 0.0065 * h
    colour = np.where(neckband[:, None], 0.80 * colour, colour)
    weave = 0.045 * speckle(p, 0.0032)
    return colour * (1 + weave)[:, None]


def _printed(
    colour: FloatArray, p: FloatArray, along: FloatArray, on_sleeve: BoolArray, look: LookSpec, h: float
) -> FloatArray:
    """Put the print of a `LookSpec` on the plain cloth."""
    trim = np.asarray(look.shorts_trim)
    if look.pattern == "stripes":
        striped = (np.mod(along / h, 0.036) < 0.014) & (along > 0.03 * h)
        colour = np.where(striped[:, None], trim, colour)
    elif look.pattern == "heather":
        colour = colour * (1 + 0.16 * speckle(p, 0.0045) + 0.10 * speckle(p * [1, 3, 1], 0.009))[:, None]
        yoke = (along < 0.055 * h) | on_sleeve
        colour = np.where(yoke[:, None], 0.72 * colour, colour)
    elif look.pattern == "panel":
        band = (np.abs(along - 0.083 * h) < 0.016 * h) & ~on_sleeve
        colour = np.where(band[:, None], 0.4 * colour + 0.6 * trim, colour)
        # Low on the back a line of lettering in blocks, on the chest a small badge.
        row = (along - 0.128 * h) / h
        cell = np.floor((p[:, 2] / h + 0.06) / 0.015)
        lettering = (p[:, 0] < 0) & (np.abs(row) < 0.012) & (np.abs(p[:, 2]) / h < 0.058)
        holes = (np.mod((p[:, 2] / h + 0.06) / 0.015, 1) < 0.22) | ((np.abs(row) < 0.004) & (np.mod(cell, 3) != 1))
        badge = (p[:, 0] > 0) & (np.hypot(p[:, 2] / h - 0.045, along / h - 0.055) < 0.010) & ~on_sleeve
        colour = np.where(((lettering & ~holes) | badge)[:, None], trim, colour)
    else:
        flank = (np.abs(p[:, 0] / h) < 0.012) & ~on_sleeve & (along > 0.09 * h)
        colour = np.where(flank[:, None], 0.68 * colour, colour)
    return colour
