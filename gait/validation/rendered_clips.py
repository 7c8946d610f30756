"""Rendered clips of a validation: drawn, seen by the pose engine, kept beside their truth between runs."""

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
from gait.analysis.shoe_following import follow_shoes
from gait.atomic_files import atomic_write
from gait.errors import InputError, RefusedError
from gait.geometry.camera import find_camera
from gait.pose.appearance import shoes
from gait.pose.appearance.pelvis import add_pelvis_tilt
from gait.pose.dataset import load_pose, save_pose
from gait.pose.estimation import estimate_pose
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve
from gait.synthetic.recorded_motion import RecordedMotion, Recording
from gait.synthetic.run_spec import SIDES, RunnerSpec, both
from gait.synthetic.truth import FILE_KINDS
from gait.validation.cases import Case
from gait.validation.mocap import pose_of_pixels
from gait.validation.process_pool import ValidationInputs, shared, workers

#: What is read off the pictures by these is not kept, but read whenever a clip is measured.
READ_ANEW = {Path(shoes.__file__)}
#: A drawn combination that no leg can do is brought closer to an ordinary runner so often.
_TRIES = 5


@dataclass(frozen=True)
class RenderedClip:
    """One rendered clip: what the pose engine saw, and what is true.

    Attributes
    ----------
    case : Case
    pose : xarray.Dataset
    truth : dict
        As in ``NAME.truth.json``.
    pixels : (T, J, 2) array
        Joints in the picture, in the order of `gait.synthetic.body_segments.JOINTS`, one row a frame of ``pose``.
    video : path, optional
        The film, where it was drawn.
    """

    case: Case
    pose: xr.Dataset
    truth: dict[str, Any]
    pixels: FloatArray
    video: Path | None = None

    @property
    def height_m(self) -> float:
        """Body height, m."""
        return float(self.truth["runner"]["height_m"])

    def events(self) -> dict[tuple[str, str], FloatArray]:
        """Return true event times (s) by side and kind."""
        return {
            (side, kind): np.array(
                [e["time_s"] for e in self.truth["events"] if e["side"] == side and e["kind"] == FILE_KINDS[kind]]
            )
            for side in SIDES
            for kind in ("contact", "toe_off")
        }

    def true_pose(self) -> xr.Dataset:
        """Return the rendered joints themselves as a pose dataset, as if an engine never erred."""
        return pose_of_pixels(self.pixels, np.asarray(self.pose.time.values, dtype=float), self.case.camera)

    def value(self, key: str, side: str) -> float | None:
        """Return the true mean of a metric, or ``None`` where the truth has none."""
        entry = self.truth["metrics"].get(key)
        if entry is None:
            return None
        found = (entry if side == "both" else entry.get(side, entry))["value"]
        return None if found is None else float(found)

    def thinned(self, step: int) -> RenderedClip:
        """Keep every ``step``-th frame, as a camera with a lower rate would."""
        if step == 1:
            return self
        kept = slice(None, None, step)
        pose = self.pose.isel(time=kept).copy()
        for rate in {"fps", "capture_fps", "video_fps"} & set(pose.attrs):
            pose.attrs[rate] = float(pose.attrs[rate]) / step
        camera = replace(self.case.camera, fps=self.case.camera.fps / step)
        return replace(self, case=replace(self.case, camera=camera), pose=pose, pixels=self.pixels[kept])

    def looked_at(self) -> xr.Dataset:
        """Return the poses with what the pictures add (`gait.analysis.shoe_following`), as an analysis has them."""
        if self.video is None:
            return self.pose
        try:
            return follow_shoes(self.video, self.pose, find_camera(self.pose))
        except RefusedError:
            return self.pose


def _easier(runner: RunnerSpec) -> RunnerSpec:
    """Bring a runner a step closer to an ordinary one."""
    left, right = both(runner.overstride)
    return replace(
        runner,
        speed_mps=0.95 * runner.speed_mps,
        contact_time_ms=None,
        overstride=(0.7 * left + 0.3 * 0.22, 0.7 * right + 0.3 * 0.22),
        knee_flexion_contact_deg=max(runner.knee_flexion_contact_deg + 2, 14.0),
    )


def motion_of(case: Case, recordings: dict[str, Recording]) -> Motion:
    """Make the motion of a case.

    Raises
    ------
    InputError
        Where no leg can do what was drawn, or the recording is not at hand.
    """
    if case.recording is None:
        runner = case.runner
        for attempt in range(_TRIES):
            try:
                return solve(runner, case.duration_s, seed=case.seed)
            except InputError:
                if attempt == _TRIES - 1:
                    raise
                runner = _easier(runner)
    if case.recording not in recordings:
        raise InputError(f"{case.recording}: no such recording")
    rng = np.random.default_rng([13, case.seed])
    left, right = (float(x) for x in rng.uniform(0.0, 1.1, 2))
    return RecordedMotion(
        recordings[case.recording],
        start_s=case.start_s,
        duration_s=case.duration_s,
        runner=case.runner,
        arm_inward=(left, right),
    )


def _hash(case: Case, *packages: ModuleType, engine: str = "") -> str:
    digest = hashlib.sha256(json.dumps([asdict(case), engine], sort_keys=True).encode())
    for package in packages:
        for path in sorted(set(Path(str(package.__file__)).parent.rglob("*.py")) - READ_ANEW):
            digest.update(_code(path).encode())
    return digest.hexdigest()[:16]


@cache
def _code(path: Path) -> str:
    """Give what a file does: neither comments nor docstrings make clips anew."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


@dataclass(frozen=True)
class _Keys:
    """Hashes of all that a kept clip depends on: the case and the code that draws; and the pose engine too."""

    drawn: str
    seen: str

    @classmethod
    def of(cls, case: Case, engine: str) -> _Keys:
        import gait.pose
        import gait.synthetic

        return cls(_hash(case, gait.synthetic), _hash(case, gait.synthetic, gait.pose, engine=engine))


def make_clip(case: Case, folder: Path, recordings: dict[str, Recording], *, engine: str, keys: _Keys) -> None:
    """Draw a case unless it is kept, estimate its poses and keep both; nothing is left half-written."""
    video = folder / f"{case.name}.mp4"
    drawn = _stored(video.with_suffix(".drawn"))
    refused = drawn.get("refused")
    if drawn.get("key") != keys.drawn:
        refused = _draw(case, video, recordings)
        _store(video.with_suffix(".drawn"), {"key": keys.drawn, "refused": refused})
    if refused is None:
        try:
            pose = estimate_pose(video, engine=engine, workers=1)
            save_pose(_pelvis_of(pose, video, case), video.with_suffix(".nc"))
        except RefusedError as error:
            refused = str(error)
    _store(video.with_suffix(".done"), {"key": keys.seen, "refused": refused})


def _pelvis_of(pose: xr.Dataset, video: Path, case: Case) -> xr.Dataset:
    view = case.camera.view
    if view == "side":
        return pose
    return add_pelvis_tilt(video, pose, view=view, leg_px=find_camera(pose, view=view).leg_px)


def _draw(case: Case, video: Path, recordings: dict[str, Recording]) -> str | None:
    """Draw a case; why it cannot be, if so."""
    from gait.synthetic.render import render_motion

    try:
        motion = motion_of(case, recordings)
        render_motion(
            motion, case.camera, case.scene, duration_s=case.duration_s, seed=case.seed, path=video, joints=True
        )
    except InputError as error:
        return f"not drawn: {error}"
    return None


def _stored(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _store(path: Path, content: dict[str, Any]) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _make(case: Case, keys: _Keys) -> None:
    known = shared()
    make_clip(case, known.folder, known.recordings, engine=known.engine, keys=keys)


def make_clips(
    cases: Sequence[Case], known: ValidationInputs, *, jobs: int | None = None, progress: ProgressCallback | None = None
) -> None:
    """Draw and see the clips of a design that are not kept from an earlier run.

    Parameters
    ----------
    cases : sequence of Case
    known : ValidationInputs
        Recordings, the folder where clips are kept (made if it does not exist) and the pose engine.
    jobs : int, optional
        Processes; one a core without it.
    progress : callable, optional
        Called with (clips ready, clips in all).
    """
    known.folder.mkdir(parents=True, exist_ok=True)
    keys = {case.name: _Keys.of(case, known.engine) for case in cases}
    missing = [c for c in cases if _stored(known.folder / f"{c.name}.done").get("key") != keys[c.name].seen]
    # The longest first, so that none is left alone at the end.
    missing.sort(key=lambda case: -case.duration_s * case.camera.fps * case.camera.blur_subframes)
    done = len(cases) - len(missing)
    if progress is not None:
        progress(done, len(cases))
    if not missing:
        return
    with workers(known, jobs) as pool:
        for future in as_completed([pool.submit(_make, case, keys[case.name]) for case in missing]):
            future.result()
            done += 1
            if progress is not None:
                progress(done, len(cases))


def load_clip(folder: Path, case: Case) -> RenderedClip | tuple[Case, str]:
    """Read a kept clip; with the reason instead where nobody was found or the run cannot be drawn."""
    base = folder / case.name
    refused = json.loads(base.with_suffix(".done").read_text(encoding="utf-8"))["refused"]
    if refused is not None:
        return case, str(refused)
    pose = load_pose(base.with_suffix(".nc")).load()
    truth = json.loads(base.with_suffix(".truth.json").read_text(encoding="utf-8"))
    with np.load(base.with_suffix(".truth.npz")) as stored:
        pixels = np.asarray(stored["pixels"], dtype=float)
    # Of very high frame rates poses are not estimated in every frame.
    step = round(len(pixels) / pose.sizes["time"])
    camera = replace(case.camera, fps=case.camera.fps / step)
    return RenderedClip(replace(case, camera=camera), pose, truth, pixels[::step], base.with_suffix(".mp4"))


def pixels_of(pose: xr.Dataset) -> FloatArray:
    """Give the joints of a pose dataset in the order of the truth, (T, J, 2); NaN for those it lacks."""
    layout = pose.position.isel(individual=0).reindex(keypoint=list(JOINTS))
    return np.asarray(layout.transpose("time", "keypoint", "space").values, dtype=float)
