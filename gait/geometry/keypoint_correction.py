"""Corrects the steady errors of a pose network: keypoints move to the joint centres they stand for.

A network sets each keypoint beside its joint: the hip in the middle of the body's depth rather than at the joint
centre, the heel on the edge of the shoe. Such an offset is fixed in the image or in a segment of the body, and turns
with it. The error of a keypoint is therefore modelled as a sum of vectors, one fixed in the image and one in each
neighbouring segment. `calibration.keypoint_correction_fit` measures them on rendered runners of two families.

The error depends on the posture of this runner alone. Nothing is drawn towards a mean of people: what is subtracted
from an unusual posture is the error of that posture.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.calibration import constants_file
from gait.geometry.camera import Camera, leg_view_of, rotate_upright

ComplexArray = NDArray[np.complex128]

#: Segments of one side, from their first to their second keypoint.
SEGMENTS: Mapping[str, tuple[str, str]] = {
    "thigh": ("hip", "knee"),
    "shank": ("knee", "ankle"),
    "foot": ("heel", "foot_index"),
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
}
#: In which segments the error of a keypoint may be fixed, besides the image; in a side view.
SEGMENTS_OF_JOINT: Mapping[str, tuple[str, ...]] = {
    "hip": ("thigh",),
    "knee": ("thigh", "shank"),
    "ankle": ("shank", "foot"),
    "heel": ("shank", "foot"),
    "foot_index": ("shank", "foot"),
    "shoulder": (),
    "elbow": ("upper_arm", "forearm"),
    "wrist": ("forearm",),
    "ear": (),
}
#: Name of the vector that is fixed in the image.
IMAGE = "image"
#: The posture that errors are computed from is itself corrected this many times; two change it by under 0.1 %. [E]
ITERATIONS = 3

#: Error vectors of one keypoint: segment or `IMAGE` → complex number, shares of thigh plus shank.
ErrorVectors = Mapping[str, complex]


@cache
def load_error_vectors(network: str) -> Mapping[tuple[str, str], ErrorVectors]:
    """Load the error vectors of a network (``keypoint_correction.toml``).

    Parameters
    ----------
    network : str
        ``"full"`` or ``"heavy"``.

    Returns
    -------
    mapping
        (leg view, joint) → error vectors; empty for a network that was not measured.
    """
    text = constants_file("keypoint_correction.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text).get(network, {})
    return {
        (view, joint): {part: complex(*vector) for part, vector in row["vectors"].items()}
        for view, joints in table.items()
        for joint, row in joints.items()
    }


def runner_axes(xy_px: FloatArray, pose: xr.Dataset, camera: Camera) -> ComplexArray:
    """Express image vectors along the runner's axes as complex numbers.

    Parameters
    ----------
    xy_px : (..., 2) float array
        Pixels, x right and y down.
    pose : xarray.Dataset
        Its attributes hold the camera's roll.
    camera : Camera

    Returns
    -------
    (...) complex array
        Real part: forwards in a side view, to the image's right otherwise; imaginary part: up. Pixels.
    """
    upright = rotate_upright(xy_px, pose)
    sign = camera.direction if camera.view == "side" else 1
    return np.asarray(sign * upright[..., 0] - 1j * upright[..., 1])


def image_axes(vectors: ComplexArray, pose: xr.Dataset, camera: Camera) -> FloatArray:
    """Turn vectors along the runner's axes back into image vectors; the inverse of `runner_axes`.

    Parameters
    ----------
    vectors : (...) complex array
    pose : xarray.Dataset
    camera : Camera

    Returns
    -------
    (..., 2) float array
        Pixels, x right and y down.
    """
    sign = camera.direction if camera.view == "side" else 1
    upright = np.stack([sign * vectors.real, -vectors.imag], axis=-1)
    # `rotate_upright` multiplies rows with a rotation matrix: its columns are the rotated unit vectors.
    rotation = rotate_upright(np.eye(2), pose)
    return np.asarray(upright @ rotation.T)


def unit_vectors_of(joints: Mapping[str, ComplexArray], parts: Collection[str]) -> dict[str, ComplexArray]:
    """Return the directions in which error vectors are fixed.

    Parameters
    ----------
    joints : mapping of str to (T,) complex array
        Keypoints of one side.
    parts : collection of str
        Keys of `SEGMENTS`, or `IMAGE`.

    Returns
    -------
    dict of str to (T,) complex array
        Unit vectors; 1 throughout for the image.
    """
    directions = {}
    for part in parts:
        if part == IMAGE:
            directions[part] = np.ones(len(next(iter(joints.values()))), dtype=complex)
        else:
            first, second = SEGMENTS[part]
            along = joints[second] - joints[first]
            length = np.abs(along)
            unknown = np.full_like(along, np.nan)
            directions[part] = np.divide(along, length, out=unknown, where=length > 0)
    return directions


def _without_gaps(values: ComplexArray) -> ComplexArray:
    """Bridge gaps by straight lines: a keypoint beside a lost one keeps its correction."""
    known = np.flatnonzero(np.isfinite(values))
    if len(known) == 0:
        return np.zeros_like(values)
    frames = np.arange(len(values))
    real, imaginary = (np.interp(frames, known, part[known]) for part in (values.real, values.imag))
    return np.asarray(real + 1j * imaginary)


def keypoint_errors(
    position: FloatArray,
    names: Sequence[str],
    pose: xr.Dataset,
    camera: Camera,
    *,
    network: str | None,
) -> FloatArray:
    """Compute the steady errors of keypoints.

    Parameters
    ----------
    position : (T, K, 2) float array
        Keypoints, pixels.
    names : sequence of str
        Of the K keypoints.
    pose : xarray.Dataset
        Its attributes hold the camera's roll.
    camera : Camera
    network : str or None
        Network that set the keypoints (`gait.pose.dataset.calibrated_network`); ``None``: their errors are unknown.

    Returns
    -------
    (T, K, 2) float array
        Pixels, to be subtracted; 0 for keypoints whose errors were not measured.
    """
    errors = np.zeros_like(position)
    vectors = {} if network is None else load_error_vectors(network)
    if not vectors:
        return errors
    place = {name: index for index, name in enumerate(names)}
    observed = runner_axes(position, pose, camera)
    for side in ("left", "right"):
        view = leg_view_of(camera, side)
        # In rear and front views the vectors are those of the right side; the left one is its mirror image.
        mirrored = camera.view != "side" and side == "left"
        of_joint = {
            joint: vectors[view, joint]
            for joint in SEGMENTS_OF_JOINT
            if (view, joint) in vectors and f"{side}_{joint}" in place
        }
        joints = {j: observed[:, place[name]] for j in SEGMENTS_OF_JOINT if (name := f"{side}_{j}") in place}
        # A segment that this skeleton lacks cannot carry an error.
        known = {part for part, ends in SEGMENTS.items() if set(ends) <= set(joints)} | {IMAGE}
        found: dict[str, ComplexArray] = {}
        for _ in range(ITERATIONS):
            corrected = {joint: value - found.get(joint, 0.0) for joint, value in joints.items()}
            directions = {part: _without_gaps(u) for part, u in unit_vectors_of(corrected, known).items()}
            for joint, parts in of_joint.items():
                total = np.zeros(len(position), dtype=complex)
                for part, vector in parts.items():
                    if part in known:
                        total = total + camera.leg_px * vector * directions[part]
                found[joint] = -total.conj() if mirrored else total
        for joint, error in found.items():
            errors[:, place[f"{side}_{joint}"]] = image_axes(error, pose, camera)
    return errors
