"""Bodies, runners, rooms and cameras drawn at random from what real ones are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Literal, TypeVar

import numpy as np

from gait.synthetic.presets import BRIGHT_GREEN, BRIGHT_PINK, BRIGHT_YELLOW
from gait.synthetic.run_spec import CameraSpec, Colour, LookSpec, RunnerSpec, SceneSpec

# Ranges and spreads in this module are [E]: wide enough to hold what amateur clips show, unless a source is named.

# Skin from light to dark: most people lie between these. [E]
_SKINS: tuple[Colour, ...] = (
    (0.90, 0.74, 0.65),
    (0.80, 0.60, 0.48),
    (0.66, 0.47, 0.35),
    (0.45, 0.30, 0.21),
    (0.28, 0.18, 0.13),
)
_HAIRS: tuple[Colour, ...] = (
    (0.06, 0.05, 0.05),
    (0.17, 0.10, 0.07),
    (0.36, 0.22, 0.12),
    (0.66, 0.50, 0.28),
    (0.50, 0.20, 0.09),
    (0.60, 0.59, 0.57),
)
# Styles as often as they are listed.
_HAIR_STYLES: tuple[Literal["short", "bald", "ponytail", "long", "bun", "cap"], ...] = (
    "short",
    "short",
    "bald",
    "ponytail",
    "ponytail",
    "long",
    "bun",
    "cap",
)
_PATTERNS: tuple[Literal["plain", "stripes", "panel", "heather"], ...] = ("plain", "stripes", "panel", "heather")
#: Colours of tape and waistbands that a coach can buy. [E]
MARKER_COLOURS: tuple[Colour, ...] = (
    BRIGHT_YELLOW,
    BRIGHT_PINK,
    BRIGHT_GREEN,
    (0.98, 0.50, 0.08),
    (0.95, 0.95, 0.93),
)
_Footwear = Literal["trainer", "cushioned", "racer", "trail", "minimal", "spike", "high_top", "socks", "bare"]
_FOOTWEAR: tuple[_Footwear, ...] = (
    "trainer",
    "cushioned",
    "racer",
    "trail",
    "minimal",
    "spike",
    "high_top",
    "socks",
    "bare",
)
_FOOTWEAR_SHARES = (0.28, 0.24, 0.14, 0.10, 0.06, 0.03, 0.05, 0.05, 0.05)
_BELT_PRINTS: tuple[Literal["marks", "lines", "logo", "plain"], ...] = ("marks", "lines", "logo", "plain")
_BACKDROPS: tuple[Literal["wall", "mirrors", "windows", "gym"], ...] = ("wall", "mirrors", "windows", "gym")
_BACKDROP_SHARES = (0.4, 0.2, 0.2, 0.2)
_SHOES_LIKE_THE_BELT = 0.15  # share of runners whose shoes have the colour of the belt
_VIEWS: tuple[Literal["side", "rear", "front"], ...] = ("side", "rear", "front")
_T = TypeVar("_T")
_Spec = TypeVar("_Spec", RunnerSpec, CameraSpec, LookSpec, SceneSpec)


def rounded(spec: _Spec) -> _Spec:
    """Round every number of a spec to what a person would write down.

    Parameters
    ----------
    spec : RunnerSpec, CameraSpec, LookSpec or SceneSpec

    Returns
    -------
    same type
        Three decimals.
    """

    def short(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(short(part) for part in value)
        if isinstance(value, LookSpec):
            return rounded(value)
        return round(value, 3) if isinstance(value, float) else value

    return replace(spec, **{field.name: short(getattr(spec, field.name)) for field in fields(spec)})


def random_body(rng: np.random.Generator, family: Literal["sculpted", "makehuman"] = "sculpted") -> dict[str, Any]:
    """Draw a body as people who run have it.

    Parameters
    ----------
    rng : numpy.random.Generator
    family : {"sculpted", "makehuman"}
        Bodies of the family ``makehuman`` are 16 to 75 years old, and more of them are heavy.

    Returns
    -------
    dict
        Fields of `RunnerSpec` from ``height_m`` to ``arm_scale``, and for ``makehuman`` those of that family.
    """
    sex = "female" if rng.random() < 0.5 else "male"
    mean, spread = (1.65, 0.065) if sex == "female" else (1.78, 0.070)

    def scale(sd: float, largest: float) -> float:
        return float(np.clip(rng.normal(1.0, sd), 1 - largest, 1 + largest))

    body: dict[str, Any] = {
        "height_m": float(np.clip(rng.normal(mean, spread), 1.48, 2.0)),
        "sex": sex,
        "build": float(np.clip(0.86 + rng.gamma(3.0, 0.055), 0.85, 1.35)),
        "leg_scale": scale(0.022, 0.06),
        "shoulder_scale": scale(0.040, 0.10),
        "pelvis_scale": scale(0.040, 0.10),
        "arm_scale": scale(0.025, 0.06),
    }
    if family == "makehuman":
        body |= {
            "build": float(np.clip(rng.normal(1.04, 0.13), 0.80, 1.40)),
            "body_family": family,
            "age_years": float(rng.uniform(16, 75)),
            "muscle": float(np.clip(rng.normal(0.55, 0.2), 0.05, 1.0)),
            # Harrington 2007; see `RunnerSpec.hip_depth`.
            "hip_depth": float(rng.uniform(0.36, 0.40)),
        }
    return body


def random_clothes(rng: np.random.Generator, look: LookSpec, sex: str) -> LookSpec:
    """Draw clothes that only bodies of the family ``makehuman`` wear, in place of some shirts and shorts.

    Parameters
    ----------
    rng : numpy.random.Generator
    look : LookSpec
        Colours, and the clothes that are kept otherwise.
    sex : {"male", "female"}

    Returns
    -------
    LookSpec
    """
    kinds: tuple[Literal["shirt", "hoodie", "bra", "bare"], ...] = ("shirt", "hoodie", "bra", "bare")
    without = 0.14
    shares = (0.72, 0.14, without, 0.0) if sex == "female" else (0.72, 0.14, 0.0, without)
    top = kinds[int(rng.choice(len(kinds), p=shares))]
    skirt = rng.random() < 0.18 and sex == "female" and look.legwear == "shorts"
    return replace(look, top=top, legwear="skirt" if skirt else look.legwear)


def random_runner(rng: np.random.Generator) -> RunnerSpec:
    """Draw a runner: body, speed and form over the range of real ones.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    RunnerSpec
        Rounded to three decimals. Not every draw is one that legs can run.
    """
    body = random_body(rng)
    speed = float(rng.uniform(2.2, 4.0))
    # Cadence rises with speed and falls with the length of the legs.
    typical = (162 + 10.5 * (speed - 2.5)) * np.sqrt(1.76 / body["height_m"])

    def sided(mean: float, spread: float) -> tuple[float, float]:
        half = float(rng.normal(0, spread)) / 2
        return mean - half, mean + half

    runner = RunnerSpec(
        **body,
        speed_mps=speed,
        cadence_spm=float(typical + rng.normal(0, 7)),
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
    return rounded(runner)


def random_scene(rng: np.random.Generator) -> SceneSpec:
    """Draw skin, hair, clothes, markers, room and light.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    SceneSpec
        Over many draws, every option of the specs comes up.
    """

    def colour(low: float, high: float) -> Colour:
        """Draw a colour, as often pale, grey or black as clothes are."""
        shade = rng.uniform(low, high)
        tint = rng.uniform(-0.5, 0.5, 3) * rng.choice([0.1, 0.6, 1.0])
        red, green, blue = np.clip(shade * (1 + tint), 0.05, 0.95)
        return float(red), float(green), float(blue)

    def between(palette: tuple[Colour, ...]) -> Colour:
        shades = np.array(palette)
        position = rng.uniform(0, len(palette) - 1)
        low = min(int(position), len(palette) - 2)
        mixed = shades[low] + (position - low) * (shades[low + 1] - shades[low])
        return float(mixed[0]), float(mixed[1]), float(mixed[2])

    def pick(options: Sequence[_T]) -> _T:
        return options[int(rng.integers(len(options)))]

    look = LookSpec(
        skin=between(_SKINS),
        hair=pick(_HAIRS),
        hair_style=pick(_HAIR_STYLES),
        shirt=colour(0.10, 0.90),
        sleeves=bool(rng.random() < 0.65),
        shorts=colour(0.08, 0.60),
        shorts_trim=colour(0.30, 0.95),
        loose=bool(rng.random() < 0.5),
        legwear="tights" if rng.random() < 0.35 else "shorts",
        pattern=pick(_PATTERNS),
        socks=colour(0.10, 0.95),
        shoes=colour(0.15, 0.95),
        sole=colour(0.50, 0.95),
        tape=pick(MARKER_COLOURS) if rng.random() < 0.25 else None,
        waistband=pick(MARKER_COLOURS) if rng.random() < 0.25 else None,
    )
    scene = SceneSpec(
        look=look,
        wall=colour(0.45, 0.80),
        wainscot=colour(0.25, 0.50),
        floor=colour(0.20, 0.42),
        accent=colour(0.25, 0.75),
        rails=bool(rng.random() < 0.75),
        console=bool(rng.random() < 0.6),
        clutter=float(rng.uniform(0, 1)),
        light=float(rng.choice([1.0, rng.uniform(0.28, 0.8)], p=[0.65, 0.35])),
        bystander=bool(rng.random() < 0.2),
    )
    return _with_shoes_and_surroundings(rng.spawn(1)[0], scene)


def _with_shoes_and_surroundings(rng: np.random.Generator, scene: SceneSpec) -> SceneSpec:
    """Draw shoes, shine of tights, belt, treadmill and backdrop.

    Their generator is one of its own, so that all else of a seed stays as it was before they came.
    """
    footwear = _FOOTWEAR[int(rng.choice(len(_FOOTWEAR), p=_FOOTWEAR_SHARES))]
    shade = float(rng.choice([rng.uniform(0.07, 0.20), rng.uniform(0.20, 0.45)], p=[0.8, 0.2]))
    red, green, blue = shade * (1 + rng.uniform(-0.06, 0.06, 3))
    belt: Colour = (float(red), float(green), float(blue))
    look = replace(scene.look, footwear=footwear, gloss=float(rng.uniform(0.2, 0.9)) if rng.random() < 0.5 else 0.0)
    if rng.random() < _SHOES_LIKE_THE_BELT:
        # Hardly any contrast where the shoe meets the belt; the sole often more than the upper.
        near, nearer = (tuple(float(np.clip(c * rng.uniform(0.8, 1.5), 0.04, 0.95)) for c in belt) for _ in range(2))
        look = replace(look, shoes=(near[0], near[1], near[2]))
        if rng.random() < 0.6:
            look = replace(look, sole=(nearer[0], nearer[1], nearer[2]))
    return replace(
        scene,
        look=look,
        belt=belt,
        belt_print=_BELT_PRINTS[int(rng.integers(len(_BELT_PRINTS)))],
        edge_m=float(rng.uniform(0.02, 0.08)) if rng.random() < 0.25 else 0.006,
        hood_m=float(rng.uniform(0.05, 0.16)) if rng.random() < 0.25 else 0.035,
        backdrop=_BACKDROPS[int(rng.choice(len(_BACKDROPS), p=_BACKDROP_SHARES))],
    )


def random_camera(rng: np.random.Generator, view: Literal["side", "rear", "front"] | None = None) -> CameraSpec:
    """Draw a camera as people place them: not quite square, not quite level.

    Parameters
    ----------
    rng : numpy.random.Generator
    view : {"side", "rear", "front"}, optional
        Drawn too where it is left out.

    Returns
    -------
    CameraSpec
        Rounded to three decimals.
    """
    drawn = _VIEWS[int(rng.integers(3))]
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
    return rounded(camera)
