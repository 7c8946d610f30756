"""How a standing foot turns in the picture, read off the picture itself.

The heel and toe landmarks of a pose model do not follow the sole: how far the toe is up at contact is off by 6° at the
median. The picture of the shoe does: from mid-stance, where it lies flat, it is followed back to contact, frame by
frame, as a rigid patch (enhanced correlation, Evangelidis & Psarakis 2008, as in OpenCV).
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait.video import read_pictures

Array = NDArray[np.float64]

#: Raised when the same video and stances would give other angles than before, so that kept ones are not used again.
FEET_VERSION = 1
#: What is followed: from so long before contact (s), as landing is not known better, to this share of stance, with the
#: foot flat on the belt at the second.
BEFORE_S, FLAT, LAST = 0.035, 0.40, 0.47
#: Pixels of a foot's length in the patch, and half the patch's width.
FOOT_PX, HALF = 64, 64
#: The shoe: an ellipse along heel and toe, half length and half height in pixels of the patch, so much above them; not
#: what lies farther below, the belt. [E]
SHOE, ABOVE, BELOW = (46.0, 24.0), 6.0, -10.0
#: Correlation with the flat foot below which a picture shows something else (the other leg, blur). [E]
LEAST_LIKE = 0.7
#: Foot length as a share of the leg (thigh plus shank), in shoes.
FOOT = 0.31
#: Smoothing of the pictures that are compared, pixels of the patch, coarse to fine.
BLUR = (5,)
ROUNDS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-5)


def variable(side: str) -> str:
    """Name the variable of a foot."""
    return f"{side}_foot_turn"


def with_feet(
    video: str | os.PathLike[str],
    pose: xr.Dataset,
    *,
    stances: Mapping[str, tuple[Array, Array]],
    leg_px: float,
    direction: float,
) -> xr.Dataset:
    """Add to a pose dataset how each foot is turned against the same foot flat on the ground.

    Parameters
    ----------
    video : path
        From which the poses are; filmed from the side.
    pose : xarray.Dataset
        See `gait.pose.dataset`; landmarks smoothed, or as they were estimated.
    stances : mapping
        Side → (begins, ends) of its stances, (n,) each, s.
    leg_px : float
        Thigh plus shank, pixels.
    direction : {1, -1}
        1 where the runner faces the right side of the picture.

    Returns
    -------
    xarray.Dataset
        With the variables ``left_foot_turn`` and ``right_foot_turn`` (time, individual): degrees, + = toe up against the
        flat foot of the same stance; from shortly before contact to mid-stance, NaN elsewhere and where the shoe was
        not recognised. Attribute ``feet_version``.

    Raises
    ------
    InputError
        When the video cannot be read.
    """
    time = np.asarray(pose.time.values, dtype=float)
    wanted: dict[int, list[tuple[str, int]]] = {}
    spans: dict[tuple[str, int], NDArray[np.intp]] = {}
    for side, (begins, ends) in stances.items():
        for number, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            inside = np.flatnonzero((time >= begin - BEFORE_S) & (time <= begin + LAST * (end - begin)))
            if len(inside) < 3:
                continue
            spans[side, number] = inside
            for index in inside:
                wanted.setdefault(int(index), []).append((side, number))
    turned = {side: np.full(len(time), np.nan) for side in ("left", "right")}
    ends_at = {span[-1]: [key for key, other in spans.items() if other[-1] == span[-1]] for span in spans.values()}
    feet = {side: _Foot(pose, side, leg_px, direction) for side in stances}
    patches: dict[tuple[str, int], dict[int, NDArray[np.uint8]]] = {}
    if wanted:
        half = 0.5 / float(pose.attrs["fps"])
        indices = np.array(sorted(wanted))
        for picture in read_pictures(video, start=time[indices[0]] - half, end=time[indices[-1]] + half):
            index = int(np.abs(time - picture.time_s).argmin())
            if index not in wanted or abs(time[index] - picture.time_s) > half:
                continue
            grey = cv2.cvtColor(picture.rgb(), cv2.COLOR_RGB2GRAY)
            for key in wanted[index]:
                patch = feet[key[0]].patch(grey, index)
                if patch is not None:
                    patches.setdefault(key, {})[index] = patch
            for key in ends_at.get(index, ()):
                side, number = key
                begin, end = (float(which[number]) for which in stances[side])
                own = patches.pop(key, {})
                flat = begin + FLAT * (end - begin)
                for at, degrees in feet[side].followed(own, time, flat).items():
                    turned[side][at] = degrees
    made = pose.assign({variable(side): (("time", "individual"), values[:, None]) for side, values in turned.items()})
    return made.assign_attrs(pose.attrs, feet_version=FEET_VERSION)


class _Foot:
    """One foot's patches: facing right, of one size, heel and toe in the middle."""

    def __init__(self, pose: xr.Dataset, side: str, leg_px: float, direction: float) -> None:
        self._heel, self._toe = (
            np.asarray(pose.position.sel(keypoint=f"{side}_{name}").values[..., 0], dtype=float)
            for name in ("heel", "foot_index")
        )
        self._scale = FOOT_PX / (FOOT * leg_px)
        self._direction = direction

    def patch(self, grey: NDArray[np.uint8], index: int) -> NDArray[np.uint8] | None:
        """Cut the foot out of a picture; ``None`` where it was not found."""
        middle = (self._heel[index] + self._toe[index]) / 2
        if not np.isfinite(middle).all():
            return None
        along = self._direction * self._scale
        place = np.array(
            [[along, 0, HALF - along * middle[0]], [0, self._scale, HALF - self._scale * middle[1]]], dtype=float
        )
        cut = cv2.warpAffine(grey, place, (2 * HALF, 2 * HALF), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(cut, dtype=np.uint8)

    def pitch(self, index: int) -> float:
        """Direction from heel to toe by the landmarks, degrees, + = toe up."""
        foot = self._toe[index] - self._heel[index]
        return float(np.degrees(np.arctan2(-foot[1], self._direction * foot[0])))

    def followed(self, patches: Mapping[int, NDArray[np.uint8]], time: Array, flat_s: float) -> dict[int, float]:
        """Give how far the foot is turned in each picture against the one nearest to ``flat_s``."""
        if not patches:
            return {}
        indices = sorted(patches)
        flat = min(indices, key=lambda index: abs(time[index] - flat_s))
        mask = _shoe(self.pitch(flat))
        found = {flat: 0.0}
        for onward in (indices[: indices.index(flat)][::-1], indices[indices.index(flat) + 1 :]):
            before, last = np.eye(2, 3, dtype=np.float32), np.eye(2, 3, dtype=np.float32)
            for index in onward:
                # As it was, and as it goes on: shortly after contact the foot turns by several degrees a picture.
                likes = [_laid_over(patches[flat], patches[index], start, mask) for start in (last, 2 * last - before)]
                like, warp = max(likes, key=lambda one: one[0])
                if like < LEAST_LIKE:
                    break
                before, last = last, warp
                found[index] = -float(np.degrees(np.arctan2(warp[1, 0], warp[0, 0])))
        return found


def _laid_over(
    flat: NDArray[np.uint8], patch: NDArray[np.uint8], start: NDArray[np.float32], mask: NDArray[np.uint8]
) -> tuple[float, NDArray[np.float32]]:
    """Turn and shift a patch until it is most like the flat foot; correlation and the map, −1 where none is found."""
    warp = start.copy()
    try:
        for blur in BLUR:
            like, warp = cv2.findTransformECC(flat, patch, warp, cv2.MOTION_EUCLIDEAN, ROUNDS, mask, blur)
    except cv2.error:  # does not converge
        return -1.0, start
    return float(like), np.asarray(warp, dtype=np.float32)


def _shoe(pitch_deg: float) -> NDArray[np.uint8]:
    """Give the part of a patch that counts."""
    down, across = np.mgrid[: 2 * HALF, : 2 * HALF] - float(HALF)
    cosine, sine = np.cos(np.radians(pitch_deg)), np.sin(np.radians(pitch_deg))
    along, up = across * cosine - down * sine, -across * sine - down * cosine
    inside = ((along / SHOE[0]) ** 2 + ((up - ABOVE) / SHOE[1]) ** 2 < 1) & (up > BELOW)
    return np.asarray(255 * inside, dtype=np.uint8)
