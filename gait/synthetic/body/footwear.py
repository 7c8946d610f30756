"""Socks, running shoes and bare feet."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.shoe_shapes import SHOE_SHAPES, ShoeShape
from gait.synthetic.body.surface_patterns import speckle, uniform_colour
from gait.synthetic.body_segments import Skeleton
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import SignedDistance, clipped, ellipsoid, half_space, rod, smooth_union, thickened
from gait.synthetic.texture_atlas import ColourFunction

# A trainer in the axes of the foot, body heights: x forward from the ankle, y up from the ground. All shapes [E].
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
    """Add socks and shoes of both feet, or bare feet.

    Parameters
    ----------
    builder : MeshBuilder
    body : BareBody
    look : LookSpec
    """
    for side, sign in (("left", -1.0), ("right", 1.0)):
        if look.footwear in SHOE_SHAPES:
            _add_shoe(builder, body, look, side, sign)
        else:
            _add_shoeless_foot(builder, body, look, side, sign)


def _ground(body: BareBody, side: str) -> float:
    """Height of the underside of the sole in the rest pose, m."""
    k = body.proportions.skeleton
    return float(body.proportions.point(f"{side}_foot")[1]) - k.ankle_height - k.sole_compression


def _box_round(body: BareBody, side: str, top: float) -> tuple[FloatArray, FloatArray]:
    """Opposite corners of a box round a foot that reaches ``top`` body heights above the ankle, m."""
    h, foot = body.proportions.height, body.proportions.point(f"{side}_foot")
    low = np.array([-0.06 * h, _ground(body, side) - 0.004 * h, foot[2] - 0.045 * h])
    return low, np.array([0.135 * h, foot[1] + top * h, foot[2] + 0.045 * h])


def _sock_tube(body: BareBody, side: str) -> SignedDistance:
    h = body.proportions.height
    cuff = half_space(body.proportions.point(f"{side}_foot", 0, 0.040, 0), body.proportions.up(f"{side}_shank"))
    return clipped(thickened(body.legs[side], 0.0015 * h), cuff)


def _add_shoe(builder: MeshBuilder, body: BareBody, look: LookSpec, side: str, sign: float) -> None:
    proportions, shape = body.proportions, SHOE_SHAPES[look.footwear]
    h, foot, ground = proportions.height, proportions.point(f"{side}_foot"), _ground(body, side)
    low, high = _box_round(body, side, 0.06)
    builder.add(_sock_tube(body, side), low, high, uniform_colour(look.socks), triangle_size=0.9)
    sole, upper = shoe_solids(proportions.skeleton, foot, sign, shape)
    shoe_colour, sole_colour = np.asarray(look.shoes), np.asarray(look.sole)
    midsole_colour = 0.5 * shoe_colour + 0.5 * sole_colour

    def paint_upper(p: FloatArray) -> FloatArray:
        x, y = (p[:, 0] - foot[0]) / h, (p[:, 1] - ground) / h
        laces = (x > 0.030) & (x < 0.072) & (np.abs(p[:, 2] - foot[2]) < 0.009 * h)
        if shape.trim == "stripe":
            marks = np.abs(x - 0.034 - 0.55 * (y - 0.028)) < 0.005
        elif shape.trim == "bars":
            marks = np.any([np.abs(x - at + 0.5 * (y - 0.028)) < 0.0022 for at in (0.015, 0.027, 0.039)], axis=0)
        else:
            marks = np.zeros(len(p), dtype=bool)
        heel_tab = (x < -0.032) & (y > 0.038)
        base = np.tile(shoe_colour, (len(p), 1)) * (1 + 0.04 * np.sin(p[:, [0]] * 500) * np.sin(p[:, [2]] * 500))
        return np.where((laces | marks | heel_tab)[:, None], look.sole, base)

    def paint_sole(p: FloatArray) -> FloatArray:
        y = (p[:, 1] - ground) / h
        colour = np.tile(sole_colour, (len(p), 1))
        if shape.trim == "midsole":
            upper_half = y > 0.011 + 0.004 * np.sin(np.clip((p[:, 0] - foot[0]) / h, -0.04, 0.12) * 40)
            colour = np.where(upper_half[:, None], midsole_colour[None], colour)
        return np.where((y < shape.rubber)[:, None], _RUBBER, colour)

    builder.add(upper, low, high, paint_upper, triangle_size=0.7, texel_size=0.6)
    builder.add(sole, low, high, paint_sole, triangle_size=0.7, texel_size=0.8)


def shoe_solids(
    skeleton: Skeleton, ankle: FloatArray, sign: float, shape: ShoeShape | None = None
) -> tuple[SignedDistance, SignedDistance]:
    """Model a shoe that stands flat.

    Parameters
    ----------
    skeleton : Skeleton
    ankle : (3,) array
        Ankle joint, m; the ground is `Skeleton.ankle_height` and `Skeleton.sole_compression` below it.
    sign : float
        1 for the right shoe, -1 for the left one.
    shape : ShoeShape, optional
        A trainer by default.

    Returns
    -------
    sole, upper : SignedDistance
    """
    form = shape or SHOE_SHAPES["trainer"]
    h, ground = skeleton.height, ankle[1] - skeleton.ankle_height - skeleton.sole_compression
    back, front = _BACK + form.longer / 2, _FRONT + form.longer
    outline_x = np.interp(_OUTLINE_X, [-_BACK, 0.0, 0.08, _FRONT], [-back, 0.0, 0.08, front])
    roof_scale = np.interp(_ROOF_X, [-0.012, 0.03], [1.0, form.roof])
    roof_height = np.array(_ROOF) * roof_scale + np.interp(_ROOF_X, [0.0, 0.045], [form.collar, 0.0])

    def forward(p: FloatArray) -> FloatArray:
        along: FloatArray = (p[:, 0] - ankle[0]) / h
        return along

    def thickness(p: FloatArray) -> FloatArray:
        deep: FloatArray = form.sole_thickness * np.interp(forward(p), _SOLE_X, _SOLE_THICKNESS)
        return deep

    def outline(p: FloatArray, grow: FloatArray | float) -> FloatArray:
        """Distance from the sole's outline in the ground plane, negative inside."""
        x = forward(p)
        # The shoe's axis bends inwards towards the big toe.
        middle = np.interp(x, _AXIS_X, _AXIS_Z) * sign
        wide = form.width + grow
        side = np.abs((p[:, 2] - ankle[2]) / h - middle) - np.interp(x, outline_x, _HALF_WIDTH) - wide
        ends = np.maximum(-back - grow - x, x - front - grow)
        value: FloatArray = np.maximum(side, ends) * h
        return value

    def rocker(p: FloatArray) -> FloatArray:
        """How far the sole is lifted off the ground: a bevelled heel and a turned-up toe."""
        x = forward(p)
        heel = np.clip(-skeleton.pivot_back / h - x, 0, None)
        toe = np.clip(x - skeleton.toe / h, 0, None)
        value: FloatArray = (form.heel_bevel * heel + 9 * heel**2 + form.toe_spring * toe) * h
        return value

    def sole(p: FloatArray) -> FloatArray:
        y, deep = p[:, 1] - ground, thickness(p) * h
        at_heel = np.interp(forward(p), [0.0, 0.04], [1.0, 0.0])
        flare = form.heel_flare * at_heel * (1 - np.clip(y / deep, 0, 1)) if form.heel_flare else 0.0
        value: FloatArray = np.maximum(outline(p, flare), np.maximum(rocker(p) - y, y - deep))
        return value

    def upper(p: FloatArray) -> FloatArray:
        x = forward(p)
        roof = np.interp(x, _ROOF_X, roof_height)
        y = (p[:, 1] - ground) / h
        upper_from = _UPPER_FROM if form.seam is None else form.seam * thickness(p)
        rise = np.clip((y - upper_from) / np.maximum(roof - upper_from, 1e-3), 0, 1.5)
        # The collar stands round the ankle; the toe box closes over the toes.
        narrower = np.interp(x, _CLOSING_X, _CLOSING) * rise**2.2 - 0.001
        value: FloatArray = np.maximum(np.maximum(outline(p, 0.0) + narrower * h, (y - roof) * h), (upper_from - y) * h)
        return value

    return sole, upper


def _add_shoeless_foot(builder: MeshBuilder, body: BareBody, look: LookSpec, side: str, sign: float) -> None:
    """Add a foot in a sock, or a bare one with its toes apart."""
    proportions = body.proportions
    h, foot = proportions.height, proportions.point(f"{side}_foot")
    low, high = _box_round(body, side, 0.06)
    solid = foot_solid(body, side, sign, toes_apart=look.footwear == "bare")
    skin, sock = np.asarray(look.skin), np.asarray(look.socks)

    def paint_skin(p: FloatArray) -> FloatArray:
        base = skin[None] * (1 + 0.02 * speckle(p, 0.004))[:, None]
        # Heel, ball and toes are redder, the sole paler.
        x, y = (p[:, 0] - foot[0]) / h, (p[:, 1] - _ground(body, side)) / h
        red = ((x < -0.025) | (x > 0.092)) & (y < 0.03)
        base = base * np.where(red[:, None], [1.0, 0.93, 0.92], 1.0)
        painted: FloatArray = np.where((y < 0.004)[:, None], np.clip(1.12 * base, 0, 1), base)
        return painted

    def paint_sock(p: FloatArray) -> FloatArray:
        x = (p[:, 0] - foot[0]) / h
        rib = 0.05 * np.sin(p[:, [1]] * 2 * np.pi / 0.006) * (p[:, [1]] > foot[1])
        patch = (x < -0.022) | (x > 0.090)
        painted: FloatArray = sock[None] * (1 + rib) * np.where(patch[:, None], 0.72, 1.0)
        return painted

    if look.footwear == "socks":
        builder.add(_sock_tube(body, side), low, high, paint_sock, triangle_size=0.9)
    paint: ColourFunction = paint_skin if look.footwear == "bare" else paint_sock
    builder.add(solid, low, high, paint, triangle_size=0.7, texel_size=0.8)


def foot_solid(body: BareBody, side: str, sign: float, *, toes_apart: bool) -> SignedDistance:
    """Model a foot without a shoe that stands flat.

    Parameters
    ----------
    body : BareBody
    side : {"left", "right"}
    sign : float
        1 for the right foot, -1 for the left one.
    toes_apart : bool
        Toes one by one, or together as in a sock.

    Returns
    -------
    SignedDistance
    """
    proportions = body.proportions
    h, foot, ground = proportions.height, proportions.point(f"{side}_foot"), _ground(body, side)

    def at(x: float, y: float, z: float = 0.0) -> FloatArray:
        """Body heights: forward from the ankle, up from the ground, outwards from the middle of the foot."""
        return np.array([foot[0] + x * h, ground + y * h, foot[2] + sign * z * h])

    ankle_y = (foot[1] - ground) / h
    lower_leg = clipped(
        body.legs[side],
        half_space(proportions.point(f"{side}_foot", 0, 0.030, 0), proportions.up(f"{side}_shank")),
    )
    parts = [
        lower_leg,
        rod(at(-0.012, ankle_y - 0.004), at(-0.020, 0.019), 0.0175 * h, 0.0195 * h),
        rod(at(0.002, ankle_y - 0.012), at(0.068, 0.020, -0.002), 0.0185 * h, 0.0155 * h),
        rod(at(-0.015, 0.016, 0.004), at(0.066, 0.013, 0.013), 0.0160 * h, 0.0120 * h),
        ellipsoid(at(0.074, 0.013, 0.001), np.array([0.026, 0.0135, 0.0270]) * h),
    ]
    for n, z in enumerate((-0.016, -0.004, 0.005, 0.013, 0.020)):
        tip = 0.105 - (0.0, 0.001, 0.005, 0.010, 0.017)[n]
        radius = 0.0085 if n == 0 else 0.0062
        if toes_apart or n in (0, 2):
            wide = 1.0 if toes_apart else 1.5
            parts.append(
                rod(at(0.078, 0.011, 0.8 * z), at(tip, 0.0085, z), radius * wide * h, 0.95 * radius * wide * h)
            )
    whole = smooth_union(parts, (0.006 if toes_apart else 0.012) * h)
    return clipped(whole, half_space(at(0.0, 0.0), np.array([0.0, -1.0, 0.0])))
