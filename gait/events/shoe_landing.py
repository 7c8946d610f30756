"""How a foot lands, read off the picture of the shoe itself (`gait.pose.appearance.shoes`): when, and how far the toe is up.

What shows the moment of contact is how the foot stops turning and travelling. A linear map from that to the time was
learned from the joints of the force-plate runners, as that of the whole stride was (`gait.events.stride_model`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.events.stride_model import Line, leg_view
from gait.geometry.camera import Camera
from gait.pose.frame_rates import FrameRates

#: Sides, and the variables of a pose dataset that say how a foot is turned and how far ahead it is.
SIDES = ("left", "right")
TURN, AHEAD = "{side}_foot_turn", "{side}_foot_ahead"
#: Attribute of a pose dataset: sides whose foot was followed to contact in enough of its landings, with commas between.
FOLLOWED = "feet_followed"
#: A foot counts as followed from so many landings, and this share of those that were looked at, on. [E]
LEAST_LANDINGS, LEAST_SHARE = 4, 0.5
#: Moments about contact that describe a landing, s of real time; how many of them must be seen (share).
OFFSETS_S = np.arange(-3, 6) / 100
LEAST_SEEN = 0.6
#: Rounds of the search, and the share of each correction that is taken.
ROUNDS, STEP = 6, 0.7
#: What picture and stride say of the time of contact errs about equally and by different causes: the mean is taken. [E]
SHARE = 0.5
#: Farther apart than this, s, one of them is wrong: the picture, which sees a shoe once a step only. [E]
FARTHEST_S = 0.03
#: A landing foot turns little before contact and much after it. So much before the contact found, s, a contact that is
#: found late still shows the turn at contact. [E]
LEAD_S = 0.006
#: Single landings this many robust standard deviations from the others were not followed, but lost. [E]
LOST_SD = 4.0


@dataclass(frozen=True)
class FootMotion:
    """How one foot moves where it was followed.

    Attributes
    ----------
    time : (T,) array
        s, playback timeline.
    turn : (T,) array
        Degrees, + = toe up; NaN where unknown. Only differences within a landing count.
    ahead : (T,) array
        Place in the direction of running, shares of thigh plus shank; the same holds.
    """

    time: FloatArray
    turn: FloatArray
    ahead: FloatArray

    def at(self, values: FloatArray, times: FloatArray) -> FloatArray:
        """Interpolate between neighbouring frames; NaN where one of them is unknown."""
        return np.interp(times, self.time, values, left=np.nan, right=np.nan)


def foot_motion(pose: xr.Dataset, side: str) -> FootMotion | None:
    """Give the motion of a foot that `gait.pose.appearance.shoes.with_feet` has read; ``None`` where it has not."""
    turn, ahead = (name.format(side=side) for name in (TURN, AHEAD))
    if turn not in pose or ahead not in pose:
        return None
    time = np.asarray(pose.time.values, dtype=float)
    return FootMotion(time, *(np.asarray(pose[name].values[:, 0], dtype=float) for name in (turn, ahead)))


def is_followed(pose: xr.Dataset, side: str) -> bool:
    """Say whether a foot was followed well enough to tell how it lands."""
    return side in str(pose.attrs.get(FOLLOWED, "")).split(",")


def sides_followed(pose: xr.Dataset) -> frozenset[str]:
    """Give the sides whose foot was followed."""
    return frozenset(side for side in SIDES if is_followed(pose, side))


def followed_motion(pose: xr.Dataset, side: str) -> FootMotion | None:
    """Give the motion of a foot that was followed well enough to tell how it lands; else ``None``."""
    return foot_motion(pose, side) if is_followed(pose, side) else None


def enough_landings(seen: int, looked_at: int) -> bool:
    """Say whether so many landings out of so many tell how a foot lands."""
    return seen >= LEAST_LANDINGS and seen >= LEAST_SHARE * looked_at


def describe(motion: FootMotion, contacts: FloatArray, time_factor: float = 1.0) -> FloatArray | None:
    """Describe how a foot lands about supposed contacts.

    Parameters
    ----------
    motion : FootMotion
    contacts : (S,) array
        s, playback timeline; those where the foot was not followed are left out.
    time_factor : float
        Real seconds per playback second.

    Returns
    -------
    (F,) array or None
        Medians over the landings: turn against the last moment (rad) and place against that at contact (shares of thigh
        plus shank), at each of `OFFSETS_S`. ``None`` where too few landings were followed.
    """
    times = contacts[:, None] + OFFSETS_S / time_factor
    turn = np.radians(motion.at(motion.turn, times.ravel()).reshape(times.shape))
    ahead = motion.at(motion.ahead, times.ravel()).reshape(times.shape)
    turn = turn - motion.at(np.radians(motion.turn), times[:, -1])[:, None]
    ahead = ahead - motion.at(motion.ahead, contacts)[:, None]
    good = np.isfinite(turn).mean(axis=1) >= LEAST_SEEN
    good &= np.isfinite(ahead).mean(axis=1) >= LEAST_SEEN
    if good.sum() < LEAST_LANDINGS:
        return None
    parts = []
    for values in (turn[good], ahead[good]):
        known = np.isfinite(values).any(axis=0)
        parts.append(np.interp(OFFSETS_S, OFFSETS_S[known], np.nanmedian(values[:, known], axis=0)))
    return np.concatenate(parts)


def contact_delay(motion: FootMotion, contacts: FloatArray, line: Line, *, time_factor: float = 1.0) -> float | None:
    """Say by how much later than supposed the picture shows contact.

    Parameters
    ----------
    motion, contacts, time_factor
        As in :func:`describe`.
    line : Line
        From the description to the time from the supposed contact to contact, s.

    Returns
    -------
    float or None
        Seconds of real time, the same for all contacts; ``None`` where the foot was not followed, or where the picture
        shows something that cannot be.
    """
    by = 0.0
    for _ in range(ROUNDS):
        given = describe(motion, contacts + by / time_factor, time_factor)
        if given is None:
            return None
        by += STEP * line(given, shifted=True)
    return by if abs(by) <= FARTHEST_S else None


@cache
def strike_lines() -> Mapping[str, Mapping[str, float]]:
    """Load how the turn seen becomes the foot strike angle: ``near`` or ``far`` → ``offset``, ``slope``."""
    text = resources.files("gait.calibration").joinpath("foot_strike.toml").read_text(encoding="utf-8")
    lines: Mapping[str, Mapping[str, float]] = tomllib.loads(text)["foot_strike_angle"]
    return lines


def turn_at_contact(motion: FootMotion, contacts: FloatArray, time_factor: float = 1.0) -> FloatArray:
    """Turn of the foot at contact as the picture shows it, degrees; (S,), NaN where it was not followed."""
    turn = motion.at(motion.turn, contacts - LEAD_S / time_factor)
    # Followed to contact, but not beyond: what was seen last is all but that.
    turn = np.where(np.isfinite(turn), turn, motion.at(motion.turn, contacts))
    known = np.isfinite(turn)
    if known.sum() > LEAST_LANDINGS:
        middle = float(np.median(turn[known]))
        spread = max(1.4826 * float(np.median(np.abs(turn[known] - middle))), 0.5)
        turn[known & (np.abs(np.nan_to_num(turn) - middle) > LOST_SD * spread)] = np.nan
    return turn


def strike_angle(pose: xr.Dataset, camera: Camera, side: str, contacts: FloatArray) -> FloatArray | None:
    """Foot strike angle of each contact by the picture, degrees; (S,), ``None`` where the foot was not followed."""
    motion = followed_motion(pose, side)
    if motion is None:
        return None
    line = strike_lines()[leg_view(camera, side)]
    turn = turn_at_contact(motion, contacts, FrameRates.of(pose).time_factor)
    return np.asarray(line["offset"] + line["slope"] * turn)
