"""A window into the world from one camera, drawn by VTK, and how drawings with transparency are laid over a frame.

Such drawings are (height, width, 4) uint8, the colours already multiplied by the last channel: the share of the pixel
that is covered.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray, Image
from gait.synthetic.pinhole_camera import PinholeCamera
from gait.synthetic.vtk_import import vtk_modules

RgbaImage = NDArray[np.uint8]
"""(height, width, 4) uint8: red, green and blue, multiplied by the covered share; the covered share."""

_MIN_BOX_PX = 8  # edge of the smallest part of the frame that is drawn [E]
_CLIPPING_M = (0.2, 40.0)  # nearest and farthest distance that is drawn: more than any room here [E]


class PixelBox(NamedTuple):
    """A rectangle of the frame.

    Attributes
    ----------
    x, y : int
        Left and top edge, pixels.
    width, height : int
        Pixels.
    """

    x: int
    y: int
    width: int
    height: int

    @property
    def rows(self) -> slice:
        """Rows of the frame."""
        return slice(self.y, self.y + self.height)

    @property
    def columns(self) -> slice:
        """Columns of the frame."""
        return slice(self.x, self.x + self.width)


def box_around(pixels: FloatArray, camera: PinholeCamera, margin: int) -> PixelBox:
    """Give the part of the frame that holds all given points.

    Parameters
    ----------
    pixels : (..., 2) array
        Points in the frame, pixels; NaN is left out.
    camera : PinholeCamera
        Gives the size of the frame.
    margin : int
        Pixels beyond the outermost points.

    Returns
    -------
    PixelBox
        At least a few pixels large, even where all points lie outside the frame.
    """
    low = np.floor(np.nanmin(pixels.reshape(-1, 2), axis=0)).astype(int) - margin
    high = np.ceil(np.nanmax(pixels.reshape(-1, 2), axis=0)).astype(int) + margin
    size = np.array([camera.width, camera.height])
    low = np.clip(low, 0, size - _MIN_BOX_PX)
    high = np.clip(high, low + _MIN_BOX_PX, size)
    return PixelBox(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def overlay(image: Image, layer: RgbaImage) -> None:
    """Lay a drawing over an image of its size, in place.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        Changed.
    layer : (H, W, 4) uint8 array
    """
    through = cv2.merge([255 - layer[..., 3]] * 3)
    behind = cv2.multiply(np.ascontiguousarray(image), through, scale=1 / 255)
    image[...] = cv2.add(behind, np.ascontiguousarray(layer[..., :3]))


class RenderWindow:
    """Draws actors on a transparent background, in a part of the frame, with smooth edges.

    Parameters
    ----------
    camera : PinholeCamera
        Its lens is taken as a pinhole.
    crop : PixelBox, optional
        The part of the frame; the whole one if left out.
    oversampling : int
        Edges are smoothed by drawing this many times larger.
    """

    def __init__(self, camera: PinholeCamera, crop: PixelBox | None = None, *, oversampling: int = 2) -> None:
        vtk = vtk_modules()
        self.crop = crop or PixelBox(0, 0, camera.width, camera.height)
        self._oversampling = oversampling
        self._renderer = vtk.vtkRenderer()
        self._renderer.SetBackground(0.0, 0.0, 0.0)
        self._renderer.SetBackgroundAlpha(0.0)
        self._renderer.RemoveAllLights()
        self._renderer.AutomaticLightCreationOff()
        self._window = vtk.vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetAlphaBitPlanes(1)
        self._window.SetMultiSamples(0)
        self._window.SetSize(self.crop.width * oversampling, self.crop.height * oversampling)
        self._window.AddRenderer(self._renderer)
        view = self._renderer.GetActiveCamera()
        view.SetPosition(*camera.position)
        view.SetFocalPoint(*(camera.position + camera.forward))
        view.SetViewUp(*camera.up)
        view.SetViewAngle(2 * math.degrees(math.atan(self.crop.height / 2 / camera.focal_px)))
        # The middle of the frame relative to the middle of the crop, in halves of the crop.
        view.SetWindowCenter(
            (2 * self.crop.x + self.crop.width - camera.width) / self.crop.width,
            -(2 * self.crop.y + self.crop.height - camera.height) / self.crop.height,
        )
        view.SetClippingRange(*_CLIPPING_M)
        self._pixels = vtk.vtkUnsignedCharArray()

    def add(self, actor: Any) -> None:
        """Add an actor.

        Parameters
        ----------
        actor : vtkActor
        """
        self._renderer.AddActor(actor)

    def add_light(self, towards: FloatArray, strength: float, colour: tuple[float, float, float]) -> None:
        """Add a lamp so far away that its light is parallel.

        Parameters
        ----------
        towards : (3,) array
            Direction to the lamp.
        strength : float
        colour : (float, float, float)
            Red, green, blue; 0 to 1.
        """
        light = vtk_modules().vtkLight()
        light.SetLightTypeToSceneLight()
        light.SetPositional(False)
        light.SetPosition(*towards)
        light.SetFocalPoint(0.0, 0.0, 0.0)
        light.SetIntensity(strength)
        light.SetColor(*colour)
        self._renderer.AddLight(light)

    def draw(self) -> RgbaImage:
        """Draw all actors as they are now.

        Returns
        -------
        (H, W, 4) uint8 array
            Of the size of the crop.
        """
        vtk = vtk_modules()
        self._window.Render()
        width, height = self.crop.width * self._oversampling, self.crop.height * self._oversampling
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels)
        raw = vtk.vtk_to_numpy(self._pixels).reshape(height, width, 4)
        if self._oversampling > 1:
            raw = cv2.resize(raw, (self.crop.width, self.crop.height), interpolation=cv2.INTER_AREA)
        return np.asarray(raw[::-1], dtype=np.uint8)

    def close(self) -> None:
        """Close the drawing window."""
        self._window.Finalize()
