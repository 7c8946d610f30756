"""The mean stride of a leg: where its parts are and how fast they move, over the stride cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray
from gait.geometry.camera import SHANK, THIGH, Camera, keypoint_xy, rotate_upright
from gait.signal.cleaning import CleanedPose, harmonics_for, low_pass
from gait.signal.phase import Waveform, fold

#: Channels of the mean stride of one leg, each with x (forwards) and y (up).
CHANNELS = ("hip", "knee", "ankle", "heel", "toe", "body")
#: Thigh plus shank of a runner of 1.75 m, for velocity thresholds when the height is unknown. [E]
NOMINAL_LEG_M = 1.75 * (THIGH + SHANK)


@dataclass(frozen=True)
class MeanStride:
    """Mean movement of one leg over the stride, in metres (nominal scale where the height is unknown).

    ``wave`` has the channels of `CHANNELS`, x then y. ``frequency_hz`` is real time. ``belt_mps`` is the speed of the
    standing foot (side view), positive backwards. ``leg_m`` is thigh plus shank. ``body`` is the middle of hips and
    shoulders, the shoulders alone from the front: there the thighs that swing towards the camera move the hip
    landmarks up and down.
    """

    wave: Waveform
    frequency_hz: float
    leg_m: float
    belt_mps: float | None = None
    source: str = "markers"

    def sample(self, name: str, axis: int, phase: FloatArray | float, derivative: int = 0) -> FloatArray:
        """Position (m), velocity (m/s) or acceleration (m/s²) of a channel at stride phases."""
        values = self.wave(phase, derivative)
        value = values[:, 2 * CHANNELS.index(name) + axis]
        return value * self.frequency_hz**derivative


def mean_strides(cleaned: CleanedPose, camera: Camera, *, time_factor: float = 1.0) -> dict[str, MeanStride]:
    """Fold both legs of a cleaned clip.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    time_factor : float
        Real seconds per playback second (playback rate over capture rate).

    Returns
    -------
    dict
        ``"left"`` and ``"right"``.
    """
    scale = camera.m_per_px if camera.m_per_px is not None else NOMINAL_LEG_M / camera.leg_px
    time, phase = cleaned.phase.time, cleaned.phase
    observed = cleaned.pose.drop_vars("position").rename(observed="position")
    mid = keypoint_xy(cleaned.pose, "left_hip", "right_hip")
    seen = np.isfinite(mid[:, 0])
    filled = np.stack([np.interp(time, time[seen], mid[seen, c]) for c in range(2)], axis=1)
    drift = low_pass(time, filled, 0.35 * phase.frequency_hz)
    sign = np.array([camera.direction, -1.0])
    hips, shoulders = ["left_hip", "right_hip"], ["left_shoulder", "right_shoulder"]
    if shoulders[0] not in cleaned.pose.keypoint.values:
        body = hips
    else:
        body = shoulders if camera.view == "front" else hips + shoulders
    strides: dict[str, MeanStride] = {}
    for side in ("left", "right"):
        # Where a skeleton has no heel or toe the ankle stands in: good enough for the rhythm, and no more is given.
        tracks = [
            name if (name := f"{side}_{joint}") in cleaned.pose.keypoint.values else f"{side}_ankle"
            for joint in ("hip", "knee", "ankle", "heel", "foot_index")
        ]
        channels = [keypoint_xy(observed, name) for name in tracks] + [keypoint_xy(observed, *body)]
        values = np.concatenate([rotate_upright(c - drift, cleaned.pose) * sign * scale for c in channels], axis=1)
        wave = fold(phase.phase, values, harmonics=harmonics_for(phase.strides))
        strides[side] = MeanStride(
            wave,
            phase.frequency_hz / time_factor,
            scale * camera.leg_px,
            source=str(cleaned.pose.attrs.get("engine", "unknown")),
        )
    return strides


def belt_speed(stride: MeanStride, contact: float, off: float) -> float:
    """Speed at which the standing foot goes backwards (side view), m/s, over 20–60 % of stance.

    The median of ankle and heel. Not the toe: its landmark wanders by 2 to 3 % of the body height with the stride.
    """
    phase = contact + np.linspace(0.2, 0.6, 60) * ((off - contact) % 1.0)
    return float(-np.median([stride.sample(name, 0, phase, 1) for name in ("ankle", "heel")]))
