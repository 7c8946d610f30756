"""What the report says about what was set by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import xarray as xr

from gait.display_language import speak
from gait.events.hand_moved_events import with_hand_moved_events
from gait.labelling.adjust_file import HandMovedEvent
from gait.report.hand_changes import hand_changes
from gait.signal.hand_moved_keypoints import HandPoint, with_hand_points

AT = "2026-11-27T05:00:00+00:00"
POINTS = (
    HandPoint("left_foot_index", 3.0, 60.5, 70.5, 5.0, "picture", 50.5, 69.5, AT),
    HandPoint("right_hip", 1.0, 20.5, 30.5, 5.0, "film", 25.5, 30.5, AT),
    HandPoint("right_knee", 1.0, 20.5, 30.5, 5.0),  # of a file that does not say from where
)
EVENT = HandMovedEvent("left", "toe_off", 2.0, 2.017, 0.008, AT)


def view() -> SimpleNamespace:
    pose = xr.Dataset({"position": ("time", np.zeros(3))})
    return SimpleNamespace(pose=with_hand_moved_events(with_hand_points(pose, POINTS), [EVENT]))


def test_each_change_says_what_where_from_to_and_when() -> None:
    rows = [(row.what, row.where, row.before, row.after, row.day) for row in hand_changes([view()])]
    assert rows == [
        ("right hip", "the whole film, seen at 1.000 s", "(25, 30) px", "(20, 30) px", "27 November 2026"),
        ("left toe-off", "this step", "2.000 s", "2.017 s", "27 November 2026"),
        ("left toe", "the picture at 3.000 s", "(50, 69) px", "(60, 70) px", "27 November 2026"),
    ]


def test_nothing_by_hand_is_no_list() -> None:
    assert hand_changes([SimpleNamespace(pose=xr.Dataset())]) == ()


def test_decimal_signs_are_those_of_the_language() -> None:
    with speak("de"):
        assert hand_changes([view()])[1].after == "2,017 s"
