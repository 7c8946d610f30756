"""The page of a comparison."""

from __future__ import annotations

from gait.analysis.view_analysis import analyze_pose
from gait.history.comparison import compare
from gait.history.comparison_page import render_comparison_page, stride_plots
from gait.io.poses import load_poses
from gait.metrics.gait_cycles import gait_cycles
from tests.conftest import REPOSITORY
from tests.made_reports import measured, report


def test_a_hostile_name_does_no_harm() -> None:

    hostile = '<script>alert(1)</script>"'
    page = render_comparison_page(compare(report(name=hostile), report(measured("cadence", 9.0), name="B")), {}, {})
    assert "<script" not in page


def test_the_trunk_has_strides_of_both_feet_but_no_left_and_right_range() -> None:
    cycles = gait_cycles(analyze_pose(load_poses(REPOSITORY / "notebooks" / "data" / "rear.nc")))
    assert "lateral_trunk_lean" in cycles["signal"].values
    shown = {("lateral_trunk_lean", "both"), ("pelvic_drop", "left")}
    texts = {title: plot.caption for title, plot in stride_plots(cycles, cycles, shown, ("A", "B"))}
    trunk = next(text for text in texts.values() if "in strides of" in text)
    assert trunk == "In strides of the left foot: at most 0° apart; in strides of the right foot: at most 0° apart."
