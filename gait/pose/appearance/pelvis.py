"""How the pelvis tilts in the image, read off the image itself.

The line through the hip keypoints of a pose model does not tilt with the pelvis. The cloth over it does: the image
around the hips, tracked from frame to frame (`gait.pose.appearance.registration`), turns with the pelvis. Tape over the
bony points of the pelvis, or a waistband that stands out, is tracked alone where one is found
(`gait.pose.appearance.pelvis_markers`).
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray, Image, PathLike
from gait.pose.appearance.pelvis_markers import PelvisView, find_pelvis_marker
from gait.pose.appearance.registration import Float32Array, Registered, register
from gait.pose.appearance.seen_frames import SeenFrames
from gait.pose.dataset import PELVIS_MARKER_ATTR, PELVIS_TILT, PELVIS_VERSION_ATTR, VIDEO_FPS_ATTR
from gait.video import read_frames_at

#: Increased when the same video would give another tilt than before, so that a saved one is not used again.
PELVIS_VERSION = 2
#: The patch around the middle of the hip keypoints, shares of the leg (hip to ankle): left, right, below, above; and
#: its size in pixels. A pixel is half a centimetre. [E]
PATCH = (-0.255, 0.255, -0.102, 0.245)
WIDTH, HEIGHT = 88, 60
#: Where the cloth is rigid with the pelvis: from the hip joints to the waist, as wide as the trunk. First with the edge
#: of shirt or shorts, which leads; then without what the thighs move. Where markers may lie. Half width, low, high,
#: shares of the leg. [E]
WHOLE_REGION, CLOTH_REGION, MARKER_REGION = (0.173, 0.0, 0.173), (0.173, 0.041, 0.173), (0.224, -0.041, 0.204)
#: Levels of the registration that starts from the result of the whole region. [E]
SECOND_LEVELS = ((2.0, 1, 6), (1.0, 1, 6))
#: At most so many frames: of the whole clip, as long as they are no fewer than so many a second of real time, else of
#: the 20 s in its middle, in which a runner takes 25 strides or more. [E]
MAX_FRAMES, MIN_FRAMES_HZ = 600, 30.0
#: Fewer frames than these do not show a stride. [E]
MIN_FRAMES = 60
#: What is tracked must go up and down with the hips at least by this share, or something that stands still hides
#: them: a treadmill's console. [E]
MIN_MOVEMENT_SHARE = 0.62
#: Width of the soft edges of a region, shares of the leg. [E]
_EDGE = 0.012
#: Median over so many frames removes jumps of the hip keypoints. [E]
_MEDIAN_FRAMES = 5
#: Frames are blurred before they are sampled where a pixel of the patch is larger than this, image pixels; by this
#: much of it. [E]
_BLUR_FROM_PX, _BLUR = 1.3, 0.45


def add_pelvis_tilt(
    video: PathLike,
    pose: xr.Dataset,
    *,
    view: PelvisView,
    leg_px: float,
    seen: SeenFrames | None = None,
) -> xr.Dataset:
    """Add to a pose dataset how the pelvis tilts.

    Parameters
    ----------
    video : path
        The video of the poses.
    pose : xarray.Dataset
        See `gait.pose.dataset`.
    view : {"rear", "front"}
    leg_px : float
        Thigh plus shank, pixels.
    seen : SeenFrames, optional
        What was put aside of the video's frames.

    Returns
    -------
    xarray.Dataset
        With the variable ``pelvis_tilt`` (time, individual): degrees against the clip's mean, + = the right side of the
        image higher; NaN where it was not read. Attributes ``pelvis_mark`` (``"tape"``, ``"waistband"``, ``"none"``;
        ``"hidden"`` where something stands in front of the hips) and ``pelvis_version``.

    Raises
    ------
    InputError
        When the video cannot be read.
    """
    tilt = np.full(pose.sizes["time"], np.nan)
    marker = "none"
    middle = _hip_middle(pose)
    chosen = _chosen_frames(pose, middle)
    if len(chosen) >= MIN_FRAMES:
        times = np.asarray(pose.time.values, dtype=float)[chosen]
        patches = np.empty((len(chosen), HEIGHT, WIDTH, 3), np.float32)
        cut = np.zeros(len(chosen), dtype=bool)
        for number, patch in _patches(video, times, middle[chosen], leg_px, seen):
            patches[number], cut[number] = patch, True
        if cut.sum() >= MIN_FRAMES:
            marker, found = track_pelvis(patches[cut], view, middle[chosen[cut], 1] * (WIDTH - 1) / _patch_span(leg_px))
            tilt[chosen[cut]] = found
    with_tilt = pose.assign({PELVIS_TILT: (("time", "individual"), tilt[:, None])})
    return with_tilt.assign_attrs(pose.attrs, **{PELVIS_MARKER_ATTR: marker, PELVIS_VERSION_ATTR: PELVIS_VERSION})


def track_pelvis(patches: Float32Array, view: PelvisView, height: FloatArray) -> tuple[str, FloatArray]:
    """Track the pelvis through patches.

    Parameters
    ----------
    patches : (n, HEIGHT, WIDTH, 3) float32 array
        RGB, 0 to 1; the hips' middle always at the same place.
    view : {"rear", "front"}
    height : (n,) float array
        Where in the frame (downwards) the hips' middle was, pixels of the patch.

    Returns
    -------
    marker : str
        As ``pelvis_mark`` of :func:`add_pelvis_tilt`.
    tilt_deg : (n,) float array
        Degrees, + = right side higher; NaN where the pelvis is hidden.
    """
    first = register(patches, _region(*WHOLE_REGION))
    if _is_hidden(first, height):
        return "hidden", np.full(len(patches), np.nan)
    found = find_pelvis_marker(first.mean, (_region(*MARKER_REGION) > 0.5).astype(np.float32), view)
    region = _region(*CLOTH_REGION) if found is None else found.region
    best = register(patches, region, start=first.params, levels=SECOND_LEVELS if found is None else SECOND_LEVELS[1:])
    return "none" if found is None else found.kind, best.tilt_deg


def _is_hidden(registered: Registered, height: FloatArray) -> bool:
    """Return whether what is tracked stands still while the hips go up and down."""
    content = height + registered.params[:, 3]
    at = np.arange(len(height))

    def movement(values: FloatArray) -> float:
        return float(np.std(values - np.polyval(np.polyfit(at, values, 1), at)))

    return movement(content) < MIN_MOVEMENT_SHARE * movement(height)


def _hip_middle(pose: xr.Dataset) -> FloatArray:
    """Return the middle of the hip keypoints, (T, 2), without jumps of single frames."""
    hips = pose.position.sel(keypoint=["left_hip", "right_hip"]).isel(individual=0).mean("keypoint", skipna=False)
    middle = np.array(hips.transpose("time", "space").values, dtype=float)
    found = np.isfinite(middle[:, 0])
    if found.sum() > _MEDIAN_FRAMES:
        from scipy.ndimage import median_filter  # slow to import

        middle[found] = median_filter(middle[found], (_MEDIAN_FRAMES, 1), mode="constant")
    return middle


def _chosen_frames(pose: xr.Dataset, middle: FloatArray) -> NDArray[np.intp]:
    """Choose the frames to read."""
    rate = (
        float(pose.attrs["fps"])
        * float(pose.attrs["capture_fps"])
        / float(pose.attrs.get(VIDEO_FPS_ATTR, pose.attrs["fps"]))
    )
    count = len(middle)
    every = int(np.clip(-(-count // MAX_FRAMES), 1, max(int(rate / MIN_FRAMES_HZ + 0.02), 1)))
    frames = np.arange(0, count, every)
    frames = frames[np.isfinite(middle[frames, 0])]
    spare = max(len(frames) - MAX_FRAMES, 0) // 2
    return np.asarray(frames[spare : spare + MAX_FRAMES], np.intp)


def _patch_span(leg_px: float) -> float:
    return (PATCH[1] - PATCH[0]) * leg_px


def _patches(
    video: PathLike, times: FloatArray, middle: FloatArray, leg_px: float, seen: SeenFrames | None
) -> Iterator[tuple[int, Float32Array]]:
    """Cut the patches out of the frames; frames that a damaged file lacks are left out."""
    across = np.linspace(PATCH[0], PATCH[1], WIDTH) * leg_px
    down = -np.linspace(PATCH[3], PATCH[2], HEIGHT) * leg_px
    pixel = across[1] - across[0]

    def box(number: int) -> tuple[int, int, int, int]:
        (x, y), low = middle[number], 4
        return int(x + across[0] - low), int(y + down[0] - low), int(x + across[-1] + 5), int(y + down[-1] + 5)

    def patch(surroundings: Image, number: int, left: int, top: int) -> Float32Array:
        x, y = middle[number]
        part = surroundings.astype(np.float32) / 255
        if pixel > _BLUR_FROM_PX:
            part = np.asarray(cv2.GaussianBlur(part, (0, 0), _BLUR * pixel), np.float32)
        map_x = np.broadcast_to(x - left + across[None, :], (HEIGHT, WIDTH)).astype(np.float32)
        map_y = np.broadcast_to(y - top + down[:, None], (HEIGHT, WIDTH)).astype(np.float32)
        cut = cv2.remap(part, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(cut, np.float32)

    unseen = []
    for number, time_s in enumerate(times.tolist()):
        left, top, right, bottom = box(number)
        # At the edge of the frame the box is moved inside, which takes the size of the frame.
        part = None if seen is None or left < 0 or top < 0 else seen.rgb_part(time_s, left, top, right, bottom)
        if part is None or part.shape[:2] != (bottom - top, right - left):
            unseen.append(number)
        else:
            yield number, patch(part, number, left, top)
    for frame in read_frames_at(video, times[unseen]):
        number = int(np.argmin(np.abs(times - frame.time_s)))
        if abs(times[number] - frame.time_s) > 1e-4:
            continue
        left, top, right, bottom = box(number)
        left, top = int(np.clip(left, 0, frame.width - 2)), int(np.clip(top, 0, frame.height - 2))
        part = frame.rgb_part(left, top, max(right, left + 2), max(bottom, top + 2))
        yield number, patch(part, number, left, top)


def _region(half_width: float, low: float, high: float) -> Float32Array:
    """Return 1 inside a part of the patch, 0 outside, with soft edges."""
    across, up = np.linspace(PATCH[0], PATCH[1], WIDTH), np.linspace(PATCH[3], PATCH[2], HEIGHT)

    def between(values: FloatArray, a: float, b: float) -> FloatArray:
        inside = 1 / (1 + np.exp(-(values - a) / _EDGE)) / (1 + np.exp((values - b) / _EDGE))
        return np.asarray(inside)

    return np.asarray(between(up, low, high)[:, None] * between(across, -half_width, half_width), np.float32)
