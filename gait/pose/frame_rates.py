"""How fast file, camera and poses go: rates that differ in slow motion, and where frames were passed over."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr


@dataclass(frozen=True)
class FrameRates:
    """Frames per second of one video.

    Attributes
    ----------
    playback_fps : float
        At which the file plays.
    capture_fps : float
        At which the camera took the file's frames.
    sampled_fps : float
        Poses per second of real time: ``capture_fps``, or less where poses were not estimated in every frame.
    """

    playback_fps: float
    capture_fps: float
    sampled_fps: float

    @classmethod
    def of(cls, pose: xr.Dataset) -> FrameRates:
        """Read them off a pose dataset; see ``docs/architecture.md``."""
        fps = float(pose.attrs["fps"])
        playback = float(pose.attrs.get("video_fps", fps))
        capture = float(pose.attrs.get("capture_fps", playback))
        return cls(playback, capture, fps * capture / playback)

    @property
    def time_factor(self) -> float:
        """Real seconds per second of playback."""
        return self.playback_fps / self.capture_fps
