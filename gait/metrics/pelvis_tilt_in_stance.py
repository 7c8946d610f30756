"""Pelvic drop in stance, from the tilt of the pelvis that the frames show (`gait.pose.appearance.pelvis`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

import numpy as np

from gait._typing import FloatArray
from gait.calibration import constants_file
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal_plane import image_direction
from gait.metrics.stance_sampling import sample_stances
from gait.pose.dataset import PELVIS_MARKER_ATTR

#: Shares of stance that are searched for the largest drop (method §2).
PEAK_FROM, PEAK_TO = 0.10, 0.70
#: Joints of either side that pelvic drop needs.
PELVIS_JOINTS = ("hip",)
#: What both pelvic metrics correct.
CLOTH_CORRECTION = (
    "Cloth moves less than the bone under it. The drop that the frames show becomes offset + slope · drop, by a line "
    "learned on rendered runners for each view, with and without tape or waistband "
    "(`gait/calibration/pelvic_drop.toml`)."
)


def is_pelvis_marked(tracks: KeypointTracks) -> bool:
    """Say whether tape or a waistband was tracked rather than plain cloth.

    Parameters
    ----------
    tracks : KeypointTracks

    Returns
    -------
    bool
    """
    return tracks.pose.attrs.get(PELVIS_MARKER_ATTR) in ("tape", "waistband")


def apparent_drop(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    """Give the drop of the free side as the frames show it.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    side : {"left", "right"}
        The stance leg.
    times : float array
        s; any shape.

    Returns
    -------
    float array
        Degrees about the mean over the stride, + = the free side is lower; shape of ``times``.
    """
    tilt = tracks.interpolate(times.ravel(), tracks.tilt).reshape(times.shape)
    # Where the side of the stance leg is higher, the other side has dropped.
    return np.asarray(image_direction(tracks, side) * tilt)


def apparent_peak_drop(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Give the largest drop in each stance as the frames show it.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    side : {"left", "right"}
        The stance leg.
    contact, toe_off : (S,) float array
        s.

    Returns
    -------
    (S,) float array
        As `apparent_drop`.
    """
    return np.asarray(apparent_drop(tracks, side, sample_stances(contact, toe_off, PEAK_FROM, PEAK_TO)).max(axis=1))


def apparent_midstance_drop(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Give the drop in the middle of each stance as the frames show it.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    side : {"left", "right"}
        The stance leg.
    contact, toe_off : (S,) float array
        s.

    Returns
    -------
    (S,) float array
        As `apparent_drop`.
    """
    return apparent_drop(tracks, side, 0.5 * (contact + toe_off)[:, None])[:, 0]


def correct_for_cloth(key: str, tracks: KeypointTracks, apparent: FloatArray) -> FloatArray:
    """Turn the drop that the frames show into that of the pelvis.

    Parameters
    ----------
    key : {"pelvic_drop", "pelvic_drop_midstance"}
    tracks : KeypointTracks
        From behind or in front.
    apparent : (S,) float array
        As `apparent_drop`.

    Returns
    -------
    (S,) float array
        Degrees, + = the free side is lower.
    """
    row = tracks.camera.view + ("_marked" if is_pelvis_marked(tracks) else "")
    line = _cloth_lines().get(key, {}).get(row, {"offset": 0.0, "slope": 1.0})
    return np.asarray(line["offset"] + line["slope"] * apparent)


@cache
def _cloth_lines() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Load the lines: metric → view, with ``_marked`` where tape or a waistband was tracked → offset and slope."""
    text = constants_file("pelvic_drop.toml").read_text(encoding="utf-8")
    lines: Mapping[str, Mapping[str, Mapping[str, float]]] = tomllib.loads(text)
    return lines
