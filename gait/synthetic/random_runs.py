"""Runners, cameras and rooms drawn at random from what real ones are like."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Literal, TypeVar

import numpy as np

from gait.synthetic import presets
from gait.synthetic.run_spec import CameraSpec, LookSpec, RunnerSpec, SceneSpec

_Spec = TypeVar("_Spec", RunnerSpec, CameraSpec, LookSpec, SceneSpec)


def _rounded(spec: _Spec) -> _Spec:
    """Round every number to what a person would write down."""

    def short(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(short(part) for part in value)
        return round(value, 3) if isinstance(value, float) else value

    return replace(spec, **{field.name: short(getattr(spec, field.name)) for field in fields(spec)})


def random_runner(rng: np.random.Generator) -> RunnerSpec:
    """Draw a runner: body, speed and form over the range of real ones. Not every draw is one that legs can run."""
    body = presets.random_body(rng)
    speed = float(rng.uniform(2.2, 4.0))
    # Cadence rises with speed and falls with the length of the legs.
    usual = (162 + 10.5 * (speed - 2.5)) * np.sqrt(1.76 / body["height_m"])

    def sided(mean: float, spread: float) -> tuple[float, float]:
        half = float(rng.normal(0, spread)) / 2
        return mean - half, mean + half

    runner = RunnerSpec(
        **body,
        speed_mps=speed,
        cadence_spm=float(usual + rng.normal(0, 7)),
        overstride=sided(float(np.clip(0.2 + 0.045 * (speed - 2.5) + rng.normal(0, 0.04), 0.14, 0.34)), 0.008),
        knee_flexion_contact_deg=float(rng.uniform(8, 20)),
        foot_strike_deg=sided(float(rng.uniform(-4, 18)), 1.0),
        trunk_lean_deg=float(rng.uniform(2, 12)),
        pelvic_drop_deg=sided(float(rng.uniform(2.5, 9)), 0.8),
        lateral_lean_deg=float(rng.uniform(0, 3)),
        arm_crossover=sided(float(rng.uniform(-0.3, 0.3)), 0.03),
        step_width_cm=float(rng.uniform(2, 11)),
        step_time_asymmetry=float(rng.normal(0, 0.01)),
        toe_out_deg=float(rng.uniform(0, 12)),
    )
    return _rounded(runner)


def random_scene(rng: np.random.Generator) -> SceneSpec:
    """Draw skin, hair, clothes, room and light."""
    scene = presets.random_scene(rng)
    return _rounded(replace(scene, look=_rounded(scene.look)))


def random_camera(rng: np.random.Generator, view: Literal["side", "rear", "front"] | None = None) -> CameraSpec:
    """Draw a camera as people place them: not quite square, not quite level. The view is drawn too where not given."""
    views: tuple[Literal["side", "rear", "front"], ...] = ("side", "rear", "front")
    drawn = views[int(rng.integers(3))]
    distance = float(rng.uniform(3.5, 5.0))
    view = view or drawn
    upright = view != "side"
    camera = CameraSpec(
        view=view,
        facing="left" if rng.random() < 0.5 else "right",
        distance_m=distance,
        height_m=float(rng.uniform(0.8, 1.3)),
        yaw_deg=float(rng.uniform(-6, 6)),
        roll_deg=float(np.clip(rng.normal(0, 0.7), -2, 2)),
        field_of_view_deg=float(2 * np.degrees(np.arctan(1.28 / distance))),
        width=720 if upright else 960,
        height=960 if upright else 720,
        timing_jitter=float(rng.uniform(0, 0.05)),
        distortion=float(rng.uniform(-0.04, 0.01)),
        noise=float(rng.uniform(0, 3)),
    )
    return _rounded(camera)
