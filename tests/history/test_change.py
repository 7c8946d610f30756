"""What counts as a change, checked by hand-made numbers and by chance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.history.athlete_history import History
from gait.history.change import MOST_COMMON, Value, change, common_half
from tests.made_reports import measured, report


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.db") as opened:
        yield opened


def value(key: str, at: float | None, half: float = 1.0, *, side: str = "both", **more: object) -> Value:
    ends = (None, None) if at is None else (at - half, at + half)
    grade = "good" if at is not None else "refused"
    made = Value(
        key, side, at, "deg", *ends, 30, grade, None if at is not None else "hidden", "side", "right", "litert", 60
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_two_people_share_no_error() -> None:
    made = change(value("trunk_lean", 5.0, 3.0), value("trunk_lean", 10.0, 4.0), same_runner=False)
    assert made.difference == pytest.approx(5.0)
    assert made.interval == pytest.approx((0.0, 10.0))  # 3-4-5


def test_what_one_person_has_every_time_drops_out() -> None:
    before, after = value("trunk_lean", 5.0, 3.0), value("trunk_lean", 10.0, 3.0)
    alone, same = change(before, after, same_runner=False), change(before, after)
    assert alone.interval is not None
    assert same.interval is not None
    assert same.interval[0] > alone.interval[0]
    assert alone.verdict == "within noise" or alone.interval[0] > 0
    assert same.verdict == "changed"


def test_never_more_than_three_quarters_of_the_variance_drop_out() -> None:
    sharp = value("trunk_lean", 5.0, 0.5)  # sharper than this version would say
    assert common_half(sharp) == pytest.approx(0.5 * math.sqrt(MOST_COMMON))
    made = change(sharp, value("trunk_lean", 5.5, 0.5))
    assert made.interval is not None
    assert (made.interval[1] - made.interval[0]) / 2 == pytest.approx(0.5 * math.sqrt(2 * (1 - MOST_COMMON)))


def test_nothing_drops_out_when_the_other_side_faces_the_camera() -> None:
    before, after = (
        value("tibia_angle", 5.0, 3.0, side="left"),
        value("tibia_angle", 9.0, 4.0, side="left", facing="left"),
    )
    made = change(before, after)
    assert made.interval == pytest.approx((-1.0, 9.0))
    assert "filmed differently" in (made.reason or "")


def test_a_change_must_exceed_the_smallest_detectable_difference() -> None:
    def lands(at: float) -> Value:
        return value("tibia_angle", at, 0.2, side="right")

    assert change(lands(5.0), lands(9.7)).verdict == "within noise"  # surely another angle, but of another day: 4.8°
    assert change(lands(5.0), lands(9.9)).verdict == "changed"


def test_cadence_must_change_by_two_per_cent() -> None:
    def runs(at: float) -> Value:
        return value("cadence", at, 0.3, unit="steps/min")

    assert change(runs(160.0), runs(163.0)).verdict == "within noise"
    assert change(runs(160.0), runs(164.0)).verdict == "changed"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"value": None}, "not measured in the second: "),
        ({"view": "rear"}, "film the same side"),
        ({"unit": "m"}, "again"),
    ],
)
def test_what_cannot_be_compared_says_why(more: dict, told: str) -> None:
    made = change(value("trunk_lean", 5.0), replace(value("trunk_lean", 9.0), **more))
    assert made.verdict == "not comparable"
    assert made.difference is None
    assert told in (made.reason or "")


def test_the_interval_of_a_change_holds_the_truth_as_often_as_it_says() -> None:
    # Runners whose trunk does not change, with errors made of the parts that the module names: own and common.
    rng = np.random.default_rng(4)
    half = 4.0
    common = common_half(value("trunk_lean", 0.0, half))
    own = math.sqrt(half**2 - common**2)
    shared, scatter = rng.normal(0, common / 1.96, 2000), rng.normal(0, own / 1.96, (2, 2000))
    held = 0
    for before, after in (shared + scatter).T:
        made = change(value("trunk_lean", float(before), half), value("trunk_lean", float(after), half))
        assert made.interval is not None
        held += made.interval[0] <= 0 <= made.interval[1]
    assert 0.93 < held / 2000 < 0.97


# --- over time ---


def test_a_trend_is_in_order_of_time_whatever_the_order_of_arrival(history: History) -> None:
    for day, cadence in ((20, 170.0), (5, 160.0), (10, 161.0)):
        history.add(report(measured("cadence", cadence)), date=f"2026-03-{day:02d}")
    trend = history.trend("Anna", "cadence")
    assert [p.value.value for p in trend.points] == [160.0, 161.0, 170.0]
    assert all(a.date < b.date for a, b in pairwise(trend.points))
    assert trend.since_first is not None
    assert trend.since_previous is not None
    assert (trend.since_first.difference, trend.since_previous.difference) == (10.0, 9.0)
    assert list(trend.table["verdict"])[1:] == ["within noise", "changed"]


def test_sessions_that_could_not_show_it_are_counted_not_drawn(history: History) -> None:
    history.add(report(measured("tibia_angle", 5.0, side="left")), date="2026-03-01")
    history.add(report(measured("tibia_angle", None, side="left")), date="2026-03-02")
    trend = history.trend("Anna", "tibia_angle", "left")
    assert (len(trend.points), trend.refused, trend.since_first) == (1, 1, None)


def test_the_side_must_be_named_where_there_are_two(history: History) -> None:
    history.add(report(measured("tibia_angle", 5.0, side="left"), measured("tibia_angle", 5.0, side="right")))
    with pytest.raises(InputError, match="left, right"):
        history.trend("Anna", "tibia_angle")
    with pytest.raises(InputError, match="never recorded"):
        history.trend("Anna", "cadance")


def test_the_ends_are_those_of_the_whole_trend(history: History) -> None:
    for day in range(1, 7):
        history.add(report(measured("cadence", 160.0 + day), measured("trunk_lean", 5.0 + day)), date=f"2026-03-0{day}")
    for short, whole in zip(history.ends("Anna"), history.trends("Anna"), strict=True):
        assert (short.metric, short.since_first, short.since_previous) == (
            *(whole.metric, whole.since_first, whole.since_previous),
        )
        assert len(short.points) == 3
