"""Frames in which the keypoints of a leg cannot be its own: a segment changes its length, or the knee bends backwards.

Such an error lasts for several frames and comes back in every stride, for example where the near leg hides the far one
and the far knee jumps onto the near. The mean path of the keypoint follows it, so that an outlier test does not see it.
A leg as a whole does. Such keypoints are not drawn and not averaged over the stride. Metrics keep them: their method
errors were measured with such frames, and a peak over a swing with a gap would be lost.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from gait._typing import BoolArray, FloatArray
from gait.geometry.camera import Camera

#: Value of ``status`` in a clean dataset for such keypoints.
IMPOSSIBLE = 4
#: Change of the length of thigh or shank in a side view, share of its median, that no leg shows. In 122 rendered legs
#: (rendered clips of the calibration and of seed 18, yaw up to 13 degrees) the true lengths changed by at most 0.11 in
#: the picture; the rest leaves room for steady errors of the keypoints. [E]
MAX_LENGTH_CHANGE = 0.15
#: Bend of a knee that no runner shows, degrees; a knee that bends back by 10 in standing is called overextended, and
#: the keypoints may be off by some degrees more. [E]
MIN_KNEE_FLEXION_DEG = -15.0
_LEG = ("hip", "knee", "ankle")
#: Keypoints that are left out together: which of them is wrong cannot be told.
_DOUBTED = ("knee", "ankle", "heel", "foot_index")


def impossible_legs(position: FloatArray, names: list[str], camera: Camera) -> BoolArray:
    """Find the keypoints of legs that cannot be where they are.

    Parameters
    ----------
    position : (T, K, 2) float array
        Smoothed keypoints, pixels, y down; NaN in gaps.
    names : list of str
        Their names.
    camera : Camera

    Returns
    -------
    (T, K) bool array
        Knee, ankle, heel and toe of a leg in the frames in which it is impossible. All False in a rear or front view,
        where segments change their length in the picture.
    """
    impossible = np.zeros(position.shape[:2], dtype=bool)
    if camera.view != "side":
        return impossible
    for side in ("left", "right"):
        if not {f"{side}_{joint}" for joint in _LEG} <= set(names):
            continue
        hip, knee, ankle = (position[:, names.index(f"{side}_{joint}")] for joint in _LEG)
        frames = _impossible_frames(hip, knee, ankle, camera.direction)
        for joint in _DOUBTED:
            if f"{side}_{joint}" in names:
                impossible[frames, names.index(f"{side}_{joint}")] = True
    return impossible


def without_impossible(clean: xr.Dataset) -> xr.Dataset:
    """Leave out the keypoints that cannot be where they are.

    Parameters
    ----------
    clean : xarray.Dataset
        Clean poses; ``status`` may be missing, as in poses of earlier versions.

    Returns
    -------
    xarray.Dataset
        The same with NaN in ``position`` where ``status`` says so.
    """
    if "status" not in clean or not (impossible := clean["status"] == IMPOSSIBLE).any():
        return clean
    return clean.assign(position=clean["position"].where(~impossible).transpose(*clean["position"].dims))


def impossible_frames(clean: xr.Dataset) -> int:
    """Count the frames in which a leg cannot be where it was found.

    Parameters
    ----------
    clean : xarray.Dataset
        Clean poses.

    Returns
    -------
    int
    """
    if "status" not in clean:
        return 0
    return int((clean["status"] == IMPOSSIBLE).any(["keypoint", "individual"]).sum())


def _impossible_frames(hip: FloatArray, knee: FloatArray, ankle: FloatArray, direction: int) -> BoolArray:
    thigh, shank = knee - hip, ankle - knee
    lengths = np.stack([np.hypot(*thigh.T), np.hypot(*shank.T)])
    if not np.isfinite(lengths).all(axis=0).any():
        return np.zeros(len(hip), dtype=bool)
    change = np.max(np.abs(lengths / np.nanmedian(lengths, axis=1, keepdims=True) - 1), axis=0)
    # y points down, so that a bent knee turns the shank backwards: to the left of a thigh that faces right.
    turn = direction * (thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0])
    flexion = np.degrees(np.arctan2(turn, np.sum(thigh * shank, axis=1)))
    with np.errstate(invalid="ignore"):
        return np.asarray((change > MAX_LENGTH_CHANGE) | (flexion < MIN_KNEE_FLEXION_DEG))
