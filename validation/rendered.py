"""Rendered runners of many kinds, poses estimated, truth beside them; kept in ``build/validation`` between runs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait.errors import InputError
from gait.pose.dataset import load_pose, save_pose
from gait.pose.estimate import estimate_pose
from gait.results import View
from gait.synthetic import CameraSpec, LookSpec, RunnerSpec, SceneSpec, render_clip

FOLDER = Path(__file__).resolve().parents[1] / "build" / "validation"
SECONDS = 5.0


@dataclass(frozen=True)
class Clip:
    """One rendered clip: its poses and what is true of it."""

    name: str
    pose: xr.Dataset
    truth: dict[str, Any]
    path: Path

    @property
    def height_m(self) -> float:
        """Body height, m."""
        return float(self.truth["runner"]["height_m"])

    def events(self) -> dict[tuple[str, str], NDArray[np.float64]]:
        """Return true event times (s) by side and kind."""
        return {
            (side, kind): np.array(
                [e["time_s"] for e in self.truth["events"] if e["side"] == side and e["kind"] == kind]
            )
            for side in ("left", "right")
            for kind in ("contact", "off")
        }

    def true_pose(self) -> xr.Dataset:
        """Return the rendered joints themselves as a pose dataset, as if an engine never erred."""
        stored = np.load(self.path.with_suffix(".truth.npz"))
        names, pixels = [str(n) for n in stored["names"]], np.asarray(stored["pixels"], dtype=float)
        kept = self.pose.sel(keypoint=names).isel(time=slice(0, len(pixels)))
        layout = xr.DataArray(pixels[..., None], dims=("time", "keypoint", "space", "individual"))
        exact = kept.copy()
        exact["position"] = kept.position.copy(data=layout.transpose(*kept.position.dims).values)
        exact.attrs["engine"] = "markers"
        return exact

    def value(self, key: str, side: str) -> float | None:
        """Return the true mean of a metric, or ``None`` where the truth has none."""
        entry = self.truth["metrics"].get(key)
        if entry is None:
            return None
        found = entry.get(side, entry) if side != "both" else entry
        return float(found["value"])


def random_runner(rng: np.random.Generator) -> RunnerSpec:
    """Draw a runner: body, speed and form over the range of real ones."""
    speed = float(rng.uniform(2.2, 4.0))
    height = float(rng.uniform(1.56, 1.92))
    usual = (162 + 10.5 * (speed - 2.5)) * np.sqrt(1.76 / height)
    return RunnerSpec(
        height_m=height,
        sex="female" if rng.random() < 0.5 else "male",
        build=float(rng.uniform(0.9, 1.2)),
        speed_mps=speed,
        cadence_spm=float(usual + rng.normal(0, 7)),
        overstride=float(np.clip(0.2 + 0.045 * (speed - 2.5) + rng.normal(0, 0.045), 0.13, 0.36)),
        knee_flexion_contact_deg=float(rng.uniform(8, 20)),
        foot_strike_deg=float(rng.uniform(-4, 18)),
        trunk_lean_deg=float(rng.uniform(2, 12)),
        pelvic_drop_deg=float(rng.uniform(2, 9)),
        arm_crossover=float(rng.uniform(-0.3, 0.3)),
        step_width_cm=float(rng.uniform(2, 11)),
    )


def random_look(rng: np.random.Generator) -> SceneSpec:
    """Draw skin, hair, clothes and room."""

    def colour(low: float = 0.08, high: float = 0.92) -> tuple[float, float, float]:
        r, g, b = rng.uniform(low, high, 3)
        return float(r), float(g), float(b)

    tone = float(rng.uniform(0.35, 0.9))
    hair_styles: tuple[Literal["short", "bald", "ponytail"], ...] = ("short", "short", "ponytail")
    look = LookSpec(
        skin=(tone, 0.76 * tone, 0.62 * tone),
        hair=colour(0.05, 0.5),
        hair_style=hair_styles[int(rng.integers(3))],
        shirt=colour(),
        sleeves=bool(rng.random() < 0.6),
        shorts=colour(0.05, 0.6),
        shorts_trim=colour(),
        loose=bool(rng.random() < 0.5),
        shoes=colour(),
    )
    return SceneSpec(look=look, wall=colour(0.4, 0.8), wainscot=colour(0.2, 0.5), accent=colour(0.2, 0.8))


def random_camera(rng: np.random.Generator, view: View, fps: float) -> CameraSpec:
    """Draw a camera as people place them: not quite square, not quite level."""
    distance = float(rng.uniform(3.5, 5.0))
    upright = view != "side"
    return CameraSpec(
        view=view,
        facing="left" if rng.random() < 0.5 else "right",
        distance_m=distance,
        height_m=float(rng.uniform(0.8, 1.3)),
        yaw_deg=float(rng.uniform(-6, 6)),
        roll_deg=float(rng.normal(0, 0.7)),
        field_of_view_deg=float(2 * np.degrees(np.arctan(1.28 / distance))),
        width=720 if upright else 960,
        height=960 if upright else 720,
        fps=fps,
        blur_subframes=1,
        noise=float(rng.uniform(0, 3)),
    )


def clips(view: View, count: int, *, first_seed: int = 0, fps: float = 60.0) -> list[Clip]:
    """Give ``count`` rendered clips of a view, rendering and estimating those that are not there yet.

    Parameters
    ----------
    view : {"side", "rear", "front"}
    count : int
    first_seed : int
        Clips are numbered from here; each number is a runner, a look and a camera of its own.
    fps : float
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    result: list[Clip] = []
    seed = first_seed
    while len(result) < count:
        name = f"{view}_{fps:.0f}_{seed:03d}"
        path = FOLDER / f"{name}.mp4"
        truth, poses = path.with_suffix(".truth.json"), path.with_suffix(".nc")
        refused = path.with_suffix(".refused")
        if not truth.exists() and not refused.exists():
            rng = np.random.default_rng([7, seed])
            runner, scene, camera = random_runner(rng), random_look(rng), random_camera(rng, view, fps)
            try:
                render_clip(runner, camera, scene, duration_s=SECONDS, seed=seed, path=path, joints=True, samples=0)
            except InputError as error:
                # A drawn combination that no leg can do is not a runner; the next one is.
                refused.write_text(str(error))
        if truth.exists():
            if not poses.exists():
                save_pose(estimate_pose(path), poses)
                sys.stderr.write(f"{name} ready\n")
            result.append(Clip(name, load_pose(poses), json.loads(truth.read_text()), path))
        seed += 1
    return result
