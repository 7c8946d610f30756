"""Moves the flesh about the hip joints of a sculpted body forwards or backwards, as far as people's lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.body_mesh import BodyMesh
from gait.synthetic.body.surface_patterns import smooth_step
from gait.synthetic.body_segments import Skeleton

#: Half height of the slice in which the depth of the trunk is measured, and half its width beyond the hip joints,
#: body heights. [E]
_SLICE, _BEYOND_HIPS = 0.012, 0.05
#: The shift is whole between the first two heights above the hip joints and ends at the third above them and at the
#: fourth below them, body heights. [E]
_WHOLE_BELOW, _WHOLE_ABOVE, _ENDS_ABOVE, _ENDS_BELOW = -0.04, 0.06, 0.20, -0.20


def hip_depth_share(points: FloatArray, skeleton: Skeleton) -> float:
    """Measure how deep the hip joints lie in the trunk of a body in the rest pose.

    Parameters
    ----------
    points : (N, 3) array
        Vertices, m, with the mid-hip at the origin.
    skeleton : Skeleton

    Returns
    -------
    float
        Distance of the hip joint from the front of the body over the body's depth at that height, buttocks included.
    """
    h = skeleton.height
    across = skeleton.hip_width / 2 + _BEYOND_HIPS * h
    depth = points[(np.abs(points[:, 1]) < _SLICE * h) & (np.abs(points[:, 2]) < across), 0]
    return float(depth.max() / np.ptp(depth))


def with_hip_depth(body: BodyMesh, skeleton: Skeleton, share: float) -> BodyMesh:
    """Move the flesh about the hips so that the hip joints lie at a given depth.

    Parameters
    ----------
    body : BodyMesh
    skeleton : Skeleton
    share : float
        As `hip_depth_share` measures it; in people 0.36 to 0.40 (after Harrington 2007).

    Returns
    -------
    BodyMesh
        Trunk and thighs are sheared smoothly; head, arms, knees and feet stay where they are.
    """
    h, y = skeleton.height, body.points[:, 1].astype(float)
    across = skeleton.hip_width / 2 + _BEYOND_HIPS * h
    at_hips = body.points[(np.abs(y) < _SLICE * h) & (np.abs(body.points[:, 2]) < across), 0]
    forwards = float(share * np.ptp(at_hips) - at_hips.max())
    rise = smooth_step(y, _ENDS_BELOW * h, _WHOLE_BELOW * h)
    fall = 1 - smooth_step(y, _WHOLE_ABOVE * h, _ENDS_ABOVE * h)
    hands = np.abs(body.points[:, 2]) > skeleton.hip_width / 2 + 0.10 * h
    points = body.points.copy()
    points[:, 0] += (forwards * rise * fall * ~hands).astype(np.float32)
    return replace(body, points=points)
