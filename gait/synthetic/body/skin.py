"""The skin of trunk, arms and legs."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.arm import point_on_upper_arm
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.rest_pose import ARM_SPREAD_RAD
from gait.synthetic.body.surface_patterns import speckle
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import SignedDistance, clipped, half_space, smooth_union
from gait.synthetic.texture_atlas import ColourFunction

# Trunk and upper arms are one skin; the rest of the arms, whose mesh must be finer, begins inside it. Lengths of the
# upper arm from the shoulder. [E]
_LOWER_ARM_FROM, _UPPER_ARM_TO = 0.60, 0.68


def add_skin(builder: MeshBuilder, body: BareBody, look: LookSpec, cloth: SignedDistance) -> None:
    """Add the skin of arms, legs and trunk.

    Parameters
    ----------
    builder : MeshBuilder
    body : BareBody
    look : LookSpec
    cloth : SignedDistance
        All clothes; what they cover is drawn in.
    """
    paint = _skin_paint(body, look)
    for side in ("left", "right"):
        _add_lower_arm(builder, body, side, paint, cloth)
        _add_leg(builder, body, side, paint, cloth)
    _add_trunk(builder, body, look, paint, cloth)


def _skin_paint(body: BareBody, look: LookSpec) -> ColourFunction:
    """Knees, elbows and knuckles a little redder, the rest faintly uneven."""
    skin, proportions = np.asarray(look.skin), body.proportions

    def paint(p: FloatArray) -> FloatArray:
        wave = 0.015 * np.sin(p[:, 0] * 61 + 1.3) * np.sin(p[:, 1] * 47) * np.sin(p[:, 2] * 53 + 0.7)
        base = skin[None] * (1 + wave[:, None] + 0.02 * speckle(p, 0.004)[:, None])
        for side in ("left", "right"):
            for bone in ("shank", "forearm", "hand"):
                distance = np.linalg.norm(p - proportions.point(f"{side}_{bone}"), axis=1)
                near = np.exp(-((distance / (0.03 * proportions.height)) ** 2))
                base = base * (1 - near[:, None] * np.array([0.02, 0.07, 0.08]))
        return base

    return paint


def _add_lower_arm(
    builder: MeshBuilder, body: BareBody, side: str, paint: ColourFunction, cloth: SignedDistance
) -> None:
    proportions, sign = body.proportions, 1.0 if side == "right" else -1.0
    h, k = proportions.height, proportions.skeleton
    length = k.upper_arm + k.forearm + 0.09 * h
    reach = k.shoulder_width / 2 + np.sin(ARM_SPREAD_RAD) * length
    drop = k.trunk - np.cos(ARM_SPREAD_RAD) * length
    near, far = 0.15 * k.shoulder_width * sign, sign * reach
    lower = half_space(point_on_upper_arm(proportions, side, _LOWER_ARM_FROM), proportions.up(f"{side}_upper_arm"))
    builder.add(
        clipped(body.arms[side], lower),
        np.array([-0.09 * h, drop - 0.03 * h, min(near, far)]),
        np.array([0.09 * h, k.trunk + 0.06 * h, max(near, far)]),
        paint,
        triangle_size=0.85,
        cloth=cloth,
    )


def _add_leg(builder: MeshBuilder, body: BareBody, side: str, paint: ColourFunction, cloth: SignedDistance) -> None:
    h, sign = body.proportions.height, 1.0 if side == "right" else -1.0
    ankle = body.proportions.point(f"{side}_foot")
    builder.add(
        body.legs[side],
        np.array([-0.13 * h, ankle[1] - 0.05 * h, min(-0.06 * h * sign, sign * 0.24 * h)]),
        np.array([0.13 * h, 0.11 * h, max(-0.06 * h * sign, sign * 0.24 * h)]),
        paint,
        attachment="leg",
        triangle_size=1.2,
        cloth=cloth,
    )


def _add_trunk(
    builder: MeshBuilder, body: BareBody, look: LookSpec, paint: ColourFunction, cloth: SignedDistance
) -> None:
    proportions = body.proportions
    h, k = proportions.height, proportions.skeleton
    upper_arms = [
        clipped(
            arm, half_space(point_on_upper_arm(proportions, side, _UPPER_ARM_TO), -proportions.up(f"{side}_upper_arm"))
        )
        for side, arm in body.arms.items()
    ]
    whole = smooth_union([smooth_union([body.torso, body.neck], 0.030 * h), *upper_arms], 0.022 * h)
    low = (0.02 if look.waist_is_bare else 0.15 * proportions.trunk_length_ratio) * h
    wide = k.shoulder_width / 2 + 0.75 * np.sin(ARM_SPREAD_RAD) * k.upper_arm + 0.03 * h
    builder.add(
        clipped(whole, half_space(np.array([0.0, low + 0.004 * h, 0.0]), np.array([0.0, -1.0, 0.0]))),
        np.array([-0.17 * h, low, -wide]),
        np.array([0.19 * h, k.trunk + 0.16 * h, wide]),
        paint,
        triangle_size=1.1,
        cloth=cloth,
    )
