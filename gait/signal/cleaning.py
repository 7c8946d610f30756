"""From the engine's landmarks to trustworthy tracks: labels repaired, outliers dropped, gaps bridged, smoothed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from gait._typing import FloatArray
from gait.geometry.camera import Camera, keypoint_xy
from gait.pose.frame_rates import FrameRates
from gait.signal.limb_identity import follow_pair
from gait.signal.phase import StridePhase, fold, track_phase

#: Status of a point in the clean dataset.
MEASURED, SWAPPED, FILLED, MISSING = 0, 1, 2, 3
LEG = ("knee", "ankle", "heel", "foot_index")
ARM = ("elbow", "wrist", "pinky", "index", "thumb")
#: A gap longer than this stays a gap, seconds of real time. About half the swing phase. [E]
MAX_GAP_S = 0.20
#: Low-pass for what differs from stride to stride, Hz of real time: trunk and hips, limbs. The part that repeats
#: keeps all harmonics of its mean waveform. Running has next to no power above 6 Hz at the trunk, 10 at the feet.
TRUNK_HZ, LIMB_HZ = 5.0, 6.0
#: What of the pelvis' tilt differs from stride to stride, Hz: read off the picture it is as noisy as landmarks are, and
#: a peak of noise is no drop.
TILT_HZ = 2.0
#: Fewer strides say nothing of its mean; nor does what scatters more than this about it, degrees: 0.2 to 1.3 where
#: cloth or marks were followed on rendered runners. [E]
TILT_STRIDES, TILT_SCATTER_DEG = 3.0, 1.8
#: Mean paths follow slow change (fatigue, drift on the belt) in windows of this many strides.
WINDOW_STRIDES = 24


@dataclass(frozen=True)
class CleanedPose:
    """Result of `clean_keypoints`.

    Attributes
    ----------
    pose : xarray.Dataset
        Same schema as the input: ``position`` repaired and smoothed, NaN in long gaps. Extra variables: ``observed``
        (like ``position``; labels repaired, outliers NaN, not smoothed) and ``status`` (time, keypoint, individual;
        0 measured, 1 labels were exchanged, 2 filled from the gait cycle, 3 missing).
    phase : StridePhase
        Of the observed signals.
    swapped : (T,) bool
        Frames in which the engine had exchanged the legs, or left and right of the whole body.
    filled_fraction : float
        Share of leg points that were outliers or missing.
    """

    pose: xr.Dataset
    phase: StridePhase
    swapped: NDArray[np.bool_]
    filled_fraction: float


def harmonics_for(strides: float) -> int:
    """Return how many harmonics a fold over so many strides supports (an engineering choice)."""
    return 5 if strides < 5 else (6 if strides < 10 else 8)


def stride_signals(pose: xr.Dataset, camera: Camera) -> tuple[FloatArray, FloatArray]:
    """Return the antiphase and the bounce signal that `track_phase` needs, each (T,), pixels.

    From the side the ankles differ most fore and aft, from behind and in front in height.
    """
    axis = 0 if camera.view == "side" else 1
    antiphase = keypoint_xy(pose, "left_ankle")[:, axis] - keypoint_xy(pose, "right_ankle")[:, axis]
    return antiphase, keypoint_xy(pose, "left_hip", "right_hip")[:, 1]


def low_pass(time: FloatArray, values: FloatArray, cutoff_hz: float) -> FloatArray:
    """Zero-phase fourth-order Butterworth low-pass of columns of ``values``; NaN-free input, uneven times allowed.

    Parameters
    ----------
    time : (T,) s
    values : (T, C)
    cutoff_hz : float
        Limited to 0.3 of the frame rate.
    """
    if len(time) < 16:
        return values
    step = float(np.median(np.diff(time)))
    grid = np.arange(time[0], time[-1] + step / 2, step)
    even = np.stack([np.interp(grid, time, c) for c in values.T], axis=1)
    sos = butter(2, min(cutoff_hz, 0.3 / step) * 2 * step, output="sos")
    smooth = sosfiltfilt(sos, even, axis=0, padlen=min(len(grid) - 1, 12))
    return np.stack([np.interp(time, grid, c) for c in smooth.T], axis=1)


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end (exclusive) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _windows(phase: StridePhase) -> list[tuple[slice, slice]]:
    """Pieces of a clip as (frames to look at, frames to keep); the first is a little wider than the second."""
    count = max(1, round(phase.strides / WINDOW_STRIDES))
    edges = np.searchsorted(phase.phase, np.linspace(phase.phase[0], phase.phase[-1], count + 1))
    edges[-1] = len(phase.phase)
    margin = int(2 / phase.frequency_hz / float(np.median(np.diff(phase.time))))
    return [
        (slice(max(0, a - margin), min(len(phase.phase), b + margin)), slice(int(a), int(b)))
        for a, b in pairwise(edges)
    ]


def _flipped(position: FloatArray, names: list[str], camera: Camera) -> NDArray[np.bool_]:
    """Frames of a rear or front view in which left and right of the whole body are exchanged."""
    order = np.zeros(len(position))
    for joint in ("shoulder", "hip"):
        if f"left_{joint}" not in names:
            continue
        order += position[:, names.index(f"left_{joint}"), 0] - position[:, names.index(f"right_{joint}"), 0]
    expected = 1.0 if camera.view == "front" else -1.0
    usual = np.sign(np.nanmedian(order)) or expected
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sign(order) == -usual)


def clean_keypoints(pose: xr.Dataset, camera: Camera) -> CleanedPose:
    """Repair labels, drop outliers, fill short gaps and smooth without lag.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.
    camera : Camera

    Returns
    -------
    CleanedPose

    Raises
    ------
    RefusedError
        No running rhythm in the poses.

    Notes
    -----
    Each track is split into its mean waveform over the stride (`gait.signal.phase.fold`) and what differs from
    it. The mean keeps its sharp features because it is averaged, not filtered; the rest is low-passed hard, forwards
    and backwards, so that nothing lags. Gaps are bridged in the rest only: a hidden foot moves on along its own path.
    """
    time = np.asarray(pose.time.values, dtype=float)
    names = [str(n) for n in pose.keypoint.values]
    position = np.array(pose.position.isel(individual=0).transpose("time", "keypoint", "space").values, dtype=float)
    status = np.where(np.isfinite(position[..., 0]), MEASURED, MISSING).astype(np.int8)
    left = [i for i, n in enumerate(names) if n.startswith("left_") or n == "mouth_left"]
    right = [names.index(n.replace("left", "right")) for n in np.array(names)[left]]

    swapped = np.zeros(len(time), dtype=bool)
    if camera.view != "side":
        swapped = _flipped(position, names, camera)
        _exchange(position, status, swapped, left, right)
    relabelled = pose.copy()
    relabelled["position"] = pose.position.copy(
        data=_like(pose, position),
    )
    phase = track_phase(time, *stride_signals(relabelled, camera))
    for look, keep in _windows(phase):
        part = StridePhase(time[look], phase.phase[look], phase.frequency_hz, phase.clarity)
        inner = slice(keep.start - look.start, keep.stop - look.start)
        for root, limb in (("hip", LEG), ("shoulder", ARM)):
            if f"left_{root}" not in names or f"right_{root}" not in names:
                continue
            members = {s: [names.index(f"{s}_{j}") for j in limb if f"{s}_{j}" in names] for s in ("left", "right")}
            middle = position[look][:, [names.index(f"left_{root}"), names.index(f"right_{root}")]].mean(axis=1)
            limbs = [(position[look][:, members[s]] - middle[:, None]) / camera.leg_px for s in ("left", "right")]
            identity = follow_pair(limbs[0], limbs[1], part, mirrored=camera.view != "side")
            change = np.zeros(len(time), dtype=bool)
            change[keep] = identity.swapped[inner]
            _exchange(position, status, change, members["left"], members["right"])
            if root == "hip":
                swapped |= change
            for side, s in enumerate(("left", "right")):
                for j, member in enumerate(members[s]):
                    bad = np.zeros(len(time), dtype=bool)
                    bad[keep] = identity.outlier[inner, j, side]
                    position[bad, member] = np.nan
                    status[bad & (status[:, member] != MISSING), member] = FILLED
    observed = position.copy()
    relabelled["position"] = pose.position.copy(data=_like(pose, position))
    phase = track_phase(time, *stride_signals(relabelled, camera))

    legs = [names.index(name) for s in ("left", "right") for j in LEG if (name := f"{s}_{j}") in names]
    filled = float((status[:, legs] >= FILLED).mean())
    smooth = np.full_like(position, np.nan)
    real_time_factor = 1 / FrameRates.of(pose).time_factor
    for look, keep in _windows(phase):
        smooth[keep] = _phase_locked_smooth(
            time[look], phase.phase[look], position[look], phase.strides, names, real_time_factor
        )[keep.start - look.start : keep.stop - look.start]
    for k in range(len(names)):
        for start, stop in _runs(~np.isfinite(position[:, k, 0])):
            gap = (time[min(stop, len(time) - 1)] - time[max(start - 1, 0)]) / real_time_factor
            if gap > MAX_GAP_S or start == 0 or stop == len(time):
                smooth[start:stop, k] = np.nan
                status[start:stop, k] = MISSING
            else:
                status[start:stop, k] = FILLED
    clean = pose.copy()
    clean["position"] = pose.position.copy(data=_like(pose, smooth))
    clean["observed"] = pose.position.copy(data=_like(pose, observed))
    clean["status"] = (("time", "keypoint", "individual"), status[:, :, None])
    if "pelvis_tilt" in pose:
        tilt = np.asarray(pose["pelvis_tilt"].values, dtype=float)[:, 0]
        clean["pelvis_tilt"] = (("time", "individual"), smooth_tilt(phase, tilt, real_time_factor)[:, None])
    return CleanedPose(clean, phase, swapped, filled)


def smooth_tilt(phase: StridePhase, tilt: FloatArray, real_time_factor: float) -> FloatArray:
    """Smooth the pelvis' tilt: mean over the stride plus low-passed rest, about 0 (what is level, nobody knows).

    Parameters
    ----------
    phase : StridePhase
    tilt : (T,) array
        Degrees; NaN where it was not read.
    real_time_factor : float
        Playback seconds per real second.

    Returns
    -------
    (T,) array
        NaN outside what was read, and throughout where that is under three strides or has no rhythm.
    """
    seen = np.flatnonzero(np.isfinite(tilt))
    smooth = np.full(len(tilt), np.nan)
    if len(seen) < 16 or phase.phase[seen[-1]] - phase.phase[seen[0]] < TILT_STRIDES:
        return smooth
    strides = float(phase.phase[seen[-1]] - phase.phase[seen[0]])
    wave = fold(phase.phase[seen], tilt[seen, None], harmonics=harmonics_for(strides))
    if not wave.noise[0] < TILT_SCATTER_DEG:
        return smooth
    mean = wave(phase.phase)[:, 0] - wave.coefficients[0, 0]
    rest = tilt[seen] - wave(phase.phase[seen])[:, 0]
    read = slice(int(seen[0]), int(seen[-1]) + 1)
    between = np.interp(phase.time[read], phase.time[seen], rest)
    smooth[read] = mean[read] + low_pass(phase.time[read], between[:, None], TILT_HZ / real_time_factor)[:, 0]
    return smooth


def _like(pose: xr.Dataset, values: FloatArray) -> FloatArray:
    """Turn (T, K, 2) into the axis order of the dataset's ``position``."""
    array = xr.DataArray(values[..., None], dims=("time", "keypoint", "space", "individual"))
    return np.asarray(array.transpose(*pose.position.dims).values)


def _exchange(
    position: FloatArray, status: NDArray[np.int8], frames: NDArray[np.bool_], left: list[int], right: list[int]
) -> None:
    """Exchange left and right points in the given frames, in place."""
    if not frames.any():
        return
    for a, b in zip(left, right, strict=True):
        position[frames, a], position[frames, b] = position[frames, b].copy(), position[frames, a].copy()
        status[frames, a], status[frames, b] = status[frames, b].copy(), status[frames, a].copy()
        for k in (a, b):
            status[frames & (status[:, k] == MEASURED), k] = SWAPPED


def _phase_locked_smooth(
    time: FloatArray, phase: FloatArray, position: FloatArray, strides: float, names: list[str], real_time_factor: float
) -> FloatArray:
    """Mean waveform plus low-passed rest, for every keypoint; (T, K, 2)."""
    flat = position.reshape(len(time), -1)
    # What drifts (the runner moves about on the belt) is no part of the cycle: take it off before folding.
    hips = position[:, [names.index("left_hip"), names.index("right_hip")]].mean(axis=1)
    seen = np.isfinite(hips[:, 0])
    if seen.sum() < 16:
        return np.full_like(position, np.nan)
    hips = np.stack([np.interp(time, time[seen], hips[seen, c]) for c in range(2)], axis=1)
    drift = low_pass(time, hips, 0.35 * float(np.polyfit(time, phase, 1)[0]))
    flat = flat - np.tile(drift, position.shape[1])
    mean = fold(phase, flat, harmonics=harmonics_for(strides))(phase)
    rest = flat - mean
    for c in range(rest.shape[1]):
        good = np.isfinite(rest[:, c])
        rest[:, c] = np.interp(time, time[good], rest[good, c]) if good.sum() > 1 else np.nan
    usable = np.isfinite(rest).all(axis=0)
    trunk = np.array(["hip" in n or "shoulder" in n or "ear" in n or "eye" in n for n in names]).repeat(2)
    for group, cutoff in ((trunk, TRUNK_HZ), (~trunk, LIMB_HZ)):
        chosen = group & usable
        if chosen.any():
            rest[:, chosen] = low_pass(time, rest[:, chosen], cutoff / real_time_factor)
    return np.asarray((mean + rest + np.tile(drift, position.shape[1])).reshape(position.shape))
