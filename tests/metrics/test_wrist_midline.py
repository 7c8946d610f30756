"""Path of the wrists against the midline."""

from __future__ import annotations

import numpy as np

from gait.metrics.wrist_midline import SAMPLES, wrist_past_midline, wrist_path_by_stride
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, tracks_of


def test_a_stride_begins_at_each_contact_and_is_as_long_as_the_median_one() -> None:
    run = filmed(presets.arms_crossing(), camera=FRONT_CAMERA, **EXACT)
    tracks = tracks_of(run)
    contact, _ = run.stances("left")
    paths = wrist_path_by_stride(tracks, "left", contact)
    assert [len(path) for path in paths] == [SAMPLES] * len(contact)
    at_contact = np.interp(contact, tracks.time, wrist_past_midline(tracks, "left"))
    np.testing.assert_allclose([path[0] for path in paths], at_contact)


def test_wrists_that_stay_on_their_side_are_negative() -> None:
    run = filmed(presets.arms_crossing(arm_crossover=(-0.3, -0.3)), camera=FRONT_CAMERA, **EXACT)
    for side in ("left", "right"):
        assert np.nanmax(wrist_past_midline(tracks_of(run), side)) < 0
