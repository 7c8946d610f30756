"""Events moved by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from gait.events.hand_moved_events import hand_moved_events, move_events, with_hand_moved_events
from gait.labelling.adjust_file import HandMovedEvent

EVENTS = pd.DataFrame(
    {
        "side": ["left", "left", "right", "left"],
        "kind": ["contact", "toe_off", "contact", "contact"],
        "time_s": [1.0, 1.25, 1.35, 1.7],
        "uncertainty_s": [0.01] * 4,
    }
)
MOVED = HandMovedEvent("left", "contact", 1.01, 1.05, 0.004)


def test_the_nearest_event_of_the_foot_is_moved_with_the_uncertainty_of_the_hand() -> None:
    moved = move_events(EVENTS, [MOVED])
    assert moved.time_s.tolist() == [1.05, 1.25, 1.35, 1.7]
    assert moved.uncertainty_s.tolist() == [0.004, 0.01, 0.01, 0.01]
    assert EVENTS.time_s[0] == 1.0


def test_an_event_that_is_not_there_any_more_changes_nothing() -> None:
    away = HandMovedEvent("left", "contact", 1.3, 1.4)
    pd.testing.assert_frame_equal(move_events(EVENTS, [away]), EVENTS)
    pd.testing.assert_frame_equal(move_events(EVENTS.iloc[:0], [MOVED]), EVENTS.iloc[:0])


def test_in_slow_motion_the_same_event_may_lie_farther_in_the_film() -> None:
    slow = EVENTS.assign(time_s=EVENTS.time_s * 8)
    far = HandMovedEvent("left", "contact", 8.4, 8.5)
    assert move_events(slow, [far]).time_s[0] == 8.0
    assert move_events(slow, [far], real_per_playback=1 / 8).time_s[0] == 8.5


def test_events_go_back_to_where_they_were_measured() -> None:
    back = move_events(move_events(EVENTS, [MOVED]), [MOVED], back=True)
    assert back.time_s.tolist() == pytest.approx([1.01, 1.25, 1.35, 1.7])


def test_they_are_kept_in_the_poses() -> None:
    pose = xr.Dataset({"position": ("time", np.zeros(3))}, attrs={"fps": 30.0})
    noted = with_hand_moved_events(pose, [MOVED])
    assert hand_moved_events(noted) == (MOVED,)
    assert "hand_events" not in with_hand_moved_events(noted, []).attrs
    assert not hand_moved_events(pose)
