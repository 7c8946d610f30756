"""Drawing a run: frames, the video and its truth."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gait._typing import FloatArray, Image, ProgressCallback
from gait.errors import InputError
from gait.synthetic.body import sculpt
from gait.synthetic.body_segments import skeleton_of
from gait.synthetic.film import Capture, capture_times, drawing_camera
from gait.synthetic.motion import Bones, Motion, joints_of
from gait.synthetic.motion_solver import solve
from gait.synthetic.person import Lighting, Person, standing
from gait.synthetic.pinhole_camera import PinholeCamera, camera_of
from gait.synthetic.presets import LOOKS, random_body
from gait.synthetic.render_window import Layer, PixelBox, RenderWindow, crop_around, laid_over
from gait.synthetic.run_spec import CameraSpec, RunnerSpec, SceneSpec, as_record
from gait.synthetic.scene import BELT_FROM_M, BELT_TO_M, FLOOR_M, build_room
from gait.synthetic.truth import Event, Truth, events_of, metrics_of
from gait.video.reader import VideoWriter

_SWAY_HZ = 15.0  # how often somebody who only stands there is drawn anew


class Renderer:
    """Draws one runner in one room from one camera, at any time of a motion.

    The picture is made of layers, from back to front: the room, a bystander, the treadmill, its belt, the runner, and
    what of the treadmill stands before the runner. Only belt and people are drawn anew for each frame.

    Parameters
    ----------
    motion : Motion
    camera : CameraSpec
        Taken as a pinhole camera without noise; see `gait.synthetic.film` for what lens and sensor do.
    scene : SceneSpec
    seed : int
        Decides the room, the light and the bystander.
    fineness : float
        Of the bodies' meshes against what the size of the picture asks for; 0.8 is as fine as can be seen.
    samples : int
        0 draws jagged edges in two thirds of the time; all other numbers draw smooth ones.
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
        self.motion, self.spec = motion, camera
        self.camera: PinholeCamera = camera_of(camera)
        self._finer = 2 if samples else 1
        self._room = build_room(scene, camera, np.random.default_rng([seed, 1]))
        # Triangles of three to four pixels, a little larger ones in large pictures.
        mesh = fineness * (self.camera.focal_px / float(np.linalg.norm(self.camera.position)) / 300) ** 0.6
        self._body = sculpt(motion.runner, scene.look, fineness=float(np.clip(mesh, 0.2, 2.0)))
        self._figure: Person | None = None
        self._bystander: Bystander | None = None
        if scene.bystander:
            self._bystander = Bystander(
                self.camera,
                self._room.lighting,
                np.random.default_rng([seed, 3]),
                fineness=float(np.clip(0.8 * mesh, 0.2, 2.0)),
                finer=self._finer,
            )
        room, behind, self._before = (
            self._painted(actors) for actors in (self._room.backdrop, self._room.behind, self._room.before)
        )
        self._backdrop = np.ascontiguousarray(room[..., :3])
        self._behind = behind
        if self._bystander is None:
            laid_over(self._backdrop, behind)
        hiding = np.argwhere(self._before[..., 3] > 0)[:, ::-1].astype(float)
        self._hiding = crop_around(hiding, self.camera, 1) if len(hiding) else None

    def _painted(self, actors: list[Any]) -> Layer:
        """Draw things that do not move."""
        # Twice the largest picture is as much as software OpenGL draws.
        stage = RenderWindow(self.camera, finer=2)
        for lamp in self._room.lighting.lamps:
            stage.add_light(lamp.towards, 1.45 * lamp.strength, lamp.colour)
        for actor in actors:
            stage.add(actor)
        layer = stage.shot()
        stage.close()
        layer[..., :3] = cv2.convertScaleAbs(layer[..., :3], alpha=self._room.lighting.gain)
        return layer

    def _extent(self, bones: Bones) -> PixelBox:
        """Give the part of the picture that holds the runner at all times of ``bones``."""
        height, build = self.motion.skeleton.height, max(self.motion.runner.build, 1.0)
        reach = {"pelvis": 0.14 * build, "spine": 0.14 * build, "chest": 0.14 * build, "head": 0.13}
        corners = []
        for bone, origin in bones.origin.items():
            middle = origin + (bones.rotation[bone] @ [0.0, 0.07 * height, 0.0] if bone == "head" else 0.0)
            # A square round each bone, upright to the view.
            size = height * reach.get(bone, 0.075 * build)
            for across, up in ((-1, -1), (1, 1)):
                corners.append(middle + size * (across * self.camera.right + up * self.camera.up))
        return crop_around(self.camera.project(np.stack(corners)), self.camera, 2)

    def _drawn(self, bones: Bones, index: int, time: float) -> Image:
        picture = self._backdrop.copy()
        if self._bystander is not None:
            self._bystander.lay(picture, time)
            laid_over(picture, self._behind)
        assert self._figure is not None
        runner, crop = self._figure.shot(bones, index), self._figure.crop
        self._room.belt.lay(picture, self.motion.runner.speed_mps * time, self._figure.points)
        laid_over(picture[crop.rows, crop.columns], runner)
        if self._hiding is not None:
            rows, columns = self._hiding.rows, self._hiding.columns
            laid_over(picture[rows, columns], self._before[rows, columns])
        return picture

    def frames(self, times: FloatArray) -> Iterator[Image]:
        """Draw the run at each of ``times`` (s): (height, width, 3) uint8 RGB, one by one.

        With blur, a frame's exposure is centred on its time.
        """
        spec = self.spec
        count = spec.blur_subframes
        offsets = (np.arange(count) - (count - 1) / 2) / count * spec.shutter / spec.fps
        bones = self.motion.bones((np.asarray(times)[:, None] + offsets).ravel())
        crop = self._extent(bones) if len(times) else None
        if crop is not None and (self._figure is None or self._figure.crop != crop):
            self._close_figure()
            self._figure = Person(self._body, self.camera, crop, self._room.lighting, finer=self._finer)
        for n, time in enumerate(times):
            frame = self._drawn(bones, n * count, float(time + offsets[0]))
            if count > 1:
                total = frame.astype(np.uint16)
                for m in range(1, count):
                    total += self._drawn(bones, n * count + m, float(time + offsets[m]))
                frame = ((total + count // 2) // count).astype(np.uint8)
            yield frame

    def _close_figure(self) -> None:
        if self._figure is not None:
            self._figure.close()
            self._figure = None

    def close(self) -> None:
        """Give the drawing windows back."""
        self._close_figure()
        if self._bystander is not None:
            self._bystander.close()


class Bystander:
    """Somebody who stands beside or behind the treadmill, in the picture, and never before the runner.

    Parameters
    ----------
    camera : PinholeCamera
    lighting : Lighting
    rng : numpy.random.Generator
        Decides body, clothes and place.
    fineness : float
    finer : int
    """

    def __init__(
        self, camera: PinholeCamera, lighting: Lighting, rng: np.random.Generator, *, fineness: float, finer: int
    ) -> None:
        person = RunnerSpec(**random_body(rng))
        look = LOOKS[int(rng.integers(len(LOOKS)))].look
        look = replace(look, tape=None, waistband=None, shirt=look.shirt[::-1])
        self._skeleton, self._rng_state = skeleton_of(person), int(rng.integers(2**32))
        self._place = self._free_place(camera, rng)
        towards = np.arctan2(self._place[2], -self._place[0])
        self._turn = float(towards + rng.uniform(-0.7, 0.7))
        whole = self._bones(np.linspace(0, 12, 25))
        ends = np.stack([origin + way for origin in whole.origin.values() for way in 0.16 * np.eye(3)])
        ends = np.concatenate([ends, np.stack([o - w for o in whole.origin.values() for w in 0.16 * np.eye(3)])])
        crop = crop_around(camera.project(ends), camera, 8)
        self._figure = Person(sculpt(person, look, fineness=fineness), camera, crop, lighting, finer=finer)
        self._shown: tuple[int, Layer] | None = None

    @staticmethod
    def _free_place(camera: PinholeCamera, rng: np.random.Generator) -> FloatArray:
        """Find where somebody can stand: off the treadmill, farther than the runner and beside the runner."""
        x, z = np.meshgrid(np.linspace(-2.2, 2.2, 45), np.linspace(-2.2, 2.2, 45))
        spots = np.stack([x.ravel(), np.full(x.size, FLOOR_M), z.ravel()], axis=1)
        level = camera.forward * [1, 0, 1] / np.hypot(camera.forward[0], camera.forward[2])
        deep = spots @ level
        clear = (np.abs(spots[:, 2]) > 0.68) | (spots[:, 0] < BELT_FROM_M - 0.40) | (spots[:, 0] > BELT_TO_M + 0.75)
        spots = spots[clear & (deep > 0.35) & (deep < 2.3)]
        feet = camera.project(spots)
        runner = camera.project(np.zeros(3))
        size = camera.focal_px / ((spots - camera.position) @ camera.forward)
        apart = np.abs(feet[:, 0] - runner[0]) / size
        margin = np.minimum(feet[:, 0], camera.width - feet[:, 0]) / size
        # As far inside the picture as can be, some 0.6 to 1.2 m beside the runner, anywhere among the best places.
        cost = np.maximum(0.62 - apart, 0) * 3 + np.maximum(apart - 1.2, 0) + np.maximum(0.35 - margin, 0) * 4
        best = np.argsort(cost, kind="stable")[: max(1, len(cost) // 40)]
        place: FloatArray = spots[rng.choice(best)]
        return place

    def _bones(self, times: FloatArray) -> Bones:
        return standing(self._skeleton, times, self._place, self._turn, np.random.default_rng(self._rng_state))

    def lay(self, picture: Image, time: float) -> None:
        """Lay the bystander into a picture."""
        tick = round(time * _SWAY_HZ)
        if self._shown is None or self._shown[0] != tick:
            self._shown = tick, self._figure.shot(self._bones(np.array([tick / _SWAY_HZ])), 0)
        crop = self._figure.crop
        laid_over(picture[crop.rows, crop.columns], self._shown[1])

    def close(self) -> None:
        """Give the drawing window back."""
        self._figure.close()


def truth_of(
    motion: Motion,
    camera: CameraSpec,
    scene: SceneSpec,
    *,
    duration_s: float,
    seed: int,
    times: FloatArray | None = None,
    joints: bool = False,
) -> Truth:
    """Collect what a clip of a motion shows.

    Parameters
    ----------
    motion : Motion
    camera, scene : CameraSpec, SceneSpec
        Written down; the camera also places the joints in the picture.
    duration_s : float
        Real time, s.
    seed : int
    times : (T,) array, optional
        When the frames were taken, real seconds; the truth gives events and frames on the timeline of the file.
    joints : bool
        Keep joint positions of every frame.

    Returns
    -------
    Truth
    """
    times = np.empty(0) if times is None else times
    points = joints_of(motion.bones(times), motion.skeleton) if joints and len(times) else None
    factor = camera.time_factor
    return Truth(
        runner=as_record(motion.runner),
        camera=as_record(camera),
        scene=as_record(scene),
        seed=seed,
        duration_s=duration_s,
        times=times * factor,
        events=tuple(Event(e.side, e.kind, e.time_s * factor) for e in events_of(motion, duration_s)),
        metrics=metrics_of(motion, duration_s),
        joints=points,
        pixels=None if points is None else camera_of(camera).project(points),
        time_factor=factor,
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
    progress: ProgressCallback | None = None,
) -> Truth:
    """Find the motion of a runner and draw a clip of it, as `render_motion` does.

    Parameters
    ----------
    runner, camera, scene : RunnerSpec, CameraSpec, SceneSpec
        What is asked for.
    duration_s, seed, path, joints, crf, fineness, samples, progress
        As for `render_motion`.

    Returns
    -------
    Truth

    Raises
    ------
    InputError
        Where the request cannot be met, the folder does not exist or VTK is missing.
    """
    target = _checked(path)
    return render_motion(
        solve(runner, duration_s, seed=seed),
        camera,
        scene,
        duration_s=duration_s,
        seed=seed,
        path=target,
        joints=joints,
        crf=crf,
        fineness=fineness,
        samples=samples,
        progress=progress,
    )


def render_motion(
    motion: Motion,
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
    progress: ProgressCallback | None = None,
) -> Truth:
    """Draw a clip of a motion, write it as H.264 and write its truth beside it.

    Parameters
    ----------
    motion : Motion
        Planned by `solve` or recorded.
    camera, scene : CameraSpec, SceneSpec
        What films it and where.
    duration_s : float
        Length in real time, s; at least 1. Slow motion plays longer.
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
        Where the folder does not exist, the camera cannot be drawn or VTK is missing.
    """
    target = _checked(path)
    drawn = drawing_camera(camera)
    times = capture_times(camera, duration_s, seed=seed)
    truth = truth_of(motion, camera, scene, duration_s=duration_s, seed=seed, times=times, joints=joints)
    capture = Capture(camera, seed=seed)
    # Slow motion was retimed: the file plays at its own rate, and nothing in it says how fast it was filmed.
    rate = camera.playback_fps or camera.fps
    drawing = Renderer(motion, drawn, scene, seed=seed, fineness=fineness, samples=samples)
    try:
        with VideoWriter(
            target, width=camera.width, height=camera.height, fps=rate, crf=crf, rotation=camera.rotation
        ) as writer:
            for n, frame in enumerate(drawing.frames(times)):
                writer.write(capture(frame), float(truth.times[n]))
                if progress is not None:
                    progress(n + 1, len(times))
            # Before the clip gets its name: if this fails, there is neither clip nor truth.
            truth.write(target.with_suffix(".truth.json"))
    finally:
        drawing.close()
    return truth


def _checked(path: str | os.PathLike[str]) -> Path:
    """Refuse a path that no clip can have before the long work."""
    target = Path(path)
    if target.suffix.lower() != ".mp4":
        raise InputError(f"{target.name}: the clip must be named .mp4")
    if not target.parent.is_dir():
        raise InputError(f"{target.parent}: no such folder; make it first")
    if target.is_dir():
        raise InputError(f"{target}: is a folder; choose another name for the clip")
    return target
