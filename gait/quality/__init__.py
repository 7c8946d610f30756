"""What can and cannot be measured from a video, before the long work; see `gait.quality.video_check`."""

from gait.quality.quality_records import ExpectedMetrics, Observation, VideoCheck
from gait.quality.video_check import Gate, check_video, gate

__all__ = ["ExpectedMetrics", "Gate", "Observation", "VideoCheck", "check_video", "gate"]
