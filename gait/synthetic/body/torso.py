"""Trunk and neck of the bare body."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body.body_proportions import BodyProportions, proportions_of
from gait.synthetic.run_spec import RunnerSpec
from gait.synthetic.solids import SignedDistance, ellipsoid, oval_stack, rod, smooth_union

# Slices of the mean trunk: height above the hip joints, half width, half depth, forward shift; body heights. [E]
_MALE_SLICES = (
    (-0.050, 0.060, 0.045, -0.004),
    (-0.030, 0.088, 0.060, -0.008),
    (0.000, 0.094, 0.066, -0.010),
    (0.040, 0.089, 0.062, -0.004),
    (0.090, 0.080, 0.056, 0.004),
    (0.140, 0.084, 0.059, 0.005),
    (0.200, 0.096, 0.065, 0.002),
    (0.245, 0.100, 0.064, -0.002),
    (0.275, 0.096, 0.054, -0.008),
    (0.296, 0.072, 0.042, -0.011),
    (0.312, 0.038, 0.034, -0.010),
)
_FEMALE_SLICES = (
    (-0.050, 0.062, 0.046, -0.004),
    (-0.030, 0.092, 0.062, -0.010),
    (0.000, 0.098, 0.068, -0.012),
    (0.040, 0.089, 0.060, -0.004),
    (0.095, 0.071, 0.051, 0.004),
    (0.145, 0.075, 0.054, 0.004),
    (0.195, 0.084, 0.062, 0.006),
    (0.240, 0.088, 0.058, 0.000),
    (0.273, 0.086, 0.048, -0.008),
    (0.296, 0.064, 0.038, -0.011),
    (0.312, 0.034, 0.031, -0.010),
)


def torso_solid(body: BodyProportions) -> SignedDistance:
    """Model the bare trunk.

    Parameters
    ----------
    body : BodyProportions

    Returns
    -------
    SignedDistance
    """
    h = body.height
    solids = [oval_stack(body.fitted_slices(np.array(_MALE_SLICES if body.male else _FEMALE_SLICES)))]
    for sign in (-1.0, 1.0):
        seat = ellipsoid(
            np.array([-0.034, -0.020, sign * 0.044 * body.hip_width_ratio]) * h,
            np.array([0.042, 0.048, 0.045]) * h * (1 + 0.6 * (body.girth - 1)),
        )
        centre = np.array([0.036, 0.215 * body.trunk_length_ratio, sign * 0.043 * body.shoulder_width_ratio]) * h
        size = np.array([0.030, 0.030, 0.042] if body.male else [0.040, 0.034, 0.037]) * h
        chest = ellipsoid(centre, size * (1 + 0.5 * (body.girth - 1)))
        neck_to_shoulder = rod(
            np.array([-0.012, 0.312 * body.trunk_length_ratio, 0.0]) * h,
            body.point(f"{'right' if sign > 0 else 'left'}_upper_arm", -0.004, 0.004, 0.0),
            0.027 * h,
            0.017 * h,
        )
        solids += [seat, chest, neck_to_shoulder]
    return smooth_union(solids, 0.03 * h)


def neck_solid(body: BodyProportions) -> SignedDistance:
    """Model the bare neck.

    Parameters
    ----------
    body : BodyProportions

    Returns
    -------
    SignedDistance
    """
    h = body.height
    return rod(
        np.array([-0.012, body.skeleton.trunk / h - 0.004, 0]) * h,
        body.point("head", -0.006, 0.030, 0),
        0.034 * h * (1.0 if body.male else 0.90),
        0.0315 * h * (1.0 if body.male else 0.90),
    )


def trunk_of(runner: RunnerSpec) -> SignedDistance:
    """Model the bare trunk of a runner, to test whether something is inside it.

    Parameters
    ----------
    runner : RunnerSpec

    Returns
    -------
    SignedDistance
        In the rest pose, metres, with the mid-hip at the origin.
    """
    return torso_solid(proportions_of(runner))
