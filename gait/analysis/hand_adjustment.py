"""Joints that were set by hand in a few frames: from files to the poses of the videos they belong to."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from gait._typing import PathLike
from gait.analysis.chunks import OVERLAP_S
from gait.analysis.step_measuring import clean_enough_strides
from gait.display_language import _, date_text, list_text, ngettext
from gait.display_units import number_text
from gait.errors import InputError, RefusedError
from gait.events.hand_moved_events import hand_moved_events, with_hand_moved_events
from gait.geometry.camera import Camera
from gait.geometry.joint_offsets import hand_offsets, hand_offsets_text
from gait.labelling.adjust_file import AdjustFile, HandMovedEvent, HandSetJoint, read_adjust_file
from gait.pose.appearance.joint_dots import DOT_JOINTS
from gait.pose.dataset import HAND_OFFSETS_ATTR
from gait.pose.frame_rates import FrameRates
from gait.signal.hand_moved_keypoints import (
    HandDifference,
    HandPoint,
    combine_differences,
    hand_differences,
    hand_points,
    with_hand_points,
)
from gait.video import frame_times

#: Names of joints in files → ends of names of keypoints.
_KEYPOINT_OF_JOINT: Mapping[str, str] = {"toe": "foot_index"}


@dataclass(frozen=True)
class HandCorrections:
    """What was set by hand in one video.

    Attributes
    ----------
    points : tuple of HandPoint
    events : tuple of HandMovedEvent
    """

    points: tuple[HandPoint, ...] = ()
    events: tuple[HandMovedEvent, ...] = ()


def read_hand_corrections(
    files: Sequence[PathLike], videos: Sequence[PathLike], *, start: float | None = None, end: float | None = None
) -> dict[int, HandCorrections]:
    """Read files of joints and events that were set by hand, and find the video of each.

    Parameters
    ----------
    files : sequence of paths
        See `gait.labelling.adjust_file.read_adjust_file`.
    videos : sequence of paths
    start, end : float, optional
        Part of each video that is analysed, seconds.

    Returns
    -------
    dict
        Number of the video, from 0 → its corrections; empty ones where a file has no entries.

    Raises
    ------
    InputError
        A file cannot be used, belongs to none of the videos, or sets a joint outside the clip.
    """
    paths = [Path(video) for video in videos]
    found: dict[int, HandCorrections] = {}
    for name in files:
        file = read_adjust_file(name)
        number = _video_number(file, paths)
        earlier = found.get(number, HandCorrections())
        points = (*earlier.points, *_points(file, paths[number], start, end))
        found[number] = HandCorrections(points, (*earlier.events, *file.events))
    return found


def _video_number(file: AdjustFile, videos: Sequence[Path]) -> int:
    for number, video in enumerate(videos):
        if file.video in (video.name, video.stem):
            return number
    names = ", ".join(video.name for video in videos)
    raise InputError(
        _("{file}: is for the video {video}, not for {names}").format(file=file.path, video=file.video, names=names)
    )


def _points(file: AdjustFile, video: Path, start: float | None, end: float | None) -> tuple[HandPoint, ...]:
    if file.video_sha256 is not None:
        with video.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != file.video_sha256.lower():
                raise InputError(
                    _("{file}: was made for another video than {video}: the content differs").format(
                        file=file.path, video=video.name
                    )
                )
    if not file.joints:
        return ()
    shown = frame_times(video)
    inside = frame_times(video, start=start, end=end)
    spare = float(np.median(np.diff(shown))) if len(shown) > 1 else 0.0
    points = []
    for number, entry in enumerate(file.joints):
        if entry.frame is not None and entry.frame >= len(shown):
            raise InputError(
                _("{file}: joint {number} is set in frame {frame}; {video} has {count} frames").format(
                    file=file.path, number=number + 1, frame=entry.frame, video=video.name, count=len(shown)
                )
            )
        time_s = float(shown[entry.frame]) if entry.frame is not None else float(entry.time_s or 0.0)
        if not inside[0] - spare <= time_s <= inside[-1] + spare:
            raise InputError(
                _("{file}: joint {number} is set at {time_s} s, outside the clip ({inside} to {inside_2} s)").format(
                    file=file.path,
                    number=number + 1,
                    time_s=number_text(time_s, 2),
                    inside=number_text(inside[0], 2),
                    inside_2=number_text(inside[-1], 2),
                )
            )
        time_s = float(np.clip(time_s, inside[0], inside[-1]))
        points.append(hand_point(entry, time_s))
    return tuple(points)


def hand_point(entry: HandSetJoint, time_s: float) -> HandPoint:
    """Turn a joint as files hold it into a keypoint that was set by hand.

    Parameters
    ----------
    entry : HandSetJoint
    time_s : float
        Time of its frame, s of the video.

    Returns
    -------
    HandPoint
    """
    keypoint = f"{entry.side}_{_KEYPOINT_OF_JOINT.get(entry.joint, entry.joint)}"
    from_x, from_y = (None if value is None else value + 0.5 for value in (entry.from_x, entry.from_y))
    # Whole numbers are the middles of pixels in files, and their corners in positions of keypoints.
    place = (entry.x + 0.5, entry.y + 0.5)
    return HandPoint(keypoint, time_s, *place, entry.sd, entry.scope, from_x, from_y, entry.set_at)


def add_hand_points(pose: xr.Dataset, points: Sequence[HandPoint]) -> xr.Dataset:
    """Note in the poses of a video the joints that were set by hand; they replace earlier ones.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.
    points : sequence of HandPoint
        Without any, nothing is moved any more.

    Returns
    -------
    xarray.Dataset
        Its measurement moves these keypoints (`gait.signal.hand_moved_keypoints.apply_hand_points`).

    Raises
    ------
    InputError
        The poses lack one of the joints.
    """
    lacking = sorted({point.keypoint for point in points} - {str(name) for name in pose.keypoint.values})
    lacking += sorted({p.keypoint for p in points if p.keypoint.split("_", 1)[1] not in DOT_JOINTS})
    if lacking:
        raise InputError(_("the poses have no keypoint {lacking}, which was set by hand").format(lacking=lacking[0]))
    return with_hand_points(pose, points)


def add_hand_corrections(pose: xr.Dataset, corrections: HandCorrections) -> xr.Dataset:
    """Note in the poses of a video the joints and events that were set by hand; they replace earlier ones.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.
    corrections : HandCorrections

    Returns
    -------
    xarray.Dataset
        Its measurement moves these.

    Raises
    ------
    InputError
        The poses lack one of the joints.
    """
    return with_hand_moved_events(add_hand_points(pose, corrections.points), corrections.events)


def hand_correction_notice(poses: Sequence[xr.Dataset]) -> str | None:
    """Say in a sentence what was set by hand, and when.

    Parameters
    ----------
    poses : sequence of xarray.Dataset
        Of all videos of a session.

    Returns
    -------
    str or None
        ``None`` where nothing was set for single pictures and moments, and nothing says when it was.
    """
    points = [point for pose in poses for point in hand_points(pose)]
    events = [event for pose in poses for event in hand_moved_events(pose)]
    if not events and not any(point.scope == "picture" or point.set_at for point in points):
        return None
    moments = [point.set_at for point in points] + [event.set_at for event in events]
    days = dict.fromkeys(moment[:10] for moment in sorted(moments) if moment)
    joints = ngettext("{count} joint", "{count} joints", len(points)).format(count=len(points))
    several = ngettext("{count} event", "{count} events", len(events)).format(count=len(events))
    moved = [text for text, entries in ((joints, points), (several, events)) if entries]
    text = _("Moved by hand: {moved}.")
    if days:
        text = _("Moved by hand: {moved}, on {days}.")
    shown = list_text([date_text(dt.date.fromisoformat(day)) for day in days])
    told = text.format(moved=list_text(moved), days=shown)
    honest = []
    if events or any(point.scope == "picture" for point in points):
        honest.append(
            _("The table says which values hold that; their ranges still contain the whole error of the method.")
        )
    if any(point.scope == "film" for point in points):
        honest.append(_("A joint that was moved in the whole film counts with the uncertainty of the hand."))
    return " ".join([told, *honest])


def with_known_hand_offsets(pose: xr.Dataset, camera: Camera) -> xr.Dataset:
    """Compute by how much keypoints of a long clip are moved by hand, so that all of its chunks are moved alike.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated, of any length.
    camera : Camera

    Returns
    -------
    xarray.Dataset
        With the attribute ``hand_offsets``; unchanged without joints that were set by hand.
    """
    points = sorted((p for p in hand_points(pose) if p.scope == "film"), key=lambda point: point.time_s)
    if not points or hand_offsets(pose):
        return pose
    time, around = np.asarray(pose.time.values, dtype=float), OVERLAP_S / FrameRates.of(pose).real_per_playback
    bare = with_hand_points(pose, ())
    differences: list[HandDifference] = []
    while points:
        near = [point for point in points if point.time_s <= points[0].time_s + around]
        points = points[len(near) :]
        part = bare.isel(time=(time >= near[0].time_s - around) & (time <= near[-1].time_s + around)).load()
        try:
            differences += hand_differences(clean_enough_strides(part, camera).pose, near)
        except RefusedError:
            continue
    offsets = combine_differences(differences, camera.leg_px)
    return pose.assign_attrs({HAND_OFFSETS_ATTR: hand_offsets_text(offsets)}) if offsets else pose
