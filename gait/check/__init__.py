"""What can and cannot be measured from a video, before the long work; see `gait.check.check`."""

from gait.check.check import Gate, check_video, gate
from gait.check.records import Observation, Outlook, VideoCheck

__all__ = ["Gate", "Observation", "Outlook", "VideoCheck", "check_video", "gate"]
