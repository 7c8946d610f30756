"""Left against right: paired by stride, reported only beyond doubt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.metrics.asymmetry import bootstrap_difference, difference_between_videos, paired_differences
from gait.records import Measurement


def steps(left: list[float], right: list[float]) -> pd.DataFrame:
    """Steps that begin with the left foot."""
    rows = []
    for number, (a, b) in enumerate(zip(left, right, strict=True)):
        rows += [(2 * number, "left", 0.7 * number, a), (2 * number + 1, "right", 0.7 * number + 0.35, b)]
    return pd.DataFrame(rows, columns=["step", "side", "contact_s", "contact_time"])


def test_steps_of_one_stride_are_paired_and_what_is_missing_is_left_out() -> None:
    made = steps([250.0, 260.0, np.nan, 255.0], [240.0, 245.0, 250.0, 250.0])
    assert paired_differences(made, "contact_time") == pytest.approx([10.0, 15.0, 5.0])
    # A step that was missed: its stride is no pair, and the next left step is not paired with an older right one.
    assert paired_differences(made[made.step != 3], "contact_time") == pytest.approx([10.0, 5.0])


def test_a_difference_beyond_noise_and_the_smallest_detectable_is_reported() -> None:
    rng = np.random.default_rng(2)
    found = bootstrap_difference(40 + rng.normal(0, 10, 30))
    assert found.low < found.mean < found.high
    assert found.is_beyond(32)
    assert not found.is_beyond(45)
    assert not bootstrap_difference(rng.normal(0, 60, 30)).is_beyond(1.0)


def test_correlated_strides_widen_the_interval() -> None:
    rng = np.random.default_rng(3)
    alone = rng.normal(0, 10, 60)
    together = np.repeat(rng.normal(0, 10, 12), 5)
    widths = [d.high - d.low for d in (bootstrap_difference(alone), bootstrap_difference(together))]
    assert widths[1] > 1.4 * widths[0]


def test_legs_from_two_videos_are_compared_by_their_intervals() -> None:
    def leg(side: str, value: float | None) -> Measurement:
        interval = None if value is None else (value - 3, value + 3)
        return Measurement("tibia_angle", side, value, "deg", interval, 20, "good", None, 0, 1.0)  # type: ignore[arg-type]

    difference = difference_between_videos(leg("left", 12.0), leg("right", 4.0))
    assert difference is not None
    assert (difference.mean, difference.count) == (8.0, 20)
    assert difference.low == pytest.approx(8 - 3 * np.sqrt(2))
    assert difference.is_beyond(4.8)
    assert difference_between_videos(leg("left", None), leg("right", 4.0)) is None
