"""What the pictures themselves show: how sharp, how light, and whether the camera stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray, Image
from gait.pose.dataset import TRUNK_KEYPOINTS
from gait.quality.camera_roll import WORKING_PX, Roll, roll_from_structures, shrunk
from gait.quality.frame_sampling import FrameBurst, SampledFrame

#: Sharpness is judged with a leg (thigh + shank) of so many pixels, so that it does not depend on the resolution.
LEG_WORKING_PX = 120.0
#: Width of the blur that pictures are compared with (Crete et al. 2007 take 9 to 11).
REBLUR_PX = 9
#: Lighter than this level (0–255) nothing is told apart.
WHITE = 250
#: Pictures are compared for movement at this many pixels along their shorter side.
MOVEMENT_PX = 360
FEET = (("left_ankle", "left_heel", "left_foot_index"), ("right_ankle", "right_heel", "right_foot_index"))


@dataclass(frozen=True)
class ImageQuality:
    """What the pictures of a video show. Medians over the pictures; NaN where nothing could be measured.

    Attributes
    ----------
    blur : float
        Of the trunk, 0 = sharp, 1 = nothing to be seen (Crete et al. 2007), with a leg of `LEG_WORKING_PX`.
    foot_blur : float
        The same of the foot that is the more blurred; upper quartile over the pictures, for feet stand half the time.
    brightness : float
        Median level of the runner, 0–255.
    clipped : float
        Share of the runner's pixels that is white.
    noise : float
        Standard deviation of what changes from picture to picture where nothing moves, levels.
    sway : float
        How far the background moves about between the moments looked at (standard deviation), in legs.
    pan : float
        How fast the background moves, legs/s of playback, to one side on balance; signed, + = to the right.
    roll : Roll or None
        From upright structures.
    """

    blur: float
    foot_blur: float
    brightness: float
    clipped: float
    noise: float
    sway: float
    pan: float
    roll: Roll | None


def measure_image_quality(spots: Sequence[FrameBurst], pose: xr.Dataset, leg_px: float) -> ImageQuality:
    """Measure what the pictures of a video show.

    Parameters
    ----------
    spots : sequence of FrameBurst
        See `gait.quality.frame_sampling.sample_spots`.
    pose : xarray.Dataset
        Holds the runner at the times of these pictures.
    leg_px : float
        Thigh plus shank, pixels.

    Returns
    -------
    ImageQuality
    """
    runners = {still.time_s: _landmarks_at(pose, still.time_s) for spot in spots for still in spot}
    # Of pictures in a row, one shows how sharp and how light it is.
    first = [(spot[0], runners[spot[0].time_s]) for spot in spots]
    boxed = [(still.grey, found) for still, found in first if found is not None]
    names = [str(n) for n in pose.keypoint.values]
    trunk = [names.index(n) for n in TRUNK_KEYPOINTS]
    blur = [_blur_of(grey, found[trunk], 0.15 * leg_px, leg_px) for grey, found in boxed]
    feet = [
        max(_blur_of(grey, found[[names.index(n) for n in foot]], 0.12 * leg_px, leg_px) for foot in FEET)
        for grey, found in boxed
    ]
    bodies = [_cut(grey, found, 0.0) for grey, found in boxed]
    sway, pan = _movement(spots, runners, leg_px)
    return ImageQuality(
        blur=_median(blur),
        foot_blur=_quantile(feet, 0.75),
        brightness=_median([float(np.median(body)) for body in bodies if body.size]),
        clipped=_median([float(np.mean(body >= WHITE)) for body in bodies if body.size]),
        noise=_median([_noise(spot[0], spot[1], runners[spot[0].time_s]) for spot in spots if len(spot) > 1]),
        sway=sway,
        pan=pan,
        roll=roll_from_structures(_scenes(first, steady=bool(sway < 0.005), leg_px=leg_px)),
    )


def _median(values: Sequence[float]) -> float:
    return _quantile(values, 0.5)


def _quantile(values: Sequence[float], share: float) -> float:
    finite = [v for v in values if np.isfinite(v)]
    return float(np.quantile(finite, share)) if finite else float("nan")


def _landmarks_at(pose: xr.Dataset, time_s: float) -> FloatArray | None:
    """Give the runner's landmarks (k, 2) in the picture shown at a time; ``None`` where there are none."""
    times = pose.time.values
    nearest = int(np.argmin(np.abs(times - time_s)))
    if abs(times[nearest] - time_s) > 0.6 / float(pose.attrs["fps"]):
        return None
    position = pose.position.isel(time=nearest, individual=0).transpose("keypoint", "space").values
    return np.asarray(position, dtype=float) if np.isfinite(position).all() else None


def _box(shape: tuple[int, ...], landmarks: FloatArray, margin: float) -> tuple[slice, slice]:
    """Give rows and columns of the picture that hold the landmarks."""
    low, high = landmarks.min(axis=0) - margin, landmarks.max(axis=0) + margin
    (x0, y0), (x1, y1) = np.rint(low).astype(int), np.rint(high).astype(int) + 1
    return slice(max(y0, 0), max(min(y1, shape[0]), 0)), slice(max(x0, 0), max(min(x1, shape[1]), 0))


def _cut(grey: Image, landmarks: FloatArray, margin: float) -> Image:
    return grey[_box(grey.shape, landmarks, margin)]


def _blur_of(grey: Image, landmarks: FloatArray, margin: float, leg_px: float) -> float:
    import cv2

    part = _cut(grey, landmarks, margin)
    factor = min(LEG_WORKING_PX / leg_px, 1.0)
    if min(part.shape) * factor < 2 * REBLUR_PX:
        return float("nan")
    return blur_effect(cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def blur_effect(grey: NDArray[Any]) -> float:
    """Say how blurred a picture is, 0–1, without a sharp one to compare it with.

    Notes
    -----
    Crete, Dolmiere, Ladret and Nicolas (2007): a picture that is blurred once more loses its steps between
    neighbouring pixels if it was sharp, and hardly changes if it was blurred. The worse of both directions.
    """
    import cv2

    image = grey.astype(np.float32)
    worst = 0.0
    for dx, dy in ((1, 0), (0, 1)):
        again = cv2.blur(image, (REBLUR_PX if dx else 1, REBLUR_PX if dy else 1))
        steps = np.abs(cv2.Sobel(image, cv2.CV_32F, dx, dy))
        lost = np.clip(steps - np.abs(cv2.Sobel(again, cv2.CV_32F, dx, dy)), 0, None)
        total = float(steps.sum())
        worst = max(worst, 1 - float(lost.sum()) / total if total > 0 else 1.0)
    return worst


def _noise(before: SampledFrame, after: SampledFrame, landmarks: FloatArray | None) -> float:
    """Measure noise off two pictures in a row, away from the runner: robustly, for little else moves."""
    difference = after.grey[::2, ::2].astype(np.int16) - before.grey[::2, ::2]
    if landmarks is not None:
        columns = _box(before.grey.shape, landmarks, 0.0)[1]
        difference = np.delete(difference, np.s_[columns.start // 2 : columns.stop // 2], axis=1)
    if not difference.size:
        return float("nan")
    # From a middle range: most of an encoded picture does not change at all.
    low, high = np.percentile(difference, [10, 90])
    return float(high - low) / (2.563 * 2**0.5)


def _scenes(
    seen: Sequence[tuple[SampledFrame, FloatArray | None]], *, steady: bool, leg_px: float
) -> list[tuple[Image, NDArray[np.uint8] | None]]:
    """Give pictures of the room without the runner."""
    if steady and len(seen) >= 5:
        # Whoever moves is gone from the median.
        small = [shrunk(still.grey, WORKING_PX) for still, _ in seen]
        return [(np.partition(small, len(small) // 2, axis=0)[len(small) // 2], None)]
    chosen = [seen[n] for n in sorted({0, len(seen) // 2, len(seen) - 1})] if seen else []
    scenes: list[tuple[Image, NDArray[np.uint8] | None]] = []
    for still, found in chosen:
        mask = np.zeros(still.grey.shape, np.uint8)
        if found is not None:
            mask[_box(mask.shape, found, 0.15 * leg_px)] = 1
        scenes.append((still.grey, mask))
    return scenes


def _movement(
    spots: Sequence[FrameBurst], runners: dict[float, FloatArray | None], leg_px: float
) -> tuple[float, float]:
    """Measure sway (legs) and pan (legs/s) of the background."""
    if not spots:
        return float("nan"), float("nan")
    anchor = spots[len(spots) // 2][0]
    places = [_shift(anchor, spot[0], runners) for spot in spots if spot[0] is not anchor]
    known = [place for place in places if place is not None]
    # Where most moments do not even show the same scene, the camera has moved far.
    sway = np.nan if len(known) < len(places) / 2 else float(np.linalg.norm(np.std([*known, (0, 0)], axis=0))) / leg_px
    speeds = []
    for spot in spots:
        if len(spot) > 1:
            moved = _shift(spot[0], spot[-1], runners)
            if moved is not None:
                speeds.append(moved[0] / (spot[-1].time_s - spot[0].time_s) / leg_px)
    return sway, _median(speeds)


def _shift(
    before: SampledFrame, after: SampledFrame, runners: dict[float, FloatArray | None]
) -> tuple[float, float] | None:
    """Measure how the background moves between two pictures, pixels; ``None`` where it cannot be found again."""
    import cv2

    small = [shrunk(still.grey, MOVEMENT_PX) for still in (before, after)]
    factor = min(small[0].shape) / min(before.grey.shape)
    mask = np.full(small[0].shape, 255, np.uint8)
    for still in (before, after):
        found = runners.get(still.time_s)
        if found is not None:
            mask[_box(mask.shape, found * factor, 0.1 * MOVEMENT_PX)] = 0
    corners = cv2.goodFeaturesToTrack(small[0], 120, 0.01, 8, mask=mask)
    if corners is None or len(corners) < 12:
        return None
    flow: Any = cv2.calcOpticalFlowPyrLK
    there, ok, _ = flow(small[0], small[1], corners, None, winSize=(15, 15), maxLevel=3)
    back, ok_back, _ = flow(small[1], small[0], there, None, winSize=(15, 15), maxLevel=3)
    good = (ok[:, 0] == 1) & (ok_back[:, 0] == 1) & (np.linalg.norm(back - corners, axis=(1, 2)) < 0.7)
    if good.sum() < 10:
        return None
    # A hand turns the phone as well as moving it; what counts is the middle of the picture.
    turn, agreeing = cv2.estimateAffinePartial2D(corners[good], there[good], ransacReprojThreshold=1.0)
    if turn is None or agreeing.mean() < 0.5:
        return None
    middle = np.array([small[0].shape[1], small[0].shape[0]]) / 2
    moved = (turn[:, :2] @ middle + turn[:, 2] - middle) / factor
    return float(moved[0]), float(moved[1])
