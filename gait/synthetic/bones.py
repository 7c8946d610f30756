"""Where the bones of a body are, the rotations that turn them, and the joints between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body_segments import JOINTS, Skeleton
from gait.synthetic.pelvis_landmarks import pelvis_landmarks_of


@dataclass(frozen=True)
class Bones:
    """Where every bone is at T moments.

    The axes of a bone: Y along it towards the body, X forward, Z to the right; its origin is its proximal joint.

    Attributes
    ----------
    rotation : dict
        Name → (T, 3, 3) array; the columns are the bone's X, Y and Z in the world.
    origin : dict
        Name → (T, 3) array, m. ``left_ankle`` and ``right_ankle`` are there where the ankle joint is not the origin of
        the foot.
    swing : (T, A, 3) array, optional
        How far loose cloth and hair have swung away from the bones, m: as `gait.synthetic.body.cloth_swing` gives it.
    """

    rotation: dict[str, FloatArray]
    origin: dict[str, FloatArray]
    swing: FloatArray | None = None


def rotation_about_x(angle_rad: FloatArray) -> FloatArray:
    """Give the matrices that turn about X.

    Parameters
    ----------
    angle_rad : (...) array
        Positive lowers what points right.

    Returns
    -------
    (..., 3, 3) array
    """
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    return _matrix([[1.0, 0.0, 0.0], [0.0, cosine, -sine], [0.0, sine, cosine]])


def rotation_about_y(angle_rad: FloatArray) -> FloatArray:
    """Give the matrices that turn about Y.

    Parameters
    ----------
    angle_rad : (...) array
        Positive takes the right side forward.

    Returns
    -------
    (..., 3, 3) array
    """
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    return _matrix([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])


def rotation_about_z(angle_rad: FloatArray) -> FloatArray:
    """Give the matrices that turn about Z.

    Parameters
    ----------
    angle_rad : (...) array
        Positive lifts what points forward.

    Returns
    -------
    (..., 3, 3) array
    """
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    return _matrix([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def _matrix(rows: list[list[FloatArray | float]]) -> FloatArray:
    matrix = np.empty((*np.broadcast_shapes(*(np.shape(entry) for row in rows for entry in row)), 3, 3))
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            matrix[..., i, j] = entry
    return matrix


def rotated(rotation: FloatArray, vector: tuple[float, float, float]) -> FloatArray:
    """Turn one vector by many rotations.

    Parameters
    ----------
    rotation : (..., 3, 3) array
    vector : (float, float, float)

    Returns
    -------
    (..., 3) array
    """
    result: FloatArray = rotation @ np.asarray(vector)
    return result


def unit_vectors(vectors: FloatArray) -> FloatArray:
    """Scale vectors to length 1.

    Parameters
    ----------
    vectors : (..., 3) array

    Returns
    -------
    (..., 3) array
    """
    result: FloatArray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return result


def joints_of(bones: Bones, skeleton: Skeleton) -> FloatArray:
    """Give joint centres and points of face, pelvis and shoes.

    Parameters
    ----------
    bones : Bones
    skeleton : Skeleton

    Returns
    -------
    (T, J, 3) array
        In the order of `JOINTS`, metres: X forward, Y above the belt, Z to the runner's right.
    """
    k, rotation, origin = skeleton, bones.rotation, bones.origin
    height = k.height
    point: dict[str, FloatArray] = {}

    def on(bone: str, offset: tuple[float, float, float]) -> FloatArray:
        return origin[bone] + rotated(rotation[bone], offset)

    for name, offset in pelvis_landmarks_of(k).items():
        point[name] = on("pelvis", offset)
    point["nose"] = on("head", (0.066 * height, 0.048 * height, 0))
    for side, sign in (("left", -1.0), ("right", 1.0)):
        point[f"{side}_eye"] = on("head", (0.052 * height, 0.066 * height, sign * 0.018 * height))
        point[f"{side}_ear"] = on("head", (0.004 * height, 0.056 * height, sign * 0.043 * height))
        point[f"{side}_shoulder"] = origin[f"{side}_upper_arm"]
        point[f"{side}_elbow"] = origin[f"{side}_forearm"]
        point[f"{side}_wrist"] = origin[f"{side}_hand"]
        point[f"{side}_index"] = on(f"{side}_hand", (0.012 * height, -k.hand, -sign * 0.004 * height))
        point[f"{side}_hip"] = origin[f"{side}_thigh"]
        point[f"{side}_knee"] = origin[f"{side}_shank"]
        # A recorded ankle lifts a little off its shoe, which then has its own place.
        point[f"{side}_ankle"] = origin.get(f"{side}_ankle", origin[f"{side}_foot"])
        point[f"{side}_heel"] = on(f"{side}_foot", (-k.heel_back, 0.018 * height - k.ankle_height, 0))
        point[f"{side}_foot_index"] = on(f"{side}_toes", (k.tip - k.ball, 0.012 * height, -sign * 0.008 * height))
    return np.stack([point[name] for name in JOINTS], axis=1)
