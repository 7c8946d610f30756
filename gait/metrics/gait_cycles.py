"""Gait cycles: the course of angles from one contact of a foot to its next, averaged over strides."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import FloatArray
from gait.geometry.camera import Camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import foot_pitch_angle, knee_flexion_angle, segment_angle, thigh_angle, trunk_angle
from gait.metrics.measured_view import MeasuredView
from gait.metrics.wrist_midline import wrist_past_midline
from gait.records import View
from gait.signal.tracking_errors import without_impossible

#: Samples of a cycle: every per cent of the stride, both ends included.
CYCLE_SAMPLES = 101
#: A stride whose length differs from the median by more than this share of it has a contact missing in between. [E]
MAX_LENGTH_DIFFERENCE = 0.25

#: Measures a signal: tracks, side, times (n,) s → (n,).
Signal = Callable[[KeypointTracks, str, FloatArray], FloatArray]


def _shank(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return -segment_angle(tracks, times, (f"{side}_knee",), (f"{side}_ankle",))


def _hip(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return thigh_angle(tracks, side, times) + trunk_angle(tracks, times)


def _ankle(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return foot_pitch_angle(tracks, side, times) - _shank(tracks, side, times)


def _trunk(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return trunk_angle(tracks, times)


def _wrist(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return tracks.interpolate(times, wrist_past_midline(tracks, side))


_SIDEWAYS: Mapping[str, tuple[str, str, Signal]] = {"lateral_trunk_lean": ("deg", "+ = to the image's right", _trunk)}
#: By view: signal → unit, sign, and the function that measures it. From behind the trunk hides the wrists.
SIGNALS: Mapping[View, Mapping[str, tuple[str, str, Signal]]] = {
    "side": {
        "knee_flexion": ("deg", "0 = straight", knee_flexion_angle),
        "hip_flexion": ("deg", "+ = thigh ahead of the trunk's line (hips to shoulders, not the pelvis)", _hip),
        "ankle_dorsiflexion": ("deg", "0 = heel to toe square to the shank, + = toes towards the shin", _ankle),
        "thigh_angle": ("deg", "+ = knee ahead of the hip", thigh_angle),
        "shank_angle": ("deg", "+ = ankle ahead of the knee", _shank),
        "foot_pitch": ("deg", "+ = toe up", foot_pitch_angle),
        "trunk_lean": ("deg", "+ = forward", _trunk),
    },
    "rear": _SIDEWAYS,
    "front": {**_SIDEWAYS, "wrist_past_midline": ("shoulder widths", "+ = crossed", _wrist)},
}


def gait_cycles(
    view: MeasuredView | xr.Dataset, camera: Camera | None = None, events: pd.DataFrame | None = None
) -> xr.Dataset:
    """Average every signal of a view over the strides of each leg.

    Parameters
    ----------
    view : ViewAnalysis
        A measured view (`gait.analyze_pose`, ``session.views[n]``).
    camera, events
        Deprecated: earlier versions took clean poses, camera and events one by one.

    Returns
    -------
    xarray.Dataset
        As :func:`average_cycles`.

    Raises
    ------
    TypeError
        Clean poses are given without camera and events.

    Examples
    --------
    >>> import gait
    >>> cycles = gait.gait_cycles(gait.analyze_pose(gait.load_poses("notebooks/data/side.nc")))
    >>> knee = cycles["mean"].sel(signal="knee_flexion", side="right")
    >>> knee.sizes["percent"], 60 < int(knee.idxmax("percent")) < 75  # bends most in swing
    (101, True)
    """
    if not isinstance(view, xr.Dataset):
        return average_cycles(view.clean, view.camera, view.events)
    if camera is None or events is None:
        raise TypeError("gait_cycles() takes a measured view: gait.gait_cycles(view)")
    warnings.warn("gait_cycles(clean, camera, events) is now gait_cycles(view)", DeprecationWarning, stacklevel=2)
    return average_cycles(view, camera, events)


def average_cycles(clean: xr.Dataset, camera: Camera, events: pd.DataFrame) -> xr.Dataset:
    """Average every signal of a view over the strides of each leg.

    Parameters
    ----------
    clean : xarray.Dataset
        Clean poses (`gait.analysis.view_analysis.ViewAnalysis.clean`).
    camera : Camera
    events : pandas.DataFrame
        As `gait.analysis.view_analysis.ViewAnalysis.events`.

    Returns
    -------
    xarray.Dataset
        Variables ``mean`` and ``sd`` (signal, side, percent), ``strides`` (signal, side): number of strides averaged,
        and ``toe_off`` (side): toe-off in per cent of the stride. Coordinates ``unit`` and ``sign`` by signal. Where
        nothing was measured, NaN and 0 strides.

    Notes
    -----
    Percent 0 and 100 are contacts of the same foot. A stride with a gap in the signal, with a leg that cannot be where
    it was found (`gait.signal.tracking_errors`), or longer or shorter than the median by a quarter, is left out.
    """
    tracks = KeypointTracks(without_impossible(clean), camera)
    signals = SIGNALS[camera.view]
    sides = ("left", "right")
    percent = np.arange(CYCLE_SAMPLES)
    mean = np.full((len(signals), len(sides), CYCLE_SAMPLES), np.nan)
    sd, strides = mean.copy(), np.zeros((len(signals), len(sides)), dtype=int)
    toe_off = np.full(len(sides), np.nan)
    for s, side in enumerate(sides):
        begin, length, toe_offs = _strides(events, side)
        if len(begin) == 0:
            continue
        if np.isfinite(toe_offs).any():
            toe_off[s] = float(np.nanmean(100 * (toe_offs - begin) / length))
        times = begin[:, None] + length[:, None] * percent / (CYCLE_SAMPLES - 1)
        for n, (_, _, measure) in enumerate(signals.values()):
            values = measure(tracks, side, times.ravel()).reshape(times.shape)
            complete = values[np.isfinite(values).all(axis=1)]
            strides[n, s] = len(complete)
            if len(complete):
                mean[n, s] = complete.mean(axis=0)
            if len(complete) > 1:
                sd[n, s] = complete.std(axis=0, ddof=1)
    dims = ("signal", "side", "percent")
    return xr.Dataset(
        {"mean": (dims, mean), "sd": (dims, sd), "strides": (dims[:2], strides), "toe_off": ("side", toe_off)},
        coords={
            "signal": list(signals),
            "side": list(sides),
            "percent": percent,
            "unit": ("signal", [unit for unit, _, _ in signals.values()]),
            "sign": ("signal", [sign for _, sign, _ in signals.values()]),
        },
        attrs={"view": camera.view},
    )


def _strides(events: pd.DataFrame, side: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Find begin, length and toe-off (NaN where missing) of each stride of a leg, s."""
    of_side = events[events.side == side]
    contacts = np.sort(of_side.time_s[of_side.kind == "contact"].to_numpy(dtype=float))
    toe_offs = np.sort(of_side.time_s[of_side.kind == "toe_off"].to_numpy(dtype=float))
    begin, length = contacts[:-1], np.diff(contacts)
    if len(length) == 0:
        return begin, length, begin
    is_stride = np.abs(length / np.median(length) - 1) <= MAX_LENGTH_DIFFERENCE
    begin, length = begin[is_stride], length[is_stride]
    next_toe_off = np.append(toe_offs, np.nan)[np.searchsorted(toe_offs, begin)]
    return begin, length, np.where(next_toe_off - begin < length, next_toe_off, np.nan)
