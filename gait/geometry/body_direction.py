"""Which way is up in the picture, by the bodies in it: a file that lost its rotation shows people lying down."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.display_language import Texts
from gait.errors import RefusedError
from gait.geometry.camera import keypoint_xy, measured_leg_px

#: Trunk and mean legs of somebody who runs in a turned picture lie so close to a quarter turn, degrees. [E]
MAX_TRUNK_DEG, MAX_LEGS_DEG = 45.0, 35.0
#: Swing of each foot (middle 68 %, legs) and correlation of both, which runners show, and nobody who crouches. [E]
MIN_SWING, MAX_CORRELATION, MIN_FRAMES = 0.08, -0.2, 16
#: What to do by how far the picture is turned, degrees.
_TURNED_TEXTS: Mapping[int, str] = Texts(
    {
        90: "the runner lies on the side, so the picture is turned (the file has lost its rotation): turn the video "
        "by 90 degrees to the left",
        180: "the runner stands on the head, so the picture is turned (the file has lost its rotation): turn the "
        "video by 180 degrees",
        270: "the runner lies on the side, so the picture is turned (the file has lost its rotation): turn the video "
        "by 90 degrees to the right",
    }
)


def body_directions(pose: xr.Dataset) -> tuple[float, float]:
    """Measure how far trunk and legs are turned from upright in the picture.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.

    Returns
    -------
    trunk, legs : float
        Median direction from hips to shoulders, and from ankles to hips, degrees clockwise from straight up, −180 to
        180; NaN where the keypoints are missing.
    """
    hips = keypoint_xy(pose, "left_hip", "right_hip")
    shoulders = keypoint_xy(pose, "left_shoulder", "right_shoulder")
    ankles = keypoint_xy(pose, "left_ankle", "right_ankle")
    return _median_direction(shoulders - hips), _median_direction(hips - ankles)


def _median_direction(vectors: FloatArray) -> float:
    """Return the direction of the mean unit vector, degrees clockwise from straight up."""
    lengths = np.linalg.norm(vectors, axis=1)
    good = np.isfinite(lengths) & (lengths > 0)
    if not good.any():
        return float("nan")
    x, y = (vectors[good] / lengths[good, None]).mean(axis=0)
    return float(np.degrees(np.arctan2(x, -y)))


def picture_turn(pose: xr.Dataset) -> int:
    """Find by how many degrees the picture is turned.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.

    Returns
    -------
    {0, 90, 180, 270}
        Degrees clockwise by which the bodies in it are turned; 0 where they stand, where trunk and legs disagree,
        and where the legs do not alternate.
    """
    trunk, legs = body_directions(pose)
    if not np.isfinite(trunk):
        trunk = legs
    for turn in (90, 180, 270):
        if _between(trunk, turn) < MAX_TRUNK_DEG and _between(legs, turn) < MAX_LEGS_DEG:
            return turn if _legs_alternate(pose) else 0
    return 0


def _between(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


def _legs_alternate(pose: xr.Dataset) -> bool:
    """Say whether the feet swing past each other in opposite directions, which nobody does who crouches or lies."""
    hips, leg = keypoint_xy(pose, "left_hip", "right_hip"), measured_leg_px(pose)
    left, right = ((keypoint_xy(pose, f"{s}_ankle") - hips) / leg for s in ("left", "right"))
    seen = np.isfinite(left).all(axis=1) & np.isfinite(right).all(axis=1)
    if seen.sum() < MIN_FRAMES:
        return False
    apart = (left - right)[seen]
    axis = int(np.argmax(np.subtract(*np.percentile(apart, [84, 16], axis=0))))
    swings = [float(np.subtract(*np.percentile(foot[seen, axis], [84, 16]))) for foot in (left, right)]
    together = float(np.corrcoef(left[seen, axis], right[seen, axis])[0, 1])
    return min(swings) > MIN_SWING and together < MAX_CORRELATION


def refuse_turned_picture(pose: xr.Dataset) -> None:
    """Refuse poses of people who lie on their side or stand on their head.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.

    Raises
    ------
    RefusedError
        Code ``picture_turned``.
    """
    turn = picture_turn(pose)
    if not turn:
        return
    raise RefusedError(_TURNED_TEXTS[turn], code="picture_turned")
