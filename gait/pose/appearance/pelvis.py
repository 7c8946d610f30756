"""How the pelvis tilts in the picture, read off the picture itself.

The line through the hip landmarks of a pose model does not follow the pelvis. The cloth over it does: the picture
around the hips, followed from frame to frame (`gait.pose.appearance.registration`), turns with the pelvis. Where tape over its bony
points or a waistband that stands out is seen (`gait.pose.appearance.pelvis_markers`), that alone is followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import medfilt

from gait._typing import FloatArray
from gait.pose.appearance.pelvis_markers import View, find_marks
from gait.pose.appearance.registration import Registered, register
from gait.video.reader import read_pictures

#: Raised when the same video would give another tilt than before, so that a kept one is not used again.
PELVIS_VERSION = 2
#: The patch around the middle of the hip landmarks, shares of the leg (hip to ankle): left, right, below, above; and
#: its size in pixels. A pixel is half a centimetre.
PATCH = (-0.255, 0.255, -0.102, 0.245)
WIDTH, HEIGHT = 88, 60
#: Where the cloth is rigid with the pelvis: from the hip joints to the waist, as wide as the trunk. First with the edge
#: of shirt or shorts, which leads; then without what the thighs move. Where marks may lie. Half width, low, high. [E]
WHOLE, CLOTH, MARKS = (0.173, 0.0, 0.173), (0.173, 0.041, 0.173), (0.224, -0.041, 0.204)
#: From the start that the whole region gives.
SECOND = ((2.0, 1, 6), (1.0, 1, 6))
#: At most so many pictures: of the whole clip, as long as they are no fewer than so many a second of real time, else of
#: the 20 s in its middle, in which a runner takes 25 strides or more.
MOST, LEAST_HZ = 600, 30.0
#: Fewer than so many pictures say nothing of a stride.
FEWEST = 60
#: What is followed must go up and down with the hips at least by this share, or something that stands still hides
#: them: a treadmill's console. [E]
RIDES = 0.62
VARIABLE = "pelvis_tilt"


def add_pelvis_tilt(
    video: str | os.PathLike[str],
    pose: xr.Dataset,
    *,
    view: View,
    leg_px: float,
) -> xr.Dataset:
    """Add to a pose dataset how the pelvis tilts.

    Parameters
    ----------
    video : path
        From which the poses are.
    pose : xarray.Dataset
        See `gait.pose.dataset`.
    view : {"rear", "front"}
    leg_px : float
        Thigh plus shank, pixels.

    Returns
    -------
    xarray.Dataset
        With the variable ``pelvis_tilt`` (time, individual): degrees against the clip's mean, + = the right side of the
        picture higher; NaN where it was not read. Attributes ``pelvis_mark`` (``"tape"``, ``"waistband"``, ``"none"``;
        ``"hidden"`` where something stands in front of the hips) and ``pelvis_version``.

    Raises
    ------
    InputError
        When the video cannot be read.
    """
    tilt = np.full(pose.sizes["time"], np.nan)
    mark = "none"
    middle = _middle(pose)
    chosen = _chosen(pose, middle)
    if len(chosen) >= FEWEST:
        times = np.asarray(pose.time.values, dtype=float)[chosen]
        patches = np.empty((len(chosen), HEIGHT, WIDTH, 3), np.float32)
        seen = np.zeros(len(chosen), dtype=bool)
        for number, patch in _patches(video, times, middle[chosen], leg_px):
            patches[number], seen[number] = patch, True
        if seen.sum() >= FEWEST:
            mark, found = follow_pelvis(patches[seen], view, middle[chosen[seen], 1] * (WIDTH - 1) / _span(leg_px))
            tilt[chosen[seen]] = found
    made = pose.assign({VARIABLE: (("time", "individual"), tilt[:, None])})
    return made.assign_attrs(pose.attrs, pelvis_mark=mark, pelvis_version=PELVIS_VERSION)


def follow_pelvis(patches: FloatArray, view: View, height: NDArray[np.float64]) -> tuple[str, NDArray[np.float64]]:
    """Follow the pelvis through patches.

    Parameters
    ----------
    patches : (n, HEIGHT, WIDTH, 3) array
        0 to 1; the hips' middle always at the same place.
    view : {"rear", "front"}
    height : (n,) array
        Where in the picture (downwards) the hips' middle was, pixels of the patch.

    Returns
    -------
    mark : str
        As ``pelvis_mark`` of :func:`add_pelvis_tilt`.
    tilt_deg : (n,) array
        NaN where the pelvis is hidden.
    """
    first = register(patches, _region(*WHOLE))
    if _hidden(first, height):
        return "hidden", np.full(len(patches), np.nan)
    found = find_marks(first.mean, (_region(*MARKS) > 0.5).astype(np.float32), view)
    region = _region(*CLOTH) if found is None else found.region
    best = register(patches, region, start=first.params, levels=SECOND if found is None else SECOND[1:])
    return "none" if found is None else found.kind, best.tilt_deg


def _hidden(seen: Registered, height: NDArray[np.float64]) -> bool:
    """Say whether what is followed stands still while the hips go up and down."""
    content = height + seen.params[:, 3]
    at = np.arange(len(height))

    def moved(values: NDArray[np.float64]) -> float:
        return float(np.std(values - np.polyval(np.polyfit(at, values, 1), at)))

    return moved(content) < RIDES * moved(height)


def _middle(pose: xr.Dataset) -> NDArray[np.float64]:
    """Give the middle of the hip landmarks, (T, 2), without jumps of single frames."""
    hips = pose.position.sel(keypoint=["left_hip", "right_hip"]).isel(individual=0).mean("keypoint", skipna=False)
    middle = np.array(hips.transpose("time", "space").values, dtype=float)
    known = np.isfinite(middle[:, 0])
    if known.sum() > 5:
        middle[known] = np.stack([medfilt(middle[known, axis], 5) for axis in range(2)], axis=1)
    return middle


def _chosen(pose: xr.Dataset, middle: NDArray[np.float64]) -> NDArray[np.intp]:
    """Choose the frames to be read."""
    rate = (
        float(pose.attrs["fps"])
        * float(pose.attrs["capture_fps"])
        / float(pose.attrs.get("video_fps", pose.attrs["fps"]))
    )
    count = len(middle)
    every = int(np.clip(-(-count // MOST), 1, max(int(rate / LEAST_HZ + 0.02), 1)))
    frames = np.arange(0, count, every)
    frames = frames[np.isfinite(middle[frames, 0])]
    spare = max(len(frames) - MOST, 0) // 2
    return np.asarray(frames[spare : spare + MOST], np.intp)


def _span(leg_px: float) -> float:
    return (PATCH[1] - PATCH[0]) * leg_px


def _patches(
    video: str | os.PathLike[str], times: NDArray[np.float64], middle: NDArray[np.float64], leg_px: float
) -> Iterator[tuple[int, FloatArray]]:
    """Cut the patches of frames out of the pictures; numbers of frames that a damaged file lacks are left out."""
    across = np.linspace(PATCH[0], PATCH[1], WIDTH) * leg_px
    down = -np.linspace(PATCH[3], PATCH[2], HEIGHT) * leg_px
    pixel = across[1] - across[0]
    for picture in read_pictures(video, start=float(times[0]), end=float(times[-1]) + 1e-3):
        number = int(np.argmin(np.abs(times - picture.time_s)))
        if abs(times[number] - picture.time_s) > 1e-4:
            continue
        x, y = middle[number]
        image = picture.rgb()
        left, top = (
            int(np.clip(x + across[0] - 4, 0, image.shape[1] - 2)),
            int(np.clip(y + down[0] - 4, 0, image.shape[0] - 2)),
        )
        right, bottom = max(int(x + across[-1] + 5), left + 2), max(int(y + down[-1] + 5), top + 2)
        part = image[top:bottom, left:right].astype(np.float32) / 255
        if pixel > 1.3:
            part = np.asarray(cv2.GaussianBlur(part, (0, 0), 0.45 * pixel), np.float32)
        map_x = np.broadcast_to(x - left + across[None, :], (HEIGHT, WIDTH)).astype(np.float32)
        map_y = np.broadcast_to(y - top + down[:, None], (HEIGHT, WIDTH)).astype(np.float32)
        patch = cv2.remap(part, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        yield number, np.asarray(patch, np.float32)


def _region(half_width: float, low: float, high: float) -> FloatArray:
    """Give 1 inside a part of the patch, 0 outside, with soft edges."""
    across, up = np.linspace(PATCH[0], PATCH[1], WIDTH), np.linspace(PATCH[3], PATCH[2], HEIGHT)

    def between(values: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
        soft = 0.012
        inside = 1 / (1 + np.exp(-(values - a) / soft)) / (1 + np.exp((values - b) / soft))
        return np.asarray(inside)

    return np.asarray(between(up, low, high)[:, None] * between(across, -half_width, half_width), np.float32)
