"""Steps alternate, keep the cadence and vary as much as requested."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.synthetic.presets import neutral
from gait.synthetic.run_spec import Drift
from gait.synthetic.step_plan import plan_steps


def planned(seed: int = 1, **changes: object):
    return plan_steps(neutral(**changes), 20.0, np.random.default_rng(seed))


def test_sides_alternate_and_every_foot_leaves_before_the_next_lands() -> None:
    steps = planned()
    assert (steps.right[1:] != steps.right[:-1]).all()
    assert (np.diff(steps.contact) > 0).all()
    assert (steps.toe_off > steps.contact).all()
    assert (steps.contact[1:] > steps.toe_off[:-1]).all()
    assert steps.contact[0] < 0 < 20 < steps.contact[-1]


def test_the_cadence_is_kept_exactly() -> None:
    steps = planned()
    inside = np.flatnonzero((steps.contact >= 0) & (steps.contact <= 20))
    assert np.polyfit(inside, steps.contact[inside], 1)[0] == pytest.approx(60 / 168, rel=1e-3)


def test_contact_times_have_the_requested_mean_on_each_side() -> None:
    steps = planned(contact_time_ms=(240.0, 260.0))
    whole = (steps.contact >= 0) & (steps.toe_off <= 20)
    for right, mean in ((False, 0.240), (True, 0.260)):
        assert (steps.toe_off - steps.contact)[whole & (steps.right == right)].mean() == pytest.approx(mean, abs=5e-4)


def test_without_variability_all_steps_are_alike_and_drift_adds_a_trend() -> None:
    still = planned(variability=0.0)
    assert np.ptp(still.drop_deg) == pytest.approx(0, abs=1e-9)
    drifting = planned(variability=0.0, drift=Drift(pelvic_drop_deg=6.0))
    for right in (False, True):
        side = drifting.right == right
        slope = np.polyfit(drifting.contact[side] / 60, drifting.drop_deg[side], 1)[0]
        assert slope == pytest.approx(6.0, rel=0.02)
    assert replace(still) == still
