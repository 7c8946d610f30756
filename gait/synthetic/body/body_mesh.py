"""The finished body: one mesh, its paint, and how it hangs on the bones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray, Image
from gait.synthetic.body.rest_pose import BONES
from gait.synthetic.bones import Bones
from gait.synthetic.vtk_import import vtk_modules

MAX_LIGHT = 1.1
"""Light on a vertex is stored as a byte; this much light, 1 = as painted, is 255. [E]"""


@dataclass(frozen=True)
class BodyMesh:
    """A mesh that bones carry.

    Attributes
    ----------
    points, normals : (N, 3) float32 arrays
        Vertices in the rest pose, m; unit vectors.
    triangles : (M, 3) int array
    texture : (H, W, 3) uint8 array
        The paint of the surface, rows from the bottom up.
    texture_coordinates : (N, 2) float32 array
        Where in the texture each vertex lies, 0 to 1.
    openness : (N,) float32 array
        How much of its surroundings each vertex faces past the rest of the body, 0 to 1.
    bone_weights : (N, B) float32 array
        How much each vertex follows each bone, in the order of `BONES`.
    inverse_rest : (B, 4, 4) array
        Inverse matrices of the bones in the rest pose.
    shine : (N, 3) float32 array or None
        Share of each vertex's paint, red, green and blue, that is light mirrored from a lamp; ``None``: nothing shines.
    swing_shares : (N, A) float32 array, optional
        How much each vertex takes part in the swing of each loose part, in the order of `cloth_swing.ANCHORS`.
    swing_room : (N,) float32 array, optional
        How far each vertex may swing inwards before it meets the skin, m.
    """

    points: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.int64]
    texture: Image
    texture_coordinates: NDArray[np.float32]
    openness: NDArray[np.float32]
    bone_weights: NDArray[np.float32]
    inverse_rest: FloatArray
    shine: NDArray[np.float32] | None = None
    swing_shares: NDArray[np.float32] | None = None
    swing_room: NDArray[np.float32] | None = None

    def posed(
        self, bones: Bones, index: int, *, stands_on_m: float | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Put the mesh into a pose.

        Parameters
        ----------
        bones : Bones
        index : int
            Which moment of the bones.
        stands_on_m : float, optional
            Height of the ground. What is below it, the sole of a loaded shoe, is pressed flat.

        Returns
        -------
        points, normals : (N, 3) float32 arrays
            Metres; unit vectors.
        """
        moved = (bone_matrices(bones, index) @ self.inverse_rest)[:, :3, :].reshape(len(BONES), 12)
        mixed = (self.bone_weights @ moved.astype(np.float32)).reshape(-1, 3, 4)
        points = np.einsum("nij,nj->ni", mixed[:, :, :3], self.points) + mixed[:, :, 3]
        normals = np.einsum("nij,nj->ni", mixed[:, :, :3], self.normals)
        normals /= np.sqrt(np.einsum("ni,ni->n", normals, normals) + 1e-12)[:, None]
        if bones.swing is not None and self.swing_shares is not None and self.swing_room is not None:
            loose = np.flatnonzero(self.swing_shares.any(axis=1))
            way = self.swing_shares[loose] @ bones.swing[index].astype(np.float32)
            inwards = -np.einsum("ni,ni->n", way, normals[loose]) - self.swing_room[loose]
            points[loose] += way + np.maximum(inwards, 0)[:, None] * normals[loose]
        if stands_on_m is not None:
            np.maximum(points[:, 1], np.float32(stands_on_m), out=points[:, 1])
        return points, normals


def bone_matrices(bones: Bones, index: int) -> FloatArray:
    """Give the place of each bone at one moment as a matrix.

    Parameters
    ----------
    bones : Bones
    index : int
        Which moment.

    Returns
    -------
    (B, 4, 4) array
        From the axes of each bone to the world, in the order of `BONES`.
    """
    matrices = np.zeros((len(BONES), 4, 4))
    for n, bone in enumerate(BONES):
        matrices[n, :3, :3] = bones.rotation[bone][index]
        matrices[n, :3, 3] = bones.origin[bone][index]
    matrices[:, 3, 3] = 1.0
    return matrices


def vtk_mesh(body: BodyMesh, points: NDArray[np.float32], light: NDArray[np.uint8]) -> tuple[Any, Any]:
    """Make a VTK mesh of a body and the texture that paints it.

    Parameters
    ----------
    body : BodyMesh
    points : (N, 3) float32 array
        Shared with the mesh: what is written into it is drawn after the mesh's ``Modified()``.
    light : (N, 3) uint8 array
        Shared likewise: light on each vertex, 255 = `MAX_LIGHT`.

    Returns
    -------
    mesh : vtkPolyData
    texture : vtkTexture
    """
    vtk = vtk_modules()
    mesh = vtk.vtkPolyData()
    vertices = vtk.vtkPoints()
    vertices.SetData(vtk.numpy_to_vtk(points))
    mesh.SetPoints(vertices)
    cells = vtk.vtkCellArray()
    starts = 3 * np.arange(len(body.triangles) + 1, dtype=np.int64)
    corners = body.triangles.ravel().astype(np.int64)
    cells.SetData(vtk.numpy_to_vtkIdTypeArray(starts, deep=True), vtk.numpy_to_vtkIdTypeArray(corners, deep=True))
    mesh.SetPolys(cells)
    mesh.GetPointData().SetTCoords(vtk.numpy_to_vtk(body.texture_coordinates, deep=True))
    colours = vtk.numpy_to_vtk(light)
    colours.SetName("light")
    mesh.GetPointData().SetScalars(colours)
    image = vtk.vtkImageData()
    height, width, _ = body.texture.shape
    image.SetDimensions(width, height, 1)
    image.GetPointData().SetScalars(vtk.numpy_to_vtk(body.texture.reshape(-1, 3), deep=True))
    texture = vtk.vtkTexture()
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.RepeatOff()
    return mesh, texture
