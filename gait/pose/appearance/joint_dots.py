"""Bright dots over the joints of the near side, found in the frames of a side view and tracked.

A dot is a round sticker or a square of tape of one colour, 1.5 to 4 cm across, on the skin or the clothes over a joint.
A keypoint of a pose model lies beside the joint by up to some centimetres, by another amount in each runner. A dot lies
where it was put. It is a spot: all around it, within a few centimetres, the frame has another colour.

What looks like a spot in one frame may be a logo, a seam or the background. A dot has the same colour in all frames,
stays at the same place of its limb, and has the colour of the other dots. A knee is round and bare or evenly clothed,
therefore nothing counts unless there is a dot over the knee and over two more joints.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray, Image, PathLike
from gait.pose.appearance.middle_part import middle_part
from gait.pose.dataset import DOT_OFFSETS_ATTR, DOT_POSITION, DOTS_VERSION_ATTR, DOTTED_JOINTS_ATTR, POSITION_DIMS
from gait.video import DecodedFrame, read_frames_at

#: Increased when the same video would give other dots than before, so that saved ones are not used again.
DOTS_VERSION = 1
#: Joints that may bear a dot, each with the two keypoints along whose line its place is steady.
DOT_JOINTS: Mapping[str, tuple[str, str]] = {
    "shoulder": ("hip", "shoulder"),
    "hip": ("hip", "shoulder"),
    "knee": ("hip", "knee"),
    "ankle": ("knee", "ankle"),
    "heel": ("heel", "foot_index"),
    "foot_index": ("heel", "foot_index"),
}
#: The joint that must bear a dot, and how many joints must. [E]
ANCHOR, MIN_JOINTS = "knee", 3
#: Farthest that a dot can be from its keypoint, shares of the leg (thigh plus shank; 0.1 = 8.5 cm). [E]
SEARCH: Mapping[str, float] = {
    "shoulder": 0.14,
    "hip": 0.13,
    "knee": 0.10,
    "ankle": 0.08,
    "heel": 0.08,
    "foot_index": 0.11,
}
#: Frames are scaled down, never up, to this many pixels for a leg: a pixel is then 3 mm. [E]
LEG_PX = 300
#: Distance at which all around a spot another colour lies, and directions in which it is compared. [E]
SURROUND, DIRECTIONS = 0.050, 12
#: Difference of colour (CIELAB, 8 bits a channel, lightness halved) to its surroundings that a spot has at least, as
#: long as the colour of the dots is unknown. [E]
MIN_CONTRAST = 18.0
#: Afterwards: difference to the colour of the dots at which a pixel has nothing of it left, and share of that colour
#: that a spot has more than its surroundings. [E]
COLOUR_RANGE, MIN_SHARE = 60.0, 0.25
#: A spot's edge is where its contrast falls to this share of its highest; from the second share on a pixel counts
#: wholly for the spot's middle. [E]
EDGE, FULL = 0.35, 0.75
#: Least and greatest diameter of a dot (1.2 and 4.2 cm), and greatest ratio of its axes. [E]
DIAMETER, MAX_AXES_RATIO = (0.014, 0.050), 2.6
#: Fewest pixels of a spot in the frame. [E]
MIN_AREA_PX = 4.0
#: Spots around a keypoint that are kept, the clearest. [E]
MAX_SPOTS = 5
#: What counts as the same dot in another frame: distance on its limb, difference of colour, ratio of areas. [E]
SAME_PLACE, SAME_COLOUR, SAME_AREA = 0.035, 26.0, 2.2
#: Difference of colour between dots over different joints: light falls otherwise, and a video takes the colour of what
#: is small from around it. [E]
SAME_STICKERS = 45.0
#: Of the frames that are searched, the share in which a dot must be found: over the knee in the first look, over the
#: knee, and over any other joint, which arms hide and speed blurs. And the fewest frames. [E]
FIRST_LOOK_SHARE, KNEE_SHARE, OTHER_SHARE, MIN_DOT_FRAMES = 0.35, 0.45, 0.25, 40
#: Greatest scatter of a dot about its mean place at the same phase of the stride (1 cm). [E]
MAX_SCATTER = 0.012
#: A spot farther off than this is another one, standard deviations of at least so much (4 mm). [E]
MAX_SDS, LEAST_SCATTER = 6.0, 0.005
#: Distance from the place that is expected at that phase within which a spot is taken for the dot. [E]
TRACK_REACH = 0.040
#: A dot that shows less than this share of its usual area is half hidden, and its middle unknown. [E]
MIN_AREA_SHARE = 0.4
#: Joints from which the colour of the dots is taken. [E]
COLOUR_JOINTS = (ANCHOR, "hip", "shoulder")
#: Frames of the first look, and its length, s of real time; and the most that are searched, of the middle of the clip
#: where there are more than that at 60 a second of real time. [E]
FIRST_LOOK_FRAMES, FIRST_LOOK_S, MAX_FRAMES, MIN_FRAMES_HZ = 48, 3.0, 1200, 60.0
#: Two spots nearer to each other than this are one, pixels. [E]
SAME_SPOT_PX = 1.5
#: Parts of the stride in which the place of a dot on its limb is averaged. [E]
PHASE_BINS = 16
#: Gives a part of a frame in colours: left, top, right, bottom, pixels.
RgbPart = Callable[[int, int, int, int], Image]
_SAME_TIME_S = 1e-4
_AXES_PER_SD = 4.0  # of an evenly filled ellipse: its axis over the standard deviation along it


@dataclass(frozen=True)
class Spots:
    """Spots around one keypoint, in many frames.

    Attributes
    ----------
    frame : (n,) int array
        Number of the frame.
    xy : (n, 2) float array
        Middle, pixels of the frame.
    place : (n, 2) float array
        From the keypoint, along and across its limb, shares of the leg.
    colour : (n, 3) float array
        CIELAB, lightness halved.
    area : (n,) float array
        Shares of the leg, squared.
    """

    frame: NDArray[np.intp]
    xy: FloatArray
    place: FloatArray
    colour: FloatArray
    area: FloatArray

    def only(self, chosen: NDArray[np.intp] | BoolArray) -> Spots:
        """Select spots.

        Parameters
        ----------
        chosen : (m,) int array or (n,) bool array

        Returns
        -------
        Spots
        """
        return Spots(self.frame[chosen], self.xy[chosen], self.place[chosen], self.colour[chosen], self.area[chosen])


def find_dot_colour(
    video: PathLike, pose: xr.Dataset, *, side: str, leg_px: float, real_per_playback: float
) -> FloatArray | None:
    """Look for a dot over the knee in a few frames: a quick look, for most runners bear no dots.

    Parameters
    ----------
    video : path
        The video of the poses.
    pose : xarray.Dataset
        See `gait.pose.dataset`.
    side : {"left", "right"}
        The side near the camera.
    leg_px : float
        Thigh plus shank, pixels.
    real_per_playback : float
        Real seconds per second of playback.

    Returns
    -------
    (3,) float array or None
        Colour of the dots (CIELAB, lightness halved); ``None`` where there is no dot over the knee.

    Raises
    ------
    InputError
        The video cannot be read.
    """
    time = np.asarray(pose.time.values, dtype=float)
    if len(time) < FIRST_LOOK_FRAMES:
        return None
    part = middle_part(pose, FIRST_LOOK_S / real_per_playback)
    inside = np.arange(part.start, part.stop)
    frames = inside[:: -(-len(inside) // FIRST_LOOK_FRAMES)]
    joints = [joint for joint in COLOUR_JOINTS if f"{side}_{joint}" in pose.keypoint.values]
    spots: dict[str, Spots] = {}
    colours: list[FloatArray] = []
    for joint in joints:
        if joint not in spots:  # the others only where there is a dot over the knee
            wanted = [ANCHOR] if not spots else joints[1:]
            spots |= find_spots(video, pose, frames, side=side, joints=wanted, leg_px=leg_px)
        for dot in _steady_spots(spots[joint], count=1 if joint == ANCHOR else 3):
            colour = np.median(dot.colour, axis=0)
            alike = joint == ANCHOR or np.linalg.norm(colour - colours[0]) < SAME_STICKERS
            if alike and len(dot.frame) >= FIRST_LOOK_SHARE * len(frames):
                colours.append(colour)
                break
        if not colours:
            return None
    return np.asarray(np.median(colours, axis=0), dtype=float)


def add_joint_dots(
    video: PathLike,
    pose: xr.Dataset,
    *,
    clean: xr.Dataset,
    phase: FloatArray,
    colour: FloatArray,
    side: str,
    leg_px: float,
    real_per_playback: float = 1.0,
) -> xr.Dataset:
    """Add to a pose dataset where dots over the joints are.

    Parameters
    ----------
    video : path
        The video of the poses; filmed from the side.
    pose : xarray.Dataset
        See `gait.pose.dataset`.
    clean : xarray.Dataset
        The same with labels repaired and keypoints smoothed, or a part of it.
    phase : (T,) float array
        Stride phase in the frames of ``clean``, strides.
    colour : (3,) float array
        Of the dots, as `find_dot_colour` gives it.
    side : {"left", "right"}
        The side near the camera.
    leg_px : float
        Thigh plus shank, pixels.
    real_per_playback : float
        Real seconds per second of playback.

    Returns
    -------
    xarray.Dataset
        Where dots were found, with the variable ``dot_position``, of the dims of ``position``: pixels, NaN where a
        joint bears no dot or it was not seen. Attributes ``dotted_joints``: keypoints with a dot, separated by commas;
        ``dot_offsets`` (`dot_offsets_in`); ``dots_version``.

    Raises
    ------
    InputError
        The video cannot be read.
    """
    frames = _chosen_frames(np.asarray(clean.time.values, dtype=float), real_per_playback)
    joints = [joint for joint in DOT_JOINTS if f"{side}_{joint}" in clean.keypoint.values]
    found: dict[str, Spots] = {}
    if len(frames) >= MIN_DOT_FRAMES and ANCHOR in joints:
        spots = find_spots(video, clean, frames, side=side, joints=joints, leg_px=leg_px, colour=colour)
        found = choose_dots(spots, phase, len(frames))
    first = int(np.searchsorted(np.asarray(pose.time.values, dtype=float), float(clean.time.values[0])))
    names = [str(name) for name in pose.keypoint.values]
    with_dots = pose.drop_vars(DOT_POSITION, errors="ignore")
    if found:
        positions = np.full((pose.sizes["time"], 2, len(names), 1), np.nan)
        for joint, dot in found.items():
            positions[first + dot.frame, :, names.index(f"{side}_{joint}"), 0] = dot.xy
        with_dots = with_dots.assign({DOT_POSITION: (POSITION_DIMS, positions)})
    attributes = {k: v for k, v in pose.attrs.items() if k not in (DOTTED_JOINTS_ATTR, DOT_OFFSETS_ATTR)}
    if found:  # a NetCDF attribute cannot be empty
        attributes[DOTTED_JOINTS_ATTR] = ",".join(f"{side}_{joint}" for joint in found)
        since = phase - stride_start(clean, phase, side)
        even = (np.arange(PHASE_BINS) + 0.5) / PHASE_BINS
        means = {joint: leg_px * _mean_place(since[dot.frame], dot.place, even) for joint, dot in found.items()}
        attributes[DOT_OFFSETS_ATTR] = json.dumps(
            {f"{side}_{joint}": m.round(3).tolist() for joint, m in means.items()}
        )
    with_dots.attrs = {**attributes, DOTS_VERSION_ATTR: DOTS_VERSION}
    return with_dots


def stride_start(clean: xr.Dataset, phase: FloatArray, side: str) -> float:
    """Find the moment of the stride at which the ankle is farthest to the right of the hip, by its first harmonic.

    The zero of a stride phase is arbitrary, and another one in each part of a clip.

    Parameters
    ----------
    clean : xarray.Dataset
        Cleaned pose dataset.
    phase : (T,) float array
        Stride phase in its frames, strides.
    side : {"left", "right"}

    Returns
    -------
    float
        Stride phase, −0.5 to 0.5.
    """
    x = [
        clean.position.sel(keypoint=f"{side}_{name}", space="x").isel(individual=0).values for name in ("ankle", "hip")
    ]
    travel = np.asarray(x[0] - x[1], dtype=float)
    seen = np.isfinite(travel)
    first = np.sum((travel[seen] - travel[seen].mean()) * np.exp(2j * np.pi * phase[seen]))
    return float(np.angle(first) / (2 * np.pi))


def dot_offsets_in(pose: xr.Dataset) -> dict[str, FloatArray]:
    """Read how far dots lie from their keypoints, on average over the strides.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset of `add_joint_dots`.

    Returns
    -------
    dict
        Keypoint → (PHASE_BINS, 2) array, pixels: along the line of `DOT_JOINTS`, and across it (a quarter turn
        clockwise in the image), at the middles of even parts of the stride that begins with `stride_start`.
    """
    record = json.loads(str(pose.attrs.get(DOT_OFFSETS_ATTR) or "{}"))
    return {str(joint): np.asarray(table, dtype=float) for joint, table in record.items()}


def find_spots(
    video: PathLike,
    pose: xr.Dataset,
    frames: NDArray[np.intp],
    *,
    side: str,
    joints: Sequence[str],
    leg_px: float,
    colour: FloatArray | None = None,
) -> dict[str, Spots]:
    """Find the spots around keypoints.

    Parameters
    ----------
    video : path
    pose : xarray.Dataset
        Poses of that video, raw or cleaned.
    frames : (n,) int array
        Which of its frames to search, increasing.
    side : {"left", "right"}
    joints : sequence of str
        Some of `DOT_JOINTS`.
    leg_px : float
        Thigh plus shank, pixels.
    colour : (3,) float array, optional
        Of the spots (CIELAB, lightness halved); any colour without it.

    Returns
    -------
    dict
        Joint → spots.

    Raises
    ------
    InputError
        The video cannot be read.
    """
    time = np.asarray(pose.time.values, dtype=float)
    needed = {name for joint in joints for name in (joint, *DOT_JOINTS[joint])}
    tracks = {
        name: np.asarray(
            pose.position.sel(keypoint=f"{side}_{name}").isel(individual=0).transpose("time", "space").values, float
        )
        for name in needed
    }
    rows: dict[str, list[FloatArray]] = {joint: [] for joint in joints}
    for index, frame in _read(video, time, frames):
        for joint in joints:
            start, end = (tracks[name][index] for name in DOT_JOINTS[joint])
            middle = tracks[joint][index]
            if not np.isfinite([middle, start, end]).all() or not np.any(end != start):
                continue
            size = frame.width, frame.height
            spots = _spots_in(frame.rgb_part, size, middle, SEARCH[joint], leg_px, colour)
            if not len(spots):
                continue
            along = (end - start) / np.linalg.norm(end - start)
            axes = np.array([along, [-along[1], along[0]]])
            place = (spots[:, :2] - middle) @ axes.T / leg_px
            rows[joint].append(np.column_stack([np.full(len(spots), index), spots[:, :2], place, spots[:, 2:]]))
    return {
        joint: _as_spots(np.concatenate(of_joint) if of_joint else np.empty((0, 9))) for joint, of_joint in rows.items()
    }


def _as_spots(rows: FloatArray) -> Spots:
    return Spots(rows[:, 0].astype(np.intp), rows[:, 1:3], rows[:, 3:5], rows[:, 5:8], rows[:, 8])


def spots_around(
    image: Image, middle: FloatArray, search: float, leg_px: float, colour: FloatArray | None = None
) -> FloatArray:
    """Find the spots around one point of a frame.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB.
    middle : (2,) float array
        Pixels.
    search : float
        How far to search, shares of the leg.
    leg_px : float
        Thigh plus shank, pixels.
    colour : (3,) float array, optional
        Of the spots (CIELAB, lightness halved); any colour without it.

    Returns
    -------
    (n, 6) float array
        Middle (pixels of the frame), colour (CIELAB, lightness halved), area (shares of the leg, squared); the clearest
        spots first.
    """
    size = image.shape[1], image.shape[0]
    return _spots_in(lambda x0, y0, x1, y1: image[y0:y1, x0:x1], size, middle, search, leg_px, colour)


def _spots_in(
    part_of: RgbPart, size: tuple[int, int], middle: FloatArray, search: float, leg_px: float, colour: FloatArray | None
) -> FloatArray:
    """Find the spots as :func:`spots_around` does, in a frame of this width and height."""
    scale = min(LEG_PX / leg_px, 1.0)
    unit = leg_px * scale  # pixels of the patch for a leg
    reach = int(np.ceil((search + SURROUND) * unit)) + 2
    patch_px = 2 * reach + 1
    # Whole numbers are the middles of pixels here, and their corners in keypoints.
    x, y = middle - 0.5
    if not all(-reach / scale < value < end + reach / scale for value, end in zip((x, y), size, strict=True)):
        return np.empty((0, 6))
    left, top = (int(np.floor(value - reach / scale - 2)) for value in (x, y))
    right, bottom = (int(np.ceil(value + reach / scale + 3)) for value in (x, y))
    left_in, top_in = (int(np.clip(at, 0, end - 1)) for at, end in zip((left, top), size, strict=True))
    part = part_of(left_in, top_in, max(right, left_in + 1), max(bottom, top_in + 1))
    if scale < 0.75:
        part = np.asarray(cv2.GaussianBlur(part, (0, 0), 0.45 / scale), dtype=np.uint8)
    to_patch = np.array([[scale, 0, reach - scale * (x - left_in)], [0, scale, reach - scale * (y - top_in)]])
    patch = cv2.warpAffine(
        part, to_patch, (patch_px, patch_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    lab = cv2.cvtColor(np.asarray(patch, dtype=np.uint8), cv2.COLOR_RGB2LAB).astype(np.float32)
    lab *= np.array([0.5, 1, 1], np.float32)
    if colour is None:
        contrast, least = _isolation(lab, SURROUND * unit), MIN_CONTRAST
    else:
        away = lab - np.asarray(colour, np.float32)
        like = np.maximum(1 - np.sqrt(np.einsum("ijk,ijk->ij", away, away)) / COLOUR_RANGE, 0)
        contrast, least = _excess(like, SURROUND * unit), MIN_SHARE
    inner = contrast.shape[0] // 2  # the middle of the keypoint in the map
    offset = reach - inner
    count, labels, stats, _ = cv2.connectedComponentsWithStats((contrast > least).astype(np.uint8))
    found: list[tuple[float, FloatArray]] = []
    for number in range(1, count):
        box_x, box_y, width, height, area = (int(value) for value in stats[number])
        if area < MIN_AREA_PX / 2:
            continue
        view = (slice(box_y, box_y + height), slice(box_x, box_x + width))
        values = np.where(labels[view] == number, contrast[view], 0.0)
        spot = _measured_spot(values, lab[offset + box_y :, offset + box_x :][:height, :width], unit, scale)
        if spot is None:
            continue
        centre, colour, share, peak = spot
        from_keypoint = (centre + np.array([box_x, box_y]) - inner) / scale
        if np.linalg.norm(from_keypoint) <= search * leg_px:
            found.append((peak, np.array([*(middle + from_keypoint), *colour, share])))
    found.sort(key=lambda item: -item[0])
    return np.array([spot for _, spot in found[:MAX_SPOTS]]).reshape(-1, 6)


def _isolation(lab: NDArray[np.float32], distance: float) -> FloatArray:
    """Return by how much each pixel differs in colour from what lies all around it, the least of all directions.

    The map is smaller than the patch by the distance on each side.
    """
    inner, around = _surroundings(lab, distance)
    least = np.full(inner.shape[:2], np.inf, np.float32)
    for other in around:
        difference = inner - other
        np.minimum(least, np.einsum("ijk,ijk->ij", difference, difference), out=least)
    return np.asarray(np.sqrt(least), dtype=float)


def _excess(like: NDArray[np.float32], distance: float) -> FloatArray:
    """Return by how much more each pixel has of a colour than all that lies around it; size as in `_isolation`."""
    inner, around = _surroundings(like, distance)
    return np.asarray(inner - np.max(list(around), axis=0), dtype=float)


def _surroundings(
    values: NDArray[np.float32], distance: float
) -> tuple[NDArray[np.float32], Iterator[NDArray[np.float32]]]:
    """Return the inner part of a patch, and what lies at a distance from each of its pixels, way by way."""
    margin = int(np.ceil(distance))
    size = values.shape[0] - 2 * margin

    def shifted() -> Iterator[NDArray[np.float32]]:
        for angle in 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS:
            right, down = round(distance * np.cos(angle)), round(distance * np.sin(angle))
            yield values[margin + down : margin + down + size, margin + right : margin + right + size]

    return values[margin : margin + size, margin : margin + size], shifted()


def _measured_spot(
    contrast: FloatArray, lab: NDArray[np.float32], unit: float, scale: float
) -> tuple[FloatArray, FloatArray, float, float] | None:
    """Measure a spot in its box: middle (x, y), colour, area, contrast; ``None`` where it is no dot."""
    values = np.sort(contrast[contrast > 0])
    peak = float(values[int(0.9 * (len(values) - 1))])
    weight = np.clip((contrast / peak - EDGE) / (FULL - EDGE), 0, 1)
    area = float(weight.sum())
    if area < MIN_AREA_PX * scale**2:
        return None
    diameter = np.sqrt(4 * area / np.pi) / unit
    if not DIAMETER[0] <= diameter <= DIAMETER[1]:
        return None
    y, x = np.mgrid[: contrast.shape[0], : contrast.shape[1]]
    points = np.stack([x.ravel(), y.ravel()], axis=1).astype(float)
    share = weight.ravel() / area
    centre = share @ points
    spread = (points - centre).T @ ((points - centre) * share[:, None]) + np.eye(2) / 12
    small, large = np.sqrt(np.linalg.eigvalsh(spread))
    if large > MAX_AXES_RATIO * small or _AXES_PER_SD * large > 2 * DIAMETER[1] * unit:
        return None
    core = lab[weight >= 0.9 * weight.max()]
    return centre, np.asarray(np.median(core, axis=0), dtype=float), area / unit**2, peak


def choose_dots(spots: Mapping[str, Spots], phase: FloatArray, frames: int) -> dict[str, Spots]:
    """Choose the spots that are dots: steady on their limb, of one colour, over the knee and two more joints.

    Parameters
    ----------
    spots : mapping
        Joint → spots.
    phase : (T,) float array
        Stride phase of every frame that ``spots`` count, strides.
    frames : int
        How many frames were searched.

    Returns
    -------
    dict
        Joint → its dot, at most once a frame; empty where there are no dots.
    """
    chosen: dict[str, Spots] = {}
    for joint, of_joint in spots.items():
        enough = max(MIN_DOT_FRAMES, (KNEE_SHARE if joint == ANCHOR else OTHER_SHARE) * frames)
        tracked = [_tracked(of_joint, group, phase) for group in _steady_spots(of_joint)]
        dots = [dot for dot in tracked if dot is not None and len(dot.frame) >= enough]
        if dots:
            chosen[joint] = max(dots, key=lambda dot: len(dot.frame))
    for first, second in combinations(list(chosen), 2):
        # Ankle and heel are so close together that one dot may lie within reach of both keypoints.
        if first in chosen and second in chosen:
            pair = _told_apart(chosen[first], chosen[second])
            for joint, dot in zip((first, second), pair, strict=True):
                chosen[joint] = dot
                if len(dot.frame) < max(MIN_DOT_FRAMES, OTHER_SHARE * frames):
                    del chosen[joint]
    return chosen if ANCHOR in chosen and len(chosen) >= MIN_JOINTS else {}


def _distance(dot: Spots) -> float:
    """Return how far a dot lies from its keypoint, shares of the leg."""
    return float(np.linalg.norm(np.median(dot.place, axis=0)))


def _told_apart(first: Spots, second: Spots) -> tuple[Spots, Spots]:
    """Give a spot that was taken for two dots to the one alone."""
    _, a, b = np.intersect1d(first.frame, second.frame, return_indices=True)
    same = np.linalg.norm(first.xy[a] - second.xy[b], axis=1) < SAME_SPOT_PX
    if 2 * same.sum() > len(same):  # there is one dot only, that of the nearer keypoint
        nearer = np.full(same.sum(), _distance(first) <= _distance(second))
    else:
        off = [np.linalg.norm(dot.place - np.median(dot.place, axis=0), axis=1) for dot in (first, second)]
        nearer = (off[0][a] <= off[1][b])[same]
    lost_by_first, lost_by_second = a[same][~nearer], b[same][nearer]
    return _without(first, lost_by_first), _without(second, lost_by_second)


def _without(dot: Spots, lost: NDArray[np.intp]) -> Spots:
    return dot.only(np.setdiff1d(np.arange(len(dot.frame)), lost))


def _features(spots: Spots) -> FloatArray:
    """Return in what spots can be alike, each in units of the difference that is still alike, (n, 6)."""
    area = np.log(spots.area) / np.log(SAME_AREA)
    return np.column_stack([spots.place / SAME_PLACE, spots.colour / SAME_COLOUR, area])


def _steady_spots(spots: Spots, count: int = 3) -> list[Spots]:
    """Return groups of spots that are alike in many frames, the largest first; each at most once a frame."""
    groups: list[Spots] = []
    features, left = _features(spots), np.ones(len(spots.frame), dtype=bool)
    rng = np.random.default_rng(0)
    for _ in range(count):
        rest = np.flatnonzero(left)
        if len(rest) < 2:
            break
        seeds = features[rng.permutation(rest)[:200]]
        sizes = [len(np.unique(spots.frame[rest[_alike(features[rest], seed)]])) for seed in seeds]
        centre = seeds[int(np.argmax(sizes))]
        for _ in range(4):
            alike = rest[_alike(features[rest], centre)]
            centre = np.median(features[alike], axis=0)
        alike = rest[_alike(features[rest], centre)]
        if not len(alike):
            break
        groups.append(spots.only(_once_a_frame(spots.frame, alike, np.linalg.norm(features - centre, axis=1))))
        left[alike] = False
    return sorted(groups, key=lambda group: -len(group.frame))


def _alike(features: FloatArray, centre: FloatArray) -> BoolArray:
    difference = features - centre
    near = np.linalg.norm(difference[:, :2], axis=1) < 1
    coloured = np.linalg.norm(difference[:, 2:5], axis=1) < 1
    return np.asarray(near & coloured & (np.abs(difference[:, 5]) < 1))


def _once_a_frame(frame: NDArray[np.intp], chosen: NDArray[np.intp], distance: FloatArray) -> NDArray[np.intp]:
    """Keep the nearest spot of each frame."""
    order = chosen[np.lexsort([distance[chosen], frame[chosen]])]
    _, first = np.unique(frame[order], return_index=True)
    return np.asarray(order[first])


def _tracked(spots: Spots, dot: Spots, phase: FloatArray) -> Spots | None:
    """Take in each frame the spot nearest to where the dot lies on its limb at that phase of the stride."""
    for _ in range(2):
        expected = _mean_place(phase[dot.frame], dot.place, phase[spots.frame])
        distance = np.linalg.norm(spots.place - expected, axis=1)
        colour = np.linalg.norm(spots.colour - np.median(dot.colour, axis=0), axis=1)
        usual = float(np.median(dot.area))
        fitting = (distance < TRACK_REACH) & (colour < SAME_COLOUR) & (spots.area < SAME_AREA * usual)
        chosen = np.flatnonzero(fitting & (spots.area > MIN_AREA_SHARE * usual))
        if len(chosen) < MIN_DOT_FRAMES:
            return None
        dot = spots.only(_once_a_frame(spots.frame, chosen, distance))
    off = dot.place - _mean_place(phase[dot.frame], dot.place, phase[dot.frame])
    scatter = 1.4826 * float(np.median(np.abs(off), axis=0).max())
    if scatter >= MAX_SCATTER:
        return None
    return dot.only(np.linalg.norm(off, axis=1) < MAX_SDS * max(scatter, LEAST_SCATTER))


def _mean_place(phase: FloatArray, place: FloatArray, at: FloatArray) -> FloatArray:
    """Return the median place of a dot at phases of the stride, interpolated where it was not seen, (n, 2)."""
    bins = np.floor((phase % 1.0) * PHASE_BINS).astype(int)
    seen = [number for number in range(PHASE_BINS) if (bins == number).sum() >= 3]
    if not seen:
        return np.tile(np.median(place, axis=0), (len(at), 1))
    middles = (np.array(seen) + 0.5) / PHASE_BINS
    medians = np.array([np.median(place[bins == number], axis=0) for number in seen])
    return np.stack([np.interp(at % 1.0, middles, medians[:, axis], period=1.0) for axis in range(2)], axis=1)


def _chosen_frames(time: FloatArray, real_per_playback: float) -> NDArray[np.intp]:
    """Choose the frames to search."""
    count = len(time)
    if count < 2:
        return np.arange(count)
    rate = 1 / (float(np.median(np.diff(time))) * real_per_playback)
    every = int(np.clip(-(-count // MAX_FRAMES), 1, max(int(rate / MIN_FRAMES_HZ + 0.02), 1)))
    frames = np.arange(0, count, every)
    spare = max(len(frames) - MAX_FRAMES, 0) // 2
    return np.asarray(frames[spare : spare + MAX_FRAMES], np.intp)


def _read(video: PathLike, time: FloatArray, frames: NDArray[np.intp]) -> Iterator[tuple[int, DecodedFrame]]:
    """Read frames by their number among the poses; frames that a damaged file lacks are left out."""
    if not len(frames):
        return
    wanted = {int(index) for index in frames}
    for frame in read_frames_at(video, time[frames]):
        index = int(np.argmin(np.abs(time - frame.time_s)))
        if index in wanted and abs(time[index] - frame.time_s) <= _SAME_TIME_S:
            yield index, frame
