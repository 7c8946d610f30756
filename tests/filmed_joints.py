"""Runs whose truth is known by construction: exact joints through an exact camera, then corrupted on purpose."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from gait.analysis.view_analysis import ViewAnalysis, analyze_pose
from gait.pose.dataset import make_pose_dataset
from gait.synthetic import CameraSpec, Motion, RunnerSpec, camera_of, events_of, metrics_of, presets
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion_solver import solve
from tests.run_cache import value_made_once

SECONDS = 12.0
#: Keypoint noise of the tests, pixels: about 1 % of the leg length, as good pose models have.
NOISE_PX = 2.5
LEG_JOINTS = ("knee", "ankle", "heel", "foot_index")


@dataclass(frozen=True)
class Run:
    """A pose dataset and the motion that was filmed; ``slow`` is playback time over real time."""

    pose: xr.Dataset
    motion: Motion
    seconds: float
    slow: float = 1.0

    @property
    def metrics(self) -> dict:
        return _metrics(self.motion, self.seconds)

    def times(self, side: str, kind: str) -> np.ndarray:
        """True events, on the playback timeline."""
        events = events_of(self.motion, self.seconds)
        return self.slow * np.array([e.time_s for e in events if (e.side, e.kind) == (side, kind)])

    def stances(self, side: str) -> tuple[np.ndarray, np.ndarray]:
        """True contacts and the toe-offs that belong to them."""
        contact, toe_off = self.times(side, "contact"), self.times(side, "toe_off")
        toe_off = toe_off[toe_off > contact[0]]
        return contact[: len(toe_off)], toe_off


@cache
def _metrics(motion: Motion, seconds: float) -> dict:
    return metrics_of(motion, seconds)


@cache
def motion_of(runner: RunnerSpec, seconds: float = SECONDS, seed: int = 1) -> Motion:
    """Solve a motion once for all workers that run tests side by side."""
    name = hashlib.sha256(repr((runner, seconds, seed)).encode()).hexdigest()[:16]
    return value_made_once(f"motion-{name}", lambda: solve(runner, seconds, seed=seed))


def filmed(
    runner: RunnerSpec | None = None,
    *,
    camera: CameraSpec | None = None,
    seconds: float = SECONDS,
    solved_s: float = SECONDS,
    seed: int = 1,
    noise_px: float = NOISE_PX,
    fps: float = 60.0,
    times: np.ndarray | None = None,
    slow: float = 1.0,
    capture_rate_known: bool = True,
    drift_px: np.ndarray | float = 0.0,
) -> Run:
    """Film a run as poses.

    ``solved_s`` is the length of the motion that is computed; runs of one length share it. ``times`` are the moments of
    the frames (s, real time); without them they are even, at ``fps``. ``slow`` is how many times slower the file plays,
    ``capture_rate_known`` whether the pose dataset says so. ``drift_px`` moves the runner along x, one number a frame.
    """
    runner = presets.neutral() if runner is None else runner
    camera = CameraSpec() if camera is None else camera
    motion = motion_of(runner, max(seconds, solved_s), seed)
    moments = np.arange(0, seconds, 1 / fps) if times is None else times
    pixels = camera_of(camera).project(motion.joints(moments))
    pixels = pixels + np.random.default_rng(seed).normal(0, noise_px, pixels.shape)
    pixels[..., 0] += np.broadcast_to(np.asarray(drift_px, dtype=float), len(moments))[:, None]
    pose = make_pose_dataset(
        time_s=moments * slow,
        position=pixels,
        confidence=np.ones(pixels.shape[:2]),
        fps=fps / slow,
        capture_fps=fps if capture_rate_known else fps / slow,
        image_width=camera.width,
        image_height=camera.height,
        source_file="run.mp4",
        keypoints=JOINTS,
        engine="markers",
    )
    return Run(pose, motion, seconds, slow)


def repeated(
    seconds: float, *, camera: CameraSpec | None = None, fps: float = 60.0
) -> tuple[xr.Dataset, list[tuple[float, str, str]]]:
    """Film the strides of a short run again and again: the poses, and the true events as (time, side, kind)."""
    camera = CameraSpec() if camera is None else camera
    motion = motion_of(presets.neutral())
    events = sorted((e.time_s, e.side, e.kind) for e in events_of(motion, SECONDS))
    first, last = (next(t for t, *what in some if what == ["left", "contact"]) for some in (events, events[::-1]))
    once = [event for event in events if first <= event[0] < last]
    moments = np.arange(0, seconds, 1 / fps)
    inside, number = np.unique(first + moments % (last - first), return_inverse=True)
    pixels = camera_of(camera).project(motion.joints(inside))[number]
    pose = make_pose_dataset(
        time_s=moments,
        position=pixels + np.random.default_rng(5).normal(0, NOISE_PX, pixels.shape),
        confidence=np.ones(pixels.shape[:2]),
        fps=fps,
        image_width=camera.width,
        image_height=camera.height,
        source_file="run.mp4",
        keypoints=JOINTS,
        engine="markers",
    )
    turns = int(np.ceil(seconds / (last - first)))
    true = [(t - first + n * (last - first), *what) for n in range(turns) for t, *what in once]
    return pose, [event for event in true if event[0] < moments[-1]]


def analyze_once(pose: xr.Dataset, **options: Any) -> ViewAnalysis:
    """Analyse poses once for all tests of all workers that ask the same; the result is not to be changed."""
    digest = hashlib.sha256(repr((sorted(pose.attrs.items(), key=str), sorted(options.items()))).encode())
    for name in sorted(map(str, pose.variables)):
        values = pose[name].values
        digest.update(name.encode() + (repr(values.tolist()).encode() if values.dtype == object else values.tobytes()))
    return value_made_once(f"view-{digest.hexdigest()[:24]}", lambda: analyze_pose(pose, **options))


def edited(pose: xr.Dataset, change) -> xr.Dataset:
    """Copy a pose dataset; ``change(position, names)`` changes its (time, keypoint, 2) positions in place."""
    pose = pose.copy(deep=True)
    position = pose.position.isel(individual=0).transpose("time", "keypoint", "space").values.copy()
    change(position, [str(name) for name in pose.keypoint.values])
    pose["position"] = pose.position.copy(data=position.transpose(0, 2, 1)[..., None])
    return pose


def exchange(position: np.ndarray, names: list[str], frames: np.ndarray, joints=LEG_JOINTS) -> None:
    """Exchange left and right of some joints, in place."""
    for joint in joints:
        a, b = names.index(f"left_{joint}"), names.index(f"right_{joint}")
        position[frames, a], position[frames, b] = position[frames, b].copy(), position[frames, a].copy()


def measured(analysis: ViewAnalysis, key: str, side: str = "both"):
    """Return one measurement."""
    return next(m for m in analysis.measurements if (m.key, m.side) == (key, side))


def event_errors(analysis: ViewAnalysis, run: Run, kind: str, margin: float = 0.0) -> tuple[np.ndarray, int, int]:
    """Return detected minus true times (s, real time), and how many events were missed and invented.

    Events nearer than ``margin`` (s, playback) to an end of the clip are left out.
    """
    errors, missed, invented = [], 0, 0
    start, end = float(analysis.pose.time[0]) + margin, float(analysis.pose.time[-1]) - margin
    for side in ("left", "right"):
        chosen = (analysis.events.side == side) & (analysis.events.kind == kind)
        found = analysis.events.time_s[chosen].to_numpy(dtype=float)
        true = run.times(side, kind)
        # An event a few milliseconds inside an end of the clip may be found a few milliseconds outside it.
        slack = 0.03 * run.slow
        for t in true[(true > start + slack) & (true < end - slack)]:
            near = found[np.abs(found - t) < 0.1 * run.slow]
            missed += len(near) == 0
            invented += max(len(near) - 1, 0)
            errors += list((near - t) / run.slow)
        for t in found:
            invented += int(len(true) == 0 or np.abs(true - t).min() > 0.1 * run.slow)
    return np.array(errors), missed, invented
