"""Rendered clips of a validation, their poses and their truth, stored between runs."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import xarray as xr

from gait._typing import FloatArray, ProgressCallback
from gait.analysis.sampling_need import times_needed
from gait.analysis.shoe_tracking import track_shoes
from gait.errors import InputError, RefusedError
from gait.geometry.camera import find_camera
from gait.owned_files import adopt_files, owned_write
from gait.pose.appearance import shoes
from gait.pose.appearance.pelvis import add_pelvis_tilt
from gait.pose.dataset import CAMERA_ROLL_ATTR, VIDEO_FPS_ATTR, load_pose, save_pose
from gait.pose.estimation import estimate_keypoints
from gait.quality.video_check import assess_filming
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve
from gait.synthetic.recorded_motion import RecordedMotion, Recording
from gait.synthetic.run_spec import SIDES, RunnerSpec, left_and_right
from gait.synthetic.truth import FILE_KINDS
from gait.validation.cases import ValidationCase
from gait.validation.mocap import pose_from_pixels
from gait.validation.process_pool import ValidationInputs, worker_inputs, worker_pool

#: What these modules read off the images is not stored with a clip, but read anew whenever the clip is measured.
UNCACHED_MODULES = {Path(shoes.__file__)}
#: A random combination that no leg can do is brought closer to an ordinary runner at most this often. [E]
_MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class RenderedClip:
    """One clip with its truth.

    Attributes
    ----------
    case : ValidationCase
    pose : xarray.Dataset
        What the pose engine found.
    truth : dict
        As in ``NAME.truth.json``.
    pixels : (T, J, 2) array
        Joints in the image, pixels, in the order of `gait.synthetic.body_segments.JOINTS`; one row a frame of ``pose``.
    video : path, optional
        The video file, if there is one.
    """

    case: ValidationCase
    pose: xr.Dataset
    truth: dict[str, Any]
    pixels: FloatArray
    video: Path | None = None

    @property
    def height_m(self) -> float:
        """Body height, m."""
        return float(self.truth["runner"]["height_m"])

    def events(self) -> dict[tuple[str, str], FloatArray]:
        """Return the true event times.

        Returns
        -------
        dict
            (side, kind) → (n,) array, s; kind is ``contact`` or ``toe_off``.
        """
        return {
            (side, kind): np.array(
                [e["time_s"] for e in self.truth["events"] if e["side"] == side and e["kind"] == FILE_KINDS[kind]]
            )
            for side in SIDES
            for kind in ("contact", "toe_off")
        }

    def true_pose(self) -> xr.Dataset:
        """Return the rendered joints themselves as poses, as from an engine without errors, with the true roll.

        Returns
        -------
        xarray.Dataset
            Pose dataset.
        """
        exact = pose_from_pixels(self.pixels, np.asarray(self.pose.time.values, dtype=float), self.case.camera)
        return exact.assign_attrs({CAMERA_ROLL_ATTR: self.case.camera.roll_deg})

    def value(self, key: str, side: str) -> float | None:
        """Return the true mean of a metric.

        Parameters
        ----------
        key : str
            Metric.
        side : {"left", "right", "both"}

        Returns
        -------
        float or None
            ``None`` where the truth has no value.
        """
        entry = self.truth["metrics"].get(key)
        if entry is None:
            return None
        value = (entry if side == "both" else entry.get(side, entry))["value"]
        return None if value is None else float(value)

    def thinned(self, step: int) -> RenderedClip:
        """Keep every ``step``-th frame, as a camera with a lower rate would.

        Parameters
        ----------
        step : int

        Returns
        -------
        RenderedClip
        """
        if step == 1:
            return self
        kept = slice(None, None, step)
        pose = self.pose.isel(time=kept).copy()
        for rate in {"fps", "capture_fps", VIDEO_FPS_ATTR} & set(pose.attrs):
            pose.attrs[rate] = float(pose.attrs[rate]) / step
        camera = replace(self.case.camera, fps=self.case.camera.fps / step)
        return replace(self, case=replace(self.case, camera=camera), pose=pose, pixels=self.pixels[kept])

    def with_tracked_shoes(self) -> xr.Dataset:
        """Return the poses with what an analysis adds from the images of the shoes (`gait.analysis.shoe_tracking`).

        Returns
        -------
        xarray.Dataset
            ``pose`` unchanged where there is no video, or where the camera's view cannot be told.
        """
        if self.video is None:
            return self.pose
        try:
            return track_shoes(self.video, self.pose, find_camera(self.pose))
        except RefusedError:
            return self.pose


@dataclass(frozen=True)
class FailedClip:
    """A case without poses, and why: nobody was found, or no leg can run so."""

    case: ValidationCase
    reason: str


def _moderate(runner: RunnerSpec) -> RunnerSpec:
    """Bring a runner a step closer to an ordinary one."""
    left, right = left_and_right(runner.overstride)
    return replace(
        runner,
        speed_mps=0.95 * runner.speed_mps,
        contact_time_ms=None,
        overstride=(0.7 * left + 0.3 * 0.22, 0.7 * right + 0.3 * 0.22),
        knee_flexion_contact_deg=max(runner.knee_flexion_contact_deg + 2, 14.0),
    )


def case_motion(case: ValidationCase, recordings: dict[str, Recording]) -> Motion:
    """Make the motion of a case.

    Parameters
    ----------
    case : ValidationCase
    recordings : dict
        Name → recorded run.

    Returns
    -------
    Motion

    Raises
    ------
    InputError
        No leg can do this motion, or the recording is missing.
    """
    if case.recording is None:
        runner = case.runner
        for attempt in range(_MAX_ATTEMPTS):
            try:
                return solve(runner, case.duration_s, seed=case.seed)
            except InputError:
                if attempt == _MAX_ATTEMPTS - 1:
                    raise
                runner = _moderate(runner)
    if case.recording not in recordings:
        raise InputError(
            f"recording {case.recording} is missing; give the folder of the recordings", code="mocap_missing"
        )
    rng = np.random.default_rng([13, case.seed])
    left, right = (float(x) for x in rng.uniform(0.0, 1.1, 2))
    return RecordedMotion(
        recordings[case.recording],
        start_s=case.start_s,
        duration_s=case.duration_s,
        runner=case.runner,
        arm_inward=(left, right),
    )


def _digest(case: ValidationCase, *packages: ModuleType, engine: str = "") -> str:
    digest = hashlib.sha256(json.dumps([asdict(case), engine], sort_keys=True).encode())
    for package in packages:
        for path in sorted(set(Path(str(package.__file__)).parent.rglob("*.py")) - UNCACHED_MODULES):
            digest.update(_code_without_docstrings(path).encode())
    return digest.hexdigest()[:16]


@cache
def _code_without_docstrings(path: Path) -> str:
    """Return what a file does: new comments and docstrings are no reason to render a clip again."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


@dataclass(frozen=True)
class _CacheKeys:
    """Hashes of everything that a stored clip depends on.

    ``video``: the case and the code that renders; ``poses``: these, and the code of the pose engine and which
    frames it sees.
    """

    video: str
    poses: str

    @classmethod
    def of(cls, case: ValidationCase, inputs: ValidationInputs) -> _CacheKeys:
        import gait.pose
        import gait.synthetic

        estimator = f"{inputs.engine} {inputs.network}{' every frame' if inputs.every_frame else ''}"
        return cls(_digest(case, gait.synthetic), _digest(case, gait.synthetic, gait.pose, engine=estimator))


def _make_clip(case: ValidationCase, keys: _CacheKeys) -> None:
    """Render a case unless its video is stored, estimate its poses and store both; no file is left half-written."""
    inputs = worker_inputs()
    video = inputs.clip_folder / f"{case.name}.mp4"
    stored = _read_record(video.with_suffix(".drawn"))
    if "key" in stored:  # versions that kept no list of their files
        ends = (".mp4", ".truth.json", ".truth.npz", ".drawn", f".{inputs.network}.nc", f".{inputs.network}.done")
        adopt_files(video.with_suffix(end) for end in ends)
    refused = stored.get("refused")
    if stored.get("key") != keys.video:
        refused = _render(case, video, inputs.recordings)
        _write_record(video.with_suffix(".drawn"), {"key": keys.video, "refused": refused})
    if refused is None:
        try:
            save_pose(estimate_clip_pose(video, case, inputs), video.with_suffix(f".{inputs.network}.nc"))
        except RefusedError as error:
            refused = str(error)
    _write_record(video.with_suffix(f".{inputs.network}.done"), {"key": keys.poses, "refused": refused})


def estimate_clip_pose(video: Path, case: ValidationCase, inputs: ValidationInputs) -> xr.Dataset:
    """Estimate the poses of a rendered clip, and read roll and pelvis off its pictures, as an analysis does.

    Parameters
    ----------
    video : Path
    case : ValidationCase
    inputs : ValidationInputs
        Engine and network, and whether every frame is seen.

    Returns
    -------
    xarray.Dataset
        Pose dataset.
    """
    pose = estimate_keypoints(
        video,
        engine=inputs.engine,
        model=inputs.network,
        workers=1,
        every_frame=inputs.every_frame,
        more=times_needed,
    )
    return _with_pelvis(_with_roll(pose, video), video, case)


def _with_roll(pose: xr.Dataset, video: Path) -> xr.Dataset:
    roll_deg = assess_filming(video, pose).camera_roll_deg
    return pose if roll_deg is None else pose.assign_attrs({CAMERA_ROLL_ATTR: roll_deg})


def _with_pelvis(pose: xr.Dataset, video: Path, case: ValidationCase) -> xr.Dataset:
    view = case.camera.view
    if view == "side":
        return pose
    return add_pelvis_tilt(video, pose, view=view, leg_px=find_camera(pose, view=view).leg_px)


def _render(case: ValidationCase, video: Path, recordings: dict[str, Recording]) -> str | None:
    """Render a case and return ``None``, or return why it cannot be rendered."""
    from gait.synthetic.render import render_motion

    try:
        motion = case_motion(case, recordings)
        render_motion(
            motion, case.camera, case.scene, duration_s=case.duration_s, seed=case.seed, path=video, joints=True
        )
    except InputError as error:
        return f"not rendered: {error}"
    return None


def _read_record(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_record(path: Path, content: dict[str, Any]) -> None:
    with owned_write(path) as temporary:
        temporary.write_text(json.dumps(content) + "\n", encoding="utf-8")


def make_clips(
    cases: Sequence[ValidationCase],
    inputs: ValidationInputs,
    *,
    jobs: int | None = None,
    progress: ProgressCallback | None = None,
) -> None:
    """Render the clips that no earlier run has left, and estimate their poses.

    Parameters
    ----------
    cases : sequence of ValidationCase
    inputs : ValidationInputs
        Recordings, folder of the clips (made if it does not exist) and pose engine.
    jobs : int, optional
        Number of processes; one a core by default.
    progress : callable, optional
        Called with (clips ready, clips in all).
    """
    folder = inputs.clip_folder
    folder.mkdir(parents=True, exist_ok=True)
    keys = {case.name: _CacheKeys.of(case, inputs) for case in cases}
    done_name = f".{inputs.network}.done"
    missing = [c for c in cases if _read_record(folder / f"{c.name}{done_name}").get("key") != keys[c.name].poses]
    # The longest first, so that no process is left alone with one at the end.
    missing.sort(key=lambda case: -case.duration_s * case.camera.fps * case.camera.blur_subframes)
    done = len(cases) - len(missing)
    if progress is not None:
        progress(done, len(cases))
    if not missing:
        return
    with worker_pool(inputs, jobs) as pool:
        for future in as_completed([pool.submit(_make_clip, case, keys[case.name]) for case in missing]):
            future.result()
            done += 1
            if progress is not None:
                progress(done, len(cases))


def load_clip(folder: Path, case: ValidationCase, network: str) -> RenderedClip | FailedClip:
    """Read a clip that `make_clips` has left.

    Parameters
    ----------
    folder : Path
    case : ValidationCase
    network : str
        Network whose poses are read.

    Returns
    -------
    RenderedClip or FailedClip
    """
    base = folder / case.name
    refused = json.loads(base.with_suffix(f".{network}.done").read_text(encoding="utf-8"))["refused"]
    if refused is not None:
        return FailedClip(case, str(refused))
    pose = load_pose(base.with_suffix(f".{network}.nc")).load()
    truth = json.loads(base.with_suffix(".truth.json").read_text(encoding="utf-8"))
    with np.load(base.with_suffix(".truth.npz")) as stored:
        pixels = np.asarray(stored["pixels"], dtype=float)
    # At very high frame rates poses are not estimated in every frame, and of a long clip only in some windows.
    shown = np.asarray(truth["times_s"], dtype=float)
    frames = np.abs(shown[:, None] - np.asarray(pose["time"].values, dtype=float)).argmin(axis=0)
    step = int(np.median(np.diff(frames))) if len(frames) > 1 else 1
    camera = replace(case.camera, fps=case.camera.fps / step)
    return RenderedClip(replace(case, camera=camera), pose, truth, pixels[frames], base.with_suffix(".mp4"))


def pixels_in_truth_order(pose: xr.Dataset) -> FloatArray:
    """Return the joints of a pose dataset in the order of the truth.

    Parameters
    ----------
    pose : xarray.Dataset

    Returns
    -------
    (T, J, 2) array
        Pixels, in the order of `gait.synthetic.body_segments.JOINTS`; NaN for joints that the dataset lacks.
    """
    layout = pose.position.isel(individual=0).reindex(keypoint=list(JOINTS))
    return np.asarray(layout.transpose("time", "keypoint", "space").values, dtype=float)
