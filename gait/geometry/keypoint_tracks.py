"""Cleaned keypoints along the runner's own axes (forwards and up), at frames and between them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.geometry.camera import LEG_PER_HEIGHT, SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, Camera, keypoint_xy, rotate_upright
from gait.pose.dataset import PELVIS_TILT, window_starts


@dataclass(frozen=True)
class KeypointTracks:
    """Smoothed keypoints of one clip.

    Attributes
    ----------
    pose : xarray.Dataset
        Cleaned pose dataset.
    camera : Camera
    """

    pose: xr.Dataset
    camera: Camera
    #: What :meth:`xy` gave: a clip has some twenty metrics, which ask for the same joints.
    _known: dict[tuple[str, ...], FloatArray] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def time(self) -> FloatArray:
        """Frame times, (T,) array, s, playback timeline."""
        return np.asarray(self.pose.time.values, dtype=float)

    def between(self, start: float, end: float) -> KeypointTracks:
        """Select a part of the clip and load it into memory.

        Parameters
        ----------
        start, end : float
            s, playback timeline; both ends are included.

        Returns
        -------
        KeypointTracks
        """
        inside = slice(np.searchsorted(self.time, start), np.searchsorted(self.time, end, side="right"))
        return KeypointTracks(self.pose.isel(time=inside).load(), self.camera)

    @property
    def leg_length_px(self) -> float:
        """Hip joint to floor, pixels, from thigh plus shank (proportions of Winter 2009)."""
        return self.camera.leg_px * LEG_PER_HEIGHT / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)

    def xy(self, *names: str) -> FloatArray:
        """Return the mean position of the named keypoints along the runner's axes.

        Parameters
        ----------
        *names : str
            Keypoints to average.

        Returns
        -------
        (T, 2) float array
            Pixels. First column: forwards in a side view, to the image's right otherwise; second column: up.
        """
        if names not in self._known:
            sign = self.camera.direction if self.camera.view == "side" else 1
            upright = rotate_upright(keypoint_xy(self.pose, *names), self.pose)
            self._known[names] = np.asarray(upright * np.array([sign, -1.0]))
        return self._known[names].copy()

    @property
    def tilt(self) -> FloatArray:
        """Tilt of the pelvis about its mean, (T,) array, degrees, + = the image's right side higher; NaN if unknown."""
        if PELVIS_TILT not in self.pose:
            return np.full(len(self.time), np.nan)
        return np.asarray(self.pose[PELVIS_TILT].values, dtype=float)[:, 0]

    def at(self, times: FloatArray, *names: str) -> FloatArray:
        """Interpolate `xy` between frames.

        Parameters
        ----------
        times : (S,) float array
            s, playback timeline.
        *names : str
            Keypoints to average.

        Returns
        -------
        (S, 2) float array
            As `xy`; NaN inside gaps and outside the clip.
        """
        values = self.xy(*names)
        return np.stack([self.interpolate(times, values[:, c]) for c in range(2)], axis=1)

    def interpolate(self, times: FloatArray, values: FloatArray) -> FloatArray:
        """Interpolate a signal between frames.

        Parameters
        ----------
        times : (S,) float array
            s, playback timeline.
        values : (T,) float array
            The signal at every frame, in any unit.

        Returns
        -------
        (S,) float array
            NaN outside the clip, and between two windows of frames (`gait.pose.dataset.seen_windows`).
        """
        time = self.time
        between = np.interp(times, time, values, left=np.nan, right=np.nan)
        for start in window_starts(self.pose):
            after = int(np.searchsorted(time, start - 1e-6))
            if 0 < after < len(time):
                between = np.where((times > time[after - 1]) & (times < time[after]), np.nan, between)
        return between
