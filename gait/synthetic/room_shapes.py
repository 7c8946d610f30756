"""The simple shapes that a room is built of, as VTK actors."""

from __future__ import annotations

from typing import Any

import numpy as np

from gait._typing import FloatArray, Image
from gait.synthetic.run_spec import Colour
from gait.synthetic.vtk_import import vtk_modules

Point = tuple[float, float, float]
"""X, Y and Z in the world, m."""


def textured_plane(
    corner: FloatArray, along: FloatArray, up: FloatArray, image: Image, repeat: tuple[float, float] = (1, 1)
) -> Any:
    """Make a flat surface painted with an image.

    Parameters
    ----------
    corner : (3,) array
        Where the left end of the image's last row lies, m.
    along, up : (3,) arrays
        From there to the right end of that row, and to the left end of the first row, m.
    image : (H, W, 3) uint8 array
    repeat : (float, float)
        How many copies of the image lie side by side along both edges.

    Returns
    -------
    vtkActor
    """
    vtk = vtk_modules()
    plane = vtk.vtkPlaneSource()
    plane.SetOrigin(*corner)
    plane.SetPoint1(*(corner + along))
    plane.SetPoint2(*(corner + up))
    plane.Update()
    mesh = plane.GetOutput()
    tcoords = vtk.vtk_to_numpy(mesh.GetPointData().GetTCoords()) * np.asarray(repeat, dtype=np.float32)
    mesh.GetPointData().SetTCoords(vtk.numpy_to_vtk(tcoords.astype(np.float32), deep=True))
    pixels = vtk.vtkImageData()
    pixels.SetDimensions(image.shape[1], image.shape[0], 1)
    flat = np.ascontiguousarray(image[::-1]).reshape(-1, image.shape[2])
    pixels.GetPointData().SetScalars(vtk.numpy_to_vtk(flat, deep=True))
    texture = vtk.vtkTexture()
    texture.SetInputData(pixels)
    texture.InterpolateOn()
    texture.RepeatOn()
    texture.MipmapOn()
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    actor.SetTexture(texture)
    actor.GetProperty().SetAmbient(0.55)
    actor.GetProperty().SetDiffuse(0.5)
    return actor


def _solid(source: Any, colour: Colour, *, shine: float = 0.1) -> Any:
    vtk = vtk_modules()
    source.Update()
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    surface = actor.GetProperty()
    surface.SetColor(*colour)
    surface.SetAmbient(0.35)
    surface.SetDiffuse(0.7)
    surface.SetSpecular(shine)
    surface.SetSpecularPower(25)
    return actor


def box_actor(low: Point, high: Point, colour: Colour, *, shine: float = 0.1) -> Any:
    """Make a box.

    Parameters
    ----------
    low, high : (float, float, float)
        Opposite corners, m.
    colour : (float, float, float)
        Red, green, blue; 0 to 1.
    shine : float
        0 = dull.

    Returns
    -------
    vtkActor
    """
    source = vtk_modules().vtkCubeSource()
    source.SetBounds(low[0], high[0], low[1], high[1], low[2], high[2])
    return _solid(source, colour, shine=shine)


def rod_actor(start: Point, end: Point, radius: float, colour: Colour) -> Any:
    """Make a round rod.

    Parameters
    ----------
    start, end : (float, float, float)
        Middles of its ends, m.
    radius : float
        Metres.
    colour : (float, float, float)
        Red, green, blue; 0 to 1.

    Returns
    -------
    vtkActor
    """
    a, b = np.asarray(start), np.asarray(end)
    length = float(np.linalg.norm(b - a))
    source = vtk_modules().vtkCylinderSource()
    source.SetRadius(radius)
    source.SetHeight(length)
    source.SetResolution(28)
    actor = _solid(source, colour, shine=0.3)
    middle, direction = (a + b) / 2, (b - a) / length
    axis = np.cross([0.0, 1.0, 0.0], direction)
    angle = np.degrees(np.arccos(np.clip(direction[1], -1, 1)))
    actor.SetPosition(*middle)
    if np.linalg.norm(axis) > 1e-9:
        actor.RotateWXYZ(angle, *axis)
    return actor


def ball_actor(centre: Point, radius: float, colour: Colour) -> Any:
    """Make a ball.

    Parameters
    ----------
    centre : (float, float, float)
        Metres.
    radius : float
        Metres.
    colour : (float, float, float)
        Red, green, blue; 0 to 1.

    Returns
    -------
    vtkActor
    """
    source = vtk_modules().vtkSphereSource()
    source.SetCenter(*centre)
    source.SetRadius(radius)
    source.SetThetaResolution(40)
    source.SetPhiResolution(24)
    return _solid(source, colour, shine=0.2)
