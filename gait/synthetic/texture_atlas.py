"""Painting a mesh finer than its triangles: one image that holds the surface of every part, seen from six sides.

Each part is cut into charts by the axis its triangles face most. A chart is a flat image along that axis; the part's
colour function gives the colour of each of its pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gait._typing import FloatArray, Image

ColourFunction = Callable[[FloatArray], FloatArray]
"""Points (N, 3), m → their colours (N, 3): red, green, blue, 0 to 1."""

_PAD = 2  # pixels round each chart, so that its neighbours never shine through [E]


@dataclass(frozen=True)
class _Chart:
    image: Image
    positions: FloatArray  # of the vertices in the image, (N, 2), pixels


def _pieces(triangles: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each connected piece of each group of triangles a number: two legs seen from one side get a chart each."""
    # A corner is a point as its group sees it; triangles are connected where they share one.
    corners = triangles + group[:, None] * (triangles.max() + 1)
    _, local = np.unique(corners, return_inverse=True)
    local = local.reshape(-1, 3)
    ends = (local[:, [0, 1]].ravel(), local[:, [1, 2]].ravel())
    size = int(local.max()) + 1
    _, piece = connected_components(coo_array((np.ones(len(ends[0])), ends), shape=(size, size)), directed=False)
    number: NDArray[np.int64] = piece[local[:, 0]].astype(np.int64)
    return number


class TextureAtlas:
    """Collects charts part by part, then lays them out in one image."""

    def __init__(self) -> None:
        self._charts: list[_Chart] = []

    def add(
        self,
        points: FloatArray,
        normals: FloatArray,
        triangles: NDArray[np.int64],
        paint: ColourFunction,
        texel: float,
        *,
        gain: float,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Paint a part.

        Parameters
        ----------
        points, normals, triangles : (N, 3), (N, 3) and (M, 3) arrays
            Vertices, m; unit vectors; numbers of the corners.
        paint : callable
            Points (N, 3) → colours (N, 3), 0 to 1.
        texel : float
            Size of a pixel on the surface, m.
        gain : float
            The colours are multiplied by it.

        Returns
        -------
        origin : (K,) int array
            The point that each vertex of the painted part is; points on the border of two charts come twice.
        triangles : (M, 3) int array
            Triangles of those vertices.
        """
        # Not the triangles' own normals: slivers have any, and would tear the charts.
        facing = normals[triangles].sum(axis=1)
        axis = np.abs(facing).argmax(axis=1)
        chart = _pieces(triangles, 2 * axis + (facing[np.arange(len(facing)), axis] > 0))
        origins: list[NDArray[np.int64]] = []
        faces: list[NDArray[np.int64]] = []
        start = 0
        for number in np.unique(chart):
            of_chart = triangles[chart == number]
            used, local = np.unique(of_chart.ravel(), return_inverse=True)
            self._charts.append(self._painted(points[used], int(axis[chart == number][0]), paint, texel, gain))
            origins.append(used)
            faces.append(start + local.reshape(-1, 3))
            start += len(used)
        return np.concatenate(origins), np.concatenate(faces)

    @staticmethod
    def _painted(points: FloatArray, axis: int, paint: ColourFunction, texel: float, gain: float) -> _Chart:
        across, down = [n for n in range(3) if n != axis]
        flat = points[:, [across, down]]
        low = flat.min(axis=0)
        positions = (flat - low) / texel + _PAD + 0.5
        width, height = (np.ceil((flat.max(axis=0) - low) / texel).astype(int) + 2 * _PAD + 1).tolist()
        depth = np.full((height, width), np.nan)
        column, row = np.floor(positions).astype(int).T
        depth[row, column] = points[:, axis]
        nearest = distance_transform_edt(np.isnan(depth), return_distances=False, return_indices=True)
        depth = gaussian_filter(depth[tuple(nearest)], 1.0)
        y, x = np.mgrid[0:height, 0:width]
        surface = np.empty((height * width, 3))
        surface[:, axis] = depth.ravel()
        surface[:, across] = low[0] + (x.ravel() - _PAD) * texel
        surface[:, down] = low[1] + (y.ravel() - _PAD) * texel
        image = np.clip(255 * gain * paint(surface), 0, 255).astype(np.uint8).reshape(height, width, 3)
        return _Chart(image, positions)

    def laid_out(self) -> tuple[Image, FloatArray]:
        """Lay the charts out in one image.

        Returns
        -------
        texture : (H, W, 3) uint8 array
            Rows from the bottom up.
        coordinates : (N, 2) array
            Where in it each vertex lies, 0 to 1, in order of adding.
        """
        charts = self._charts
        area = sum(chart.image.shape[0] * chart.image.shape[1] for chart in charts)
        width = max(int(1.08 * np.sqrt(area)), *(chart.image.shape[1] for chart in charts))
        corners: dict[int, tuple[int, int]] = {}
        x = y = shelf = 0
        for n in sorted(range(len(charts)), key=lambda n: -charts[n].image.shape[0]):
            h, w, _ = charts[n].image.shape
            if x + w > width:
                x, y, shelf = 0, y + shelf, 0
            corners[n] = (x, y)
            x, shelf = x + w, max(shelf, h)
        height = y + shelf
        sheet = np.zeros((height, width, 3), np.uint8)
        coordinates = []
        for n, chart in enumerate(charts):
            left, bottom = corners[n]
            h, w, _ = chart.image.shape
            sheet[bottom : bottom + h, left : left + w] = chart.image
            coordinates.append((chart.positions + np.array([left, bottom])) / np.array([width, height]))
        return sheet, np.concatenate(coordinates)
