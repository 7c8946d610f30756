"""Collects the parts of a body, each made from a solid, and joins them into one mesh."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.body_mesh import MAX_LIGHT, BodyMesh, bone_matrices
from gait.synthetic.body.skinning import Attachment, bone_weights
from gait.synthetic.body.surface_patterns import folded_normals, smooth_step
from gait.synthetic.solids import SignedDistance, surface_mesh
from gait.synthetic.texture_atlas import ColourFunction, TextureAtlas

# Size of triangles and of the paint's pixels at fineness 1, m; the triangles for somebody 1.76 m tall. [E]
_TRIANGLE_M, _TEXEL_M = 0.008, 0.0026
# Small parts, with triangles below half the usual size, fall through a coarser grid than this (body heights). [E]
_MAX_SMALL_GRID = 0.0075
# How deep cloth draws in the skin below it, and over which depth under the cloth that sets in (body heights): the skin
# never shows through. [E]
_DRAWN_IN, _COVER_FROM, _COVER_TO = 0.006, 0.0005, 0.005
# Distances (body heights) at which a vertex meets the rest of the body, and how much each of them hides of the
# surroundings; at most this much is hidden in all. [E]
_OCCLUSION, _MAX_HIDDEN = ((0.008, 0.26), (0.020, 0.34), (0.045, 0.40)), 0.85


# Light that the glossiest cloth mirrors where a lamp is seen in it, 1 = white. [E]
_MIRRORED = 0.55


class _Part(NamedTuple):
    points: FloatArray
    normals: FloatArray
    triangles: NDArray[np.int64]
    weights: FloatArray
    shine: FloatArray
    swing: FloatArray | None


def _glossy(paint: ColourFunction, gloss: float) -> tuple[ColourFunction, ColourFunction]:
    """Give the paint of a glossy surface, mirrored light included, and which share of it is mirrored light."""
    if gloss == 0:
        return paint, np.zeros_like
    mirrored = _MIRRORED * gloss

    def bright(p: FloatArray) -> FloatArray:
        return np.clip(paint(p) + mirrored, 0.0, 1.0)

    def shine(p: FloatArray) -> FloatArray:
        return np.clip(mirrored / (paint(p) + mirrored), 0.0, 1.0)

    return bright, shine


class MeshBuilder:
    """Makes a mesh of the parts of one body.

    Parameters
    ----------
    body : BareBody
        What the vertices hang on.
    fineness : float
        1 = triangles of about 8 mm.
    """

    def __init__(self, body: BareBody, fineness: float) -> None:
        self._body = body
        self._height = body.proportions.height
        self._triangle, self._texel = _TRIANGLE_M / fineness * self._height / 1.76, _TEXEL_M / fineness
        self._atlas = TextureAtlas()
        self._parts: list[_Part] = []
        self._solids: list[tuple[SignedDistance, FloatArray, FloatArray]] = []

    def add(
        self,
        solid: SignedDistance,
        low: FloatArray,
        high: FloatArray,
        paint: ColourFunction,
        *,
        attachment: Attachment = "body",
        triangle_size: float = 1.0,
        texel_size: float = 1.0,
        cloth: SignedDistance | None = None,
        fold_depth: float = 0.0,
        gloss: float = 0.0,
        swing: Callable[[FloatArray], FloatArray] | None = None,
    ) -> None:
        """Make a part of the body from a solid.

        Parameters
        ----------
        solid : SignedDistance
        low, high : (3,) arrays
            Opposite corners of a box round it, m.
        paint : callable
            Points (N, 3) → colours (N, 3), 0 to 1.
        attachment : {"body", "leg", "shirt", "hair", "head", "pelvis"}
            How it hangs on the bones, see `Attachment`.
        triangle_size, texel_size : float
            Size of triangles and of the paint's pixels, 1 = usual.
        cloth : SignedDistance, optional
            Clothes over this part. What they cover is drawn in a little, so that it never shows through.
        fold_depth : float
            Depth of the cloth's folds, m.
        gloss : float
            0 = dull, 1 = lamps are mirrored as by a wet suit.
        swing : callable, optional
            Points (N, 3) → shares in the swing of each loose part, in the order of `cloth_swing.ANCHORS`, and the room
            between point and skin, m; (N, A + 1).
        """
        grid = self._triangle if triangle_size >= 0.5 else min(self._triangle, _MAX_SMALL_GRID * self._height)
        points, normals, triangles = surface_mesh(solid, low, high, grid * triangle_size)
        if cloth is not None:
            covered = smooth_step(-cloth(points), _COVER_FROM * self._height, _COVER_TO * self._height)
            points = points - (_DRAWN_IN * self._height * covered)[:, None] * normals
        if fold_depth:
            normals = folded_normals(points, normals, fold_depth)
        weights = self._weights_of(points, attachment)
        loose = None if swing is None else swing(points)
        self.add_surface(points, normals, triangles, paint, weights, texel_size=texel_size, gloss=gloss, swing=loose)
        self._solids.append((solid, low, high))

    def _weights_of(self, points: FloatArray, attachment: Attachment) -> FloatArray:
        """How much each point follows each bone, (N, B)."""
        return bone_weights(points, attachment, self._body)

    def add_surface(
        self,
        points: FloatArray,
        normals: FloatArray,
        triangles: NDArray[np.int64],
        paint: ColourFunction,
        weights: FloatArray,
        *,
        texel_size: float = 1.0,
        gloss: float = 0.0,
        swing: FloatArray | None = None,
    ) -> None:
        """Make a part of the body from a mesh.

        Parameters
        ----------
        points, normals : (N, 3) arrays
            Vertices in the rest pose, m; unit vectors.
        triangles : (M, 3) int array
            Counter-clockwise seen from outside.
        paint : callable
            Points (N, 3) → colours (N, 3), 0 to 1.
        weights : (N, B) array
            How much each vertex follows each bone, in the order of `BONES`.
        texel_size : float
            Size of the paint's pixels, 1 = usual.
        gloss : float
            As for `add`.
        swing : (N, A + 1) array, optional
            What the callable of `add` gives.
        """
        # The light on a vertex may exceed 1: paint is kept darker or lighter by the same factor.
        bright, shine = _glossy(paint, gloss)
        origin, faces = self._atlas.add(points, normals, triangles, bright, self._texel * texel_size, gain=MAX_LIGHT)
        loose = None if swing is None else swing[origin]
        self._parts.append(_Part(points[origin], normals[origin], faces, weights[origin], shine(points[origin]), loose))

    def build(self) -> BodyMesh:
        """Join all parts.

        Returns
        -------
        BodyMesh
        """
        parts = self._parts
        starts = np.cumsum([0, *(len(part.points) for part in parts)])
        points = np.concatenate([part.points for part in parts])
        normals = np.concatenate([part.normals for part in parts])
        texture, coordinates = self._atlas.laid_out()
        swings = next((part.swing for part in parts if part.swing is not None), None)
        loose = None
        if swings is not None:
            still = [np.zeros((len(part.points), swings.shape[1])) for part in parts]
            loose = np.concatenate([b if a.swing is None else a.swing for a, b in zip(parts, still, strict=True)])
        return BodyMesh(
            points=points.astype(np.float32),
            normals=normals.astype(np.float32),
            triangles=np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=False)]),
            texture=texture,
            texture_coordinates=coordinates.astype(np.float32),
            openness=self._openness(points, normals).astype(np.float32),
            bone_weights=np.concatenate([part.weights for part in parts]).astype(np.float32),
            shine=np.concatenate([part.shine for part in parts]).astype(np.float32),
            inverse_rest=np.asarray(np.linalg.inv(bone_matrices(self._body.proportions.rest, 0)), dtype=float),
            swing_shares=None if loose is None else loose[:, :-1].astype(np.float32),
            swing_room=None if loose is None else loose[:, -1].astype(np.float32),
        )

    def _openness(self, points: FloatArray, normals: FloatArray) -> FloatArray:
        """How much of its surroundings each point faces past the body, 0 to 1, (N,)."""
        blocked = np.zeros(len(points))
        for reach, share in _OCCLUSION:
            ahead = points + reach * self._height * normals
            free = np.full(len(points), reach * self._height)
            for solid, low, high in self._solids:
                near = ((ahead > low - reach * self._height) & (ahead < high + reach * self._height)).all(axis=1)
                if near.any():
                    free[near] = np.minimum(free[near], solid(ahead[near]))
            blocked += share * (1 - np.clip(free / (reach * self._height), 0, 1))
        return 1 - np.clip(blocked, 0, _MAX_HIDDEN)
