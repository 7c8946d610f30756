"""The body without clothes, hair and head: the solids that skin, clothes and bone weights are made from."""

from __future__ import annotations

from dataclasses import dataclass

from gait.synthetic.body.arm import arm_solid
from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.body.leg import leg_solid
from gait.synthetic.body.torso import neck_solid, torso_solid
from gait.synthetic.solids import SignedDistance


@dataclass(frozen=True)
class BareBody:
    """Trunk, neck, arms and legs of one body in the rest pose.

    Attributes
    ----------
    proportions : BodyProportions
    torso, neck : SignedDistance
    arms, legs : dict
        Side → solid.
    """

    proportions: BodyProportions
    torso: SignedDistance
    neck: SignedDistance
    arms: dict[str, SignedDistance]
    legs: dict[str, SignedDistance]


def bare_body(proportions: BodyProportions) -> BareBody:
    """Model the body without clothes.

    Parameters
    ----------
    proportions : BodyProportions

    Returns
    -------
    BareBody
    """
    return BareBody(
        proportions,
        torso_solid(proportions),
        neck_solid(proportions),
        arms={side: arm_solid(proportions, side) for side in ("left", "right")},
        legs={side: leg_solid(proportions, side) for side in ("left", "right")},
    )
