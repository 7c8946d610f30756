"""Keypoints in frames at which no pose network has looked, for drawing: the mean stride, and what is near in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.errors import RefusedError
from gait.geometry.camera import Camera, keypoint_xy
from gait.report.keypoint_lookup import PixelPoint
from gait.signal.cleaning import DRIFT_PER_STRIDE, harmonics_for, low_pass, stride_signals
from gait.signal.phase import StridePhase, Waveform, fold, track_phase
from gait.signal.tracking_errors import IMPOSSIBLE

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis

#: Strides from the nearest seen frame beyond which the phase is unknown: their length varies by 1 to 2 %, which after
#: three of them is about 3 % of a stride. [E]
MAX_STRIDES = 3.0
#: Strides over which the deviation of a seen frame from the mean stride fades to 37 %. [E]
FADE_STRIDES = 0.15
#: Seen frames on each side of a stretch, s of real time, from which the mean stride is taken. [E]
REACH_S = 30.0
#: Frames farther apart than this, s of real time, belong to different segments, each with a phase of its own: over a
#: shorter gap the phase goes on. [E]
GAP_S = 0.35


@dataclass(frozen=True)
class _MeanPose:
    """Keypoints of seen frames, with their mean over the stride."""

    names: tuple[str, ...]
    position: FloatArray  # (T, K, 2), pixels
    drift: FloatArray  # (T, 2), pixels
    phase: StridePhase
    wave: Waveform  # of position minus drift

    def mean(self, phase: FloatArray | float) -> FloatArray:
        values = self.wave(np.atleast_1d(np.asarray(phase, dtype=float)), 0)
        return np.asarray(values.reshape(len(values), len(self.names), 2))


class UnseenKeypoints:
    """Estimate keypoints between and beside seen frames.

    The estimate is the mean stride at the moment's phase, moved to where the runner is, plus the deviations of the
    nearest seen frame before and after, which fade with the distance from it.

    Parameters
    ----------
    pose : xarray.Dataset
        A pose dataset, cleaned, with gaps in ``time``.
    camera : Camera
    start_s, end_s : float
        The stretch for which moments will be looked up, s of playback.
    real_per_playback : float
        Real seconds per second of playback.
    """

    def __init__(
        self, pose: xr.Dataset, camera: Camera, *, start_s: float, end_s: float, real_per_playback: float = 1.0
    ) -> None:
        times = np.asarray(pose["time"].values, dtype=float)
        reach = REACH_S / real_per_playback
        part = slice(*np.searchsorted(times, [start_s - reach, end_s + reach]))
        self._model = _mean_pose(pose.isel(time=part).load(), camera, GAP_S / real_per_playback)

    @classmethod
    def of(cls, view: ViewAnalysis, start_s: float, end_s: float) -> UnseenKeypoints:
        """Prepare the estimate for a stretch of an analysed clip.

        Parameters
        ----------
        view : ViewAnalysis
        start_s, end_s : float
            Seconds of playback.

        Returns
        -------
        UnseenKeypoints
        """
        return cls(view.clean, view.camera, start_s=start_s, end_s=end_s, real_per_playback=view.info.real_per_playback)

    def at(self, time_s: float) -> dict[str, PixelPoint]:
        """Estimate the keypoints at a time.

        Parameters
        ----------
        time_s : float
            Seconds of playback.

        Returns
        -------
        dict
            Keypoint name to ``(x, y)``, pixels. Empty where the phase is unknown (more than `MAX_STRIDES` from a seen
            frame) or the runner was absent in the nearest seen frames.
        """
        model = self._model
        if model is None:
            return {}
        time, rate = model.phase.time, model.phase.frequency_hz
        after = int(np.searchsorted(time, time_s))
        near = [i for i in (after - 1, after) if 0 <= i < len(time) and abs(time[i] - time_s) * rate <= MAX_STRIDES]
        edges = [_Edge.of(model, i, time_s) for i in near if np.isfinite(model.position[i, :, 0]).any()]
        if len(edges) < len(near) or not edges:
            return {}
        distance = np.array([edge.strides for edge in edges])
        share = np.ones(1) if len(edges) == 1 else 1 - distance / max(float(distance.sum()), 1e-9)
        phase = edges[0].phase
        if len(edges) == 2:
            phase = edges[0].phase + share[1] * ((edges[1].phase - edges[0].phase + 0.5) % 1.0 - 0.5)
        moved = sum(s * edge.slow for s, edge in zip(share, edges, strict=True))
        fades = np.exp(-distance / FADE_STRIDES)
        near_by = sum(s * f * edge.fast for s, f, edge in zip(share, fades, edges, strict=True))
        position = model.mean(phase)[0] + moved + near_by
        return {n: p for n, p in zip(model.names, position, strict=True) if np.isfinite(p).all()}


@dataclass(frozen=True)
class _Edge:
    """A seen frame beside an unseen moment: phase of the moment as seen from it, strides away, deviations."""

    phase: float
    strides: float
    slow: FloatArray
    fast: FloatArray

    @classmethod
    def of(cls, model: _MeanPose, frame: int, time_s: float) -> _Edge:
        own = model.phase
        rate = own.frequency_hz
        part = next(p for p in own.segments if p.start <= frame < p.stop)
        within = np.arange(part.start, part.stop)
        stride = within[np.abs(own.time[within] - own.time[frame]) <= 1.0 / rate]
        # The runner's rhythm just here: over up to a few strides of the same segment.
        recent = within[np.abs(own.time[within] - own.time[frame]) <= 3.0 / rate]
        if own.time[recent[-1]] - own.time[recent[0]] >= 1.0 / rate:
            rate = float(np.polyfit(own.time[recent] - own.time[frame], own.phase[recent], 1)[0])
        residual = model.position[stride] - model.drift[stride, None] - model.mean(own.phase[stride])
        at = int(np.searchsorted(stride, frame))
        counted = np.isfinite(residual)
        mean = np.where(counted, residual, 0).sum(axis=0) / np.maximum(counted.sum(axis=0), 1)
        mean[~counted.any(axis=0)] = np.nan
        fast = np.where(counted[at], residual[at] - mean, 0.0)
        return cls(
            float(own.phase[frame] + rate * (time_s - own.time[frame])),
            float(abs(time_s - own.time[frame]) * rate),
            mean + model.drift[frame],
            fast,
        )


def _mean_pose(pose: xr.Dataset, camera: Camera, gap_s: float) -> _MeanPose | None:
    times = np.asarray(pose["time"].values, dtype=float)
    if len(times) < 2:
        return None
    starts = times[1:][np.diff(times) > gap_s]
    try:
        phase = track_phase(times, *stride_signals(pose, camera), starts=starts)
    except RefusedError:
        return None
    middle = keypoint_xy(pose, "left_hip", "right_hip")
    visible = np.isfinite(middle[:, 0])
    # The filter takes evenly spaced samples: short gaps are filled for it.
    even_s = float(np.median(np.diff(times)))
    drift = np.empty((len(times), 2))
    for part in phase.segments:
        count = round(float(times[part.stop - 1] - times[part.start]) / even_s) + 1
        even = np.linspace(times[part.start], times[part.stop - 1], count)
        filled = np.stack([np.interp(even, times[visible], middle[visible, c]) for c in range(2)], axis=1)
        smooth = low_pass(even, filled, DRIFT_PER_STRIDE * phase.frequency_hz)
        drift[part] = np.stack([np.interp(times[part], even, smooth[:, c]) for c in range(2)], axis=1)
    position = pose["position"].isel(individual=0).transpose("time", "keypoint", "space").values.astype(float)
    if "status" in pose:
        position[pose["status"].isel(individual=0).transpose("time", "keypoint").values == IMPOSSIBLE] = np.nan
    flat = (position - drift[:, None]).reshape(len(times), -1)
    wave = fold(phase.phase, flat, harmonics=harmonics_for(phase.strides))
    names = tuple(str(name) for name in pose["keypoint"].values)
    return _MeanPose(names, position, drift, phase, wave)


def is_gap(times: FloatArray, time_s: float, slack_s: float) -> bool:
    """Tell whether no frame was seen near a time.

    Parameters
    ----------
    times : (T,) float array
        Seen frames, s, increasing.
    time_s : float
        Seconds of playback.
    slack_s : float
        Distance at which a frame still is near, s.

    Returns
    -------
    bool
    """
    after = int(np.searchsorted(times, time_s))
    near = times[max(after - 1, 0) : after + 1]
    return bool(len(near) == 0 or np.abs(near - time_s).min() > slack_s)
