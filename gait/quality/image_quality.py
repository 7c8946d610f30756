"""Image quality: sharpness, light, and whether the camera stands still."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray, Image
from gait.pose.dataset import TRUNK_KEYPOINTS
from gait.quality.camera_roll import WORKING_PX, CameraRoll, roll_from_structures, shrink_image
from gait.quality.frame_sampling import FrameBurst, SampledFrame

#: Length of the leg (thigh + shank) at which sharpness is measured, pixels: independent of the resolution. [E]
LEG_WORKING_PX = 120.0
#: Width of the blur that images are compared with, pixels (Crete et al. 2007 use 9 to 11).
REBLUR_PX = 9
#: Level (0–255) from which a pixel counts as overexposed. [E]
WHITE = 250
#: Frames are compared for camera movement at this many pixels along their shorter side. [E]
MOVEMENT_PX = 360
#: A background that moves less than this, in legs, belongs to a camera that stands still. [E]
STEADY_SWAY = 0.005
#: The background is followed at the most distinct corner of each of so many cells along both sides, where there is
#: enough detail (smaller eigenvalue), in at least so many cells. [E]
CELLS, MIN_DETAIL, MIN_CELLS = 10, 5e-4, 6
#: Rows are compared where the level (0–255) changes by so much, in at least so many pixels. [E]
COMB_LEVELS, MIN_COMB_PIXELS = 20.0, 200
#: Rows that are compared at a time.
STRIP_ROWS = 64
#: Keypoints that enclose each foot.
FEET = (("left_ankle", "left_heel", "left_foot_index"), ("right_ankle", "right_heel", "right_foot_index"))


@dataclass(frozen=True)
class ImageQuality:
    """Image quality of a video: medians over the sampled frames, NaN where nothing could be measured.

    Attributes
    ----------
    blur : float
        Blur of the trunk, 0 = sharp, 1 = featureless (Crete et al. 2007), at a leg of `LEG_WORKING_PX`.
    foot_blur : float
        The same of the more blurred foot; the upper quartile over the frames, since feet rest half of the time.
    brightness : float
        Median level of the runner, 0–255.
    clipped : float
        Share of the runner's pixels that is overexposed, 0–1.
    noise : float
        Standard deviation of the change from frame to frame where nothing moves, levels.
    sway : float
        Movement of the background between the sampled moments (standard deviation), in legs.
    pan : float
        Median speed of the background, legs/s of playback; + = to the right.
    roll : CameraRoll or None
        From upright structures.
    background_speed : float
        Speed of the picture around the runner from frame to frame, legs/s of playback: the upper quartile over cells of
        one size, so that captions and sky do not hide that the ground moves.
    leg_contrast : float
        Difference in level, 0–255, between the lower legs and what is beside them.
    """

    blur: float
    foot_blur: float
    brightness: float
    clipped: float
    noise: float
    sway: float
    pan: float
    roll: CameraRoll | None
    background_speed: float = float("nan")
    leg_contrast: float = float("nan")


def measure_image_quality(bursts: Sequence[FrameBurst], pose: xr.Dataset, leg_px: float) -> ImageQuality:
    """Measure the image quality of a video.

    Parameters
    ----------
    bursts : sequence of FrameBurst
        See `gait.quality.frame_sampling.sample_bursts`.
    pose : xarray.Dataset
        Poses of the runner at the times of these frames.
    leg_px : float
        Thigh plus shank, pixels.

    Returns
    -------
    ImageQuality
    """
    runners = {frame.time_s: _keypoints_at(pose, frame.time_s) for burst in bursts for frame in burst}
    # One frame of each burst shows sharpness and light.
    first = [(burst[0], runners[burst[0].time_s]) for burst in bursts]
    with_runner = [(frame.grey, points) for frame, points in first if points is not None]
    names = [str(n) for n in pose.keypoint.values]
    trunk = [names.index(n) for n in TRUNK_KEYPOINTS]
    blur = [_blur_of(grey, points[trunk], 0.15 * leg_px, leg_px) for grey, points in with_runner]
    feet = [
        max(_blur_of(grey, points[[names.index(n) for n in foot]], 0.12 * leg_px, leg_px) for foot in FEET)
        for grey, points in with_runner
    ]
    bodies = [_cut(grey, points, 0.0) for grey, points in with_runner]
    sway, pan = _movement(bursts, runners, leg_px)
    return ImageQuality(
        blur=_median(blur),
        foot_blur=_quantile(feet, 0.75),
        brightness=_median([float(np.median(body)) for body in bodies if body.size]),
        clipped=_median([float(np.mean(body >= WHITE)) for body in bodies if body.size]),
        noise=_median([_noise(burst[0], burst[1], runners[burst[0].time_s]) for burst in bursts if len(burst) > 1]),
        sway=sway,
        pan=pan,
        background_speed=_median([_background_speed(burst, runners, leg_px) for burst in bursts]),
        leg_contrast=_median([_leg_contrast(grey, points, names, leg_px) for grey, points in with_runner]),
        roll=roll_from_structures(_scenes(first, steady=bool(sway < STEADY_SWAY), leg_px=leg_px)),
    )


def _median(values: Sequence[float]) -> float:
    return _quantile(values, 0.5)


def _quantile(values: Sequence[float], share: float) -> float:
    finite = [v for v in values if np.isfinite(v)]
    return float(np.quantile(finite, share)) if finite else float("nan")


def _keypoints_at(pose: xr.Dataset, time_s: float) -> FloatArray | None:
    """Return the runner's keypoints, (k, 2) pixels, in the frame shown at a time; ``None`` without a runner."""
    times = pose.time.values
    nearest = int(np.argmin(np.abs(times - time_s)))
    if abs(times[nearest] - time_s) > 0.6 / float(pose.attrs["fps"]):
        return None
    position = pose.position.isel(time=nearest, individual=0).transpose("keypoint", "space").values
    return np.asarray(position, dtype=float) if np.isfinite(position).all() else None


def _box(shape: tuple[int, ...], points: FloatArray, margin: float) -> tuple[slice, slice]:
    """Return the rows and columns of the frame that enclose the keypoints."""
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    (x0, y0), (x1, y1) = np.rint(low).astype(int), np.rint(high).astype(int) + 1
    return slice(max(y0, 0), max(min(y1, shape[0]), 0)), slice(max(x0, 0), max(min(x1, shape[1]), 0))


def _cut(grey: Image, points: FloatArray, margin: float) -> Image:
    return grey[_box(grey.shape, points, margin)]


def _blur_of(grey: Image, points: FloatArray, margin: float, leg_px: float) -> float:
    import cv2

    crop = _cut(grey, points, margin)
    factor = min(LEG_WORKING_PX / leg_px, 1.0)
    if min(crop.shape) * factor < 2 * REBLUR_PX:
        return float("nan")
    smaller = cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return blur_effect(np.asarray(smaller, dtype=np.uint8))


def blur_effect(grey: Image) -> float:
    """Measure how blurred an image is, without a sharp one to compare it with.

    Parameters
    ----------
    grey : (height, width) uint8 array

    Returns
    -------
    float
        0 = sharp, 1 = featureless; the worse of both directions.

    Notes
    -----
    Crete, Dolmiere, Ladret and Nicolas (2007): blurring a sharp image once more removes its differences between
    neighbouring pixels; a blurred one hardly changes.
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


def measure_combing(bursts: Sequence[FrameBurst]) -> float:
    """Measure how far neighbouring rows differ where the picture moves, as in interlaced video.

    Parameters
    ----------
    bursts : sequence of FrameBurst

    Returns
    -------
    float
        Difference of a row from the mean of its neighbours over that from the mean of the next but one: 0.3 to 0.7 in
        pictures that were taken at once, above 1 in woven ones; the upper quartile over the bursts. NaN where nothing
        moves.
    """
    ratios = []
    for burst in bursts:
        if len(burst) < 2:
            continue
        # A picture that lies on its side has its half pictures in columns; cameras that interlace do not turn it.
        found = [_rows_apart(burst[0].grey, burst[1].grey, rows) for rows in _strips(burst)]
        moved, near, far = np.reshape(found, (-1, 3)).sum(axis=0).tolist()
        if moved >= MIN_COMB_PIXELS:
            ratios.append(near / max(far, 1e-6))
    return _quantile(ratios, 0.75)


def _strips(burst: FrameBurst) -> Iterator[slice]:
    """Divide the rows of a frame, without the two at either edge: whole frames at once need a hundred MB in 1080p."""
    last = burst[0].grey.shape[0] - 2
    for first in range(2, last, STRIP_ROWS):
        yield slice(first, min(first + STRIP_ROWS, last))


def _rows_apart(before: Image, image: Image, rows: slice) -> tuple[int, int, int]:
    """Return how many pixels of some rows moved, and twice their summed differences from rows one and two away."""

    def shifted(by: int) -> NDArray[np.int16]:
        return image[rows.start + by : rows.stop + by].astype(np.int16)

    here = shifted(0)
    moved = np.abs(here - before[rows].astype(np.int16)) > COMB_LEVELS
    near = np.abs(2 * here - shifted(-1) - shifted(1))[moved]
    far = np.abs(2 * here - shifted(-2) - shifted(2))[moved]
    return int(moved.sum()), int(near.sum(dtype=np.int64)), int(far.sum(dtype=np.int64))


def _noise(before: SampledFrame, after: SampledFrame, points: FloatArray | None) -> float:
    """Measure noise between two consecutive frames, outside the runner's columns."""
    difference = after.grey[::2, ::2].astype(np.int16) - before.grey[::2, ::2]
    if points is not None:
        columns = _box(before.grey.shape, points, 0.0)[1]
        difference = np.delete(difference, np.s_[columns.start // 2 : columns.stop // 2], axis=1)
    if not difference.size:
        return float("nan")
    # 10th to 90th percentile, robust against the little that moves: 2.563 standard deviations of a normal.
    low, high = np.percentile(difference, [10, 90])
    return float(high - low) / (2.563 * 2**0.5)


def _scenes(
    frames: Sequence[tuple[SampledFrame, FloatArray | None]], *, steady: bool, leg_px: float
) -> list[tuple[Image, Image | None]]:
    """Return images of the room with masks over the runner."""
    if steady and len(frames) >= 5:
        # The median image does not contain what moves.
        small = [shrink_image(frame.grey, WORKING_PX) for frame, _ in frames]
        return [(np.partition(small, len(small) // 2, axis=0)[len(small) // 2], None)]
    chosen = [frames[n] for n in sorted({0, len(frames) // 2, len(frames) - 1})] if frames else []
    scenes: list[tuple[Image, Image | None]] = []
    for frame, points in chosen:
        mask = np.zeros(frame.grey.shape, np.uint8)
        if points is not None:
            mask[_box(mask.shape, points, 0.15 * leg_px)] = 1
        scenes.append((frame.grey, mask))
    return scenes


def _movement(
    bursts: Sequence[FrameBurst], runners: dict[float, FloatArray | None], leg_px: float
) -> tuple[float, float]:
    """Measure sway (legs) and pan (legs/s) of the background."""
    if not bursts:
        return float("nan"), float("nan")
    anchor = bursts[len(bursts) // 2][0]
    shifts = [_shift(anchor, burst[0], runners) for burst in bursts if burst[0] is not anchor]
    found = [shift for shift in shifts if shift is not None]
    # Where most moments do not show the same scene, the camera has moved far.
    sway = np.nan if len(found) < len(shifts) / 2 else float(np.linalg.norm(np.std([*found, (0, 0)], axis=0))) / leg_px
    speeds = []
    for burst in bursts:
        if len(burst) > 1:
            moved = _shift(burst[0], burst[-1], runners)
            if moved is not None:
                speeds.append(moved[0] / (burst[-1].time_s - burst[0].time_s) / leg_px)
    return sway, _median(speeds)


def _leg_contrast(grey: Image, points: FloatArray, names: Sequence[str], leg_px: float) -> float:
    """Measure how the lower legs differ in level from what is beside them, in a leg's tenths to the left and right."""
    differences = []
    for side in ("left", "right"):
        knee, ankle = (points[names.index(f"{side}_{joint}")] for joint in ("knee", "ankle"))
        along = knee + np.linspace(0.2, 0.9, 12)[:, None] * (ankle - knee)
        length = float(np.linalg.norm(ankle - knee))
        if length < 0.1 * leg_px:
            continue
        across = np.array([-(ankle - knee)[1], (ankle - knee)[0]]) / length
        levels = []
        for offset in (0.0, -0.25 * leg_px, 0.25 * leg_px):
            x, y = np.rint(along + offset * across).astype(int).T
            inside = (x >= 0) & (x < grey.shape[1]) & (y >= 0) & (y < grey.shape[0])
            levels.append(float(np.median(grey[y[inside], x[inside]])) if inside.any() else float("nan"))
        differences.append(max(abs(levels[0] - levels[1]), abs(levels[0] - levels[2])))
    return _median(differences)


def _background_speed(burst: FrameBurst, runners: dict[float, FloatArray | None], leg_px: float) -> float:
    """Measure how fast the picture around the runner moves, legs/s: the upper quartile over its cells, NaN if plain."""
    import cv2

    if len(burst) < 2:
        return float("nan")
    before, after = burst[0], burst[-1]
    small = [shrink_image(frame.grey, MOVEMENT_PX) for frame in (before, after)]
    factor = min(small[0].shape) / min(before.grey.shape)
    detail = cv2.cornerMinEigenVal(small[0], 3)
    points = runners.get(before.time_s)
    if points is not None:
        detail[_box(detail.shape, points * factor, 0.15 * leg_px * factor)] = 0
    corners = []
    for rows in np.array_split(np.arange(detail.shape[0]), CELLS):
        for columns in np.array_split(np.arange(detail.shape[1]), CELLS):
            cell = detail[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            row, column = np.unravel_index(int(cell.argmax()), cell.shape)
            if cell[row, column] > MIN_DETAIL:
                corners.append((columns[0] + column, rows[0] + row))
    if len(corners) < MIN_CELLS:
        return float("nan")
    start = np.array(corners, dtype=np.float32)[:, None]
    flow: Any = cv2.calcOpticalFlowPyrLK
    end, ok, _ = flow(small[0], small[1], start, None, winSize=(21, 21), maxLevel=3)
    back, ok_back, _ = flow(small[1], small[0], end, None, winSize=(21, 21), maxLevel=3)
    # As in `_shift`: a corner counts that leads back to where it started. [E]
    good = (ok[:, 0] == 1) & (ok_back[:, 0] == 1) & (np.linalg.norm(back - start, axis=(1, 2)) < 0.7)
    if good.sum() < MIN_CELLS:
        return float("nan")
    moved = np.linalg.norm((end - start)[good, 0], axis=1) / factor / leg_px
    return float(np.quantile(moved, 0.75)) / (after.time_s - before.time_s)


def _shift(
    before: SampledFrame, after: SampledFrame, runners: dict[float, FloatArray | None]
) -> tuple[float, float] | None:
    """Measure how the background moves between two frames, pixels; ``None`` where it cannot be found again."""
    import cv2

    small = [shrink_image(frame.grey, MOVEMENT_PX) for frame in (before, after)]
    factor = min(small[0].shape) / min(before.grey.shape)
    mask = np.full(small[0].shape, 255, np.uint8)
    for frame in (before, after):
        points = runners.get(frame.time_s)
        if points is not None:
            mask[_box(mask.shape, points * factor, 0.1 * MOVEMENT_PX)] = 0
    corners = cv2.goodFeaturesToTrack(small[0], 120, 0.01, 8, mask=mask)
    if corners is None or len(corners) < 12:
        return None
    flow: Any = cv2.calcOpticalFlowPyrLK
    forwards, ok, _ = flow(small[0], small[1], corners, None, winSize=(15, 15), maxLevel=3)
    back, ok_back, _ = flow(small[1], small[0], forwards, None, winSize=(15, 15), maxLevel=3)
    # A corner counts that leads back to within 0.7 pixels of where it started. [E]
    good = (ok[:, 0] == 1) & (ok_back[:, 0] == 1) & (np.linalg.norm(back - corners, axis=(1, 2)) < 0.7)
    if good.sum() < 10:
        return None
    # A hand both turns and moves the phone; the shift in the middle of the frame counts.
    turn, agreeing = cv2.estimateAffinePartial2D(corners[good], forwards[good], ransacReprojThreshold=1.0)
    if turn is None or agreeing.mean() < 0.5:
        return None
    middle = np.array([small[0].shape[1], small[0].shape[0]]) / 2
    moved = (turn[:, :2] @ middle + turn[:, 2] - middle) / factor
    return float(moved[0]), float(moved[1])
