"""How a landing foot turns and moves in the image, read off the image itself.

The heel and toe keypoints of a pose model do not turn with the sole: how far the toe is up at contact is off by 6° at
the median. The image of the shoe does: from mid-stance, where it lies flat, it is tracked back to contact, frame by
frame, as a rigid patch (enhanced correlation: Evangelidis & Psarakis 2008, as in OpenCV).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray, PathLike
from gait.display_language import keep_language
from gait.pose.appearance.seen_frames import SeenFrames
from gait.pose.dataset import FOOT_AHEAD, FOOT_TURN, SHOES_VERSION_ATTR
from gait.video import frame_groups, read_frames_at

#: (h, w) uint8 image of brightness.
GreyImage = NDArray[np.uint8]
#: Gives a part of a frame: left, top, right, bottom, pixels; ``None`` where it is not there.
GreyPart = Callable[[int, int, int, int], GreyImage | None]
#: (2, 3) map between patches, pixels.
AffineMap = NDArray[np.float32]

#: Increased when the same video and stances would give other angles than before, so that saved ones are not used again.
SHOES_VERSION = 2
#: What is tracked, s of real time: from so long before contact, as landing is not known better, to so long after it or
#: to this share of stance, whichever is later, with the foot flat on the belt at the other share. [E]
BEFORE_S, AFTER_S, FLAT_SHARE, LAST_SHARE = 0.06, 0.08, 0.40, 0.47
#: Frames closer together than this, s of real time, are left out: a foot is tracked well enough without them. [E]
MIN_FRAME_INTERVAL_S = 1 / 130
#: A frame is that of a pose whose time it has to this, s. [E]
SAME_TIME_S = 1e-4
#: Pixels of a foot's length in the patch, and half the patch's width. [E]
FOOT_PX, HALF_PX = 48, 48
#: What is tracked: the lower part of the shoe with the edge of its sole, an ellipse along heel and toe of so much half
#: length and half height, in feet, about so much above the keypoints, and nothing farther below. Not the ankle, which
#: turns by more than the foot. [E]
SHOE_HALF_AXES, SHOE_CENTRE, SHOE_BOTTOM = (0.72, 0.26), 0.0, -0.30
#: Patches are compared by their contrast to what is around (shares of a foot): light falls otherwise on a turned shoe,
#: and a fast one is blurred. Differences of so many grey levels are noise. [E]
CONTRAST_REACH, NOISE_LEVELS = 0.19, 6.0
#: A flat shoe lies nearly level, whatever its keypoints indicate, degrees. [E]
MAX_PITCH_DEG = 20.0
#: Correlation with the flat foot below which a frame shows something else (the other leg, blur); from the second on
#: there is no need to try another start. [E]
MIN_CORRELATION, GOOD_CORRELATION = 0.7, 0.9
#: Foot length as a share of the leg (thigh plus shank), in shoes. [E]
FOOT_LENGTH = 0.31
#: Smoothing of the patches that are compared, pixels of the patch. [E]
BLUR_PX = 5
#: Patches are compared as far as so many pixels around the shoe. [E]
ALIGN_MARGIN_PX = 8
#: When OpenCV stops: iterations, change of the correlation. [E]
STOP_CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
#: The frame is blurred before it is made smaller than this; by so many pixels over the scale. [E]
_BLUR_BELOW_SCALE, _BLUR = 0.75, 0.45
#: Fewer frames than these do not show a landing. [E]
_MIN_LANDING_FRAMES = 3
#: Parts of the film that are read, and landings that are tracked, at the same time; more do not help. [E]
THREADS = 2
SIDES = ("left", "right")


def add_shoe_motion(
    video: PathLike,
    pose: xr.Dataset,
    *,
    clean: xr.Dataset,
    stances: Mapping[str, tuple[FloatArray, FloatArray]],
    leg_px: float,
    direction: float,
    real_per_playback: float = 1.0,
    seen: SeenFrames | None = None,
) -> xr.Dataset:
    """Add to a pose dataset how the feet land.

    Parameters
    ----------
    video : path
        The video of the poses; filmed from the side.
    pose : xarray.Dataset
        See `gait.pose.dataset`.
    clean : xarray.Dataset
        The same with labels repaired and keypoints smoothed, or a part of it.
    stances : mapping
        Side → (begins, ends) of its stances, (n,) float arrays, s; within ``clean``.
    leg_px : float
        Thigh plus shank, pixels.
    direction : {1, -1}
        1 where the runner faces the right side of the image.
    real_per_playback : float
        Real seconds per second of playback.
    seen : SeenFrames, optional
        What was put aside of the video's frames.

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
    landings = _landings(time, stances, real_per_playback)
    landings_in_frame: dict[int, list[_Landing]] = {}
    for landing in landings:
        for index in landing.frames:
            landings_in_frame.setdefault(int(index), []).append(landing)
    first = int(np.searchsorted(np.asarray(pose.time.values, dtype=float), time[0])) if len(time) else 0
    motion = {side: np.full((2, pose.sizes["time"]), np.nan) for side in SIDES}
    feet = {side: _Foot(clean, side, leg_px, direction) for side in stances}
    if landings_in_frame:

        def cut(index: int, part: GreyPart) -> bool:
            for landing in landings_in_frame[index]:
                if index in landing.patches or (box := feet[landing.side].box(index)) is None:
                    continue
                if (grey := part(*box)) is None:
                    return False
                patch = feet[landing.side].patch(grey, index)
                if patch is not None:
                    landing.patches[index] = patch
            return True

        def cut_seen(index: int) -> bool:
            return seen is not None and cut(index, partial(seen.grey_part, float(time[index])))

        def cut_patches(times: FloatArray) -> None:
            for frame in read_frames_at(video, times, threads=1):
                index = int(np.abs(time - frame.time_s).argmin())
                if index in landings_in_frame and abs(time[index] - frame.time_s) <= SAME_TIME_S:
                    cut(index, frame.grey_part)

        with ThreadPoolExecutor(THREADS) as pool:
            wanted = sorted(landings_in_frame)
            left = [index for index, is_cut in zip(wanted, pool.map(cut_seen, wanted), strict=True) if not is_cut]
            for _ in pool.map(keep_language(cut_patches), frame_groups(video, time[left])):
                pass
            tracked = pool.map(lambda landing: feet[landing.side].track(landing, time), landings)
        for landing, found in zip(landings, tracked, strict=True):
            for at, turn_and_place in found.items():
                motion[landing.side][:, first + at] = turn_and_place
    with_motion = pose.assign(
        {
            name[side]: (("time", "individual"), motion[side][row][:, None])
            for side in SIDES
            for row, name in enumerate((FOOT_TURN, FOOT_AHEAD))
        }
    )
    return with_motion.assign_attrs(pose.attrs, **{SHOES_VERSION_ATTR: SHOES_VERSION})


@dataclass(eq=False)
class _Landing:
    """The frames of one landing: when the foot is flat (s), frame numbers, and the patches that have been cut."""

    side: str
    flat_s: float
    frames: NDArray[np.intp]
    patches: dict[int, GreyImage] = field(default_factory=dict)


def _landings(
    time: FloatArray, stances: Mapping[str, tuple[FloatArray, FloatArray]], real_per_playback: float
) -> list[_Landing]:
    """Choose the frames in which each landing is tracked."""
    playback_per_real = 1 / real_per_playback
    landings: list[_Landing] = []
    if len(time) < 2:
        return landings
    every = max(int(MIN_FRAME_INTERVAL_S * playback_per_real / float(np.median(np.diff(time)))), 1)
    for side, (begins, ends) in stances.items():
        for begin, end in zip(begins, ends, strict=True):
            until = max(begin + AFTER_S * playback_per_real, begin + LAST_SHARE * (end - begin))
            inside = np.flatnonzero((time >= begin - BEFORE_S * playback_per_real) & (time <= until))[::every]
            if len(inside) >= _MIN_LANDING_FRAMES:
                landings.append(_Landing(side, float(begin + FLAT_SHARE * (end - begin)), inside))
    return landings


class _Foot:
    """One foot's patches: facing right, of one size, the middle of heel and toe in their middle."""

    def __init__(self, clean: xr.Dataset, side: str, leg_px: float, direction: float) -> None:
        self._heel, self._toe = (
            np.asarray(clean.position.sel(keypoint=f"{side}_{name}").isel(individual=0).values, dtype=float)
            for name in ("heel", "foot_index")
        )
        self._scale = FOOT_PX / (FOOT_LENGTH * leg_px)
        self._direction, self._leg_px = direction, leg_px

    def _middle(self, index: int) -> FloatArray:
        return np.asarray((self._heel[index] + self._toe[index]) / 2)

    def box(self, index: int) -> tuple[int, int, int, int] | None:
        """Which part of a frame shows the foot: left, top, right, bottom; ``None`` where it was not found."""
        middle = self._middle(index)
        reach = HALF_PX / self._scale + 2
        if not np.isfinite(middle).all():
            return None
        left, top = (int(max(value - reach, 0)) for value in middle)
        return left, top, int(max(middle[0] + reach, 0)) + 1, int(max(middle[1] + reach, 0)) + 1

    def patch(self, surroundings: GreyImage, index: int) -> GreyImage | None:
        """Cut the foot out of its :meth:`box`; ``None`` where it lies outside the frame."""
        middle, box = self._middle(index), self.box(index)
        if box is None or min(surroundings.shape) < 2:
            return None
        left, top = box[:2]
        if self._scale < _BLUR_BELOW_SCALE:
            surroundings = np.asarray(cv2.GaussianBlur(surroundings, (0, 0), _BLUR / self._scale), dtype=np.uint8)
        along = self._direction * self._scale
        x, y = middle - (left, top)
        to_patch = np.array([[along, 0, HALF_PX - along * x], [0, self._scale, HALF_PX - self._scale * y]])
        size = (2 * HALF_PX, 2 * HALF_PX)
        cut = cv2.warpAffine(surroundings, to_patch, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return _contrast(np.asarray(cut, dtype=np.float32))

    def _pitch(self, index: int) -> float:
        """Direction from heel to toe of a flat foot by the keypoints, degrees, + = toe up."""
        foot = self._toe[index] - self._heel[index]
        pitch = float(np.degrees(np.arctan2(-foot[1], self._direction * foot[0])))
        return float(np.clip(pitch, -MAX_PITCH_DEG, MAX_PITCH_DEG))

    def track(self, landing: _Landing, time: FloatArray) -> dict[int, tuple[float, float]]:
        """Return turn and place of the foot in each frame, tracked from the one nearest to when it is flat."""
        indices = sorted(landing.patches)
        if not indices:
            return {}
        flat = min(indices, key=lambda index: abs(time[index] - landing.flat_s))
        template, mask = landing.patches[flat], _shoe_mask(self._pitch(flat))
        at_rest: AffineMap = np.eye(2, 3, dtype=np.float32)
        found = {flat: self._turn_and_place(at_rest, flat)}
        at = indices.index(flat)
        for onward in (indices[:at][::-1], indices[at + 1 :]):
            before, last = at_rest, at_rest
            for index in onward:
                # Start from steady motion, or else from rest: shortly after contact the foot turns by several degrees
                # a frame.
                correlation, warp = _align(template, landing.patches[index], 2 * last - before, mask)
                if correlation < GOOD_CORRELATION:
                    other = _align(template, landing.patches[index], last, mask)
                    correlation, warp = max((correlation, warp), other, key=lambda result: result[0])
                if correlation < MIN_CORRELATION:
                    break
                before, last = last, warp
                found[index] = self._turn_and_place(warp, index)
        return found

    def _turn_and_place(self, warp: AffineMap, index: int) -> tuple[float, float]:
        """Turn (degrees) and place (legs) of the shoe from the map that lays the flat one over it."""
        turn = -float(np.degrees(np.arctan2(warp[1, 0], warp[0, 0])))
        moved = float(warp[0] @ (HALF_PX, HALF_PX, 1)) - HALF_PX
        return turn, float(self._direction * self._middle(index)[0] + moved / self._scale) / self._leg_px


def _contrast(patch: NDArray[np.float32]) -> GreyImage:
    """Scale every pixel by mean and spread of those around it."""
    around = CONTRAST_REACH * FOOT_PX
    difference = patch - cv2.GaussianBlur(patch, (0, 0), around)
    spread = np.sqrt(cv2.GaussianBlur(difference * difference, (0, 0), around)) + NOISE_LEVELS
    return np.asarray(np.clip(128 + 50 * difference / spread, 0, 255), dtype=np.uint8)


def _align(flat: GreyImage, patch: GreyImage, start: AffineMap, mask: GreyImage) -> tuple[float, AffineMap]:
    """Turn and shift the flat foot until it is most like a patch; correlation and map, −1 where none is found."""
    # Only what lies near the shoe is compared: the rest of a patch costs time and counts for nothing.
    shoe = cv2.boundingRect(mask)
    corners = np.array([(shoe[0], shoe[1]), (shoe[0] + shoe[2], shoe[1] + shoe[3])], dtype=float)
    inner = _part_around(corners, mask.shape)
    x, y = np.meshgrid(*corners.T)
    outer = _part_around(np.stack([x.ravel(), y.ravel(), np.ones(4)], axis=1) @ start.T, patch.shape)
    if min(outer[0].stop - outer[0].start, outer[1].stop - outer[1].start) < 2 * BLUR_PX:
        return -1.0, start  # the shoe has left the patch
    # The mask is that of OpenCV's input image, and is turned with it: the shoe counts wherever it is laid.
    back = np.asarray(cv2.invertAffineTransform(start), dtype=np.float32)
    before, after = (np.array([part[1].start, part[0].start], dtype=np.float32) for part in (outer, inner))
    back[:, 2] += back[:, :2] @ before - after
    try:
        correlation, aligned = cv2.findTransformECC(
            patch[outer], flat[inner], back, cv2.MOTION_EUCLIDEAN, STOP_CRITERIA, mask[inner], BLUR_PX
        )
    except cv2.error:  # does not converge
        return -1.0, start
    aligned[:, 2] += after - aligned[:, :2] @ before
    return float(correlation), np.asarray(cv2.invertAffineTransform(aligned), dtype=np.float32)


def _part_around(points: FloatArray, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return rows and columns around points, with `ALIGN_MARGIN_PX` on each side, inside a patch."""
    low = np.floor(points.min(axis=0)).astype(int) - ALIGN_MARGIN_PX
    high = np.ceil(points.max(axis=0)).astype(int) + ALIGN_MARGIN_PX
    rows, columns = (
        slice(max(int(a), 0), min(int(b), end)) for a, b, end in zip(low[::-1], high[::-1], shape, strict=True)
    )
    return rows, columns


def _shoe_mask(pitch_deg: float) -> GreyImage:
    """Return 255 in the part of a patch that counts, 0 elsewhere."""
    down, across = (np.mgrid[: 2 * HALF_PX, : 2 * HALF_PX] - float(HALF_PX)) / FOOT_PX
    cosine, sine = np.cos(np.radians(pitch_deg)), np.sin(np.radians(pitch_deg))
    along, up = across * cosine - down * sine, -across * sine - down * cosine
    ellipse = (along / SHOE_HALF_AXES[0]) ** 2 + ((up - SHOE_CENTRE) / SHOE_HALF_AXES[1]) ** 2 < 1
    return np.asarray(255 * (ellipse & (up > SHOE_BOTTOM)), dtype=np.uint8)
