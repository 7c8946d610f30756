"""A made-up analysis for the tests of the report: a stick runner and invented measurements, without a video."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from gait.display_units import Units
from gait.findings.answers import Answers
from gait.findings.finder import assess_form
from gait.findings.knowledge_loader import load_knowledge
from gait.records import Correction, Finding, Measurement, NextStep, Notice, Runner, VideoInfo
from gait.tables import steps_table

SIDES = ("left", "right")
JOINTS = ("ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
FPS = 60.0


@dataclass(frozen=True)
class FakeView:
    info: VideoInfo
    pose: xr.Dataset
    clean: xr.Dataset
    camera: Any
    events: pd.DataFrame
    steps: pd.DataFrame
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True)
class FakeSession:
    runner: Runner
    views: tuple[FakeView, ...]
    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...] = ()
    corrections: tuple[Correction, ...] = ()
    notices: tuple[Notice, ...] = field(default=())
    answers: Answers | None = None
    likely: tuple[Finding, ...] = ()
    next_step: NextStep | None = None
    units: Units = "metric"
    language: str = "en"

    @property
    def steps(self) -> pd.DataFrame:
        return steps_table(self.views)  # type: ignore[arg-type]


def measured(
    key: str, value: float | None, *, side: str = "both", half: float = 0.0, grade: str = "good", **more: Any
) -> Measurement:
    """Make a measurement in the unit of its metric; ``half`` is half the width of its interval."""
    metric = load_knowledge().metric(key)
    interval = None if value is None else (value - half, value + half)
    given = {
        "unit": metric.unit if metric else "",
        "interval": interval,
        "steps": 16,
        "reason": "The far leg is hidden." if grade == "refused" else None,
        "video": 0,
        "evidence_s": None if value is None else 1.0,
    }
    return Measurement(key=key, side=side, value=value, grade=grade, **{**given, **more})  # type: ignore[arg-type]


def stick_runner(seconds: float = 4.0, *, start_s: float = 0.0) -> xr.Dataset:
    """Make a pose dataset of a crude runner who faces image right, in 640 × 480 pixels."""
    times = start_s + np.arange(round(seconds * FPS)) / FPS
    names, tracks = ["nose"], [np.stack([np.full(len(times), 330.0), np.full(len(times), 60.0)])]
    for sign, side in zip((0.0, np.pi), SIDES, strict=True):
        swing = 2 * np.pi * 1.4 * times + sign
        x0 = 320 + (4 if side == "right" else -4)
        shape = {
            "ear": (x0 + 14, 66 + 0 * swing),
            "shoulder": (x0 + 8, 120 + 0 * swing),
            "elbow": (x0 - 12 - 10 * np.sin(swing), 180 + 0 * swing),
            "wrist": (x0 + 20 - 25 * np.sin(swing), 170 + 0 * swing),
            "hip": (x0, 240 + 4 * np.cos(2 * swing)),
            "knee": (x0 + 20 + 40 * np.sin(swing), 320 - 10 * np.cos(swing)),
            "ankle": (x0 + 80 * np.sin(swing), 405 - 25 * np.clip(np.cos(swing), 0, 1)),
            "heel": (x0 - 12 + 80 * np.sin(swing), 418 - 25 * np.clip(np.cos(swing), 0, 1)),
            "foot_index": (x0 + 25 + 80 * np.sin(swing), 420 - 25 * np.clip(np.cos(swing), 0, 1)),
        }
        for joint in JOINTS:
            names.append(f"{side}_{joint}")
            x, y = shape[joint]
            tracks.append(np.stack([x + 0 * swing, y]))
    position = np.stack(tracks, axis=-1).transpose(1, 0, 2)[..., None]
    return pose_dataset(times, position, names)


def pose_dataset(times: np.ndarray, position: np.ndarray, names: list[str]) -> xr.Dataset:
    return xr.Dataset(
        {
            "position": (("time", "space", "keypoint", "individual"), position),
            "confidence": (("time", "keypoint", "individual"), np.ones((len(times), len(names), 1))),
        },
        coords={"time": times, "space": ["x", "y"], "keypoint": names, "individual": ["runner"]},
    )


def regular_steps(seconds: float = 4.0, *, start_s: float = 0.0, cadence: float = 168.0) -> pd.DataFrame:
    step = 60 / cadence
    contacts = start_s + 0.1 + step * np.arange(int((seconds - 0.4) / step))
    rows = [
        {"side": SIDES[i % 2], "contact_s": t, "toe_off_s": t + 0.24, "contact_time": 240.0 + i, "overstride": 0.3}
        for i, t in enumerate(contacts)
    ]
    rows[-1]["overstride"] = float("nan")
    return pd.DataFrame(rows)


def events_of(steps: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for row in steps.itertuples():
        rows.append({"side": row.side, "kind": "contact", "time_s": row.contact_s, "uncertainty_s": 0.008})
        rows.append({"side": row.side, "kind": "toe_off", "time_s": row.toe_off_s, "uncertainty_s": 0.012})
    return pd.DataFrame(rows)


def fake_view(
    file: str = "missing.mp4", *, view: str = "side", pose: xr.Dataset | None = None, direction: int = 1, **info: Any
) -> FakeView:
    pose = stick_runner() if pose is None else pose
    times = pose.time.values
    span = float(times[-1] - times[0])
    steps = regular_steps(span, start_s=float(times[0]))
    facing = {"side": "right" if direction > 0 else "left", "rear": "away", "front": "towards"}[view]
    given = {
        "file": file,
        "view": view,
        "facing": facing,
        "playback_fps": FPS,
        "capture_fps": FPS,
        "duration_s": span,
        "frames": len(times),
        "width": 640,
        "height": 480,
        "detected_fraction": 0.991,
        "swapped_frames_repaired": 3,
        "engine": "mediapipe",
    }
    near = ("right" if direction > 0 else "left") if view == "side" else None
    known = {"view": view, "facing": facing, "direction": direction, "near_side": near}
    camera = SimpleNamespace(**known, leg_px=180.0, m_per_px=0.004, warnings=())
    return FakeView(VideoInfo(**{**given, **info}), pose, pose, camera, events_of(steps), steps)


def typical_measurements() -> list[Measurement]:
    """Make measurements of every kind: findings, undecided, good, poor, refused, without a band."""
    return [
        measured("cadence", 158.0, half=1.2),
        measured("overstride", 0.34, side="left", half=0.012),
        measured("overstride", 0.33, side="right", half=0.02, grade="fair"),
        measured("tibia_angle", 17.5, side="left", half=1.2),
        measured("contact_time", 244.0, side="left", half=9, grade="fair"),
        measured("duty_factor", 33.1, side="left", half=1.1, grade="fair"),
        measured("trunk_lean", 8.2, half=1.4),
        measured("knee_flexion_stance", 31.0, side="left", half=5, grade="fair"),
        measured("foot_strike_angle", 6.0, side="left", half=3, grade="poor"),
        measured("pelvic_drop", None, side="left", grade="refused", steps=0, reason="Not visible from the side."),
        measured("arm_crossover", None, side="both", grade="refused", steps=0, reason="Hands hidden behind the body."),
    ]


def fake_session(
    measurements: list[Measurement] | None = None,
    *,
    runner: Runner | None = None,
    views: Any = None,
    answers: Answers | None = None,
) -> FakeSession:
    runner = Runner("Ada", 1.70, None, 3.0) if runner is None else runner
    measurements = typical_measurements() if measurements is None else measurements
    views = (fake_view(),) if views is None else tuple(views)
    form = assess_form(measurements, runner, answers=answers)
    return FakeSession(
        runner,
        views,
        tuple(measurements),
        form.findings,
        form.corrections,
        form.notices,
        answers,
        form.likely,
        form.next_step,
    )
