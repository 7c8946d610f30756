"""Shorts or tights, and a waistband."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.rest_pose import LEG_SPREAD_RAD
from gait.synthetic.body.surface_patterns import on_line, speckle
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import SignedDistance, clipped, half_space, rod, smooth_union, thickened
from gait.synthetic.texture_atlas import ColourFunction

# Edges of the waistband above the hip joints, body heights: 3.5 cm just below the iliac crests. [E]
WAISTBAND_BOTTOM, WAISTBAND_TOP = 0.0425, 0.0625
# Length of the shorts, lengths of the thigh. [E]
_LOOSE_LENGTH, _TIGHT_LENGTH = 0.52, 0.42
_UP = np.array([0.0, 1.0, 0.0])


def add_legwear(builder: MeshBuilder, body: BareBody, look: LookSpec) -> list[SignedDistance]:
    """Add shorts or tights, and the waistband where the look has one.

    Parameters
    ----------
    builder : MeshBuilder
    body : BareBody
    look : LookSpec

    Returns
    -------
    list of SignedDistance
        Each garment as a solid.
    """
    h, k = body.proportions.height, body.proportions.skeleton
    tights = look.legwear == "tights"
    garment = _garment(body, look)
    lowest = body.proportions.point("left_foot")[1] if tights else -0.55 * k.thigh - 0.05 * h
    builder.add(
        garment,
        np.array([-0.16 * h, lowest, -0.24 * h]),
        np.array([0.16 * h, 0.075 * h, 0.24 * h]),
        legwear_paint(body.proportions, look),
        triangle_size=1.1,
        fold_depth=0.004 if look.loose and not tights else 0.0,
        gloss=look.gloss if tights else 0.0,
    )
    if look.waistband is None:
        return [garment]
    return [garment, _add_waistband(builder, body, garment, np.asarray(look.waistband))]


def _waist(look: LookSpec, h: float) -> float:
    """Height of the upper edge above the hip joints, m."""
    return (WAISTBAND_TOP - 0.001 if look.waist_is_bare else 0.052) * h


def _length(look: LookSpec) -> float:
    return _LOOSE_LENGTH if look.loose else _TIGHT_LENGTH


def _garment(body: BareBody, look: LookSpec) -> SignedDistance:
    proportions = body.proportions
    h, k = proportions.height, proportions.skeleton
    tights = look.legwear == "tights"
    slack = (0.0035 if tights else 0.011 if look.loose else 0.0065) * h
    length = _length(look)
    hips = clipped(body.torso, half_space(np.array([0, _waist(look, h), 0]), _UP))
    covered = [thickened(hips, 0.0075 * h if not tights else 0.0055 * h)]
    for side, sign in (("left", -1.0), ("right", 1.0)):
        if tights:
            down, hem = -proportions.up(f"{side}_shank"), proportions.point(f"{side}_foot", 0, 0.045, 0)
        else:
            down = -proportions.up(f"{side}_thigh")
            hem = proportions.point(f"{side}_thigh", 0, -length * k.thigh / h, 0)
        leg = thickened(body.legs[side], slack)
        if look.loose and not tights:
            wide = 1 + 0.7 * (proportions.girth - 1)
            flare = rod(
                proportions.point(f"{side}_thigh", -0.004, 0.0, sign * (0.004 + 0.05 * (wide - 1))),
                proportions.point(
                    f"{side}_thigh", 0.0, -length * k.thigh / h - 0.02, sign * (0.006 + 0.04 * (wide - 1))
                ),
                0.058 * h * wide,
                0.060 * h * wide,
            )
            leg = smooth_union([leg, flare], 0.01 * h)
        covered.append(clipped(leg, half_space(hem, down), half_space(np.array([0, 0.045 * h, 0]), _UP)))
    return smooth_union(covered, 0.012 * h)


def legwear_paint(proportions: BodyProportions, look: LookSpec) -> ColourFunction:
    """Paint stripes down the sides, seams, hems and the band at the waist.

    Parameters
    ----------
    proportions : BodyProportions
    look : LookSpec

    Returns
    -------
    ColourFunction
    """
    h, k = proportions.height, proportions.skeleton
    tights = look.legwear == "tights"
    shorts, trim = np.asarray(look.shorts), np.asarray(look.shorts_trim)

    def paint(p: FloatArray) -> FloatArray:
        colour = shorts[None] * (1 + 0.06 * speckle(p, 0.0032))[:, None] + 0.01
        for side, sign in (("left", -1.0), ("right", 1.0)):
            hip = proportions.point(f"{side}_thigh")
            below = hip[1] - p[:, 1]
            out = sign * (p[:, 2] - hip[2]) - np.tan(LEG_SPREAD_RAD) * below
            stripe = (out > 0.008 * h) & (np.abs(p[:, 0] + 0.004 * h) < (0.004 if tights else 0.011) * h)
            colour = np.where(stripe[:, None], trim[None], colour)
            if tights:
                # A panel of another cloth behind the knee and a seam down the inside.
                knee = proportions.point(f"{side}_shank")
                panel = (np.linalg.norm((p - knee) * [1.0, 0.45, 1.0], axis=1) < 0.05 * h) & (p[:, 0] < -0.01 * h)
                colour = np.where(panel[:, None], 0.6 * colour + 0.05, colour)
                colour = np.where(on_line(p[:, 0], 0.003) & (out < 0)[:, None], 0.6 * colour, colour)
            else:
                along = (p - hip) @ -proportions.up(f"{side}_thigh")
                hem = on_line(along - _length(look) * k.thigh + 0.012 * h, 0.0026) & (sign * p[:, 2] > 0)[:, None]
                colour = np.where(hem, 0.65 * colour + 0.03, colour)
                side_seam = on_line(p[:, 0] + 0.020 * h, 0.0026) & (out > 0.01 * h)[:, None]
                colour = np.where(side_seam, 0.7 * colour, colour)
        colour = np.where(on_line(p[:, 2], 0.003), 0.7 * colour, colour)
        band = p[:, 1] > _waist(look, h) - 0.014 * h
        return np.where(band[:, None], 0.7 * shorts[None] + 0.06, colour)

    return paint


def _add_waistband(builder: MeshBuilder, body: BareBody, garment: SignedDistance, colour: FloatArray) -> SignedDistance:
    h = body.proportions.height
    band = clipped(
        thickened(smooth_union([garment, body.torso], 0.004 * h), 0.0035 * h),
        half_space(np.array([0.0, WAISTBAND_TOP * h, 0.0]), _UP),
        half_space(np.array([0.0, WAISTBAND_BOTTOM * h, 0.0]), -_UP),
    )

    def woven(p: FloatArray) -> FloatArray:
        rib = 0.06 * np.sin(p[:, 1] * 2 * np.pi / 0.004)
        return colour[None] * (0.97 + rib)[:, None]

    builder.add(
        band,
        np.array([-0.18 * h, (WAISTBAND_BOTTOM - 0.004) * h, -0.20 * h]),
        np.array([0.20 * h, (WAISTBAND_TOP + 0.004) * h, 0.20 * h]),
        woven,
        attachment="pelvis",
        triangle_size=0.6,
    )
    return band
