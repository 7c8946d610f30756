"""What can be measured from a video, and how to film it better, before the analysis (`gait check`)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gait.quality.quality_records import ExpectedMetric, Observation, VideoCheck
    from gait.quality.video_check import FilmingQuality, assess_filming, check_video

__all__ = ["ExpectedMetric", "FilmingQuality", "Observation", "VideoCheck", "assess_filming", "check_video"]

_RECORDS = ("ExpectedMetric", "Observation", "VideoCheck")


def __getattr__(name: str) -> Any:
    # A check begins before xarray is loaded (`gait.quality.check_start`).
    if name in __all__:
        return getattr(import_module(f"gait.quality.{'quality_records' if name in _RECORDS else 'video_check'}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
