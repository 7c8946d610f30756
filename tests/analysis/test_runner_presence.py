"""No step is counted where nobody is seen, or where somebody stands."""

from __future__ import annotations

import numpy as np
import pytest

from gait.analysis.view_analysis import analyze_pose
from gait.errors import RefusedError
from gait.records import Runner
from tests.filmed_joints import edited, filmed, measured

SECONDS = 12.0


def analysed(change):
    return analyze_pose(edited(filmed(seconds=SECONDS).pose, change), runner=Runner(height_m=1.76))


def seconds(first: float, last: float) -> slice:
    return slice(round(first * 60), round(last * 60))


def test_no_step_where_nobody_is():
    def absent(position, names):
        position[seconds(0, 3)] = np.nan
        position[seconds(9, 12)] = np.nan

    analysis = analysed(absent)
    assert analysis.events.time_s.between(2.9, 9.1).all()
    assert analysis.steps.contact_s.between(2.9, 9.1).all()
    assert measured(analysis, "cadence").value is not None


def test_no_step_on_a_picture_that_stands_still():
    def still(position, names):
        position[seconds(6, 9)] = position[(6 * 60)]

    whole, analysis = analysed(lambda position, names: None), analysed(still)
    # A swing is read over one stride, so that half a stride at each end may count.
    assert not analysis.events.time_s.between(6.4, 8.6).any()
    assert measured(analysis, "cadence").value == pytest.approx(measured(whole, "cadence").value, abs=4)


def test_a_runner_who_only_crosses_the_picture_is_refused():
    def crossing(position, names):
        position[: round(3.2 * 60)] = np.nan
        position[round(4.5 * 60) :] = np.nan

    with pytest.raises(RefusedError, match=r"strides|visible runner"):
        analysed(crossing)


def test_every_step_of_an_ordinary_run_is_kept():
    analysis = analysed(lambda position, names: None)
    contacts = analysis.events[analysis.events.kind == "contact"]
    assert len(contacts) == pytest.approx(SECONDS * measured(analysis, "cadence").value / 60, abs=2)
