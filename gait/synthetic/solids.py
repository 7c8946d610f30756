"""Solids by signed distance, and the mesh of their surface.

A solid is a `Field`: a function from points (N, 3), metres, to their signed distance from its surface, (N,), negative
inside. Distances are exact enough near the surface, where alone they matter.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from gait._typing import FloatArray
from gait.synthetic.vtk_import import vtk_modules

Field = Callable[[FloatArray], FloatArray]
"""Signed distance (negative inside, m) of points (N, 3)."""


def rod(start: FloatArray, end: FloatArray, r_start: float, r_end: float) -> Field:
    """Make a round rod whose radius changes evenly from ``start`` to ``end``."""
    axis = end - start
    length2 = float(axis @ axis)

    def field(p: FloatArray) -> FloatArray:
        q = p - start
        share = np.clip(q @ axis / length2, 0, 1)
        off = q - share[:, None] * axis
        distance: FloatArray = np.sqrt(np.einsum("ni,ni->n", off, off)) - (r_start + (r_end - r_start) * share)
        return distance

    return field


def tube(start: FloatArray, down: FloatArray, forward: FloatArray, rows: FloatArray) -> Field:
    """Make a straight limb of round slices: rows of (distance along it, shift forward, shift aside, radius), smooth.

    Parameters
    ----------
    start, down, forward : (3,) arrays
        Where the distance is 0, the way the limb runs and the way it faces, at right angles.
    rows : (N, 4) array
    """
    along = np.linspace(rows[0, 0], rows[-1, 0], 160)
    table = PchipInterpolator(rows[:, 0], rows[:, 1:])(along)
    aside = np.cross(forward, down)

    def field(p: FloatArray) -> FloatArray:
        q = p - start
        s = q @ down
        inside = np.clip(s, along[0], along[-1])
        ahead, out, radius = (np.interp(inside, along, column) for column in table.T)
        distance: FloatArray = np.sqrt((q @ forward - ahead) ** 2 + (q @ aside - out) ** 2 + (s - inside) ** 2) - radius
        return distance

    return field


def chain(points: list[FloatArray], radii: list[float]) -> Field:
    """Make a limb of rods end to end, with a radius at each point."""
    rods = [rod(*ends) for ends in zip(points, points[1:], radii, radii[1:], strict=False)]

    def field(p: FloatArray) -> FloatArray:
        distance: FloatArray = np.min([one(p) for one in rods], axis=0)
        return distance

    return field


def ellipsoid(centre: FloatArray, radii: FloatArray) -> Field:
    """Make an ellipsoid with half axes ``radii`` (3,) along X, Y, Z."""
    size = np.asarray(radii)

    def field(p: FloatArray) -> FloatArray:
        q = (p - centre) / size
        share = np.linalg.norm(q, axis=1)
        distance: FloatArray = (share - 1) * share / (np.linalg.norm(q / size, axis=1) + 1e-9)
        return distance

    return field


def stack(rows: FloatArray) -> Field:
    """Make an upright solid of oval slices: rows of (height, half width, half depth, forward shift), bottom to top."""
    low, high = rows[0, 0], rows[-1, 0]
    roundness = 2.3  # 2 = ellipses; a trunk is a little squarer

    def field(p: FloatArray) -> FloatArray:
        y = np.clip(p[:, 1], low, high)
        wide, deep, shift = (np.interp(y, rows[:, 0], rows[:, n]) for n in (1, 2, 3))
        share = np.abs((p[:, 0] - shift) / deep) ** roundness + np.abs(p[:, 2] / wide) ** roundness
        side = (share ** (1 / roundness) - 1) * np.minimum(wide, deep)
        over = np.abs(p[:, 1] - y)
        return np.where(over > 0, np.hypot(np.maximum(side, 0), over), side)

    return field


def blend(fields: list[Field], width: float) -> Field:
    """Join solids with rounded seams of about ``width``."""

    def field(p: FloatArray) -> FloatArray:
        total = fields[0](p)
        for other in fields[1:]:
            value = other(p)
            mix = np.clip(width - np.abs(total - value), 0, None) / width
            total = np.minimum(total, value) - mix * mix * width / 4
        return total

    return field


_ROUND_M = 0.005  # sharp edges would come out as saw teeth of the grid


def cut(field: Field, *keep: Field) -> Field:
    """Keep the part of a solid that lies inside all of ``keep``, edges rounded a little."""

    def result(p: FloatArray) -> FloatArray:
        value = field(p)
        for other in keep:
            limit = other(p)
            mix = np.clip(_ROUND_M - np.abs(value - limit), 0, None) / _ROUND_M
            value = np.maximum(value, limit) + mix * mix * _ROUND_M / 4
        return value

    return result


def grown(field: Field, by: float) -> Field:
    """Put a layer of thickness ``by`` on a solid."""
    return lambda p: field(p) - by


def half_space(point: FloatArray, outwards: FloatArray) -> Field:
    """Everything on the far side of a plane from ``outwards``."""
    direction = outwards / np.linalg.norm(outwards)

    def field(p: FloatArray) -> FloatArray:
        distance: FloatArray = (p - point) @ direction
        return distance

    return field


_COARSE = 4  # cells of the fine grid in one of the coarse grid that finds where the surface is


def _sampled(field: Field, low: FloatArray, counts: NDArray[np.int64], step: float) -> NDArray[np.float32]:
    """Values of a solid on a grid (z, y, x), exact near its surface and of the right sign elsewhere."""
    wide = (counts - 1) // _COARSE + 2
    grid = np.stack(np.meshgrid(*(np.arange(count) for count in wide[::-1]), indexing="ij"), axis=-1)[..., ::-1]
    coarse = field((low + _COARSE * step * grid).reshape(-1, 3)).reshape(wide[::-1])
    values = coarse.astype(np.float32)
    for axis in range(3):
        values = values.repeat(_COARSE, axis=axis)
    values = np.ascontiguousarray(values[: counts[2], : counts[1], : counts[0]])
    # A cell's corner stands for points up to its diagonal away; solids here overstate distances by less than 1.6.
    near = np.abs(coarse) < 1.6 * np.sqrt(3) * _COARSE * step
    for axis in range(3):
        near = near.repeat(_COARSE, axis=axis)
    z, y, x = np.nonzero(near[: counts[2], : counts[1], : counts[0]])
    values[z, y, x] = field(low + step * np.stack([x, y, z], axis=1))
    return values


def surface_of(
    field: Field, low: FloatArray, high: FloatArray, step: float
) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Surface of a solid inside a box: points, outward normals, triangles."""
    vtk = vtk_modules()
    counts = np.ceil((high - low) / step).astype(int) + 1
    values = _sampled(field, low, counts, step)
    image = vtk.vtkImageData()
    image.SetDimensions(*[int(count) for count in counts])
    image.SetOrigin(*low)
    image.SetSpacing(step, step, step)
    image.GetPointData().SetScalars(vtk.numpy_to_vtk(values.ravel(), deep=True))
    surface = vtk.vtkFlyingEdges3D()
    surface.SetInputData(image)
    surface.SetValue(0, 0.0)
    surface.ComputeNormalsOff()
    surface.ComputeScalarsOff()
    surface.Update()
    mesh = surface.GetOutput()
    points = vtk.vtk_to_numpy(mesh.GetPoints().GetData()).astype(float)
    triangles = vtk.vtk_to_numpy(mesh.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int64)
    gradient = np.stack([field(points + offset) - field(points - offset) for offset in np.eye(3) * 0.35 * step], axis=1)
    normals = gradient / (np.linalg.norm(gradient, axis=1, keepdims=True) + 1e-12)
    corner = points[triangles]
    facing = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    inwards = (facing * normals[triangles[:, 0]]).sum(axis=1) < 0
    triangles[inwards] = triangles[inwards][:, ::-1]
    return points, normals, triangles


def carved(field: Field, hole: Field, width: float) -> Field:
    """Take a hole out of a solid and round its rim."""

    def result(p: FloatArray) -> FloatArray:
        value, inner = field(p), -hole(p)
        mix = np.clip(width - np.abs(value - inner), 0, None) / width
        return np.maximum(value, inner) + mix * mix * width / 4

    return result


def box(centre: FloatArray, axes: FloatArray, half: tuple[float, float, float]) -> Field:
    """Make a box with half edges ``half`` along the rows of ``axes`` (3, 3)."""

    def field(p: FloatArray) -> FloatArray:
        distance: FloatArray = (np.abs((p - centre) @ axes.T) - np.asarray(half)).max(axis=1)
        return distance

    return field


def outside(field: Field) -> Field:
    """Turn a solid inside out."""
    return lambda p: -field(p)


def either(first: Field, second: Field) -> Field:
    """Join two solids as they are."""
    return lambda p: np.minimum(first(p), second(p))
