"""Videos: frames read with their true times, and H.264 written."""

from gait.video.reader import DecodedFrame, Frame, YuvPlanes, frame_at, read_bursts, read_decoded_frames, read_frames
from gait.video.timeline import VideoMeta, frame_times, probe
from gait.video.writer import VideoWriter

__all__ = [
    "DecodedFrame",
    "Frame",
    "VideoMeta",
    "VideoWriter",
    "YuvPlanes",
    "frame_at",
    "frame_times",
    "probe",
    "read_bursts",
    "read_decoded_frames",
    "read_frames",
]
