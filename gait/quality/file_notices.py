"""Notices about a video file itself: cut off, without timestamps, other people in the frames."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from gait.pose.dataset import BYSTANDER_FRAMES_ATTR
from gait.records import Notice
from gait.video import probe

#: Bystanders in more than this share of the frames are mentioned. [E]
MAX_BYSTANDER_SHARE = 0.05


def file_notices(video: Path, pose: xr.Dataset) -> list[Notice]:
    """List what a reader of a report must know about a video file.

    Parameters
    ----------
    video : Path
    pose : xarray.Dataset
        Poses estimated in it; the attribute ``bystander_frames`` counts frames with somebody else.

    Returns
    -------
    list of Notice
        Codes ``video_file`` and ``bystander``.
    """
    notices = [Notice("video_file", f"{video.name}: {text}") for text in probe(video).warnings]
    bystander_frames = int(pose.attrs.get(BYSTANDER_FRAMES_ATTR, 0))
    if bystander_frames > MAX_BYSTANDER_SHARE * pose.sizes["time"]:
        notices.append(Notice("bystander", f"{video.name}: somebody else is visible in {bystander_frames} frames"))
    return notices
