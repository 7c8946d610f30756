"""Draws a person: a body, posed and lit frame by frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gait.synthetic.body import MAX_LIGHT, BodyMesh, vtk_mesh
from gait.synthetic.bones import Bones
from gait.synthetic.lighting import Lighting
from gait.synthetic.pinhole_camera import PinholeCamera
from gait.synthetic.render_window import PixelBox, RenderWindow, RgbaImage
from gait.synthetic.vtk_import import vtk_modules

# Light from the whole room, on what faces up and down; red, green, blue. [E]
_FROM_ABOVE, _FROM_BELOW = np.array([0.47, 0.475, 0.485]), np.array([0.30, 0.285, 0.275])
# Light reaches a little round edges, as it does on cloth and skin under many lamps. [E]
_WRAP = 0.18
# Share of a lamp's light that also reaches vertices shut in by the rest of the body. [E]
_LAMP_IN_CREASES = 0.35
# How narrow the reflexes on glossy cloth are (Blinn-Phong), and how much brighter a lamp is in them. [E]
_GLOSS_POWER, _GLOSS_OF_LAMP = 22, 1.9


class Person:
    """Draws a body inside a part of the frame.

    Parameters
    ----------
    body : BodyMesh
    camera : PinholeCamera
    crop : PixelBox
        Must hold the body in every pose that is drawn.
    lighting : Lighting
    oversampling : int
        See `RenderWindow`.
    stands_on_m : float, optional
        Height of the ground. Soles are pressed flat where they would be below it.
    """

    def __init__(
        self,
        body: BodyMesh,
        camera: PinholeCamera,
        crop: PixelBox,
        lighting: Lighting,
        *,
        oversampling: int,
        stands_on_m: float | None = None,
    ) -> None:
        vtk = vtk_modules()
        self.body, self.crop, self._lighting, self._ground = body, crop, lighting, stands_on_m
        self.points: NDArray[np.float32] = body.points.copy()
        self._light = np.empty((len(body.points), 3), np.uint8)
        # Only what shines is lit a second time, and only from the lamps.
        shine = np.zeros((0, 3), np.float32) if body.shine is None else body.shine
        self._shining = np.flatnonzero(shine.any(axis=1))
        self._shine = shine[self._shining]
        halfway = [lamp.towards - camera.forward for lamp in lighting.lamps]
        self._halfway = [(way / np.linalg.norm(way)).astype(np.float32) for way in halfway]
        self._mesh, texture = vtk_mesh(body, self.points, self._light)
        mapper = vtk.vtkPolyDataMapper()
        mapper.SetInputData(self._mesh)
        actor = vtk.vtkActor()
        actor.SetMapper(mapper)
        actor.SetTexture(texture)
        # Light is computed here once a vertex: the mesh is fine enough, and VTK would compute it once a pixel.
        actor.GetProperty().LightingOff()
        actor.GetProperty().BackfaceCullingOn()
        self._window = RenderWindow(camera, crop, oversampling=oversampling)
        self._window.add(actor)

    def draw(self, bones: Bones, index: int) -> RgbaImage:
        """Draw the body in a pose.

        Parameters
        ----------
        bones : Bones
        index : int
            Which moment of the bones.

        Returns
        -------
        (H, W, 4) uint8 array
            Of the size of the crop.
        """
        self.points[...], normals = self.body.posed(bones, index, stands_on_m=self._ground)
        self._light[...] = self._lit(normals)
        self._mesh.GetPoints().GetData().Modified()
        self._mesh.GetPoints().Modified()
        self._mesh.GetPointData().GetScalars().Modified()
        self._mesh.Modified()
        return self._window.draw()

    def _lit(self, normals: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Light on each vertex, (N, 3)."""
        openness = self.body.openness[:, None]
        up = 0.5 + 0.5 * normals[:, 1:2]
        light = (_FROM_BELOW + (_FROM_ABOVE - _FROM_BELOW) * up).astype(np.float32) * openness
        shaded = _LAMP_IN_CREASES + (1 - _LAMP_IN_CREASES) * openness
        for lamp in self._lighting.lamps:
            facing = (normals @ lamp.towards.astype(np.float32) + _WRAP) / (1 + _WRAP)
            strength = (lamp.strength * np.asarray(lamp.colour)).astype(np.float32)
            light += np.maximum(facing, 0)[:, None] * shaded * strength
        if len(self._shining):
            mirrored = np.zeros((len(self._shining), 3), np.float32)
            for lamp, halfway in zip(self._lighting.lamps, self._halfway, strict=True):
                facing = np.maximum(normals[self._shining] @ halfway, 0) ** _GLOSS_POWER
                mirrored += facing[:, None] * (_GLOSS_OF_LAMP * lamp.strength * np.asarray(lamp.colour)).astype(
                    np.float32
                )
            light[self._shining] += self._shine * (mirrored - light[self._shining])
        light *= np.float32(255 * self._lighting.gain / MAX_LIGHT)
        lit: NDArray[np.uint8] = np.minimum(light, 255).astype(np.uint8)
        return lit

    def close(self) -> None:
        """Close the drawing window."""
        self._window.close()
