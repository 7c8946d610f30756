"""Gait cycles: how angles go from one contact of a foot to its next, averaged over strides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import FloatArray
from gait.geometry.camera import Camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal import wrist_past_midline
from gait.metrics.sagittal import foot_pitch, knee_flexion
from gait.records import View

#: Points of a cycle: every per cent of the stride, both ends included.
POINTS = 101
#: A stride this far from the median one, as a share of it, has a contact missing in between. [E]
UNLIKE = 0.25

Signal = Callable[[KeypointTracks, str, FloatArray], FloatArray]


def _lean(tracks: KeypointTracks, times: FloatArray, top: tuple[str, ...], bottom: tuple[str, ...]) -> FloatArray:
    """Angle of a line from the vertical, forwards (side) or to the image's right; degrees."""
    line = tracks.at(times, *top) - tracks.at(times, *bottom)
    return np.asarray(np.degrees(np.arctan2(line[:, 0], line[:, 1])))


def _thigh(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return -_lean(tracks, times, (f"{side}_hip",), (f"{side}_knee",))


def _shank(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return -_lean(tracks, times, (f"{side}_knee",), (f"{side}_ankle",))


def _trunk(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return _lean(tracks, times, ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"))


def _wrist(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    return np.interp(times, tracks.time, wrist_past_midline(tracks, side), left=np.nan, right=np.nan)


_SIDEWAYS: Mapping[str, tuple[str, str, Signal]] = {"lateral_trunk_lean": ("deg", "+ = to the image's right", _trunk)}
#: By view: signal → unit, sign, and how it is measured. From behind the trunk hides the wrists.
SIGNALS: Mapping[View, Mapping[str, tuple[str, str, Signal]]] = {
    "side": {
        "knee_flexion": ("deg", "0 = straight", knee_flexion),
        "thigh_angle": ("deg", "+ = knee ahead of the hip", _thigh),
        "shank_angle": ("deg", "+ = ankle ahead of the knee", _shank),
        "foot_pitch": ("deg", "+ = toe up", foot_pitch),
        "trunk_lean": ("deg", "+ = forward", _trunk),
    },
    "rear": _SIDEWAYS,
    "front": {**_SIDEWAYS, "wrist_past_midline": ("shoulder widths", "+ = crossed", _wrist)},
}


def gait_cycles(clean: xr.Dataset, camera: Camera, events: pd.DataFrame) -> xr.Dataset:
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
        Variables ``mean`` and ``sd`` (signal, side, percent), ``strides`` (signal, side): how many went in, and
        ``off`` (side): toe-off in per cent of the stride. Coordinates ``unit`` and ``sign`` by signal. Where nothing
        was measured, NaN and 0 strides.

    Notes
    -----
    Percent 0 and 100 are contacts of the same foot. A stride with a gap in the signal, or longer or shorter than the
    median by a quarter, is left out.

    Examples
    --------
    >>> from gait import analyze_pose, load_pose
    >>> view = analyze_pose(load_pose("notebooks/data/side.nc"))
    >>> cycles = gait_cycles(view.clean, view.camera, view.events)
    >>> knee = cycles["mean"].sel(signal="knee_flexion", side="right")
    >>> knee.sizes["percent"], 60 < int(knee.idxmax("percent")) < 75  # bends most in swing
    (101, True)
    """
    tracks = KeypointTracks(clean, camera)
    signals = SIGNALS[camera.view]
    sides = ("left", "right")
    percent = np.arange(POINTS)
    mean = np.full((len(signals), len(sides), POINTS), np.nan)
    sd, strides = mean.copy(), np.zeros((len(signals), len(sides)), dtype=int)
    off = np.full(len(sides), np.nan)
    for s, side in enumerate(sides):
        begin, length, offs = _strides(events, side)
        if len(begin) == 0:
            continue
        off[s] = float(np.nanmean(100 * (offs - begin) / length)) if np.isfinite(offs).any() else np.nan
        times = begin[:, None] + length[:, None] * percent / (POINTS - 1)
        for n, (_, _, measure) in enumerate(signals.values()):
            values = measure(tracks, side, times.ravel()).reshape(times.shape)
            whole = values[np.isfinite(values).all(axis=1)]
            strides[n, s] = len(whole)
            if len(whole):
                mean[n, s] = whole.mean(axis=0)
            if len(whole) > 1:
                sd[n, s] = whole.std(axis=0, ddof=1)
    dims = ("signal", "side", "percent")
    return xr.Dataset(
        {"mean": (dims, mean), "sd": (dims, sd), "strides": (dims[:2], strides), "toe_off": ("side", off)},
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
    """Begin and length of each whole stride of a leg, and its toe-off (NaN where missing), s."""
    own = events[events.side == side]
    contacts = np.sort(own.time_s[own.kind == "contact"].to_numpy(dtype=float))
    offs = np.sort(own.time_s[own.kind == "toe_off"].to_numpy(dtype=float))
    begin, length = contacts[:-1], np.diff(contacts)
    if len(length) == 0:
        return begin, length, begin
    usual = np.abs(length / np.median(length) - 1) <= UNLIKE
    begin, length = begin[usual], length[usual]
    after = np.searchsorted(offs, begin)
    padded = np.append(offs, np.nan)[after]
    return begin, length, np.where(padded - begin < length, padded, np.nan)
