"""How fast somebody runs in a video, and whether time in it is real: cadence, and how bodies fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait.errors import RefusedError
from gait.geometry.camera import Camera, keypoint_xy
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import stride_signals
from gait.signal.phase import harmonic_basis, track_phase

GRAVITY = 9.81


@dataclass(frozen=True)
class RunningRate:
    """The rhythm of a few seconds.

    Attributes
    ----------
    cadence : float
        Steps/min of real time.
    fall : float or None
        The fastest downward acceleration of the hips over 9.81 m/s², in real time as far as it is known: near 1 where
        the body is in free fall once a step, 1/k² where time is k times slower than said.
    """

    cadence: float
    fall: float | None


def find_running_rate(pose: xr.Dataset, camera: Camera, *, guessed_m_per_px: float) -> RunningRate | None:
    """Read cadence and free fall off a few seconds of poses; ``None`` where there is no running rhythm.

    Parameters
    ----------
    pose : xarray.Dataset
        Evenly spaced.
    camera : Camera
        With or without scale.
    guessed_m_per_px : float
        Used where ``camera`` has no scale.

    Notes
    -----
    In flight the body falls with 9.81 m/s² whatever else it does. The height of the hips is folded over the stride
    with even harmonics only, up to the sixth of the stride as far as the pictures carry them.
    """
    time = np.asarray(pose.time.values, dtype=float)
    antiphase, height = stride_signals(pose, camera)
    try:
        phase = track_phase(time, antiphase, height)
    except RefusedError:
        return None
    slowed = FrameRates.of(pose).time_factor
    cadence = 120 * phase.frequency_hz / slowed
    hips = keypoint_xy(pose, "left_hip", "right_hip")[:, 1]
    good = np.isfinite(hips)
    most = int(0.4 * float(pose.attrs["fps"]) / phase.frequency_hz)
    harmonics = np.array([k for k in (2, 4, 6) if k <= most])
    if good.sum() < 30 or not len(harmonics):
        return RunningRate(cadence, None)
    # Slow wandering on the belt is taken out with a cubic of time.
    drift = np.vander((time - time.mean()) / max(float(np.ptp(time)), 1e-9), 4)[:, :3]
    basis = np.concatenate([harmonic_basis(phase.phase, harmonics), drift], axis=1)
    solution, *_ = np.linalg.lstsq(basis[good], hips[good], rcond=None)
    waves = solution[1 : 1 + 2 * len(harmonics)]
    over = np.linspace(0, 1, 200, endpoint=False)
    squared = np.tile((2 * np.pi * harmonics * phase.frequency_hz / slowed) ** 2, 2)
    downward = -(harmonic_basis(over, harmonics)[:, 1:] * squared) @ waves
    scale = camera.m_per_px or guessed_m_per_px
    return RunningRate(cadence, float(downward.max()) * scale / GRAVITY)
