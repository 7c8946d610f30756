"""Cadence in a few seconds of video, and whether they play at normal speed: how fast the body falls in flight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait.errors import RefusedError
from gait.geometry.camera import Camera, keypoint_xy
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import stride_signals
from gait.signal.phase import harmonic_basis, track_phase

#: Acceleration in free fall, m/s².
GRAVITY = 9.81
#: Fewest frames with hips from which free fall is read. [E]
MIN_FRAMES = 30


@dataclass(frozen=True)
class RunningRate:
    """Cadence and free fall in a few seconds of running.

    Attributes
    ----------
    cadence : float
        Steps/min of real time.
    fall : float or None
        Largest downward acceleration of the hips over 9.81 m/s². It is near 1 where the body is in free fall once a
        step, and 1/k² where the video is k times slower than stated. ``None`` where it cannot be read.
    """

    cadence: float
    fall: float | None


def find_running_rate(pose: xr.Dataset, camera: Camera, *, guessed_m_per_px: float) -> RunningRate | None:
    """Read cadence and free fall off a few seconds of poses.

    Parameters
    ----------
    pose : xarray.Dataset
        Poses, evenly spaced.
    camera : Camera
        With or without scale.
    guessed_m_per_px : float
        Scale that is used where ``camera`` has none.

    Returns
    -------
    RunningRate or None
        ``None`` where there is no running rhythm.

    Notes
    -----
    In flight the body falls with 9.81 m/s². The height of the hips is fitted over the stride with the 2nd, 4th and 6th
    harmonic, as far as the frame rate resolves them.
    """
    time = np.asarray(pose.time.values, dtype=float)
    antiphase, height = stride_signals(pose, camera)
    try:
        phase = track_phase(time, antiphase, height)
    except RefusedError:
        return None
    real_per_playback = FrameRates.of(pose).real_per_playback
    cadence = 120 * phase.frequency_hz / real_per_playback
    hips = keypoint_xy(pose, "left_hip", "right_hip")[:, 1]
    good = np.isfinite(hips)
    most = int(0.4 * float(pose.attrs["fps"]) / phase.frequency_hz)
    harmonics = np.array([k for k in (2, 4, 6) if k <= most])
    if good.sum() < MIN_FRAMES or not len(harmonics):
        return RunningRate(cadence, None)
    # A cubic of time removes slow drift on the belt.
    drift = np.vander((time - time.mean()) / max(float(np.ptp(time)), 1e-9), 4)[:, :3]
    basis = np.concatenate([harmonic_basis(phase.phase, harmonics), drift], axis=1)
    solution, *_ = np.linalg.lstsq(basis[good], hips[good], rcond=None)
    waves = solution[1 : 1 + 2 * len(harmonics)]
    over = np.linspace(0, 1, 200, endpoint=False)
    squared = np.tile((2 * np.pi * harmonics * phase.frequency_hz / real_per_playback) ** 2, 2)
    downward = -(harmonic_basis(over, harmonics)[:, 1:] * squared) @ waves
    scale = camera.m_per_px or guessed_m_per_px
    return RunningRate(cadence, float(downward.max()) * scale / GRAVITY)
