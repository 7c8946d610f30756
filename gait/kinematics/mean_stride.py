"""The mean stride of a leg: where its parts are and how fast they move, over the stride cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait.errors import RefusedError
from gait.kinematics.camera import SHANK, THIGH, Camera, points
from gait.kinematics.clean import Cleaned, harmonics_for, low_pass
from gait.kinematics.phase import Array, Waveform, fold

#: Channels of the mean stride of one leg, each with x (forwards) and y (up).
CHANNELS = ("hip", "knee", "ankle", "heel", "toe", "body")
#: Thigh plus shank of a runner of 1.75 m, for velocity thresholds when the height is unknown. [E]
NOMINAL_LEG_M = 1.75 * (THIGH + SHANK)
#: Points at which a mean stride is searched for crossings and extrema.
GRID = 720


@dataclass(frozen=True)
class MeanStride:
    """Mean movement of one leg over the stride, in metres (nominal scale where the height is unknown).

    ``wave`` has the channels of `CHANNELS`, x then y. ``frequency_hz`` is real time. ``belt_mps`` is the speed of the
    standing foot (side view), positive backwards. ``leg_m`` is thigh plus shank.
    ``belt_slope`` is the rise of the belt in the image per length forwards (camera roll, incline and perspective
    together); heights are measured from it. ``body`` is the middle of hips and
    shoulders, the shoulders alone from the front: there the thighs that swing towards the camera move the hip
    landmarks up and down.
    """

    wave: Waveform
    frequency_hz: float
    leg_m: float
    belt_mps: float | None = None
    belt_slope: float = 0.0
    source: str = "markers"

    def sample(self, name: str, axis: int, phase: Array | float, derivative: int = 0) -> Array:
        """Position (m), velocity (m/s) or acceleration (m/s²) of a channel at stride phases."""
        values = self.wave(phase, derivative)
        value = values[:, 2 * CHANNELS.index(name) + axis]
        if axis == 1:
            value = value - self.belt_slope * values[:, 2 * CHANNELS.index(name)]
        return value * self.frequency_hz**derivative

    def noise(self, name: str, axis: int, derivative: int) -> float:
        """Return the standard error of `sample`, from the scatter of the single frames about the mean."""
        channel = 2 * CHANNELS.index(name) + axis
        k = np.arange(1, self.wave.order + 1)
        power = float(np.sum((2 * np.pi * k * self.frequency_hz) ** (2 * derivative)))
        # Landmark errors of neighbouring frames go together: about half the frames count. [E]
        count = max(float(self.wave.samples[channel]) / 2, 1.0)
        return float(self.wave.noise[channel]) * float(np.sqrt(2 * power / count))


def mean_strides(cleaned: Cleaned, camera: Camera, *, time_factor: float = 1.0) -> dict[str, MeanStride]:
    """Fold both legs of a cleaned clip.

    Parameters
    ----------
    cleaned : Cleaned
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
    mid = points(cleaned.pose, "left_hip", "right_hip")
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
        tracks = [f"{side}_hip", f"{side}_knee", f"{side}_ankle", f"{side}_heel", f"{side}_foot_index"]
        channels = [points(observed, name) for name in tracks] + [points(observed, *body)]
        values = np.concatenate([(c - drift) * sign * scale for c in channels], axis=1)
        wave = fold(phase.phase, values, harmonics=harmonics_for(phase.strides))
        strides[side] = MeanStride(
            wave,
            phase.frequency_hz / time_factor,
            scale * camera.leg_px,
            source=str(cleaned.pose.attrs.get("engine", "unknown")),
        )
    return strides


def first_guess(stride: MeanStride, side_view: bool) -> tuple[float, float, float | None]:
    """Rough phases of contact and toe-off and, from the side, the belt speed (m/s).

    From the side, stance is where the foot moves backwards steadily; the belt speed is the median speed over 20–60 %
    of it. Otherwise the moments at which the body falls and rises fastest, shortly after contact and before toe-off.
    """
    grid = np.arange(GRID) / GRID
    if not side_view:
        speed = stride.sample("body", 1, grid, 1)
        both = speed[: GRID // 2] + speed[GRID // 2 :]
        down, up = int(np.argmin(both)), int(np.argmax(both))
        # The body falls fastest once a step; the leg that then stands is the one whose ankle is low until it rises.
        height = stride.sample("ankle", 1, grid)
        standing = np.arange((up - down) % (GRID // 2))
        begin = min(down, down + GRID // 2, key=lambda i: float(height[(i + standing) % GRID].mean()))
        return begin / GRID, (begin + (up - down) % (GRID // 2)) / GRID % 1.0, None
    velocity = np.mean([stride.sample(n, 0, grid, 1) for n in ("ankle", "heel", "toe")], axis=0)
    forwards = float(grid[np.argmax(velocity)])
    belt = float(-np.percentile(velocity, 12))
    contact = off = float("nan")
    for _ in range(4):
        after = (forwards + np.arange(GRID) / GRID) % 1.0
        ordered = np.interp(after, grid, velocity, period=1.0)
        standing = np.flatnonzero(ordered < -0.55 * belt)
        if len(standing) == 0:
            break
        leaving = np.flatnonzero(ordered[standing[0] :] > -0.45 * belt)
        if len(leaving) == 0:
            break
        begin, length = standing[0] / GRID, leaving[0] / GRID
        contact, off = (forwards + begin) % 1.0, (forwards + begin + length) % 1.0
        inside = np.interp((contact + np.linspace(0.2, 0.6, 60) * length) % 1.0, grid, velocity, period=1.0)
        belt = float(-np.median(inside))
    if not (np.isfinite(contact) and np.isfinite(off) and belt > 0.3):
        raise RefusedError("no stance phase found: the feet must be in the picture and the runner must run")
    return contact, off, belt
