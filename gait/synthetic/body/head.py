"""Head and face."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.surface_patterns import uniform_colour
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import SignedDistance, carved, ellipsoid, rod, smooth_union
from gait.synthetic.texture_atlas import ColourFunction

_EYE_WHITE, _IRIS, _PUPIL = np.array([0.88, 0.87, 0.85]), np.array([0.25, 0.17, 0.10]), np.array([0.03, 0.03, 0.03])


def _width_ratio(body: BodyProportions) -> float:
    return 1.0 if body.male else 0.96


def skull_solid(body: BodyProportions) -> SignedDistance:
    """Model the round of the skull, which hair and a cap lie on.

    Parameters
    ----------
    body : BodyProportions

    Returns
    -------
    SignedDistance
    """
    h, wide = body.height, _width_ratio(body)
    radii = np.array([0.0555 * h * wide, 0.0560 * h, 0.0435 * h * wide])
    return ellipsoid(body.point("head", 0.000, 0.073, 0), radii)


def head_solid(body: BodyProportions) -> SignedDistance:
    """Model the bare head: skull, face, nose, brows, lips, ears and eye sockets.

    Parameters
    ----------
    body : BodyProportions

    Returns
    -------
    SignedDistance
    """
    h, wide = body.height, _width_ratio(body)

    def at(forward: float, up: float, right: float) -> FloatArray:
        return body.point("head", forward, up, right)

    face = [
        skull_solid(body),
        ellipsoid(at(0.016, 0.046, 0), np.array([0.040 * h * wide, 0.046 * h, 0.036 * h * wide])),
        ellipsoid(at(0.030, 0.020, 0), np.array([0.020 * h, 0.019 * h, 0.023 * h * wide])),
        rod(at(0.006, 0.028, -0.028), at(0.034, 0.016, -0.012), 0.010 * h, 0.010 * h),
        rod(at(0.006, 0.028, 0.028), at(0.034, 0.016, 0.012), 0.010 * h, 0.010 * h),
    ]
    nose = smooth_union(
        [
            rod(at(0.052, 0.066, 0), at(0.0625, 0.049, 0), 0.0045 * h, 0.0070 * h),
            ellipsoid(at(0.056, 0.046, -0.006), np.array([0.006 * h, 0.005 * h, 0.005 * h])),
            ellipsoid(at(0.056, 0.046, 0.006), np.array([0.006 * h, 0.005 * h, 0.005 * h])),
        ],
        0.006 * h,
    )
    brow = rod(at(0.048, 0.075, -0.022), at(0.048, 0.075, 0.022), 0.0065 * h, 0.0065 * h)
    lips = rod(at(0.0475, 0.030, -0.010), at(0.0475, 0.030, 0.010), 0.0050 * h, 0.0050 * h)
    ear_radii = np.array([0.010 * h, 0.0175 * h, 0.0045 * h])
    ears = [ellipsoid(at(0.000, 0.057, sign * 0.0435), ear_radii) for sign in (-1.0, 1.0)]
    front = smooth_union([smooth_union(face, 0.016 * h), brow, lips], 0.010 * h)
    head = smooth_union([front, nose, *ears], 0.006 * h)
    for sign in (-1.0, 1.0):
        socket = ellipsoid(at(0.058, 0.066, sign * 0.0175), np.array([0.009 * h, 0.0065 * h, 0.0105 * h]))
        head = carved(head, socket, 0.008 * h)
    return head


def add_head(builder: MeshBuilder, body: BodyProportions, look: LookSpec) -> None:
    """Add the head with its face, eyes and eyebrows, without hair.

    Parameters
    ----------
    builder : MeshBuilder
    body : BodyProportions
    look : LookSpec
    """
    low, high = body.point("head", -0.075, -0.010, -0.060), body.point("head", 0.085, 0.145, 0.060)
    builder.add(
        head_solid(body),
        low,
        high,
        _face_paint(body, look),
        attachment="head",
        triangle_size=0.55,
        texel_size=0.35,
    )
    for sign in (-1.0, 1.0):
        _add_eye(builder, body, look, sign)


def _face_paint(body: BodyProportions, look: LookSpec) -> ColourFunction:
    """Red cheeks, shaded eye sockets, a mouth, and for men a shadow of a beard."""
    h, skin, hair = body.height, np.asarray(look.skin), np.asarray(look.hair)

    def closeness(p: FloatArray, forward: float, up: float, right: float, size: float) -> FloatArray:
        distance = np.linalg.norm(p - body.point("head", forward, up, right), axis=1)
        near: FloatArray = np.exp(-((distance / (size * h)) ** 2))
        return near

    def paint(p: FloatArray) -> FloatArray:
        colour = np.tile(skin, (len(p), 1))
        for sign in (-1.0, 1.0):
            cheek = closeness(p, 0.045, 0.044, sign * 0.024, 0.016)
            colour = colour * (1 - cheek[:, None] * np.array([0.0, 0.09, 0.08]))
            socket = closeness(p, 0.050, 0.066, sign * 0.0175, 0.011)
            colour = colour * (1 - 0.22 * socket[:, None])
        q = (p - body.point("head", 0.0, 0.0, 0.0)) / h
        mouth = (
            (np.abs(q[:, 1] - 0.030) < 0.0036 - 0.12 * np.abs(q[:, 2])) & (np.abs(q[:, 2]) < 0.0125) & (q[:, 0] > 0.03)
        )
        colour = np.where(mouth[:, None], skin * np.array([0.84, 0.66, 0.66]), colour)
        between_lips = (np.abs(q[:, 1] - 0.030) < 0.0012) & mouth
        colour = np.where(between_lips[:, None], skin * 0.3, colour)
        if body.male:
            beard = (q[:, 1] < 0.040) & (q[:, 0] > 0.012) & ~mouth & (q[:, 1] > 0.0)
            colour = np.where(beard[:, None], 0.90 * colour + 0.04 * hair, colour)
        return colour

    return paint


def _add_eye(builder: MeshBuilder, body: BodyProportions, look: LookSpec, sign: float) -> None:
    """Add one eye and its eyebrow."""
    h, skin = body.height, np.asarray(look.skin)
    eye = body.point("head", 0.0470, 0.0658, sign * 0.0175)

    def paint(p: FloatArray) -> FloatArray:
        d = np.hypot(p[:, 1] - eye[1], p[:, 2] - eye[2]) / h
        colour = np.where((d < 0.0040)[:, None], _IRIS, _EYE_WHITE)
        colour = np.where((d < 0.0019)[:, None], _PUPIL, colour)
        lid = p[:, 1] - eye[1] > 0.0012 * h
        return np.where(lid[:, None], skin * 0.8, colour)

    builder.add(
        ellipsoid(eye, np.array([0.0070 * h, 0.0062 * h, 0.0075 * h])),
        eye - 0.012 * h,
        eye + 0.012 * h,
        paint,
        attachment="head",
        triangle_size=0.22,
        texel_size=0.15,
    )
    brow = rod(
        body.point("head", 0.0555, 0.0790, sign * 0.008),
        body.point("head", 0.0490, 0.0795, sign * 0.028),
        0.0028 * h,
        0.0022 * h,
    )
    middle = body.point("head", 0.052, 0.0785, sign * 0.018)
    builder.add(
        brow,
        middle - 0.018 * h,
        middle + 0.018 * h,
        uniform_colour(np.asarray(look.hair) * 0.85),
        attachment="head",
        triangle_size=0.3,
    )
