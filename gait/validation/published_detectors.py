"""Published event detectors as their authors describe them, for comparison with gait on the same keypoints.

Deviations from the papers
--------------------------
1. Keypoints replace markers: mid-hip for the sacrum, foot index for the hallux and the second metatarsal head.
2. All detectors get repaired left and right and one zero-phase Butterworth low-pass (fourth order in all; 8 Hz pelvis,
   12 Hz legs). With the engine's own labels and without smoothing every one of them fails.
3. The search windows are shares of the stride about the foot's most forward position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.signal import butter, find_peaks, sosfiltfilt

from gait._typing import FloatArray
from gait.geometry.camera import Camera, keypoint_xy
from gait.signal.cleaning import CleanedPose

#: Cut-off frequencies of the low-pass. [E]
PELVIS_HZ, LEG_HZ = 8.0, 12.0


@dataclass(frozen=True)
class LegTrajectories:
    """Smoothed paths of one leg in a side view.

    Attributes
    ----------
    time : (T,) array
        s.
    hip, knee, ankle, heel, toe : (T, 2) arrays
        Pixels, forwards and up; ``hip`` is the middle of both hips.
    stride_s : float
        Duration of a stride.
    """

    time: FloatArray
    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    heel: FloatArray
    toe: FloatArray
    stride_s: float

    def _extreme(
        self, signal: FloatArray, start: FloatArray, low: float, high: float, *, first: bool = False
    ) -> FloatArray:
        """Return when the value is largest (or first peaks) between ``low`` and ``high`` strides after each start."""
        found = []
        for begin in start:
            inside = np.flatnonzero(
                (self.time >= begin + low * self.stride_s) & (self.time <= begin + high * self.stride_s)
            )
            if len(inside) < 3:
                continue
            best = int(inside[np.argmax(signal[inside])])
            if first:
                peaks, _ = find_peaks(signal[inside], prominence=0.1 * float(np.ptp(signal[inside])))
                best = int(inside[peaks[0]]) if len(peaks) else best
            found.append(self._refined(signal, best))
        return np.array(found)

    def _refined(self, signal: FloatArray, at: int) -> float:
        """Refine the time of a maximum between the frames with a parabola."""
        if not 0 < at < len(signal) - 1:
            return float(self.time[at])
        before, here, after = signal[at - 1 : at + 2]
        bend = before - 2 * here + after
        shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
        return float(self.time[at] + np.clip(shift, -1, 1) * (self.time[at + 1] - self.time[at]))

    @property
    def foremost_times(self) -> FloatArray:
        """(n,) array, s: times at which the foot is farthest in front of the hip."""
        ahead = self.heel[:, 0] - self.hip[:, 0]
        every = max(1, int(0.6 * self.stride_s / float(np.median(np.diff(self.time)))))
        peaks, _ = find_peaks(ahead, distance=every)
        return np.array([self._refined(ahead, int(p)) for p in peaks])

    def derivative(self, path: FloatArray, order: int) -> FloatArray:
        """Differentiate a path by time.

        Parameters
        ----------
        path : (T, 2) array
            Pixels.
        order : int
            1: velocity, 2: acceleration, 3: jerk.

        Returns
        -------
        (T, 2) array
            Pixels/s^order.
        """
        for _ in range(order):
            path = np.gradient(path, self.time, axis=0)
        return path


def _zeni_contact(leg: LegTrajectories) -> FloatArray:
    return leg.foremost_times


def _zeni_toe_off(leg: LegTrajectories) -> FloatArray:
    return leg._extreme(leg.hip[:, 0] - leg.toe[:, 0], leg.foremost_times, 0.2, 0.8)


def _lowest_ankle(leg: LegTrajectories) -> FloatArray:
    return leg._extreme(-leg.ankle[:, 1], leg.foremost_times, -0.05, 0.35)


def _fellin_contact(leg: LegTrajectories) -> FloatArray:
    return leg._extreme(-leg.heel[:, 1], leg.foremost_times, -0.05, 0.25, first=True)


def _fellin_toe_off(leg: LegTrajectories) -> FloatArray:
    thigh, shank = leg.knee - leg.hip, leg.ankle - leg.knee
    cross = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
    flexion = np.arctan2(-cross, (thigh * shank).sum(axis=1))
    return leg._extreme(-flexion, leg.foremost_times, 0.22, 0.55)


def _milner_contact(leg: LegTrajectories) -> FloatArray:
    return leg._extreme(-leg.derivative(leg.hip, 1)[:, 1], leg.foremost_times, -0.1, 0.25)


def _handsaker_contact(leg: LegTrajectories) -> FloatArray:
    heel, toe = (leg.derivative(path, 2)[:, 1] for path in (leg.heel, leg.toe))
    return leg._extreme(np.maximum(heel, toe), leg.foremost_times, -0.05, 0.2, first=True)


def _handsaker_toe_off(leg: LegTrajectories) -> FloatArray:
    return leg._extreme(leg.derivative(leg.toe, 3)[:, 1], leg.foremost_times, 0.25, 0.6)


#: Name and reference, kind of event, detector.
DETECTORS: tuple[tuple[str, str, Callable[[LegTrajectories], FloatArray]], ...] = (
    ("lowest ankle (what hobby tools do)", "contact", _lowest_ankle),
    ("foot farthest in front (Zeni 2008)", "contact", _zeni_contact),
    ("heel lowest (Fellin 2010)", "contact", _fellin_contact),
    ("pelvis falls fastest (Milner & Paquette 2015)", "contact", _milner_contact),
    ("first peak of heel or toe acceleration (Handsaker 2016)", "contact", _handsaker_contact),
    ("foot farthest behind (Zeni 2008)", "toe_off", _zeni_toe_off),
    ("knee straightest (Fellin 2010)", "toe_off", _fellin_toe_off),
    ("peak of toe jerk (Handsaker 2016)", "toe_off", _handsaker_toe_off),
)


def leg_trajectories(cleaned: CleanedPose, camera: Camera) -> Mapping[str, LegTrajectories]:
    """Smooth the paths of both legs of a side view.

    Parameters
    ----------
    cleaned : CleanedPose
        With left and right repaired.
    camera : Camera

    Returns
    -------
    dict
        Side → LegTrajectories.
    """
    time = np.asarray(cleaned.pose.time.values, dtype=float)
    observed: xr.Dataset = cleaned.pose.drop_vars("position").rename(observed="position")
    sign = np.array([camera.direction, -1.0])
    rate = 1 / float(np.median(np.diff(time)))

    def path(name: str, cutoff: float) -> FloatArray:
        xy = keypoint_xy(observed, name)
        visible = np.isfinite(xy[:, 0])
        filled = np.stack([np.interp(time, time[visible], xy[visible, c]) for c in range(2)], axis=1)
        low = butter(2, min(cutoff, 0.3 * rate), fs=rate, output="sos")
        return np.asarray(sosfiltfilt(low, filled, axis=0) * sign, dtype=float)

    return {
        side: LegTrajectories(
            time=time,
            hip=0.5 * (path("left_hip", PELVIS_HZ) + path("right_hip", PELVIS_HZ)),
            knee=path(f"{side}_knee", LEG_HZ),
            ankle=path(f"{side}_ankle", LEG_HZ),
            heel=path(f"{side}_heel", LEG_HZ),
            toe=path(f"{side}_foot_index", LEG_HZ),
            stride_s=1 / cleaned.phase.frequency_hz,
        )
        for side in ("left", "right")
    }
