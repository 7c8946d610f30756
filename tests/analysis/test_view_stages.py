"""The stages of one view: each works on what the one before has given."""

from __future__ import annotations

import pytest

from gait.analysis.view_analysis import analyze_pose
from gait.analysis.view_stages import clean_view, locate_view_events, measure_view_steps
from gait.errors import InputError, RefusedError
from gait.records import Runner
from tests.filmed_joints import Run, filmed


@pytest.fixture(scope="module")
def run() -> Run:
    return filmed()


def test_the_stages_give_the_steps_of_the_whole_analysis(run: Run) -> None:
    runner = Runner(height_m=1.76)
    cleaned = clean_view(run.pose, runner=runner)
    whole = measure_view_steps(cleaned, locate_view_events(cleaned))
    analysis = analyze_pose(run.pose, runner=runner)
    shared = [column for column in whole.steps if column in analysis.steps]
    assert "overstride" in shared
    assert whole.steps[shared].equals(analysis.steps[shared])
    assert whole.events.equals(analysis.events)


def test_a_scale_needs_a_length(run: Run) -> None:
    assert clean_view(run.pose, runner=Runner()).setup.camera.m_per_px is None
    assert clean_view(run.pose, runner=Runner(leg_length_m=0.9)).setup.camera.leg_length_m == 0.9


def test_an_unknown_view_and_a_clip_that_is_too_short_are_refused(run: Run) -> None:
    with pytest.raises(InputError, match="above"):
        clean_view(run.pose, runner=Runner(), view="above")  # type: ignore[arg-type]
    with pytest.raises(RefusedError):
        clean_view(run.pose.isel(time=slice(0, 40)), runner=Runner())
