"""Choose the runs of a validation or a calibration: body, clothes, form, camera and light are drawn by seed.

The draws of a group of clips form a Latin hypercube: each parameter covers its range evenly even with few clips.
Calibration and validation use different seeds and share no body, clothes or motion. In each group half of the bodies
are sculpted and half MakeHuman's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from scipy.stats import norm, qmc

from gait.records import View
from gait.synthetic.random_specs import MARKER_COLOURS, random_body, random_clothes, random_scene
from gait.synthetic.recorded_motion import Recording
from gait.synthetic.run_spec import CameraSpec, RunnerSpec, SceneSpec

Size = Literal["quick", "full", "calibration"]

#: Which half of the recorded runners makes the constants, and which half reports how wrong they are.
CALIBRATION_HALF, REPORTING_HALF = 0, 1


@dataclass(frozen=True)
class ValidationCase:
    """One run whose truth is known.

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
        Time in the recording at which the clip begins.
    factors : dict
        Conditions that errors are compared by: ``yaw_deg``, ``height_px``, ``blur``, ``light``, ``clothes``,
        ``markers``, and ``body``, the family of the drawn body.
    rendered : bool
        ``True``: a clip is rendered and the pose engine runs on it. ``False``: the joints themselves are projected
        into the camera, with keypoint noise.
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
    rendered: bool = True

    @property
    def source(self) -> str:
        """``planned`` or ``recorded`` motion of a rendered runner, or ``joints`` of a recorded one."""
        if not self.rendered:
            return "joints"
        return "recorded" if self.recording else "planned"


@dataclass(frozen=True)
class _ClipGroup:
    """Clips of one view and frame rate; ``pelvis_markers``: tape and waistbands are worn by no, some or all runners."""

    view: View
    count: int
    fps: float = 60.0
    seconds: float = 5.0
    pelvis_markers: Literal["none", "some", "all"] = "some"


_PLANNED: dict[Size, tuple[_ClipGroup, ...]] = {
    "quick": (
        _ClipGroup("side", 2, seconds=4.0),
        _ClipGroup("rear", 1, seconds=4.0),
        _ClipGroup("front", 1, seconds=4.0),
    ),
    "full": (
        _ClipGroup("side", 8),
        _ClipGroup("rear", 4),
        _ClipGroup("front", 4),
        _ClipGroup("side", 1, fps=120.0),
        _ClipGroup("side", 1, fps=240.0, seconds=4.0),
    ),
    "calibration": (
        _ClipGroup("side", 16),
        _ClipGroup("rear", 8),
        _ClipGroup("front", 8),
    ),
}
_RECORDED: dict[Size, tuple[_ClipGroup, ...]] = {
    "quick": (_ClipGroup("side", 1, seconds=4.0),),
    "full": (_ClipGroup("side", 14), _ClipGroup("rear", 4), _ClipGroup("front", 3), _ClipGroup("side", 1, fps=120.0)),
    "calibration": (
        _ClipGroup("side", 24),
        _ClipGroup("rear", 10),
        _ClipGroup("front", 8),
    ),
}
#: Clips for the pelvis, seen from behind or in front. The treadmill has no console, which would hide the hips.
_PELVIS: dict[Size, tuple[_ClipGroup, ...]] = {
    "quick": (),
    "full": (
        _ClipGroup("rear", 4, seconds=4.0),
        _ClipGroup("front", 4, seconds=4.0),
        _ClipGroup("front", 2, seconds=4.0, pelvis_markers="none"),
        _ClipGroup("front", 4, seconds=4.0, pelvis_markers="all"),
    ),
    "calibration": (
        _ClipGroup("rear", 8, seconds=4.0),
        _ClipGroup("front", 8, seconds=4.0),
        _ClipGroup("front", 8, seconds=4.0, pelvis_markers="none"),
        _ClipGroup("front", 10, seconds=4.0, pelvis_markers="all"),
    ),
}
#: Pelvis groups count from here, so that groups added before them leave their seeds as they are.
_FIRST_PELVIS_GROUP = 20
_SEEDS_PER_GROUP = 100
_FIRST_SEED: dict[Size, int] = {"full": 0, "quick": 5_000, "calibration": 10_000}

#: Parameters of a camera and of a running form, one coordinate of the hypercube each. Their order is part of the seed.
CAMERA_FACTORS = (
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
FORM_FACTORS = (
    *("speed", "cadence", "overstride", "knee", "strike", "lean", "drop", "arms", "width", "contact", "lateral"),
    "uneven",
)

#: Mean body height for which a camera's field of view is chosen, m. [E]
_MEAN_HEIGHT_M = 1.74
_JOINTS_FPS = 240.0
#: How deep hip joints lie in people's bodies (`RunnerSpec.hip_depth`, after Harrington 2007).
_HIP_DEPTH = (0.36, 0.40)
#: The first seconds of a recording are left out: the runner settles in. [E]
_JOINTS_START_S = 2.0


def latin_hypercube_draws(count: int, names: Sequence[str], rng: np.random.Generator) -> list[dict[str, float]]:
    """Draw points that cover the unit cube evenly in every single coordinate.

    Parameters
    ----------
    count : int
    names : sequence of str
        Names of the coordinates.
    rng : numpy.random.Generator

    Returns
    -------
    list of dict
        ``count`` times name → value in 0..1.
    """
    points = qmc.LatinHypercube(len(names), rng=rng).random(count)
    return [dict(zip(names, map(float, row), strict=True)) for row in points]


def _interpolate(share: float, low: float, high: float) -> float:
    return low + share * (high - low)


def _clipped_normal(share: float, middle: float, sd: float) -> float:
    """Return a quantile of the normal distribution, cut off at two standard deviations."""
    return middle + sd * float(np.clip(norm.ppf(share), -2, 2))


def draw_camera(draw: dict[str, float], view: View, fps: float, seed: int) -> tuple[CameraSpec, dict[str, Any]]:
    """Place a camera as people place phones: not quite square, not quite level, near or far, sharp or blurred.

    All ranges are engineering choices [E].

    Parameters
    ----------
    draw : dict
        `CAMERA_FACTORS` → value in 0..1.
    view : {"side", "rear", "front"}
    fps : float
    seed : int
        Even: the runner faces right; odd: left.

    Returns
    -------
    camera : CameraSpec
    factors : dict
        ``yaw_deg``, ``height_px``, ``blur``.
    """
    distance = _interpolate(draw["distance"], 2.8, 5.5)
    runner_px = _interpolate(draw["pixels"], 300, 680)
    share = _interpolate(draw["share"], 0.55, 0.72)  # of the image's height
    portrait = draw["portrait"] < (0.35 if view == "side" else 0.75)
    height = round(runner_px / share / 2) * 2
    width = round(height * (3 / 4 if portrait else 4 / 3) / 2) * 2
    blurred = draw["blur"] > 0.75
    field_of_view = 2 * math.degrees(math.atan(_MEAN_HEIGHT_M / share / 2 / distance))
    yaw = _clipped_normal(draw["yaw"], 0.0, 7.0 if view == "side" else 4.0)
    camera = CameraSpec(
        view=view,
        facing="left" if seed % 2 else "right",
        distance_m=distance,
        height_m=_interpolate(draw["height"], 0.6, 1.5),
        yaw_deg=yaw,
        roll_deg=_clipped_normal(draw["roll"], 0.0, 1.2),
        aim_m=_interpolate(draw["aim"], 0.82, 0.95),
        field_of_view_deg=field_of_view,
        width=width,
        height=height,
        fps=fps,
        distortion=_interpolate(draw["distortion"], -0.04, 0.0),
        blur_subframes=3 if blurred else 1,
        shutter=0.5 if blurred else 0.0,
        noise=_interpolate(draw["noise"], 0, 6),
    )
    return camera, {"yaw_deg": abs(yaw), "height_px": runner_px, "blur": "blurred" if blurred else "sharp"}


def draw_runner(draw: dict[str, float], body: dict[str, Any]) -> RunnerSpec:
    """Draw a running form from the range of healthy and faulty runners.

    All ranges are engineering choices [E], wider than those of healthy runners.

    Parameters
    ----------
    draw : dict
        `FORM_FACTORS` → value in 0..1.
    body : dict
        Fields of `RunnerSpec` that describe the body; as `gait.synthetic.random_specs.random_body` returns.

    Returns
    -------
    RunnerSpec
    """
    speed = _interpolate(draw["speed"], 2.2, 4.5)
    height = float(body["height_m"])
    mean_cadence = (162 + 10.5 * (speed - 2.5)) * math.sqrt(1.76 / height)
    cadence = float(np.clip(_clipped_normal(draw["cadence"], mean_cadence, 7), 142, 205))
    uneven = draw["uneven"] > 0.6
    overstride = float(np.clip(_clipped_normal(draw["overstride"], 0.20 + 0.045 * (speed - 2.5), 0.055), 0.11, 0.38))
    drop = _interpolate(draw["drop"], 0.5, 10)
    crossing = _interpolate(draw["arms"], -0.30, 0.30)
    duty = float(np.interp(speed, (1.8, 2.5, 3.5, 4.5, 5.5), (0.40, 0.37, 0.328, 0.304, 0.285)))
    contact = 1e3 * 2 * 60 / cadence * (duty + _clipped_normal(draw["contact"], 0.0, 0.012))
    return RunnerSpec(
        **body,
        speed_mps=speed,
        cadence_spm=cadence,
        contact_time_ms=(contact + 8, contact - 8) if uneven else contact,
        overstride=(overstride + 0.015, overstride - 0.015) if uneven else overstride,
        knee_flexion_contact_deg=_interpolate(draw["knee"], 6, 24),
        foot_strike_deg=_interpolate(draw["strike"], -8, 22),
        trunk_lean_deg=_interpolate(draw["lean"], -2, 16),
        pelvic_drop_deg=(drop + 1.2, max(drop - 1.2, 0.0)) if uneven else drop,
        lateral_lean_deg=_interpolate(draw["lateral"], -1, 4),
        arm_crossover=(crossing + 0.05, crossing - 0.05) if uneven else crossing,
        step_width_cm=_interpolate(draw["width"], -2, 13),
    )


def clip_cases(
    size: Size, recordings: dict[str, Recording] | None = None, *, seed: int = 0, recorded_half: int = 0
) -> list[ValidationCase]:
    """Choose the runs to be rendered for a validation or a calibration.

    Parameters
    ----------
    size : {"quick", "full", "calibration"}
    recordings : dict, optional
        Name → recorded run. Without them all motions are planned.
    seed : int
        Shifts all draws; the same seed gives the same runs.
    recorded_half : {0, 1}
        Which half of the recorded runners to use.

    Returns
    -------
    list of ValidationCase
    """
    cases: list[ValidationCase] = []
    first = _FIRST_SEED[size] + 100_000 * seed
    plan: list[tuple[int, _ClipGroup, bool]] = [(index, group, False) for index, group in enumerate(_PLANNED[size])]
    if recordings:
        plan += [(len(plan) + index, group, True) for index, group in enumerate(_RECORDED[size])]
    plan += [(_FIRST_PELVIS_GROUP + index, group, False) for index, group in enumerate(_PELVIS[size])]
    for index, group, recorded in plan:
        rng = np.random.default_rng([7, first, index])
        draws = latin_hypercube_draws(group.count, (*CAMERA_FACTORS, *FORM_FACTORS), rng)
        names = _recordings_of_half(recordings or {}, recorded_half) if recorded else []
        order = rng.permutation(len(names)) if recorded else np.empty(0, dtype=int)
        for number, draw in enumerate(draws):
            case_seed = first + _SEEDS_PER_GROUP * index + number
            body_rng = np.random.default_rng([11, case_seed])
            family = _body_family(number)
            body, scene = random_body(body_rng, family), random_scene(body_rng)
            if family == "sculpted":
                body["hip_depth"] = float(np.random.default_rng([19, case_seed]).uniform(*_HIP_DEPTH))
            camera, factors = draw_camera(draw, group.view, group.fps, case_seed)
            light = 1.0 if draw["light"] < 0.6 else _interpolate((draw["light"] - 0.6) / 0.4, 0.3, 0.8)
            scene = replace(scene, light=light, console=scene.console and index < _FIRST_PELVIS_GROUP)
            if group.pelvis_markers == "none":
                scene = replace(scene, look=replace(scene.look, tape=None, waistband=None))
            if family != "sculpted":
                scene = replace(scene, look=random_clothes(body_rng, scene.look, body["sex"]))
            if group.pelvis_markers == "all" and not scene.look.waist_is_bare:
                tape = MARKER_COLOURS[case_seed % len(MARKER_COLOURS)]
                scene = replace(scene, look=replace(scene.look, tape=tape))
            factors |= {
                "body": family,
                "light": "dim" if light < 1 else "bright",
                "clothes": "loose" if scene.look.loose else "tight",
                "markers": "marked" if scene.look.tape or scene.look.waistband else "unmarked",
            }
            source = "recorded" if recorded else "planned"
            cases.append(
                ValidationCase(
                    f"{size}_{group.view}_{source}_{group.fps:.0f}_{case_seed:06d}"
                    + ("" if family == "sculpted" else f"_{family}"),
                    draw_runner(draw, body),
                    camera,
                    scene,
                    group.seconds,
                    case_seed,
                    names[order[number % len(names)]] if recorded else None,
                    float(2.0 + 6.0 * body_rng.random()) if recorded else 0.0,
                    factors,
                )
            )
    return cases


def thinned_groups(cases: Sequence[ValidationCase], count: int) -> list[ValidationCase]:
    """Keep about so many rendered cases, the same share of every group and at least one of each.

    Parameters
    ----------
    cases : sequence of ValidationCase
        As `clip_cases` gives them.
    count : int
        Cases to keep.

    Returns
    -------
    list of ValidationCase
        The first ones of each group, in the same order.
    """
    groups: dict[int, list[ValidationCase]] = {}
    for case in cases:
        groups.setdefault(case.seed // _SEEDS_PER_GROUP, []).append(case)
    share = count / max(len(cases), 1)
    return [case for group in groups.values() for case in group[: max(round(share * len(group)), 1)]]


def _body_family(number: int) -> Literal["sculpted", "makehuman"]:
    """Return the family of a group's clip by its number: half of them each, and both facing either way."""
    return "makehuman" if (number + number // 2) % 2 else "sculpted"


def joint_cases(
    recordings: dict[str, Recording], *, half: int, quick: bool = False, seed: int = 0
) -> list[ValidationCase]:
    """Choose cameras for the joints of recorded runners: every run of one half of them, from all three sides.

    Parameters
    ----------
    recordings : dict
        Name → recorded run.
    half : {0, 1}
        Which half of the recorded runners to use.
    quick : bool
        Every seventh run only, from the side and from behind.
    seed : int
        Shifts all draws.

    Returns
    -------
    list of ValidationCase
        At 240 frames/s, to be thinned out.
    """
    cases = []
    names = _recordings_of_half(recordings, half)
    views: tuple[View, ...] = ("side", "rear") if quick else ("side", "rear", "front")
    for index, view in enumerate(views):
        chosen = names[1::7] if quick else names
        draws = latin_hypercube_draws(len(chosen), CAMERA_FACTORS, np.random.default_rng([17, half, index, seed]))
        for number, (name, draw) in enumerate(zip(chosen, draws, strict=True)):
            case_seed = 20_000 + 1000 * half + 100 * index + number + 100_000 * seed
            camera, factors = draw_camera(draw, view, _JOINTS_FPS, case_seed)
            cases.append(
                ValidationCase(
                    f"joints_{view}_{name}",
                    RunnerSpec(),
                    camera,
                    SceneSpec(),
                    7.0 if quick else 13.0,
                    case_seed,
                    name,
                    _JOINTS_START_S,
                    factors | {"blur": "none", "light": "none", "clothes": "none", "markers": "none", "body": "none"},
                    rendered=False,
                )
            )
    return cases


def runner_id(recording: str) -> str:
    """Return the runner's part of a recording's name.

    Parameters
    ----------
    recording : str
        Such as ``011_35``: runner 011 at 3.5 m/s.

    Returns
    -------
    str
        Such as ``011``.
    """
    return recording.split("_")[0]


def _recordings_of_half(recordings: dict[str, Recording], half: int) -> list[str]:
    """Return all runs of every second runner, in the order of their numbers."""
    runners = sorted({runner_id(name) for name in recordings})[half::2]
    return [name for name in sorted(recordings) if runner_id(name) in runners]
