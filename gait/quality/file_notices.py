"""Notices about a video file itself: cut off, without timestamps, other people in the frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from gait.display_language import _, labelled_text, ngettext
from gait.display_units import number_text
from gait.formatted_message import tell_again
from gait.pose.dataset import BYSTANDER_FRAMES_ATTR, SAMPLED_WINDOWS_ATTR, seen_windows
from gait.pose.estimation import frame_times_to_estimate
from gait.pose.frame_rates import FrameRates
from gait.records import Notice
from gait.video import frame_times, probe

#: Bystanders in more than this share of the frames are mentioned. [E]
MAX_BYSTANDER_SHARE = 0.05
#: Times of frames that are closer are the same, s. [E]
_SAME_TIME_S = 1e-3
#: Frames of a phone come up to this many times as far apart as on average. [E]
_UNEVEN = 1.25
#: Missing frames that are closer belong to one damaged stretch, s; a stretch that is shorter is told as one time. [E]
_ONE_STRETCH_S, _POINT_S = 1.0, 0.05
#: Most stretches that are told one by one. [E]
_MAX_TOLD = 3


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
    notices = [Notice("video_file", labelled_text(video.name, tell_again(text))) for text in probe(video).warnings]
    damage = damage_text(video, pose)
    if damage is not None:
        notices.append(Notice("video_file", labelled_text(video.name, damage)))
    bystander_frames = int(pose.attrs.get(BYSTANDER_FRAMES_ATTR, 0))
    if bystander_frames > MAX_BYSTANDER_SHARE * pose.sizes["time"]:
        notices.append(Notice("bystander", _bystander_text(video.name, bystander_frames)))
    return notices


def damage_text(video: Path, pose: xr.Dataset) -> str | None:
    """Say where a video is damaged: frames that the file lists and that could not be decoded.

    Parameters
    ----------
    video : Path
    pose : xarray.Dataset
        Poses of all frames that could be decoded, as they were estimated.

    Returns
    -------
    str or None
        One line with times; ``None`` where no frame is missing.
    """
    start, end = (float(pose.attrs.get(name, np.nan)) for name in ("start_s", "end_s"))
    limits = {"start": None if np.isnan(start) else start, "end": None if np.isnan(end) else end}
    found = np.asarray(pose.time.values, dtype=float)
    skipped_s = 0.0
    if SAMPLED_WINDOWS_ATTR in pose.attrs:
        times, rates = frame_times(video, **limits), FrameRates.of(pose)
        expected = np.concatenate([times[(times >= a - 1e-6) & (times < b - 1e-6)] for a, b in seen_windows(pose)])
        # Each window begins with a frame that is seen, so which frames between are left out differs from one to the
        # next. A frame is missing where the nearest one is farther away than those that are left out.
        skipped_s = max(rates.playback_fps / float(pose.attrs["fps"]) - 1, 0.0) / rates.playback_fps
    else:
        expected = frame_times_to_estimate(video, **limits)
    if len(found) == 0 or len(expected) <= len(found):
        return None
    nearest = np.clip(np.searchsorted(found, expected), 1, max(len(found) - 1, 1))
    apart = np.minimum(
        np.abs(found[nearest - 1] - expected), np.abs(found[np.minimum(nearest, len(found) - 1)] - expected)
    )
    lost = expected[apart > skipped_s * _UNEVEN + _SAME_TIME_S]
    if len(lost) == 0:
        return None
    breaks = np.flatnonzero(np.diff(lost) > _ONE_STRETCH_S) + 1
    stretches = [(float(piece[0]), float(piece[-1])) for piece in np.split(lost, breaks)]
    told = [
        _("{time} s").format(time=number_text(a, 2))
        if b - a < _POINT_S
        else _("{start} to {end} s").format(start=number_text(a, 2), end=number_text(b, 2))
        for a, b in stretches[:_MAX_TOLD]
    ]
    if (more := len(stretches) - _MAX_TOLD) > 0:
        told.append(ngettext("{count} more place", "{count} more places", more).format(count=more))
    text = ngettext(
        "the file is damaged at {places}: {count} frame is missing there, and what follows may be smeared for a second",
        "the file is damaged at {places}: {count} frames are missing there, and what follows may be smeared for a "
        "second",
        len(lost),
    )
    return text.format(places=", ".join(told), count=len(lost))


def _bystander_text(name: str, frames: int) -> str:
    text = ngettext(
        "{clip}: somebody else is visible in {count} frame",
        "{clip}: somebody else is visible in {count} frames",
        frames,
    )
    return text.format(clip=name, count=frames)
