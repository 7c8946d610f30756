"""Several views of one run."""

from __future__ import annotations

from gait import session
from gait.metrics.register import METRICS


def test_each_metric_comes_once_from_the_video_that_shows_it_best(analysable_clips) -> None:
    made = session.analyze(
        [analysable_clips["rear"], analysable_clips["side"], analysable_clips["front"]], height_m=1.76
    )
    assert [v.info.view for v in made.views] == ["rear", "side", "front"]
    expected = [(m.key, s) for m in METRICS for s in (("left", "right") if m.sided else ("both",))]
    given = [m for m in made.measurements if not m.key.endswith("_asymmetry")]
    assert [(m.key, m.side) for m in given] == expected
    source = {m.key: made.views[m.video].info.view for m in made.measurements if m.value is not None}
    assert source["overstride"] == source["contact_time"] == source["cadence"] == "side"
    assert source["arm_crossover"] == "front"
