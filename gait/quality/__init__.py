"""What can be measured from a video, and how to film it better, before the analysis (`gait check`)."""

from gait.quality.quality_records import ExpectedMetric, Observation, VideoCheck
from gait.quality.video_check import FilmingQuality, assess_filming, check_video

__all__ = ["ExpectedMetric", "FilmingQuality", "Observation", "VideoCheck", "assess_filming", "check_video"]
