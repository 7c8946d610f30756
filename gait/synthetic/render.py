"""Drawing a run: frames, the video and its truth."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait.errors import InputError
from gait.synthetic.body import polydata, sculpt
from gait.synthetic.camera import Camera, camera_of
from gait.synthetic.motion import Motion, joints_of
from gait.synthetic.reference import Array
from gait.synthetic.scene import build_room
from gait.synthetic.solve import solve
from gait.synthetic.spec import CameraSpec, RunnerSpec, SceneSpec, as_record
from gait.synthetic.truth import Truth, events_of, metrics_of
from gait.synthetic.vtk_import import vtk_modules
from gait.video import VideoWriter

Image = NDArray[np.uint8]
Progress = Callable[[int, int | None], None]


class Renderer:
    """Draws one runner in one room from one camera, at any time of a motion.

    Parameters
    ----------
    motion : Motion
    camera : CameraSpec
    scene : SceneSpec
    seed : int
        Decides the room's small things and the sensor noise.
    fineness : float
        Of the body's mesh; see `gait.synthetic.body.sculpt`.
    """

    def __init__(
        self,
        motion: Motion,
        camera: CameraSpec,
        scene: SceneSpec,
        *,
        seed: int = 0,
        fineness: float = 0.8,
        samples: int = 4,
    ) -> None:
        vtk = vtk_modules()
        self.motion, self.spec = motion, camera
        self.camera: Camera = camera_of(camera)
        self._room = build_room(scene, camera, np.random.default_rng([seed, 1]))
        self._noise = np.random.default_rng([seed, 2])
        self._body = sculpt(motion.runner, scene.look, fineness=fineness)
        self._mesh = polydata(self._body)
        mapper = vtk.vtkPolyDataMapper()
        mapper.SetInputData(self._mesh)
        runner = vtk.vtkActor()
        runner.SetMapper(mapper)
        surface = runner.GetProperty()
        surface.SetInterpolationToGouraud()  # the mesh is finer than the pixels; per-pixel light costs twice the time
        surface.BackfaceCullingOn()
        surface.SetAmbient(0.40)
        surface.SetDiffuse(0.72)
        surface.SetSpecular(0.06)
        surface.SetSpecularPower(18)

        self._renderer = vtk.vtkRenderer()
        self._renderer.SetBackground(0.35, 0.36, 0.38)
        for actor in (*self._room.actors, runner):
            self._renderer.AddActor(actor)
        self._light()
        self._window = vtk.vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(samples)
        self._window.SetSize(camera.width, camera.height)
        self._window.AddRenderer(self._renderer)
        self._aim()
        self._paint_backdrop()

    def _paint_backdrop(self) -> None:
        """Draw what lies behind everything once, and use the picture of it ever after."""
        vtk = vtk_modules()
        near = list(self._renderer.GetActors())
        for actor in near:
            actor.VisibilityOff()
        for actor in self._room.backdrop:
            self._renderer.AddActor(actor)
        picture = np.ascontiguousarray(self._grab()[::-1])
        for actor in self._room.backdrop:
            self._renderer.RemoveActor(actor)
        for actor in near:
            actor.VisibilityOn()
        image = vtk.vtkImageData()
        image.SetDimensions(self.spec.width, self.spec.height, 1)
        image.GetPointData().SetScalars(vtk.numpy_to_vtk(picture.reshape(-1, 3), deep=True))
        texture = vtk.vtkTexture()
        texture.SetInputData(image)
        self._renderer.SetBackgroundTexture(texture)
        self._renderer.TexturedBackgroundOn()

    def _grab(self) -> Image:
        vtk = vtk_modules()
        self._window.Render()
        grab = vtk.vtkWindowToImageFilter()
        grab.SetInput(self._window)
        grab.SetInputBufferTypeToRGB()
        grab.ReadFrontBufferOff()
        grab.ShouldRerenderOff()  # the picture has just been drawn; drawing it again would double the time
        grab.Update()
        image = grab.GetOutput()
        width, height, _ = image.GetDimensions()
        picture: Image = vtk.vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, 3)[::-1]
        return picture

    def _light(self) -> None:
        vtk = vtk_modules()
        self._renderer.RemoveAllLights()
        self._renderer.AutomaticLightCreationOff()
        towards = -self.camera.forward
        for place, strength, colour in (
            (np.array([0.6, 3.0, 0.0]) + 2.5 * towards + 1.6 * self.camera.right, 0.88, (1.0, 0.97, 0.92)),
            (np.array([0.0, 1.4, 0.0]) + 3.0 * towards - 2.5 * self.camera.right, 0.35, (0.88, 0.93, 1.0)),
            (np.array([0.0, 3.0, 0.0]) - 2.0 * towards, 0.30, (1.0, 1.0, 1.0)),
        ):
            light = vtk.vtkLight()
            light.SetLightTypeToSceneLight()
            light.SetPositional(False)
            light.SetPosition(*place)
            light.SetFocalPoint(0.0, 0.9, 0.0)
            light.SetIntensity(strength)
            light.SetColor(*colour)
            self._renderer.AddLight(light)

    def _aim(self) -> None:
        view = self._renderer.GetActiveCamera()
        view.SetPosition(*self.camera.position)
        view.SetFocalPoint(*(self.camera.position + self.camera.forward))
        view.SetViewUp(*self.camera.up)
        view.SetViewAngle(self.spec.field_of_view_deg)
        view.SetClippingRange(0.3, 30.0)

    def _draw(self, bones: Any, index: int, time: float) -> Array:
        vtk = vtk_modules()
        points, normals = self._body.posed(bones, index)
        self._mesh.GetPoints().SetData(vtk.numpy_to_vtk(points.astype(np.float32), deep=True))
        self._mesh.GetPointData().SetNormals(vtk.numpy_to_vtk(normals.astype(np.float32), deep=True))
        self._mesh.Modified()
        self._room.move_belt(self.motion.runner.speed_mps * time)
        for n, side in enumerate(("left", "right")):
            ankle, ball = bones.origin[f"{side}_foot"][index], bones.origin[f"{side}_toes"][index]
            low = max(0.0, min(float(ankle[1]) - self.motion.skeleton.ankle_height, float(ball[1])))
            self._room.move_shadow(n, float((ankle[0] + ball[0]) / 2), float(ankle[2]), low)
        return self._grab().astype(float)

    def frames(self, times: Array) -> Iterator[Image]:
        """Draw the run at each of ``times`` (s): (height, width, 3) uint8 RGB, one by one.

        With blur, a frame's exposure is centred on its time.
        """
        spec = self.spec
        count = spec.blur_subframes
        offsets = (np.arange(count) - (count - 1) / 2) / count * spec.shutter / spec.fps
        bones = self.motion.bones((np.asarray(times)[:, None] + offsets).ravel())
        for n, time in enumerate(times):
            total = sum(self._draw(bones, n * count + m, float(time + offset)) for m, offset in enumerate(offsets))
            frame = np.asarray(total) / count
            if spec.noise > 0:
                frame = frame + self._noise.normal(0.0, spec.noise, frame.shape[:2])[..., None]
            yield np.clip(np.round(frame), 0, 255).astype(np.uint8)

    def close(self) -> None:
        """Give the drawing window back."""
        self._window.Finalize()


def truth_of(
    motion: Motion,
    camera: CameraSpec,
    scene: SceneSpec,
    *,
    duration_s: float,
    seed: int,
    times: Array | None = None,
    joints: bool = False,
) -> Truth:
    """Collect what a clip of a motion shows.

    Parameters
    ----------
    motion : Motion
    camera, scene : CameraSpec, SceneSpec
        Written down; the camera also places the joints in the picture.
    duration_s : float
    seed : int
    times : (T,) array, optional
        Frame times.
    joints : bool
        Keep joint positions of every frame.

    Returns
    -------
    Truth
    """
    times = np.empty(0) if times is None else times
    points = joints_of(motion.bones(times), motion.skeleton) if joints and len(times) else None
    return Truth(
        runner=as_record(motion.runner),
        camera=as_record(camera),
        scene=as_record(scene),
        seed=seed,
        duration_s=duration_s,
        times=times,
        events=events_of(motion, duration_s),
        metrics=metrics_of(motion, duration_s),
        joints=points,
        pixels=None if points is None else camera_of(camera).project(points),
    )


def render_clip(
    runner: RunnerSpec,
    camera: CameraSpec,
    scene: SceneSpec,
    *,
    duration_s: float,
    seed: int,
    path: str | os.PathLike[str],
    joints: bool = False,
    crf: int = 26,
    fineness: float = 0.8,
    samples: int = 4,
    progress: Progress | None = None,
) -> Truth:
    """Draw a clip of a run, write it as H.264 and write its truth beside it.

    Parameters
    ----------
    runner, camera, scene : RunnerSpec, CameraSpec, SceneSpec
        What is asked for.
    duration_s : float
        Length, s; at least 1.
    seed : int
        Decides all randomness; the same call gives the same frames.
    path : path
        ``NAME.mp4``; the truth goes to ``NAME.truth.json``, the joints (where wanted) to ``NAME.truth.npz``.
    joints : bool
        Also write joint positions in the world and in the picture for every frame.
    crf : int
        x264 quality; lower is better and larger.
    fineness : float
        Of the body's mesh.
    samples : int
        Per pixel, for smooth edges; 0 draws jagged ones in two thirds of the time.
    progress : callable, optional
        Called with (frames done, frames in all).

    Returns
    -------
    Truth

    Raises
    ------
    InputError
        Where the request cannot be met, the folder does not exist or VTK is missing.
    """
    target = Path(path)
    if target.suffix.lower() != ".mp4":
        raise InputError(f"{target.name}: the clip must be named .mp4")
    if not target.parent.is_dir():
        raise InputError(f"{target.parent}: no such folder; make it first")
    motion = solve(runner, duration_s, seed=seed)
    times = np.arange(round(duration_s * camera.fps)) / camera.fps
    truth = truth_of(motion, camera, scene, duration_s=duration_s, seed=seed, times=times, joints=joints)
    drawing = Renderer(motion, camera, scene, seed=seed, fineness=fineness, samples=samples)
    try:
        with VideoWriter(target, width=camera.width, height=camera.height, fps=camera.fps, crf=crf) as writer:
            for n, frame in enumerate(drawing.frames(times)):
                writer.write(frame, float(times[n]))
                if progress is not None:
                    progress(n + 1, len(times))
    finally:
        drawing.close()
    truth.write(target.with_suffix(".truth.json"))
    return truth
