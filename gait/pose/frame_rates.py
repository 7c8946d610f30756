"""Playback rate, capture rate and rate of the poses: they differ in slow motion, and where frames were left out."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from gait.pose.dataset import VIDEO_FPS_ATTR


@dataclass(frozen=True)
class FrameRates:
    """Frames per second of one video.

    Attributes
    ----------
    playback_fps : float
        Playback rate: at which the file plays, 1/s.
    capture_fps : float
        Capture rate: at which the camera took the file's frames, 1/s.
    sampled_fps : float
        Poses per second of real time: ``capture_fps``, or less where poses were not estimated in every frame.
    """

    playback_fps: float
    capture_fps: float
    sampled_fps: float

    @classmethod
    def of(cls, pose: xr.Dataset) -> FrameRates:
        """Read the rates from the attributes of a pose dataset.

        Parameters
        ----------
        pose : xarray.Dataset
            See `gait.pose.dataset`.

        Returns
        -------
        FrameRates
        """
        fps = float(pose.attrs["fps"])
        playback = float(pose.attrs.get(VIDEO_FPS_ATTR, fps))
        capture = float(pose.attrs.get("capture_fps", playback))
        return cls(playback, capture, fps * capture / playback)

    @property
    def real_per_playback(self) -> float:
        """Real seconds per second of playback: playback rate over capture rate; below 1 in slow motion."""
        return self.playback_fps / self.capture_fps
