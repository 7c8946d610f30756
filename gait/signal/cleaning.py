"""Keypoints cleaned: labels repaired, outliers dropped, short gaps filled, smoothed without lag."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise, product
from threading import Lock

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray
from gait.geometry.camera import Camera, keypoint_xy
from gait.geometry.keypoint_correction import keypoint_errors
from gait.pose.dataset import PELVIS_TILT, REFINED_POSITION, calibrated_network, window_starts
from gait.pose.frame_rates import FrameRates
from gait.signal.butterworth import filter_zero_phase
from gait.signal.limb_identity import assign_limbs
from gait.signal.network_difference import mean_network_difference
from gait.signal.phase import StridePhase, fold, mean_rate, segments, track_phase
from gait.signal.tracking_errors import IMPOSSIBLE, impossible_legs

#: Status of a point in the clean dataset.
MEASURED, SWAPPED, FILLED, MISSING = 0, 1, 2, 3
LEG_JOINTS = ("knee", "ankle", "heel", "foot_index")
ARM_JOINTS = ("elbow", "wrist", "pinky", "index", "thumb")
#: A gap longer than this stays a gap, s of real time. About half the swing phase. [E]
MAX_GAP_S = 0.20
#: Cut-off frequencies for what differs from stride to stride, Hz of real time: trunk and hips, limbs. The part that
#: repeats keeps all harmonics of its mean waveform. [E]
TRUNK_HZ, LIMB_HZ = 5.0, 6.0
#: The same for the tilt of the pelvis. It is lower because the tilt is as noisy as keypoints are, and a peak of noise
#: would count as pelvic drop. [E]
TILT_HZ = 2.0
#: A tilt needs this many strides and less scatter (degrees) about its mean waveform. Scatter on rendered runners whose
#: clothes or pelvis markers were tracked: 0.2 to 1.3 degrees. [E]
MIN_TILT_STRIDES, MAX_TILT_SCATTER_DEG = 3.0, 1.8
#: Length of the windows, strides, in which mean paths are fitted, so that they follow fatigue and drift. [E]
WINDOW_STRIDES = 24
#: Cut-off frequency of the runner's drift along the belt, shares of the stride frequency. [E]
DRIFT_PER_STRIDE = 0.35
#: Highest cut-off frequency, share of the frame rate (half is the limit in theory). [E]
MAX_CUTOFF_SHARE = 0.3
#: Frames that a low-pass needs at least. [E]
MIN_FRAMES = 16
#: Memory of the results that are kept, bytes: six minutes of 60 frames/s. [E]
RECENT_BYTES = 24 << 20


@dataclass(frozen=True)
class CleanedPose:
    """Result of `clean_keypoints`.

    Attributes
    ----------
    pose : xarray.Dataset
        Same schema as the input: ``position`` repaired and smoothed, NaN in long gaps. Extra variables: ``observed``
        (like ``position``; labels repaired, outliers NaN, not smoothed) and ``status`` (time, keypoint, individual;
        0 measured, 1 labels exchanged, 2 filled from the gait cycle, 3 missing, 4 the leg cannot be there, see
        `gait.signal.tracking_errors`).
    phase : StridePhase
        Of the repaired keypoints.
    swapped : (T,) bool array
        Frames in which the pose engine had exchanged the legs, or left and right of the whole body.
    filled_fraction : float
        Share of leg keypoints that were outliers or missing.
    """

    pose: xr.Dataset
    phase: StridePhase
    swapped: BoolArray
    filled_fraction: float


def harmonics_for(strides: float) -> int:
    """Return how many harmonics of the mean stride a clip supports.

    Parameters
    ----------
    strides : float
        Strides in the clip.

    Returns
    -------
    int
        5, 6 or 8. [E]
    """
    return 5 if strides < 5 else (6 if strides < 10 else 8)


def stride_signals(pose: xr.Dataset, camera: Camera) -> tuple[FloatArray, FloatArray]:
    """Return the signals from which `track_phase` finds the stride phase.

    Parameters
    ----------
    pose : xarray.Dataset
    camera : Camera

    Returns
    -------
    antiphase : (T,) float array
        Left minus right ankle, pixels: along x in a side view, along y otherwise, where the ankles differ most.
    bounce : (T,) float array
        Height of the hips, pixels downwards.
    """
    axis = 0 if camera.view == "side" else 1
    antiphase = keypoint_xy(pose, "left_ankle")[:, axis] - keypoint_xy(pose, "right_ankle")[:, axis]
    return antiphase, keypoint_xy(pose, "left_hip", "right_hip")[:, 1]


def low_pass(time: FloatArray, values: FloatArray, cutoff_hz: float, *, starts: FloatArray | None = None) -> FloatArray:
    """Low-pass the columns of an array without lag (zero-phase fourth-order Butterworth).

    Parameters
    ----------
    time : (T,) float array
        s; uneven spacing is allowed.
    values : (T, C) float array
        In any unit, without NaN.
    cutoff_hz : float
        Limited to 0.3 of the frame rate.
    starts : (n,) float array, optional
        Where the frames continue after a gap, s: each part is filtered for itself.

    Returns
    -------
    (T, C) float array
        Unchanged where there are fewer than 16 frames.
    """
    if starts is not None and len(parts := segments(time, starts)) > 1:
        return np.concatenate([low_pass(time[part], values[part], cutoff_hz) for part in parts])
    if len(time) < MIN_FRAMES:
        return values
    step = float(np.median(np.diff(time)))
    grid = np.arange(time[0], time[-1] + step / 2, step)
    even = np.stack([np.interp(grid, time, c) for c in values.T], axis=1)
    cutoff = min(cutoff_hz, MAX_CUTOFF_SHARE / step) * 2 * step
    smooth = filter_zero_phase(even, cutoff, padding=min(len(grid) - 1, 12))
    return np.stack([np.interp(time, grid, c) for c in smooth.T], axis=1)


def _runs(mask: BoolArray) -> list[tuple[int, int]]:
    """Return start and end (exclusive) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _windows(phase: StridePhase) -> list[tuple[slice, slice]]:
    """Split a clip into windows: (frames to fit, frames to keep); the fit extends two strides beyond each end."""
    count = max(1, round(phase.strides / WINDOW_STRIDES))
    seen = phase.phase.copy()
    for part in phase.segments[1:]:
        seen[part.start :] -= seen[part.start] - seen[part.start - 1]
    edges = np.searchsorted(seen, np.linspace(seen[0], seen[-1], count + 1))
    edges[-1] = len(phase.phase)
    margin = int(2 / phase.frequency_hz / float(np.median(np.diff(phase.time))))
    return [
        (slice(max(0, a - margin), min(len(phase.phase), b + margin)), slice(int(a), int(b)))
        for a, b in pairwise(edges)
    ]


def _mirrored_frames(position: FloatArray, names: list[str], camera: Camera) -> BoolArray:
    """Return the frames of a rear or front view in which left and right of the whole body are exchanged."""
    order = np.zeros(len(position))
    for joint in ("shoulder", "hip"):
        if f"left_{joint}" not in names:
            continue
        order += position[:, names.index(f"left_{joint}"), 0] - position[:, names.index(f"right_{joint}"), 0]
    expected = 1.0 if camera.view == "front" else -1.0
    usual = np.sign(np.nanmedian(order)) or expected
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sign(order) == -usual)


def clean_keypoints(pose: xr.Dataset, camera: Camera, *, corrected: bool = True) -> CleanedPose:
    """Repair left and right labels, drop outliers, fill short gaps, smooth without lag, correct known errors.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.
    camera : Camera
    corrected : bool
        ``False``: the steady errors of the pose network (`gait.geometry.keypoint_correction`) stay. For measuring them.

    Returns
    -------
    CleanedPose

    Raises
    ------
    RefusedError
        There is no running rhythm in the poses.

    Notes
    -----
    Each track is split into its mean waveform over the stride (`gait.signal.phase.fold`) and a residual. The mean
    keeps its sharp features because it is averaged, not filtered. The residual is low-passed forwards and backwards,
    which causes no lag. Gaps are interpolated in the residual only, so a hidden foot continues along its own path.
    """
    names = [str(n) for n in pose.keypoint.values]
    key = _cleaning_input(pose, names, camera)
    found = _recent.get(key)
    if found is None:
        found = _recent.keep(key, _repair_and_smooth(pose, names, camera))
    smooth, observed, status, phase = found.smooth.copy(), found.observed.copy(), found.status.copy(), found.phase
    playback_per_real = 1 / FrameRates.of(pose).real_per_playback
    if corrected:
        errors = keypoint_errors(smooth, names, pose, camera, network=calibrated_network(pose))
        smooth, observed = smooth - errors, observed - errors
    # Their positions stay: the method errors of the metrics were measured with them.
    status[impossible_legs(smooth, names, camera) & (status != MISSING)] = IMPOSSIBLE
    clean = pose.copy()
    clean["position"] = pose.position.copy(data=_in_dataset_order(pose, smooth))
    clean["observed"] = pose.position.copy(data=_in_dataset_order(pose, observed))
    clean["status"] = (("time", "keypoint", "individual"), status[:, :, None])
    if PELVIS_TILT in pose:
        tilt = np.asarray(pose[PELVIS_TILT].values, dtype=float)[:, 0]
        clean[PELVIS_TILT] = (("time", "individual"), smooth_tilt(phase, tilt, playback_per_real)[:, None])
    return CleanedPose(clean, phase, found.swapped.copy(), found.filled)


@dataclass(frozen=True, eq=False)
class _Smoothed:
    """Keypoints (T, K, 2) repaired and smoothed, or repaired alone; their status (T, K); what `CleanedPose` says."""

    smooth: FloatArray
    observed: FloatArray
    status: NDArray[np.int8]
    phase: StridePhase
    swapped: BoolArray
    filled: float

    @property
    def nbytes(self) -> int:
        """Memory that it takes, about."""
        return self.smooth.nbytes + self.observed.nbytes + self.status.nbytes


class _RecentlySmoothed:
    """The last results, by their input: the stages of an analysis clean the same poses up to three times."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._results: dict[bytes, _Smoothed] = {}

    def get(self, key: bytes) -> _Smoothed | None:
        with self._lock:
            return self._results.get(key)

    def keep(self, key: bytes, result: _Smoothed) -> _Smoothed:
        with self._lock:
            self._results[key] = result
            while len(self._results) > 1 and sum(kept.nbytes for kept in self._results.values()) > RECENT_BYTES:
                self._results.pop(next(iter(self._results)))
        return result


_recent = _RecentlySmoothed()


def _cleaning_input(pose: xr.Dataset, names: list[str], camera: Camera) -> bytes:
    """Give a digest of all that :func:`_repair_and_smooth` reads."""
    digest = blake2b(digest_size=32)
    refined = (pose[REFINED_POSITION],) if REFINED_POSITION in pose else ()
    for array in (pose.time.values, _positions(pose), window_starts(pose), *(_in_order(one) for one in refined)):
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    rest = (names, camera.view, float(camera.leg_px), FrameRates.of(pose).real_per_playback)
    digest.update(repr(rest).encode())
    return digest.digest()


def _positions(pose: xr.Dataset) -> FloatArray:
    return np.array(_in_order(pose.position), dtype=float)


def _in_order(position: xr.DataArray) -> FloatArray:
    """Bring the positions of a dataset into the axes (T, K, 2)."""
    return np.asarray(position.isel(individual=0).transpose("time", "keypoint", "space").values)


def _repair_and_smooth(pose: xr.Dataset, names: list[str], camera: Camera) -> _Smoothed:
    """Repair, smooth, and add what the second network shows: all of :func:`clean_keypoints` but the known errors."""
    time = np.asarray(pose.time.values, dtype=float)
    position = _positions(pose)
    status = np.where(np.isfinite(position[..., 0]), MEASURED, MISSING).astype(np.int8)
    left = [i for i, n in enumerate(names) if n.startswith("left_") or n == "mouth_left"]
    right = [names.index(n.replace("left", "right")) for n in np.array(names)[left]]

    swapped = np.zeros(len(time), dtype=bool)
    if camera.view != "side":
        swapped = _mirrored_frames(position, names, camera)
        _exchange(position, status, swapped, left, right)
    relabelled = pose.copy()
    relabelled["position"] = pose.position.copy(data=_in_dataset_order(pose, position))
    starts = window_starts(pose)
    phase = track_phase(time, *stride_signals(relabelled, camera), starts=starts)
    for fitted, keep in _windows(phase):
        part = StridePhase(time[fitted], phase.phase[fitted], phase.frequency_hz, phase.clarity, starts)
        inner = slice(keep.start - fitted.start, keep.stop - fitted.start)
        for root, limb in (("hip", LEG_JOINTS), ("shoulder", ARM_JOINTS)):
            if f"left_{root}" not in names or f"right_{root}" not in names:
                continue
            members = {s: [names.index(f"{s}_{j}") for j in limb if f"{s}_{j}" in names] for s in ("left", "right")}
            middle = position[fitted][:, [names.index(f"left_{root}"), names.index(f"right_{root}")]].mean(axis=1)
            limbs = [(position[fitted][:, members[s]] - middle[:, None]) / camera.leg_px for s in ("left", "right")]
            assignment = assign_limbs(limbs[0], limbs[1], part, mirrored=camera.view != "side")
            change = np.zeros(len(time), dtype=bool)
            change[keep] = assignment.swapped[inner]
            _exchange(position, status, change, members["left"], members["right"])
            if root == "hip":
                swapped |= change
            for side, s in enumerate(("left", "right")):
                for j, member in enumerate(members[s]):
                    bad = np.zeros(len(time), dtype=bool)
                    bad[keep] = assignment.outlier[inner, j, side]
                    position[bad, member] = np.nan
                    status[bad & (status[:, member] != MISSING), member] = FILLED
    observed = position.copy()
    relabelled["position"] = pose.position.copy(data=_in_dataset_order(pose, position))
    phase = track_phase(time, *stride_signals(relabelled, camera), starts=starts)

    legs = [names.index(name) for s in ("left", "right") for j in LEG_JOINTS if (name := f"{s}_{j}") in names]
    filled = float((status[:, legs] >= FILLED).mean())
    smooth = np.full_like(position, np.nan)
    playback_per_real = 1 / FrameRates.of(pose).real_per_playback
    for fitted, keep in _windows(phase):
        smooth[keep] = _phase_locked_smooth(
            time[fitted], phase.phase[fitted], position[fitted], phase.strides, names, playback_per_real, starts
        )[keep.start - fitted.start : keep.stop - fitted.start]
    for k, whole in product(range(len(names)), phase.segments):
        for start, stop in _runs(~np.isfinite(position[whole, k, 0])):
            missing = slice(whole.start + start, whole.start + stop)
            gap = (time[min(missing.stop, len(time) - 1)] - time[max(missing.start - 1, 0)]) / playback_per_real
            if gap > MAX_GAP_S or missing.start == whole.start or missing.stop == whole.stop:
                smooth[missing, k] = np.nan
                status[missing, k] = MISSING
            else:
                status[missing, k] = FILLED
    difference = mean_network_difference(pose, smooth, phase, view=camera.view, harmonics=harmonics_for(phase.strides))
    smooth, observed = smooth + difference, observed + difference
    return _Smoothed(smooth, observed, status, phase, swapped, filled)


def smooth_tilt(phase: StridePhase, tilt: FloatArray, playback_per_real: float) -> FloatArray:
    """Smooth the tilt of the pelvis: mean over the stride plus low-passed residual.

    Parameters
    ----------
    phase : StridePhase
    tilt : (T,) float array
        Degrees; NaN where it was not read.
    playback_per_real : float
        Playback seconds per real second.

    Returns
    -------
    (T,) float array
        Degrees about the mean of the stride, because the level pelvis is unknown. NaN before the first and after the
        last frame that was read, and throughout where these span under three strides or have no rhythm.
    """
    read = np.flatnonzero(np.isfinite(tilt))
    smooth = np.full(len(tilt), np.nan)
    if len(read) < MIN_FRAMES:
        return smooth
    strides = StridePhase(phase.time[read], phase.phase[read], phase.frequency_hz, phase.clarity, phase.starts).strides
    if strides < MIN_TILT_STRIDES:
        return smooth
    wave = fold(phase.phase[read], tilt[read, None], harmonics=harmonics_for(strides))
    if not wave.noise[0] < MAX_TILT_SCATTER_DEG:
        return smooth
    mean = wave(phase.phase)[:, 0] - wave.coefficients[0, 0]
    residual = tilt[read] - wave(phase.phase[read])[:, 0]
    for part in phase.segments:
        here = (read >= part.start) & (read < part.stop)
        if not here.any():
            continue
        span = slice(int(read[here][0]), int(read[here][-1]) + 1)
        between = np.interp(phase.time[span], phase.time[read[here]], residual[here])
        smooth[span] = mean[span] + low_pass(phase.time[span], between[:, None], TILT_HZ / playback_per_real)[:, 0]
    return smooth


def _in_dataset_order(pose: xr.Dataset, values: FloatArray) -> FloatArray:
    """Bring (T, K, 2) into the axis order of the dataset's ``position``."""
    array = xr.DataArray(values[..., None], dims=("time", "keypoint", "space", "individual"))
    return np.asarray(array.transpose(*pose.position.dims).values)


def _exchange(
    position: FloatArray, status: NDArray[np.int8], frames: BoolArray, left: list[int], right: list[int]
) -> None:
    """Exchange left and right keypoints in the given frames, in place."""
    if not frames.any():
        return
    for a, b in zip(left, right, strict=True):
        position[frames, a], position[frames, b] = position[frames, b].copy(), position[frames, a].copy()
        status[frames, a], status[frames, b] = status[frames, b].copy(), status[frames, a].copy()
        for k in (a, b):
            status[frames & (status[:, k] == MEASURED), k] = SWAPPED


def _phase_locked_smooth(
    time: FloatArray,
    phase: FloatArray,
    position: FloatArray,
    strides: float,
    names: list[str],
    playback_per_real: float,
    starts: FloatArray,
) -> FloatArray:
    """Return mean waveform plus low-passed residual of every keypoint, (T, K, 2)."""
    flat = position.reshape(len(time), -1)
    # Drift along the belt is no part of the stride: it is removed before the mean is fitted and added back at the end.
    hips = position[:, [names.index("left_hip"), names.index("right_hip")]].mean(axis=1)
    visible = np.isfinite(hips[:, 0])
    if visible.sum() < MIN_FRAMES:
        return np.full_like(position, np.nan)
    hips = np.stack([np.interp(time, time[visible], hips[visible, c]) for c in range(2)], axis=1)
    drift = low_pass(time, hips, DRIFT_PER_STRIDE * mean_rate(time, phase, starts), starts=starts)
    flat = flat - np.tile(drift, position.shape[1])
    mean = fold(phase, flat, harmonics=harmonics_for(strides))(phase)
    residual = flat - mean
    for c in range(residual.shape[1]):
        good = np.isfinite(residual[:, c])
        residual[:, c] = np.interp(time, time[good], residual[good, c]) if good.sum() > 1 else np.nan
    usable = np.isfinite(residual).all(axis=0)
    trunk = np.array(["hip" in n or "shoulder" in n or "ear" in n or "eye" in n for n in names]).repeat(2)
    for group, cutoff in ((trunk, TRUNK_HZ), (~trunk, LIMB_HZ)):
        chosen = group & usable
        if chosen.any():
            residual[:, chosen] = low_pass(time, residual[:, chosen], cutoff / playback_per_real, starts=starts)
    return np.asarray((mean + residual + np.tile(drift, position.shape[1])).reshape(position.shape))
