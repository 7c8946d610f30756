"""Cleaned landmarks in the runner's own directions, and their values between frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.geometry.camera import LEG, SHANK, THIGH, Camera, keypoint_xy, rotate_upright


@dataclass(frozen=True)
class KeypointTracks:
    """Smoothed landmarks of one clip.

    Attributes
    ----------
    pose : xarray.Dataset
        Cleaned pose dataset.
    camera : Camera
    """

    pose: xr.Dataset
    camera: Camera

    @property
    def time(self) -> FloatArray:
        """Frame times, s."""
        return np.asarray(self.pose.time.values, dtype=float)

    def between(self, start: float, end: float) -> KeypointTracks:
        """Give the frames of a part of the clip, both ends included."""
        inside = slice(np.searchsorted(self.time, start), np.searchsorted(self.time, end, side="right"))
        return KeypointTracks(self.pose.isel(time=inside).load(), self.camera)

    @property
    def leg_length_px(self) -> float:
        """Hip to floor, pixels, from thigh plus shank by Winter's proportions."""
        return self.camera.leg_px * LEG / (THIGH + SHANK)

    def xy(self, *names: str) -> FloatArray:
        """Mean of keypoints; (T, 2): forwards (side view) or to the right, and up as the world is; pixels."""
        sign = self.camera.direction if self.camera.view == "side" else 1
        return np.asarray(rotate_upright(keypoint_xy(self.pose, *names), self.pose) * np.array([sign, -1.0]))

    @property
    def tilt(self) -> FloatArray:
        """Tilt of the pelvis about its mean, degrees, + = right side of the picture higher; (T,), NaN where unknown."""
        if "pelvis_tilt" not in self.pose:
            return np.full(len(self.time), np.nan)
        return np.asarray(self.pose["pelvis_tilt"].values, dtype=float)[:, 0]

    def at(self, times: FloatArray, *names: str) -> FloatArray:
        """Like `xy`, at any times (S,); (S, 2), NaN inside gaps and outside the clip."""
        values = self.xy(*names)
        return np.stack(
            [np.interp(times, self.time, values[:, c], left=np.nan, right=np.nan) for c in range(2)], axis=1
        )
