"""Ready-made runners, for tests and for the sample clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

import numpy as np

from gait.synthetic.run_spec import Colour, LookSpec, RunnerSpec, SceneSpec


def neutral(**changes: object) -> RunnerSpec:
    """Give a runner with nothing to correct, at an easy pace; ``changes`` replace fields."""
    return replace(
        RunnerSpec(
            speed_mps=2.8,
            cadence_spm=168.0,
            overstride=0.215,
            trunk_lean_deg=6.0,
            pelvic_drop_deg=4.0,
            arm_crossover=-0.12,
        ),
        **changes,  # type: ignore[arg-type]
    )


def overstriding(**changes: object) -> RunnerSpec:
    """Give a runner who lands far ahead of the hip with the shank leaning back, at a low cadence."""
    return replace(
        RunnerSpec(
            speed_mps=2.8,
            cadence_spm=152.0,
            overstride=0.36,
            contact_time_ms=305.0,
            tibia_angle_deg=16.5,
            foot_strike_deg=18.0,
            vertical_oscillation_cm=7.0,
            trunk_lean_deg=4.0,
        ),
        **changes,  # type: ignore[arg-type]
    )


def hip_dropping(**changes: object) -> RunnerSpec:
    """Give a runner whose pelvis falls to the swing side on both legs."""
    return replace(
        RunnerSpec(
            height_m=1.66,
            sex="female",
            speed_mps=2.8,
            cadence_spm=168.0,
            overstride=0.225,
            pelvic_drop_deg=8.0,
            lateral_lean_deg=2.0,
            step_width_cm=5.0,
        ),
        **changes,  # type: ignore[arg-type]
    )


def arms_crossing(**changes: object) -> RunnerSpec:
    """Give a runner whose wrists both swing across the midline of the trunk."""
    return replace(
        RunnerSpec(
            height_m=1.82,
            build=1.05,
            speed_mps=2.9,
            cadence_spm=164.0,
            overstride=0.23,
            arm_crossover=0.25,
        ),
        **changes,  # type: ignore[arg-type]
    )


BRIGHT = SceneSpec()
"""The default room and looks."""

WARM = SceneSpec(
    look=LookSpec(
        skin=(0.45, 0.30, 0.21),
        hair=(0.07, 0.05, 0.05),
        hair_style="ponytail",
        shirt=(0.80, 0.26, 0.36),
        sleeves=False,
        shorts=(0.16, 0.17, 0.27),
        shorts_trim=(0.90, 0.80, 0.45),
        loose=False,
        shoes=(0.25, 0.60, 0.55),
    ),
    wall=(0.72, 0.68, 0.62),
    wainscot=(0.50, 0.38, 0.30),
    accent=(0.20, 0.45, 0.60),
)
"""A warmer room; a runner in tight clothes with a ponytail."""

COOL = SceneSpec(
    look=LookSpec(
        skin=(0.86, 0.68, 0.57),
        hair=(0.42, 0.28, 0.15),
        shirt=(0.86, 0.80, 0.30),
        shorts=(0.12, 0.20, 0.32),
        shoes=(0.30, 0.34, 0.62),
    ),
    wall=(0.60, 0.64, 0.68),
    wainscot=(0.28, 0.33, 0.38),
    accent=(0.55, 0.22, 0.25),
)
"""A cooler room; a fair runner in loose clothes."""

_YELLOW: Colour = (0.98, 0.86, 0.10)
_PINK: Colour = (0.98, 0.25, 0.55)
_GREEN: Colour = (0.35, 0.95, 0.30)

LOOKS: tuple[SceneSpec, ...] = (
    BRIGHT,
    WARM,
    COOL,
    # Dark skin, a marked pelvis over tights.
    SceneSpec(
        look=LookSpec(
            skin=(0.31, 0.20, 0.145),
            hair=(0.06, 0.05, 0.05),
            hair_style="bun",
            shirt=(0.90, 0.89, 0.86),
            sleeves=True,
            loose=False,
            legwear="tights",
            shorts=(0.13, 0.14, 0.18),
            shorts_trim=(0.20, 0.62, 0.70),
            pattern="plain",
            shoes=(0.93, 0.92, 0.90),
            sole=(0.90, 0.55, 0.35),
            tape=_YELLOW,
        ),
        wall=(0.70, 0.70, 0.67),
        floor=(0.34, 0.33, 0.31),
        accent=(0.16, 0.50, 0.46),
    ),
    # Fair, a heathered shirt, a waistband to follow the pelvis by.
    SceneSpec(
        look=LookSpec(
            skin=(0.88, 0.71, 0.62),
            hair=(0.62, 0.46, 0.24),
            hair_style="ponytail",
            shirt=(0.45, 0.36, 0.60),
            sleeves=True,
            loose=True,
            pattern="heather",
            shorts=(0.10, 0.10, 0.12),
            shorts_trim=(0.75, 0.72, 0.80),
            waistband=_PINK,
            socks=(0.96, 0.95, 0.96),
            shoes=(0.35, 0.72, 0.82),
        ),
        wall=(0.74, 0.71, 0.69),
        wainscot=(0.46, 0.44, 0.50),
        accent=(0.55, 0.30, 0.55),
    ),
    # Bald, a tight singlet, both marks.
    SceneSpec(
        look=LookSpec(
            skin=(0.55, 0.38, 0.28),
            hair=(0.08, 0.06, 0.05),
            hair_style="bald",
            shirt=(0.82, 0.16, 0.15),
            sleeves=False,
            loose=False,
            pattern="plain",
            shorts=(0.09, 0.12, 0.25),
            shorts_trim=(0.90, 0.90, 0.90),
            tape=_GREEN,
            waistband=(0.92, 0.92, 0.92),
            shoes=(0.85, 0.90, 0.20),
        ),
        wall=(0.60, 0.58, 0.56),
        floor=(0.28, 0.28, 0.30),
        accent=(0.70, 0.24, 0.18),
    ),
    # A cap and stripes.
    SceneSpec(
        look=LookSpec(
            skin=(0.82, 0.63, 0.52),
            hair=(0.34, 0.20, 0.11),
            hair_style="cap",
            shirt=(0.93, 0.92, 0.88),
            sleeves=True,
            loose=True,
            pattern="stripes",
            shorts=(0.36, 0.38, 0.34),
            shorts_trim=(0.12, 0.22, 0.45),
            socks=(0.16, 0.16, 0.18),
            shoes=(0.20, 0.20, 0.22),
        ),
        wall=(0.66, 0.69, 0.62),
        wainscot=(0.35, 0.42, 0.34),
        accent=(0.30, 0.48, 0.28),
        console=False,
    ),
    # Long hair, a singlet over tights.
    SceneSpec(
        look=LookSpec(
            skin=(0.72, 0.53, 0.41),
            hair=(0.16, 0.09, 0.06),
            hair_style="long",
            shirt=(0.20, 0.62, 0.52),
            sleeves=False,
            loose=True,
            pattern="panel",
            legwear="tights",
            shorts=(0.22, 0.16, 0.27),
            shorts_trim=(0.94, 0.92, 0.85),
            socks=(0.90, 0.60, 0.70),
            shoes=(0.92, 0.30, 0.45),
        ),
        wall=(0.76, 0.74, 0.70),
        floor=(0.40, 0.37, 0.33),
        accent=(0.80, 0.58, 0.22),
    ),
    # Black on black in a dim garage.
    SceneSpec(
        look=LookSpec(
            skin=(0.38, 0.25, 0.18),
            hair=(0.07, 0.06, 0.06),
            hair_style="short",
            shirt=(0.10, 0.10, 0.12),
            sleeves=True,
            loose=True,
            pattern="heather",
            shorts=(0.08, 0.08, 0.09),
            shorts_trim=(0.30, 0.30, 0.33),
            socks=(0.12, 0.12, 0.13),
            shoes=(0.14, 0.15, 0.17),
            sole=(0.55, 0.55, 0.55),
        ),
        wall=(0.55, 0.53, 0.50),
        floor=(0.30, 0.30, 0.29),
        accent=(0.62, 0.46, 0.20),
        clutter=0.7,
        light=0.35,
        rails=True,
        console=False,
    ),
    # Grey hair, a vest in stripes, somebody standing by.
    SceneSpec(
        look=LookSpec(
            skin=(0.84, 0.66, 0.57),
            hair=(0.55, 0.54, 0.53),
            hair_style="short",
            shirt=(0.16, 0.22, 0.42),
            sleeves=False,
            loose=False,
            pattern="stripes",
            shorts=(0.70, 0.70, 0.72),
            shorts_trim=(0.88, 0.76, 0.30),
            shoes=(0.20, 0.45, 0.80),
        ),
        wall=(0.62, 0.66, 0.70),
        wainscot=(0.32, 0.36, 0.44),
        accent=(0.24, 0.40, 0.62),
        bystander=True,
    ),
)
"""Rooms with runners that look different; the first three are `BRIGHT`, `WARM` and `COOL`."""

# Skin from light to dark: most people lie between these.
_SKINS = np.array([[0.90, 0.74, 0.65], [0.80, 0.60, 0.48], [0.66, 0.47, 0.35], [0.45, 0.30, 0.21], [0.28, 0.18, 0.13]])
_HAIRS: tuple[Colour, ...] = (
    (0.06, 0.05, 0.05),
    (0.17, 0.10, 0.07),
    (0.36, 0.22, 0.12),
    (0.66, 0.50, 0.28),
    (0.50, 0.20, 0.09),
    (0.60, 0.59, 0.57),
)
_T = TypeVar("_T")


def random_body(rng: np.random.Generator) -> dict[str, Any]:
    """Draw a body: fields of `RunnerSpec` from ``height_m`` to ``arm_scale``, as adults who run have them."""
    sex = "female" if rng.random() < 0.5 else "male"
    mean, spread = (1.65, 0.065) if sex == "female" else (1.78, 0.070)

    def scale(sd: float, most: float) -> float:
        return float(np.clip(rng.normal(1.0, sd), 1 - most, 1 + most))

    return {
        "height_m": float(np.clip(rng.normal(mean, spread), 1.48, 2.0)),
        "sex": sex,
        "build": float(np.clip(0.86 + rng.gamma(3.0, 0.055), 0.85, 1.35)),
        "leg_scale": scale(0.022, 0.06),
        "shoulder_scale": scale(0.040, 0.10),
        "pelvis_scale": scale(0.040, 0.10),
        "arm_scale": scale(0.025, 0.06),
    }


def random_scene(rng: np.random.Generator) -> SceneSpec:
    """Draw skin, hair, clothes, marks, room and light; every option of the specs comes up."""

    def colour(low: float, high: float) -> Colour:
        """Draw a colour, as often pale, grey or black as clothes are."""
        shade = rng.uniform(low, high)
        tint = rng.uniform(-0.5, 0.5, 3) * rng.choice([0.1, 0.6, 1.0])
        red, green, blue = np.clip(shade * (1 + tint), 0.05, 0.95)
        return float(red), float(green), float(blue)

    def between(palette: Any) -> Colour:
        at = rng.uniform(0, len(palette) - 1)
        low = min(int(at), len(palette) - 2)
        mixed = palette[low] + (at - low) * (palette[low + 1] - palette[low])
        return float(mixed[0]), float(mixed[1]), float(mixed[2])

    def pick(options: Sequence[_T]) -> _T:
        return options[int(rng.integers(len(options)))]

    hair_styles: tuple[Literal["short", "bald", "ponytail", "long", "bun", "cap"], ...] = (
        "short",
        "short",
        "bald",
        "ponytail",
        "ponytail",
        "long",
        "bun",
        "cap",
    )
    patterns: tuple[Literal["plain", "stripes", "panel", "heather"], ...] = ("plain", "stripes", "panel", "heather")
    bright: tuple[Colour, ...] = (_YELLOW, _PINK, _GREEN, (0.98, 0.50, 0.08), (0.95, 0.95, 0.93))
    look = LookSpec(
        skin=between(_SKINS),
        hair=pick(_HAIRS),
        hair_style=pick(hair_styles),
        shirt=colour(0.10, 0.90),
        sleeves=bool(rng.random() < 0.65),
        shorts=colour(0.08, 0.60),
        shorts_trim=colour(0.30, 0.95),
        loose=bool(rng.random() < 0.5),
        legwear="tights" if rng.random() < 0.35 else "shorts",
        pattern=pick(patterns),
        socks=colour(0.10, 0.95),
        shoes=colour(0.15, 0.95),
        sole=colour(0.50, 0.95),
        tape=pick(bright) if rng.random() < 0.25 else None,
        waistband=pick(bright) if rng.random() < 0.25 else None,
    )
    return SceneSpec(
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
