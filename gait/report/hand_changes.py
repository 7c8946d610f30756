"""What was set by hand in a session, as the report lists it: what, where, from, to, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gait.display_language import Texts, _, date_text, side_text
from gait.display_units import number_text
from gait.events.hand_moved_events import hand_moved_events
from gait.geometry.joint_offsets import JOINT_NAMES
from gait.signal.hand_moved_keypoints import HandPoint, hand_points

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis

_EVENT_TEXTS = Texts({"contact": "{side} landing", "toe_off": "{side} toe-off"})


@dataclass(frozen=True)
class HandChange:
    """One line of the list: texts, and the s of the video at which it is."""

    what: str
    where: str
    before: str
    after: str
    day: str
    time_s: float


def hand_changes(views: Sequence[ViewAnalysis]) -> tuple[HandChange, ...]:
    """List what was set by hand, in the order of the videos and their time.

    Parameters
    ----------
    views : sequence of ViewAnalysis

    Returns
    -------
    tuple of HandChange
        Empty where nothing was, or nothing says from where.
    """
    rows = []
    for view in views:
        of_view = [_joint(point) for point in hand_points(view.pose) if point.from_x is not None]
        for event in hand_moved_events(view.pose):
            name = _EVENT_TEXTS.of_side(event.kind, event.side)
            before, after = (_seconds(value) for value in (event.from_s, event.to_s))
            of_view.append(HandChange(name, _("this step"), before, after, _day(event.set_at), event.to_s))
        rows += sorted(of_view, key=lambda row: row.time_s)
    return tuple(rows)


def _joint(point: HandPoint) -> HandChange:
    side, joint = point.keypoint.split("_", 1)
    word = joint.replace("foot_index", "toe")
    name = side_text("{side} {joint}", side).format(joint=JOINT_NAMES.get(word, word))
    where = _("the whole film, seen at {time}") if point.scope == "film" else _("the picture at {time}")
    assert point.from_x is not None
    assert point.from_y is not None
    # In the file and here whole numbers are the middles of pixels.
    before, after = (_pixels(x - 0.5, y - 0.5) for x, y in ((point.from_x, point.from_y), (point.x, point.y)))
    return HandChange(name, where.format(time=_seconds(point.time_s)), before, after, _day(point.set_at), point.time_s)


def _pixels(x: float, y: float) -> str:
    return _("({x}, {y}) px").format(x=f"{x:.0f}", y=f"{y:.0f}")


def _seconds(value: float) -> str:
    return _("{time} s").format(time=number_text(value, 3))


def _day(set_at: str) -> str:
    return date_text(dt.date.fromisoformat(set_at[:10])) if set_at else ""
