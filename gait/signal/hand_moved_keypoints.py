"""Keypoints moved by hand: what was seen in a few frames holds for the runner and the clip, or for one picture.

A keypoint that lies beside its joint does so in all frames: its offset holds for the film. A keypoint that was lost in
one picture is put right there alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.geometry.joint_offsets import HandOffset, hand_offsets, hand_offsets_text, limb_axes
from gait.pose.dataset import HAND_OFFSETS_ATTR, HAND_POINTS_ATTR
from gait.signal.cleaning import CleanedPose
from gait.signal.dotted_keypoints import keypoint_track, put_keypoint_track

#: From this many entries on, in postures that differ by this much, an offset is steady on the limb rather than in the
#: image, degrees. [E]
MIN_ENTRIES_ON_LIMB, MIN_TURN_DEG = 3, 20.0
#: Scatter of a keypoint about its own mean place over the joint from posture to posture, shares of the leg: each entry
#: tells that much less. Rendered runners: 0.6 to 1.1 % at knee and ankle. [E]
KEYPOINT_SCATTER = 0.01
#: Share of the variance of the hand that is the same in all frames (where exactly the joint is taken to be): more
#: entries do not reduce it. Two labellings of real clips differ at hips by the same amount in all strides. [E]
COMMON_SHARE = 0.5
#: Real time over which a shift in one picture fades on either side, beyond one frame at full size, s. [E] A step's
#: moments lie farther apart.
FADE_S = 0.03
#: Huber's limit, standard deviations, from which on an entry pulls less (Huber 1981: 1.345 for 95 % efficiency).
HUBER_SDS = 1.345


@dataclass(frozen=True)
class HandPoint:
    """A keypoint in one frame, set by hand.

    Attributes
    ----------
    keypoint : str
        With its side, such as ``left_hip``.
    time_s : float
        s of the video.
    x, y : float
        As positions of keypoints, pixels.
    sd : float
        Standard uncertainty in each direction, pixels.
    scope : {"film", "picture"}
        Whether it holds for the whole film, or for this picture.
    from_x, from_y : float, optional
        Where the keypoint was measured, pixels.
    set_at : str
        When it was set, ISO 8601; may be empty.
    """

    keypoint: str
    time_s: float
    x: float
    y: float
    sd: float
    scope: str = "film"
    from_x: float | None = None
    from_y: float | None = None
    set_at: str = ""


@dataclass(frozen=True)
class HandDifference:
    """By how much a point set by hand differs from the keypoint.

    Attributes
    ----------
    keypoint : str
    image : (2,) float array
        Hand minus keypoint, pixels, x right and y down.
    axes : (2, 2) float array
        Along the limb and across it, see `gait.geometry.joint_offsets.limb_axes`.
    sd : float
        Of the hand, pixels.
    """

    keypoint: str
    image: FloatArray
    axes: FloatArray
    sd: float


def hand_points(pose: xr.Dataset) -> tuple[HandPoint, ...]:
    """Read the points that were set by hand.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    tuple of HandPoint
    """
    return tuple(HandPoint(**record) for record in json.loads(str(pose.attrs.get(HAND_POINTS_ATTR) or "[]")))


def with_hand_points(pose: xr.Dataset, points: Sequence[HandPoint]) -> xr.Dataset:
    """Note in a pose dataset the points that were set by hand, in place of earlier ones.

    Parameters
    ----------
    pose : xarray.Dataset
    points : sequence of HandPoint

    Returns
    -------
    xarray.Dataset
    """
    noted = pose.copy()
    noted.attrs = {k: v for k, v in pose.attrs.items() if k not in (HAND_POINTS_ATTR, HAND_OFFSETS_ATTR)}
    if points:  # a NetCDF attribute cannot be empty
        noted.attrs[HAND_POINTS_ATTR] = json.dumps([asdict(point) for point in points])
    return noted


def hand_differences(clean: xr.Dataset, points: Sequence[HandPoint]) -> list[HandDifference]:
    """Compare points that were set by hand with the keypoints.

    Parameters
    ----------
    clean : xarray.Dataset
        Cleaned pose dataset.
    points : sequence of HandPoint

    Returns
    -------
    list of HandDifference
        Without points in gaps and outside the dataset.
    """
    time = np.asarray(clean.time.values, dtype=float)
    differences = []
    for point in points:
        if point.keypoint not in clean.keypoint.values or not time[0] - 1e-6 <= point.time_s <= time[-1] + 1e-6:
            continue
        track = keypoint_track(clean, "position", point.keypoint)
        here = np.array([np.interp(point.time_s, time, track[:, axis]) for axis in range(2)])
        axes = limb_axes(clean, point.keypoint)[int(np.abs(time - point.time_s).argmin())]
        image = np.array([point.x, point.y]) - here
        if np.isfinite(image).all() and np.isfinite(axes).all():
            differences.append(HandDifference(point.keypoint, image, axes, point.sd))
    return differences


def combine_differences(differences: Sequence[HandDifference], leg_px: float) -> dict[str, HandOffset]:
    """Average the differences of each keypoint, robustly.

    Parameters
    ----------
    differences : sequence of HandDifference
    leg_px : float
        Thigh plus shank, pixels.

    Returns
    -------
    dict
        Keypoint → offset.
    """
    offsets: dict[str, HandOffset] = {}
    for keypoint in dict.fromkeys(difference.keypoint for difference in differences):
        own = [difference for difference in differences if difference.keypoint == keypoint]
        image = np.array([difference.image for difference in own])
        limb = np.array([difference.axes @ difference.image for difference in own])
        turn = np.degrees(np.ptp(np.unwrap([np.arctan2(d.axes[0, 1], d.axes[0, 0]) for d in own])))
        on_limb = len(own) >= MIN_ENTRIES_ON_LIMB and turn >= MIN_TURN_DEG
        values = limb if on_limb else image
        sds = np.array([difference.sd for difference in own])
        single = np.hypot(sds, KEYPOINT_SCATTER * leg_px)
        mean = _huber_mean(values, single)
        common = COMMON_SHARE * float(np.median(sds)) ** 2
        scatter = float(np.mean((values - mean) ** 2)) if len(own) > 2 else 0.0
        each = max(float(np.mean(single**2)) - common, scatter)
        sd = float(np.sqrt(common + each / len(own)))
        offsets[keypoint] = HandOffset(float(mean[0]), float(mean[1]), sd, len(own), "segment" if on_limb else "image")
    return offsets


def _huber_mean(values: FloatArray, sds: FloatArray) -> FloatArray:
    """Return the mean of (n, 2) values, weighted by their uncertainty, those far off less."""
    weight = 1 / sds**2
    mean = np.average(values, axis=0, weights=weight)
    for _ in range(20):
        away = np.linalg.norm(values - mean, axis=1) / sds
        pull = np.minimum(1, HUBER_SDS * np.sqrt(2) / np.maximum(away, 1e-9))
        mean = np.average(values, axis=0, weights=weight * pull)
    return np.asarray(mean)


def apply_hand_points(cleaned: CleanedPose, leg_px: float) -> CleanedPose:
    """Move keypoints by what was set by hand in a few frames.

    Parameters
    ----------
    cleaned : CleanedPose
        Its pose has the attribute ``hand_points`` (:func:`with_hand_points`), and ``hand_offsets`` where that is a part
        of a clip whose offsets are known.
    leg_px : float
        Thigh plus shank, pixels.

    Returns
    -------
    CleanedPose
        The same without such points. Otherwise ``position`` and ``observed`` of these keypoints are moved in all
        frames, and the attribute ``hand_offsets`` says by how much (`gait.geometry.joint_offsets.hand_offsets`).
    """
    offsets = hand_offsets(cleaned.pose)
    if not offsets:
        points = [point for point in hand_points(cleaned.pose) if point.scope == "film"]
        offsets = combine_differences(hand_differences(cleaned.pose, points), leg_px)
    if not offsets:
        return cleaned
    moved = cleaned.pose.copy()
    for variable in ("position", "observed"):
        moved[variable] = moved[variable].copy()
    for keypoint, offset in offsets.items():
        if keypoint not in moved.keypoint.values:
            continue
        shift = np.array([offset.x_px, offset.y_px])
        if offset.frame == "segment":
            shift = np.nan_to_num(np.einsum("i,tij->tj", shift, limb_axes(cleaned.pose, keypoint)))
        for variable in ("position", "observed"):
            put_keypoint_track(moved, variable, keypoint, keypoint_track(cleaned.pose, variable, keypoint) + shift)
    moved.attrs = {**cleaned.pose.attrs, HAND_OFFSETS_ATTR: hand_offsets_text(offsets)}
    return replace(cleaned, pose=moved)


def move_in_pictures(cleaned: CleanedPose, *, real_per_playback: float = 1.0) -> CleanedPose:
    """Put keypoints where they were set by hand for one picture; they are as measured a few frames before and after.

    Parameters
    ----------
    cleaned : CleanedPose
        In memory. Its pose has the attribute ``hand_points`` (:func:`with_hand_points`).
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    CleanedPose
        The same without such points. Otherwise ``position`` and ``observed`` are moved by the whole difference in the
        picture and those beside it, so that a moment between two frames is moved wholly; the shift fades over
        `FADE_S`. Between two pictures of one keypoint that are closer than that it runs in a straight line.
    """
    points = [point for point in hand_points(cleaned.pose) if point.scope == "picture"]
    time = np.asarray(cleaned.pose.time.values, dtype=float)
    points = [p for p in points if p.keypoint in cleaned.pose.keypoint.values and time[0] <= p.time_s <= time[-1]]
    if not points:
        return cleaned
    frame_s = float(np.median(np.diff(time)))
    moved = cleaned.pose.copy()
    for variable in ("position", "observed"):
        moved[variable] = moved[variable].copy()
    for keypoint in dict.fromkeys(point.keypoint for point in points):
        own = sorted((p for p in points if p.keypoint == keypoint), key=lambda point: point.time_s)
        track = keypoint_track(cleaned.pose, "position", keypoint)
        here = np.array([[np.interp(p.time_s, time, track[:, axis]) for axis in range(2)] for p in own])
        shift = np.array([[p.x, p.y] for p in own]) - here
        known = np.isfinite(shift).all(axis=1)
        if not known.any():
            continue
        at = np.array([p.time_s for p in own])[known]
        course = _fading(time, at, shift[known], 1.01 * frame_s, 1.01 * frame_s + FADE_S / real_per_playback)
        for variable in ("position", "observed"):
            put_keypoint_track(moved, variable, keypoint, keypoint_track(cleaned.pose, variable, keypoint) + course)
    return replace(cleaned, pose=moved)


def _fading(time: FloatArray, at: FloatArray, shift: FloatArray, whole_s: float, reach_s: float) -> FloatArray:
    """Return shifts, (T, 2), that hold about each moment and fade beside it."""
    knots: list[float] = []
    values: list[FloatArray] = []
    for number, moment in enumerate(at):
        if number and moment - at[number - 1] <= 2 * reach_s:
            # The last two knots, where the shift before has faded, do not come to be.
            del knots[-2:], values[-2:]
        else:
            knots += [moment - reach_s, moment - whole_s]
            values += [np.zeros(2), shift[number]]
        knots += [moment, moment + whole_s, moment + reach_s]
        values += [shift[number], shift[number], np.zeros(2)]
    return np.stack([np.interp(time, knots, np.array(values)[:, axis]) for axis in range(2)], axis=1)
