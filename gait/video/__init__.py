"""Videos: frames read with their true times, and H.264 written."""

from gait.video.reader import (
    DecodedFrame,
    Frame,
    YuvPlanes,
    frame_at,
    frame_groups,
    read_bursts,
    read_decoded_frames,
    read_frames,
    read_frames_at,
)
from gait.video.timeline import VideoMeta, coded_sizes, frame_times, key_times, probe
from gait.video.writer import VideoWriter

__all__ = [
    "DecodedFrame",
    "Frame",
    "VideoMeta",
    "VideoWriter",
    "YuvPlanes",
    "coded_sizes",
    "frame_at",
    "frame_groups",
    "frame_times",
    "key_times",
    "probe",
    "read_bursts",
    "read_decoded_frames",
    "read_frames",
    "read_frames_at",
]
