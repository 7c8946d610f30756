"""How a foot lands according to the image of its shoe: the time of contact and the foot strike angle.

`gait.pose.appearance.shoes` tracks each shoe in the image around its landings. The moment of contact shows in how the
foot stops rotating and travelling. A linear map from that motion to the time of contact was learned from the joints of
the force-plate recordings, as the one for the whole stride was (`gait.events.stride_model`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.calibration import constants_file
from gait.events.stride_model import LinearMap
from gait.geometry.camera import Camera, LegView, leg_view_of
from gait.pose.dataset import FOOT_AHEAD, FOOT_TURN, TRACKED_FEET_ATTR, window_starts
from gait.pose.frame_rates import FrameRates
from gait.signal.phase import MAD_TO_SD

SIDES = ("left", "right")
#: A shoe counts as tracked from this many landings on, if they are at least this share of the landings examined. [E]
MIN_LANDINGS, MIN_LANDING_SHARE = 4, 0.5
#: Moments relative to contact that describe a landing, s of real time. [E]
OFFSETS_S = np.arange(-3, 6) / 100
#: Share of these moments at which the shoe must be tracked. [E]
MIN_OFFSET_SHARE = 0.6
#: Iterations of the search for contact, and the share of each correction that is applied. [E]
ITERATIONS, STEP_SIZE = 6, 0.7
#: Weight of the shoe beside the whole stride: each in inverse proportion to its squared error (rendered runners of a
#: family left out: whole stride 5.0 ms near and 6.6 ms far, shoe 12 and 9 ms; `calibration.calibrate`).
SHOE_WEIGHT: Mapping[LegView, float] = {"near": 0.15, "far": 0.35}
#: If shoe and whole stride differ by more than this, s, the shoe is wrong, which shows in part of each step only. [E]
MAX_CONTACT_SHIFT_S = 0.03
#: The foot rotates little before contact and fast after it. The angle is therefore read this long before the contact
#: found, s of real time, so that it is also right where contact was found late. [E]
LEAD_S = 0.006
#: A landing this many robust standard deviations from the others lost the shoe; least standard deviation, degrees. [E]
MAX_TURN_DEVIATION_SD, MIN_TURN_SD_DEG = 4.0, 0.5


@dataclass(frozen=True)
class FootMotion:
    """Motion of one foot where its shoe was tracked.

    Attributes
    ----------
    time : (T,) float array
        s, playback timeline.
    turn : (T,) float array
        Rotation of the foot, degrees, + = toe up; NaN where unknown. Only differences within a landing are meaningful.
    ahead : (T,) float array
        Position along the running direction, shares of thigh plus shank, + = forwards; as ``turn`` otherwise.
    """

    time: FloatArray
    turn: FloatArray
    ahead: FloatArray

    def at(self, values: FloatArray, times: FloatArray) -> FloatArray:
        """Interpolate between neighbouring frames.

        Parameters
        ----------
        values : (T,) float array
            ``turn`` or ``ahead``.
        times : (S,) float array
            s, playback timeline.

        Returns
        -------
        (S,) float array
            NaN where one of the neighbouring frames is unknown, and outside the clip.
        """
        return np.interp(times, self.time, values, left=np.nan, right=np.nan)


def foot_motion(pose: xr.Dataset, side: str) -> FootMotion | None:
    """Return the motion of a foot that `gait.pose.appearance.shoes.add_shoe_motion` has added to the poses.

    Parameters
    ----------
    pose : xarray.Dataset
    side : {"left", "right"}

    Returns
    -------
    FootMotion or None
        ``None`` where the poses have none.
    """
    turn, ahead = FOOT_TURN[side], FOOT_AHEAD[side]
    if turn not in pose or ahead not in pose:
        return None
    time = np.asarray(pose.time.values, dtype=float)
    motions = [np.array(pose[name].values[:, 0], dtype=float) for name in (turn, ahead)]
    # Nothing is interpolated over the gap between two windows of frames.
    after = np.searchsorted(time, window_starts(pose) - 1e-6)
    for motion in motions:
        motion[after[(after > 0) & (after < len(time))] - 1] = np.nan
    return FootMotion(time, *motions)


def is_foot_tracked(pose: xr.Dataset, side: str) -> bool:
    """Return whether a shoe was tracked in enough landings.

    Parameters
    ----------
    pose : xarray.Dataset
    side : {"left", "right"}

    Returns
    -------
    bool
    """
    return side in str(pose.attrs.get(TRACKED_FEET_ATTR, "")).split(",")


def tracked_sides(pose: xr.Dataset) -> frozenset[str]:
    """Return the sides whose shoe was tracked in enough landings.

    Parameters
    ----------
    pose : xarray.Dataset

    Returns
    -------
    frozenset of str
    """
    return frozenset(side for side in SIDES if is_foot_tracked(pose, side))


def tracked_foot_motion(pose: xr.Dataset, side: str) -> FootMotion | None:
    """Return the motion of a foot whose shoe was tracked in enough landings.

    Parameters
    ----------
    pose : xarray.Dataset
    side : {"left", "right"}

    Returns
    -------
    FootMotion or None
        ``None`` where it was not.
    """
    return foot_motion(pose, side) if is_foot_tracked(pose, side) else None


def has_enough_landings(tracked: int, examined: int) -> bool:
    """Return whether a shoe was tracked in enough landings to say how the foot lands.

    Parameters
    ----------
    tracked : int
        Landings in which the shoe was tracked to contact.
    examined : int
        Landings in which tracking was tried.

    Returns
    -------
    bool
    """
    return tracked >= MIN_LANDINGS and tracked >= MIN_LANDING_SHARE * examined


def landing_features(motion: FootMotion, contacts: FloatArray, real_per_playback: float = 1.0) -> FloatArray | None:
    """Describe how a foot lands, relative to supposed contacts.

    Parameters
    ----------
    motion : FootMotion
    contacts : (S,) float array
        Supposed contacts, s, playback timeline; those around which the shoe was not tracked are left out.
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    (F,) float array or None
        Medians over the landings at each of `OFFSETS_S`: first the rotation relative to the last moment (rad), then the
        position relative to that at contact (shares of thigh plus shank). ``None`` where the shoe was tracked in too
        few landings.
    """
    times = contacts[:, None] + OFFSETS_S / real_per_playback
    turn = np.radians(motion.at(motion.turn, times.ravel()).reshape(times.shape))
    ahead = motion.at(motion.ahead, times.ravel()).reshape(times.shape)
    turn = turn - motion.at(np.radians(motion.turn), times[:, -1])[:, None]
    ahead = ahead - motion.at(motion.ahead, contacts)[:, None]
    good = np.isfinite(turn).mean(axis=1) >= MIN_OFFSET_SHARE
    good &= np.isfinite(ahead).mean(axis=1) >= MIN_OFFSET_SHARE
    if good.sum() < MIN_LANDINGS:
        return None
    parts = []
    for values in (turn[good], ahead[good]):
        tracked = np.isfinite(values).any(axis=0)
        parts.append(np.interp(OFFSETS_S, OFFSETS_S[tracked], np.nanmedian(values[:, tracked], axis=0)))
    return np.concatenate(parts)


def contact_delay(
    motion: FootMotion, contacts: FloatArray, line: LinearMap, *, real_per_playback: float = 1.0
) -> float | None:
    """Estimate how much later than supposed the image of the shoe shows contact.

    Parameters
    ----------
    motion : FootMotion
    contacts : (S,) float array
        Supposed contacts, s, playback timeline.
    line : LinearMap
        From the landing's features to the time from supposed to true contact, s of real time.
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    float or None
        s of real time, + = later, the same for all contacts. ``None`` where the shoe was tracked in too few landings or
        the delay exceeds `MAX_CONTACT_SHIFT_S`.
    """
    delay = 0.0
    for _ in range(ITERATIONS):
        features = landing_features(motion, contacts + delay / real_per_playback, real_per_playback)
        if features is None:
            return None
        delay += STEP_SIZE * line(features, shifted=True)
    return delay if abs(delay) <= MAX_CONTACT_SHIFT_S else None


@cache
def foot_strike_lines() -> Mapping[str, Mapping[str, float]]:
    """Load the lines from the rotation of the shoe to the foot strike angle (``foot_strike.toml``).

    Returns
    -------
    mapping
        ``near`` or ``far`` leg → ``offset`` (degrees) and ``slope``.
    """
    text = constants_file("foot_strike.toml").read_text(encoding="utf-8")
    lines: Mapping[str, Mapping[str, float]] = tomllib.loads(text)["foot_strike_angle"]
    return lines


def foot_turn_at_contact(motion: FootMotion, contacts: FloatArray, real_per_playback: float = 1.0) -> FloatArray:
    """Return the rotation of the foot at each contact according to the image of the shoe.

    Parameters
    ----------
    motion : FootMotion
    contacts : (S,) float array
        s, playback timeline.
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    (S,) float array
        Degrees, + = toe up; NaN where the shoe was not tracked.
    """
    turn = motion.at(motion.turn, contacts - LEAD_S / real_per_playback)
    # Where the shoe was tracked to contact but not before it, the rotation at contact is nearly the same.
    turn = np.where(np.isfinite(turn), turn, motion.at(motion.turn, contacts))
    tracked = np.isfinite(turn)
    if tracked.sum() > MIN_LANDINGS:
        deviation = np.abs(np.nan_to_num(turn) - float(np.median(turn[tracked])))
        spread = max(MAD_TO_SD * float(np.median(deviation[tracked])), MIN_TURN_SD_DEG)
        turn[tracked & (deviation > MAX_TURN_DEVIATION_SD * spread)] = np.nan
    return turn


def shoe_strike_angle(pose: xr.Dataset, camera: Camera, side: str, contacts: FloatArray) -> FloatArray | None:
    """Return the foot strike angle at each contact according to the image of the shoe.

    Parameters
    ----------
    pose : xarray.Dataset
    camera : Camera
    side : {"left", "right"}
    contacts : (S,) float array
        s, playback timeline.

    Returns
    -------
    (S,) float array or None
        Degrees, + = toe up; NaN where the shoe was lost. ``None`` where it was tracked in too few landings.
    """
    motion = tracked_foot_motion(pose, side)
    if motion is None:
        return None
    line = foot_strike_lines()[leg_view_of(camera, side)]
    turn = foot_turn_at_contact(motion, contacts, FrameRates.of(pose).real_per_playback)
    return np.asarray(line["offset"] + line["slope"] * turn)
