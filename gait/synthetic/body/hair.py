"""Hair in the styles of a `LookSpec`, and a cap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.body.head import skull_solid
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.surface_patterns import speckle
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import (
    SignedDistance,
    clipped,
    ellipsoid,
    half_space,
    rod,
    rod_chain,
    smooth_union,
    thickened,
    union,
)


def add_hair(
    builder: MeshBuilder,
    body: BodyProportions,
    look: LookSpec,
    *,
    skull: SignedDistance | None = None,
    swing: Callable[[FloatArray], FloatArray] | None = None,
) -> None:
    """Add the hair, and the cap where the look has one; nothing for a bald head.

    Parameters
    ----------
    builder : MeshBuilder
    body : BodyProportions
    look : LookSpec
    skull : SignedDistance, optional
        What the hair lies on; `skull_solid` by default.
    swing : callable, optional
        As for `MeshBuilder.add`.
    """
    if look.hair_style == "bald":
        return
    h, colour = body.height, np.asarray(look.hair)
    low, high = body.point("head", -0.115, 0.0, -0.060), body.point("head", 0.080, 0.150, 0.060)
    if look.hair_style == "long":
        low, high = body.point("head", -0.115, -0.075, -0.070), body.point("head", 0.080, 0.150, 0.070)

    def strands(p: FloatArray) -> FloatArray:
        wave = 0.16 * np.sin(p[:, 2] * 420 / h * 0.5 + 3 * np.sin(p[:, 0] * 60)) + 0.12 * speckle(
            p * [1.0, 0.12, 1.0], 0.0025
        )
        painting: FloatArray = colour[None] * (1 + wave)[:, None] + 0.01
        return painting

    builder.add(
        hair_solid(body, look, skull=skull),
        low,
        high,
        strands,
        attachment="hair",
        triangle_size=0.65,
        texel_size=0.6,
        swing=swing,
    )
    if look.hair_style == "cap":
        _add_cap(builder, body, look, skull or skull_solid(body))


def hair_solid(body: BodyProportions, look: LookSpec, *, skull: SignedDistance | None = None) -> SignedDistance:
    """Model the hair of every style but bald.

    Parameters
    ----------
    body : BodyProportions
    look : LookSpec
    skull : SignedDistance, optional
        What the hair lies on; `skull_solid` by default.

    Returns
    -------
    SignedDistance
    """
    h, style = body.height, look.hair_style

    def at(forward: float, up: float, right: float) -> FloatArray:
        return body.point("head", forward, up, right)

    scalp = clipped(
        thickened(skull or skull_solid(body), (0.0050 if style == "cap" else 0.0065) * h),
        union(
            [
                half_space(at(0.034, 0.103, 0), np.array([1.0, -0.50, 0.0])),
                half_space(at(-0.012, 0.055, 0), np.array([0.35, -1.0, 0.0])),
            ]
        ),
    )
    shapes = [scalp]
    if style == "ponytail":
        shapes.append(rod(at(-0.052, 0.082, 0), at(-0.072, 0.078, 0), 0.010 * h, 0.014 * h))
        shapes.append(rod(at(-0.072, 0.078, 0), at(-0.088, 0.020, 0), 0.016 * h, 0.007 * h))
    elif style == "bun":
        shapes.append(ellipsoid(at(-0.066, 0.098, 0), np.array([0.022, 0.021, 0.023]) * h))
    elif style == "long":
        shapes += [
            rod_chain(
                [
                    at(-0.030, 0.075, across * 0.034),
                    at(-0.046, 0.020, across * 0.036),
                    at(-0.060, -0.055, across * 0.030),
                ],
                [0.018 * h, 0.019 * h, 0.011 * h],
            )
            for across in (-1.0, -0.5, 0.0, 0.5, 1.0)
        ]
    return smooth_union(shapes, (0.016 if style == "long" else 0.008) * h)


def _add_cap(builder: MeshBuilder, body: BodyProportions, look: LookSpec, skull: SignedDistance) -> None:
    h = body.height
    colour, trim = np.asarray(look.shirt) * 0.8, np.asarray(look.shorts_trim)
    edge = half_space(body.point("head", 0.0, 0.088, 0), np.array([0.10, -1.0, 0.0]))
    crown = clipped(smooth_union([thickened(skull, 0.0085 * h), thickened(skull, 0.0075 * h)], 0.01 * h), edge)
    peak = clipped(
        ellipsoid(body.point("head", 0.062, 0.090, 0), np.array([0.052, 0.0060, 0.044]) * h),
        half_space(body.point("head", 0.040, 0.0, 0), np.array([-1.0, 0.0, 0.0])),
    )

    def sewn(p: FloatArray) -> FloatArray:
        q = (p - body.point("head")) / h
        angle = np.arctan2(q[:, 2], q[:, 0])
        seam = np.abs(np.mod(angle + np.pi / 6, np.pi / 3) - np.pi / 6) * np.hypot(q[:, 0], q[:, 2]) < 0.0011
        badge = (q[:, 0] > 0.04) & (np.abs(q[:, 2]) < 0.012) & (np.abs(q[:, 1] - 0.106) < 0.006)
        painting = np.where((seam & (q[:, 1] > 0.085))[:, None], 0.75 * colour, colour[None])
        return np.where(badge[:, None], trim[None], painting)

    low, high = body.point("head", -0.075, 0.065, -0.062), body.point("head", 0.125, 0.150, 0.062)
    builder.add(
        smooth_union([crown, peak], 0.006 * h), low, high, sewn, attachment="head", triangle_size=0.55, texel_size=0.5
    )
