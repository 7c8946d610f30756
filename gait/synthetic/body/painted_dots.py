"""Round stickers over the joints, painted into the surface of a finished body of any family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.synthetic.body.body_mesh import MAX_LIGHT, BodyMesh
from gait.synthetic.body.rest_pose import BONES
from gait.synthetic.run_spec import SIDES, Colour

DOT_DIAMETER_M = 0.025
"""Diameter of a dot: a common sticker of the office. [E]"""
# Farthest from a joint's middle that the surface can lie outwards, m. [E]
_REACH_M = 0.20
# From the rearmost and foremost point and from the underside of a shoe to the middle of its dots, m. [E]
_HEEL_FROM_BACK_M, _TOE_FROM_FRONT_M, _ABOVE_SOLE_M = 0.026, 0.050, 0.036
# Vertices that follow foot or toes by at least this share make up the shoe. [E]
_SHOE_WEIGHT = 0.6


@dataclass(frozen=True)
class DotPlace:
    """Where on a mesh a dot is.

    Attributes
    ----------
    vertices : (3,) int array
        Corners of its triangle.
    shares : (3,) array
        Barycentric coordinates of its middle.
    """

    vertices: NDArray[np.int64]
    shares: FloatArray

    def on(self, points: FloatArray | NDArray[np.float32]) -> FloatArray:
        """Give where the dot is on a posed mesh.

        Parameters
        ----------
        points : (N, 3) array
            Vertices of the mesh in any pose, m.

        Returns
        -------
        (3,) array
            Metres.
        """
        return np.asarray(self.shares @ points[self.vertices], dtype=float)


def dot_places(body: BodyMesh) -> dict[str, DotPlace]:
    """Find the places of the dots: on the outer surface over the joints of both sides, and on the shoes.

    Parameters
    ----------
    body : BodyMesh

    Returns
    -------
    dict
        Keypoint (``left_shoulder``, ``left_hip``, ``left_knee``, ``left_ankle``, ``left_heel``, ``left_foot_index``, …)
        → place. Those that no surface lies over are missing.
    """
    rest = dict(zip(BONES, np.linalg.inv(body.inverse_rest), strict=True))
    places: dict[str, DotPlace] = {}
    for side, sign in zip(SIDES, (-1.0, 1.0), strict=True):
        foot = rest[f"{side}_foot"]
        # Between chest and arm, because the arm is spread in the rest pose and hangs in a run.
        of_shoulder = rest["chest"][:3, 2] + rest[f"{side}_upper_arm"][:3, 2]
        middles = {
            "shoulder": (rest[f"{side}_upper_arm"][:3, 3], of_shoulder / np.linalg.norm(of_shoulder)),
            "hip": (rest[f"{side}_thigh"][:3, 3], rest["pelvis"][:3, 2]),
            "knee": (rest[f"{side}_shank"][:3, 3], rest[f"{side}_thigh"][:3, 2]),
            "ankle": (foot[:3, 3], foot[:3, 2]),
        }
        shoe = _shoe_box(body, side)
        if shoe is not None:
            (back, bottom, _), (front, _, _) = shoe
            for name, x in (("heel", back + _HEEL_FROM_BACK_M), ("foot_index", front - _TOE_FROM_FRONT_M)):
                middles[name] = (np.array([x, bottom + _ABOVE_SOLE_M, foot[2, 3]]), foot[:3, 2])
        for name, (middle, across) in middles.items():
            place = _outermost(body, np.asarray(middle, dtype=float), sign * np.asarray(across, dtype=float))
            if place is not None:
                places[f"{side}_{name}"] = place
    return places


def with_dots(body: BodyMesh, colour: Colour, places: Mapping[str, DotPlace] | None = None) -> BodyMesh:
    """Paint dots over the joints and on the shoes.

    Parameters
    ----------
    body : BodyMesh
    colour : (float, float, float)
        Red, green, blue; 0 to 1.
    places : mapping, optional
        Where; those of `dot_places` without it.

    Returns
    -------
    BodyMesh
        The same mesh with another texture.
    """
    texture = body.texture.copy()
    paint = np.clip(255 * MAX_LIGHT * np.asarray(colour), 0, 255).astype(np.uint8)
    corners = body.points[body.triangles].astype(float)
    pixels = body.texture_coordinates[body.triangles].astype(float) * (texture.shape[1], texture.shape[0])
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    radius = DOT_DIAMETER_M / 2
    for place in (dot_places(body) if places is None else places).values():
        middle = place.on(body.points)
        of_place = np.cross(*(body.points[place.vertices[1:]] - body.points[place.vertices[0]]).astype(float))
        near = np.linalg.norm(corners - middle, axis=2).min(axis=1) < 3 * radius
        for triangle in np.flatnonzero(near & (facing @ of_place > 0)):
            _paint_triangle(texture, pixels[triangle], corners[triangle], middle, radius, paint)
    return replace(body, texture=texture)


def _shoe_box(body: BodyMesh, side: str) -> tuple[FloatArray, FloatArray] | None:
    """Return the lowest and the highest corner of a box around a shoe."""
    weights = body.bone_weights[:, [BONES.index(f"{side}_foot"), BONES.index(f"{side}_toes")]].sum(axis=1)
    shoe = body.points[weights > _SHOE_WEIGHT].astype(float)
    return (shoe.min(axis=0), shoe.max(axis=0)) if len(shoe) else None


def _outermost(body: BodyMesh, start: FloatArray, across: FloatArray) -> DotPlace | None:
    """Return the outermost place that a ray from inside the body meets (Möller and Trumbore 1997)."""
    a, b, c = np.moveaxis(body.points[body.triangles].astype(float), 1, 0)
    first, second = b - a, c - a
    normal = np.cross(across, second)
    determinant = (first * normal).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        from_a = start - a
        u = (from_a * normal).sum(axis=1) / determinant
        turned = np.cross(from_a, first)
        v = turned @ across / determinant
        distance = (turned * second).sum(axis=1) / determinant
        met = (
            (np.abs(determinant) > 1e-14) & (u >= 0) & (v >= 0) & (u + v <= 1) & (distance > 0) & (distance < _REACH_M)
        )
    if not met.any():
        return None
    at = int(np.flatnonzero(met)[distance[met].argmax()])
    return DotPlace(body.triangles[at], np.array([1 - u[at] - v[at], u[at], v[at]]))


def _paint_triangle(
    texture: NDArray[np.uint8],
    pixels: FloatArray,
    corners: FloatArray,
    middle: FloatArray,
    radius: float,
    paint: NDArray[np.uint8],
) -> None:
    """Paint the pixels of the texture in and close to one triangle whose surface lies in the dot, in place."""
    edges = np.stack([pixels[1] - pixels[0], pixels[2] - pixels[0]], axis=1)
    if abs(np.linalg.det(edges)) < 1e-9:
        return
    low = np.maximum(np.floor(pixels.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(pixels.max(axis=0)).astype(int) + 2, (texture.shape[1], texture.shape[0]))
    x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    centres = np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1)
    shares = np.linalg.solve(edges, (centres - pixels[0]).T).T
    inside = (shares > -0.6).all(axis=1) & (shares.sum(axis=1) < 1.6)
    surface = corners[0] + shares @ (corners[1:] - corners[0])
    painted = inside & (np.linalg.norm(surface - middle, axis=1) < radius)
    texture[y.ravel()[painted], x.ravel()[painted]] = paint
