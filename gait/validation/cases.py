"""Which runs are rendered for the validation: bodies, clothes, form, camera, light, all drawn by seed.

Every draw spreads evenly over its range across the clips of a view (Latin hypercube), so that few clips still cover
it. Clips for calibration and clips for reporting come from different seeds: no body, look or motion is shared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from scipy.stats import norm, qmc

from gait.records import View
from gait.synthetic import presets
from gait.synthetic.recorded_motion import Recording
from gait.synthetic.run_spec import CameraSpec, RunnerSpec, SceneSpec

Size = Literal["quick", "full", "calibration"]


@dataclass(frozen=True)
class Case:
    """One run to be rendered.

    Attributes
    ----------
    name : str
        Also the name of its files.
    runner : RunnerSpec
    camera : CameraSpec
    scene : SceneSpec
    duration_s : float
    seed : int
    recording : str or None
        Name of the recorded run that moves pelvis and legs; ``None`` for a planned motion.
    start_s : float
        Where in the recording the clip begins.
    factors : dict
        What the results are set against: ``yaw_deg``, ``height_px``, ``blur``, ``light``, ``clothes``, ``markers``.
    drawn : bool
        Otherwise the joints themselves are filmed, with landmark noise.
    """

    name: str
    runner: RunnerSpec
    camera: CameraSpec
    scene: SceneSpec
    duration_s: float
    seed: int
    recording: str | None = None
    start_s: float = 0.0
    factors: dict[str, Any] = field(default_factory=dict)
    drawn: bool = True

    @property
    def source(self) -> str:
        """``planned`` or ``recorded`` motion of a drawn runner, or ``joints`` of a recorded one."""
        if not self.drawn:
            return "joints"
        return "recorded" if self.recording else "planned"


@dataclass(frozen=True)
class _Share:
    """How many clips of a view, at which rate, and whether tape and waistbands may be worn."""

    view: View
    count: int
    fps: float = 60.0
    seconds: float = 5.0
    marks: bool = True


_PLANNED: dict[Size, tuple[_Share, ...]] = {
    "quick": (_Share("side", 2, seconds=4.0), _Share("rear", 1, seconds=4.0), _Share("front", 1, seconds=4.0)),
    "full": (
        _Share("side", 12),
        _Share("rear", 8),
        _Share("front", 6),
        _Share("side", 2, fps=120.0),
        _Share("side", 1, fps=240.0, seconds=4.0),
    ),
    "calibration": (
        _Share("side", 8),
        _Share("rear", 6),
        _Share("front", 5),
        _Share("side", 2, fps=120.0),
    ),
}
_RECORDED: dict[Size, tuple[_Share, ...]] = {
    "quick": (_Share("side", 1, seconds=4.0),),
    "full": (_Share("side", 12), _Share("rear", 6), _Share("front", 3), _Share("side", 2, fps=120.0)),
    "calibration": (
        _Share("side", 12),
        _Share("rear", 6),
        _Share("front", 4),
        _Share("side", 3, fps=120.0),
    ),
}
#: For the pelvis, which a camera behind or in front shows; a treadmill without a console, which would hide it.
_PELVIS: dict[Size, tuple[_Share, ...]] = {
    "quick": (),
    "full": (
        _Share("rear", 6, seconds=4.0),
        _Share("front", 6, seconds=4.0),
        _Share("front", 5, seconds=4.0, marks=False),
    ),
    "calibration": (
        _Share("rear", 8, seconds=4.0),
        _Share("front", 8, seconds=4.0),
        _Share("front", 8, seconds=4.0, marks=False),
    ),
}
_PELVIS_PART = 20
_FIRST_SEED: dict[Size, int] = {"full": 0, "quick": 5_000, "calibration": 10_000}


def even_draws(count: int, names: Sequence[str], rng: np.random.Generator) -> list[dict[str, float]]:
    """Give ``count`` points that cover the unit cube evenly in every single coordinate.

    Returns
    -------
    list of dict
        Name → value in 0..1.
    """
    points = qmc.LatinHypercube(len(names), rng=rng).random(count)
    return [dict(zip(names, map(float, row), strict=True)) for row in points]


_CAMERA = (
    "yaw",
    "roll",
    "distance",
    "height",
    "pixels",
    "blur",
    "light",
    "noise",
    "portrait",
    "distortion",
    "aim",
    "share",
)
_FORM = (
    *("speed", "cadence", "overstride", "knee", "strike", "lean", "drop", "arms", "width", "contact", "lateral"),
    "uneven",
)


def _between(share: float, low: float, high: float) -> float:
    return low + share * (high - low)


def _bell(share: float, middle: float, sd: float) -> float:
    """Give a normal quantile, cut off at two standard deviations."""
    return middle + sd * float(np.clip(norm.ppf(share), -2, 2))


_MEAN_HEIGHT_M = 1.74
_JOINTS_FPS = 240.0
_JOINTS_START_S = 2.0


def camera_from(draw: dict[str, float], view: View, fps: float, seed: int) -> tuple[CameraSpec, dict[str, Any]]:
    """Place a camera as people place phones: not quite square, not quite level, near or far, sharp or blurred."""
    distance = _between(draw["distance"], 2.8, 5.5)
    runner_px = _between(draw["pixels"], 300, 680)
    share = _between(draw["share"], 0.55, 0.72)  # of the picture's height
    portrait = draw["portrait"] < (0.35 if view == "side" else 0.75)
    height = round(runner_px / share / 2) * 2
    width = round(height * (3 / 4 if portrait else 4 / 3) / 2) * 2
    blurred = draw["blur"] > 0.75
    field_of_view = 2 * math.degrees(math.atan(_MEAN_HEIGHT_M / share / 2 / distance))
    yaw = _bell(draw["yaw"], 0.0, 7.0 if view == "side" else 4.0)
    camera = CameraSpec(
        view=view,
        facing="left" if seed % 2 else "right",
        distance_m=distance,
        height_m=_between(draw["height"], 0.6, 1.5),
        yaw_deg=yaw,
        roll_deg=_bell(draw["roll"], 0.0, 1.2),
        aim_m=_between(draw["aim"], 0.82, 0.95),
        field_of_view_deg=field_of_view,
        width=width,
        height=height,
        fps=fps,
        distortion=_between(draw["distortion"], -0.04, 0.0),
        blur_subframes=3 if blurred else 1,
        shutter=0.5 if blurred else 0.0,
        noise=_between(draw["noise"], 0, 6),
    )
    return camera, {"yaw_deg": abs(yaw), "height_px": runner_px, "blur": "blurred" if blurred else "sharp"}


def runner_from(draw: dict[str, float], body: dict[str, Any]) -> RunnerSpec:
    """Draw how somebody runs, over the range of healthy and of faulty runners."""
    speed = _between(draw["speed"], 2.2, 4.5)
    height = float(body["height_m"])
    usual = (162 + 10.5 * (speed - 2.5)) * math.sqrt(1.76 / height)
    cadence = float(np.clip(_bell(draw["cadence"], usual, 7), 142, 205))
    uneven = draw["uneven"] > 0.6
    overstride = float(np.clip(_bell(draw["overstride"], 0.20 + 0.045 * (speed - 2.5), 0.045), 0.12, 0.36))
    drop = _between(draw["drop"], 0.5, 10)
    crossing = _between(draw["arms"], -0.30, 0.30)
    duty = float(np.interp(speed, (1.8, 2.5, 3.5, 4.5, 5.5), (0.40, 0.37, 0.328, 0.304, 0.285)))
    contact = 1e3 * 2 * 60 / cadence * (duty + _bell(draw["contact"], 0.0, 0.012))
    return RunnerSpec(
        **body,
        speed_mps=speed,
        cadence_spm=cadence,
        contact_time_ms=(contact + 8, contact - 8) if uneven else contact,
        overstride=(overstride + 0.015, overstride - 0.015) if uneven else overstride,
        knee_flexion_contact_deg=_between(draw["knee"], 8, 22),
        foot_strike_deg=_between(draw["strike"], -4, 20),
        trunk_lean_deg=_between(draw["lean"], 0, 14),
        pelvic_drop_deg=(drop + 1.2, max(drop - 1.2, 0.0)) if uneven else drop,
        lateral_lean_deg=_between(draw["lateral"], -1, 4),
        arm_crossover=(crossing + 0.05, crossing - 0.05) if uneven else crossing,
        step_width_cm=_between(draw["width"], -2, 13),
    )


def cases(
    size: Size, recordings: dict[str, Recording] | None = None, *, seed: int = 0, recorded_half: int = 0
) -> list[Case]:
    """Lay out the runs of a validation or a calibration.

    Parameters
    ----------
    size : {"quick", "full", "calibration"}
    recordings : dict, optional
        Name → recorded run. Without them only planned motions are drawn.
    seed : int
        Shifts all draws; the same seed gives the same runs.
    recorded_half : {0, 1}
        Which half of the recorded runners to use.

    Returns
    -------
    list of Case
    """
    laid: list[Case] = []
    first = _FIRST_SEED[size] + 100_000 * seed
    plan: list[tuple[int, _Share, bool]] = [(part, share, False) for part, share in enumerate(_PLANNED[size])]
    if recordings:
        plan += [(len(plan) + part, share, True) for part, share in enumerate(_RECORDED[size])]
    plan += [(_PELVIS_PART + part, share, False) for part, share in enumerate(_PELVIS[size])]
    for part, share, recorded in plan:
        rng = np.random.default_rng([7, first, part])
        draws = even_draws(share.count, (*_CAMERA, *_FORM), rng)
        names = _half(recordings or {}, recorded_half) if recorded else []
        order = rng.permutation(len(names)) if recorded else np.empty(0, dtype=int)
        for number, draw in enumerate(draws):
            own = first + 100 * part + number
            body_rng = np.random.default_rng([11, own])
            body, scene = presets.random_body(body_rng), presets.random_scene(body_rng)
            camera, factors = camera_from(draw, share.view, share.fps, own)
            light = 1.0 if draw["light"] < 0.6 else _between((draw["light"] - 0.6) / 0.4, 0.3, 0.8)
            scene = replace(scene, light=light, console=scene.console and part < _PELVIS_PART)
            if not share.marks:
                scene = replace(scene, look=replace(scene.look, tape=None, waistband=None))
            factors |= {
                "light": "dim" if light < 1 else "bright",
                "clothes": "loose" if scene.look.loose else "tight",
                "markers": "marked" if scene.look.tape or scene.look.waistband else "unmarked",
            }
            kind = "recorded" if recorded else "planned"
            name = f"{size}_{share.view}_{kind}_{share.fps:.0f}_{own:06d}"
            laid.append(
                Case(
                    name,
                    runner_from(draw, body),
                    camera,
                    scene,
                    share.seconds,
                    own,
                    names[order[number % len(names)]] if recorded else None,
                    float(2.0 + 6.0 * body_rng.random()) if recorded else 0.0,
                    factors,
                )
            )
    return laid


def joint_cases(recordings: dict[str, Recording], *, half: int, quick: bool = False, seed: int = 0) -> list[Case]:
    """Lay out the filming of recorded joints: every run of one half of the runners from the three sides.

    Parameters
    ----------
    recordings : dict
    half : {0, 1}
    quick : bool
        Three runs only, from the side and from behind.
    seed : int

    Returns
    -------
    list of Case
        At 240 frames/s, to be thinned.
    """
    laid = []
    names = _half(recordings, half)
    views: tuple[View, ...] = ("side", "rear") if quick else ("side", "rear", "front")
    for part, view in enumerate(views):
        chosen = names[1::7] if quick else names
        draws = even_draws(len(chosen), _CAMERA, np.random.default_rng([17, half, part, seed]))
        for number, (name, draw) in enumerate(zip(chosen, draws, strict=True)):
            own = 20_000 + 1000 * half + 100 * part + number + 100_000 * seed
            camera, factors = camera_from(draw, view, _JOINTS_FPS, own)
            duration = 7.0 if quick else 13.0
            laid.append(
                Case(
                    f"joints_{view}_{name}",
                    RunnerSpec(),
                    camera,
                    SceneSpec(),
                    duration,
                    own,
                    name,
                    _JOINTS_START_S,
                    factors | {"blur": "none", "light": "none", "clothes": "none", "markers": "none"},
                    drawn=False,
                )
            )
    return laid


def runner_of(name: str) -> str:
    """Give the runner's part of a recording's name (``011_35`` → ``011``)."""
    return name.split("_")[0]


def _half(recordings: dict[str, Recording], which: int) -> list[str]:
    """Every second runner, counted in order of their number; all their speeds."""
    runners = sorted({runner_of(name) for name in recordings})[which::2]
    return [name for name in sorted(recordings) if runner_of(name) in runners]
