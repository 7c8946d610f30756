"""Draws the frames of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from gait._typing import FloatArray, Image
from gait.synthetic.body import sculpt_body
from gait.synthetic.body.cloth_swing import swing_of
from gait.synthetic.body.painted_dots import with_dots
from gait.synthetic.bones import Bones
from gait.synthetic.bystander import Bystander
from gait.synthetic.motion import Motion
from gait.synthetic.person import Person
from gait.synthetic.pinhole_camera import PinholeCamera, camera_of
from gait.synthetic.render_window import PixelBox, RenderWindow, RgbaImage, box_around, overlay
from gait.synthetic.room import build_room
from gait.synthetic.run_spec import CameraSpec, SceneSpec

_USUAL_PX_PER_M = 300  # scale of the runner at which the usual mesh is fine enough [E]
_ROOM_LIGHT = 1.45  # strength of lamps on the room, which VTK lights, against that on people [E]


class Renderer:
    """Draws one runner in one room from one camera, at any time of a motion.

    A frame is made of layers, from back to front: the room, a bystander, the treadmill, its belt, the runner, and the
    parts of the treadmill in front of the runner. Only belt and people are drawn anew for each frame.

    Parameters
    ----------
    motion : Motion
    camera : CameraSpec
        Taken as a pinhole camera without noise; see `gait.synthetic.camera_effects` for what lens and sensor do.
    scene : SceneSpec
    seed : int
        Decides the room, the light and the bystander.
    fineness : float
        Of the bodies' meshes for that size of frame; finer than 0.8 cannot be told apart.
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
        self._oversampling = 2 if samples else 1
        self._room = build_room(scene, camera, np.random.default_rng([seed, 1]))
        # Triangles of three to four pixels, a little larger ones in large frames.
        mesh = fineness * (self.camera.focal_px / float(np.linalg.norm(self.camera.position)) / _USUAL_PX_PER_M) ** 0.6
        self._body = sculpt_body(
            motion.runner, scene.look, fineness=float(np.clip(mesh, 0.2, 2.0)), skeleton=motion.skeleton
        )
        if scene.look.dots is not None:
            self._body = with_dots(self._body, scene.look.dots)
        self._person: Person | None = None
        self._bystander: Bystander | None = None
        if scene.bystander:
            self._bystander = Bystander(
                self.camera,
                self._room.lighting,
                np.random.default_rng([seed, 3]),
                fineness=float(np.clip(0.8 * mesh, 0.2, 2.0)),
                oversampling=self._oversampling,
            )
        self._backdrop = np.ascontiguousarray(self._drawn_once(self._room.backdrop)[..., :3])
        self._behind = self._drawn_once(self._room.treadmill_behind)
        self._in_front = self._drawn_once(self._room.treadmill_in_front)
        if self._bystander is None:
            overlay(self._backdrop, self._behind)
        covered = np.argwhere(self._in_front[..., 3] > 0)[:, ::-1].astype(float)
        self._in_front_box = box_around(covered, self.camera, 1) if len(covered) else None

    def _drawn_once(self, actors: list[Any]) -> RgbaImage:
        """Draw things that do not move."""
        # Twice the largest frame is as much as software OpenGL draws.
        window = RenderWindow(self.camera, oversampling=2)
        for lamp in self._room.lighting.lamps:
            window.add_light(lamp.towards, _ROOM_LIGHT * lamp.strength, lamp.colour)
        for actor in actors:
            window.add(actor)
        layer = window.draw()
        window.close()
        layer[..., :3] = cv2.convertScaleAbs(layer[..., :3], alpha=self._room.lighting.gain)
        return layer

    def _extent(self, bones: Bones) -> PixelBox:
        """Give the part of the frame that holds the runner at all times of ``bones``."""
        height, build = self.motion.skeleton.height, max(self.motion.runner.build, 1.0)
        reach = {"pelvis": 0.14 * build, "spine": 0.14 * build, "chest": 0.14 * build, "head": 0.13}
        corners = []
        for bone, origin in bones.origin.items():
            middle = origin + (bones.rotation[bone] @ [0.0, 0.07 * height, 0.0] if bone == "head" else 0.0)
            # A square round each bone, upright to the view.
            size = height * reach.get(bone, 0.075 * build)
            for across, up in ((-1, -1), (1, 1)):
                corners.append(middle + size * (across * self.camera.right + up * self.camera.up))
        return box_around(self.camera.project(np.stack(corners)), self.camera, 2)

    def _draw(self, bones: Bones, index: int, time_s: float) -> Image:
        frame = self._backdrop.copy()
        if self._bystander is not None:
            self._bystander.overlay(frame, time_s)
            overlay(frame, self._behind)
        assert self._person is not None
        runner, crop = self._person.draw(bones, index), self._person.crop
        self._room.belt.overlay(frame, self.motion.runner.speed_mps * time_s, self._person.points)
        overlay(frame[crop.rows, crop.columns], runner)
        if self._in_front_box is not None:
            rows, columns = self._in_front_box.rows, self._in_front_box.columns
            overlay(frame[rows, columns], self._in_front[rows, columns])
        return frame

    def frames(self, times: FloatArray) -> Iterator[Image]:
        """Draw the run at given times.

        Parameters
        ----------
        times : (T,) array
            Real seconds from the beginning of the motion. With blur, the exposure of a frame is centred on its time.

        Yields
        ------
        (H, W, 3) uint8 array
            RGB, one frame at a time.
        """
        spec = self.spec
        count = spec.blur_subframes
        offsets = (np.arange(count) - (count - 1) / 2) / count * spec.shutter / spec.fps
        moments = (np.asarray(times)[:, None] + offsets).ravel()
        bones = self.motion.bones(moments)
        if self._body.swing_shares is not None and len(moments):
            bones = replace(bones, swing=swing_of(self.motion, moments))
        crop = self._extent(bones) if len(times) else None
        if crop is not None and (self._person is None or self._person.crop != crop):
            self._close_person()
            self._person = Person(
                self._body, self.camera, crop, self._room.lighting, oversampling=self._oversampling, stands_on_m=0.0
            )
        for n, time in enumerate(times):
            frame = self._draw(bones, n * count, float(time + offsets[0]))
            if count > 1:
                total = frame.astype(np.uint16)
                for m in range(1, count):
                    total += self._draw(bones, n * count + m, float(time + offsets[m]))
                frame = ((total + count // 2) // count).astype(np.uint8)
            yield frame

    def _close_person(self) -> None:
        if self._person is not None:
            self._person.close()
            self._person = None

    def close(self) -> None:
        """Close the drawing windows."""
        self._close_person()
        if self._bystander is not None:
            self._bystander.close()
