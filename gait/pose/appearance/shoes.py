"""How a landing foot turns and moves in the picture, read off the picture itself.

The heel and toe landmarks of a pose model do not follow the sole: how far the toe is up at contact is off by 6° at the
median. The picture of the shoe does: from mid-stance, where it lies flat, it is followed back to contact, frame by
frame, as a rigid patch (enhanced correlation: Evangelidis & Psarakis 2008, as in OpenCV).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.video.reader import read_pictures

Grey = NDArray[np.uint8]
Warp = NDArray[np.float32]

#: Raised when the same video and stances would give other angles than before, so that kept ones are not used again.
SHOES_VERSION = 1
#: What is followed, s of real time: from so long before contact, as landing is not known better, to so long after it or
#: to this share of stance, whichever is later, with the foot flat on the belt at the other share.
BEFORE_S, AFTER_S, FLAT, LAST = 0.06, 0.08, 0.40, 0.47
#: Pictures closer together than this, s of real time, are passed over: a foot is followed well enough through these.
LEAST_APART_S = 1 / 130
#: A picture is that of a pose whose time it has to this, s.
SAME_S = 1e-4
#: Pixels of a foot's length in the patch, and half the patch's width.
FOOT_PX, HALF = 48, 48
#: What is followed: the lower part of the shoe with the edge of its sole, an ellipse along heel and toe of so much half
#: length and half height, in feet, about so much above the landmarks, and nothing farther below. Not the ankle, which
#: turns by more than the foot. [E]
SHOE, ABOVE, BELOW = (0.72, 0.26), 0.0, -0.30
#: Patches are compared by their contrast to what is around (shares of a foot): light falls otherwise on a turned shoe,
#: and a fast one is blurred. Differences of so many grey levels are noise. [E]
AROUND, NOISE_LEVELS = 0.19, 6.0
#: A flat shoe lies nearly level, whatever its landmarks say, degrees. [E]
MOST_PITCH_DEG = 20.0
#: Correlation with the flat foot below which a picture shows something else (the other leg, blur); from the second on
#: there is no need to look from another start. [E]
LEAST_LIKE, ALIKE = 0.7, 0.9
#: Foot length as a share of the leg (thigh plus shank), in shoes.
FOOT = 0.31
#: Smoothing of the pictures that are compared, pixels of the patch.
BLUR = 5
ROUNDS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
#: Landings that are followed at the same time; more do not help.
THREADS = 2
SIDES = ("left", "right")


def variables(side: str) -> tuple[str, str]:
    """Name the variables of a foot: how it is turned, and how far ahead it is."""
    return f"{side}_foot_turn", f"{side}_foot_ahead"


def add_shoe_motion(
    video: str | os.PathLike[str],
    pose: xr.Dataset,
    *,
    clean: xr.Dataset,
    stances: Mapping[str, tuple[FloatArray, FloatArray]],
    leg_px: float,
    direction: float,
    time_factor: float = 1.0,
) -> xr.Dataset:
    """Add to a pose dataset how the feet land.

    Parameters
    ----------
    video : path
        From which the poses are; filmed from the side.
    pose : xarray.Dataset
        See `gait.pose.dataset`.
    clean : xarray.Dataset
        The same with labels repaired and landmarks smoothed, or a part of it.
    stances : mapping
        Side → (begins, ends) of its stances, (n,) each, s; within ``clean``.
    leg_px : float
        Thigh plus shank, pixels.
    direction : {1, -1}
        1 where the runner faces the right side of the picture.
    time_factor : float
        Real seconds per playback second.

    Returns
    -------
    xarray.Dataset
        With variables (time, individual) for either side, from shortly before contact to mid-stance, NaN elsewhere and
        where the shoe was not recognised:

        - ``left_foot_turn`` …: degrees, + = toe up against the flat foot of the same stance;
        - ``left_foot_ahead`` …: place of the shoe in the direction of running, shares of ``leg_px``, from any origin.

        Attribute ``feet_version``.

    Raises
    ------
    InputError
        When the video cannot be read.
    """
    time = np.asarray(clean.time.values, dtype=float)
    landings = _landings(time, stances, time_factor)
    wanted: dict[int, list[_Landing]] = {}
    for landing in landings:
        for index in landing.frames:
            wanted.setdefault(int(index), []).append(landing)
    first = int(np.searchsorted(np.asarray(pose.time.values, dtype=float), time[0])) if len(time) else 0
    read = {side: np.full((2, pose.sizes["time"]), np.nan) for side in SIDES}
    feet = {side: _Foot(clean, side, leg_px, direction) for side in stances}
    if wanted:
        for picture in read_pictures(video, start=time[min(wanted)] - SAME_S, end=time[max(wanted)] + SAME_S):
            index = int(np.abs(time - picture.time_s).argmin())
            if index not in wanted or abs(time[index] - picture.time_s) > SAME_S:
                continue
            grey = picture.grey()
            for landing in wanted[index]:
                patch = feet[landing.side].patch(grey, index)
                if patch is not None:
                    landing.patches[index] = patch
        with ThreadPoolExecutor(THREADS) as pool:
            followed = pool.map(lambda landing: feet[landing.side].followed(landing, time), landings)
        for landing, found in zip(landings, followed, strict=True):
            for at, placed in found.items():
                read[landing.side][:, first + at] = placed
    names = {side: variables(side) for side in SIDES}
    made = pose.assign(
        {names[side][row]: (("time", "individual"), read[side][row][:, None]) for side in SIDES for row in (0, 1)}
    )
    return made.assign_attrs(pose.attrs, feet_version=SHOES_VERSION)


@dataclass(eq=False)
class _Landing:
    """The pictures of one landing: when the foot is flat (s), frames, and the patches that have been cut."""

    side: str
    flat_s: float
    frames: NDArray[np.intp]
    patches: dict[int, Grey] = field(default_factory=dict)


def _landings(
    time: FloatArray, stances: Mapping[str, tuple[FloatArray, FloatArray]], time_factor: float
) -> list[_Landing]:
    """Choose the frames in which each landing is followed."""
    playback = 1 / time_factor
    landings: list[_Landing] = []
    if len(time) < 2:
        return landings
    every = max(int(LEAST_APART_S * playback / float(np.median(np.diff(time)))), 1)
    for side, (begins, ends) in stances.items():
        for begin, end in zip(begins, ends, strict=True):
            until = max(begin + AFTER_S * playback, begin + LAST * (end - begin))
            inside = np.flatnonzero((time >= begin - BEFORE_S * playback) & (time <= until))[::every]
            if len(inside) >= 3:
                landings.append(_Landing(side, float(begin + FLAT * (end - begin)), inside))
    return landings


class _Foot:
    """One foot's patches: facing right, of one size, the middle of heel and toe in the middle."""

    def __init__(self, clean: xr.Dataset, side: str, leg_px: float, direction: float) -> None:
        self._heel, self._toe = (
            np.asarray(clean.position.sel(keypoint=f"{side}_{name}").isel(individual=0).values, dtype=float)
            for name in ("heel", "foot_index")
        )
        self._scale = FOOT_PX / (FOOT * leg_px)
        self._direction, self._leg_px = direction, leg_px

    def _middle(self, index: int) -> FloatArray:
        return np.asarray((self._heel[index] + self._toe[index]) / 2)

    def patch(self, grey: Grey, index: int) -> Grey | None:
        """Cut the foot out of a picture; ``None`` where it was not found, or lies outside."""
        middle = self._middle(index)
        reach = HALF / self._scale + 2
        if not np.isfinite(middle).all():
            return None
        left, top = (int(max(value - reach, 0)) for value in middle)
        part = grey[top : int(max(middle[1] + reach, 0)) + 1, left : int(max(middle[0] + reach, 0)) + 1]
        if min(part.shape) < 2:
            return None
        if self._scale < 0.75:
            part = np.asarray(cv2.GaussianBlur(part, (0, 0), 0.45 / self._scale), dtype=np.uint8)
        along = self._direction * self._scale
        x, y = middle - (left, top)
        place = np.array([[along, 0, HALF - along * x], [0, self._scale, HALF - self._scale * y]])
        cut = cv2.warpAffine(part, place, (2 * HALF, 2 * HALF), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return _contrast(np.asarray(cut, dtype=np.float32))

    def _pitch(self, index: int) -> float:
        """Direction from heel to toe of a flat foot by the landmarks, degrees, + = toe up."""
        foot = self._toe[index] - self._heel[index]
        seen = float(np.degrees(np.arctan2(-foot[1], self._direction * foot[0])))
        return float(np.clip(seen, -MOST_PITCH_DEG, MOST_PITCH_DEG))

    def followed(self, landing: _Landing, time: FloatArray) -> dict[int, tuple[float, float]]:
        """Give turn and place of the foot in each picture, followed from the one nearest to when it is flat."""
        indices = sorted(landing.patches)
        if not indices:
            return {}
        flat = min(indices, key=lambda index: abs(time[index] - landing.flat_s))
        pattern, mask = landing.patches[flat], _shoe(self._pitch(flat))
        still: Warp = np.eye(2, 3, dtype=np.float32)
        found = {flat: self._placed(still, flat)}
        at = indices.index(flat)
        for onward in (indices[:at][::-1], indices[at + 1 :]):
            before, last = still, still
            for index in onward:
                # As it goes on, or else as it was: shortly after contact the foot turns by several degrees a picture.
                like, warp = _laid_over(pattern, landing.patches[index], 2 * last - before, mask)
                if like < ALIKE:
                    other = _laid_over(pattern, landing.patches[index], last, mask)
                    like, warp = max((like, warp), other, key=lambda one: one[0])
                if like < LEAST_LIKE:
                    break
                before, last = last, warp
                found[index] = self._placed(warp, index)
        return found

    def _placed(self, warp: Warp, index: int) -> tuple[float, float]:
        """Turn (degrees) and place (legs) of the shoe by how the flat one is laid over it."""
        turn = -float(np.degrees(np.arctan2(warp[1, 0], warp[0, 0])))
        moved = float(warp[0] @ (HALF, HALF, 1)) - HALF
        return turn, float(self._direction * self._middle(index)[0] + moved / self._scale) / self._leg_px


def _contrast(patch: NDArray[np.float32]) -> Grey:
    """Set every pixel against mean and spread of those around it."""
    around = AROUND * FOOT_PX
    off = patch - cv2.GaussianBlur(patch, (0, 0), around)
    spread = np.sqrt(cv2.GaussianBlur(off * off, (0, 0), around)) + NOISE_LEVELS
    return np.asarray(np.clip(128 + 50 * off / spread, 0, 255), dtype=np.uint8)


def _laid_over(flat: Grey, patch: Grey, start: Warp, mask: Grey) -> tuple[float, Warp]:
    """Turn and shift the flat foot until it is most like a patch; correlation and the map, −1 where none is found."""
    # The mask is that of OpenCV's input image, and is turned with it: what counts is the shoe wherever it is laid.
    back = np.asarray(cv2.invertAffineTransform(start), dtype=np.float32)
    try:
        like, laid = cv2.findTransformECC(patch, flat, back, cv2.MOTION_EUCLIDEAN, ROUNDS, mask, BLUR)
    except cv2.error:  # does not converge
        return -1.0, start
    return float(like), np.asarray(cv2.invertAffineTransform(laid), dtype=np.float32)


def _shoe(pitch_deg: float) -> Grey:
    """Give the part of a patch that counts."""
    down, across = (np.mgrid[: 2 * HALF, : 2 * HALF] - float(HALF)) / FOOT_PX
    cosine, sine = np.cos(np.radians(pitch_deg)), np.sin(np.radians(pitch_deg))
    along, up = across * cosine - down * sine, -across * sine - down * cosine
    inside = ((along / SHOE[0]) ** 2 + ((up - ABOVE) / SHOE[1]) ** 2 < 1) & (up > BELOW)
    return np.asarray(255 * inside, dtype=np.uint8)
