"""Solids given by signed distance, and the mesh of their surface.

A solid is a `SignedDistance`: a function from points (N, 3), metres, to their distance from its surface, (N,), negative
inside. Distances are exact enough near the surface, where alone they matter.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from gait._typing import FloatArray
from gait.synthetic.vtk_import import vtk_modules

SignedDistance = Callable[[FloatArray], FloatArray]
"""Distance of points (N, 3) from the surface of a solid, m, negative inside."""

_SQUARENESS = 2.3  # of an oval slice: 2 = an ellipse; a trunk is a little squarer [E]
_ROUNDING_M = 0.005  # of the edges of a cut: sharp ones would come out as saw teeth of the grid [E]
_COARSE = 4  # cells of the fine grid in one of the coarse grid that finds where the surface is [E]
_MAX_OVERSTATED = 1.6  # by how much the solids here overstate a distance, at most


def rod(start: FloatArray, end: FloatArray, start_radius: float, end_radius: float) -> SignedDistance:
    """Make a round rod whose radius changes evenly from one end to the other.

    Parameters
    ----------
    start, end : (3,) arrays
        Middles of the rounded ends, m.
    start_radius, end_radius : float
        Metres.

    Returns
    -------
    SignedDistance
    """
    axis = end - start
    length2 = float(axis @ axis)

    def distance_of(p: FloatArray) -> FloatArray:
        q = p - start
        share = np.clip(q @ axis / length2, 0, 1)
        off = q - share[:, None] * axis
        distance: FloatArray = np.sqrt(np.einsum("ni,ni->n", off, off)) - (
            start_radius + (end_radius - start_radius) * share
        )
        return distance

    return distance_of


def tube(start: FloatArray, down: FloatArray, forward: FloatArray, rows: FloatArray) -> SignedDistance:
    """Make a straight limb of round slices, smooth along its length.

    Parameters
    ----------
    start : (3,) array
        Where the limb begins, m.
    down, forward : (3,) arrays
        The way the limb runs and the way it faces; unit vectors at right angles.
    rows : (N, 4) array
        Slices: distance along the limb, shift forward, shift sideways, radius; m.

    Returns
    -------
    SignedDistance
    """
    along = np.linspace(rows[0, 0], rows[-1, 0], 160)
    table = PchipInterpolator(rows[:, 0], rows[:, 1:])(along)
    sideways = np.cross(forward, down)

    def distance_of(p: FloatArray) -> FloatArray:
        q = p - start
        s = q @ down
        inside = np.clip(s, along[0], along[-1])
        ahead, out, radius = (np.interp(inside, along, column) for column in table.T)
        distance: FloatArray = (
            np.sqrt((q @ forward - ahead) ** 2 + (q @ sideways - out) ** 2 + (s - inside) ** 2) - radius
        )
        return distance

    return distance_of


def rod_chain(points: list[FloatArray], radii: list[float]) -> SignedDistance:
    """Make a limb of rods end to end.

    Parameters
    ----------
    points : list of (3,) arrays
        Joints between the rods and both ends, m.
    radii : list of float
        At each of the points, m.

    Returns
    -------
    SignedDistance
    """
    return union([rod(*ends) for ends in zip(points, points[1:], radii, radii[1:], strict=False)])


def ellipsoid(centre: FloatArray, radii: FloatArray) -> SignedDistance:
    """Make an ellipsoid.

    Parameters
    ----------
    centre : (3,) array
        Metres.
    radii : (3,) array
        Half axes along X, Y and Z, m.

    Returns
    -------
    SignedDistance
    """
    size = np.asarray(radii)

    def distance_of(p: FloatArray) -> FloatArray:
        q = (p - centre) / size
        share = np.linalg.norm(q, axis=1)
        distance: FloatArray = (share - 1) * share / (np.linalg.norm(q / size, axis=1) + 1e-9)
        return distance

    return distance_of


def oval_stack(rows: FloatArray) -> SignedDistance:
    """Make an upright solid of oval slices.

    Parameters
    ----------
    rows : (N, 4) array
        Slices from bottom to top: height, half width, half depth, forward shift; m.

    Returns
    -------
    SignedDistance
    """
    low, high = rows[0, 0], rows[-1, 0]

    def distance_of(p: FloatArray) -> FloatArray:
        y = np.clip(p[:, 1], low, high)
        wide, deep, shift = (np.interp(y, rows[:, 0], rows[:, n]) for n in (1, 2, 3))
        share = np.abs((p[:, 0] - shift) / deep) ** _SQUARENESS + np.abs(p[:, 2] / wide) ** _SQUARENESS
        side = (share ** (1 / _SQUARENESS) - 1) * np.minimum(wide, deep)
        over = np.abs(p[:, 1] - y)
        return np.where(over > 0, np.hypot(np.maximum(side, 0), over), side)

    return distance_of


def half_space(point: FloatArray, outwards: FloatArray) -> SignedDistance:
    """Make the half of space on one side of a plane.

    Parameters
    ----------
    point : (3,) array
        On the plane, m.
    outwards : (3,) array
        Direction that leads out of the solid, square to the plane; of any length.

    Returns
    -------
    SignedDistance
    """
    direction = outwards / np.linalg.norm(outwards)

    def distance_of(p: FloatArray) -> FloatArray:
        distance: FloatArray = (p - point) @ direction
        return distance

    return distance_of


def box(centre: FloatArray, axes: FloatArray, half_edges: tuple[float, float, float]) -> SignedDistance:
    """Make a box.

    Parameters
    ----------
    centre : (3,) array
        Metres.
    axes : (3, 3) array
        Directions of its edges, one a row.
    half_edges : (float, float, float)
        Half of the length of its edges, m.

    Returns
    -------
    SignedDistance
    """

    def distance_of(p: FloatArray) -> FloatArray:
        distance: FloatArray = (np.abs((p - centre) @ axes.T) - np.asarray(half_edges)).max(axis=1)
        return distance

    return distance_of


def union(solids: list[SignedDistance]) -> SignedDistance:
    """Join solids as they are, with sharp seams.

    Parameters
    ----------
    solids : list of SignedDistance

    Returns
    -------
    SignedDistance
    """

    def distance_of(p: FloatArray) -> FloatArray:
        distance: FloatArray = np.min([solid(p) for solid in solids], axis=0)
        return distance

    return distance_of


def smooth_union(solids: list[SignedDistance], width: float) -> SignedDistance:
    """Join solids with rounded seams.

    Parameters
    ----------
    solids : list of SignedDistance
    width : float
        Of the seams, about, m.

    Returns
    -------
    SignedDistance
    """

    def distance_of(p: FloatArray) -> FloatArray:
        total = solids[0](p)
        for other in solids[1:]:
            value = other(p)
            mix = np.clip(width - np.abs(total - value), 0, None) / width
            total = np.minimum(total, value) - mix * mix * width / 4
        return total

    return distance_of


def clipped(solid: SignedDistance, *limits: SignedDistance) -> SignedDistance:
    """Keep the part of a solid that lies inside all limits, edges rounded a little.

    Parameters
    ----------
    solid : SignedDistance
    *limits : SignedDistance

    Returns
    -------
    SignedDistance
    """

    def distance_of(p: FloatArray) -> FloatArray:
        value = solid(p)
        for other in limits:
            limit = other(p)
            mix = np.clip(_ROUNDING_M - np.abs(value - limit), 0, None) / _ROUNDING_M
            value = np.maximum(value, limit) + mix * mix * _ROUNDING_M / 4
        return value

    return distance_of


def carved(solid: SignedDistance, hole: SignedDistance, width: float) -> SignedDistance:
    """Take a hole out of a solid and round its rim.

    Parameters
    ----------
    solid, hole : SignedDistance
    width : float
        Of the rounding, m.

    Returns
    -------
    SignedDistance
    """

    def distance_of(p: FloatArray) -> FloatArray:
        value, inner = solid(p), -hole(p)
        mix = np.clip(width - np.abs(value - inner), 0, None) / width
        return np.maximum(value, inner) + mix * mix * width / 4

    return distance_of


def thickened(solid: SignedDistance, thickness: float) -> SignedDistance:
    """Put a layer on a solid.

    Parameters
    ----------
    solid : SignedDistance
    thickness : float
        Of the layer, m.

    Returns
    -------
    SignedDistance
    """
    return lambda p: solid(p) - thickness


def inverted(solid: SignedDistance) -> SignedDistance:
    """Turn a solid inside out.

    Parameters
    ----------
    solid : SignedDistance

    Returns
    -------
    SignedDistance
    """
    return lambda p: -solid(p)


def _sampled(solid: SignedDistance, low: FloatArray, counts: NDArray[np.int64], step: float) -> NDArray[np.float32]:
    """Values of a solid on a grid (z, y, x), exact near its surface and of the right sign elsewhere."""
    wide = (counts - 1) // _COARSE + 2
    grid = np.stack(np.meshgrid(*(np.arange(count) for count in wide[::-1]), indexing="ij"), axis=-1)[..., ::-1]
    coarse = solid((low + _COARSE * step * grid).reshape(-1, 3)).reshape(wide[::-1])
    values = coarse.astype(np.float32)
    for axis in range(3):
        values = values.repeat(_COARSE, axis=axis)
    values = np.ascontiguousarray(values[: counts[2], : counts[1], : counts[0]])
    # A cell's corner stands for points up to its diagonal away.
    near = np.abs(coarse) < _MAX_OVERSTATED * np.sqrt(3) * _COARSE * step
    for axis in range(3):
        near = near.repeat(_COARSE, axis=axis)
    z, y, x = np.nonzero(near[: counts[2], : counts[1], : counts[0]])
    values[z, y, x] = solid(low + step * np.stack([x, y, z], axis=1))
    return values


def surface_mesh(
    solid: SignedDistance, low: FloatArray, high: FloatArray, step: float
) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Make a mesh of the surface of a solid.

    Parameters
    ----------
    solid : SignedDistance
    low, high : (3,) arrays
        Opposite corners of a box that holds the surface, m.
    step : float
        Size of the triangles, about, m.

    Returns
    -------
    points : (N, 3) array
        Metres.
    normals : (N, 3) array
        Unit vectors that point outwards.
    triangles : (M, 3) int array
        Counter-clockwise seen from outside.

    Raises
    ------
    InputError
        Where VTK is not installed.
    """
    vtk = vtk_modules()
    counts = np.ceil((high - low) / step).astype(int) + 1
    values = _sampled(solid, low, counts, step)
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
    gradient = np.stack([solid(points + offset) - solid(points - offset) for offset in np.eye(3) * 0.35 * step], axis=1)
    normals = gradient / (np.linalg.norm(gradient, axis=1, keepdims=True) + 1e-12)
    corner = points[triangles]
    facing = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    inwards = (facing * normals[triangles[:, 0]]).sum(axis=1) < 0
    triangles[inwards] = triangles[inwards][:, ::-1]
    return points, normals, triangles
