"""Makes the video of a run and writes its truth beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gait._typing import FloatArray, PathLike, ProgressCallback
from gait.errors import InputError
from gait.owned_files import check_may_write
from gait.synthetic.bones import joints_of
from gait.synthetic.camera_effects import CameraEffects, camera_to_draw, capture_times
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve
from gait.synthetic.pinhole_camera import camera_of
from gait.synthetic.renderer import Renderer
from gait.synthetic.run_spec import CameraSpec, RunnerSpec, SceneSpec, spec_as_record
from gait.synthetic.truth import Event, Truth, events_of, metrics_of
from gait.video import VideoWriter


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
        Copied into the truth; the camera also places the joints in the frame.
    duration_s : float
        Real time, s.
    seed : int
    times : (T,) array, optional
        When the frames are taken, real seconds; the truth has events and frames on the timeline of the file.
    joints : bool
        Keep joint positions of every frame.

    Returns
    -------
    Truth
    """
    times = np.empty(0) if times is None else times
    points = joints_of(motion.bones(times), motion.skeleton) if joints and len(times) else None
    factor = camera.playback_per_real
    return Truth(
        runner=spec_as_record(motion.runner),
        camera=spec_as_record(camera),
        scene=spec_as_record(scene),
        seed=seed,
        duration_s=duration_s,
        times=times * factor,
        events=tuple(Event(e.side, e.kind, e.time_s * factor) for e in events_of(motion, duration_s)),
        metrics=metrics_of(motion, duration_s),
        joints=points,
        pixels=None if points is None else camera_of(camera).project(points),
        playback_per_real=factor,
    )


def render_clip(
    runner: RunnerSpec,
    camera: CameraSpec,
    scene: SceneSpec,
    *,
    duration_s: float,
    seed: int,
    path: PathLike,
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
        The runner, what films the run, and where.
    duration_s, seed, path, joints, crf, fineness, samples, progress
        As for `render_motion`.

    Returns
    -------
    Truth

    Raises
    ------
    InputError
        No leg can run like that, the folder does not exist, the camera cannot be drawn, or VTK is missing.
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
    path: PathLike,
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
        What films the run, and where.
    duration_s : float
        Length in real time, s; at least 1. Slow motion plays longer.
    seed : int
        Decides all randomness; the same call gives the same frames.
    path : path
        ``NAME.mp4``; the truth goes to ``NAME.truth.json``, the joints (where wanted) to ``NAME.truth.npz``.
    joints : bool
        Also write joint positions in the world and in the frame for every frame.
    crf : int
        Constant quality of x264, 0 to 51; lower is better and larger.
    fineness : float
        Of the bodies' meshes, see `Renderer`.
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
        The folder does not exist, a file there is not gait's own, the camera cannot be drawn, or VTK is missing.
    """
    target = _checked(path)
    drawn = camera_to_draw(camera)
    times = capture_times(camera, duration_s, seed=seed)
    truth = truth_of(motion, camera, scene, duration_s=duration_s, seed=seed, times=times, joints=joints)
    capture = CameraEffects(camera, seed=seed)
    # Slow motion is retimed: the file plays at its own rate, and nothing in it shows how fast it was filmed.
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


def _checked(path: PathLike) -> Path:
    """Refuse a path that no clip can have before the long work."""
    target = Path(path)
    if target.suffix.lower() != ".mp4":
        raise InputError(f"{target.name}: the clip must be named .mp4")
    if not target.parent.is_dir():
        raise InputError(f"{target.parent}: no such folder; make it first")
    if target.is_dir():
        raise InputError(f"{target}: is a folder; choose another name for the clip")
    check_may_write([target, target.with_suffix(".truth.json"), target.with_suffix(".truth.npz")])
    return target
