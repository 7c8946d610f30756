"""Motions and what drawing needs, for the tests of this folder."""

from __future__ import annotations

import pytest

from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve
from gait.synthetic.presets import arms_crossing, hip_dropping, neutral, overstriding
from gait.synthetic.run_spec import RunnerSpec

DURATION = 8.0
RUNNERS = {
    "neutral": neutral(),
    "overstriding": overstriding(),
    "hip_dropping": hip_dropping(),
    "arms_crossing": arms_crossing(),
    "uneven": neutral(
        overstride=(0.20, 0.26),
        pelvic_drop_deg=(3.0, 7.5),
        arm_crossover=(-0.15, 0.18),
        contact_time_ms=(250.0, 275.0),
        step_time_asymmetry=0.04,
        knee_flexion_contact_deg=18.0,
    ),
    "fast and small": RunnerSpec(height_m=1.60, sex="female", speed_mps=4.0, cadence_spm=182, overstride=0.27),
    "slow and tall": RunnerSpec(height_m=1.92, speed_mps=2.3, cadence_spm=154, overstride=0.19),
    "forefoot": neutral(foot_strike_deg=-5.0, cadence_spm=178.0),
    "narrow": neutral(step_width_cm=-2.0, trunk_lean_deg=12.0),
    "bouncy": neutral(vertical_oscillation_cm=10.5, cadence_spm=156.0),
}


@pytest.fixture(scope="session", params=list(RUNNERS), ids=lambda name: name.replace(" ", "_"))
def motion(request: pytest.FixtureRequest) -> Motion:
    """Eight seconds of each of very different runners."""
    return solve(RUNNERS[request.param], DURATION, seed=4)


@pytest.fixture
def needs_vtk() -> None:
    """Skip where nothing can be drawn."""
    pytest.importorskip("vtkmodules.vtkRenderingOpenGL2")
