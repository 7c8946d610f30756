"""How a better network would place the keypoints, from the few strides in which it ran as well.

What differs between two networks is mostly steady or repeats with every stride: it is folded over the stride phase and
added to the cleaned keypoints of the network that ran in every frame (`gait.pose.refinement`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.pose.dataset import REFINED_POSITION
from gait.signal.phase import StridePhase, fold

#: Groups of keypoints whose left and right one network may have exchanged where the other has not: whole body (views
#: from behind and in front only), legs, arms.
_BODY = ("shoulder", "hip")
_LIMBS = (("knee", "ankle", "heel", "foot_index"), ("elbow", "wrist", "pinky", "index", "thumb"))


def mean_network_difference(
    pose: xr.Dataset, clean: FloatArray, phase: StridePhase, *, view: str, harmonics: int
) -> FloatArray:
    """Return by how much the second network places the keypoints elsewhere, as a mean over the strides where it ran.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset; may hold ``refined_position``.
    clean : (T, K, 2) float array
        Cleaned keypoints of the network that ran in every frame, pixels; NaN in gaps.
    phase : StridePhase
    view : {"side", "rear", "front"}
    harmonics : int
        Of the mean difference: as many as the mean waveforms in ``clean`` have. With fewer or more, the keypoints of
        six clips came farther from those of the second network.

    Returns
    -------
    (T, K, 2) float array
        Pixels, at the stride phase of every frame; 0 for keypoints of which the second network gave too little, and
        throughout where it did not run.
    """
    nothing = np.zeros_like(clean)
    if REFINED_POSITION not in pose:
        return nothing
    refined = pose[REFINED_POSITION].isel(individual=0).transpose("time", "keypoint", "space").values
    frames = np.flatnonzero(np.isfinite(refined).any(axis=(1, 2)))
    if not len(frames):
        return nothing
    names = [str(name) for name in pose.keypoint.values]
    second, first = np.array(refined[frames], dtype=float), clean[frames]
    if view != "side":
        left = [name for name in names if name.startswith("left_")]
        _exchange_where_closer(second, first, names, [name.removeprefix("left_") for name in left], decided_by=_BODY)
    for limb in _LIMBS:
        _exchange_where_closer(second, first, names, limb, decided_by=limb)
    difference = (second - first).reshape(len(frames), -1)
    wave = fold(phase.phase[frames], difference, harmonics=harmonics)
    return np.nan_to_num(wave(phase.phase)).reshape(clean.shape)


def _exchange_where_closer(
    second: FloatArray, first: FloatArray, names: list[str], joints: Sequence[str], *, decided_by: Sequence[str]
) -> None:
    """Exchange left and right of ``second``, in place, in the frames in which that brings it closer to ``first``."""

    def columns(side: str, wanted: Sequence[str]) -> list[int]:
        present = [j for j in wanted if f"left_{j}" in names and f"right_{j}" in names]
        return [names.index(f"{side}_{joint}") for joint in present]

    left, right = columns("left", decided_by), columns("right", decided_by)
    as_given = np.linalg.norm(second[:, left + right] - first[:, left + right], axis=2)
    exchanged = np.linalg.norm(second[:, right + left] - first[:, left + right], axis=2)
    closer = np.nansum(exchanged, axis=1) < np.nansum(as_given, axis=1)
    left, right = columns("left", joints), columns("right", joints)
    rows = np.flatnonzero(closer)[:, np.newaxis]
    second[rows, right + left] = second[rows, left + right]
