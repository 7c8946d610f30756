"""Solids made from meshes: how far each point of space lies from a closed surface of triangles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

from gait._typing import FloatArray

# Distances are exact up to this one and coarse beyond it, m; every how many steps they are computed there. [E]
_REACH_M, _COARSE = 0.04, 4
# Up to this distance from the nearest sample, m, the tangent plane tells the distance. [E]
_PLANE_M = 0.02
# Cloth does not follow steps shorter than this many of the grid. [E]
_SOFT = 1.2


def vertex_normals(points: FloatArray, triangles: NDArray[np.int64]) -> FloatArray:
    """Give the normals of a mesh at its vertices, weighted by the area of the triangles.

    Parameters
    ----------
    points : (N, 3) array
        Metres.
    triangles : (M, 3) int array
        Counter-clockwise seen from outside.

    Returns
    -------
    (N, 3) array
        Unit vectors; zero where no triangle is.
    """
    corner = points[triangles]
    area = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    total = np.stack(
        [
            np.bincount(triangles.ravel(), weights=np.repeat(area[:, axis], 3), minlength=len(points))
            for axis in range(3)
        ],
        axis=1,
    )
    normals: FloatArray = total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-15)
    return normals


@dataclass(frozen=True)
class GridSolid:
    """A solid whose distances are kept on a grid and interpolated between its points.

    Attributes
    ----------
    low : (3,) array
        Place of the grid's first point, m.
    step : float
        Metres.
    values : (X, Y, Z) float32 array
        Distances, m, negative inside.
    """

    low: FloatArray
    step: float
    values: NDArray[np.float32]

    def __call__(self, points: FloatArray) -> FloatArray:
        """Give distances.

        Parameters
        ----------
        points : (N, 3) array
            Metres.

        Returns
        -------
        (N,) array
            Metres, negative inside; outside the grid about right.
        """
        place = (np.asarray(points) - self.low) / self.step
        inside = map_coordinates(self.values, place.T, order=1, mode="nearest")
        beyond = np.linalg.norm(place - np.clip(place, 0, np.array(self.values.shape) - 1), axis=1) * self.step
        return np.asarray(inside + beyond, dtype=float)

    def hanging(self, half_width: float, comes_in: float) -> GridSolid:
        """Add everything that hangs down from the solid like cloth.

        Parameters
        ----------
        half_width : float
            Only what is nearer to the middle than this carries cloth, m.
        comes_in : float
            How much nearer to the middle the cloth is per metre farther down, m.

        Returns
        -------
        GridSolid
        """
        across = np.abs(self.low[2] + self.step * np.arange(self.values.shape[2])) - half_width
        values = np.maximum(self.values, across.astype(np.float32))
        for level in range(values.shape[1] - 2, -1, -1):
            values[:, level] = np.minimum(values[:, level], values[:, level + 1] + np.float32(comes_in * self.step))
        return GridSolid(self.low, self.step, gaussian_filter(values, _SOFT))


def mesh_solid(points: FloatArray, triangles: NDArray[np.int64], *, step: float) -> GridSolid:
    """Make a solid of a closed mesh.

    Parameters
    ----------
    points : (N, 3) array
        Metres.
    triangles : (M, 3) int array
        Counter-clockwise seen from outside.
    step : float
        Of the grid, m.

    Returns
    -------
    GridSolid
        About right up to 4 cm from the surface; farther away only the sign is.
    """
    normals = vertex_normals(points, triangles)
    used = np.unique(triangles)
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = edges[edges[:, 0] < edges[:, 1]]
    places = np.concatenate([points[used], points[triangles].mean(axis=1), points[edges].mean(axis=1)])
    ways = np.concatenate([normals[used], normals[triangles].sum(axis=1), normals[edges].sum(axis=1)])
    ways /= np.linalg.norm(ways, axis=1, keepdims=True) + 1e-15
    tree = cKDTree(places)

    def distance_of(p: FloatArray) -> FloatArray:
        distance, nearest = tree.query(p)
        plane = ((p - places[nearest]) * ways[nearest]).sum(axis=1)
        signed: FloatArray = np.where(distance < _PLANE_M, plane, np.copysign(distance, plane))
        return signed

    low = points[used].min(axis=0) - _REACH_M
    counts = np.ceil((np.ptp(points[used], axis=0) + 2 * _REACH_M) / (step * _COARSE)).astype(int) * _COARSE + 1
    coarse_counts = (counts - 1) // _COARSE + 1
    index = np.stack(np.meshgrid(*(np.arange(count) for count in coarse_counts), indexing="ij"), axis=-1)
    coarse = distance_of((low + _COARSE * step * index).reshape(-1, 3)).reshape(tuple(coarse_counts))
    fine = np.stack(np.meshgrid(*(np.arange(count) for count in counts), indexing="ij"), axis=-1).reshape(-1, 3)
    values = map_coordinates(coarse, fine.T / _COARSE, order=1)
    near = np.abs(values) < _REACH_M
    values[near] = distance_of(low + step * fine[near])
    return GridSolid(low, step, values.reshape(tuple(counts)).astype(np.float32))
