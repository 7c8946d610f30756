"""How the vertices of a body hang on its bones: each follows a mixture of a few of them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.rest_pose import BONES
from gait.synthetic.body.surface_patterns import smooth_step

Attachment = Literal["body", "leg", "shirt", "hair", "head", "pelvis"]
"""How a part hangs on the bones.

``head`` and ``pelvis`` are rigid with that bone. ``hair`` follows the head, hanging hair also the chest. ``shirt``
hangs from the trunk and hardly follows the thighs. ``leg`` follows thigh and shank up to the hip. ``body`` is for
everything else.
"""
_COLUMN = {bone: n for n, bone in enumerate(BONES)}


def bone_weights(points: FloatArray, attachment: Attachment, body: BareBody) -> FloatArray:
    """Share out each vertex among the bones.

    Parameters
    ----------
    points : (N, 3) array
        Vertices in the rest pose, m.
    attachment : {"body", "leg", "shirt", "hair", "head", "pelvis"}
        See `Attachment`.
    body : BareBody

    Returns
    -------
    (N, B) array
        Shares in the order of `BONES`; each row adds up to 1.
    """
    weights = np.zeros((len(points), len(BONES)))
    if attachment in ("head", "pelvis"):
        weights[:, _COLUMN[attachment]] = 1.0
        return weights
    if attachment == "hair":
        # What hangs down lies on the neck and hardly follows the head's nodding.
        h = body.proportions.height
        hanging = 0.7 * smooth_step(body.proportions.point("head")[1] + 0.03 * h - points[:, 1], 0.0, 0.05 * h)
        weights[:, _COLUMN["head"]], weights[:, _COLUMN["chest"]] = 1 - hanging, hanging
        return weights
    _weigh_trunk(weights, points, body)
    for side in ("left", "right"):
        _weigh_arm(weights, points, body, side)
        _weigh_leg(weights, points, body, side, attachment)
    return weights


def _take(weights: FloatArray, bone: str, share: FloatArray) -> None:
    """Give a bone a share (N,) of each vertex, taken from the other bones in proportion."""
    weights[:] *= (1 - share)[:, None]
    weights[:, _COLUMN[bone]] += share


def _weigh_trunk(weights: FloatArray, points: FloatArray, body: BareBody) -> None:
    """Spread vertices over pelvis, spine, chest, neck and head by their height."""
    h, trunk, long = body.proportions.height, body.proportions.skeleton.trunk, body.proportions.trunk_length_ratio
    y = points[:, 1]
    spine = smooth_step(y, 0.02 * h, 0.16 * h * long)
    chest = smooth_step(y, 0.12 * h * long, 0.25 * h * long)
    neck = smooth_step(y, trunk + 0.012 * h, trunk + 0.045 * h)
    head = smooth_step(y, trunk + 0.050 * h, trunk + 0.082 * h)
    rest = np.ones(len(points))
    for bone, share in (("head", head), ("neck", neck), ("chest", chest), ("spine", spine)):
        weights[:, _COLUMN[bone]] = rest * share
        rest = rest * (1 - share)
    weights[:, _COLUMN["pelvis"]] = rest


def _weigh_arm(weights: FloatArray, points: FloatArray, body: BareBody, side: str) -> None:
    proportions, sign = body.proportions, 1.0 if side == "right" else -1.0
    h, shoulder_width = proportions.height, proportions.skeleton.shoulder_width
    shoulder, axis = proportions.point(f"{side}_upper_arm"), -proportions.up(f"{side}_upper_arm")
    along = (points - shoulder) @ axis
    nearer = body.torso(points) - np.minimum(body.arms[side](points), 0.2)
    on_arm = np.where(
        sign * points[:, 2] > 0.5 * shoulder_width / 2,
        smooth_step(along, -0.020 * h, 0.045 * h) * smooth_step(nearer, -0.020 * h, 0.018 * h),
        0.0,
    )
    _take(weights, f"{side}_upper_arm", on_arm)
    for bone, width in (("forearm", 0.024), ("hand", 0.012)):
        beyond = (points - proportions.point(f"{side}_{bone}")) @ axis
        _take(weights, f"{side}_{bone}", on_arm * smooth_step(beyond, -width * h, width * h))


def _weigh_leg(weights: FloatArray, points: FloatArray, body: BareBody, side: str, attachment: Attachment) -> None:
    proportions, sign = body.proportions, 1.0 if side == "right" else -1.0
    h, y = proportions.height, points[:, 1]
    hip, axis = proportions.point(f"{side}_thigh"), -proportions.up(f"{side}_thigh")
    below = (points - hip) @ axis
    # The groin line runs up and outwards: the outer hip follows the pelvis further down than the crotch does.
    slope = below + 0.25 * (hip[2] - points[:, 2]) * sign
    on_leg = smooth_step(slope, -0.045 * h, 0.050 * h) * smooth_step(sign * points[:, 2], -0.012 * h, 0.012 * h)
    hand = (sign * points[:, 2] > 0.20 * h) & (y > -0.12 * h)
    on_leg = on_leg * (y < 0.06 * h) * ~hand
    if attachment == "shirt":
        on_leg = 0.3 * on_leg  # it hangs from the trunk and only brushes the thighs
    if attachment == "leg":
        on_leg = np.maximum(on_leg, smooth_step(below, 0.02 * h, 0.07 * h) * (sign * points[:, 2] > 0))
    _take(weights, f"{side}_thigh", on_leg)
    beyond = (points - proportions.point(f"{side}_shank")) @ axis
    _take(weights, f"{side}_shank", on_leg * smooth_step(beyond, -0.030 * h, 0.030 * h))
    ankle = proportions.point(f"{side}_foot")
    on_this_side = (sign * points[:, 2] > 0) & (y < -0.3 * h)
    _take(weights, f"{side}_foot", on_this_side * smooth_step(ankle[1] - y, -0.016 * h, 0.010 * h))
    ball_x = ankle[0] + proportions.skeleton.ball
    _take(weights, f"{side}_toes", on_this_side * smooth_step(points[:, 0] - ball_x, -0.014 * h, 0.014 * h))
