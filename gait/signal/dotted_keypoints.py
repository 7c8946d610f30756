"""Keypoints moved onto the dots over their joints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.geometry.joint_offsets import limb_axes
from gait.pose.appearance.joint_dots import dot_offsets_in, stride_start
from gait.pose.dataset import DOT_POSITION
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import CleanedPose
from gait.signal.phase import StridePhase, fold

#: Harmonics of the stride in the distance of a dot from its keypoint. [E]
OFFSET_HARMONICS = 4
#: Gaps over which what single strides add to the mean distance is interpolated, s of real time; and its limit, standard
#: deviations, beyond which a spot beside the dot was taken for it. [E]
MAX_GAP_S, MAX_SDS = 0.15, 6.0
#: Median absolute residual → standard deviation of a normal distribution.
_MAD_TO_SD = 1.4826


def apply_joint_dots(cleaned: CleanedPose) -> CleanedPose:
    """Move cleaned keypoints onto the dots over their joints.

    Parameters
    ----------
    cleaned : CleanedPose
        Its pose has the variable ``dot_position`` and the attribute ``dot_offsets`` where dots were found
        (`gait.pose.appearance.joint_dots.add_joint_dots`).

    Returns
    -------
    CleanedPose
        The same without dots. Otherwise ``position`` and ``observed`` of the dotted keypoints are those of the dots.

    Notes
    -----
    Where a dot is seen the keypoint is put on it, not smoothed: a dot is found to a fraction of a pixel, and smoothing
    would flatten the sudden turn of the shank at contact. Where it is hidden, by an arm or by blur, its distance from
    the keypoint is the mean at that phase of the stride.
    """
    offsets = {
        joint: table for joint, table in dot_offsets_in(cleaned.pose).items() if joint in cleaned.pose.keypoint.values
    }
    if not offsets or DOT_POSITION not in cleaned.pose:
        return cleaned
    playback_per_real = 1 / FrameRates.of(cleaned.pose).real_per_playback
    phase, moved = cleaned.phase, cleaned.pose.copy()
    for variable in ("position", "observed"):
        moved[variable] = moved[variable].copy()
    for joint, table in offsets.items():
        side = joint.split("_", 1)[0]
        bins = (np.arange(len(table)) + 0.5) / len(table)
        since = phase.phase - stride_start(cleaned.pose, phase.phase, side)
        place = fold(bins, table, harmonics=OFFSET_HARMONICS)(since)
        mean = np.einsum("ti,tij->tj", place, limb_axes(cleaned.pose, joint))
        dots, smooth, observed = (
            keypoint_track(cleaned.pose, name, joint) for name in (DOT_POSITION, "position", "observed")
        )
        on_dots = smooth + mean + _single_strides(phase, dots - smooth - mean, playback_per_real)
        put_keypoint_track(moved, "position", joint, on_dots)
        put_keypoint_track(moved, "observed", joint, np.where(np.isfinite(observed), on_dots, np.nan))
    return replace(cleaned, pose=moved)


def _single_strides(phase: StridePhase, left: FloatArray, playback_per_real: float) -> FloatArray:
    """Return what single strides add to the mean distance, (T, 2): all of it at a dot, nothing far from any."""
    seen = np.flatnonzero(np.isfinite(left).all(axis=1))
    if not len(seen):
        return np.zeros_like(left)
    spread = _MAD_TO_SD * np.median(np.abs(left[seen]), axis=0) + 1e-9
    values = np.clip(left[seen], -MAX_SDS * spread, MAX_SDS * spread)
    time, known = phase.time, phase.time[seen]
    after = np.clip(np.searchsorted(known, time), 0, len(seen) - 1)
    before = np.clip(after - 1, 0, len(seen) - 1)
    away = np.minimum(np.abs(time - known[before]), np.abs(time - known[after])) / playback_per_real
    single = np.stack([np.interp(time, known, values[:, axis]) for axis in range(2)], axis=1)
    return np.asarray(single * np.clip(1 - away / (MAX_GAP_S / 2), 0, 1)[:, None])


def keypoint_track(pose: xr.Dataset, variable: str, joint: str) -> FloatArray:
    """Read the track of a keypoint.

    Parameters
    ----------
    pose : xarray.Dataset
    variable : str
        With the dims of ``position``.
    joint : str
        Keypoint.

    Returns
    -------
    (T, 2) float array
        Pixels.
    """
    track = pose[variable].sel(keypoint=joint).isel(individual=0).transpose("time", "space")
    return np.array(track.values, dtype=float)


def put_keypoint_track(pose: xr.Dataset, variable: str, joint: str, values: FloatArray) -> None:
    """Replace the track of a keypoint, in place.

    Parameters
    ----------
    pose : xarray.Dataset
    variable : str
        With the dims of ``position``.
    joint : str
        Keypoint.
    values : (T, 2) float array
        Pixels.
    """
    at = {"keypoint": joint, "individual": pose.individual.values[0]}
    dims = [dim for dim in pose[variable].dims if dim in ("time", "space")]
    pose[variable].loc[at] = xr.DataArray(values, dims=("time", "space")).transpose(*dims).values
