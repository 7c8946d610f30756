"""Ready-made runners, for tests and for the sample clips."""

from __future__ import annotations

from dataclasses import replace

from gait.synthetic.spec import LookSpec, RunnerSpec, SceneSpec


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
