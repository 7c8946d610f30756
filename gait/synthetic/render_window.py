"""A window into the world as one camera sees it: a layer with transparency, drawn by VTK, and how layers are laid over.

Layers are (height, width, 4) uint8, the colours already multiplied by the last channel, the share that is covered.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.synthetic.pinhole_camera import PinholeCamera
from gait.synthetic.vtk_import import vtk_modules

Layer = NDArray[np.uint8]


class PixelBox(NamedTuple):
    """A rectangle of the picture, pixels: left and top edge, width, height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def rows(self) -> slice:
        """Rows of the picture."""
        return slice(self.y, self.y + self.height)

    @property
    def columns(self) -> slice:
        """Columns of the picture."""
        return slice(self.x, self.x + self.width)


def crop_around(pixels: FloatArray, camera: PinholeCamera, margin: int) -> PixelBox:
    """Give the part of the picture round points (..., 2) in it; at least a few pixels even where all lie outside."""
    low = np.floor(np.nanmin(pixels.reshape(-1, 2), axis=0)).astype(int) - margin
    high = np.ceil(np.nanmax(pixels.reshape(-1, 2), axis=0)).astype(int) + margin
    size = np.array([camera.width, camera.height])
    low = np.clip(low, 0, size - 8)
    high = np.clip(high, low + 8, size)
    return PixelBox(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def laid_over(picture: NDArray[np.uint8], layer: Layer) -> None:
    """Lay a layer over a picture of its size, in place."""
    through = cv2.merge([255 - layer[..., 3]] * 3)
    behind = cv2.multiply(np.ascontiguousarray(picture), through, scale=1 / 255)
    picture[...] = cv2.add(behind, np.ascontiguousarray(layer[..., :3]))


class RenderWindow:
    """Draws actors before nothing, inside a crop of the picture, edges smoothed by drawing ``finer`` times larger.

    Parameters
    ----------
    camera : PinholeCamera
        Its lens is taken as a pinhole.
    crop : PixelBox, optional
        The whole picture where it is left out.
    finer : int
    """

    def __init__(self, camera: PinholeCamera, crop: PixelBox | None = None, *, finer: int = 2) -> None:
        vtk = vtk_modules()
        self.crop = crop or PixelBox(0, 0, camera.width, camera.height)
        self._finer = finer
        self._renderer = vtk.vtkRenderer()
        self._renderer.SetBackground(0.0, 0.0, 0.0)
        self._renderer.SetBackgroundAlpha(0.0)
        self._renderer.RemoveAllLights()
        self._renderer.AutomaticLightCreationOff()
        self._window = vtk.vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetAlphaBitPlanes(1)
        self._window.SetMultiSamples(0)
        self._window.SetSize(self.crop.width * finer, self.crop.height * finer)
        self._window.AddRenderer(self._renderer)
        view = self._renderer.GetActiveCamera()
        view.SetPosition(*camera.position)
        view.SetFocalPoint(*(camera.position + camera.forward))
        view.SetViewUp(*camera.up)
        view.SetViewAngle(2 * math.degrees(math.atan(self.crop.height / 2 / camera.focal_px)))
        # The middle of the picture as seen from the middle of the crop, in halves of the crop.
        view.SetWindowCenter(
            (2 * self.crop.x + self.crop.width - camera.width) / self.crop.width,
            -(2 * self.crop.y + self.crop.height - camera.height) / self.crop.height,
        )
        view.SetClippingRange(0.2, 40.0)
        self._pixels = vtk.vtkUnsignedCharArray()

    def add(self, actor: Any) -> None:
        """Put an actor on the stage."""
        self._renderer.AddActor(actor)

    def add_light(self, towards: FloatArray, strength: float, colour: tuple[float, float, float]) -> None:
        """Add a far light that shines from the direction ``towards`` (3,)."""
        light = vtk_modules().vtkLight()
        light.SetLightTypeToSceneLight()
        light.SetPositional(False)
        light.SetPosition(*towards)
        light.SetFocalPoint(0.0, 0.0, 0.0)
        light.SetIntensity(strength)
        light.SetColor(*colour)
        self._renderer.AddLight(light)

    def shot(self) -> Layer:
        """Draw; (height, width, 4) of the crop."""
        vtk = vtk_modules()
        self._window.Render()
        width, height = self.crop.width * self._finer, self.crop.height * self._finer
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels)
        raw = vtk.vtk_to_numpy(self._pixels).reshape(height, width, 4)
        if self._finer > 1:
            raw = cv2.resize(raw, (self.crop.width, self.crop.height), interpolation=cv2.INTER_AREA)
        return np.asarray(raw[::-1], dtype=np.uint8)

    def close(self) -> None:
        """Give the drawing window back."""
        self._window.Finalize()
