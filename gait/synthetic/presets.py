"""Ready-made runners and rooms, for tests and for the sample clips."""

from __future__ import annotations

from dataclasses import replace

from gait.synthetic.run_spec import Colour, LookSpec, RunnerSpec, SceneSpec


def neutral(**changes: object) -> RunnerSpec:
    """Give a runner with nothing to correct, at an easy pace.

    Parameters
    ----------
    **changes
        Fields of `RunnerSpec` to replace.

    Returns
    -------
    RunnerSpec
    """
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
    """Give a runner who lands far ahead of the hip with the shank leaning back, at a low cadence.

    Parameters
    ----------
    **changes
        Fields of `RunnerSpec` to replace.

    Returns
    -------
    RunnerSpec
    """
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
    """Give a runner whose pelvis drops to the swing side on both legs.

    Parameters
    ----------
    **changes
        Fields of `RunnerSpec` to replace.

    Returns
    -------
    RunnerSpec
    """
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
    """Give a runner whose wrists both swing across the midline of the trunk.

    Parameters
    ----------
    **changes
        Fields of `RunnerSpec` to replace.

    Returns
    -------
    RunnerSpec
    """
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

BRIGHT_YELLOW: Colour = (0.98, 0.86, 0.10)
BRIGHT_PINK: Colour = (0.98, 0.25, 0.55)
BRIGHT_GREEN: Colour = (0.35, 0.95, 0.30)

LOOKS: tuple[SceneSpec, ...] = (
    BRIGHT,
    WARM,
    COOL,
    # Dark skin, tape on the pelvis over tights.
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
            tape=BRIGHT_YELLOW,
        ),
        wall=(0.70, 0.70, 0.67),
        floor=(0.34, 0.33, 0.31),
        accent=(0.16, 0.50, 0.46),
    ),
    # Fair, a heathered shirt, a waistband that shows the pelvis.
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
            waistband=BRIGHT_PINK,
            socks=(0.96, 0.95, 0.96),
            shoes=(0.35, 0.72, 0.82),
        ),
        wall=(0.74, 0.71, 0.69),
        wainscot=(0.46, 0.44, 0.50),
        accent=(0.55, 0.30, 0.55),
    ),
    # Bald, a tight singlet, tape and waistband.
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
            tape=BRIGHT_GREEN,
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
    # Grey hair, a striped singlet, a bystander.
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
"""Rooms with runners who look different; the first three are `BRIGHT`, `WARM` and `COOL`."""
