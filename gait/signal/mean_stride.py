"""The mean stride of a leg: positions and speeds of its joints over the stride cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray
from gait.geometry.camera import SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, Camera, keypoint_xy, rotate_upright
from gait.pose.dataset import Network, calibrated_network, keypoint_family
from gait.signal.cleaning import DRIFT_PER_STRIDE, CleanedPose, harmonics_for, low_pass
from gait.signal.phase import Waveform, fold

#: Channels of the mean stride of one leg, each with x (forwards in a side view, else to the image's right) and y (up).
CHANNELS = ("hip", "knee", "ankle", "heel", "toe", "body")
#: Thigh plus shank of a runner of 1.75 m, the scale where the height is unknown. [E]
NOMINAL_LEG_M = 1.75 * (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)


@dataclass(frozen=True)
class MeanStride:
    """Mean movement of one leg over the stride.

    Attributes
    ----------
    wave : Waveform
        x and y of each of `CHANNELS`, m; in units of a nominal leg (`NOMINAL_LEG_M`) where the height is unknown.
        The channel ``body`` is the midpoint of hips and shoulders. In a front view it is that of the shoulders alone,
        because thighs that swing towards the camera move the hip keypoints up and down.
    frequency_hz : float
        Stride frequency in real time.
    leg_m : float
        Thigh plus shank, m.
    belt_mps : float or None
        Speed of the foot in stance, m/s, + = backwards; side view only.
    keypoint_family : str
        See `gait.pose.dataset.keypoint_family`.
    network : {"full", "heavy"} or None
        See `gait.pose.dataset.calibrated_network`.
    """

    wave: Waveform
    frequency_hz: float
    leg_m: float
    belt_mps: float | None = None
    keypoint_family: str = "markers"
    network: Network | None = None

    def sample(self, name: str, axis: int, phase: FloatArray | float, derivative: int = 0) -> FloatArray:
        """Evaluate a channel at stride phases.

        Parameters
        ----------
        name : str
            One of `CHANNELS`.
        axis : int
            0: x, 1: y.
        phase : (P,) float array or float
            Strides.
        derivative : int
            0: position, 1: velocity, 2: acceleration.

        Returns
        -------
        (P,) float array
            m, m/s or m/s², in real time.
        """
        values = self.wave(phase, derivative)
        value = values[:, 2 * CHANNELS.index(name) + axis]
        return value * self.frequency_hz**derivative


def mean_strides(cleaned: CleanedPose, camera: Camera, *, real_per_playback: float = 1.0) -> dict[str, MeanStride]:
    """Compute the mean stride of both legs of a cleaned clip.

    Parameters
    ----------
    cleaned : CleanedPose
    camera : Camera
    real_per_playback : float
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
    visible = np.isfinite(mid[:, 0])
    filled = np.stack([np.interp(time, time[visible], mid[visible, c]) for c in range(2)], axis=1)
    drift = low_pass(time, filled, DRIFT_PER_STRIDE * phase.frequency_hz, starts=phase.starts)
    sign = np.array([camera.direction, -1.0])
    hips, shoulders = ["left_hip", "right_hip"], ["left_shoulder", "right_shoulder"]
    if shoulders[0] not in cleaned.pose.keypoint.values:
        body = hips
    else:
        body = shoulders if camera.view == "front" else hips + shoulders
    strides: dict[str, MeanStride] = {}
    for side in ("left", "right"):
        # The ankle replaces missing heel or toe keypoints. It suffices for the rhythm; nothing else is measured then.
        tracks = [
            name if (name := f"{side}_{joint}") in cleaned.pose.keypoint.values else f"{side}_ankle"
            for joint in ("hip", "knee", "ankle", "heel", "foot_index")
        ]
        channels = [keypoint_xy(observed, name) for name in tracks] + [keypoint_xy(observed, *body)]
        values = np.concatenate([rotate_upright(c - drift, cleaned.pose) * sign * scale for c in channels], axis=1)
        wave = fold(phase.phase, values, harmonics=harmonics_for(phase.strides))
        strides[side] = MeanStride(
            wave,
            phase.frequency_hz / real_per_playback,
            scale * camera.leg_px,
            keypoint_family=keypoint_family(cleaned.pose),
            network=calibrated_network(cleaned.pose),
        )
    return strides


def belt_speed(stride: MeanStride, contact: float, toe_off: float) -> float:
    """Return the speed of the foot in stance, which is that of the belt (side view).

    Parameters
    ----------
    stride : MeanStride
        Of the near leg.
    contact, toe_off : float
        Phases of the events, strides.

    Returns
    -------
    float
        m/s, + = backwards: the median of ankle and heel over 20 to 60 % of stance.

    Notes
    -----
    The toe is left out: its keypoint moves by 2 to 3 % of the body height with the stride (``keypoint_errors.toml``).
    """
    phase = contact + np.linspace(0.2, 0.6, 60) * ((toe_off - contact) % 1.0)
    return float(-np.median([stride.sample(name, 0, phase, 1) for name in ("ankle", "heel")]))
