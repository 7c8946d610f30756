"""What can be measured from a video, and how to film it better, before the analysis (`gait check`)."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gait.quality.quality_records import ExpectedMetric, Observation, VideoCheck
    from gait.quality.video_check import FilmingQuality, assess_filming, check_video

__all__ = ["ExpectedMetric", "FilmingQuality", "Observation", "VideoCheck", "assess_filming", "check_video"]

# A check begins before xarray is loaded (`gait.quality.check_start`).
__getattr__, __dir__, _names = lazy_loader.attach(
    __name__,
    submod_attrs={
        "quality_records": ["ExpectedMetric", "Observation", "VideoCheck"],
        "video_check": ["FilmingQuality", "assess_filming", "check_video"],
    },
)
